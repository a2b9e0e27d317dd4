"""Printed figures as inequalities between whole numbers over the counts that one reader does not know, block by block.

Lives here: exact scaling, what is taken away because the reader knows it, the parts that have no unknown cell in common. May not
live here: the search for solutions.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from analysis.disclosure.leaks import Atom, Cell, Label, LinearFigure
from analysis.disclosure.printed import PrintedFigure

#: Counts by choice, in the order of the cell's choices.
Counts = tuple[int, ...]


@dataclass(frozen=True)
class UnknownCell:
    """A cell whose counts the reader does not know. `truth`: the counts, which add up to its raters."""

    cell: Cell
    truth: Counts


@dataclass(frozen=True, kw_only=True)
class WholeRow:
    """least <= sum of terms · counts <= most. `terms`: by cell of the block one whole coefficient a choice, none below zero and
    one of them zero; a cell that the figure does not touch has only zeros. `unit`: what one of these is in the figure's unit.
    `also`: other figures of the same form."""

    name: Hashable
    terms: tuple[Counts, ...]
    least: int
    most: int
    unit: Fraction
    also: tuple[Hashable, ...] = ()

    def with_also(self, other: WholeRow) -> WholeRow:
        """Two figures of one form as one row: within both. It keeps the other's name and unit."""
        if other is self:
            return self
        also = (*other.also, self.name)
        return replace(other, least=max(self.least, other.least), most=min(self.most, other.most), also=also)


@dataclass(frozen=True)
class Shape:
    """A block without names: what is equal here is decided alike. `truth`: counts by cell. `rows`: coefficients by cell, least,
    most."""

    truth: tuple[Counts, ...]
    rows: tuple[tuple[tuple[Counts, ...], int, int], ...]

    @cached_property
    def _hash(self) -> int:
        return hash((self.truth, self.rows))

    def __hash__(self) -> int:
        """Worked out once: a shape is looked up for every reader and everything watched."""
        return self._hash

    @cached_property
    def sound(self) -> bool:
        """Whether the truth agrees with every row; it does not where rounding further in leaves nothing that is sure."""
        return self.admits(self.truth)

    def raters(self, cell: int) -> int:
        """How many answered a cell."""
        return sum(self.truth[cell])

    def admits(self, counts: Sequence[Counts]) -> bool:
        """Whether these counts agree with every row and with the people who answered."""
        whole = all(min(cell) >= 0 and sum(cell) == sum(true) for cell, true in zip(counts, self.truth, strict=True))
        return whole and all(least <= made(terms, counts) <= most for terms, least, most in self.rows)


def made(terms: Sequence[Counts], counts: Sequence[Counts]) -> int:
    """The sum of coefficients times counts.

    Parameters
    ----------
    terms, counts
        By cell, in one order of choices.
    """
    return sum(a * x for own, cell in zip(terms, counts, strict=True) for a, x in zip(own, cell, strict=True))


@dataclass(frozen=True)
class TiedCells:
    """Unknown cells that figures tie together."""

    cells: tuple[UnknownCell, ...]
    rows: tuple[WholeRow, ...]

    @cached_property
    def shape(self) -> Shape:
        """The block without names."""
        return Shape(tuple(one.truth for one in self.cells), tuple((row.terms, row.least, row.most) for row in self.rows))


class WholeForms:
    """Linear forms over unknown cells as whole coefficients, worked out once however often the question is asked: what they say
    hangs on their rounding, and what they are does not. `counts`: the true ones; `suspect`: reader and cells that failed last;
    `checked`: the question was found to make sense."""

    def __init__(self, counts: Mapping[Atom, int]) -> None:
        """Nothing is worked out yet."""
        self.counts = counts
        self.suspect: tuple[str, frozenset[Label]] | None = None
        self._cells: dict[int, tuple[LinearFigure, frozenset[Label]]] = {}
        self._besides: dict[int, Fraction] = {}
        self._forms: dict[tuple[int, tuple[Label, ...]], _WholeForm] = {}
        self._blocks: dict[tuple[Label, ...], int] = {}
        self._rows: dict[tuple[object, ...], WholeRow] = {}
        self.checked = False

    def touched(self, form: LinearFigure) -> frozenset[Label]:
        """The cells a form stands on.

        Parameters
        ----------
        form
            The same object whenever it is asked about.
        """
        if id(form) not in self._cells:
            self._cells[id(form)] = (form, frozenset(name for name, _ in form.terms))  # the form is kept, and with it its number
        return self._cells[id(form)][1]

    def row(self, printed: PrintedFigure, unknown: Sequence[UnknownCell], names: tuple[Label, ...]) -> WholeRow:
        """A figure over the unknown cells of a block.

        Parameters
        ----------
        printed
            As it is rounded.
        unknown, names
            The cells, and what they are called, in order.
        """
        block = self._blocks.setdefault(names, len(self._blocks))
        self.touched(printed.figure)
        key = (id(printed.figure), printed.step, printed.rounding, printed.between, printed.slack, block)
        if key not in self._rows:
            self._rows[key] = _row(printed, unknown, self)
        return self._rows[key]

    def besides(self, printed: PrintedFigure) -> Fraction:
        """What a number holds besides its counts.

        Parameters
        ----------
        printed
            However it is rounded.
        """
        self.touched(printed.figure)
        if id(printed.figure) not in self._besides:
            self._besides[id(printed.figure)] = printed.besides(self.counts)
        return self._besides[id(printed.figure)]

    def of(self, form: LinearFigure, unknown: Sequence[UnknownCell]) -> _WholeForm:
        """The form over these cells.

        Parameters
        ----------
        form
            As for `touched`.
        unknown
            Cells whose counts are not known.
        """
        mine = self.touched(form)
        key = (id(form), tuple(one.cell.name for one in unknown if one.cell.name in mine))
        if key not in self._forms:
            self._forms[key] = _whole(form, [one for one in unknown if one.cell.name in mine], self.counts)
        return self._forms[key]


