"""The cheapest further withholding or coarser rounding under which nothing about few people can be inferred.

Lives here: what may be done at which cost, and what was chosen and why, as facts. May not live here: what things cost (the
caller says), and what is printed in place of a number.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from analysis.disclosure.inference import (
    DEFAULT_EFFORT,
    DEFAULT_PROTECTION,
    Effort,
    Inference,
    Protection,
    Reader,
    infer,
    is_safe,
)
from analysis.disclosure.leaks import Atom, Cell, Label
from analysis.disclosure.printed import PrintedFigure
from analysis.disclosure.whole import WholeForms


@dataclass(frozen=True, kw_only=True)
class Measure:
    """Something that may be done. `withholds`: figures nobody sees any more; `hides`: cells nobody knows any more except by
    having answered alone; `rounds`: figures rounded to a coarser step. `cost`: above zero, in the caller's own unit."""

    name: Hashable
    cost: int
    withholds: frozenset[Hashable] = frozenset()
    hides: frozenset[Label] = frozenset()
    rounds: Mapping[Hashable, Fraction] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """What was chosen: `chosen` measures, least cost together where `cheapest`. `because`: what could be inferred without them.
    `left`: what still can be with all measures taken, none chosen then being of use; empty where everything is safe."""

    chosen: tuple[Hashable, ...]
    cost: int
    cheapest: bool
    because: tuple[Inference, ...]
    left: tuple[Inference, ...]


def protect(
    cells: Sequence[Cell],
    counts: Mapping[Atom, int],
    figures: Sequence[PrintedFigure],
    readers: Sequence[Reader],
    measures: Sequence[Measure],
    *,
    protection: Protection = DEFAULT_PROTECTION,
    effort: Effort = DEFAULT_EFFORT,
    trials: int = 64,
) -> Remedy:
    """Choose the measures that together cost least and after which every inference is safe.

    Parameters
    ----------
    cells, counts, figures, readers
        As for `infer`.
    measures
        What may be done, each name once. A measure that rounds a figure leaves a coarser rounding as it is.
    protection, effort
        As for `infer`.
    trials
        So many sets of measures are tried, the cheapest first, those left out that leave something untouched which fails without
        them; after that measures are taken back from all of them, the dearest first, and the result need not be the cheapest.

    Returns
    -------
    Remedy
        The same for any order of what is given. Where all measures together do not help, what is left says so.

    Raises
    ------
    ValueError
        As for `infer`; and for a name that is there twice, a cost that is not above zero, a figure that is not given.
    """
    _check(figures, measures)
    ordered = sorted(measures, key=lambda one: (one.cost, repr(one.name)))

    def given(taken: Sequence[Measure]) -> tuple[Sequence[Cell], Mapping[Atom, int], list[PrintedFigure], list[Reader]]:
        return cells, counts, *after(figures, readers, taken)

    forms = WholeForms(counts)

    def open_with(taken: Sequence[Measure]) -> tuple[Inference, ...]:
        found = infer(*given(taken), protection=protection, effort=effort, forms=forms)
        return tuple(one for one in found if one.verdict != "safe")

    def safe_with(taken: Sequence[Measure]) -> bool:
        return is_safe(*given(taken), protection=protection, effort=effort, forms=forms)

    because = open_with(())
    if not because:
        return Remedy(chosen=(), cost=0, cheapest=True, because=(), left=())
    left = () if safe_with(ordered) else open_with(ordered)
    chosen, cheapest = (ordered, False) if left else _cheapest(ordered, because, safe_with, trials)
    return Remedy(
        chosen=tuple(one.name for one in chosen),
        cost=sum(one.cost for one in chosen),
        cheapest=cheapest,
        because=because,
        left=left,
    )


#: So many sets are looked at for those worth trying.
_LOOKED_AT = 2_000


def _cheapest(
    ordered: Sequence[Measure],
    because: Sequence[Inference],
    safe_with: Callable[[Sequence[Measure]], bool],
    trials: int,
) -> tuple[list[Measure], bool]:
    """The first set that helps in the order of costs, and True; or what is left of all that helps, and False."""
    touches = [frozenset(at for at, one in enumerate(because) if _touches(measure, one)) for measure in ordered]
    heap: list[tuple[int, tuple[int, ...]]] = [(one.cost, (at,)) for at, one in enumerate(ordered)]
    heapq.heapify(heap)
    for _ in range(_LOOKED_AT):
        if not heap or not trials:
            break
        cost, at = heapq.heappop(heap)
        if len(frozenset[int]().union(*(touches[one] for one in at))) == len(because):
            taken, trials = [ordered[one] for one in at], trials - 1
            if safe_with(taken):
                return taken, True
        for more in range(at[-1] + 1, len(ordered)):
            heapq.heappush(heap, (cost + ordered[more].cost, (*at, more)))
    return _thinned(list(ordered), ordered[::-1], safe_with), False


def _touches(measure: Measure, one: Inference) -> bool:
    """Whether a measure changes any figure that hangs together with what can be inferred; hiding a cell may tie anything."""
    return bool(measure.hides) or not (measure.withholds | measure.rounds.keys()).isdisjoint(one.figures)


def _thinned(kept: list[Measure], part: Sequence[Measure], safe_with: Callable[[Sequence[Measure]], bool]) -> list[Measure]:
    """Without as many of `part` as are not needed, its first ones before its last: all at once where that will do."""
    fewer = [one for one in kept if one not in part]
    if safe_with(fewer):
        return fewer
    if len(part) == 1:
        return kept
    half = len(part) // 2
    return _thinned(_thinned(kept, part[:half], safe_with), part[half:], safe_with)


def _check(figures: Sequence[PrintedFigure], measures: Sequence[Measure]) -> None:
    names = {one.figure.name for one in figures}
    if len({one.name for one in measures}) < len(measures):
        raise ValueError("a measure is there twice")
    for one in measures:
        if one.cost <= 0:
            raise ValueError(f"{one.name} costs {one.cost}")
        if missing := (one.withholds | one.rounds.keys()) - names:
            raise ValueError(f"{one.name} is about {missing}, which are not given")


def after(
    figures: Sequence[PrintedFigure], readers: Sequence[Reader], taken: Sequence[Measure]
) -> tuple[list[PrintedFigure], list[Reader]]:
    """What is printed, and who knows what, once these measures are taken.

    Parameters
    ----------
    figures, readers
        Before.
    taken
        The measures.
    """
    steps: dict[Hashable, Fraction] = {}
    for one in taken:
        for name, step in one.rounds.items():
            steps[name] = max(step, steps.get(name, step))
    withheld = frozenset[Hashable]().union(*(one.withholds for one in taken))
    hidden = frozenset[Label]().union(*(one.hides for one in taken))
    printed = [
        replace(one, step=max(steps[one.figure.name], one.step or steps[one.figure.name])) if one.figure.name in steps else one
        for one in figures
    ]
    return printed, [replace(one, sees=one.sees - withheld, knows=one.knows - hidden) for one in readers]
