"""What follows a result: the list with its days, writing a matter down, reporting on one and closing it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import db_session, now
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.publishing import matters, receipt_claims
from survey_app.services.publishing.matters import DECISIONS, KINDS, NewMatter
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import still_as_seen

blueprint = Blueprint("matters", __name__, url_prefix="/office/campaigns/<key>/matters")


@blueprint.get("/")
@access.may(Capability.SEE_RESULTS)
def index(key: str) -> Response:
    """Every matter, those still open first."""
    return _page(campaign_of(key))


@blueprint.post("/")
@access.may(Capability.SEE_RESULTS)
def add(key: str) -> AnyResponse:
    """Write one down."""
    campaign, session, form = campaign_of(key), db_session(), request.form
    new = NewMatter(
        kind=form.get("kind", ""),
        subject=form.get("subject", ""),
        raised_by=form.get("raised_by", ""),
        said=form.get("said", ""),
        due=form.get("due", ""),
    )
    try:
        row = matters.add(session, campaign, new, account=access.current_account().name, now=now())
        number = row.number
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("记下了，第 %(n)s 号。", n=number))
    return redirect(url_for("matters.index", key=key) + f"#matter-{number}")


@blueprint.post("/<int:number>")
@access.may(Capability.SEE_RESULTS)
def write(key: str, number: int) -> AnyResponse:
    """Report on one, or close it with an answer."""
    campaign, session, form = campaign_of(key), db_session(), request.form
    decision = form.get("decision", "")
    try:
        still_as_seen(campaign, "matter-written", only=lambda rest: rest.startswith(f"{number} "))
        account = access.current_account().name
        matters.write(session, campaign, number, text=form.get("text", ""), decision=decision, account=account, now=now())
    except UserError as error:
        session.rollback()
        return _page(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("第 %(n)s 号已办结。", n=number) if decision else _("第 %(n)s 号记下了。", n=number))
    return redirect(url_for("matters.index", key=key) + f"#matter-{number}")


def _page(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    session.expire_all()
    shown = matters.lines(session, campaign, now=now())
    return campaign_page(
        "campaigns/matters.html",
        campaign,
        "results",
        status=status,
        shown=shown,
        carried=matters.carried_on(session, campaign, now=now()),
        kinds=[(one.key, _(one.title)) for one in KINDS],
        asks=[(_(one.title), _(one.asks), one.days) for one in KINDS],
        decisions=DECISIONS,
        receipts={
            one.matter.number: receipt_claims.check(session, campaign, one.matter.said)
            for one in shown
            if one.kind.key == "receipt"
        },
        subjects=[("", _("不特指"))] + [(one.code, f"{one.name} {one.code}") for one in matters.subjects_of(session, campaign)],
        typed=request.form if problem else {},
        problem=problem,
    )
