"""Heads, components, events, history and decisions of a folder."""

from __future__ import annotations

from collections.abc import Container, Hashable
from dataclasses import dataclass, field
from fractions import Fraction

from analysis.evidence import Component, Decision, Event, Heads, Past
from analysis.numerals import decimal
from questionnaires.folder.grid import HeadedSheet, NumberedRow, exact, groups_of, spellings
from questionnaires.folder.roster import UNIT, Roster
from questionnaires.language import things
from questionnaires.model import ComponentField, Scheme
from questionnaires.styles import matches
from questionnaires.telling import briefly, said

Place = tuple[str, str]  # rater group, unit
YEARS_MOST = 15  # a day further from the scheme's own than this is a slip in the year


@dataclass
class Seen:
    """Notices what is said twice in one table."""

    rows: dict[Hashable, int] = field(default_factory=dict)

    def twice(self, row: NumberedRow, column: str, key: tuple[str, ...]) -> bool:
        """Whether an earlier row said the same; then a problem is noted."""
        before = self.rows.setdefault(key, row.number)
        if before != row.number:
            row.bad(column, "twice", what=" · ".join(part for part in key if part), row=before)
        return before != row.number


def subject_of(row: NumberedRow, roster: Roster, column: str = "subject") -> str:
    """The subject a row names; "" with a problem when there is none such."""
    text = row.need(column)
    if text and text not in roster.rows:
        row.bad(column, "unknown-subject", text=text)
        return ""
    return text


def place_of(row: NumberedRow, scheme: Scheme, roster: Roster, groups: dict[str, str]) -> Place | None:
    """The rater group and unit a row names; None with a problem."""
    group = row.word("group", groups, things.RATER_GROUP)
    if not group:
        return None
    unit = row.get(UNIT)
    if not scheme.groups[group].own_unit:
        if unit:
            row.bad(UNIT, "unit-not-empty", group=group)
            return None
    elif unit not in roster.units:
        row.bad(UNIT, "unknown-unit", text=unit)
        return None
    return group, unit


@dataclass
class HeadRows:
    """Head-counts, and the blank and invalid ballots laid aside by hand, by group and unit; and the row each stands in."""

    heads: dict[Place, Heads] = field(default_factory=dict)
    aside: dict[Place, tuple[int, int]] = field(default_factory=dict)
    rows: dict[Place, NumberedRow] = field(default_factory=dict)


def read_heads(scheme: Scheme, roster: Roster, grid: HeadedSheet) -> HeadRows:
    """The table of head-counts."""
    grid.no_extra()
    groups, seen = groups_of(scheme), Seen()
    found = HeadRows()
    for row in grid.rows():
        place = place_of(row, scheme, roster, groups)
        if place is None or seen.twice(row, "group", place):
            continue
        found.rows[place] = row
        found.heads[place] = Heads(
            group=place[0],
            unit=place[1],
            entitled=row.count("entitled"),
            present=row.count("present"),
            issued=row.count("issued"),
            returned=row.count("returned"),
        )
        found.aside[place] = (row.count("blank") or 0, row.count("invalid") or 0)
    return found


def read_components(scheme: Scheme, roster: Roster, grid: HeadedSheet) -> tuple[Component, ...]:
    """Other numbers, one a row or one a column. Raises nothing; problems go to the desk."""
    fields = {one.key: one for one in scheme.components}
    known = spellings({key: one.title for key, one in fields.items()})
    columns = {place: fields[known[name.casefold()]] for name, place in grid.extra.items() if name.casefold() in known}
    for place in columns:
        grid.extra.pop(grid.sheet.heading[place])
    grid.no_extra(*fields)
    long = "component" in grid.places
    if long and "value" not in grid.places:
        grid.lacks("value")
        return ()
    found: list[Component] = []
    seen = Seen()
    for row in grid.rows():
        subject = subject_of(row, roster)
        cells = dict(columns)
        if long:
            name = row.word("component", known, things.COMPONENT)
            cells |= {grid.places["value"]: fields[name]} if name else {}
        for place, one in cells.items():
            value = row.number_at(place)
            if value is None or not subject:
                continue
            if not matches(one.where, roster.by_id[subject].facts):
                row.bad_at(place, "not-asked", subject=subject, name=one.key)
            elif _in_range(row, place, one, value) and not seen.twice(row, "subject", (subject, one.key)):
                found.append(Component(subject=subject, name=one.key, value=value, origin=row.written("origin")))
    return tuple(found)


