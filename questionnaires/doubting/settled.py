"""What a file took from its policy and never says where it counts: each choice, and what the other answer would give.

A source that leaves something open leaves it to whoever writes the file; nobody should find out only when it decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis import AnalysisError, parse_plan
from analysis.evidence import Evidence
from analysis.plan import Plan
from analysis.recount import Recount, differing
from questionnaires.doubting.changes import FileChange, policy_changes
from questionnaires.doubting.doubts import OtherReading, Telling, readings, same, shown, told_by
from questionnaires.model import Scheme
from questionnaires.worlds.world import SmallWorld


@dataclass(frozen=True, kw_only=True)
class OtherAnswer:
    """Another answer of a setting. `idle`: nothing in this file rests on it. `refused`: the file cannot be read with it.

    On the data at hand so many subjects would have another grade, another flag, another number; None without data. `telling`: a
    small world in which it gives something else, where worlds were given instead of data.
    """

    answer: str
    idle: bool = False
    refused: bool = False
    tiers: int | None = None
    flags: int | None = None
    numbers: int | None = None
    telling: Telling | None = None


@dataclass(frozen=True, kw_only=True)
class PolicyChoice:
    """One choice taken from the policy: the setting, how it was answered, in which line, and the other answers."""

    setting: str
    answer: str
    line: int
    others: tuple[OtherAnswer, ...]


def settled(scheme: Scheme, evidence: Evidence | None, worlds: Sequence[SmallWorld] = ()) -> tuple[PolicyChoice, ...]:
    """Every choice the file took from its policy, in the order of the file.

    Parameters
    ----------
    scheme
        The scheme.
    evidence
        The data at hand, or None.
    worlds
        Small worlds, the smallest first, in which to show what another answer would give while there is no data.
    """
    count = None if evidence is None else Recount(parse_plan(scheme.plan), evidence)
    found = [
        (change, other, _answer(scheme, count, change, other)) for change, other in readings(scheme, policy_changes(scheme.text))
    ]
    shown_in = _shown_in(scheme, found, worlds) if count is None else {}
    choices: dict[tuple[str, str, int], list[OtherAnswer]] = {}
    for at, (change, _, answer) in enumerate(found):
        place = (change.place, change.written, change.line)
        choices.setdefault(place, []).append(replace(answer, telling=shown_in.get(at)))
    return tuple(
        PolicyChoice(setting=setting, answer=answer, line=line, others=tuple(others))
        for (setting, answer, line), others in choices.items()
    )


def _answer(scheme: Scheme, count: Recount | None, change: FileChange, other: OtherReading | None) -> OtherAnswer:
    if other is None:
        return OtherAnswer(answer=change.instead, refused=True)
    if same(scheme, other.scheme):
        return OtherAnswer(answer=change.instead, idle=True)
    if count is None:
        return OtherAnswer(answer=change.instead)
    try:
        return _compared(scheme, count, change.instead, other.plan)
    except AnalysisError:
        return OtherAnswer(answer=change.instead, refused=True)


def _shown_in(
    scheme: Scheme, found: Sequence[tuple[FileChange, OtherReading | None, OtherAnswer]], worlds: Sequence[SmallWorld]
) -> dict[int, Telling]:
    """The world that shows each other answer, by its place; every world is counted once for all of them."""
    places = [at for at, (_, other, answer) in enumerate(found) if other is not None and not answer.idle and not answer.refused]
    others = [other for _, other, answer in found if other is not None and not answer.idle and not answer.refused]
    return {places[at]: telling for at, telling in told_by(scheme, others, worlds).items()}


def _compared(scheme: Scheme, count: Recount, answer: str, plan: Plan) -> OtherAnswer:
    tables, layout = count.under(plan), scheme.layout

    def subjects(names: Sequence[str]) -> int:
        cells = differing(count.tables, tables, tuple(names))
        return len(
            {key[count.tables[name].axes.index("subject")] for name, key, *_ in cells if "subject" in count.tables[name].axes}
        )

    decided = {*layout.tiers, *layout.flags}
    return OtherAnswer(
        answer=answer,
        tiers=subjects(layout.tiers),
        flags=subjects(layout.flags),
        numbers=subjects([name for name in shown(scheme) if name not in decided]),
    )
