"""Purging a round, and the certificate that stays of it: what went, how much of each, when, by whom, signed by the log's key.

The key goes with the round, so the certificate is signed first; its public part stays beside it. What is certified is the
database in use. Backups and archives made before are other files, and whoever keeps them has to destroy them too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import nacl.exceptions
from nacl.signing import VerifyKey
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis import records
from analysis.canonical import canonical
from analysis.records import Record, RecordError, plain
from survey_app.errors import NotFoundError, RefusedError
from survey_app.i18n import N_
from survey_app.models import Appeal, Campaign, CampaignState, FormReading, LogKey, PurgeCertificate
from survey_app.proof import checkpoints
from survey_app.services.campaign import holds, removal, retention
from survey_app.services.campaign.removal import Going
from survey_app.services.campaign.retention import KeptPart
from survey_app.services.counting import counting
from survey_app.services.log.epochs import log_of

SIGNED_AS = b"pingyi/purged/v1\n"
_Why = Literal["rehearsal", "demo", "kept long enough"]


class PurgeError(RefusedError):
    """A round that may not be purged."""


class PurgeSaid(Record, frozen=True, kw_only=True):
    """What a certificate says. `rows`: how many of each kind went, by the name of the table; digests "" where there is none."""

    format: Literal["pingyi-purged/1"]
    round: str
    title: str
    period: str
    why: _Why
    rows: dict[str, int]
    root: str
    result: str
    archive: str
    by: str
    purged: str


@dataclass(frozen=True)
class ToldPurge:
    """A certificate as it is read: what it says, whether its signature holds, the fingerprint of the key."""

    row: PurgeCertificate
    said: PurgeSaid
    holds: bool
    fingerprint: str

    @property
    def moment(self) -> dt.datetime:
        """When the round went."""
        return checkpoints.moment(self.said.purged)


WHY: Mapping[str, str] = {
    "rehearsal": N_("演练，不算数"),
    "demo": N_("演示，不算数"),
    "kept long enough": N_("保存期满"),
}


def refuse_unless_over(session: Session, campaign: Campaign, *, now: dt.datetime) -> None:
    """Raise RefusedError unless this real round may be purged: destroyed, archived, kept as long as was said, and not held."""
    holds.refuse_if_held(session, campaign)
    appeal, term = session.get(Appeal, campaign.id), retention.term_of(session, campaign, KeptPart.RECORDS)
    if campaign.state != CampaignState.COUNTED or campaign.demo:
        raise PurgeError(N_("计过票的正式评议，保存期满才能这样清除；草稿、演练和演示请用“删除这次评议”。"))
    if term is None:
        raise PurgeError(N_("还没有定保存期限；请先定下全部材料保存到哪一天。"))
    retention.refuse_before_term(session, campaign, KeptPart.RECORDS, now=now)
    if appeal is None or not appeal.certificate:
        raise PurgeError(N_("选票内容还没有销毁；请先在“申诉期与销毁”页销毁，再清除整个一轮。"))
    retention.refuse_unless_archived(session, campaign, counting.newest_report(session, campaign).digest)
    if session.scalar(select(func.count()).select_from(FormReading).where(FormReading.campaign_id == campaign.id)):
        raise PurgeError(N_("这一轮里有人查阅过记名评议表，这种记录不能删改，所以这一轮留着。"))


def purge(
    session: Session, campaign: Campaign, *, seen: str, secret: str, account: str, now: dt.datetime
) -> tuple[Going, PurgeCertificate | None]:
    """Remove a draft, a closed rehearsal or a closed demo; certified where it had a log.

    Parameters
    ----------
    session, campaign
        The caller commits, then scrubs.
    seen
        The digest of what the page listed.
    secret
        The server's secret, which opens the signing key.
    account, now
        Who does this and when.

    Raises
    ------
    RefusedError
        As `removal.remove_campaign`.
    SigningKeyError
        When the log's key does not open.
    """
    session.refresh(campaign, with_for_update=True)
    removal.refuse_campaign(session, campaign)
    why: _Why = "rehearsal" if campaign.is_rehearsal else "demo"
    row = _certify(session, campaign, why=why, secret=secret, account=account, now=now)
    return removal.remove_campaign(session, campaign, seen=seen), row


def purge_kept(session: Session, campaign: Campaign, *, secret: str, account: str, now: dt.datetime) -> PurgeCertificate:
    """Purge a real round that was kept long enough.

    Parameters
    ----------
    session, campaign
        The caller commits, then scrubs.
    secret
        The server's secret, which opens the signing key.
    account, now
        Who does this and when.

    Raises
    ------
    PurgeError
        When its openings are not destroyed, it has no log, or a form of it was read.
    HeldRoundError, RetentionError
        While a hold stands, its term is not over, or no archive holds its result.
    SigningKeyError
        When the log's key does not open.
    """
    session.refresh(campaign, with_for_update=True)
    refuse_unless_over(session, campaign, now=now)
    row = _certify(session, campaign, why="kept long enough", secret=secret, account=account, now=now)
    if row is None:
        raise PurgeError(N_("这一轮没有存证日志，证书无从签名，没有清除；请先在存证页补做。"))
    removal.remove_everything(session, campaign)
    return row


def certificates(session: Session) -> list[ToldPurge]:
    """Every certificate, newest first."""
    rows = session.scalars(select(PurgeCertificate).order_by(PurgeCertificate.id.desc()))
    return [told(row) for row in rows]


def certificate(session: Session, number: int) -> ToldPurge:
    """One certificate. Raises NotFoundError."""
    row = session.get(PurgeCertificate, number)
    if row is None:
        raise NotFoundError(N_("没有这份清除证书；请到“保存与销毁”里看。"))
    return told(row)


def told(row: PurgeCertificate) -> ToldPurge:
    """What a stored certificate says, and whether it still is what was signed. Raises PurgeError for one that is unreadable."""
    body, _gap, signature = row.text.partition("\n\n")
    try:
        said = records.read(body, PurgeSaid)
    except RecordError as wrong:
        raise PurgeError(N_("一份清除证书读不出来，数据库可能被改动过；请与印出的那一张核对。")) from wrong
    return ToldPurge(row, said, _is_signed(row.public, body, signature), checkpoints.fingerprint(row.public))


def _is_signed(public: bytes, body: str, signature: str) -> bool:
    try:
        VerifyKey(public).verify(SIGNED_AS + body.encode(), bytes.fromhex(signature.strip()))
    except (nacl.exceptions.BadSignatureError, ValueError, TypeError):
        return False
    return True


def _certify(
    session: Session,
    campaign: Campaign,
    *,
    why: _Why,
    secret: str,
    account: str,
    now: dt.datetime,
) -> PurgeCertificate | None:
    """Signed and kept; None for a draft, which has no log and of which nobody saw anything."""
    log, key = log_of(session, campaign), session.get(LogKey, campaign.id)
    if log is None or key is None or not log.epochs:
        return None
    archive = retention.archive_of(session, campaign)
    counted = campaign.state == CampaignState.COUNTED
    said = PurgeSaid(
        format="pingyi-purged/1",
        round=campaign.key,
        title=campaign.title,
        period=campaign.period,
        why=why,
        rows=removal.rows_by_table(session, campaign),
        root=log.epochs[-1].root.hex(),
        result=counting.newest_report(session, campaign).digest if counted else "",
        archive=archive.digest if archive else "",
        by=" ".join(account.split()),
        purged=checkpoints.minute(now),
    )
    body = canonical(plain(said))
    public, signature = checkpoints.sign_bytes(SIGNED_AS + body.encode(), key.sealed, secret)
    row = PurgeCertificate(
        round_key=campaign.key,
        title=campaign.title,
        text=f"{body}\n\n{signature.hex()}\n",
        public=public,
        made=now,
        made_by=account,
    )
    session.add(row)
    session.flush()
    return row
