"""What a slip or link has settled already: told before anything else in a request is looked at, and by nothing of it but its id.

Lives here: what is recorded for a holder, and what follows from it. May not live here: marks, words and signatures. Whoever
asks with a used slip must get the same answer whatever his request holds, or the server would tell a buyer how it was used.

A repeat is known by slip (or link) and submission id alone, and only while the campaign is open: the close erases what knows it.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from survey_app.i18n import N_
from survey_app.models import CampaignState
from survey_app.plain_sql import FoundRows, PlainTransaction, ask
from survey_app.services.casting.credentials import Holder
from survey_app.services.casting.refusals import (
    ClosedCampaignError,
    HaltedError,
    NotOpenError,
    SpentSlipError,
    StaleVersionError,
    UnknownSlipError,
    VoidSlipError,
)
from survey_app.services.sealing.sealed_content import receipt_code, submission_digest
from survey_app.services.sealing.tokens import Secret, slip_tag

SUBMISSION_BYTES = 16
_BALLOTS = "SELECT leaf, submission, version FROM ballot WHERE "
_SLIP = (
    "SELECT c.state, c.halted, b.void FROM slip s JOIN slip_batch b ON b.id = s.batch_id"
    " JOIN campaign c ON c.id = ? WHERE s.tag = ?"
)
_SCANNED = (
    "SELECT s.tag, c.state, c.halted, b.void, x.leaf, x.submission FROM slip s JOIN slip_batch b ON b.id = s.batch_id"
    " JOIN campaign c ON c.id = ? LEFT JOIN ballot x ON x.key = s.tag WHERE s.tag = ? AND s.style_id = ?"
)
_LINK = "SELECT c.state, c.halted, r.tag FROM rater r JOIN campaign c ON c.id = ? WHERE r.id = ?"
#: Whoever closes or voids waits for us; nobody else casts with the same slip or link. Locked in the order in which they lock.
_SLIP_LOCKED = "FOR SHARE OF c FOR UPDATE OF s FOR SHARE OF b"
_LINK_LOCKED = "FOR SHARE OF c FOR UPDATE OF r"


@dataclass(frozen=True)
class Receipt:
    """What the voter keeps. `leaf`: 32 bytes; `code`: its readable beginning; `version`: None for an anonymous ballot.

    `repeated`: recorded by an earlier request, of whose marks nothing is known; this one's may be others.
    """

    leaf: bytes
    code: str
    version: int | None = None
    repeated: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class BallotPlace:
    """Where the ballot goes: plain values, so that nothing is read again outside the transaction."""

    campaign_id: int
    campaign_key: str
    style_id: str
    holder: Holder


class RecordedBallot(NamedTuple):
    """What is looked at of a stored ballot: nothing of its answers."""

    leaf: bytes
    submission: bytes | None
    version: int | None


@dataclass(frozen=True)
class Recorded:
    """What the database holds: the campaign's state, whether the slip's batch is void, the holder's ballots by version.

    `halted`: None while the voting runs, "" before its hour, else the reason of a pause.
    """

    state: str | None
    void: bool
    ballots: list[RecordedBallot]
    halted: str | None = None

    @property
    def version(self) -> int:
        """The version in force; 0 for none, and for a slip."""
        return max((ballot.version or 0 for ballot in self.ballots), default=0)


def scanned(
    session: Session | PlainTransaction, secret: Secret, style_id: str, campaign_id: int
) -> tuple[Holder, Recorded] | None:
    """The slip with this secret and what is recorded for it, without locks, in one question; None for no slip of this form."""
    row = ask(session, _SCANNED, campaign_id, slip_tag(secret), style_id).first()
    if row is None:
        return None
    ballots = [] if row.leaf is None else [RecordedBallot(bytes(row.leaf), row.submission, None)]
    return Holder(bytes(row.tag)), Recorded(row.state, bool(row.void), ballots, row.halted)


@dataclass(frozen=True)
class Looked:
    """The two questions about a holder, sent and perhaps not answered yet: what holds now, and what was recorded."""

    holder: Holder
    now: FoundRows
    ballots: FoundRows

    def answers(self) -> Recorded:
        """What there is for this holder. Raises UnknownSlipError for a link that was just replaced."""
        row = self.now.first()
        state, void = _held_now(self.holder, row)
        ballots = [RecordedBallot(one.leaf, one.submission, one.version) for one in self.ballots]
        return Recorded(state, void, ballots, row.halted if row is not None else None)


def look(session: Session | PlainTransaction, place: BallotPlace, *, lock: bool) -> Looked:
    """Ask what there is. `lock`: nobody else casts for this holder, and nobody closes, until the transaction ends.

    At most one ballot for a slip, every version for a signed rater. The lock comes first: what is recorded is read after it.
    """
    holder = place.holder
    if holder.rater_id is None:
        now = ask(session, _SLIP, place.campaign_id, holder.tag, lock=_SLIP_LOCKED * lock)
        return Looked(holder, now, ask(session, _BALLOTS + "key = ?", holder.tag))
    now = ask(session, _LINK, place.campaign_id, holder.rater_id, lock=_LINK_LOCKED * lock)
    return Looked(holder, now, ask(session, _BALLOTS + "rater_id = ? ORDER BY version", holder.rater_id))


def recorded(session: Session | PlainTransaction, place: BallotPlace, *, lock: bool) -> Recorded:
    """As `look`, answered. Raises UnknownSlipError for a link that was just replaced."""
    return look(session, place, lock=lock).answers()


def settled(found: Recorded, holder: Holder, submission_id: bytes, version: int) -> Receipt | None:
    """The receipt of what this request repeats; None when it may go on to be looked at. Raises what the slip has settled.

    The order is the promise: a repeat, a used slip, the campaign's state, the slip's batch, last the version of a signed form.
    """
    if found.state == CampaignState.OPEN and len(submission_id) == SUBMISSION_BYTES:
        sent = submission_digest(holder.tag, submission_id)
        for ballot in found.ballots:
            if ballot.submission is not None and hmac.compare_digest(ballot.submission, sent):
                return Receipt(ballot.leaf, receipt_code(ballot.leaf), ballot.version, repeated=True)
    if holder.rater_id is None and found.ballots:
        raise spent(receipt_code(found.ballots[0].leaf))
    _check_state(found)
    if found.void:
        raise VoidSlipError(N_("这批凭条已声明作废并换发，没有记录；请向会场工作人员换一张新凭条。"))
    if holder.rater_id is not None and version != found.version:
        raise StaleVersionError(
            N_("您的评议表现在是第 %(current)s 版，这一次要取代的不是它，没有记录；请回到表格，核对后再送出。"),
            current=found.version,
        )
    return None


def spent(code: str) -> SpentSlipError:
    """The one answer to whoever comes with a used slip, whatever he brings and however the campaign stands."""
    return SpentSlipError(
        N_("这张凭条已经用过，先前的选票已收到（回执码 %(code)s），这一次没有记录，先前的选票也没有改变。"), code=code
    )


def _held_now(holder: Holder, row: Any) -> tuple[str | None, bool]:
    """The campaign's state, and whether the slip's batch is void. Raises UnknownSlipError."""
    if holder.rater_id is None:
        return (None, True) if row is None else (row.state, bool(row.void))
    if row is None or not hmac.compare_digest(bytes(row.tag or b""), holder.tag):
        raise UnknownSlipError(N_("这份邀请刚刚换发，没有记录；请使用新的邀请函。"))
    return row.state, False


def _check_state(found: Recorded) -> None:
    if found.state == CampaignState.DRAFT:
        raise NotOpenError(N_("这次评议还没有开始，没有记录；请在主办单位宣布开始后再来。"))
    if found.state == CampaignState.OPEN:
        if found.halted is not None:
            raise halted(found.halted)
        return
    if found.ballots:  # a signed form: who lost the answer in the last minutes reads here what was taken in
        raise over(found.version, receipt_code(found.ballots[-1].leaf))
    raise ClosedCampaignError(N_("这次评议已经结束，这张选票没有送进去；如有疑问，请与主办单位联系。"))


def halted(why: str) -> HaltedError:
    """The one answer to whoever sends while the voting waits for its hour (`why` "") or is paused."""
    if not why:
        return HaltedError(N_("投票还没有开放，没有记录；凭条没有用掉，填好的都还在，开放以后再按一次“送出”。"))
    return HaltedError(
        N_("投票暂停：%(why)s。没有记录；凭条没有用掉，填好的都还在，恢复以后再按一次“送出”。"), why=why.rstrip("。.!！")
    )


def over(version: int, code: str) -> ClosedCampaignError:
    """The one answer to whoever comes with a signed form's link after the close, when something was recorded with it."""
    return ClosedCampaignError(
        N_("这次评议已经结束。用这个链接送出、已经收到的是第 %(version)s 版（选票码 %(code)s），现在不能再改。"),
        code=code,
        version=version,
    )
