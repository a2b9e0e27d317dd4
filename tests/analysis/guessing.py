"""What can be inferred, found the slow way: every person is given every mark in turn, and whatever agrees with the print counts.

Written apart from `analysis.disclosure`: it knows people and marks and no counts, rounds by `decimal`, and cuts nothing short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from itertools import product

#: A figure: by (cell, choice) what one mark adds, and the digits it is printed with; None: exactly.
Figure = tuple[Mapping[tuple[str, str], Fraction], int | None]


def printed(value: Fraction, digits: int | None) -> object:
    """As it stands on paper."""
    if digits is None:
        return value
    with localcontext() as long:
        long.prec = 60
        shown = Decimal(value.numerator) / Decimal(value.denominator)
        return shown.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def worlds(
    marks: Mapping[str, Sequence[str]], choices: Sequence[str], figures: Sequence[Figure]
) -> Iterator[dict[str, list[str]]]:
    """Every way to mark, person by person, that gives the same print. `marks`: the true ones by cell."""

    def paper(world: Mapping[str, Sequence[str]]) -> list[object]:
        return [
            printed(sum((terms.get((cell, one), Fraction(0)) for cell, own in world.items() for one in own), Fraction(0)), digits)
            for terms, digits in figures
        ]

    true = paper(marks)
    people = [(cell, at) for cell, own in marks.items() for at in range(len(own))]
    for given in product(choices, repeat=len(people)):
        world: dict[str, list[str]] = {cell: [] for cell in marks}
        for (cell, _), one in zip(people, given, strict=True):
            world[cell].append(one)
        if paper(world) == true:
            yield world
