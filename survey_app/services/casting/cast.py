"""Casting: one transaction spends the credential and stores the sealed ballot.

Lives here: the transaction and its order of questions. May not live here: words about rules (`casting.rules`), formats
(`sealed_content`), what a slip has settled (`settled`), pages. "Recorded" may be said when `cast` returns, and not before: it
returns after a synced commit.

What the slip or link has settled is asked first, without locks: a used slip gets its answer before marks, words or signature
are looked at, so that neither the answer nor its time can depend on them. Then what speaks against the ballot itself. Then the
writing transaction: lock campaign (shared) and slip or rater (exclusive), ask once more what is settled, one INSERT. Closing
updates the campaign's row, so it waits for casts under way and every later cast sees it: no ballot is admitted after the close
commits.
"""

from __future__ import annotations

import hashlib
import secrets as system_random
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical_bytes
from questionnaires.model import CommentQuestion as Asked
from survey_app.changes import CASTING
from survey_app.costs import AliasCost
from survey_app.database import BEGIN
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import BallotStyle, CampaignState, Subject
from survey_app.plain_sql import PlainTransaction, ask, ask_for_each, plain
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import style_of
from survey_app.services.casting import comment_box, comment_text
from survey_app.services.casting.alias_gate import GATE, AliasGate
from survey_app.services.casting.comment_text import Comment
from survey_app.services.casting.commitments import Commitment, commit
from survey_app.services.casting.credentials import UNKNOWN, Credential, Holder, begin_reading, find_holder
from survey_app.services.casting.forms_at_hand import FormAtHand, form_at_hand
from survey_app.services.casting.refusals import FormError, UnknownSlipError
from survey_app.services.casting.rules import BallotPaper, check
from survey_app.services.casting.settled import (
    SUBMISSION_BYTES,
    BallotPlace,
    Looked,
    Receipt,
    Recorded,
    look,
    recorded,
    scanned,
    settled,
)
from survey_app.services.casting.together import line_of
from survey_app.services.casting.unconfirmed import make_sure, unconfirmed
from survey_app.services.sealing import custody
from survey_app.services.sealing.sealed_content import (
    RANDOMNESS_BYTES,
    OpenedBallot,
    Signature,
    check_signature,
    leaf,
    read_sealed,
    receipt_code,
    submission_digest,
    write_content,
)
from survey_app.services.sealing.tokens import Rng, Secret

__all__ = [
    "SUBMISSION_BYTES",
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
    "state_of",
]

_INSERT = (
    "INSERT INTO ballot (key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, submission, leaf)"
    " VALUES (?, ?, ?, ?, ?, ?, false, ?, ?, ?)"
)


@dataclass(frozen=True)
class CredentialStanding:
    """What a credential has done so far: `code` of the recorded ballot or "", `version` in force (0: none yet).

    `void`: nothing was recorded, and nothing can be: its batch was declared void.
    """

    code: str
    version: int
    rater_name: str = ""
    void: bool = False


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent with a credential; see `cast`."""

    submission_id: bytes
    marks: Sequence[int]
    signature: Signature | None = None
    version: int = 0
    confirmed: Collection[str] = ()
    comment: str = ""
    language: str = "zh-Hans"
    flaw: UserError | None = None


@dataclass(frozen=True)
class _Sealed:
    """A ballot ready to be stored, made before any lock is taken."""

    submission: bytes
    sealed: bytes
    committed: Commitment
    box: bytes | None


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
    flaw: UserError | None = None,
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
        Made with the form: sent twice it gets the same receipt.
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
    flaw
        What was found wrong with the request while it was read; told in its turn, after what the slip has settled.
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
    with unconfirmed():
        here = form_at_hand(session, style_id)
        holder, found = _look(session, here, credential, alias_cost, gate)
        session.commit()  # ends the reading: while it is sealed nobody waits, and the writing one starts with its lock
    sent = Sent(
        submission_id=submission_id,
        marks=marks,
        signature=signature,
        version=version,
        confirmed=confirmed,
        comment=comment,
        language=language,
        flaw=flaw,
    )
    return _cast(session.get_bind().engine, here, holder, found, sent=sent, rng=rng)


def cast_scanned(engine: Engine, here: FormAtHand, secret: Secret, sent: Sent) -> Receipt:
    """As `cast`, of a form at hand with the secret of one of its slips. UnknownSlipError for any other secret."""
    with unconfirmed(), plain(engine, writing=False) as looking:
        found = scanned(looking, secret, here.row.id, here.row.campaign.id)
    if found is None:
        raise UnknownSlipError(UNKNOWN)
    return _cast(engine, here, *found, sent=sent, rng=system_random.token_bytes)


def may_still_send(engine: Engine, here: FormAtHand, secret: Secret) -> bool:
    """Whether this is the secret of one of the form's slips and a ballot can be recorded with it now: asked by the review."""
    with unconfirmed(), plain(engine, writing=False) as looking:
        found = scanned(looking, secret, here.row.id, here.row.campaign.id)
    return (
        found is not None
        and found[1].state == CampaignState.OPEN
        and found[1].halted is None
        and not found[1].void
        and not found[1].ballots
    )


