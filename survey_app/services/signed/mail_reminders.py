"""Reminders by mail to signed raters who have sent nothing: who gets one today, what it says, how it is handed in.

Lives here: choosing, wording, sending. May not live here: the process that does it beside the server (`mail_beside`), pages.

Threats answered to:
- A mail that lets somebody else answer. It holds no link and no code: of a printed link the database has a digest alone, making
  another one would kill the letter people have, and whoever runs a mail server reads what passes. It says to use the letter.
- A mail that tells who of an anonymous group has not come. Only signed raters have a row, and only they get one.
- Addresses that lie about in logs. No address is written anywhere but in the roster; of what a server says its number is kept.
- Names that write headers. A name stands in the text alone, and the header module refuses line ends.
- A server that says yes to nobody. Each answer is kept by rater and day; who was taken is not asked again the same day, who was
  put off is with the next press.
"""

from __future__ import annotations

import datetime as dt
import smtplib
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_, when
from survey_app.i18n import gettext as _
from survey_app.mail_settings import STARTTLS, TLS, MailServer, is_address
from survey_app.models import Ballot, Campaign, CampaignState, MailedReminder, Rater

#: How long a mail server may take for one answer.
PATIENCE_SECONDS = 20.0
SENT, REFUSED, LATER = "sent", "refused", "later"
_NO_SERVER = N_("邮件服务器没有接上：%(why)s。没有发出的，过一会儿再按一次。")


class MailServerError(UserError):
    """The mail server could not be reached, or did not let us in: nobody was asked after, what was sent before stays sent."""

    status = 502


@dataclass(frozen=True, kw_only=True)
class MailingState:
    """Where mail reminders stand today. `waiting`: will be written to with the next press; `failed`: rater, standing, server's
    number; `without`: missing, and no address is known."""

    waiting: Sequence[Rater]
    sent_today: int
    without: int
    failed: Sequence[tuple[Rater, str, str]]


def state_of(session: Session, campaign: Campaign, *, day: dt.date) -> MailingState:
    """Who of the missing would get a mail on this day, and what became of those who did."""
    sent = exists().where(Ballot.rater_id == Rater.id)
    rows = session.scalars(
        select(Rater)
        .where(Rater.campaign_id == campaign.id, ~sent, Rater.tag.is_not(None))
        .options(joinedload(Rater.unit))
        .order_by(Rater.id)
    ).all()
    newest = (
        select(func.max(MailedReminder.id)).where(MailedReminder.campaign_id == campaign.id).group_by(MailedReminder.rater_id)
    )
    last = {one.rater_id: one for one in session.scalars(select(MailedReminder).where(MailedReminder.id.in_(newest)))}
    today = {rater: one for rater, one in last.items() if one.day == day}
    known = [one for one in rows if one.mail and is_address(one.mail)]
    failed = [
        (one, last[one.id].standing, last[one.id].told) for one in known if one.id in last and last[one.id].standing != SENT
    ]
    return MailingState(
        waiting=[one for one in known if one.id not in today or today[one.id].standing == LATER],
        sent_today=sum(1 for one in today.values() if one.standing == SENT),
        without=len(rows) - len(known),
        failed=failed,
    )


def refuse_unless_voting(campaign: Campaign) -> None:
    """Raise RefusedError while nobody can answer."""
    if campaign.state != CampaignState.OPEN or campaign.halted is not None:
        raise RefusedError(N_("现在没有在投票，不发提醒。"))


def subject_of(campaign: Campaign) -> str:
    """The mail's subject, in the language that is spoken."""
    return " ".join(_("提醒：%(title)s", title=campaign.title).split())


def text_of(campaign: Campaign, rater: Rater) -> str:
    """What one rater is told, in the language that is spoken. Nothing in it helps anybody to answer in their name."""
    until = _("截止时间是 %(until)s。", until=when(campaign.until)) if campaign.until else ""
    lines = [
        _("%(name)s，您好：“%(title)s”还没有收到您的评议表。", name=_one_line(rater.name), title=campaign.title) + until,
        _("请用先前给您的邀请函扫码填写；找不到了，请向评议办公室要求重印。"),
        _("这封邮件里没有链接，也不会向您要编号或口令；有人用邮件向您要，请告诉我们。"),
        campaign.asker or _("评议办公室"),
    ]
    return "\n\n".join(lines) + "\n"


