"""Who keeps the opening key of a draft campaign, and the rehearsal without which it cannot be approved.

Threats answered to: a passphrase mistyped twice, a sheet printed blank or cut off, trustees who got each other's campaign: all
found while there is nothing to lose. The test box is sealed to the campaign's public key exactly as ballots will be.
"""

from __future__ import annotations

import datetime as dt
import secrets as system_random
from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import AuditEvent, Campaign, CampaignState, Rehearsal
from survey_app.services.office import audit
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import UnopenableError
from survey_app.services.sealing.tokens import Rng


def choose_passphrase(
    session: Session, campaign: Campaign, passphrase: str, *, account: str, now: dt.datetime, cost: custody.WrapCost | None = None
) -> None:
    """A new key of a draft, under one passphrase. Raises WeakPassphraseError, RefusedError. The caller commits."""
    public, wrapped = custody.create_keys(passphrase, cost=cost)
    replace_key(session, campaign, public, wrapped)
    audit.record(session, account=account, action="custody-passphrase", detail=campaign.key, now=now)


def choose_trustees(
    session: Session,
    campaign: Campaign,
    holders: Sequence[str],
    *,
    needed: int,
    account: str,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> tuple[tuple[str, str], ...]:
    """A new key of a draft, split among these trustees. Shares made before open nothing any more.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    holders
        The trustees' names.
    needed
        How many of them open the ballots together.
    account, now
        Who does this and when, for the office's log.
    rng
        The source of random bytes.

    Returns
    -------
    tuple of (str, str)
        Name, and share as text, for each; to print once and forget.

    Raises
    ------
    HoldersError
        For names or numbers that cannot be.
    RefusedError
        When it is no draft.
    """
    public, wrapped, shares = custody.create_shared_keys(holders, needed=needed, rng=rng)
    replace_key(session, campaign, public, wrapped)
    names = custody.terms_of(wrapped).holders
    audit.record(session, account=account, action="custody-trustees", detail=f"{campaign.key} {needed}/{len(names)}", now=now)
    return tuple(zip(names, shares, strict=True))


def rehearse(
    session: Session,
    campaign: Campaign,
    *said: str,
    account: str,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> None:
    """Open a test box with the passphrase or the shares, and keep that it opened.

    The slow part comes first and touches no database.

    Parameters
    ----------
    session, campaign
        The caller commits.
    *said
        The passphrase, or the shares.
    account, now
        Who does this and when, for the office's log.
    rng
        The source of random bytes.

    Raises
    ------
    WrongPassphraseError, WrongSharesError
        When they do not open it; shares are named.
    UnopenableError
        When the wrapped key is damaged or missing, or what comes out of the box is not what went in.
    RefusedError
        When it is no draft, the key was replaced meanwhile, or shares are sealed to trustees' own keys: these answer instead
        (`trustee_keys`), and nobody types a share before the first vote.
    """
    if custody.terms_of(campaign.wrapped_key).keys:
        raise RefusedError(N_("密钥片封给了保管人各自的钥匙，不在这里试开；请每位保管人交回自己的回答码。"))
    key = custody.unwrap(campaign.wrapped_key, *said)
    inside = rng(32)
    if key.open(custody.seal(campaign.public_key, inside)) != inside:
        raise UnopenableError(N_("试开的票箱里放的和取出的不一样；请重新制作开启密钥再演练。"))
    session.refresh(campaign, with_for_update=True)
    refuse_unless_draft(campaign)
    if key.public() != campaign.public_key:
        raise RefusedError(N_("开启密钥刚刚换过，这次演练不算；请用新的再演练一次。"))
    session.merge(Rehearsal(campaign_id=campaign.id, public_key=campaign.public_key, made=now, made_by=account))
    audit.record(session, account=account, action="opening-rehearsed", detail=campaign.key, now=now)


def rehearsal_of(session: Session, campaign: Campaign) -> Rehearsal | None:
    """The rehearsal of the key the campaign has now; None when that key was never tried."""
    found = session.get(Rehearsal, campaign.id)
    return found if found is not None and campaign.public_key and found.public_key == campaign.public_key else None


def find_making(session: Session, campaign: Campaign) -> tuple[dt.datetime, str]:
    """When the key in force was made, and by whom ("" for the one made with the campaign)."""
    acts = select(AuditEvent).where(AuditEvent.action.in_(("custody-passphrase", "custody-trustees", "custody-keys")))
    mine = acts.where(or_(AuditEvent.detail == campaign.key, AuditEvent.detail.startswith(f"{campaign.key} ", autoescape=True)))
    last = session.scalars(mine.order_by(AuditEvent.id.desc()).limit(1)).first()
    return (last.at, last.account) if last else (campaign.created, "")


def replace_key(session: Session, campaign: Campaign, public: bytes, wrapped: bytes) -> None:
    """Another key for a draft; its row is locked. Raises RefusedError."""
    session.refresh(campaign, with_for_update=True)
    refuse_unless_draft(campaign)
    campaign.public_key, campaign.wrapped_key = public, wrapped


def refuse_unless_draft(campaign: Campaign) -> None:
    """Ballots are sealed to the key of an approved campaign. Raises RefusedError."""
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("这次评议已经批准，选票封给了现在的密钥，不能再换保管办法，也不用再演练。"))
