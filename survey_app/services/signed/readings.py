"""Readings of single signed forms by others than their authors: who may, what is written down first, and what is then shown.

Threat answered to: the office reads signed forms quietly. A form opens only with the opening key (passphrase or k shares), after
the count, while the appeal period lasts, for a stated reason, and only once the row that names reader and reason is committed.
The author is shown every row. What is left: whoever has the database *and* the opening key can open forms without this
program, and no row tells of it (docs say so); trustees are the remedy.

Forms of raters who are themselves rated are never shown whole, as in the auditors' bundle.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Appeal, Ballot, BallotStyle, Campaign, CampaignState, FormReading, Rater
from survey_app.services.casting import cast
from survey_app.services.casting.commitments import commit
from survey_app.services.log import entries
from survey_app.services.office import audit
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.custody import OpeningKey
from survey_app.services.sealing.sealed_content import receipt_code
from survey_app.services.signed import own
from survey_app.services.signed.copy import Copy, SignedForm

REASON_LEAST, REASON_MOST = 6, 300


class ReasonError(UserError):
    """A reading without a reason that its author could understand."""

    status = 422


@dataclass(frozen=True)
class ReadableForm:
    """A signed form in force that may be read, and how often it was."""

    rater: Rater
    style: BallotStyle
    version: int
    code: str
    readings: int


@dataclass(frozen=True)
class OpenedForm:
    """A form as its ballot says it. `sound`: it is the one whose leaf was recorded. `copy` None: the campaign has no log key."""

    form: SignedForm
    ink: str
    sound: bool
    copy: Copy | None


def lines(session: Session, campaign: Campaign) -> list[ReadableForm]:
    """Every signed form in force that may be read, in the roster's order."""
    counted = dict(
        session.execute(
            select(FormReading.leaf, func.count()).where(FormReading.campaign_id == campaign.id).group_by(FormReading.leaf)
        ).all()
    )
    return [
        ReadableForm(rater, style, ballot.version or 0, receipt_code(ballot.leaf), counted.get(ballot.leaf, 0))
        for ballot, rater, style in _readable(session, campaign)
    ]


def refuse_unless_readable(session: Session, campaign: Campaign, now: dt.datetime) -> None:
    """Raise RefusedError before the count, and once the appeal period is over."""
    if campaign.state != CampaignState.COUNTED:
        raise RefusedError(N_("还没有计票；计票以后、申诉期内，才能凭理由查阅单张记名评议表。"))
    appeal = session.get(Appeal, campaign.id)
    if appeal is not None and now > appeal.until:
        raise RefusedError(N_("申诉期已过，不再查阅单张记名评议表；查阅的记录仍然保留。"))


def form_of(session: Session, campaign: Campaign, rater_id: int) -> ReadableForm:
    """The form in force of this rater. Raises NotFoundError for one that does not exist here or is never shown whole."""
    for line in lines(session, campaign):
        if line.rater.id == rater_id:
            return line
    raise NotFoundError(N_("没有这张可以查阅的记名评议表；请从名单进入。"))


def check_reason(text: str) -> str:
    """The reason, tidied. Raises ReasonError."""
    reason = " ".join(unicodedata.normalize("NFC", text).split())
    if not REASON_LEAST <= len(reason) <= REASON_MOST or any(unicodedata.category(one)[0] == "C" for one in reason):
        raise ReasonError(
            N_("请写明查阅的理由，%(least)s 到 %(most)s 个字；填表人会看到它。没有开启。"), least=REASON_LEAST, most=REASON_MOST
        )
    return reason


