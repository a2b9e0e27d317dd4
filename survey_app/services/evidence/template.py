"""The evidence workbook the office downloads: every table the scheme can use, with its headings and who is asked for what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from questionnaires.model import RosterSubject, Scheme
from questionnaires.tables import xlsx
from questionnaires.tables.sheet import Cell, Sheet
from survey_app.services.evidence.columns import (
    AMOUNT,
    CHOICE,
    COMPONENTS,
    DECIDER,
    DECISION,
    DECISIONS,
    EARLIER,
    EVENT,
    EVENTS,
    ID,
    NAME,
    NOT_ASKED,
    ON,
    PERIOD,
    REASON,
    UNIT,
    components_of,
    heading,
)


def template(scheme: Scheme, roster: Sequence[RosterSubject], units: Mapping[str, str], language: str) -> bytes:
    """An xlsx with a row for every subject and a column for every component; what is not asked says so."""
    fields = [field for field in scheme.components if any(field in components_of(scheme, subject) for subject in roster)]
    rows: list[tuple[Cell, ...]] = []
    for subject in roster:
        mine = components_of(scheme, subject)
        if mine:
            cells = [None if field in mine else heading(NOT_ASKED) for field in fields]
            rows.append((subject.id, subject.name, units.get(subject.unit, subject.unit), *cells))
    heads = (*_heads(ID, NAME, UNIT), *(field.title.in_(language) for field in fields), *_heads(ON, REASON[1:]))
    sheets = [Sheet(heading(COMPONENTS), heads, tuple(rows))]
    if scheme.event_kinds:
        sheets.append(Sheet(heading(EVENTS), _heads(ID, NAME, EVENT, ON, AMOUNT, REASON), ()))
    if scheme.earlier:
        titles = tuple(scheme.quantities[key].title.in_(language) if key in scheme.quantities else key for key in scheme.earlier)
        sheets.append(Sheet(heading(EARLIER), (*_heads(ID, NAME, PERIOD), *titles, *_heads(REASON[1:])), ()))
    if scheme.decisions:
        sheets.append(Sheet(heading(DECISIONS), _heads(ID, NAME, DECISION, CHOICE, DECIDER, ON, REASON[2:]), ()))
    return xlsx.write(sheets)


def _heads(*columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(heading(names) for names in columns)
