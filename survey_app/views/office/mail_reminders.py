"""Reminders by mail to signed raters who have sent nothing: the text first, then one press, then how far it is."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, speaking, spoken
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.office import audit
from survey_app.services.signed import mail_reminders, mailing
from survey_app.services.signed.mailing import MailingNote
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen

blueprint = Blueprint("mail_reminders", __name__, url_prefix="/office/campaigns/<key>/missing/mail")
#: How often the page of mails under way loads itself again, unless the reader stops it.
REFRESH_SECONDS = 2
#: So many whose mail did not arrive are shown by name.
MOST_FAILED = 200


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """Who would get a mail today, what it says, and what became of the last ones."""
    return _page(_approved(campaign_of(key)))


@blueprint.post("/")
@access.may(Capability.PRINT)
def send(key: str) -> AnyResponse:
    """Begin to send, each rater at most once a day."""
    campaign, session = _approved(campaign_of(key)), db_session()
    tongue = request.form.get("language", "")
    try:
        mail_reminders.refuse_unless_voting(campaign)
        still_as_seen(campaign, "reminders-mailed")
        waiting = mail_reminders.state_of(session, campaign, day=times.day(now())).waiting
        if not waiting:
            raise RefusedError(N_("今天没有还要发的：每人每天最多一封。"))
        account = access.current_account().name
        audit.record(session, account=account, action="reminders-mailed", detail=f"{campaign.key} {len(waiting)}", now=now())
        session.flush()
        mailing.start(
            current_config(), campaign, account=account, language=tongue if tongue in spoken(voter=False) else language()
        )
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("开始发送：%(n)s 封。", n=len(waiting)))
    return redirect(url_for("mail_reminders.index", key=key))


def _approved(campaign: Campaign) -> Campaign:
    if campaign.state == CampaignState.DRAFT:
        raise RefusedError(N_("这次评议还没有批准，还没有人能送出。"))
    return campaign


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session, config = db_session(), current_config()
    session.expire_all()
    state = mail_reminders.state_of(session, campaign, day=times.day(now()))
    note = mailing.notes_of(config, campaign).find()
    running = note is not None and note.running
    watching = running and request.args.get("reload") != "no"
    tongue = request.values.get("language", "")
    tongue = tongue if tongue in spoken(voter=False) else language()
    with speaking(tongue):
        preview = [(mail_reminders.subject_of(campaign), mail_reminders.text_of(campaign, one)) for one in state.waiting[:1]]
    response = campaign_page(
        "campaigns/mail_reminders.html",
        campaign,
        "voting",
        status=status,
        server=config.mail,
        state=state,
        failed=state.failed[:MOST_FAILED],
        note=note,
        running=running,
        stopped=_stopped(note) if note is not None and not running and not note.ready else "",
        watching=watching,
        seconds=REFRESH_SECONDS,
        preview=preview,
        tongue=tongue,
        tongues=spoken(voter=False),
        problem=problem,
    )
    if watching:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


def _stopped(note: MailingNote) -> str:
    """Why mails beside the server came to nothing."""
    if note.sentence:
        return _(note.sentence, **note.parts)
    return _("上一次发送中途停了；已经发出的不会再发，请再按一次。")
