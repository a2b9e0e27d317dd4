"""One row of a draft's roster put right by hand: the same columns, and the same checks, as a sheet of one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from questionnaires.model import Scheme
from survey_app.i18n import language
from survey_app.models import Campaign, Headcount, Rater, Subject, Unit
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.roster import importing
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS, columns_of, facts_of
from survey_app.services.roster.importing import RosterReport

RosterLine = Unit | Subject | Rater | Headcount
#: What tells a row from the others; another one would be another row.
_FIXED = {UNITS: {"code"}, SUBJECTS: {"code"}, RATERS: {"code"}, HEADS: {"unit", "group"}}


@dataclass(frozen=True, kw_only=True)
class RowField:
    """One cell as a form shows it. `options`: value and title of what may stand there, empty for free text; `fixed`: not to be
    changed."""

    key: str
    title: str
    value: str
    options: Sequence[tuple[str, str]]
    required: bool
    fixed: bool


def sheet_of(row: RosterLine) -> str:
    """The sheet such a row stands on."""
    return {Unit: UNITS, Subject: SUBJECTS, Rater: RATERS, Headcount: HEADS}[type(row)]


def fields_of(session: Session, campaign: Campaign, row: RosterLine) -> list[RowField]:
    """The row's cells, in the order of its sheet."""
    scheme, sheet = scheme_of(campaign), sheet_of(row)
    values, units = _values(scheme, row), units_of(session, campaign)
    choices: dict[str, Sequence[tuple[str, str]]] = {"unit": [(one.code, f"{one.name}（{one.code}）") for one in units]}
    choices["group"] = [(key, group.title.in_(language())) for key, group in scheme.groups.items() if group.signed]
    for fact in (*facts_of(scheme, "unit"), *facts_of(scheme, "subject")):
        choices[f"fact:{fact.key}"] = [(key, text.in_(language())) for key, text in fact.values.items()]
    return [
        RowField(
            key=column.key,
            title=column.title,
            value=values.get(column.key, ""),
            options=choices.get(column.key, ()),
            required=column.required,
            fixed=column.key in _FIXED[sheet],
        )
        for column in columns_of(scheme, sheet)
    ]


def change(session: Session, campaign: Campaign, row: RosterLine, typed: Mapping[str, str]) -> RosterReport:
    """Put the row right; no other row is touched. Raises as `importing.import_roster`; the caller commits."""
    fields = fields_of(session, campaign, row)
    cells = [one.value if one.fixed else " ".join(typed.get(one.key, one.value).split()) for one in fields]
    sheets = {sheet_of(row): [[one.title for one in fields], cells]}
    return importing.import_sheets(session, campaign, sheets, whole=frozenset())


def _values(scheme: Scheme, row: RosterLine) -> dict[str, str]:
    if isinstance(row, Headcount):
        group = scheme.groups[row.group_key].title.in_(language())
        return {"unit": row.unit.code if row.unit else "", "group": group, "entitled": str(row.entitled or 0)}
    found = {"code": row.code, "name": row.name}
    if isinstance(row, Rater):
        own = row.subject.code if row.subject else ""
        return {
            **found,
            "group": row.group_key,
            "unit": row.unit.code if row.unit else "",
            "subject": own,
            "mail": row.mail or "",
        }
    found |= {f"fact:{key}": value for key, value in row.facts.items()}
    return {**found, "unit": row.unit.code, "duty": row.duty} if isinstance(row, Subject) else found
