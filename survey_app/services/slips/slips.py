"""One-time slips: minting, storing digests, and how many were issued.

Lives here: batches of slips. May not live here: sheets of paper (`printing`), the spending of a slip (`casting`), voiding a batch
(`log.voids`, because it writes into the log).

Threats answered to: whoever copies the database finds digests only, and in the order of their tags, which is random, so
neither the order of printing nor of handing out can be read from it. The codes exist in memory until the sheet has been
sent, and are then gone: nobody can print a slip a second time, only void a batch and print another.

Hashing takes some 10 s for a thousand slips, so it happens before any transaction: `mint` (no database), then `store`
(one short transaction). `issue` does both, for callers who hold nobody up.
"""

from __future__ import annotations

import datetime as dt
import secrets as system_random
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from questionnaires.model import Admission
from survey_app.costs import AliasCost
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Ballot, BallotStyle, Campaign, CampaignState, Rater, Slip, SlipBatch
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.sealing.tokens import Alias, Rng, Secret, alias_digest, mint_alias, mint_secret, slip_tag
from survey_app.services.slips.printings import Stamp

#: Slips of one printing: two thousand are 200 sheets and half a minute of hashing. Larger meetings print twice.
MOST_SLIPS = 2000
MEETING_CHARACTERS = 120

#: Called with (done, of how many) while the slow hashes are worked out.
Progress = Callable[[int, int], None]
Codes = tuple[Secret, Alias]


class BatchError(UserError):
    """A printing that cannot be made as asked (count, meeting, group)."""

    status = 422


@dataclass(frozen=True)
class MintedBatch:
    """Codes and digests of one printing, not stored yet. `rows` are (tag, alias digest) in the order of their tags."""

    style_id: str
    campaign_id: int
    meeting: str
    slips: tuple[Codes, ...] = field(repr=False)
    rows: tuple[tuple[bytes, bytes], ...] = field(repr=False)


