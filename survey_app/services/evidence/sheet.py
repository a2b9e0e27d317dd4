"""Reading a filled evidence sheet: entries, or every problem of it by sheet, row and column.

Lives here: the components table and the way from sheets to entries. May not live here: the database (`evidence`), opening
files (`spreadsheets`), the dated tables (`evidence.ledgers`), the empty sheet (`evidence.template`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from questionnaires.model import ComponentField, RosterSubject, Scheme
from questionnaires.tables.typed import exact_value
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.services.evidence.columns import (
    COMPONENTS,
    DECISIONS,
    EARLIER,
    EVENTS,
    FIELD,
    ID,
    NAME,
    NOT_ASKED,
    ON,
    REASON,
    UNIT,
    VALUE,
    Entry,
    SheetProblem,
    SheetReading,
    components_of,
    heading,
    table_named,
)
from survey_app.services.evidence.grid import EntryDesk, EntryRow, EntrySheet, grid_of
from survey_app.services.evidence.ledgers import read_decisions, read_earlier, read_events
from survey_app.services.evidence.typed import bounds_words, out_of_bounds

Rows = Sequence[Sequence[str]]


def read(sheets: Mapping[str, Rows], scheme: Scheme, roster: Sequence[RosterSubject]) -> SheetReading:
    """Read every sheet that is there. A file with one sheet of another name (a csv) is read as the components."""
    desk = EntryDesk({subject.id: subject for subject in roster})
    readers = {COMPONENTS: read_components, EVENTS: read_events, EARLIER: read_earlier, DECISIONS: read_decisions}
    if len(sheets) == 1 and table_named(next(iter(sheets))) is None:
        sheets = {COMPONENTS[0]: next(iter(sheets.values()))}
    for name, rows in sheets.items():
        words = table_named(name)
        if words is not None:
            readers[words](desk, scheme, name, rows)
        elif any(any(cell.strip() for cell in row) for row in rows):
            what, remedy = _("没有叫“%(found)s”的表", found=name), _("请用下载的模板，不要改工作表的名字")
            desk.problems.append(SheetProblem(name, 1, "", what, remedy))
    return SheetReading(tuple(desk.entries), tuple(desk.problems), desk.empty)


def read_components(desk: EntryDesk, scheme: Scheme, sheet: str, rows: Rows) -> None:
    """Numbers the scheme asks of the office: a column for each, or one a row (`项目`, `数值`)."""
    fields: dict[str, ComponentField] = {}
    for field in scheme.components:
        for name in (field.key, *field.title.words.values()):
            fields.setdefault(name.strip().lower(), field)
    grid = grid_of(desk, sheet, rows, needed=(ID,), known=(NAME, UNIT, ON, REASON, FIELD, VALUE, tuple(fields)))
    if grid is not None:
        _components(desk, scheme, grid, fields)


def _components(desk: EntryDesk, scheme: Scheme, grid: EntrySheet, fields: Mapping[str, ComponentField]) -> None:
    long, by_key = grid.place(FIELD) is not None, {field.key: field for field in scheme.components}
    seen: dict[tuple[str, str], int] = {}
    for row in grid.filled():
        subject = row.subject()
        if subject is None:
            continue
        cells = {fields[head].key: row.at(place) for head, place in grid.columns.items() if head in fields}
        if long:
            known = {name: field.key for name, field in fields.items()}
            key = row.word(FIELD, known, N_("办法里没有“%(found)s”这项材料"), [*by_key])
            cells |= {key: row.get(VALUE)} if key else {}
        first = seen.setdefault((subject.id, next(iter(cells), "") if long else ""), row.number)
        if first != row.number:
            what, remedy = N_("编号“%(id)s”在第 %(first)s 行已经有了"), N_("每个对象只留一行")
            row.problem(heading(ID), what, remedy, id=subject.id, first=first)
            continue
        mine = components_of(scheme, subject)
        for key, text in cells.items():
            _component(row, subject, by_key[key], text, asked_of=by_key[key] in mine)


def _component(row: EntryRow, subject: RosterSubject, field: ComponentField, text: str, *, asked_of: bool) -> None:
    column, desk = field.title.in_(language()), row.grid.desk
    if not text or text.lower() in NOT_ASKED:
        desk.empty += asked_of
        return
    value = exact_value(text)
    if not asked_of:
        what, remedy = N_("%(name)s不用填这一项，表里却填了“%(found)s”"), N_("请核对行和列，不用填的留空")
        row.problem(column, what, remedy, name=subject.name, found=text)
    elif value is None:
        row.problem(column, N_("“%(found)s”不是数"), N_("请只填数字，如 87.5，不带单位和百分号"), found=text)
    elif out_of_bounds(field, Fraction(value)):
        what, remedy = N_("“%(found)s”超出范围，应为%(range)s"), N_("请核对后改正")
        row.problem(column, what, remedy, found=text, range=bounds_words(field))
    else:
        desk.entries.append(
            Entry(
                subject=subject.id,
                kind="component",
                name=field.key,
                value=value,
                on=row.day(ON, needed=False),
                reason=row.reason(),
            )
        )