def record(session: Session, campaign: Campaign, rater_id: int, *, reader: str, reason: str, now: dt.datetime) -> None:
    """Write down, before anything is opened, that this form is going to be read.

    Parameters
    ----------
    session, campaign
        The caller commits, and only then opens.
    rater_id
        Whose form.
    reader, now
        Who reads, and when.
    reason
        Why; the rater sees it.

    Raises
    ------
    RefusedError
        Before the count, and once the appeal period is over.
    ReasonError
        For a reason that says too little or too much.
    NotFoundError
        When there is no such form, or it is never shown whole.
    """
    refuse_unless_readable(session, campaign, now)
    reason = check_reason(reason)
    line = form_of(session, campaign, rater_id)
    session.add(_row(campaign, _in_force(session, line.rater), kind="office", reader=reader, reason=reason, now=now))
    audit.record(
        session, account=reader, action="signed-form-read", detail=f"{campaign.key} {line.code} {line.version} {reason}", now=now
    )


def open_form(session: Session, campaign: Campaign, rater_id: int, key: OpeningKey, *, secret: str) -> OpenedForm:
    """What stands in a signed form. Only after `record` was committed.

    Parameters
    ----------
    session, campaign
        Read only.
    rater_id
        Whose form.
    key
        The opening key.
    secret
        The server's secret, under which the log's key lies.

    Raises
    ------
    NotFoundError
        When there is no such form, or it is never shown whole.
    UnopenableError, DamagedContentError
        For a box that does not open, or holds no signature.
    SigningKeyError
        When it cannot be sealed again.
    """
    ballot = _in_force(session, form_of(session, campaign, rater_id).rater)
    opened = sealed_content.read_sealed(custody.open_sealed(key, ballot.sealed))
    if opened.signature is None:
        raise sealed_content.DamagedContentError(N_("这张记名评议表打开后没有签名，不是经过本系统送出的；请查明来源。"))
    form = own.describe(session, ballot, opened.marks, opened.signature)
    style, paper = cast.paper_of(session, ballot.style_id)
    said = commit(campaign.key, style, paper, opened)
    leaf = sealed_content.leaf(campaign=campaign.key, style=style.id, key=ballot.key, committed=said.value, version=said.version)
    sound = leaf == ballot.leaf
    # A form that is not the recorded one gets no seal: the seal says that it is.
    copy = own.sealed(session, form, campaign.id, secret=secret) if sound else None
    return OpenedForm(form, opened.signature.ink, sound, copy)


def of_rater(session: Session, rater: Rater) -> Sequence[FormReading]:
    """Every reading of this rater's forms, the oldest first."""
    return session.scalars(select(FormReading).where(FormReading.rater_id == rater.id).order_by(FormReading.id)).all()


def given_to_auditors(session: Session, campaign: Campaign, auditors: Sequence[bytes], *, now: dt.datetime) -> int:
    """Write down that these auditors (public keys) get every signed form of the auditors' bundle; how many forms it holds.

    The caller commits before the bundles leave memory.
    """
    forms = [ballot for ballot, _rater, _style in _readable(session, campaign)]
    session.add_all(
        _row(campaign, ballot, kind="auditor", reader=auditor.hex(), reason="", now=now)
        for auditor in auditors
        for ballot in forms
    )
    return len(forms)


def _readable(session: Session, campaign: Campaign) -> list[tuple[Ballot, Rater, BallotStyle]]:
    described = entries.described(session, campaign)
    styles = {style.id: style for style, said in described if said["signed"] and not said["rated"]}
    rows = session.execute(
        select(Ballot, Rater)
        .join(Rater, Rater.id == Ballot.rater_id)
        .where(Ballot.campaign_id == campaign.id, Ballot.superseded.is_(False), Ballot.style_id.in_(styles))
        .order_by(Rater.id)
    )
    return [(ballot, rater, styles[ballot.style_id]) for ballot, rater in rows]


def _in_force(session: Session, rater: Rater) -> Ballot:
    return session.scalars(select(Ballot).where(Ballot.rater_id == rater.id, Ballot.superseded.is_(False))).one()


def _row(campaign: Campaign, ballot: Ballot, *, kind: str, reader: str, reason: str, now: dt.datetime) -> FormReading:
    return FormReading(
        campaign_id=campaign.id,
        rater_id=ballot.rater_id,
        version=ballot.version,
        leaf=ballot.leaf,
        kind=kind,
        reader=reader,
        reason=reason,
        at=now,
    )