@dataclass(frozen=True)
class PrintedBatch:
    """A stored batch with its codes: print them and forget them. They are never shown in a traceback."""

    batch_id: int
    slips: tuple[Codes, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class BatchLine:
    """One printing as the office sees it."""

    id: int
    style_id: str
    group_key: str
    unit_name: str
    meeting: str
    issued: int
    void: bool
    printed: dt.datetime | None = None
    printed_by: str = ""
    elsewhere: bool = False


def mint(
    style: BallotStyle,
    *,
    count: int,
    meeting: str,
    rng: Rng = system_random.token_bytes,
    cost: AliasCost,
    progress: Progress | None = None,
    pool: Executor | None = None,
) -> MintedBatch:
    """Codes and digests for `count` slips (1 to 2,000) of `style`. Touches no database.

    `pool`: threads for the hashes, which release the interpreter's lock; a small pool of its own when None.

    Raises:
        BatchError: the count, the meeting's name or the group's way of admission do not allow it.
        RefusedError: the campaign is not open.
    """
    campaign, meeting = style.campaign, check_order(style, count, meeting)
    slips = tuple((mint_secret(rng), mint_alias(rng)) for _ in range(count))
    digests = digest_aliases((alias for _, alias in slips), campaign.salt, cost, progress=progress, total=count, pool=pool)
    rows = sorted((slip_tag(secret), digest) for (secret, _), digest in zip(slips, digests, strict=True))
    return MintedBatch(style.id, campaign.id, meeting, slips, tuple(rows))


def check_order(style: BallotStyle, count: int, meeting: str) -> str:
    """The meeting's name, tidied, of a batch that may be made. Raises as `mint`."""
    meeting = check_meeting(meeting)
    check_count(count)
    refuse_unless_open(style.campaign)
    if scheme_of(style.campaign).groups[style.group_key].admission != Admission.SLIP:
        raise BatchError(N_("这一类评议人不用凭条：请为他们印发个人邀请函。"))
    return meeting


def store(session: Session, minted: MintedBatch, stamp: Stamp | None = None, *, elsewhere: bool = False) -> PrintedBatch:
    """Add the batch's digests, all in the caller's transaction. Raises RefusedError when the campaign has been closed since.

    `elsewhere`: the codes were made on another machine and never came here.
    """
    refuse_unless_open(lock_campaign(session, minted.campaign_id))
    batch = SlipBatch(
        campaign_id=minted.campaign_id,
        style_id=minted.style_id,
        meeting=minted.meeting,
        issued=len(minted.rows),
        void=False,
        printed=stamp.at if stamp else None,
        printed_by=stamp.by if stamp else "",
        elsewhere=elsewhere,
    )
    session.add(batch)
    session.flush()
    session.execute(
        insert(Slip),
        [{"tag": tag, "batch_id": batch.id, "style_id": minted.style_id, "alias_digest": digest} for tag, digest in minted.rows],
    )
    return PrintedBatch(batch.id, minted.slips)


def issue(
    session: Session,
    *,
    style: BallotStyle,
    count: int,
    meeting: str,
    rng: Rng = system_random.token_bytes,
    cost: AliasCost,
    progress: Progress | None = None,
) -> PrintedBatch:
    """Mint and store slips.

    Parameters
    ----------
    session
        The caller commits, then prints and forgets the codes.
    style
        The ballot style they open.
    count
        How many, from 1 to 2,000.
    meeting
        Where they are given out; it is printed on each.
    rng, cost, progress
        The source of random bytes, how slow a guess at an alias is made, and whom to tell how far it is.

    Returns
    -------
    PrintedBatch
        The one copy of the codes; the database has digests.

    Raises
    ------
    BatchError
        When count, meeting or the group's way of admission do not allow it.
    RefusedError
        When the campaign is not open.
    """
    return store(session, mint(style, count=count, meeting=meeting, rng=rng, cost=cost, progress=progress))


def batches(session: Session, campaign: Campaign) -> list[BatchLine]:
    """Every printing of the campaign, newest first."""
    rows = session.execute(
        select(SlipBatch, BallotStyle)
        .join(BallotStyle, BallotStyle.id == SlipBatch.style_id)
        .where(SlipBatch.campaign_id == campaign.id)
        .order_by(SlipBatch.id.desc())
    )
    return [
        BatchLine(
            id=batch.id,
            style_id=style.id,
            group_key=style.group_key,
            unit_name=style.unit.name if style.unit else "",
            meeting=batch.meeting,
            issued=batch.issued,
            void=batch.void,
            printed=batch.printed,
            printed_by=batch.printed_by,
            elsewhere=batch.elsewhere,
        )
        for batch, style in rows
    ]


def batch_of(session: Session, campaign: Campaign, batch_id: int) -> SlipBatch:
    """The campaign's batch of this number. Raises NotFoundError, also for another campaign's."""
    batch = session.get(SlipBatch, batch_id)
    if batch is None or batch.campaign_id != campaign.id:
        raise NotFoundError(N_("这次评议没有这一批凭条；请从印制页面重新选择。"))
    return batch


def issued_counts(session: Session, campaign: Campaign) -> dict[tuple[int | None, str], int]:
    """How many credentials were issued, per (id of the style's unit or None, group key); what is absent was issued 0 times.

    Slips: those of batches in force, plus, of void batches, those a ballot was cast with before. The latter are added
    only when the campaign is closed: before that, voiding would be a way to count ballots exactly. The rest of a void
    batch was never issued in the sense of the books: it is neither in the box nor in anybody's hand to be counted.
    Signed groups: raters whose invitation was printed (a reprint replaces, so it counts once).
    """
    counts: Counter[tuple[int | None, str]] = Counter()
    place = (BallotStyle.unit_id, BallotStyle.group_key)
    of_batches = (
        select(*place, func.sum(SlipBatch.issued))
        .join(SlipBatch, SlipBatch.style_id == BallotStyle.id)
        .where(SlipBatch.campaign_id == campaign.id, SlipBatch.void.is_(False))
        .group_by(*place)
    )
    of_invitations = (
        select(*place, func.count())
        .join(Rater, Rater.style_id == BallotStyle.id)
        .where(Rater.campaign_id == campaign.id, Rater.tag.is_not(None))
        .group_by(*place)
    )
    for question in (of_batches, of_invitations):
        for unit_id, group_key, count in session.execute(question):
            counts[unit_id, group_key] += int(count)
    counts.update(voided_counts(session, campaign))
    return dict(counts)


def voided_counts(session: Session, campaign: Campaign) -> dict[tuple[int | None, str], int]:
    """How many ballots were cast with slips of batches that are void, by place as `issued_counts`; nothing before the close."""
    if not campaign.state.at_least(CampaignState.CLOSED):
        return {}
    rows = session.execute(
        select(BallotStyle.unit_id, BallotStyle.group_key, func.count())
        .join(Ballot, Ballot.style_id == BallotStyle.id)
        .join(Slip, Slip.tag == Ballot.key)
        .join(SlipBatch, SlipBatch.id == Slip.batch_id)
        .where(Ballot.campaign_id == campaign.id, SlipBatch.void.is_(True))
        .group_by(BallotStyle.unit_id, BallotStyle.group_key)
    )
    return {(unit_id, group_key): int(count) for unit_id, group_key, count in rows}


def digest_aliases(
    aliases: Iterable[Alias],
    salt: bytes,
    cost: AliasCost,
    *,
    total: int,
    progress: Progress | None = None,
    pool: Executor | None = None,
) -> list[bytes]:
    """The slow digests of `aliases` in their order, worked out side by side."""
    if pool is None:
        with ThreadPoolExecutor(4) as own:
            return digest_aliases(aliases, salt, cost, total=total, progress=progress, pool=own)
    digests = []
    for done, digest in enumerate(pool.map(lambda alias: alias_digest(alias, salt, cost), aliases), start=1):
        digests.append(digest)
        if progress is not None:
            progress(done, total)
    return digests


def check_count(count: int) -> None:
    """Raise BatchError unless so many slips may be made at once."""
    if not 1 <= count <= MOST_SLIPS:
        raise BatchError(
            N_("一次可以印 1 到 %(most)s 张凭条，现在写的是 %(count)s；人更多时请分几次印。"), most=MOST_SLIPS, count=count
        )


def check_meeting(name: str) -> str:
    """The meeting's name on one line. Raises BatchError when there is none or it is too long."""
    name = " ".join(name.split())
    if not name:
        raise BatchError(N_("请写明会议或发放地点，它印在每张凭条上。"))
    if len(name) > MEETING_CHARACTERS:
        raise BatchError(
            N_("会议名称有 %(found)s 个字，最多 %(most)s 个；请写短一些。"), found=len(name), most=MEETING_CHARACTERS
        )
    return name


def lock_campaign(session: Session, campaign_id: int) -> Campaign:
    """The campaign as it is now, kept from being closed until the transaction ends (shared: casting goes on)."""
    return session.scalars(
        select(Campaign).where(Campaign.id == campaign_id).with_for_update(read=True).execution_options(populate_existing=True)
    ).one()


def refuse_unless_open(campaign: Campaign) -> None:
    """Raise RefusedError unless the campaign is open: before approval there is no form, after the close no use."""
    if campaign.state == CampaignState.DRAFT:
        raise RefusedError(N_("这次评议还没有批准开始，表格还会变；请先批准，再印制凭条和邀请函。"))
    if campaign.state != CampaignState.OPEN:
        raise RefusedError(N_("这次评议已经结束，不能再印制、作废或换发凭条和邀请函。"))
