"""The standard error of a score in which sampled groups have a part, or the reason why there is none.

Only counts that stand on pages are looked at. Where nobody was sampled there is no such error, and a page says that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.statistics.composites import SampledMean, composite_error
from analysis.statistics.ranks import Estimate
from survey_app.i18n import N_
from survey_app.models import Headcount
from survey_app.services.results.loaded import Loaded

#: Unit's code ("" for a group of no unit) and group, to how many are entitled (None: nobody counted).
Entitled = Mapping[tuple[str, str], int | None]

#: Why a score has no error that could be told.
NO_ERROR: Mapping[str, str] = {
    "withheld": N_("人数太少没有公布，误差不能算"),
    "not_linear": N_("得分不是各项评分的加权平均，误差算不出"),
    "one_value": N_("有的评议主体只有一个人作答，误差算不出"),
    "no_score": N_("没有得分"),
}


@dataclass(frozen=True)
class ScoreError:
    """A score's standard error in points, 0 where nobody was sampled; None with the reason, a key of `NO_ERROR`."""

    error: float | None
    reason: str = ""


def entitled_of(heads: Sequence[Headcount]) -> Entitled:
    """How many are entitled, by place."""
    return {(head.unit.code if head.unit else "", head.group_key): head.entitled for head in heads}


def error_of(loaded: Loaded, key: str, code: str, entitled: Entitled) -> ScoreError:
    """The standard error of one subject's score."""
    return loaded.view.once(("error", key, code), lambda: _error(loaded, key, code, entitled))


def _error(loaded: Loaded, key: str, code: str, entitled: Entitled) -> ScoreError:
    groups = loaded.scheme.groups
    if not any(group.sampled for group in groups.values()):
        return ScoreError(0.0)
    sampled = [cell for cell in loaded.view.rests(key, {"subject": code}) if groups[cell[1]].sampled]
    if not sampled:
        return ScoreError(0.0)
    worth = loaded.view.worth(key, code)
    if worth is None:
        held = any((given := loaded.view.answers(*cell)) is None or given.withheld for cell in sampled)
        return ScoreError(None, "withheld" if held else "not_linear")
    by_group = defaultdict[tuple[str, str], list[SampledMean]](list)
    for cell in sorted(sampled):
        found = _sample(loaded, cell, worth[cell], entitled)
        if found is None:
            return ScoreError(None, "withheld")
        if sum(found.points.values()):
            by_group[_place(loaded, cell), cell[1]].append(found)
    error = composite_error(list(by_group.values()))
    return ScoreError(error, "" if error is not None else "one_value")


def _sample(loaded: Loaded, cell: tuple[str, str, str], worth: Mapping[int, Fraction], entitled: Entitled) -> SampledMean | None:
    """The answers of one cell in points of the score; None where they are held back."""
    _subject, group, item = cell
    given, own = loaded.view.answers(*cell), loaded.scheme.groups[group]
    if given is None or given.withheld:
        return None
    choices = [one for one in loaded.scheme.scales[loaded.scheme.items[item].scale].choices if one.kind != "unknown"]
    size = sum(given.of(one.code) for one in choices)
    points = Counter[Fraction]()
    for one in choices:
        if given.of(one.code):
            points[worth.get(one.code, Fraction(0)) * size] += given.of(one.code)
    everybody = None if own.drawn else entitled.get((_place(loaded, cell), group))
    return SampledMean(points, None if everybody is not None and everybody < size else everybody)


def _place(loaded: Loaded, cell: tuple[str, str, str]) -> str:
    """The unit whose people answered, "" for a group of no unit."""
    subject, group, _item = cell
    return loaded.people[subject].unit if loaded.scheme.groups[group].own_unit and subject in loaded.people else ""


def estimates(loaded: Loaded, key: str, codes: Iterable[str], entitled: Entitled) -> tuple[dict[str, Estimate], Counter[str]]:
    """The scores of these subjects as released, with their errors; and why others have none, by reason."""
    found, missing = dict[str, Estimate](), Counter[str]()
    for code in codes:
        cell = loaded.view.cell(key, {"subject": code})
        if cell.missing or cell.number is None:
            missing["no_score"] += 1
            continue
        error = error_of(loaded, key, code, entitled)
        if error.error is None:
            missing[error.reason] += 1
        else:
            found[code] = Estimate(float(cell.number.exact), error.error)
    return found, missing
