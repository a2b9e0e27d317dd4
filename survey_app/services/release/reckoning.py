"""What the decision cost, and what it did not weigh: named, so that nobody is told more than is true.

Lives here: both lists, by quantity. May not live here: weighing (`weighing`), words (`results.inferring`).

A product of two scores, a trimmed mean, the best of a pool are no linear forms, and what stands on them is not seen either.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from survey_app.services.release.readers import BY_ITEM, FLAG, SCORE, VERDICT
from survey_app.services.release.withholding import Held


@dataclass(frozen=True)
class Cost:
    """At how many subjects a quantity is not said, and at how many it leaves with fewer digits."""

    gone: int = 0
    coarser: int = 0


def given_up(held: Held) -> Mapping[str, Cost]:
    """What leaves less than the scheme says, in the order of the report; distributions and means of a group held back apart.

    Parameters
    ----------
    held
        The decision as kept.
    """
    gone: Counter[str] = Counter()
    coarser: Counter[str] = Counter()
    shown = {*held.union.shown[SCORE], *held.union.shown[BY_ITEM]}
    for one in held.decided.values():
        gone.update({place[0] for place in one.values if place[0] in shown} | {place[0] for place in one.verdicts})
        coarser.update({place[0] for place in one.digits if place not in one.values})
    return {key: Cost(gone[key], coarser[key]) for key in _in_order(held, gone.keys() | coarser.keys())}


def unweighed(held: Held) -> Mapping[str, int]:
    """Quantities that leave, and rest on something held back in a way that nobody weighed, in the order of the report, with the
    number of subjects.

    Parameters
    ----------
    held
        The decision as kept. One that was made when ranks, tiers and flags were not weighed has all of these in it.
    """
    hidden = held.hidden
    hosts = frozenset(cell[0] for cell in hidden)
    if not hosts:
        return {}
    found: dict[str, set[str]] = defaultdict(set)
    here = [(one, (one.figure,)) for subject in sorted(hosts) for one in held.union.of(subject)]
    there = [(one, one.figures) for guests in held.union.visitors(hosts).values() for one in guests]
    for one, places in (*here, *there):
        unseen = one.blind if held.verdicts_weighed or one.terms is not None else one.rests
        if one.figure.kind == FLAG or unseen.isdisjoint(hidden):
            continue
        for figure in places:
            subject = held.union.subject_at(figure.place)
            mine = held.of(subject)
            if figure.place not in (mine.verdicts if figure.kind == VERDICT else mine.values):
                found[figure.quantity].add(subject)
    return {key: len(found[key]) for key in _in_order(held, found)}


def _in_order(held: Held, keys: Iterable[str]) -> list[str]:
    order = {key: at for at, key in enumerate(held.scheme.quantities)}
    return sorted(keys, key=lambda key: (order.get(key, len(order)), key))
