"""A campaign from the office's side: list, new, overview, scheme, approval, progress, close."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.language.problems import SchemeProblems
from questionnaires.shipped import ShippedScheme
from survey_app import access, times
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language, say
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.roles import Capability
from survey_app.services.books import turnout
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import Notice, scheme_of
from survey_app.services.four_eyes.kinds import FROZEN_BY_APPROVAL, AskKind
from survey_app.services.paper import stacks
from survey_app.services.release import approval as release_approval
from survey_app.services.release import forecast
from survey_app.services.release import plan as release_plan
from survey_app.services.results.scheme_reading import reading_of
from survey_app.services.roster import reading
from survey_app.views.downloads import YAML, file_response
from survey_app.views.office import asks, road_acts, round_rooms, round_steps, scheme_upload, second_person
from survey_app.views.office.campaign_frame import (
    STATE_KINDS,
    STATE_TITLES,
    campaign_of,
    campaign_page,
    next_step,
    record,
)
from survey_app.views.office.editing import complete, still_as_seen
from survey_app.views.office.notice import NOTICE, read_notice
from survey_app.views.office.scheme_upload import SchemeFile

blueprint = Blueprint("campaigns", __name__, url_prefix="/office/campaigns")
log = logging.getLogger("survey_app")

#: How often the progress page loads itself again, unless the reader stops it.
REFRESH_SECONDS = 60


@dataclass(frozen=True)
class ShownProblem:
    """A problem of a scheme file as the problem list shows it."""

    where: str
    what: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class SentCampaign:
    """A new campaign as it was sent. `file`: a readable file to keep in the form; what cannot be used is None and told."""

    file: SchemeFile | None = None
    scheme_text: str | None = None
    notice: Notice | None = None
    errors: Sequence[str] = ()
    problems: Sequence[ShownProblem] = ()
    status: int = 200


@blueprint.get("")
@access.may(Capability.SEE_PROCEDURE)
def index() -> Response:
    """Every campaign, newest first."""
    listed = campaigns.all_campaigns(db_session())
    titles = {state: _(title) for state, title in STATE_TITLES.items()}
    waiting = asks.waiting_lines()
    page = render_template("campaigns/index.html", campaigns=listed, titles=titles, kinds=STATE_KINDS, waiting=waiting)
    return make_response(page)


@blueprint.get("/new")
@access.may(Capability.PREPARE)
def new() -> Response:
    """The form of a new campaign."""
    draft = request.args.get("draft", "")
    chosen = {"scheme": f"{scheme_upload.DRAFT}{draft}"} if draft else {}
    return _new_form({"period": str(times.day(now()).year), **chosen}, SentCampaign())


@blueprint.post("/new")
@access.may(Capability.PREPARE)
def create() -> AnyResponse:
    """Make a draft campaign, or show the form again with everything that is wrong; nothing is made then.

    Who keeps the opening key is asked on the next page: a passphrase typed beside a form that can be refused would have to be
    typed again, because it is never sent back.
    """
    session, form = db_session(), request.form
    entry = _read_entry(form)
    try:
        complete()
    except UserError as error:
        return _new_form(form, replace(entry, errors=(_(error.sentence, **error.parts),), status=error.status))
    if entry.scheme_text is None or entry.notice is None:
        session.rollback()
        return _new_form(form, entry)
    try:
        campaign = campaigns.create(session, scheme_text=entry.scheme_text, passphrase=None, now=now(), **asdict(entry.notice))
    except UserError as error:
        session.rollback()
        return _new_form(form, replace(entry, errors=(_(error.sentence, **error.parts),), status=error.status))
    record("campaign-created", campaign, f"{campaign.title} {campaign.scheme_key}/{campaign.scheme_version}")
    session.commit()
    flash(_("已建立“%(title)s”。下一步：定下谁能打开选票。", title=campaign.title))
    return redirect(url_for("custody.index", key=campaign.key))


@blueprint.get("/<key>")
@access.may(Capability.SEE_PROCEDURE)
def overview(key: str) -> Response:
    """Where the campaign stands and what to do next."""
    campaign = campaign_of(key)
    scheme = scheme_of(campaign)
    units, subjects = campaigns.size(db_session(), campaign)
    return campaign_page(
        "campaigns/overview.html",
        campaign,
        "",
        scheme=scheme,
        scheme_title=scheme.title.in_(language()),
        units=units,
        subjects=subjects,
        cast=turnout.turnout(db_session(), campaign).in_all,
        exact=_cast_exactly(campaign),
        next_step=next_step(campaign),
        road=(road := round_steps.lines_of(campaign)),
        links=round_steps.beside(round_rooms.of(campaign), road),
        waiting=asks.waiting_lines(campaign),
    )


@blueprint.get("/<key>/scheme")
@access.may(Capability.SEE_PROCEDURE)
def scheme(key: str) -> Response:
    """The frozen scheme: version, digest, policy, groups, whole-ballot rules."""
    campaign = campaign_of(key)
    return campaign_page("campaigns/scheme.html", campaign, "scheme", scheme=scheme_of(campaign), language=language())


@blueprint.get("/<key>/scheme.yml")
@access.may(Capability.SEE_PROCEDURE)
def scheme_file(key: str) -> Response:
    """The scheme as written; its SHA-256 is the digest shown."""
    campaign = campaign_of(key)
    return file_response(scheme_of(campaign).text.encode(), f"{campaign.scheme_key}-{campaign.scheme_version}.yml", YAML)


@blueprint.get("/<key>/approve")
@access.may(Capability.SEE_PROCEDURE)
def approval(key: str) -> AnyResponse:
    """What approval freezes, what stands against it, and which groups may be too small to hide anybody."""
    campaign = campaign_of(key)
    if campaign.state != CampaignState.DRAFT:
        return redirect(url_for("campaigns.overview", key=campaign.key))
    return _approval_page(campaign)


@blueprint.post("/<key>/approve")
@access.may(Capability.PROPOSE)
def approve(key: str) -> AnyResponse:
    """Freeze scheme and roster and open the campaign."""
    session, campaign = db_session(), campaign_of(key)
    try:
        still_as_seen(campaign, *FROZEN_BY_APPROVAL)
        release_approval.refuse_unless_ready(session, campaign)
        return second_person.do_or_ask(AskKind.APPROVE, campaign, {})
    except UserError as error:
        session.rollback()
        if campaign.state != CampaignState.DRAFT:
            raise
        return _approval_page(campaign, error=_(error.sentence, **error.parts), status=error.status)


@blueprint.get("/<key>/progress")
@access.may(Capability.SEE_PROCEDURE)
def progress(key: str) -> AnyResponse:
    """Turnout in steps of ten. Reloads itself unless stopped; never says whose ballot came in."""
    campaign = campaign_of(key)
    if campaign.state == CampaignState.DRAFT:
        return redirect(url_for("campaigns.overview", key=campaign.key))
    watching = campaign.state == CampaignState.OPEN and request.args.get("reload") != "no"
    session = db_session()
    response = campaign_page(
        "campaigns/progress.html",
        campaign,
        "voting",
        turnout=turnout.turnout(session, campaign),
        groups=reading.turnout_by_group(session, campaign),
        language=language(),
        watching=watching,
        seconds=REFRESH_SECONDS,
    )
    if watching:
        response.headers["Refresh"] = str(REFRESH_SECONDS)
    return response


@blueprint.get("/<key>/close")
@access.may(Capability.PROPOSE)
def closing(key: str) -> AnyResponse:
    """Asks for the campaign's title before the one-way step."""
    campaign = campaign_of(key)
    if campaign.state != CampaignState.OPEN:
        return redirect(url_for("campaigns.overview", key=campaign.key))
    return _closing_page(campaign)