def _cast(engine: Engine, here: FormAtHand, holder: Holder, found: Recorded, *, sent: Sent, rng: Rng) -> Receipt:
    """First what the slip has settled, then what speaks against the ballot, then sealing, then the writing transaction."""
    campaign, group = here.row.campaign, here.group
    if found.ballots:  # whatever follows says that a ballot was received
        make_sure(engine)
    again = settled(found, holder, sent.submission_id, sent.version)
    if again is not None:
        return again
    if sent.flaw is not None:
        raise sent.flaw
    if len(sent.submission_id) != SUBMISSION_BYTES:
        raise FormError(N_("这次提交的编号不完整，没有记录；请重新打开表格再送出。"))
    _check_ballot(here.paper, sent, signed=group.signed)
    words = Comment(group.key, here.unit, comment_text.tidy(sent.comment), holder.rater_id or 0, sent.version + 1)
    _check_words(here.asked, words)
    ready = _sealed(
        here,
        submission_digest(holder.tag, sent.submission_id),
        OpenedBallot(tuple(sent.marks), rng(RANDOMNESS_BYTES), sent.signature),
        words if here.asked else None,
    )
    ballot = _Ballot(BallotPlace(campaign.id, campaign.key, here.row.id, holder), ready, sent.submission_id, sent.version)
    with unconfirmed():
        return line_of(engine).store(ballot) if ready.box is None else _store_with_words(engine, ballot, ready.box)


def state_of(engine: Engine, campaign_id: int) -> CampaignState:
    """How far the campaign is, as the database has it now.

    Asked on a connection that is given back before this returns: where a request keeps one and waits for a second, ten at a time
    have all that a process has, and a hall stands still until they give up.
    """
    with plain(engine, writing=False) as looking:
        return CampaignState(ask(looking, "SELECT state FROM campaign WHERE id = ?", campaign_id).first().state)


def find_standing(
    session: Session, *, style_id: str, credential: Credential, alias_cost: AliasCost | None = None, gate: AliasGate = GATE
) -> CredentialStanding:
    """What this credential has done: asked by the review page and by who rescans a slip. Raises as `find_holder`.

    `session`: holds nothing of the caller's, as with `cast`.
    """
    with unconfirmed():
        here = form_at_hand(session, style_id)
        holder, found = _look(session, here, credential, alias_cost, gate)
    code = receipt_code(found.ballots[-1].leaf) if found.ballots else ""
    name = "" if holder.rater_id is None else ask(session, "SELECT name FROM rater WHERE id = ?", holder.rater_id).first().name
    if code:
        session.commit()  # gives its connection back: nobody has two
        make_sure(session.get_bind().engine)
    if holder.rater_id is None:
        # a ballot first, as the cast tells it: what was recorded before the batch was declared void stands
        return CredentialStanding(code, 0, void=found.void and not code)
    return CredentialStanding(code, found.version, name)


