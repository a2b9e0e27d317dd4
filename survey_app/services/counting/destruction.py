"""The appeal period: until when ballots may be opened again, and their destruction afterwards, with a certificate.

What is destroyed: the sealed content of every ballot, every sealed comment and the wrapped opening key, in the live database,
whose free pages the caller then has rewritten. What is not: copies made before. A backup that still holds both opens with the
passphrase; the certificate therefore says what was destroyed where, and whoever keeps backups has to destroy them too.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Appeal, Ballot, Campaign, CampaignState, LogKey
from survey_app.proof import checkpoints
from survey_app.services.campaign import holds, retention
from survey_app.services.campaign.retention import KeptPart
from survey_app.services.casting import comment_box
from survey_app.services.counting import counting
from survey_app.services.log.epochs import Log, log_of
from survey_app.services.office import audit
from survey_app.services.sealing import custody

MOST_DAYS = 366


class AppealError(RefusedError):
    """The appeal period does not allow this."""


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What was destroyed, by whom and when, and the digests of what stays: the log's last root, the tally, the result."""

    origin: str
    ballots: int
    root: str
    tally: str
    result: str
    by: str
    destroyed: str

    @property
    def moment(self) -> dt.datetime:
        """When it was destroyed, in UTC as the certificate says it."""
        return checkpoints.moment(self.destroyed)


def fix(session: Session, campaign: Campaign, until: dt.datetime, *, account: str, now: dt.datetime) -> None:
    """Say, once, until when openings are kept.

    Parameters
    ----------
    session, campaign
        The caller commits.
    until
        The end of the appeal period.
    account, now
        Who does this and when, for the office's log.

    Raises
    ------
    AppealError
        When it was said already.
    UserError
        For a day that is past or too far off.
    """
    if session.get(Appeal, campaign.id) is not None:
        raise AppealError(N_("申诉期已经定过，不能再改；它一改，谁也不知道选票会留到哪一天。"))
    if not now < until <= now + dt.timedelta(days=MOST_DAYS):
        raise UserError(N_("申诉期要在今后 %(most)s 天之内结束；请改正日期。"), most=MOST_DAYS)
    session.add(Appeal(campaign_id=campaign.id, until=until, certificate=""))
    audit.record(session, account=account, action="appeal-fixed", detail=f"{campaign.key} {until.isoformat()}", now=now)


def destroy(session: Session, campaign: Campaign, *, secret: str, account: str, now: dt.datetime) -> str:
    """Destroy every opening and the opening key.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits, then scrubs.
    secret
        The server's secret, under which the log's key lies.
    account, now
        Who does this and when.

    Returns
    -------
    str
        The certificate, signed with the log's key.

    Raises
    ------
    AppealError
        When it is not counted, no period is fixed or it is not over, it was done already, or there is no log to sign with.
    HeldRoundError
        While a legal hold stands.
    RetentionError
        Before the ballots' term of keeping is over, and while no archive holds the newest result.
    """
    appeal, log, key = refuse_unless_over(session, campaign, now=now)
    ballots = session.scalar(select(func.count()).select_from(Ballot).where(Ballot.campaign_id == campaign.id)) or 0
    session.execute(update(Ballot).where(Ballot.campaign_id == campaign.id).values(sealed=b""))
    comment_box.destroy(session, campaign)
    campaign.wrapped_key = custody.DESTROYED
    said = Certificate(
        origin=log.origin,
        ballots=ballots,
        root=log.epochs[-1].root.hex(),
        tally=counting.stored_opening(session, campaign).digest,
        result=counting.newest_report(session, campaign).digest,
        by=" ".join(account.split()),
        destroyed=checkpoints.minute(now),
    )
    appeal.certificate = _signed(said, key.sealed, secret)
    audit.record(session, account=account, action="openings-destroyed", detail=f"{campaign.key} {ballots}", now=now)
    return appeal.certificate


def refuse_unless_over(session: Session, campaign: Campaign, *, now: dt.datetime) -> tuple[Appeal, Log, LogKey]:
    """Hold the campaign, and give what a destruction needs. Raises AppealError, HeldRoundError, RetentionError as `destroy`."""
    session.refresh(campaign, with_for_update=True)
    appeal = session.get(Appeal, campaign.id)
    if campaign.state != CampaignState.COUNTED or appeal is None:
        raise AppealError(N_("计票之后、定下了申诉期，才能销毁开封内容。"))
    if appeal.certificate:
        raise AppealError(N_("开封内容已经销毁，证书在“申诉期与销毁”页上。"))
    if now <= appeal.until:
        raise AppealError(N_("申诉期到 %(until)s 才结束；在那以前要能重新开启选票。"), until=times.moment(appeal.until))
    log, key = log_of(session, campaign), session.get(LogKey, campaign.id)
    if log is None or key is None:
        raise AppealError(N_("这次评议没有存证日志，证书无从签名；请先在存证页补做。"))
    holds.refuse_if_held(session, campaign)
    retention.refuse_before_term(session, campaign, KeptPart.FORMS, now=now)
    retention.refuse_unless_archived(session, campaign, counting.newest_report(session, campaign).digest)
    return appeal, log, key


def certificate_of(session: Session, campaign: Campaign) -> Certificate | None:
    """What the certificate says; None while nothing is destroyed."""
    appeal = session.get(Appeal, campaign.id)
    if appeal is None or not appeal.certificate:
        return None
    _, origin, ballots, *rest = appeal.certificate.split("\n\n")[0].split("\n")
    said = dict(line.split(" ", 1) for line in rest if " " in line)
    return Certificate(
        origin=origin,
        ballots=int(ballots.split()[0]),
        root=said["root"],
        tally=said.get("tally", ""),
        result=said.get("result", ""),
        by=said.get("by", ""),
        destroyed=said["destroyed"],
    )


def _signed(said: Certificate, sealed: bytes, secret: str) -> str:
    body = (
        f"pingyi/destroyed/v1\n{said.origin}\n{said.ballots} ballots\nroot {said.root}\ntally {said.tally}\n"
        f"result {said.result}\nby {said.by}\ndestroyed {said.destroyed}\n"
    )
    _, signature = checkpoints.sign_bytes(body.encode(), sealed, secret)
    return f"{body}\n{signature.hex()}\n"
