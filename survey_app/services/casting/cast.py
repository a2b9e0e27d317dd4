"""Casting: one transaction spends the credential and stores the sealed ballot.

Lives here: the transaction and its order of questions. May not live here: words about rules (`casting.rules`), formats
(`sealed_content`), pages. "Recorded" may be said when `cast` returns, and not before: it returns after a synced commit.

The order inside the transaction: lock campaign (shared) and slip or rater (exclusive); the same submission again gets the same
receipt, even after the close; then the campaign's state, spent, the slip's batch, stale; then the marks; then one INSERT.
Closing updates the campaign's row, so it waits for casts under way and every later cast sees it: no ballot is admitted
after the close commits.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets as system_random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from analysis.canonical import canonical_bytes
from questionnaires.model import CommentQuestion as Asked
from survey_app.costs import AliasCost
from survey_app.database import BEGIN
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import Ballot, BallotStyle, Campaign, CampaignState, MarkLeaf, Rater, Slip, SlipBatch, Subject
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import style_of
from survey_app.services.casting import comment_box, comment_text
from survey_app.services.casting.alias_gate import GATE, AliasGate
from survey_app.services.casting.comment_text import Comment
from survey_app.services.casting.commitments import Commitment, commit
from survey_app.services.casting.credentials import Credential, Holder, begin_reading, find_holder
from survey_app.services.casting.refusals import (
    BusyError,
    ClosedCampaignError,
    FormError,
    NotOpenError,
    SpentSlipError,
    StaleVersionError,
    UnknownSlipError,
    VoidSlipError,
)
from survey_app.services.casting.rules import BallotPaper, check
from survey_app.services.sealing import custody
from survey_app.services.sealing.sealed_content import (
    RANDOMNESS_BYTES,
    OpenedBallot,
    Signature,
    check_signature,
    leaf,
    mark_bytes,
    read_sealed,
    receipt_code,
    submission_digest,
    write_content,
)
from survey_app.services.sealing.tokens import Rng

__all__ = [
    "Credential",
    "CredentialStanding",
    "OpenedBallot",
    "Receipt",
    "Signature",
    "begin_reading",
    "cast",
    "find_standing",
    "paper_of",
    "read_sealed",
]

SUBMISSION_BYTES = 16


@dataclass(frozen=True)
class Receipt:
    """What the voter keeps. `leaf`: 32 bytes; `code`: its readable beginning; `version`: None for an anonymous ballot."""

    leaf: bytes
    code: str
    version: int | None = None


@dataclass(frozen=True)
class CredentialStanding:
    """What a credential has done so far: `code` of the recorded ballot or "", `version` in force (0: none yet).

    `void`: nothing was recorded, and nothing can be: its batch was declared void.
    """

    code: str
    version: int
    rater_name: str = ""
    void: bool = False


@dataclass(frozen=True)
class _Sealed:
    """A ballot ready to be stored, made before any lock is taken."""

    submission: bytes
    sealed: bytes
    committed: Commitment
    box: bytes | None


@dataclass(frozen=True)
class _Place:
    """Where the ballot goes: plain values, so that nothing is read again outside the transaction."""

    campaign_id: int
    campaign_key: str
    style_id: str
    holder: Holder


def paper_of(session: Session, style_id: str) -> tuple[BallotStyle, BallotPaper]:
    """The style's row and its paper (slots, limits, scheme, names). Raises as `style_of`."""
    loaded = style_of(session, style_id)
    codes = {slot.subject for slot in loaded.slots}
    rows = session.execute(
        select(Subject.code, Subject.name).where(Subject.campaign_id == loaded.row.campaign_id, Subject.code.in_(codes))
    )
    return loaded.row, BallotPaper(scheme_of(loaded.row.campaign), loaded.slots, loaded.limits, dict(rows.all()))


