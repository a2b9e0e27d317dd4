"""The line of a rule in the bar of the answers it is about: which choices it counts, and where in the bar it turns.

A line is drawn only where the flag's own books are exactly those of the bar: as many as its choices got, of as many as answered.
Then reader and rule look at the same votes; a flag that counts otherwise (blank lines, other groups, weights) has a chart of its
own. Nothing here is a figure: the line is the scheme's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.ops.formulas import TestParams
from analysis.ops.sources import TallyParams
from survey_app.i18n import gettext as _
from survey_app.services.results import quotas
from survey_app.services.results.cells import FlagShown
from survey_app.services.results.flag_lines import called
from survey_app.services.results.loaded import Loaded


@dataclass(frozen=True)
class RuleLine:
    """Where a rule turns in a bar, as a part of the answers from the best end, and what it is called."""

    at: Fraction
    note: str


@dataclass(frozen=True)
class CountedChoices:
    """What a flag's numerator counts: one item, and which of its choices (the best ones, or the worst)."""

    item: str
    choices: frozenset[str]


def counted_by(loaded: Loaded, key: str) -> CountedChoices | None:
    """Which choices of which one item a flag is a share of; None where it is no such share."""
    return loaded.view.once(("counted by", key), lambda: _counted(loaded, key))


def _counted(loaded: Loaded, key: str) -> CountedChoices | None:
    plan = loaded.report.plan
    params = plan.step(key).params
    if not isinstance(params, TestParams) or params.numerator is None:
        return None
    tallies = [step.params for step in quotas.behind(plan, params.numerator) if isinstance(step.params, TallyParams)]
    if len(tallies) != 1 or tallies[0].what != "count" or tallies[0].items is None or len(tallies[0].items) != 1:
        return None
    return CountedChoices(next(iter(tallies[0].items)), frozenset(tallies[0].choices))


def line_in(loaded: Loaded, item: str, counts: Sequence[int], flags: Sequence[FlagShown]) -> RuleLine | None:
    """The line of the first flag that is about exactly these answers: counts by graded choice, best first."""
    return next(_lines(loaded, item, counts, flags), None)


def _lines(loaded: Loaded, item: str, counts: Sequence[int], flags: Sequence[FlagShown]) -> Iterator[RuleLine]:
    scale = loaded.scheme.scales[loaded.scheme.items[item].scale]
    graded = [choice.key for choice in scale.choices if choice.kind != "unknown"]
    for one in flags:
        counted = counted_by(loaded, one.key)
        if counted is None or counted.item != item or one.part is None or one.turns is None or not 0 <= one.turns <= 1:
            continue
        here = [key in counted.choices for key in graded]
        many = sum(count for count, is_counted in zip(counts, here, strict=True) if is_counted)
        if many != one.part or sum(counts) != one.whole:
            continue
        note = _("%(flag)s：线 %(line)s", flag=called(one), line=one.line)
        if all(here[: sum(here)]):
            yield RuleLine(one.turns, note)
        elif all(here[len(here) - sum(here) :]):
            yield RuleLine(1 - one.turns, note)
