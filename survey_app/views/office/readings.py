"""Reading a single signed form: the list, the question why, and the form itself, once the reading is written down."""

from __future__ import annotations

from flask import Blueprint, Response, request

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.sealing import custody
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.services.signed import readings
from survey_app.views.office import opening_form
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import complete
from survey_app.views.voter.signed_forms import copy_shown, ink_paths

blueprint = Blueprint("readings", __name__, url_prefix="/office/campaigns/<key>/signed")


@blueprint.get("/")
@access.may(Capability.READ_SIGNED_FORMS)
def index(key: str) -> Response:
    """Signed forms that may be read, and how often each was."""
    campaign = campaign_of(key)
    groups = {one.key: one.title.in_(language()) for one in scheme_of(campaign).groups.values()}
    problem = _closed(campaign)
    shown = [] if problem else readings.lines(db_session(), campaign)
    return campaign_page("readings/index.html", campaign, "", lines=shown, groups=groups, problem=problem)


@blueprint.get("/<int:rater>")
@access.may(Capability.READ_SIGNED_FORMS)
def ask(key: str, rater: int) -> Response:
    """Why, and what opens the box."""
    return _ask(campaign_of(key), rater)


@blueprint.post("/<int:rater>")
@access.may(Capability.READ_SIGNED_FORMS)
def read(key: str, rater: int) -> Response:
    """Write the reading down, then open the form. The answer belongs to one reader: nothing of it is stored."""
    campaign, session = campaign_of(key), db_session()
    reader = access.current_account().name
    try:
        complete()
        reason = readings.check_reason(request.form.get("reason", ""))
        said = opening_form.read_opening(campaign, OpeningAct.READING)
        session.commit()  # no write lock while the passphrase is stretched
        opening = custody.unwrap(campaign.wrapped_key, *said)
        readings.record(session, campaign, rater, reader=reader, reason=reason, now=now())
        session.commit()  # from here on the author sees the reading, whatever happens next
        opened = readings.open_form(session, campaign, rater, opening, secret=cookie_key(current_config()))
    except UserError as error:
        session.rollback()
        return _ask(campaign, rater, _(error.sentence, **error.parts), error.status)
    shown = copy_shown(opened.copy) if opened.copy else {"copy": None}
    return campaign_page("readings/form.html", campaign, "", opened=opened, reason=reason, strokes=ink_paths(opened.ink), **shown)


def _ask(campaign: Campaign, rater: int, problem: str = "", status: int = 200) -> Response:
    line = readings.form_of(db_session(), campaign, rater)
    return campaign_page(
        "readings/ask.html",
        campaign,
        "",
        line=line,
        group=scheme_of(campaign).groups[line.style.group_key].title.in_(language()),
        earlier=readings.of_rater(db_session(), line.rater),
        reason=request.form.get("reason", "")[: readings.REASON_MOST],
        typed=opening_form.typed() if problem else [],
        opening=opening_form.offer(campaign, OpeningAct.READING),
        problem=problem or _closed(campaign),
        status=status,
    )


def _closed(campaign: Campaign) -> str:
    """Why no form may be read now; "" when one may."""
    try:
        readings.refuse_unless_readable(db_session(), campaign, now())
    except UserError as error:
        return _(error.sentence, **error.parts)
    return ""