@blueprint.post("/<key>/close")
@access.may(Capability.PROPOSE)
def close(key: str) -> AnyResponse:
    """End casting for good, then empty the database's write-ahead log (design §5)."""
    session, campaign = db_session(), campaign_of(key)
    if campaign.state == CampaignState.OPEN and " ".join(request.form.get("title", "").split()) != campaign.title:
        error = _("输入的名称与“%(title)s”不一样，评议没有结束；请照原样输入。", title=campaign.title)
        return _closing_page(campaign, error, 422)
    try:
        still_as_seen(campaign, "campaign-closed", "campaign-reworded")
        campaigns.refuse_unless_open(campaign)
        return second_person.do_or_ask(AskKind.CLOSE, campaign, {})
    except UserError as error:
        session.rollback()
        if campaign.state != CampaignState.OPEN:
            raise
        problem = _(error.sentence, **error.parts)
        return _closing_page(campaign, problem, error.status)


def _closing_page(campaign: Campaign, error: str | None = None, status: int = 200) -> Response:
    waiting = stacks.left(db_session(), campaign) > 0
    return campaign_page("campaigns/close.html", campaign, "counts", error=error, paper_waits=waiting, status=status)


@blueprint.post("/<key>/scrub")
@access.may(Capability.PROPOSE)
def scrub(key: str) -> AnyResponse:
    """Try again to leave no old page versions behind, where the database was busy right after the close."""
    campaign = campaign_of(key)
    if not campaign.state.at_least(CampaignState.CLOSED):
        raise RefusedError(N_("评议还没有结束；结束之后再清理数据库痕迹。"))
    record("database-scrubbed", campaign, "")
    db_session().commit()
    if road_acts.leave_no_order(campaign):
        flash(_("数据库里的旧痕迹已经清理。"))
    return redirect(url_for("campaigns.overview", key=campaign.key))


