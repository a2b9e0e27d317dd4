"""What an audit of a whole round comes to: how many lines end with each verdict by kind of reader, and what the decision cost.

Lives here: counting over the audit's lines, and the clock around every body of answers. May not live here: the audit
(`auditing`), the decision (`deciding`), tables.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.disclosure.ranges import forget
from survey_app.services.release import auditing, deciding
from survey_app.services.release.auditing import VERDICTS
from survey_app.services.release.deciding import LeftBefore
from survey_app.services.release.union import Union
from survey_app.services.release.withholding import Held


@dataclass(frozen=True)
class DecisionTime:
    """Processor seconds: about each subject of whom anything was weighed, the longest last, and in all. The first one bears what
    is looked up once for everybody."""

    each: Sequence[float]
    whole: float

    def at(self, share: float) -> float:
        """So many of the decisions took no longer than this; 0 where there was none to make."""
        return self.each[min(len(self.each) - 1, int(share * len(self.each)))] if self.each else 0.0


@dataclass(frozen=True, kw_only=True)
class RoundAudit:
    """A round's audit in numbers.

    `groups`: groups by the standing of their answers, one for every subject they were asked about. `figures`: printed figures
    weighed. `verdicts`: by kind of reader, how many groups end with each verdict. `seconds`: what the decision took.
    """

    subjects: int
    groups: Mapping[str, int]
    figures: int
    verdicts: Mapping[str, Mapping[str, int]]
    seconds: DecisionTime


def timed(held: Held, earlier: LeftBefore) -> DecisionTime:
    """What the decision about a report takes, made once more with nothing remembered.

    Parameters
    ----------
    held
        The report under its plan.
    earlier
        What left of the same answers before.
    """
    forget()  # the count has asked all this in the same process
    union = Union(held.report, held.scheme, held.plan)
    seconds: dict[tuple[str, ...], float] = defaultdict(float)
    first = begun = time.process_time()

    def decided(about: Sequence[str]) -> None:
        nonlocal begun
        now = time.process_time()
        seconds[tuple(about)] += now - begun
        begun = now

    deciding.decide(union, earlier, decided)
    return DecisionTime(sorted(seconds.values()), time.process_time() - first)


def measure(held: Held, earlier: LeftBefore) -> RoundAudit:
    """Decide about a report once more, by the clock, and audit the decision that was kept.

    Parameters
    ----------
    held
        The decision as kept.
    earlier
        What left of the same answers before.
    """
    seconds = timed(held, earlier)
    lines = auditing.audit(held, earlier)
    verdicts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        for one in line.ranges:
            verdicts[str(one.reader)][one.verdict] += 1
    return RoundAudit(
        subjects=len(held.report.subjects),
        groups=Counter(line.standing for line in lines),
        figures=sum(len(body.question.figures) for body in deciding.as_decided(held.union, held.decided, earlier)),
        verdicts={reader: {one: found[one] for one in VERDICTS} for reader, found in verdicts.items()},
        seconds=seconds,
    )
