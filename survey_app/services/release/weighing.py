"""What figures that leave together give away about answers that do not: the question as the analysis takes it.

Lives here: figures as ranges over unknown counts, those that say the same put together. May not live here: the inference itself
(`analysis.disclosure`), what is done about a leak (`deciding`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.disclosure.leaks import Cell, Leak, LinearFigure, check
from survey_app.services.release.figure import Figure
from survey_app.services.release.union import CountCell, Stated, Union, Unknown

#: A figure over more subjects' answers than this joins nobody's: what it says of one of them drowns in what it says of the others.
MOST_SUBJECTS = 12
#: A form without its size: what two figures have in common that say the same.
Direction = tuple[tuple[Unknown, Fraction], ...]


@dataclass(frozen=True)
class Ranged:
    """A figure with the range it is announced in: what a reader knows is that it lies between `low` and `high`."""

    figure: Figure
    rests: frozenset[CountCell]
    terms: Mapping[Unknown, Fraction]
    value: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Family:
    """Figures that say the same of the unknown counts, as one: the form with leading coefficient 1, and its narrowest range."""

    names: tuple[Figure, ...]
    terms: Mapping[Unknown, Fraction]
    value: Fraction
    low: Fraction
    high: Fraction


def direction(one: Stated | Ranged, unknown: Collection[CountCell]) -> Direction:
    """What a figure says of the unknown counts, whatever its size and whatever is known beside."""
    terms = sorted((at, factor) for at, factor in (one.terms or {}).items() if at[0] in unknown and factor)
    return tuple((at, factor / terms[0][1]) for at, factor in terms)


def families(union: Union, unknown: Collection[CountCell], ranged: Iterable[Ranged]) -> list[Family]:
    """The figures over the unknown counts alone: what is known is taken away, and what says the same is put together."""
    found: dict[Direction, Family] = {}
    for one in ranged:
        terms = {at: factor for at, factor in one.terms.items() if at[0] in unknown}
        key = direction(one, unknown)
        if not key:
            continue
        counts = union.report.tally.counts
        here = sum((factor * counts[cell][code] for (cell, code), factor in terms.items() if code < len(counts[cell])), Fraction(0))
        lead, rest = terms[key[0][0]], one.value - here
        ends = sorted(((one.low - rest) / lead, (one.high - rest) / lead))
        before = found.get(key)
        found[key] = Family(
            (*(before.names if before else ()), one.figure),
            dict(key),
            here / lead,
            max(ends[0], before.low) if before else ends[0],
            min(ends[1], before.high) if before else ends[1],
        )
    return list(found.values())


def weigh(union: Union, unknown: Collection[CountCell], ranged: Sequence[Ranged]) -> list[Leak]:
    """What follows of too few people's answers from these figures taken together.

    Parameters
    ----------
    union
        Counts, floors and promises.
    unknown
        Cells held back; all others are known.
    ranged
        Figures that leave and rest on any of them.
    """
    cells = [
        Cell(cell, cell[1], union.answered(cell), tuple(map(str, union.graded(cell[2]))), union.protected(cell[1]))
        for cell in sorted(unknown)
    ]
    forms = [
        LinearFigure(one.names[0], {(cell, str(code)): factor for (cell, code), factor in one.terms.items()})
        for one in families(union, unknown, ranged)
    ]
    return check(cells, forms, floor=union.plan.floor, floors=union.plan.floors)