def _approval_page(campaign: Campaign, *, error: str | None = None, status: int = 200) -> Response:
    session = db_session()
    units, subjects = campaigns.size(session, campaign)
    return campaign_page(
        "campaigns/approve.html",
        campaign,
        "forms",
        status=status,
        error=error,
        objections=[
            {"where": one.where or _("名册"), "what": _(one.what, **one.parts), "remedy": ""}
            for one in release_approval.objections(session, campaign)
        ],
        forecast=forecast.forecast(session, campaign),
        plan=release_plan.plan_of(session, campaign),
        exits=release_plan.exits_of(scheme_of(campaign)),
        units=units,
        subjects=subjects,
        scheme=scheme_of(campaign),
        reading=reading_of(scheme_of(campaign)),
        language=language(),
    )


def _read_entry(form: Mapping[str, str]) -> SentCampaign:
    """What was sent, scheme and words each judged for itself, so that one refusal names everything."""
    file: SchemeFile | None = None
    text: str | None = None
    notice: Notice | None = None
    errors: list[UserError] = []
    problems: Sequence[ShownProblem] = ()
    try:
        file = scheme_upload.brought(form)
        text = scheme_upload.chosen_text(form, file)
        campaigns.new_scheme(db_session(), text)
    except SchemeProblems as refused:
        file, text, problems = None, None, _shown(refused)
    except UserError as error:
        file, text = None, None
        errors.append(error)
    try:
        notice = read_notice(form)
    except UserError as error:
        errors.append(error)
    status = 422 if problems else errors[0].status if errors else 200
    return SentCampaign(
        file=file,
        scheme_text=text,
        notice=notice,
        errors=tuple(_(one.sentence, **one.parts) for one in errors),
        problems=problems,
        status=status,
    )


def _new_form(form: Mapping[str, str], entry: SentCampaign) -> Response:
    file = entry.file
    listed = scheme_upload.drafts_offered() + [(one.key, _scheme_name(one)) for one in scheme_upload.shipped_schemes()]
    if file is not None:
        listed.insert(0, (scheme_upload.KEPT, _("刚才上传的“%(name)s”，不用再选文件", name=file.name)))
    page = render_template(
        "campaigns/new.html",
        schemes=listed,
        form={name: form.get(name, "") for name in NOTICE},
        chosen=scheme_upload.KEPT if file is not None else form.get("scheme", ""),
        file=file,
        errors=entry.errors,
        problems=entry.problems,
        here=times.zone(now()),
        title_most=campaigns.TITLE_CHARACTERS,
        asker_most=campaigns.ASKER_CHARACTERS,
    )
    return make_response(page, entry.status)


def _scheme_name(one: ShippedScheme) -> str:
    return _("%(title)s（版本 %(version)s）", title=one.title.in_(language()), version=one.key.partition("/")[2])


def _shown(refused: SchemeProblems) -> list[ShownProblem]:
    return [
        ShownProblem(
            _("第 %(line)s 行第 %(column)s 列 · %(code)s", line=one.line, column=one.column, code=one.code)
            if one.line
            else one.code,
            one.what(say),
            one.remedy(say),
        )
        for one in refused.problems
    ]


def _cast_exactly(campaign: Campaign) -> int | None:
    """Ballots in force, exactly; None before the close."""
    if not campaign.state.at_least(CampaignState.CLOSED):
        return None
    return sum(line.cast - line.superseded for line in turnout.books(db_session(), campaign))
