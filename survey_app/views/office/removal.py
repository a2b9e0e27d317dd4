"""Removing a draft, a closed demo, or rows of a draft's roster: a page says what goes, and asks."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.config import cookie_key
from survey_app.database import scrub
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session, now, resources
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.roles import Capability
from survey_app.services.bundle import shelf
from survey_app.services.campaign import removal
from survey_app.services.campaign.removal import StaleRemovalError
from survey_app.services.keeping import archiving, purge
from survey_app.services.office import acts
from survey_app.services.office.acts import StaleActError
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import meanwhile, still_as_seen
from survey_app.views.office.rosters import roster_page
from survey_app.views.typed import whole

blueprint = Blueprint("removal", __name__, url_prefix="/office/campaigns/<key>/remove")
#: Acts after which other rows stand in the roster than a page showed, or other ones wait to be decided on.
_ROSTER = ("roster-imported", "roster-kept", "roster-removed", "campaign-approved")
log = logging.getLogger("survey_app")


@blueprint.get("/")
@access.may(Capability.PREPARE)
def campaign(key: str) -> Response:
    """What goes with the campaign, or why it cannot go."""
    return _ask(campaign_of(key), [])


@blueprint.post("/")
@access.may(Capability.PREPARE)
def remove_campaign(key: str) -> AnyResponse:
    """Remove it, from the database and from the disk under it."""
    session, gone = db_session(), campaign_of(key)
    title = gone.title
    try:
        secret, account = cookie_key(current_config()), access.current_account().name
        seen = request.form.get("seen", "")
        going, certificate = purge.purge(session, gone, seen=seen, secret=secret, account=account, now=now())
    except UserError as error:
        session.rollback()
        gone = campaign_of(key)
        who = meanwhile(gone, *acts.WORDS) if isinstance(error, StaleRemovalError) else ""
        return _ask(gone, [], _(error.sentence, **error.parts) + who, error.status)
    record("campaign-removed", gone, f"{title}: {counts_said(going)}")
    session.commit()
    if leave_nothing([key]):
        flash(_("“%(title)s”已删除。", title=title))
    else:
        flash(_("“%(title)s”已删除。数据库正忙，磁盘上的旧痕迹会在下一次结束评议时清理。", title=title), "warn")
    if certificate is not None:
        flash(_("清除证书在这一页，请打印、签字、存档。"))
        return redirect(url_for("kept_rounds.purged", number=certificate.id))
    return redirect(url_for("campaigns.index"))


@blueprint.get("/rows")
@access.may(Capability.PREPARE)
def rows(key: str) -> Response:
    """What goes with the rows chosen on the roster page."""
    return _ask(campaign_of(key), request.args.getlist("row"))


@blueprint.post("/rows")
@access.may(Capability.PREPARE)
def remove_rows(key: str) -> AnyResponse:
    """Remove them."""
    session, of = db_session(), campaign_of(key)
    chosen = request.form.getlist("row")
    try:
        still_as_seen(of, *_ROSTER)
        going = removal.remove_rows(session, of, [row for _kind, row in _rows(of, chosen)], seen=request.form.get("seen", ""))
    except NotFoundError:
        raise
    except StaleActError as error:
        session.rollback()
        return roster_page(of, problem=_(error.sentence, **error.parts), status=error.status)
    except UserError as error:
        session.rollback()
        return _ask(of, chosen, _(error.sentence, **error.parts), error.status)
    record("roster-removed", of, counts_said(going))
    session.commit()
    flash(_("已从名册删去。"))
    return redirect(url_for("rosters.index", key=key))


@blueprint.post("/keep")
@access.may(Capability.PREPARE)
def keep(key: str) -> AnyResponse:
    """Rows the last file lacked stay, because somebody says so."""
    session, of = db_session(), campaign_of(key)
    try:
        still_as_seen(of, *_ROSTER)
    except StaleActError as error:
        session.rollback()
        return roster_page(of, problem=_(error.sentence, **error.parts), status=error.status)
    kept = removal.keep(session, of, [row for _kind, row in _rows(of, request.form.getlist("row"))])
    record("roster-kept", of, f"{kept} rows that the file lacked")
    session.commit()
    flash(_("留下了 %(n)s 行。", n=kept))
    return redirect(url_for("rosters.index", key=key))


def leave_nothing(keys: Sequence[str]) -> bool:
    """Clear away the archives of removed campaigns and the database's old pages; whether the pages went too."""
    for key in keys:
        shelf.clear(current_config(), key)
        archiving.clear(current_config(), key)
    try:
        scrub(resources().engine)
    except OperationalError as busy:
        log.warning("database not scrubbed after the removal of %s", ", ".join(keys), exc_info=busy)
        return False
    return True


def _ask(of: Campaign, chosen: list[str], problem: str = "", status: int = 200) -> Response:
    session = db_session()
    found = _rows(of, chosen)
    refused = ""
    try:
        if chosen:
            removal.refuse_unless_draft(of)
        else:
            removal.refuse_campaign(session, of)
    except UserError as error:
        refused = _(error.sentence, **error.parts)
    going = removal.of_rows(session, of, [row for _kind, row in found]) if chosen else removal.of_campaign(session, of)
    return campaign_page(
        "campaigns/remove.html",
        of,
        "roster" if chosen else "",
        status=status,
        going=going,
        rows=found,
        chosen=chosen,
        refused=refused,
        problem=problem if problem != refused else "",
    )


def _rows(of: Campaign, chosen: list[str]) -> list[tuple[str, removal.Row]]:
    """Rows named as `kind-number`. Raises NotFoundError."""
    found = []
    for one in dict.fromkeys(chosen):
        kind, _dash, number = one.partition("-")
        found.append((kind, removal.row_of(db_session(), of, kind, whole(number) or 0)))
    return found


def counts_said(going: removal.Going) -> str:
    """What went, as the log says it."""
    return ", ".join(f"{name} {number}" for name, number in going.counts)
