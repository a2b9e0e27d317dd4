"""Until when a round has to be kept, what of it is due, and whether its archive was made.

Two terms: "forms", the sealed ballots with the key that opens them, which nobody should keep longer than a rule asks for; and
"records", all the rest. A term can be made longer, never shorter: a day brought forward would be a way to destroy early.
"""

from __future__ import annotations

import datetime as dt
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Appeal, Campaign, CampaignState, KeepingTerm, LegalHold, RoundArchive
from survey_app.services.office import audit

MOST_YEARS = 100
BASIS_CHARACTERS = 200


class KeptPart(StrEnum):
    """What a term is about."""

    FORMS = "forms"
    RECORDS = "records"


TITLES = {KeptPart.FORMS: N_("选票内容和开启密钥"), KeptPart.RECORDS: N_("其余全部材料")}


class RetentionError(RefusedError):
    """The terms of keeping do not allow this."""


class DueKind(StrEnum):
    """What a round on the list waits for."""

    FORMS = "forms"  # its ballots may be destroyed
    RECORDS = "records"  # all of it may be purged
    UNSAID = "unsaid"  # nobody has said how long it is kept
    UNARCHIVED = "unarchived"  # counted, and no archive of the present result


@dataclass(frozen=True, kw_only=True)
class DueRound:
    """A line of the list: which round, what it waits for, since when (None where no day says so), and how many holds stand."""

    campaign: Campaign
    kind: DueKind
    since: dt.datetime | None
    holds: int


def say(
    session: Session, campaign: Campaign, part: KeptPart, until: dt.datetime, basis: str, *, account: str, now: dt.datetime
) -> None:
    """Say until when a part of the round is kept.

    Parameters
    ----------
    session, campaign
        The campaign's row is locked; the caller commits.
    part
        Of what.
    until
        The last moment.
    basis
        The rule that asks for it.
    account, now
        Who says so and when.

    Raises
    ------
    UserError
        For a day that is past or too far off, and without a basis.
    RetentionError
        For a day before the one that was said.
    """
    kept = " ".join(basis.split())
    if not kept or len(kept) > BASIS_CHARACTERS:
        raise UserError(N_("请写明依据哪条规定（最多 %(most)s 个字）；没有记下。"), most=BASIS_CHARACTERS)
    if not now < until <= now + dt.timedelta(days=366 * MOST_YEARS):
        raise UserError(N_("保存期限要在今后 %(most)s 年之内；请改正日期，没有记下。"), most=MOST_YEARS)
    session.refresh(campaign, with_for_update=True)
    before = term_of(session, campaign, part)
    if before is not None and until < before.until:
        raise RetentionError(N_("保存期限只能延长：已经定到 %(until)s；没有改。"), until=times.moment(before.until))
    session.add(KeepingTerm(campaign_id=campaign.id, kind=part, until=until, basis=kept, said=now, said_by=account))
    session.flush()
    told = f"{campaign.key} {part} {times.iso(until)} {kept}"
    audit.record(session, account=account, action="keeping-said", detail=told, now=now)


def term_of(session: Session, campaign: Campaign, part: KeptPart) -> KeepingTerm | None:
    """The term in force; None where nobody has said one."""
    mine = select(KeepingTerm).where(KeepingTerm.campaign_id == campaign.id, KeepingTerm.kind == part)
    return session.scalars(mine.order_by(KeepingTerm.id.desc()).limit(1)).one_or_none()


def terms_said(session: Session, campaign: Campaign) -> Sequence[KeepingTerm]:
    """Everything that was said, oldest first."""
    return session.scalars(select(KeepingTerm).where(KeepingTerm.campaign_id == campaign.id).order_by(KeepingTerm.id)).all()


def refuse_before_term(session: Session, campaign: Campaign, part: KeptPart, *, now: dt.datetime) -> None:
    """Raise RetentionError while the part still has to be kept."""
    term = term_of(session, campaign, part)
    if term is not None and now <= term.until:
        raise RetentionError(
            N_("按“%(basis)s”要保存到 %(until)s，在那以前不能销毁。"), basis=term.basis, until=times.moment(term.until)
        )


def archive_of(session: Session, campaign: Campaign) -> RoundArchive | None:
    """The newest archive that was made of this round."""
    mine = select(RoundArchive).where(RoundArchive.campaign_id == campaign.id).order_by(RoundArchive.id.desc())
    return session.scalars(mine.limit(1)).one_or_none()


def holds_result(made: RoundArchive, report_digest: str) -> bool:
    """Whether an archive holds this result."""
    return hmac.compare_digest(made.report_digest, report_digest)


def refuse_unless_archived(session: Session, campaign: Campaign, report_digest: str) -> None:
    """Raise RetentionError unless the newest archive holds this result. Of demos nobody keeps one."""
    made = archive_of(session, campaign)
    if not campaign.demo and (made is None or not holds_result(made, report_digest)):
        raise RetentionError(
            N_("还没有归档：销毁之后，核对包就做不出来了。请先公布核对包（如果公布），在“归档与保存”页做好档案、收好，再销毁。")
        )


def due(session: Session, *, now: dt.datetime) -> list[DueRound]:
    """Every round of which something waits to be done, oldest first."""
    found: list[DueRound] = []
    holds = list(session.scalars(select(LegalHold.campaign_id).where(LegalHold.lifted.is_(None))))
    counted = select(Campaign).where(Campaign.state == CampaignState.COUNTED, Campaign.demo.is_(False)).order_by(Campaign.id)
    for campaign in session.scalars(counted):
        waits = holds.count(campaign.id)
        found += [
            DueRound(campaign=campaign, kind=kind, since=since, holds=waits)
            for kind, since in _waiting_for(session, campaign, now)
        ]
    return found


def _waiting_for(session: Session, campaign: Campaign, now: dt.datetime) -> list[tuple[DueKind, dt.datetime | None]]:
    found: list[tuple[DueKind, dt.datetime | None]] = []
    forms, records = (term_of(session, campaign, part) for part in KeptPart)
    appeal = session.get(Appeal, campaign.id)
    if appeal is not None and not appeal.certificate:
        last = max(appeal.until, forms.until) if forms else appeal.until
        if last < now:
            found.append((DueKind.FORMS, last))
    if records is None:
        found.append((DueKind.UNSAID, None))
    elif records.until < now:
        found.append((DueKind.RECORDS, records.until))
    if archive_of(session, campaign) is None:
        found.append((DueKind.UNARCHIVED, campaign.counted))
    return found
