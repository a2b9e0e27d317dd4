"""A small world: a few subjects, their ballots, and the other evidence; frozen, changed by copying."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Heads, Past, RatedSubject, Slot
from questionnaires.model import RosterSubject, Scheme

Place = tuple[str, str]  # rater group, unit ("" for a group that rates every unit)


@dataclass(frozen=True)
class Pile:
    """The ballots of one group in one unit: for every slot of the form, in the order of the ballots, which code was marked."""

    slots: tuple[Slot, ...]
    columns: tuple[tuple[int, ...], ...]
    excluded: str = ""

    @property
    def many(self) -> int:
        """How many ballots."""
        return len(self.columns[0]) if self.columns else 0


@dataclass(frozen=True, kw_only=True)
class SmallWorld:
    """`subject` is whom it is about. `present`, `entitled`: head-counts other than the ballots there are.

    `what` says which world it is, `parts` with what; both are facts, told by whoever shows them.
    """

    roster: tuple[RosterSubject, ...]
    subject: str
    period: str
    piles: Mapping[Place, Pile]
    components: Mapping[tuple[str, str], Fraction] = field(default_factory=dict)
    events: Mapping[tuple[str, str], int] = field(default_factory=dict)
    past: Mapping[tuple[str, str, str], Fraction | str] = field(default_factory=dict)  # period, subject, quantity
    decisions: Mapping[tuple[str, str], str] = field(default_factory=dict)
    entitled: Mapping[Place, int] = field(default_factory=dict)
    present: Mapping[Place, int] = field(default_factory=dict)
    what: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    turned: tuple[Mapping[str, str], ...] = ()  # what was turned before, as parts

    def evidence(self, scheme: Scheme) -> Evidence:
        """The world as the count takes it.

        Parameters
        ----------
        scheme
            The scheme whose subjects and forms it has.
        """
        day = f"{self.period[:4]}-06-30" if self.period[:4].isdigit() else "2026-06-30"
        batches = tuple(
            BallotBatch(f"{group} {unit} {pile.excluded}".strip(), group, unit, pile.slots, _marks(pile))
            for (group, unit), pile in self.piles.items()
        )
        grades = {name for name, known in scheme.earlier_grades.items() if known}
        return Evidence(
            subjects=tuple(RatedSubject(one.id, one.facts) for one in self.roster),
            batches=batches,
            heads=tuple(self._heads()),
            components=tuple(
                Component(subject=subject, name=name, value=value) for (subject, name), value in self.components.items()
            ),
            events=tuple(
                Event(subject=subject, kind=kind, on=day) for (subject, kind), many in self.events.items() for _ in range(many)
            ),
            past=tuple(
                Past(period=period, subject=subject, quantity=name, value=str(value) if name in grades else value)
                for (period, subject, name), value in self.past.items()
            ),
            decisions=tuple(
                Decision(subject=subject, name=name, choice=choice, decider="", reason="", on=day)
                for (subject, name), choice in self.decisions.items()
            ),
            period=self.period,
        )

    def _heads(self) -> list[Heads]:
        return [
            Heads(
                group=place[0],
                unit=place[1],
                entitled=self.entitled.get(place, self.present.get(place, pile.many)),
                present=self.present.get(place, pile.many),
                issued=self.present.get(place, pile.many),
                returned=pile.many,
            )
            for place, pile in self.piles.items()
        ]

    def told(self, what: str, **parts: str) -> SmallWorld:
        """The same world, with what it shows.

        Parameters
        ----------
        what
            A key of `questionnaires.worlds.saying.WORLDS`.
        **parts
            What fills its sentence.
        """
        return replace(self, what=what, parts=parts)

    @property
    def size(self) -> int:
        """How much a person would have to write down for it: marks, and other evidence."""
        marks = sum(len({*column}) for pile in self.piles.values() for column in pile.columns)
        return marks + len(self.roster) + len(self.components) + len(self.events) + len(self.past) + len(self.decisions)


def _marks(pile: Pile) -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    return np.array(pile.columns, dtype=np.uint16).reshape(len(pile.slots), pile.many).T
