"""Made-up evidence beside the ballots of a trial: numbers, events, earlier results, decisions, from what the scheme declares.

No chance in it: the same scheme always gives the same numbers, and they differ from subject to subject: there is something
to rank and explain. Every entry says that it is made up, wherever its origin is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from analysis.numerals import decimal
from questionnaires.model import ComponentField, RosterSubject, Scheme
from questionnaires.styles import matches
from questionnaires.worlds.building import Builder, measured
from survey_app.i18n import gettext as _
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
    ON,
    PERIOD,
    QUANTITY,
    REASON,
    VALUE,
    components_of,
)

#: A table as rows, its headings first.
Rows = list[list[str]]
#: From a range as wide as this on, numbers are whole.
WIDE = 20


def evidence_of(scheme: Scheme, roster: Sequence[RosterSubject]) -> Mapping[str, Rows]:
    """The evidence tables of these people by the names an import knows them by; only those that the scheme asks for.

    Parameters
    ----------
    scheme
        What is asked of the office beside ballots.
    roster
        Whom it is asked about.
    """
    tables = {
        COMPONENTS[0]: _numbers(scheme, roster),
        EVENTS[0]: _events(scheme, roster),
        EARLIER[0]: _earlier(scheme, roster),
        DECISIONS[0]: _decisions(scheme, roster),
    }
    return {name: rows for name, rows in tables.items() if len(rows) > 1}


def period_of(scheme: Scheme) -> str:
    """The period that a trial of this scheme is of: earlier results and days of events go by it."""
    return Builder(scheme).period


def _numbers(scheme: Scheme, roster: Sequence[RosterSubject]) -> Rows:
    fields = scheme.components
    rows = [[ID[0], *(field.key for field in fields), REASON[3]]]
    for number, one in enumerate(roster):
        asked = components_of(scheme, one)
        cells = [_number(field, number, at) if field in asked else "" for at, field in enumerate(fields)]
        if any(cells):
            rows.append([one.id, *cells, _("编造的")])
    return rows


def _number(field: ComponentField, number: int, at: int) -> str:
    """Between half and nearly all of what the scheme allows; where an empty cell means something, every other one is empty."""
    if field.otherwise is not None and (number + at) % 2:
        return ""
    least, most = measured(field, "worst"), measured(field, "best")
    grain = 1 if most - least >= WIDE else 10
    share = Fraction(50 + (number * 37 + at * 11) % 47, 100)
    value = Fraction(round((least + (most - least) * share) * grain), grain)
    return decimal(min(max(value, least), most))


def _events(scheme: Scheme, roster: Sequence[RosterSubject]) -> Rows:
    """Some of everything: of each kind, every third subject has one, and every ninth two."""
    year = period_of(scheme)[:4]
    rows = [[ID[0], EVENT[0], ON[0], AMOUNT[0], REASON[0]]]
    for at, kind in enumerate(scheme.event_kinds):
        bounds = scheme.event_bounds.get(kind)
        amount = decimal(measured(bounds, "fair")) if bounds is not None else ""
        for number, one in enumerate(roster):
            for again in range((not (number + at) % 3) + (not (number + at) % 9)):
                day = f"{year}-{1 + (number + at + again * 5) % 9:02d}-15"
                rows.append([one.id, kind, day, amount, _("编造的第 %(n)s 件", n=again + 1)])
    return rows


def _earlier(scheme: Scheme, roster: Sequence[RosterSubject]) -> Rows:
    periods = Builder(scheme).periods
    rows = [[ID[0], PERIOD[0], QUANTITY[0], VALUE[0], REASON[3]]]
    for number, one in enumerate(roster):
        for at, name in enumerate(scheme.earlier):
            grades = scheme.earlier_grades.get(name, ())
            for back, period in enumerate(periods):
                turn = number * 7 + at * 5 + back * 3
                value = grades[turn % min(len(grades), 3)] if grades else str(60 + turn % 37)
                rows.append([one.id, period, name, value, _("编造的")])
    return rows


def _decisions(scheme: Scheme, roster: Sequence[RosterSubject]) -> Rows:
    """Decided about two in three; about the others nobody has decided yet, as it may be in a real round."""
    day = f"{period_of(scheme)[:4]}-12-01"
    rows = [[ID[0], DECISION[0], CHOICE[0], DECIDER[0], REASON[0], ON[0]]]
    for at, (name, choices) in enumerate(scheme.decisions.items()):
        about = [one for one in roster if matches(scheme.decision_where.get(name, {}), one.facts)]
        rows += [
            [one.id, name, choices[(number + at) % len(choices)], _("编造的会议"), _("编造的"), day]
            for number, one in enumerate(about)
            if (number + at) % 3 < 2 and choices
        ]
    return rows