@dataclass(frozen=True)
class _WholeForm:
    """By cell that is touched whole coefficients; the unit; what known counts and the least of each cell make; the most it is."""

    terms: Mapping[Label, Counts]
    unit: Fraction
    shift: Fraction
    most: int


def blocks_of(
    cells: Sequence[Cell],
    figures: Sequence[PrintedFigure],
    knows: Collection[Label],
    forms: WholeForms,
) -> Iterator[TiedCells]:
    """What figures say of the cells that are protected and not known, in parts that have no cell in common.

    Parameters
    ----------
    cells
        Every cell that a figure stands on.
    figures
        What the reader sees.
    knows
        Cells whose counts the reader knows.
    forms
        What is known of the figures already, and the true counts.

    Yields
    ------
    TiedCells
        Sorted by cells; cells and figures sorted within.
    """
    hidden = {one.name: one for one in cells if one.protected and one.raters > 0 and one.name not in knows}
    counts, shown = forms.counts, hidden.keys()
    touched = [sorted(forms.touched(one.figure) & shown) for one in figures]
    parts: dict[Label, list[tuple[PrintedFigure, list[Label]]]] = defaultdict(list)
    head = _joined(touched)
    for figure, names in zip(figures, touched, strict=True):
        if names:
            parts[head[names[0]]].append((figure, names))
    suspect = forms.suspect[1] if forms.suspect else frozenset[Label]()
    first = {head[name] for name in suspect if name in head}
    for _, part in sorted(parts.items(), key=lambda one: (one[0] not in first, one[0])):
        own = sorted({name for _, names in part for name in names})
        unknown = tuple(
            UnknownCell(hidden[name], tuple(counts.get((name, choice), 0) for choice in hidden[name].choices)) for name in own
        )
        rows: dict[tuple[Counts, ...], WholeRow] = {}
        for figure, _ in sorted(part, key=lambda one: repr(one[0].figure.name)):
            row = forms.row(figure, unknown, tuple(own))
            if any(map(any, row.terms)):
                rows[row.terms] = row.with_also(rows.get(row.terms, row))
        yield TiedCells(unknown, tuple(rows.values()))


def _joined(touched: Sequence[Sequence[Label]]) -> dict[Label, Label]:
    """For each cell the first of those it is tied to."""
    head: dict[Label, Label] = {}

    def top(one: Label) -> Label:
        while head.setdefault(one, one) != one:
            head[one] = head[head[one]]
            one = head[one]
        return one

    for names in touched:
        for name in names:
            first, second = sorted((top(names[0]), top(name)))
            head[second] = first
    return {name: top(name) for name in list(head)}


def _whole(form: LinearFigure, unknown: Sequence[UnknownCell], counts: Mapping[Atom, int]) -> _WholeForm:
    factors = form.terms
    names = {one.cell.name for one in unknown}
    rest = sum((factor * counts.get(atom, 0) for atom, factor in factors.items() if atom[0] not in names), Fraction(0))
    mine = [[factors.get((one.cell.name, choice), Fraction(0)) for choice in one.cell.choices] for one in unknown]
    lows = [min(own) for own in mine]
    base = sum((low * one.cell.raters for low, one in zip(lows, unknown, strict=True)), Fraction(0))
    above = [[factor - low for factor in own] for own, low in zip(mine, lows, strict=True)]
    scale = lcm(*(factor.denominator for own in above for factor in own))
    shared = gcd(*(int(factor * scale) for own in above for factor in own)) or 1
    unit = Fraction(shared, scale)
    terms = [tuple(int(factor / unit) for factor in own) for own in above]
    most = sum(max(own) * one.cell.raters for own, one in zip(terms, unknown, strict=True))
    return _WholeForm({one.cell.name: own for own, one in zip(terms, unknown, strict=True)}, unit, rest + base, most)


def _row(printed: PrintedFigure, unknown: Sequence[UnknownCell], forms: WholeForms) -> WholeRow:
    """The figure over the unknown cells. What its known counts make and what it holds besides are taken away."""
    form = forms.of(printed.figure, unknown)
    terms = tuple(form.terms.get(one.cell.name) or (0,) * len(one.cell.choices) for one in unknown)
    # An error of rounding further in is in the true number and in any other: between the two lies at most twice of it.
    interval = printed.says(forms.counts).narrowed(2 * printed.slack)
    least, most = interval.scaled(form.unit, form.shift + forms.besides(printed))
    return WholeRow(
        name=printed.figure.name,
        terms=terms,
        least=max(0, least or 0),
        most=form.most if most is None else min(form.most, most),
        unit=form.unit,
    )
