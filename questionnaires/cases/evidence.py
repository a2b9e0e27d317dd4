"""The small evidence of a case: subjects, ballots on the real forms, heads and the rest, as the count takes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Heads, Marks, Past, RatedSubject, Slot
from analysis.saying import N_
from analysis.tally import count
from questionnaires.cases.words import LINE, CaseReader
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import Fields, exact
from questionnaires.model import RosterSubject, Scheme, Style, Text
from questionnaires.styles import build_styles, form_of
from questionnaires.telling import briefly, said

UNIT = "U"  # the unit of a subject whose unit the case does not name


@dataclass(frozen=True)
class CaseBallot:
    """One ballot as a case writes it: whose it is, and the marks by slot; every other line of the form is left empty."""

    group: str
    unit: str
    rater: str
    marks: Mapping[Slot, int]


@dataclass
class CaseBox:
    """The ballots of one style of a case."""

    style: Style
    rows: list[tuple[list[int], int]] = field(default_factory=list)
    invalid: int = 0


class EvidenceReader:
    """Reads one case's evidence against a scheme; problems go to the reader."""

    def __init__(self, reader: CaseReader, scheme: Scheme) -> None:
        self.reader, self.scheme = reader, scheme
        self.roster: tuple[RosterSubject, ...] = ()
        self.period = ""
        self.groups = {key: group.title for key, group in scheme.groups.items()}

    def read(self, fields: Fields, node: Node) -> Evidence:
        """The evidence written in a case."""
        self.roster = tuple(self._subjects(fields.get("subjects")))
        self.period = self.reader.plain(fields.get("period") or Node(kind="scalar", line=node.line, column=node.column))
        lines = [(line, self._line(line)) for line in self.reader.entries(fields.get("ballots"))]
        sheets = [(self._sheet(one, line), one) for line, one in lines]
        boxes = self._boxes([(sheet, one) for sheet, one in sheets if sheet is not None])
        batches = tuple(_batch(name, box) for name, box in boxes.items())
        tally = count(batches, invalid={name: box.invalid for name, box in boxes.items()})
        return Evidence(
            subjects=tuple(RatedSubject(one.id, one.facts) for one in self.roster),
            batches=batches if not any(box.invalid for box in boxes.values()) else (),
            tally=tally,
            heads=tuple(self._heads(fields.get("heads"), boxes.values())),
            components=tuple(self._components(fields.get("components"))),
            events=tuple(self._events(fields.get("events"))),
            past=tuple(self._history(fields.get("history"))),
            decisions=tuple(self._decisions(fields.get("decisions"))),
            period=self.period,
        )

    # --- who is rated
    def _subjects(self, node: Node | None) -> Iterable[RosterSubject]:
        facts = {fact.key: fact for fact in self.scheme.facts}
        pairs = self.reader.pairs(node)
        codes = [key.text for key, _ in pairs]
        for key, value in pairs:
            found: dict[str, str] = {}
            unit = UNIT
            for name, given in self.reader.pairs(value):
                if name.text in LINE["unit"] and name.text not in facts:
                    unit = self.reader.plain(given)
                    continue
                fact = self.reader.known(name, facts, things.FACT)
                if not fact:
                    continue
                if facts[fact].values:
                    found[fact] = self._word(given, facts[fact].values, things.VALUE, fact=fact)
                elif facts[fact].relation and not given.empty:
                    found[fact] = self.reader.known(given, codes, things.SUBJECT)
                else:
                    found[fact] = self.reader.plain(given)
            yield RosterSubject(key.text, key.text, unit, {"unit": unit, **found})

    def _word(self, node: Node, known: Mapping[str, Text], thing: str, **parts: object) -> str:
        """A key, written as the key itself or as a title of it."""
        text = self.reader.plain(node)
        meant = [key for key, title in known.items() if text == key or text in title.words.values()]
        return meant[0] if meant else self.reader.known(node, known, thing, **parts)

    # --- ballots
    def _line(self, node: Node) -> Fields:
        keys = ("group", "unit", "rater", "count", "invalid")
        return self.reader.fields(node, keys, ("group",), where=said(N_("票的一行")), open_ended=True, table=LINE)

    def one_ballot(self, node: Node) -> CaseBallot | None:
        """A ballot written by itself, to be judged by the form's rules."""
        return self._sheet(self._line(node), node)

    def _sheet(self, fields: Fields, node: Node) -> CaseBallot | None:
        if "group" not in fields:
            return None
        group = self._word(fields.known["group"], self.groups, things.RATER_GROUP)
        people = {one.id: one for one in self.roster}
        named = [(self.reader.known(key, people, things.SUBJECT), value) for key, value in fields.rest]
        if not group or any(not subject for subject, _ in named):
            return None
        rater = self.reader.known(fields.known["rater"], people, things.SUBJECT) if fields.get("rater") else ""
        unit = ""
        if self.scheme.groups[group].own_unit:
            first = people[named[0][0]].unit if named else UNIT
            unit = self.reader.plain(fields.known["unit"]) if fields.get("unit") else first
        style = self.style_of(self.scheme, group, unit, rater)
        if style is None:
            self.reader.bad(node, "case-no-form", group=group)
            return None
        marks: dict[Slot, int] = {}
        for subject, value in named:
            for name, choice in self.reader.pairs(value):
                self._mark(marks, style, subject, name, choice)
        return CaseBallot(group, unit, rater, marks)

    def style_of(self, scheme: Scheme, group: str, unit: str, rater: str) -> Style | None:
        """The form such a rater fills."""
        styles = build_styles(scheme, self.roster, [(group, unit, rater)], self.period)
        own = form_of(scheme.groups[group], rater)
        return next((one for one in styles if (one.group, one.unit, one.excluded) == (group, unit, own)), None)

    def _mark(self, marks: dict[Slot, int], style: Style, subject: str, name: Node, choice: Node) -> None:
        """One mark; an indicator stands for all its items on the form."""
        items = self.scheme.items
        meant = [key for key in items if name.text == key or name.text in items[key].text.words.values()][:1]
        offered = [slot for slot in style.slots if slot.subject == subject]
        slots = [slot for slot in offered if slot.item in meant] or [s for s in offered if name.text in self._above(s.item)]
        if not slots:
            self.reader.bad(name, "case-not-on-form", group=style.group, slot=f"{subject}/{name.text}")
        for slot in slots:
            choices = self.scheme.scales[items[slot.item].scale].choices
            text = self.reader.plain(choice)
            value = exact(text)
            code = next((c.code for c in choices if text == c.key or text in c.label.words.values()), 0) or next(
                (c.code for c in choices if value is not None and exact(c.key) == value), 0
            )
            if not code:
                self.reader.bad(choice, "case-mark", text=text, item=slot.item, allowed=briefly(c.key for c in choices))
            marks[slot] = code

    def _above(self, item: str) -> list[str]:
        """The indicators an item belongs to."""
        found, parents = [], self.scheme.item_parents
        while item in parents:
            item = parents[item]
            found.append(item)
        return found

    def _boxes(self, sheets: Iterable[tuple[CaseBallot, Fields]]) -> dict[str, CaseBox]:
        boxes: dict[str, CaseBox] = {}
        for sheet, fields in sheets:
            name = "/".join((sheet.group, sheet.unit, sheet.rater))
            if name not in boxes:
                style = self.style_of(self.scheme, sheet.group, sheet.unit, sheet.rater)
                if style is None:
                    continue
                boxes[name] = CaseBox(style)
            number = self.reader.count(fields.get("count"))
            times = 1 if number is None else number
            if self.reader.yes(fields.get("invalid")):
                boxes[name].invalid += times
            else:
                boxes[name].rows.append(([sheet.marks.get(slot, 0) for slot in boxes[name].style.slots], times))
        return boxes

    # --- the rest
    def _heads(self, node: Node | None, boxes: Iterable[CaseBox]) -> Iterable[Heads]:
        """Head-counts; `returned` is counted from the ballots where it is not written, as in a folder."""
        cast: dict[tuple[str, str], int] = {}
        for box in boxes:
            place = box.style.group, box.style.unit
            cast[place] = cast.get(place, 0) + box.invalid + sum(times for _, times in box.rows)
        written: dict[tuple[str, str], Heads] = {}
        for line in self.reader.entries(node):
            keys = ("group", "unit", "entitled", "present", "issued", "returned")
            fields = self.reader.fields(line, keys, ("group",), where=said(N_("人数的一行")), table=LINE)
            if "group" not in fields:
                continue
            group = self._word(fields.known["group"], self.groups, things.RATER_GROUP)
            own = group in self.scheme.groups and self.scheme.groups[group].own_unit
            unit = (self.reader.plain(fields.known["unit"]) if fields.get("unit") else UNIT) if own else ""
            written[group, unit] = Heads(group=group, unit=unit, **{key: self.reader.count(fields.get(key)) for key in keys[2:]})
        for place in sorted({*written, *cast}):
            typed = written.get(place, Heads(group=place[0], unit=place[1]))
            returned = cast.get(place) if typed.returned is None else typed.returned
            yield replace(typed, returned=returned)

    def _components(self, node: Node | None) -> Iterable[Component]:
        known = {one.key: one.title for one in self.scheme.components}
        for key, value in self.reader.pairs(node):
            subject = self._subject(key)
            for name, given in self.reader.pairs(value):
                component, number = self._word(name, known, things.COMPONENT), self.reader.number(given)
                if subject and component and number is not None:
                    yield Component(subject=subject, name=component, value=number)

    def _subject(self, node: Node) -> str:
        return self.reader.known(node, [one.id for one in self.roster], things.SUBJECT)

    def _events(self, node: Node | None) -> Iterable[Event]:
        for line in self.reader.entries(node):
            keys = ("subject", "event", "date", "amount", "reason")
            fields = self.reader.fields(line, keys, ("subject", "event", "date"), where=said(N_("事项的一行")), table=LINE)
            if any(key not in fields for key in ("subject", "event", "date")):
                continue
            kind = self._word(fields.known["event"], self.scheme.event_kinds, things.EVENT)
            amount = self.reader.number(fields.get("amount"))
            subject, on = self._subject(fields.known["subject"]), self.reader.date(fields.known["date"])
            if subject and kind:
                yield Event(
                    subject=subject,
                    kind=kind,
                    on=on,
                    amount=Fraction(1) if amount is None else amount,
                    reason=self._said(fields, "reason"),
                )

    def _history(self, node: Node | None) -> Iterable[Past]:
        keys = ("subject", "period", "name", "value")
        for line in self.reader.entries(node):
            fields = self.reader.fields(line, keys, keys, where=said(N_("往期的一行")), table=LINE)
            if any(key not in fields for key in keys):
                continue
            subject = self._subject(fields.known["subject"])
            name = self.reader.known(fields.known["name"], self.scheme.earlier, things.EARLIER)
            period, text = self._said(fields, "period"), self._said(fields, "value")
            number = exact(text)
            if subject and name:
                yield Past(period=period, subject=subject, quantity=name, value=text if number is None else number)

    def _decisions(self, node: Node | None) -> Iterable[Decision]:
        keys = ("subject", "name", "value")
        for line in self.reader.entries(node):
            where = said(N_("决定的一行"))
            fields = self.reader.fields(line, (*keys, "decider", "reason", "date"), keys, where=where, table=LINE)
            if any(key not in fields for key in keys):
                continue
            subject = self._subject(fields.known["subject"])
            name = self.reader.known(fields.known["name"], self.scheme.decisions, things.DECISION)
            choices = self.scheme.decisions.get(name, ())
            choice = self.reader.known(fields.known["value"], choices, things.CHOICE) if name else ""
            if subject and choice:
                on = self.reader.date(fields.get("date")) or "2026-01-01"
                yield Decision(
                    subject=subject,
                    name=name,
                    choice=choice,
                    decider=self._said(fields, "decider"),
                    reason=self._said(fields, "reason"),
                    on=on,
                )

    def _said(self, fields: Fields, key: str) -> str:
        return self.reader.plain(fields.get(key))


def _batch(name: str, box: CaseBox) -> BallotBatch:
    widest = max((max(row, default=0) for row, _ in box.rows), default=0)
    block = np.array([row for row, _ in box.rows], dtype=np.uint8 if widest < 256 else np.uint16)
    times = [number for _, number in box.rows]
    marks: Marks = np.repeat(block.reshape(len(box.rows), len(box.style.slots)), times, axis=0)
    return BallotBatch(name, box.style.group, box.style.unit, box.style.slots, marks)