def _in_range(row: NumberedRow, place: int, one: ComponentField, value: Fraction) -> bool:
    """Whether a number lies within the limits the scheme gives it; a problem where it does not."""
    if (one.least is None or value >= one.least) and (one.most is None or value <= one.most):
        return True
    least = "−∞" if one.least is None else decimal(one.least)
    most = "∞" if one.most is None else decimal(one.most)
    row.bad_at(place, "out-of-range", name=one.key, text=row.at(place), least=least, most=most)
    return False


def read_events(scheme: Scheme, roster: Roster, grid: HeadedSheet, counted: Container[str]) -> tuple[Event, ...]:
    """What happened. The same event may stand there several times. `counted`: kinds of which nobody reads the amount."""
    grid.no_extra()
    known = spellings(scheme.event_kinds)
    found = []
    for row in grid.rows():
        subject, kind, on = subject_of(row, roster), row.word("event", known, things.EVENT), row.date("date")
        amount = row.number_at(grid.places["amount"]) if row.get("amount") else Fraction(1)
        if on and scheme.version and abs(int(on[:4]) - int(scheme.version[:4])) > YEARS_MOST:
            row.bad("date", "date-far", date=on, version=scheme.version)
        elif amount is not None and amount < 0:
            row.bad("amount", "amount-below-zero", amount=row.get("amount"))
        elif amount not in {None, 1} and kind in counted:
            row.bad("amount", "amount-ignored", kind=kind, amount=row.get("amount"))
        elif subject and kind and on and amount is not None and _amount_in_range(scheme, row, kind, amount):
            found.append(Event(subject=subject, kind=kind, on=on, amount=amount, reason=row.written("reason")))
    return tuple(found)


def _amount_in_range(scheme: Scheme, row: NumberedRow, kind: str, amount: Fraction) -> bool:
    """Whether the amount of one event lies within the limits the scheme gives its kind; a problem where it does not."""
    limits = scheme.event_bounds.get(kind)
    return limits is None or _in_range(row, row.grid.places.get("amount", row.grid.places["event"]), limits, amount)


def read_history(scheme: Scheme, roster: Roster, grid: HeadedSheet) -> tuple[Past, ...]:
    """Results of earlier periods: a number where it reads as one, else a grade."""
    grid.no_extra()
    known = {name.casefold(): name for name in scheme.earlier}
    found, seen = [], Seen()
    for row in grid.rows():
        period, subject = row.need("period"), subject_of(row, roster)
        quantity, value = row.word("quantity", known, things.EARLIER), row.need("value")
        if period and subject and quantity and value and not seen.twice(row, "period", (period, subject, quantity)):
            number = exact(value)
            grades = scheme.earlier_grades.get(quantity)
            if grades and value not in grades:
                row.bad("value", "unknown-word", named=said(things.GRADE, name=value), allowed=briefly(grades))
            elif grades == () and number is None:
                row.bad("value", "not-number", text=value)
            found.append(Past(period=period, subject=subject, quantity=quantity, value=value if number is None else number))
    return tuple(found)


def read_decisions(scheme: Scheme, roster: Roster, grid: HeadedSheet) -> tuple[Decision, ...]:
    """What people decided, each with decider, reason and day."""
    grid.no_extra()
    known = {name.casefold(): name for name in scheme.decisions}
    found, seen = [], Seen()
    for row in grid.rows():
        subject, name = subject_of(row, roster), row.word("decision", known, things.DECISION)
        choices = {choice.casefold(): choice for choice in scheme.decisions.get(name, ())}
        choice = row.word("choice", choices, things.CHOICE) if name else ""
        on = row.date("date")
        if on and scheme.version and abs(int(on[:4]) - int(scheme.version[:4])) > YEARS_MOST:
            row.bad("date", "date-far", date=on, version=scheme.version)
        for key in ("decider", "reason"):
            row.need(key)
        if subject and not matches(scheme.decision_where.get(name, {}), roster.by_id[subject].facts):
            row.bad("decision", "not-asked", subject=subject, name=name)
            continue
        if subject and name and choice and on and not seen.twice(row, "decision", (subject, name)):
            found.append(
                Decision(
                    subject=subject, name=name, choice=choice, decider=row.written("decider"), reason=row.written("reason"), on=on
                )
            )
    return tuple(found)
