"""Removing the demo as a whole: a page says which campaigns go with what, which stay and why, and asks."""

from __future__ import annotations

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.config import cookie_key
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import gettext as _
from survey_app.roles import Capability
from survey_app.services.demo import removal
from survey_app.views.office.campaign_frame import STATE_KINDS, STATE_TITLES, record
from survey_app.views.office.removal import counts_said, leave_nothing

blueprint = Blueprint("demo_removal", __name__, url_prefix="/office/demo/remove")


@blueprint.get("/")
@access.may(Capability.PREPARE)
def question() -> Response:
    """What goes, and what goes first."""
    return _ask()


@blueprint.post("/")
@access.may(Capability.PREPARE)
def remove() -> AnyResponse:
    """Remove every demo campaign that may go, from the database and from the disk under it."""
    session = db_session()
    try:
        demo = removal.of_demo(session)
        named = [(campaign, campaign.key, campaign.title) for campaign, _going in demo.going]
        secret, account = cookie_key(current_config()), access.current_account().name
        demo = removal.remove_demo(session, seen=request.form.get("seen", ""), secret=secret, account=account, now=now())
    except UserError as error:
        session.rollback()
        return _ask(_(error.sentence, **error.parts), error.status)
    for (campaign, _key, title), (_campaign, going) in zip(named, demo.going, strict=True):
        record("campaign-removed", campaign, f"{title}: {counts_said(going)}")
    session.commit()
    if leave_nothing([key for _campaign, key, _title in named]):
        flash(_("删去了 %(n)s 次演示评议。", n=len(named)))
    else:
        flash(_("删去了 %(n)s 次演示评议。数据库正忙，磁盘上的旧痕迹会在下一次结束评议时清理。", n=len(named)), "warn")
    return redirect(url_for("demo_removal.question" if demo.staying else "campaigns.index"))


def _ask(problem: str = "", status: int = 200) -> Response:
    titles = {state: _(title) for state, title in STATE_TITLES.items()}
    demo = removal.of_demo(db_session())
    page = render_template("campaigns/remove_demo.html", demo=demo, titles=titles, kinds=STATE_KINDS, problem=problem)
    return make_response(page, status)
