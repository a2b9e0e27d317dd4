"""The public log of a campaign: every leaf, every checkpoint, the books, the bundle, and looking up one's own ballot.

For anybody, without a cookie. What it shows is what the log holds; nobody learns from it what a ballot says or whose it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template, request

from analysis.disclosure import floors
from survey_app import access
from survey_app.errors import NotFoundError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.proof import checkpoints
from survey_app.proof.books import StuffingRoom, measure_slack
from survey_app.services.books import headcounts
from survey_app.services.books.headcounts import ReconcileLine
from survey_app.services.bundle import freshness, shelf
from survey_app.services.campaign import campaigns
from survey_app.services.casting import cast
from survey_app.services.casting.alias_gate import GATE
from survey_app.services.casting.refusals import BusyError, FormError
from survey_app.services.four_eyes import alone
from survey_app.services.log import audit_heads, epochs
from survey_app.services.log.epochs import Epoch, Log
from survey_app.services.log.lookup import look_up
from survey_app.services.roster import late
from survey_app.services.sealing.tokens import TokenError
from survey_app.views.downloads import ZIP, file_response
from survey_app.views.opening_memory import opening_memory
from survey_app.views.typed import page_of

blueprint = Blueprint("public_log", __name__, url_prefix="/log/<key>")

PAGE = 200  # leaves a page
KIND_TITLES = {"setup": N_("批准时"), "meeting": N_("会场"), "void": N_("凭条作废时"), "close": N_("结束时")}


@dataclass(frozen=True)
class ShownLine:
    """A line of the books with its room."""

    place: str
    books: ReconcileLine
    room: StuffingRoom


@blueprint.get("/")
@access.voter
def index(key: str) -> Response:
    """Checkpoints, books, and where to look up one's own ballot."""
    return _page(*_log(key))


@blueprint.post("/")
@access.voter
def find(key: str) -> Response:
    """Where the ballot stands that belongs to a receipt code, a printed alias or a scanned link. Changes nothing."""
    campaign, log = _log(key)
    text = request.form.get("code", "").strip()
    if set(request.form) != {"code"} or len(request.form.getlist("code")) != 1 or not text or len(text) > 300:
        raise FormError(N_("请输入一个码，再查询。"))
    try:
        answer = look_up(db_session(), campaign, log, text, cost=current_config().alias_cost, gate=GATE)
    except (TokenError, BusyError) as wrong:
        return _page(campaign, log, problem=_(wrong.sentence, **wrong.parts), status=wrong.status)
    return _page(campaign, log, answer=answer)


@blueprint.get("/<int:number>")
@access.voter
def epoch(key: str, number: int) -> Response:
    """The leaves of one epoch, a page at a time."""
    campaign, log = _log(key)
    one = _epoch(log, number)
    pages = max(1, -(-len(one.leaves) // PAGE))
    page = page_of(pages)
    start = (page - 1) * PAGE
    return make_response(
        render_template(
            "public_log/epoch.html",
            campaign=campaign,
            epoch=one,
            title=_(KIND_TITLES[one.kind]),
            leaves=[leaf.hex() for leaf in one.leaves[start : start + PAGE]],
            start=start,
            page=page,
            pages=pages,
        )
    )


@blueprint.get("/<int:number>/checkpoint.txt")
@access.voter
def checkpoint(key: str, number: int) -> Response:
    """The signed text, byte for byte as signed."""
    return _text(_epoch(_log(key)[1], number).text)


@blueprint.get("/leaves.txt")
@access.voter
def leaves(key: str) -> Response:
    """Every leaf in the log's order, one a line, each epoch under its heading."""
    lines = []
    for one in _log(key)[1].epochs:
        lines.append(f"# epoch {one.number} {one.kind}: {len(one.leaves)}")
        lines += [leaf.hex() for leaf in one.leaves]
    return _text("\n".join(lines) + "\n")


@blueprint.get("/bundle.zip")
@access.voter
def bundle(key: str) -> Response:
    """The public bundle as the office published it."""
    campaign, _log_here = _log(key)
    found = shelf.published(current_config(), campaign.key)
    if found is None:
        raise NotFoundError(N_("还没有公布核对包；计票之后由主办单位公布。"))
    return file_response(found.archive, f"pingyi-{campaign.key}.zip", ZIP)


def _page(campaign: Campaign, log: Log, *, problem: str = "", answer: object = None, status: int = 200) -> Response:
    found = shelf.published(current_config(), campaign.key)
    return make_response(
        render_template(
            "public_log/index.html",
            campaign=campaign,
            names_language=campaigns.scheme_of(campaign).languages[0],
            epochs=[(one, _(KIND_TITLES[one.kind])) for one in log.epochs],
            fingerprint=grouped(checkpoints.fingerprint(log.public)),
            grouped=grouped,
            opening=opening_memory().waiting(campaign.id, now=now()),
            audit_head=audit_heads.head_of,
            lines=_lines(campaign),
            floor=floors.EPOCH,
            bundle_digest=grouped(found.digest) if found else "",
            outdated=found is not None and found.mark != freshness.state_of(db_session(), campaign),
            one_person=alone.of_campaign(db_session(), campaign).sentence(),
            late=[(_(late.HAPPENED[kind]), number) for kind, number in late.counted(db_session(), campaign).items()],
            problem=problem,
            answer=answer,
        ),
        status,
    )


def grouped(digits: str) -> str:
    """64 digits in groups of eight, so that two people can read them to each other."""
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))


def _lines(campaign: Campaign) -> Sequence[ShownLine]:
    """The books, once every box was counted: half-counted numbers would only alarm."""
    session = db_session()
    if not campaign.state.at_least(CampaignState.CLOSED) or not headcounts.all_counted(session, campaign):
        return ()
    shown = []
    for line in headcounts.reconcile(session, campaign):
        place = f"{line.unit_name or _('全部单位')} · {line.group.title.in_(language())}"
        found = measure_slack(issued=line.issued, cast=line.cast, present=line.present, spoiled=line.spoiled, unused=line.unused)
        shown.append(ShownLine(place, line, found))
    return shown


def _log(key: str) -> tuple[Campaign, Log]:
    session = db_session()
    cast.begin_reading(session)
    campaign = campaigns.by_key(session, key)
    log = epochs.log_of(session, campaign)
    if log is None:
        raise NotFoundError(N_("这次评议还没有存证日志；批准之后才有。"))
    return campaign, log


def _epoch(log: Log, number: int) -> Epoch:
    if number >= len(log.epochs):
        raise NotFoundError(N_("存证日志没有这一节；请从日志首页重新进入。"))
    return log.epochs[number]


def _text(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "text/plain"
    return response
