"""Trustees who have keys of their own: shares sealed to these, answers that prove each can open theirs, keys for one opening.

Lives here: what is stored of it and when it may be done. May not live here: seals and letters (`services.sealing`), pages.

Threats answered to:
- A share seen by the office, its browser or its printer: there is none outside a seal (`share_letters.deal_to_keys`).
- A share that its trustee cannot open, found out at the count: nobody approves before every trustee has answered, and an answer
  can be given only by whoever opened the share.
- A public key exchanged on its way by somebody else's: people compare fingerprints, the set-up epoch fixes them.
"""

from __future__ import annotations

import datetime as dt
import re
import secrets as system_random
from collections.abc import Collection, Sequence

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign, Rehearsal, TrusteeAnswer
from survey_app.services.campaign import rehearsal
from survey_app.services.office import audit
from survey_app.services.sealing import custody, share_letters, trustees
from survey_app.services.sealing.custody import HoldersError
from survey_app.services.sealing.one_time_keys import OneTimeKey, OneTimeKeys, OpeningAct
from survey_app.services.sealing.share_letters import KeyHolder
from survey_app.services.sealing.tokens import Rng

_KEY_TEXT = re.compile(r"(?i)\bage\S*")


def read_holders(text: str) -> tuple[KeyHolder, ...]:
    """Trustees written one a line, name and public key in either order; lines that begin with # are remarks.

    Raises HoldersError for a line without a name or a key, AgeError as `age_files.read_recipient`.
    """
    found: list[KeyHolder] = []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        keys = _KEY_TEXT.findall(line)
        name = " ".join(_KEY_TEXT.sub(" ", line).split()).strip(" ,，:：;；\t")
        if len(keys) != 1 or not name:
            place = len(found) + 1
            raise HoldersError(N_("第 %(place)s 位保管人这一行要有姓名和一把 age1 开头的公钥，中间空一格；请补全。"), place=place)
        found.append(KeyHolder(name, keys[0]))
    holders = tuple(found)
    share_letters.check_keys(holders)
    return holders


def without_secrets(text: str) -> str:
    """The lines again, to be shown to whoever sent them, without those that hold a private key."""
    return "\n".join(line for line in text.splitlines() if "SECRET" not in line.upper())


def deal(
    session: Session,
    campaign: Campaign,
    holders: Sequence[KeyHolder],
    *,
    needed: int,
    compared: Collection[str],
    account: str,
    now: dt.datetime,
    rng: Rng = system_random.token_bytes,
) -> None:
    """A new key of a draft, each share sealed to its trustee's own key. Whatever opened before opens nothing any more.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    holders
        The trustees with their public keys.
    needed
        How many of them open the ballots together.
    compared
        The fingerprints that somebody says were compared with their trustees.
    account, now
        Who does this and when, for the office's log.
    rng
        The source of random bytes.

    Raises
    ------
    HoldersError, AgeError
        For names, keys or numbers that cannot be.
    RefusedError
        When it is no draft, or a fingerprint was not compared.
    """
    lacking = [
        one.name for one, key in zip(holders, share_letters.check_keys(holders), strict=True)
        if trustees.fingerprint_of(key) not in compared
    ]  # fmt: skip
    if lacking:
        raise RefusedError(N_("%(name)s 的公钥指纹还没有当面核对；核对过再打勾，什么也没有分发。"), name=lacking[0])
    public, wrapped = share_letters.deal_to_keys(holders, needed=needed, campaign=campaign.key, title=campaign.title, rng=rng)
    rehearsal.replace_key(session, campaign, public, wrapped)
    session.execute(delete(TrusteeAnswer).where(TrusteeAnswer.campaign_id == campaign.id))
    audit.record(session, account=account, action="custody-keys", detail=f"{campaign.key} {needed}/{len(holders)}", now=now)


def sealed_share(campaign: Campaign, number: int) -> tuple[str, str]:
    """A trustee's name and sealed share, which is nobody else's use. Raises RefusedError where there is none of this number."""
    kept = custody.sealed_shares(campaign.wrapped_key)
    if kept is None or not 0 < number <= len(kept.sealed):
        raise RefusedError(N_("没有这一份封好的密钥片；请回到“开启钥匙”页看现在有哪几份。"))
    return kept.holders[number - 1], kept.sealed[number - 1]


def take_answer(session: Session, campaign: Campaign, answer: str, *, account: str, now: dt.datetime) -> str:
    """Write down that a trustee answered; the last answer is the rehearsal.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    answer
        What the trustee read out or sent. It says nothing of the share.
    account, now
        Who takes it and when.

    Returns
    -------
    str
        The trustee's name.

    Raises
    ------
    WrongAnswerError
        When none of these trustees can have given it.
    RefusedError
        When it is no draft, or shares are not sealed to trustees' keys.
    """
    session.refresh(campaign, with_for_update=True)
    rehearsal.refuse_unless_draft(campaign)
    kept = custody.sealed_shares(campaign.wrapped_key)
    if kept is None:
        raise RefusedError(N_("这次评议的密钥片没有封给保管人各自的钥匙，没有回答码可收。"))
    number = share_letters.number_answering(kept, answer)
    session.merge(
        TrusteeAnswer(campaign_id=campaign.id, number=number, public_key=campaign.public_key, given=now, taken_by=account)
    )
    audit.record(session, account=account, action="trustee-answered", detail=f"{campaign.key} {number}", now=now)
    session.flush()
    if len(answers_of(session, campaign)) == len(kept.holders):
        session.merge(Rehearsal(campaign_id=campaign.id, public_key=campaign.public_key, made=now, made_by=account))
        audit.record(session, account=account, action="opening-rehearsed", detail=campaign.key, now=now)
    return kept.holders[number - 1]


def answers_of(session: Session, campaign: Campaign) -> dict[int, TrusteeAnswer]:
    """Which trustees have answered for the key in force: number -> when and to whom."""
    rows = session.scalars(select(TrusteeAnswer).where(TrusteeAnswer.campaign_id == campaign.id))
    return {one.number: one for one in rows if one.public_key == campaign.public_key}


def prepare(
    session: Session, campaign: Campaign, act: OpeningAct, memory: OneTimeKeys, *, account: str, now: dt.datetime
) -> OneTimeKey:
    """A key for one opening. What trustees handed on to the one before opens nothing any more.

    Parameters
    ----------
    session, campaign
        The caller commits the line in the log.
    act
        What the opening is for.
    memory
        Where the private half lies until it is used.
    account, now
        Who asks for it and when.

    Raises
    ------
    RefusedError
        Where shares are not sealed to trustees' keys.
    """
    if custody.sealed_shares(campaign.wrapped_key) is None:
        raise RefusedError(N_("这次评议的密钥片没有封给保管人各自的钥匙，用不着一次性公钥。"))
    made = memory.make(campaign.id, act, now=now)
    detail = f"{campaign.key} {act} {made.fingerprint}"
    audit.record(session, account=account, action="one-time-key-made", detail=detail, now=now)
    return made
