"""Opening the sealed ballots of a closed campaign: every one is opened, checked again, and either counted or named in the books.

Lives here: the box cut up, given out and added up again, and the law that nothing got lost on the way. May not live here: how one
ballot is judged (`judging`), who does the work (`crews`), storage (`counting`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from analysis.evidence import BallotBatch, Tally
from analysis.tally import StyleCounts, add_up
from survey_app.errors import RefusedError
from survey_app.i18n import N_, say
from survey_app.models import Ballot, Campaign
from survey_app.proof.digest_set import DigestSet
from survey_app.services.counting import ballot_box, crews, judging, key_ranges, range_count
from survey_app.services.counting.ballot_box import StyleToOpen, unit_of
from survey_app.services.counting.crews import Crew
from survey_app.services.counting.judging import Judged, Remark
from survey_app.services.counting.range_count import RangeCount, StyleSum
from survey_app.services.sealing.custody import OpeningKey


class CountStep(StrEnum):
    """Where a count is, in order."""

    OPENING = "opening"
    COUNTING = "counting"
    EXPLAINING = "explaining"
    KEEPING = "keeping"


#: What is being done in each, for people.
STEPS = {
    CountStep.OPENING: N_("正在开启选票"),
    CountStep.COUNTING: N_("正在合计票数"),
    CountStep.EXPLAINING: N_("正在计算结果"),
    CountStep.KEEPING: N_("正在保存结果"),
}

#: Called with the step, how much of it is done and how much there is; a page or a terminal shows it.
Progress = Callable[[CountStep, int, int], None]


class BallotsLostError(RefusedError):
    """Fewer or more ballots came out of the ranges than are in the box."""


@dataclass(frozen=True)
class OpenedBox:
    """Everything that came out of the box. `batches`: the single ballots, for a count that looks at them."""

    tally: Tally
    remarks: tuple[Remark, ...]
    batches: tuple[BallotBatch, ...] = ()


def open_box(
    session: Session,
    campaign: Campaign,
    key: OpeningKey,
    styles: Sequence[StyleToOpen],
    progress: Progress | None = None,
    *,
    crew: Crew | None = None,
    keeps_rows: bool = False,
) -> OpenedBox:
    """Open every ballot of the campaign, and count.

    Parameters
    ----------
    session, campaign
        Read only. What is not committed in it other workers do not see.
    key
        The opening key.
    styles
        Every style of the campaign.
    progress
        Whom to tell how far it is.
    crew
        Who does it; for None whoever fits so many ballots.
    keeps_rows
        Whether single ballots are asked for; without it no more than some ranges are ever in memory.

    Raises
    ------
    BallotsLostError
        When another number of ballots of some form came out than is in the box.
    WorkersDiedError
        When workers died again and again.
    RefusedError
        When the books do not add up.
    """
    stored = _in_box(session, campaign)
    ballots = sum(stored.values())
    box = ballot_box.box_of(campaign, styles, keeps_rows=keeps_rows)
    parts = (crew or crews.fitting(session, ballots)).count(session, box, key, key_ranges.ranges(ballots))
    found = _added(parts, ballots, progress)
    sums = {id_: found.styles.get(id_) or StyleSum(table=_nothing(style)) for id_, style in box.styles.items()}
    strays = [remark.style for remark in found.remarks if remark.what == "foreign_style"]
    counted = {id_: one.cast for id_, one in sums.items() if one.cast} | {id_: strays.count(id_) for id_ in set(strays)}
    if counted != stored:
        raise BallotsLostError(
            N_("票箱里有 %(stored)s 张，打开清点的是 %(counted)s 张，什么也没有存；数据库可能正被改动，请查明后再开一次。"),
            stored=ballots,
            counted=sum(counted.values()),
        )
    if progress:
        progress(CountStep.COUNTING, 0, 1)
    batches = tuple(_batch(box.styles[id_], one) for id_, one in sums.items()) if keeps_rows else ()
    try:
        tally = add_up([_counts(box.styles[id_], one) for id_, one in sums.items()])
    except AnalysisError as problem:
        raise RefusedError(N_("计票停下了，什么也没有存：%(reason)s"), reason=problem.tell(say)) from problem
    return OpenedBox(tally, tuple(sorted(found.remarks)), batches)


def judged_ballots(
    session: Session, campaign: Campaign, key: OpeningKey, styles: Sequence[StyleToOpen], pieces: DigestSet
) -> Iterator[Judged]:
    """Every ballot of these styles with what became of it and what was in it; `pieces` are the campaign's mark leaves."""
    wanted = {style.row.id: style for style in styles}
    for part in key_ranges.ranges(sum(_in_box(session, campaign).values())):
        for row in key_ranges.read(session.connection(), campaign.id, part):
            if row.style in wanted:
                yield judging.judged(campaign.key, wanted[row.style], key, row, pieces)


def _in_box(session: Session, campaign: Campaign) -> dict[str, int]:
    """How many ballots of each style there are."""
    query = select(Ballot.style_id, func.count()).where(Ballot.campaign_id == campaign.id).group_by(Ballot.style_id)
    return dict(session.execute(query).all())


def _added(parts: Iterator[RangeCount], ballots: int, progress: Progress | None) -> RangeCount:
    """The sum of what came back."""
    total = RangeCount()
    if progress:
        progress(CountStep.OPENING, 0, ballots)
    for part in parts:
        total.read += part.read
        total.remarks += part.remarks
        for style, found in part.styles.items():
            if style in total.styles:
                total.styles[style].add(found)
            else:
                total.styles[style] = found
        if progress:
            progress(CountStep.OPENING, total.read, ballots)
    return total


def _nothing(style: StyleToOpen) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    return np.zeros((len(style.paper.slots), 1), dtype=np.int64)


def _counts(style: StyleToOpen, total: StyleSum) -> StyleCounts:
    return StyleCounts(
        style=style.row.id,
        group=style.row.group_key,
        unit=unit_of(style),
        slots=style.paper.slots,
        table=total.table,
        valid=total.valid,
        blank=total.blank,
        invalid=total.invalid,
        superseded=total.superseded,
    )


def _batch(style: StyleToOpen, total: StyleSum) -> BallotBatch:
    return BallotBatch(style.row.id, style.row.group_key, unit_of(style), style.paper.slots, range_count.joined(total))