def cast(
    session: Session,
    *,
    style_id: str,
    credential: Credential,
    submission_id: bytes,
    marks: Sequence[int],
    signature: Signature | None = None,
    version: int = 0,
    confirmed: Collection[str] = (),
    comment: str = "",
    language: str = "zh-Hans",
    alias_cost: AliasCost | None = None,
    gate: AliasGate = GATE,
    rng: Rng = system_random.token_bytes,
) -> Receipt:
    """Store this ballot, once, and return its receipt after a synced commit. What raises has changed nothing.

    Parameters
    ----------
    session
        Holds nothing of the caller's: its transaction is ended here, before and after.
    style_id
        The ballot style.
    credential
        The secret scanned, or the alias typed.
    submission_id : (16,) bytes
        Made with the form: the same ballot sent twice gets the same receipt.
    marks : (slots,) int
        The code on each of the style's slots, 0 for none.
    signature
        Of a signed form.
    version
        The version a signed ballot replaces, 0 for the first.
    confirmed
        Keys of soft rules whose warning the rater has read and confirmed.
    comment
        Free words where the form asks for them; they are stored in this transaction, in a box of their own.
    language
        In which the rules of the form are told.
    alias_cost, gate
        How slow an alias is looked up, and how many at a time.
    rng
        The source of random bytes.

    Raises
    ------
    RefusedError, UserError
        As named in `refusals`: an unknown, void or spent slip, a campaign that is not open, a form or a limit that is broken.
    SignatureError
        For a signature that is none.
    CommentError
        For words that are too long.
    BusyError
        When the database cannot take it now; whether it was recorded is not known, and sending it again is safe.
    """
    begin_reading(session)
    row, paper = paper_of(session, style_id)
    campaign = row.campaign
    group = paper.scheme.groups[row.group_key]
    holder = find_holder(
        session,
        credential,
        style=row,
        campaign=campaign,
        signed=group.signed,
        cost=alias_cost or AliasCost(),
        gate=gate,
    )
    if len(submission_id) != SUBMISSION_BYTES:
        raise FormError(N_("这次提交的编号不完整，没有记录；请重新打开表格再送出。"))
    place = _Place(campaign.id, campaign.key, row.id, holder)
    words = Comment(group.key, row.unit.code if row.unit else "", comment_text.tidy(comment), holder.rater_id or 0, version + 1)
    asked = comment_box.find_question(session, campaign, paper.scheme, group.key)
    objection = _objection(paper, marks, signature, confirmed, language, signed=group.signed) or _wordy(asked, words)
    ready = objection or _sealed(
        row, paper, submission_id, OpenedBallot(tuple(marks), rng(RANDOMNESS_BYTES), signature), words if asked else None
    )
    try:
        session.commit()  # ends the reading transaction, so that the writing one starts with its lock
        session.connection(execution_options={BEGIN: "IMMEDIATE"})
        receipt = _store(session, place, ready, version)
        session.commit()
    except (OperationalError, PoolTimeoutError) as trouble:
        session.rollback()
        raise BusyError(
            N_("服务器现在收不下，这一次没有得到确认；请过几秒再按一次“送出”，如果其实已经收到，不会重复计票。")
        ) from trouble
    except BaseException:
        session.rollback()
        raise
    return receipt


def find_standing(
    session: Session, *, style_id: str, credential: Credential, alias_cost: AliasCost | None = None, gate: AliasGate = GATE
) -> CredentialStanding:
    """What this credential has done: asked by the review page and by who rescans a slip. Raises as `find_holder`."""
    begin_reading(session)
    row, paper = paper_of(session, style_id)
    holder = find_holder(
        session,
        credential,
        style=row,
        campaign=row.campaign,
        signed=paper.scheme.groups[row.group_key].signed,
        cost=alias_cost or AliasCost(),
        gate=gate,
    )
    if holder.rater_id is None:
        ballot = session.get(Ballot, holder.tag)
        if ballot is not None:  # first, as the cast tells it: what was recorded before the batch was declared void stands
            return CredentialStanding(receipt_code(ballot.leaf), 0)
        wanted = select(SlipBatch.void).join(Slip, Slip.batch_id == SlipBatch.id).where(Slip.tag == holder.tag)
        return CredentialStanding("", 0, void=session.scalar(wanted) is not False)
    rater = session.get_one(Rater, holder.rater_id)
    newest = session.scalar(select(Ballot).where(Ballot.rater_id == rater.id, Ballot.superseded.is_(False)))
    if newest is None:
        return CredentialStanding("", 0, rater.name)
    return CredentialStanding(receipt_code(newest.leaf), newest.version or 0, rater.name)


def _objection(
    paper: BallotPaper,
    marks: Sequence[int],
    signature: Signature | None,
    confirmed: Collection[str],
    language: str,
    *,
    signed: bool,
) -> UserError | None:
    """What speaks against the ballot itself; told only after slip and campaign were looked at, whose news matter more."""
    try:
        check(paper, marks, confirmed, language)
        if signed:
            check_signature(signature.name if signature else "", signature.ink if signature else "")
        elif signature is not None:
            raise FormError(N_("不记名的表不能签名，没有记录；请重新打开表格再填。"))
    except UserError as problem:
        return problem
    return None


def _wordy(asked: Asked | None, words: Comment) -> UserError | None:
    """What speaks against the words."""
    if asked is None:
        return FormError(N_("这张表不收意见，没有记录；请重新打开表格再填。")) if words.text else None
    try:
        comment_text.check(words.text, asked.most)
    except UserError as problem:
        return problem
    return None


