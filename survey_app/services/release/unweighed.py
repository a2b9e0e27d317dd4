"""Which figures leave beside something held back without anybody having weighed what they say: named, so that nobody is told more
than is true.

Lives here: the list. May not live here: weighing (`weighing`), words (`results.inferring`).

A median, a product of two scores, the best of a pool are no linear forms, and what stands on them is not seen either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from survey_app.services.release.readers import FLAG, VERDICT
from survey_app.services.release.withholding import Held


def quantities(held: Held) -> Mapping[str, int]:
    """Quantities that leave, and rest on something held back in a way that nobody weighed, in the order of the report: at how many
    subjects.

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
    order = {key: at for at, key in enumerate(held.scheme.quantities)}
    return {key: len(found[key]) for key in sorted(found, key=lambda key: (order.get(key, len(order)), key))}
