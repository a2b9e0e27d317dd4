"""What a page or a file may show of a counted campaign: which numbers are held back so that none speaks about too few people.

Lives here: the decision, per subject, by the test of `analysis.disclosure.leaks` over everything the pages show of that subject.
May not live here: what stands in place of a number (`results.cells`), the plan chosen at set-up (`release.plan`).

First every cell of an anonymous group answered by no more than the floor is held back (one of exactly so many would see the
others). Then the test looks at all that is left together with the scores; while numbers taken together still show what was held
back, one of them is held back too, the least needed first. Scores and grades are the result itself and stay: where they alone
show a small group, that is said (`told`), because only merging or signing that group would help.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import takewhile

from analysis.axes import Ref
from analysis.disclosure.leaks import Atom, Cell, Leak, LinearFigure, check
from analysis.disclosure.origins import Origin, Origins
from analysis.explaining.trace import TraceNode
from analysis.ops.formulas import TestParams
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.services.release.figure import Figure, Place
from survey_app.services.release.plan import ReleasePlan

#: (subject, group, item)
CountCell = tuple[str, str, str]
#: What may be held back: the numbers of one kind at one place. A flag's books are given up together.
_Spot = tuple[str, Place]
#: The order in which numbers are given up; scores are not.
_GIVEN_UP = ("by_item", "flag", "by_group", "answers")


class DamagedDecisionsError(RefusedError):
    """What was kept of the decisions cannot be read."""

    def __init__(self) -> None:
        """Say so; made anew they might show what was held back."""
        super().__init__(N_("存下的保留决定读不懂，数据库可能被改动过；请从备份核对。"))


@dataclass(frozen=True)
class HeldBack:
    """For one subject: the cells and values held back, and what the scores alone show all the same."""

    cells: frozenset[CountCell] = frozenset()
    values: frozenset[Place] = frozenset()
    leaks: tuple[Leak, ...] = ()


_NOTHING = HeldBack()
#: Under which the cells of a quantity without subjects stand; no subject has this code.
_EVERYBODY = ""


@dataclass(eq=False, kw_only=True)
class Held:
    """The decisions of one report under one plan, made when a subject is asked for; `decided`: those that are made already."""

    report: Report
    scheme: Scheme
    plan: ReleasePlan
    decided: dict[str, HeldBack] = field(default_factory=dict)
    _labels: dict[str, Mapping[str, Sequence[Mapping[str, str]]]] = field(default_factory=dict)
    _deciding: threading.RLock = field(default_factory=threading.RLock)

    @cached_property
    def origins(self) -> Origins:
        """What the report's numbers are made of."""
        return Origins(self.report)

    def all_decided(self) -> dict[str, HeldBack]:
        """The decision about every subject of whom anything may have to be held back."""
        return {subject: self.of(subject) for subject in sorted(self._small)}

    def by_scores(self) -> dict[str, list[Leak]]:
        """What the scores show of small groups even when all else is held back; only subjects of whom they show anything."""
        found = {}
        for subject in sorted(self._small):
            scores: dict[Figure, LinearFigure] = {}
            for kind, step, place, made in takewhile(lambda one: one[0] == "score", self._numbers(subject)):
                scores |= self._form(subject, kind, step, place, made)
            if leaks := self._leaks(subject, scores, self._asked[subject], ()):
                found[subject] = leaks
        return found

    @cached_property
    def _small(self) -> frozenset[str]:
        """Subjects about whom some anonymous group is too small; of the others nothing is held back."""
        return frozenset(cell[0] for cell in self.report.tally.counts if self._few(cell))

    @cached_property
    def _asked(self) -> Mapping[str, list[CountCell]]:
        found = defaultdict[str, list[CountCell]](list)
        for cell in self.report.tally.counts:
            found[cell[0]].append(cell)
        return found

    def cell(self, subject: str, group: str, item: str) -> bool:
        """Whether this distribution is held back."""
        return (subject, group, item) in self.of(subject).cells

    def value(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this value of a quantity is held back."""
        decided = self.of(labels.get("subject", "")).values
        return bool(decided) and self._place(key, labels) in decided

    def under(self, node: TraceNode, subject: str) -> bool:
        """Whether a number in a calculation rests on anything held back of this subject."""
        cells = self.of(subject).cells
        return bool(cells) and not cells.isdisjoint(self.origins.node(node).rests)

    def of(self, subject: str) -> HeldBack:
        """The decision about one subject."""
        if subject not in self._small:
            return _NOTHING
        if subject not in self.decided:
            with self._deciding:  # whoever asks meanwhile waits: the same is not decided twice
                if subject not in self.decided:
                    self.decided[subject] = self._decide(subject)
        return self.decided[subject]

    def looks_at(self, key: str) -> bool:
        """Whether the test looks at what the pages show of this quantity: about every subject, at every place it has."""
        return key in self.scheme.layout.flags or any(key in keys for keys in self.shown.values())

    def books(self, key: str) -> tuple[str, ...]:
        """The numbers the test looks at that a flag is shown with; none where it is made of other flags."""
        params = self.report.plan.step(key).params
        if not isinstance(params, TestParams):
            return ()
        right = params.right.step if isinstance(params.right, Ref) else ""
        return tuple(step for step in (params.left, params.numerator, params.denominator, right) if step)

    @cached_property
    def shown(self) -> Mapping[str, tuple[str, ...]]:
        """The quantities on the pages by kind, flags apart, in the order in which the test looks at them."""
        layout = self.scheme.layout
        indices = [one.index for one in layout.satisfaction if one.index]
        scores = dict.fromkeys([*layout.columns, *layout.tiers, *indices])
        return {"score": tuple(scores), "by_group": layout.by_group, "by_item": layout.by_item}

    def protected(self, group: str) -> bool:
        """Whether the group was promised that nobody sees who said what."""
        return not self.scheme.groups[group].signed and group not in self.plan.open_groups

    def answered(self, cell: CountCell) -> int:
        """How many people gave a grade or a number there."""
        counts = self.report.tally.counts[cell]
        return sum(counts[code] for code in self._graded(cell[2]) if code < len(counts))

    def _graded(self, item: str) -> tuple[int, ...]:
        scale = self.scheme.scales[self.scheme.items[item].scale]
        return tuple(choice.code for choice in scale.choices if choice.kind != "unknown")

    def _few(self, cell: CountCell) -> bool:
        return self.protected(cell[1]) and 0 < self.answered(cell) <= self.plan.floor_of(cell[1])

    def _decide(self, subject: str) -> HeldBack:
        """Hold back what few people stand behind, then what gives that away, then take back what turned out not to matter."""
        held = {cell for cell in self._asked[subject] if self._few(cell)}
        numbers: dict[Figure, LinearFigure] = {}
        values: set[Place] = set()
        for kind, step, place, made in self._numbers(subject):
            if kind != "score" and not held.isdisjoint(made.rests) and (made.terms is None or kind == "by_group"):
                values.add(place)
            else:
                numbers |= self._form(subject, kind, step, place, made)
        gone: set[_Spot] = set()
        while given := self._one_each(self._leaks(subject, numbers, held, gone), numbers, held, gone):
            gone |= given
        leaks = self._leaks(subject, numbers, held, gone)
        for one in sorted(gone, key=self._order, reverse=True):
            again = self._leaks(subject, numbers, held, gone - {one})
            if len(again) <= len(leaks):
                gone -= {one}
        held |= {(place[0], place[1], place[2]) for kind, place in gone if kind == "answers"}
        return HeldBack(frozenset(held), frozenset(values | {place for kind, place in gone if kind != "answers"}), tuple(leaks))

    def _leaks(
        self, subject: str, numbers: Mapping[Figure, LinearFigure], held: Collection[CountCell], gone: Collection[_Spot]
    ) -> list[Leak]:
        """What the numbers show that are not gone. A distribution that is shown is known: nothing about it can be found out."""
        cells = [
            Cell(
                cell,
                cell[1],
                self.answered(cell),
                tuple(map(str, self._graded(cell[2]))),
                self.protected(cell[1]) and (cell in held or ("answers", cell) in gone),
            )
            for cell in self._asked[subject]
        ]
        shown = [form for figure, form in numbers.items() if (figure.kind, figure.place) not in gone]
        return check(cells, shown, floor=self.plan.floor, floors=self.plan.floors)

    def _one_each(
        self,
        leaks: Sequence[Leak],
        numbers: Mapping[Figure, LinearFigure],
        held: Collection[CountCell],
        gone: Collection[_Spot],
    ) -> set[_Spot]:
        """For each leak what to hold back so that it is closed: a number it is made of, or else answers that were taken away
        from these numbers. Nothing where only scores make it."""
        found = set()
        for leak in leaks:
            made = [figure for figure, _factor in leak.combo if isinstance(figure, Figure)]
            used: set[_Spot] = {(figure.kind, figure.place) for figure in made if figure.kind in _GIVEN_UP}
            taken = {cell for figure in made for cell, _choice in numbers[figure].terms}
            used |= {
                ("answers", cell)
                for cell in self._asked[leak.cells[0].name[0]]
                if cell in taken
                and cell not in held
                and ("answers", cell) not in gone
                and self.protected(cell[1])
                and self.answered(cell)
            }
            if used:
                found.add(min(used, key=self._order))
        return found

    def _order(self, one: _Spot) -> tuple[int, bool, int, Place]:
        """What is given up first: by kind, then answers no satisfaction page asks for, then those of fewer people."""
        kind, place = one
        if kind != "answers":
            return _GIVEN_UP.index(kind), False, 0, place
        asked = place[2] in {question.item for question in self.scheme.layout.satisfaction}
        return _GIVEN_UP.index(kind), asked, self.answered((place[0], place[1], place[2])), place

    def _form(self, subject: str, kind: str, step: str, place: Place, made: Origin) -> dict[Figure, LinearFigure]:
        """The number by its name, as the test takes it; empty where it says nothing linear about this subject's answers."""
        terms = self._terms(made, subject) if made.terms is not None else {}
        figure = Figure(kind, step, place)
        return {figure: LinearFigure(figure, terms)} if terms else {}

    def _terms(self, made: Origin, subject: str) -> dict[Atom, Fraction]:
        """Over this subject's own answers; blank and "do not know" say nothing, what others got is their own business."""
        return {
            (cell, str(code)): factor
            for (cell, code), factor in (made.terms or {}).items()
            if cell[0] == subject and code in self._graded(cell[2]) and factor
        }

    def _numbers(self, subject: str) -> Iterator[tuple[str, str, Place, Origin]]:
        """Everything the pages show of this subject besides distributions."""
        for kind, keys in self.shown.items():
            for key in dict.fromkeys(keys):
                for labels in self._cells_of(key, subject):
                    made = self.origins.of(key, labels)
                    if made is not None and made.rests:
                        yield kind, key, self._place(key, labels), made
        for key in self.scheme.layout.flags:
            for labels in self._cells_of(key, subject):
                for step in self.books(key):
                    made = self.origins.of(step, labels)
                    if made is not None and made.rests:
                        yield "flag", step, self._place(key, labels), made

    def _cells_of(self, key: str, subject: str) -> Sequence[Mapping[str, str]]:
        """The labels of one quantity's cells about one subject; of a quantity without subjects all, for they stand beside every
        subject. Looked up once, because every subject is asked for in turn."""
        if key not in self._labels:
            table, found = self.report.tables.get(key), defaultdict[str, list[Mapping[str, str]]](list)
            for cell in table.cells if table else ():
                labels = dict(zip(table.axes, cell, strict=True)) if table else {}
                found[labels.get("subject", _EVERYBODY)].append(labels)
            self._labels[key] = found
        found_here = self._labels[key]
        return found_here.get(_EVERYBODY) or found_here.get(subject, ())

    def _place(self, key: str, labels: Mapping[str, str]) -> Place:
        table = self.report.tables.get(key)
        return (key, *(labels.get(axis, "") for axis in (table.axes if table else ())))
