"""A draft as others will meet it: its forms on a phone, its result from a made-up crowd, its method as a regulation."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.loader import load_scheme
from questionnaires.methods import methods
from questionnaires.model import Scheme
from survey_app import access
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import db_session, now
from survey_app.forms.ballot_page import FormFilling
from survey_app.i18n import N_, language, speaking
from survey_app.i18n import gettext as _
from survey_app.languages import languages
from survey_app.models import SchemeDraft
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.scheme_desk import counted, drafts, pictures, specimens
from survey_app.services.scheme_desk import trial as trials
from survey_app.services.scheme_desk.checking import check
from survey_app.services.scheme_desk.regulation import recite
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.scheme_frame import address, draft_of, draft_page, note
from survey_app.views.voter.shown import form_html

blueprint = Blueprint("scheme_shown", __name__, url_prefix="/office")

_NO_FORM = N_("没有这张表；请回到方案重新选。")


@blueprint.get("/schemes/<draft>/phone")
@access.may(Capability.PREPARE)
def phone(draft: str) -> Response:
    """Each group's form as a phone shows it, filled with made-up names."""
    found = draft_of(draft)
    scheme = _scheme(found)
    shown = specimens.styles_of(scheme) if scheme is not None else ()
    forms = [(number, scheme.groups[one.group].title.in_(language())) for number, one in enumerate(shown)] if scheme else []
    asked = request.args.get("form", "0")
    chosen = int(asked) if asked.isdecimal() and len(asked) < 4 and int(asked) < len(forms) else 0
    return draft_page("schemes/phone.html", found, "phone", forms=forms, chosen=chosen)


@blueprint.route("/schemes/<draft>/phone/<int:number>/<tag>", methods=["GET", "POST"])
@access.may(Capability.PREPARE)
def shown(draft: str, number: int, tag: str) -> AnyResponse:
    """What stands in the frame. What is sent here is thrown away."""
    found = draft_of(draft)
    return _framed(_scheme(found), number, tag, "scheme_shown.shown", draft=found.key, number=number)


@blueprint.route("/schemes/methods/<method>/phone/<tag>", methods=["GET", "POST"])
@access.may(Capability.PREPARE)
def of_method(method: str, tag: str) -> AnyResponse:
    """The form of a published method, in the same way."""
    found = next((one for one in methods() if one.key == method), None)
    if found is None:
        raise NotFoundError(_NO_FORM)
    return _framed(load_scheme(found.text, method), 0, tag, "scheme_shown.of_method", method=method)


@blueprint.get("/schemes/pictures/<tag>/<path:name>.svg")
@access.may(Capability.PREPARE)
def picture(name: str, tag: str) -> AnyResponse:
    """The form of a published method or a shipped system as a small picture."""
    found = pictures.picture_of(name, tag) if tag in languages() else None
    if found is None:
        raise NotFoundError(_NO_FORM)
    return Response(found, mimetype="image/svg+xml", headers={"Cache-Control": "private, max-age=3600"})


@blueprint.get("/schemes/<draft>/trial")
@access.may(Capability.PREPARE)
def trial(draft: str) -> Response:
    """What a trial is, and the last one."""
    return draft_page("schemes/trial.html", draft_of(draft), "trial")


@blueprint.post("/schemes/<draft>/trial")
@access.may(Capability.PREPARE)
def run(draft: str) -> AnyResponse:
    """Let a made-up crowd vote on the text as it stands, and go to the result."""
    session, found = db_session(), draft_of(draft)
    scheme = _scheme(found)
    try:
        if scheme is None:
            raise RefusedError(N_("方案还有要改的地方，算不出结果；请先改好。"))
        campaign = trials.run(session, found, scheme, now=now())
    except UserError as error:
        session.rollback()
        flash(_(error.sentence, **error.parts), "warn")
        return redirect(address(found, "trial"))
    note("scheme-tried", found, campaign.key)
    session.commit()
    voted = _("编造的一群人投了票。") if scheme.forms else _("材料都是编造的。")
    flash(voted + _("下面就是结果页：点开任何一个数，都能看到它怎么来的。"))
    return redirect(url_for("results.overview", key=campaign.key))


@blueprint.get("/schemes/<draft>/regulation")
@access.may(Capability.PREPARE)
def regulation(draft: str) -> Response:
    """The draft's method as a regulation."""
    found = draft_of(draft)
    scheme = _scheme(found)
    chapters = recite(scheme) if scheme is not None else []
    return draft_page("schemes/regulation.html", found, "regulation", chapters=chapters, scheme=scheme, head=_(counted.HEAD))


@blueprint.get("/campaigns/<key>/scheme/regulation")
@access.may(Capability.SEE_PROCEDURE)
def of_campaign(key: str) -> Response:
    """The frozen method of a campaign as a regulation: what whoever approves it approves."""
    campaign = campaign_of(key)
    scheme = scheme_of(campaign)
    return campaign_page(
        "schemes/regulation_of_campaign.html",
        campaign,
        "scheme",
        chapters=recite(scheme),
        scheme=scheme,
        language=language(),
        head=_(counted.HEAD),
    )


def _scheme(draft: SchemeDraft) -> Scheme | None:
    return check(drafts.newest(db_session(), draft).text).scheme


def _framed(scheme: Scheme | None, at: int, tag: str, endpoint: str, **values: Any) -> AnyResponse:
    known = languages()
    styles = specimens.styles_of(scheme) if scheme is not None and tag in known else ()
    if scheme is None or at >= len(styles):
        raise NotFoundError(_NO_FORM)
    here = {one: url_for(endpoint, tag=one, **values) for one in known}
    with speaking(tag):
        if request.method == "POST":
            return make_response(render_template("campaigns/previewed.html", back=here[tag]))
        return make_response(form_html(specimens.form_of(scheme, styles[at]), FormFilling(), preview=here))