def message_to(campaign: Campaign, rater: Rater, server: MailServer, *, now: dt.datetime) -> EmailMessage:
    """The whole mail. Raises ValueError for what is no address."""
    if not rater.mail or not is_address(rater.mail):
        raise ValueError("no address to write to")
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = server.sender, rater.mail, subject_of(campaign)
    made["Date"], made["Message-ID"] = format_datetime(now), make_msgid(domain=server.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text_of(campaign, rater), charset="utf-8", cte="base64")
    return made


def send_all(
    session: Session,
    campaign: Campaign,
    server: MailServer,
    *,
    now: Callable[[], dt.datetime],
    day: dt.date,
    told: Callable[[int, int], None],
    trusted: ssl.SSLContext | None = None,
) -> None:
    """Hand a mail for each of the waiting to the server, each answer kept at once.

    Parameters
    ----------
    session
        Committed after each mail, so that a break in the middle sends nobody a second one.
    campaign, server
        Whose raters, and where to.
    now, day
        The clock, and the day as the office has it.
    told
        Called with how many are done, of how many.
    trusted
        Whose certificates are believed; None for those the machine believes.

    Raises
    ------
    MailServerError
        When the server cannot be reached, is not who it says, or does not let us in.
    """
    waiting = [one.id for one in state_of(session, campaign, day=day).waiting]
    session.commit()
    told(0, len(waiting))
    if not waiting:
        return
    try:
        with _connected(server, trusted) as post:
            for done, rater_id in enumerate(waiting, start=1):
                rater = session.get(Rater, rater_id)
                if rater is not None:  # withdrawn meanwhile
                    standing, code = _hand_in(post, message_to(campaign, rater, server, now=now()))
                    _keep(session, campaign, rater, (day, standing, code))
                    session.commit()
                told(done, len(waiting))
    except smtplib.SMTPAuthenticationError as wrong:
        raise MailServerError(_NO_SERVER, why=_("用户名或密码不对")) from wrong
    except ssl.SSLError as wrong:
        raise MailServerError(_NO_SERVER, why=_("证书或加密方式不对")) from wrong
    except (smtplib.SMTPException, OSError) as wrong:
        raise MailServerError(_NO_SERVER, why=_("连不上，或者中途断了")) from wrong


def _connected(server: MailServer, trusted: ssl.SSLContext | None) -> smtplib.SMTP:
    context = trusted or ssl.create_default_context()
    if server.protection == TLS:
        post: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=PATIENCE_SECONDS, context=context)
    else:
        post = smtplib.SMTP(server.host, server.port, timeout=PATIENCE_SECONDS)
    try:
        if server.protection == STARTTLS:
            post.starttls(context=context)  # raises where the server offers none: never in clear
        if server.user and server.password_file is not None:
            post.login(server.user, server.password_file.read_text(encoding="utf-8").splitlines()[0])
    except BaseException:
        post.close()
        raise
    return post


def _hand_in(post: smtplib.SMTP, message: EmailMessage) -> tuple[str, str]:
    """What the server said of one mail: standing, and its number."""
    try:
        post.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code = next(iter(refused.recipients.values()))[0]
    except smtplib.SMTPResponseException as refused:
        code = refused.smtp_code
    else:
        return SENT, ""
    return (REFUSED if 500 <= code < 600 else LATER), str(code)


def _keep(session: Session, campaign: Campaign, rater: Rater, said: tuple[dt.date, str, str]) -> None:
    day, standing, code = said
    mine = select(MailedReminder).where(MailedReminder.rater_id == rater.id, MailedReminder.day == day)
    row = session.scalars(mine).first() or MailedReminder(campaign_id=campaign.id, rater_id=rater.id, day=day)
    row.standing, row.told = standing, code
    session.add(row)


def _one_line(text: str) -> str:
    return " ".join(text.split())