def _look(
    session: Session, here: FormAtHand, credential: Credential, alias_cost: AliasCost | None, gate: AliasGate
) -> tuple[Holder, Recorded]:
    """Whose credential it is, and what is recorded for it, without locks. Raises as `find_holder`.

    A slip that was scanned, as nearly all are, takes one question; what it does not find is looked for as anything else.
    """
    campaign = here.row.campaign
    if credential.secret is not None and not here.group.signed:
        with plain(session.get_bind().engine, writing=False) as looking:
            found = scanned(looking, credential.secret, here.row.id, campaign.id)
        if found is not None:
            return found
    begin_reading(session)
    holder = find_holder(
        session,
        credential,
        style=here.row,
        campaign=campaign,
        signed=here.group.signed,
        cost=alias_cost or AliasCost(),
        gate=gate,
    )
    return holder, recorded(session, BallotPlace(campaign.id, campaign.key, here.row.id, holder), lock=False)


def _check_ballot(paper: BallotPaper, sent: Sent, *, signed: bool) -> None:
    """What speaks against the ballot itself."""
    check(paper, sent.marks, sent.confirmed, sent.language)
    signature = sent.signature
    if signed:
        check_signature(signature.name if signature else "", signature.ink if signature else "")
    elif signature is not None:
        raise FormError(N_("不记名的表不能签名，没有记录；请重新打开表格再填。"))


def _check_words(asked: Asked | None, words: Comment) -> None:
    """What speaks against the words."""
    if asked is not None:
        comment_text.check(words.text, asked.most)
    elif words.text:
        raise FormError(N_("这张表不收意见，没有记录；请重新打开表格再填。"))


def _sealed(here: FormAtHand, submission: bytes, ballot: OpenedBallot, words: Comment | None) -> _Sealed:
    campaign = here.row.campaign
    return _Sealed(
        submission=submission,
        sealed=custody.seal(campaign.public_key, write_content(ballot, wide=here.wide)),
        committed=commit(campaign.key, here.row, here.paper, ballot),
        box=comment_box.seal(campaign, here.paper.scheme, words) if words else None,
    )


@dataclass(frozen=True)
class _Ballot:
    """A ballot in the line of those to be stored: there it asks once more, with locks, and is inserted once."""

    place: BallotPlace
    ready: _Sealed
    submission_id: bytes
    version: int

    @property
    def order(self) -> bytes:
        return self.place.holder.tag

    def look(self, transaction: PlainTransaction) -> Looked:
        return look(transaction, self.place, lock=True)

    def store(self, transaction: Session | PlainTransaction, found: Recorded) -> Receipt:
        again = settled(found, self.place.holder, self.submission_id, self.version)
        return again or _insert(transaction, self.place, self.ready, found)


def _store_with_words(engine: Engine, ballot: _Ballot, box: bytes) -> Receipt:
    """By itself: the box with its words, and those beside it, are written anew (`comment_box`)."""
    with Session(engine) as session:
        session.connection(execution_options={BEGIN: "IMMEDIATE", CASTING: True})
        receipt = ballot.store(session, recorded(session, ballot.place, lock=True))
        if not receipt.repeated:
            comment_box.put(session, ballot.place.campaign_id, box)
        session.commit()
    return receipt


def _insert(session: Session | PlainTransaction, place: BallotPlace, ready: _Sealed, found: Recorded) -> Receipt:
    signed = place.holder.rater_id is not None
    version = found.version + 1 if signed else None
    key = place.holder.tag if version is None else _signed_key(place, version)
    if found.ballots:
        ask(session, "UPDATE ballot SET superseded = true WHERE rater_id = ? AND superseded = false", place.holder.rater_id)
    promised = ready.committed
    mark = leaf(campaign=place.campaign_key, style=place.style_id, key=key, committed=promised.value, version=promised.version)
    if promised.pieces:
        rows = [(one, place.campaign_id) for one in promised.leaves()]
        ask_for_each(session, "INSERT INTO mark_leaf (digest, campaign_id) VALUES (?, ?)", rows)
    kind, rater = "signed" if signed else "anonymous", place.holder.rater_id
    ask(session, _INSERT, key, place.campaign_id, place.style_id, kind, rater, version, ready.sealed, ready.submission, mark)
    return Receipt(mark, receipt_code(mark), version)


def _signed_key(place: BallotPlace, version: int) -> bytes:
    """A digest of rater and version. The link's tag is left out: a reprinted invitation continues the same row of versions."""
    record: dict[str, object] = {"campaign": place.campaign_key, "rater": place.holder.rater_id, "version": version}
    return hashlib.sha256(b"pingyi/signed/v1" + canonical_bytes(record)).digest()
