"""Everything that leaves a counted campaign about somebody, by whichever way: the figures, and what each of them is made of.

Lives here: which figures there are, under which name, over whose answers. May not live here: which of them are held back
(`withholding`), who reads them (`readers`).

A figure of one subject may rest on answers about another (a household takes over its group's result), so figures are looked up by
whose answers they rest on, and not by whose page they stand on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property

from analysis.axes import Ref
from analysis.disclosure.origins import Origin, Origins
from analysis.disclosure.verdicts import Side, Verdicts
from analysis.ops.formulas import TestParams
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.services.release.figure import Figure, Place
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.readers import BY_GROUP, BY_ITEM, FLAG, SCORE, VERDICT

#: (subject, group, item)
CountCell = tuple[str, str, str]
#: One unknown: how often a choice was made in a cell.
Unknown = tuple[CountCell, int]
#: Under which the cells of a quantity without subjects stand; no subject has this code.
_EVERYBODY = ""
#: Ops that bring one subject's figures to another.
_ACROSS = frozenset({"gather", "follow", "relate", "versus", "allocate"})


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A figure that leaves. `rests`: the cells it was made from; `terms`: its coefficients, None where it is no linear form;
    `slack`: how far rounding on the way may have moved it from that form. `sides`: inequalities that it stands on, as branches of
    a calculation, or as what a rank, a tier or a verdict says; `blind`: cells it rests on in a way that nobody weighs.

    `also`: other figures that are this very number, at other places (the mean of a class stands beside everybody in it); or that
    say it without this one (the ranks of all the others in a class).
    """

    figure: Figure
    rests: frozenset[CountCell]
    terms: Mapping[Unknown, Fraction] | None
    value: Fraction | None
    slack: Fraction = Fraction(0)
    also: tuple[Figure, ...] = ()
    sides: tuple[Side, ...] = ()
    blind: frozenset[CountCell] = frozenset()

    @property
    def figures(self) -> tuple[Figure, ...]:
        """Wherever it stands."""
        return self.figure, *self.also

    @property
    def places(self) -> tuple[Place, ...]:
        """Where these are."""
        return tuple(one.place for one in self.figures)


