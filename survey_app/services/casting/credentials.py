"""Whose slip or link is it? From a secret or a typed alias to the one row it belongs to, before any ballot is looked at."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.changes import CASTING
from survey_app.costs import AliasCost
from survey_app.database import BEGIN
from survey_app.i18n import N_
from survey_app.models import BallotStyle, Campaign
from survey_app.plain_sql import ask
from survey_app.services.casting.alias_gate import AliasGate
from survey_app.services.casting.refusals import UnknownSlipError, WrongStyleError
from survey_app.services.sealing.tokens import Alias, Secret, alias_digest, slip_tag
from survey_app.slow_hashing import hashed

UNKNOWN = N_("认不出这个凭条码或编号，没有记录；请对照凭条核对，或重新扫描凭条上的二维码。它也可能属于另一次评议，或已换发。")
_SLIP = "SELECT tag, style_id FROM slip WHERE "
_RATER = "SELECT tag, id, style_id FROM rater WHERE "


@dataclass(frozen=True)
class Credential:
    """A slip's or link's secret as scanned, or the alias as typed; exactly one of them."""

    secret: Secret | None = None
    alias: Alias | None = None

    def __post_init__(self) -> None:
        if (self.secret is None) == (self.alias is None):
            raise ValueError("a credential is a secret or an alias")

    def __repr__(self) -> str:
        return "Credential(…)"  # must not reach a log by way of a traceback


@dataclass(frozen=True)
class Holder:
    """What the credential stands for: a slip (by its tag) or a signed rater (by row id), on the style it was issued for."""

    tag: bytes
    rater_id: int | None = None


def find_holder(
    session: Session,
    credential: Credential,
    *,
    style: BallotStyle,
    campaign: Campaign,
    signed: bool,
    cost: AliasCost,
    gate: AliasGate,
) -> Holder:
    """The slip or rater of this credential on this style.

    Raises UnknownSlipError (also for another campaign's alias: its digest has another salt), WrongStyleError, BusyError. The
    session only reads so far: for a typed alias its transaction is ended (`typed_digest`).
    """
    if credential.secret is not None:
        by_tag = slip_tag(credential.secret)
        slip = ask(session, _SLIP + "tag = ?", by_tag).first()
        rater = None if slip else ask(session, _RATER + "tag = ?", by_tag).first()
    elif credential.alias is not None:
        digest = typed_digest(session, credential.alias, campaign.salt, cost=cost, gate=gate)
        slip = ask(session, _SLIP + "alias_digest = ?", digest).first()
        rater = None if slip else ask(session, _RATER + "alias_digest = ? AND campaign_id = ?", digest, campaign.id).first()
        if slip is None and rater is None:
            gate.failed()
    if slip is None and rater is None:
        raise UnknownSlipError(UNKNOWN)
    belongs = slip.style_id if slip else rater.style_id if rater else None
    if belongs != style.id or (rater is not None) != signed:
        raise WrongStyleError(N_("这张凭条或链接属于另一张表，在这张表上不能用，没有记录；请扫描它上面的二维码打开它自己的表。"))
    if rater is not None and rater.tag is not None:
        return Holder(bytes(rater.tag), rater.id)
    if slip is None:
        raise UnknownSlipError(N_("这份邀请已收回，没有记录；请向主办单位索取新的邀请函。"))
    return Holder(bytes(slip.tag))


def begin_reading(session: Session) -> None:
    """Look without SQLite's write lock: nobody else's ballot should wait for a look."""
    if not session.in_transaction():
        session.connection(execution_options={BEGIN: "DEFERRED", CASTING: True})


def typed_digest(session: Session, alias: Alias, salt: bytes, *, cost: AliasCost, gate: AliasGate) -> bytes:
    """The digest of a typed alias. Raises BusyError.

    The reading transaction is ended first and its connection given back, because hundreds may wait here and a process has
    ten; the hash runs on a real thread, so that other voters' requests go on; then reading begins anew.
    """
    session.commit()
    with gate.admitted():
        digest = hashed(alias_digest, alias, salt, cost)
    begin_reading(session)
    return digest