def _sealed(row: BallotStyle, paper: BallotPaper, submission_id: bytes, ballot: OpenedBallot, words: Comment | None) -> _Sealed:
    wide = paper.wide()
    return _Sealed(
        submission=submission_digest(
            submission_id, mark_bytes(ballot.marks, wide=wide), ballot.signature, words.text if words else ""
        ),
        sealed=custody.seal(row.campaign.public_key, write_content(ballot, wide=wide)),
        committed=commit(row.campaign.key, row, paper, ballot),
        box=comment_box.seal(row.campaign, paper.scheme, words) if words else None,
    )


def _store(session: Session, place: _Place, ready: _Sealed | UserError, version: int) -> Receipt:
    """Inside the writing transaction: ask in order, insert once."""
    state = session.scalar(select(Campaign.state).where(Campaign.id == place.campaign_id).with_for_update(read=True))
    slip_void = _lock_holder(session, place.holder)
    before = _recorded(session, place.holder)
    if isinstance(ready, _Sealed):
        for ballot in before:
            if hmac.compare_digest(ballot.submission, ready.submission):
                return Receipt(ballot.leaf, receipt_code(ballot.leaf), ballot.version)
    _check_state(state)
    if place.holder.rater_id is None and before:
        raise SpentSlipError(
            N_("这张凭条已经用过，先前的选票已收到（回执码 %(code)s），这一次没有记录，先前的选票也没有改变。"),
            code=receipt_code(before[0].leaf),
        )
    if slip_void:
        raise VoidSlipError(N_("这批凭条已声明作废并换发，没有记录；请向会场工作人员换一张新凭条。"))
    current = max((ballot.version or 0 for ballot in before), default=0)
    if place.holder.rater_id is not None and version != current:
        raise StaleVersionError(
            N_("您的评议表现在是第 %(current)s 版，这一次要取代的不是它，没有记录；请回到表格，核对后再送出。"), current=current
        )
    if isinstance(ready, UserError):
        raise ready
    return _insert(session, place, ready, before, current)


def _lock_holder(session: Session, holder: Holder) -> bool:
    """Lock the slip (or rater) against a second cast; whether the slip's batch is void."""
    if holder.rater_id is not None:
        tag = session.scalar(select(Rater.tag).where(Rater.id == holder.rater_id).with_for_update())
        if not hmac.compare_digest(tag or b"", holder.tag):
            raise UnknownSlipError(N_("这份邀请刚刚换发，没有记录；请使用新的邀请函。"))
        return False
    batch = session.scalar(select(Slip.batch_id).where(Slip.tag == holder.tag).with_for_update())
    void = session.scalar(select(SlipBatch.void).where(SlipBatch.id == batch).with_for_update(read=True))
    return void is not False


def _recorded(session: Session, holder: Holder) -> list[Ballot]:
    """The ballots this holder has cast: at most one for a slip, every version for a signed rater."""
    mine = Ballot.key == holder.tag if holder.rater_id is None else Ballot.rater_id == holder.rater_id
    return list(session.scalars(select(Ballot).where(mine)))


def _check_state(state: str | None) -> None:
    if state == CampaignState.DRAFT:
        raise NotOpenError(N_("这次评议还没有开始，没有记录；请在主办单位宣布开始后再来。"))
    if state != CampaignState.OPEN:
        raise ClosedCampaignError(N_("这次评议已经结束，这张选票没有送进去；如有疑问，请与主办单位联系。"))


def _insert(session: Session, place: _Place, ready: _Sealed, before: list[Ballot], current: int) -> Receipt:
    signed = place.holder.rater_id is not None
    version = current + 1 if signed else None
    key = place.holder.tag if version is None else _signed_key(place, version)
    for ballot in before:
        ballot.superseded = True
    promised = ready.committed
    mark = leaf(campaign=place.campaign_key, style=place.style_id, key=key, committed=promised.value, version=promised.version)
    if promised.pieces:
        rows = [{"digest": one, "campaign_id": place.campaign_id} for one in promised.leaves()]
        session.execute(insert(MarkLeaf), rows)
    session.add(
        Ballot(
            key=key,
            campaign_id=place.campaign_id,
            style_id=place.style_id,
            kind="signed" if signed else "anonymous",
            rater_id=place.holder.rater_id,
            version=version,
            superseded=False,
            sealed=ready.sealed,
            submission=ready.submission,
            leaf=mark,
        )
    )
    if ready.box is not None:
        comment_box.put(session, place.campaign_id, ready.box)
    return Receipt(mark, receipt_code(mark), version)


def _signed_key(place: _Place, version: int) -> bytes:
    """A digest of rater and version. The link's tag is left out: a reprinted invitation continues the same row of versions."""
    record: dict[str, object] = {"campaign": place.campaign_key, "rater": place.holder.rater_id, "version": version}
    return hashlib.sha256(b"pingyi/signed/v1" + canonical_bytes(record)).digest()