class Union:
    """The figures of one report under one plan, looked up when asked for."""

    def __init__(self, report: Report, scheme: Scheme, plan: ReleasePlan) -> None:
        """Nothing is looked up yet."""
        self.report, self.scheme, self.plan = report, scheme, plan
        self.origins = Origins(report)
        self.verdicts = Verdicts(self.origins)
        self._sides: dict[int, Side] = {}
        self._labels: dict[str, Mapping[str, Sequence[Mapping[str, str]]]] = {}
        self._graded: dict[int, Mapping[Unknown, Fraction]] = {}

    @cached_property
    def shown(self) -> Mapping[str, tuple[str, ...]]:
        """The quantities that leave by kind, flags apart, in the order in which they are looked at."""
        layout = self.scheme.layout
        indices = [one.index for one in layout.satisfaction if one.index]
        scores = dict.fromkeys([*layout.columns, *layout.tiers, *indices])
        return {SCORE: tuple(scores), BY_GROUP: layout.by_group, BY_ITEM: layout.by_item}

    def kinds_of(self, key: str) -> frozenset[str]:
        """As what this quantity leaves; as nothing where nobody decided about it."""
        found = {kind for kind, keys in self.shown.items() if key in keys}
        return frozenset(found | ({FLAG} if key in self.scheme.layout.flags else set()))

    @cached_property
    def across(self) -> frozenset[str]:
        """Steps of the plan that may read answers about another subject than the one they stand at."""
        found: set[str] = set()
        for step in self.report.plan.steps:
            over = getattr(step.params, "over", "") == "subject" or (step.op == "reduce" and "subject" not in step.axes)
            if step.op in _ACROSS or over or not found.isdisjoint(step.refs):
                found.add(step.name)
        return frozenset(found)

    @cached_property
    def asked(self) -> Mapping[str, list[CountCell]]:
        """The cells of counts about each subject."""
        found = defaultdict[str, list[CountCell]](list)
        for cell in self.report.tally.counts:
            found[cell[0]].append(cell)
        return found

    def protected(self, group: str) -> bool:
        """Whether the group was promised that nobody sees who said what."""
        return not self.scheme.groups[group].signed and group not in self.plan.open_groups

    def answered(self, cell: CountCell) -> int:
        """How many people gave a grade or a number there."""
        counts = self.report.tally.counts[cell]
        return sum(counts[code] for code in self.graded(cell[2]) if code < len(counts))

    def graded(self, item: str) -> tuple[int, ...]:
        """The codes of an item's grades and numbers, best first; blank lines and "do not know" are none."""
        scale = self.scheme.scales[self.scheme.items[item].scale]
        return tuple(choice.code for choice in scale.choices if choice.kind != "unknown")

    def given(self, cell: CountCell, code: int) -> int:
        """How often a choice was made there."""
        counts = self.report.tally.counts[cell]
        return counts[code] if code < len(counts) else 0

    @cached_property
    def small(self) -> frozenset[str]:
        """Subjects about whom some anonymous group is too small."""
        return frozenset(cell[0] for cell in self.report.tally.counts if self.few(cell))

    def few(self, cell: CountCell) -> bool:
        """Whether too few people of a protected group stand behind this cell."""
        return self.protected(cell[1]) and 0 < self.answered(cell) <= self.plan.floor_of(cell[1])

    def books(self, key: str) -> tuple[str, ...]:
        """The numbers a flag is shown with; none where it is made of other flags."""
        params = self.report.plan.step(key).params
        if not isinstance(params, TestParams):
            return ()
        right = params.right.step if isinstance(params.right, Ref) else ""
        return tuple(step for step in (params.left, params.numerator, params.denominator, right) if step)

    def of(self, subject: str) -> Iterator[Stated]:
        """Every figure that stands at this subject and rests on any answers, scores first."""
        for kind, keys in self.shown.items():
            for key in dict.fromkeys(keys):
                for labels in self._cells_of(key, subject):
                    yield from self._stated(kind, key, key, labels)
        for key in self.scheme.layout.flags:
            for labels in self._cells_of(key, subject):
                for step in self.books(key):
                    yield from self._stated(FLAG, step, key, labels)
                yield from self._stated(VERDICT, key, key, labels)

    def visitors(self, hosts: frozenset[str]) -> Mapping[str, list[Stated]]:
        """Figures that stand at one subject and rest on few answers about others of `hosts`, by each of those others. One number
        that stands at many places is there once, also where one of these is the host's own."""
        alike: dict[tuple[str, str, int, Fraction | None], list[Stated]] = {}
        every = {**self.shown, VERDICT: self.scheme.layout.flags}
        across = {kind: [key for key in dict.fromkeys(keys) if key in self.across] for kind, keys in every.items()}
        for subject in [one.id for one in self.report.subjects]:
            for kind, keys in across.items():
                for key in keys:
                    for labels in self._cells_of(key, subject):
                        for one in self._stated(kind, key, key, labels):
                            alike.setdefault((kind, key, id(one.terms or one), one.value), []).append(one)
        found = defaultdict[str, list[Stated]](list)
        for same in alike.values():
            one = replace(
                same[0], also=tuple(dict.fromkeys(other for two in same for other in two.figures if other != same[0].figure))
            )
            at = {self.subject_at(place) for place in one.places}
            for host in {cell[0] for cell in one.rests if at != {cell[0]}} & hosts:
                found[host].append(one)
        return found

    def place(self, key: str, labels: Mapping[str, str]) -> Place:
        """Where a figure stands: its quantity and its labels in the order of the table's axes."""
        table = self.report.tables.get(key)
        return (key, *(labels.get(axis, "") for axis in (table.axes if table else ())))

    def subject_at(self, place: Place) -> str:
        """The subject at whom a figure stands; "" for one of everybody."""
        table = self.report.tables.get(place[0])
        axes = list(table.axes) if table else []
        return place[1 + axes.index("subject")] if "subject" in axes else _EVERYBODY

    def _stated(self, kind: str, step: str, key: str, labels: Mapping[str, str]) -> Iterator[Stated]:
        node = self.origins.at(step, labels)
        made = None if node is None else self.origins.node(node)
        if node is not None and made is not None and made.rests:
            figure, grounds = Figure(kind, step, self.place(key, labels)), self.verdicts.node(node)
            terms = self._terms(made)
            yield Stated(
                figure=figure,
                rests=made.rests,
                terms=terms,
                value=made.value,
                slack=made.slack,
                also=() if terms else self._pool(figure, key, labels, grounds.pool),
                sides=tuple(map(self._side, grounds.sides)),
                blind=grounds.blind,
            )

    def _pool(self, figure: Figure, key: str, labels: Mapping[str, str], pool: frozenset[str]) -> tuple[Figure, ...]:
        """The same quantity at all others of a pool: where one place is held back, the others' places tell it."""
        others = (figure._replace(place=self.place(key, {**labels, "subject": one})) for one in sorted(pool))
        return tuple(one for one in others if one != figure)

    def _side(self, side: Side) -> Side:
        """Over grades and numbers alone, as `_terms`."""
        if id(side) not in self._sides:
            self._sides[id(side)] = replace(side, terms=dict(self._over_grades(side.terms)))
        return self._sides[id(side)]

    def _terms(self, made: Origin) -> Mapping[Unknown, Fraction] | None:
        """Over grades and numbers alone; worked out once for each making, so that one making has one form wherever it stands."""
        if made.terms is None or made.value is None:
            return None
        if id(made.terms) not in self._graded:
            self._graded[id(made.terms)] = self._over_grades(made.terms)
        return self._graded[id(made.terms)]

    def _over_grades(self, terms: Mapping[Unknown, Fraction]) -> Mapping[Unknown, Fraction]:
        return {unknown: factor for unknown, factor in terms.items() if factor and unknown[1] in self.graded(unknown[0][2])}

    def _cells_of(self, key: str, subject: str) -> Sequence[Mapping[str, str]]:
        """The labels of one quantity's cells about one subject; of a quantity without subjects all, for they stand beside every
        subject. Looked up once, because every subject is asked for in turn."""
        if key not in self._labels:
            table, found = self.report.tables.get(key), defaultdict[str, list[Mapping[str, str]]](list)
            for cell in table.cells if table else ():
                labels = dict(zip(table.axes, cell, strict=True)) if table else {}
                found[labels.get("subject", _EVERYBODY)].append(labels)
            self._labels[key] = found
        here = self._labels[key]
        return here.get(_EVERYBODY) or here.get(subject, ())
