"""The one place that hands figures of a report out: to pages, sheets, csv, bundles and `pingyi score`, in the form a reader sees.

Lives here: reading a value, asking whether it may be shown (`results.gate`, and outside the office `Outlet`), keeping what was
made. May not live here: how a value looks (`results.cells`), which values a page puts where (the other files of this room).

Nothing in a view changes once it is made, so a view serves every request of whoever reads alike (`results.loaded`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol, TypeVar, cast

from analysis.disclosure.origins import Origins
from analysis.errors import AnalysisError
from analysis.evidence import StyleBooks
from analysis.explaining.trace import TraceNode
from analysis.ops.formulas import TestParams
from analysis.report import Report, TestDetail
from analysis.spec import PlanStep
from analysis.turning import marks_to_gain
from analysis.values import NOT_APPLICABLE, Missing, Value, as_literal
from survey_app.bounded import Bounded
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.services.results import cells, words
from survey_app.services.results.cells import Answers, FlagShown, Shown, plain
from survey_app.services.results.gate import Gate
from survey_app.services.results.naming import Naming
from survey_app.services.results.rulings import Spot
from survey_app.services.results.words import TELLING, UNSETTLED, WITHHELD

T = TypeVar("T")
#: Answers of one group to one item about one subject.
CountCell = tuple[str, str, str]
#: So many rows and calculations are kept with a view: a few screens of rows, or one subject unfolded to the counts.
_LATELY = 2048


class Outlet(Protocol):
    """What may not leave the office because no person confirmed it (`audience`)."""

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this cell may not."""

    def hides_node(self, node: TraceNode) -> bool:
        """Whether this step of a calculation may not."""

    def lets_flag(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this raised flag may."""

    def confirmed(self, spot: Spot) -> bool:
        """Whether this outcome may."""


@dataclass(frozen=True)
class FigureLine:
    """One cell of a table: its labels, what it exactly is, and how it is shown."""

    labels: Mapping[str, str]
    value: Value
    shown: Shown


@dataclass(frozen=True, eq=False, kw_only=True)
class ResultView:
    """A report as somebody reads it, in one language.

    Takes a quantity and its labels, gives the figure as a reader sees it or the sentence that stands instead. `gate`: what may be
    shown; `outlet`: what waits for a person before it leaves the office (None: the office reads). A figure that the disclosure
    test did not look at raises UnseenFigureError.
    """

    report: Report
    naming: Naming
    gate: Gate
    outlet: Outlet | None = None
    makings: Callable[[], Origins] | None = None  # those that the decision was made with, where there are any: worked out once
    _made: dict[Hashable, object] = field(default_factory=dict)
    _lately: Bounded[Hashable, object] = field(default_factory=lambda: Bounded(_LATELY))

    @property
    def language(self) -> str:
        """The reader's language."""
        return self.naming.language

    def title(self, key: str) -> str:
        """A quantity's title, or its name."""
        return self.naming.title(key)

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What is made of this view alone, kept with it. Two who ask at once both make it, and read the one that was first."""
        if key not in self._made:
            self._made.setdefault(key, make())
        return cast("T", self._made[key])  # under one key always the same is made

    def lately(self, key: Hashable, make: Callable[[], T]) -> T:
        """The same for what is too large to be kept for every subject: the last ones asked for."""
        return cast("T", self._lately.of(key, make))  # as above

    def cell(self, key: str, labels: Mapping[str, str]) -> Shown:
        """The cell of `key` at these labels (those its table has); "does not apply" where there is none."""
        table = self.report.tables.get(key)
        if table is None:
            return self._shown(key, NOT_APPLICABLE)
        hidden = self.hidden(key, labels)
        if hidden:
            return cells.instead(hidden)
        value = table.cells.get(tuple(labels.get(axis, "") for axis in table.axes), NOT_APPLICABLE)
        return self._shown(key, value, self.gate.digits(key, labels))

    def hidden(self, key: str, labels: Mapping[str, str]) -> str:
        """Why this cell may not be shown, as one of our sentences; "" where it may. Raises UnseenFigureError."""
        if self.gate.hides(key, labels):
            return TELLING if {"group", "item"}.isdisjoint(self.axes(key) or ()) else WITHHELD
        return UNSETTLED if self.outlet is not None and self.outlet.hides(key, labels) else ""

    def node(self, key: str, labels: Mapping[str, str]) -> TraceNode | None:
        """How the cell at exactly these labels came about, for deciding and for telling; None where there is no such cell."""
        table = self.report.tables.get(key)
        if table is None or set(table.axes) != set(labels) or tuple(labels[axis] for axis in table.axes) not in table.cells:
            return None
        return self.report.trace(key, labels)

    def marks_to(self, key: str, subject: str, gap: Fraction, *, beyond: bool) -> int | None:
        """With how many marks given otherwise, at the least, a score of this subject rises by `gap` points (below zero: falls).

        None where none would do, where it is no plain sum over marks, and where it rests on any that are held back: for each of
        those it would say something of the others. For the office alone, which reads the counts it follows from.
        """
        made = self._origins.of(key, {"subject": subject}) if self.outlet is None else None
        node = self.node(key, {"subject": subject})
        if made is None or node is None or not made.terms or made.slack or self.gate.hides_step(node):
            return None
        up, swings = (1 if gap >= 0 else -1), []
        for cell in made.rests:
            header = self.report.plan.header
            codes = [choice.code for choice in header.choices(cell[2]) if choice.kind != "unknown"]
            worth = {code: up * made.terms.get((cell, code), Fraction(0)) for code in codes}
            counts = self.report.tally.counts[cell]
            swings += [(max(worth.values()) - worth[code], counts[code]) for code in codes if code < len(counts) and counts[code]]
        return marks_to_gain(swings, abs(gap), beyond=beyond)

    def rests(self, key: str, labels: Mapping[str, str]) -> frozenset[CountCell]:
        """The answers (subject, group, item) that a figure is made from. For deciding."""
        made = self._origins.of(key, labels)
        return frozenset() if made is None else made.rests

    def worth(self, key: str, subject: str) -> Mapping[CountCell, Mapping[int, Fraction]] | None:
        """What one more mark of each code adds to a score of this subject, cell by cell, how many answered staying as it is.

        None where the score is no plain sum over marks, and where it rests on any that are held back. For the office alone, which
        reads the counts it follows from.
        """
        made = self._origins.of(key, {"subject": subject}) if self.outlet is None else None
        node = self.node(key, {"subject": subject})
        if made is None or node is None or made.terms is None or self.gate.hides_step(node):
            return None
        found: dict[CountCell, dict[int, Fraction]] = {cell: {} for cell in made.rests}
        for (cell, code), factor in made.terms.items():
            found[cell][code] = factor
        return found

    def rests_on(self, key: str, subject: str, cells: Collection[tuple[str, str, str]]) -> bool:
        """Whether a figure of a subject is made from any of these answers (subject, group, item). For deciding."""
        made = self._origins.of(key, {"subject": subject})
        return made is not None and not made.rests.isdisjoint(cells)

    def rivals(self, step: PlanStep, subject: str) -> frozenset[str]:
        """The other subjects with whom one competes in a step over subjects alone. For deciding."""
        if step.spec.beside is None or (subject,) not in self.report.context.tables[step.name].cells:
            return frozenset()
        beside = step.spec.beside(step, step.params, (subject,), self.report.context)
        return frozenset(key[0] for key in beside.keys) - {subject}

    @property
    def _origins(self) -> Origins:
        return self.once("origins", self.makings or (lambda: Origins(self.report)))

    def reckoned(self, node: TraceNode) -> Value | None:
        """What a step of a calculation exactly is; None where it rests on what is held back, leaves as announced alone, or waits
        for a person's word."""
        waits = self.outlet is not None and self.outlet.hides_node(node)
        hidden = waits or self.gate.hides_step(node) or self.gate.digits(node.name, node.labels) is not None
        return None if hidden else node.value

    def answers(self, subject: str, group: str, item: str) -> Answers | None:
        """How a group answered an item about a subject; None where it was not asked."""
        counts = self.report.tally.counts.get((subject, group, item))
        if counts is None:
            return None
        return Answers(withheld=True) if self.gate.hides_answers(subject, group, item) else Answers(tuple(counts))

    def asked(self, subject: str) -> frozenset[tuple[str, str]]:
        """Who was asked what about a subject: (group, item)."""
        return self.once("asked", self._asked).get(subject, frozenset())

    def _asked(self) -> Mapping[str, frozenset[tuple[str, str]]]:
        found = defaultdict[str, set[tuple[str, str]]](set)
        for subject, group, item in self.report.tally.counts:
            found[subject].add((group, item))
        return {subject: frozenset(places) for subject, places in found.items()}

    def flags(self, key: str, subject: str) -> list[FlagShown]:
        """Every cell of one flag for one subject; one over groups or items has several. Outside the office: those confirmed."""
        return [
            self._flag(key, {**labels, "subject": subject}, labels, value)
            for labels, value in self.by_subject(key).get(subject, ())
            if self.outlet is None or (value is True and self._leaves(key, {**labels, "subject": subject}))
        ]

    def _leaves(self, key: str, at: Mapping[str, str]) -> bool:
        """Whether a raised flag may leave the office: it may be said, and a person confirmed it."""
        return not self.gate.hides_verdict(key, at) and (self.outlet is None or self.outlet.lets_flag(key, at))

    def raised(self, key: str, subject: str) -> list[Mapping[str, str]]:
        """Where a flag is raised about a subject, and may be said to be: the labels of those cells. For deciding; what is shown
        of it is in `flags`."""
        raised = [labels for labels, value in self.by_subject(key).get(subject, ()) if value is True]
        return [labels for labels in raised if not self.gate.hides_verdict(key, {**labels, "subject": subject})]

    def places(self, key: str, subject: str) -> list[Mapping[str, str]]:
        """At which labels a quantity has a cell about a subject."""
        return [labels for labels, _value in self.by_subject(key).get(subject, ())]

    def books(self) -> tuple[StyleBooks, ...]:
        """How many forms of each style came in and what became of them: no answer stands there, and the test looks at none."""
        return self.report.tally.books

    def names(self) -> tuple[str, ...]:
        """The tables there are."""
        return tuple(self.report.tables)

    def axes(self, key: str) -> tuple[str, ...] | None:
        """The axes of a quantity's table; None where the report has no such table."""
        table = self.report.tables.get(key)
        return None if table is None else tuple(table.axes)

    def by_subject(self, key: str) -> Mapping[str, Sequence[tuple[Mapping[str, str], Value]]]:
        """The cells of one table by subject: looked up once, because a page asks for every subject in turn."""
        return self.once(("by subject", key), lambda: self._by_subject(key))

    def _by_subject(self, key: str) -> Mapping[str, Sequence[tuple[Mapping[str, str], Value]]]:
        table, found = self.report.tables.get(key), defaultdict[str, list[tuple[Mapping[str, str], Value]]](list)
        for cell, value in sorted(table.cells.items()) if table else ():
            labels = dict(zip(table.axes, cell, strict=True)) if table else {}
            for subject in [labels["subject"]] if "subject" in labels else [one.id for one in self.report.subjects]:
                found[subject].append((labels, value))
        return found

    def _shown(self, key: str, value: Value, digits: int | None = None) -> Shown:
        return cells.show(value, self.naming.quantities.get(key), self.naming, digits)

    def _flag(self, key: str, at: Mapping[str, str], labels: Mapping[str, str], value: Value) -> FlagShown:
        info = self.naming.quantities.get(key)
        bare = FlagShown(
            key=key,
            title=self.title(key),
            raised=value if isinstance(value, bool) else None,
            reason=words.missing(value.reason) if isinstance(value, Missing) else "",
            note=info.note.in_(self.language) if info and info.note else "",
            place=self.naming.labels(labels),
            at="·".join(label for axis, label in labels.items() if axis != "subject"),
            labels=labels,
        )
        if self.gate.hides_verdict(key, at):
            return replace(bare, raised=None, reason=_(TELLING))
        if self.gate.hides(key, at):
            return replace(bare, sentence=_(WITHHELD))
        try:
            books = self.report.test(key, **labels)
        except AnalysisError:
            return bare  # a flag made of other flags: its own books stand with those
        if any(self.gate.hides_book(key, step, at) for step in _books(self.report, key)):
            return replace(bare, sentence=_(WITHHELD))
        return _with_books(bare, books)

    def lines(self, key: str) -> list[FigureLine]:
        """Every cell of a table in the order of its labels, exact. Raises as `whole`."""
        table = self.whole().tables.get(key)
        if table is None:
            return []
        return [
            FigureLine(dict(zip(table.axes, cell, strict=True)), value, self._shown(key, value))
            for cell, value in sorted(table.cells.items())
        ]

    def exact(self, key: str) -> list[list[object]]:
        """Every cell of a table as its labels and its exact value. Raises as `whole`."""
        table = self.whole().tables.get(key)
        return [] if table is None else [[*cell, as_literal(value)] for cell, value in sorted(table.cells.items())]

    def counts(self) -> list[list[object]]:
        """Every count: subject, group, item, how often each mark. Raises as `whole`."""
        return [[*cell, list(row)] for cell, row in sorted(self.whole().tally.counts.items())]

    def whole(self) -> Report:
        """The report with nothing held back. Raises UnseenFigureError where a release plan stands before it."""
        self.gate.let_whole()
        return self.report


def _books(report: Report, key: str) -> list[str]:
    """The steps whose numbers a flag is shown with."""
    params = report.plan.step(key).params
    if not isinstance(params, TestParams):
        return []
    right = getattr(params.right, "step", None)
    return [step for step in (params.left, params.numerator, params.denominator, right) if step]


def _with_books(bare: FlagShown, books: TestDetail) -> FlagShown:
    """The flag with the numbers that decided it."""
    if bare.raised is None or not isinstance(books.right, Fraction) or not isinstance(books.left, Fraction):
        return bare
    line = plain(books.right)
    stands = replace(bare, line=line, sentence=words.reached(books.cmp, line, verdict=bare.raised))
    if books.numerator is None or books.denominator is None or books.line is None:
        return replace(stands, fraction=plain(books.left))
    top, bottom = plain(books.numerator), plain(books.denominator)
    return replace(
        stands,
        numerator=top,
        denominator=bottom,
        fraction=f"{top}/{bottom}",
        share=figures.share(books.numerator / books.denominator).text if books.denominator else "",
        base=_("基数 %(base)s，线在 %(line)s 票", base=bottom, line=plain(books.line)),
        turning=words.turning(books.votes),
        votes=books.votes,
        part=books.numerator,
        whole=books.denominator,
        turns=books.right,
    )
