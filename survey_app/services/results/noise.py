"""How far a score may lie from what everybody would have given it, where groups behind it are samples.

Only counts that stand on pages are looked at; for the office alone, which reads them. Where a score is no plain sum over marks,
or rests on any that are held back, there is no such number, and the page says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from analysis.statistics.composites import SampledMean, composite_error
from survey_app.models import Headcount
from survey_app.services.results.loaded import Loaded

#: How many people a group of a unit has, by unit ("" for groups of no unit) and group; None where nobody counted.
Entitled = Mapping[tuple[str, str], int | None]


def entitled(heads: Sequence[Headcount]) -> Entitled:
    """The head-counts by unit and group."""
    return {(head.unit.code if head.unit else "", head.group_key): head.entitled for head in heads}


def error_of(loaded: Loaded, people: Entitled, key: str, code: str) -> float | None:
    """The standard error of a score, at the most; 0 where no sampled group stands behind it, None where it cannot be said."""
    worth = loaded.view.worth(key, code)
    if worth is None:
        return None
    groups: dict[str, list[SampledMean]] = defaultdict(list)
    for (subject, group, item), factors in worth.items():
        own = loaded.scheme.groups.get(group)
        if own is None or not own.sampled:
            continue
        given = loaded.view.answers(subject, group, item)
        if given is None or given.withheld:
            return None
        choices = loaded.scheme.scales[loaded.scheme.items[item].scale].choices
        counts = {choice.code: given.of(choice.code) for choice in choices if choice.kind != "unknown"}
        answered = sum(counts.values())
        points: dict[Fraction, int] = defaultdict(int)
        for mark, count in counts.items():
            if count:
                points[factors.get(mark, Fraction(0)) * answered] += count
        unit = loaded.people[subject].unit if own.own_unit and subject in loaded.people else ""
        known = people.get((unit, group))
        population = None if own.drawn or known is None or known < answered else known
        if points:
            groups[group].append(SampledMean(points, population))
    return composite_error(list(groups.values()))
