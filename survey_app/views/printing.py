"""Printing: slips, poster and invitations, sent once and kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import copy_context
from functools import partial

from flask import Blueprint, Response, flash, redirect, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import LANGUAGES, N_, OWN_NAMES, language, speaking, when
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, Campaign, Headcount
from survey_app.native_threads import native_pool
from survey_app.printing import InvitationSheet, Poster, SlipSheet, invitations_pdf, poster_pdf, slips_pdf
from survey_app.services import audit, invitations, offline_slips, slips
from survey_app.services.campaigns import scheme_of
from survey_app.services.reasons import reasons
from survey_app.services.styles import styles_of
from survey_app.services.tokens import Secret, secret_text
from survey_app.views.campaigns_common import campaign_of, campaign_page
from survey_app.views.downloads import JSON, PDF, file_response
from survey_app.views.editing import still_as_seen

blueprint = Blueprint("printing", __name__, url_prefix="/office/campaigns/<key>/print")

#: Spare slips suggested beyond the head-count: one in ten, at least two.
SPARE = 10


@blueprint.get("/")
@access.office
def index(key: str) -> Response:
    """What can be printed, and what was."""
    return _index(campaign_of(key))


@blueprint.post("/slips")
@access.office
def print_slips(key: str) -> AnyResponse:
    """A batch of slips as one PDF. The codes leave in this answer and stay nowhere."""
    campaign = campaign_of(key)
    return _told(campaign, _on_paper(lambda: _slips(campaign, _style(campaign, request.form.get("style", "")), None)))


@blueprint.post("/batches/<int:batch_id>/reissue")
@access.office
def reissue(key: str, batch_id: int) -> AnyResponse:
    """Void a batch whose print was lost and print as many again."""
    campaign = campaign_of(key)
    return _told(campaign, _on_paper(lambda: _slips(campaign, None, batch_id)))


@blueprint.post("/batches/<int:batch_id>/void")
@access.office
def void(key: str, batch_id: int) -> AnyResponse:
    """Declare a batch void: its slips are refused from now on."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        session = db_session()
        still_as_seen(campaign, "slips-void", only=_of_batch(batch_id))
        batch = slips.batch_of(session, campaign, batch_id)
        slips.void_batch(session, batch)
        _record("slips-void", f"{campaign.key} batch {batch_id}, {batch.issued} slips")
        session.commit()
        flash(_("这批凭条已作废。已经投出的票仍然有效，会单独列在账目里。"))
        return redirect(url_for("printing.index", key=campaign.key))

    return _told(campaign, act)


@blueprint.get("/order.json")
@access.office
def order(key: str) -> AnyResponse:
    """What another machine needs to make slips of one form; nothing in it is secret."""
    campaign = campaign_of(key)
    style = _style(campaign, request.args.get("style", ""))
    unit, group = _place(campaign, style)
    config = current_config()
    data = offline_slips.order_text(style, unit=unit, group=group, base_url=config.base_url, cost=config.alias_cost)
    return file_response(data, f"slip-order-{style.id}.json", JSON)


@blueprint.post("/digests")
@access.office
def take_digests(key: str) -> AnyResponse:
    """Register slips made on another machine by their digests."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        session, upload = db_session(), request.files.get("file")
        still_as_seen(campaign, "slips-registered")
        data = upload.stream.read(offline_slips.MOST_BYTES + 1) if upload is not None else b""
        minted = offline_slips.take(session, campaign, data, cost=current_config().alias_cost)
        batch = slips.store(session, minted)
        _record("slips-registered", f"{campaign.key} batch {batch.batch_id}, {len(minted.rows)} slips made elsewhere")
        session.commit()
        flash(_("已登记 %(n)s 张在别处制作的凭条。", n=len(minted.rows)))
        return redirect(url_for("printing.index", key=campaign.key))

    return _told(campaign, act)


@blueprint.post("/invitations")
@access.office
def print_invitations(key: str) -> AnyResponse:
    """Personal sheets for the signed raters of a group and unit; their earlier links stop working."""
    campaign = campaign_of(key)
    return _told(campaign, _on_paper(lambda: _invitations(campaign)))


@blueprint.get("/poster")
@access.office
def poster(key: str) -> AnyResponse:
    """The poster of a meeting: how to draw, scan and send. It holds no code, so it may be fetched as often as wanted."""
    campaign = campaign_of(key)
    style = _style(campaign, request.args.get("style", ""))
    with speaking(_paper()):
        unit, group = _place(campaign, style)
        sheet = Poster(
            title=campaign.title,
            meeting=_line("meeting") or unit,
            unit=unit,
            group=group,
            until=when(campaign.until),
            reasons=_reasons(campaign),
            network=_line("network"),
        )
        return pdf_once(poster_pdf(sheet, language=_tongue()), f"{campaign.title}-{unit}-{_('海报')}")


def _reasons(campaign: Campaign) -> list[tuple[str, str]]:
    return [(_(name), said) for name, said in reasons(campaign)]


def _line(name: str) -> str:
    """A line of free text from the address, on one line and not longer than a poster can show."""
    return " ".join(request.args.get(name, "").split())[: slips.MEETING_CHARACTERS]


def _slips(campaign: Campaign, style: BallotStyle | None, batch_id: int | None) -> AnyResponse:
    session = db_session()
    _printed_by_nobody_else(campaign, batch_id)
    old = slips.batch_of(session, campaign, batch_id) if batch_id is not None else None
    style = style or _style(campaign, old.style_id if old else "")
    count = old.issued if old else _number(request.form.get("count", ""))
    meeting = old.meeting if old else request.form.get("meeting", "")
    unit, group = _place(campaign, style)
    account = access.current_account().name
    session.commit()  # nothing was changed: this ends the transaction, because hashing takes seconds and must hold no lock
    with native_pool() as pool:
        minted = slips.mint(style, count=count, meeting=meeting, cost=current_config().alias_cost, pool=pool)
        _printed_by_nobody_else(campaign, batch_id)
        batch = slips.reissue(session, old, minted) if old else slips.store(session, minted)
        address = f"{current_config().base_url}/v/{minted.style_id}"
        sheet = SlipSheet(campaign.title, minted.meeting, unit, group, address, when(campaign.until))
        codes = [(_link(minted.style_id, secret), str(alias)) for secret, alias in batch.slips]
        audit.record(
            session, account=account, action="slips-printed", detail=f"{campaign.key} {unit} {group}: {count}", now=now()
        )
        session.commit()
        # The context carries the reader's language into the pool's thread.
        made = pool.submit(copy_context().run, partial(slips_pdf, sheet, codes, language=_tongue())).result()
    return pdf_once(made, f"{campaign.title}-{unit}-{group}-凭条")


def _invitations(campaign: Campaign) -> AnyResponse:
    session = db_session()
    group_key, unit_text = request.form.get("group", ""), request.form.get("unit", "")
    scheme = scheme_of(campaign)
    if group_key not in scheme.groups or not (unit_text == "" or unit_text.isdecimal()):
        raise NotFoundError(N_("没有这一类署名评议人；请从印制页面重新选择。"))
    raters = invitations.raters_of(session, campaign, group_key=group_key, unit_id=int(unit_text) if unit_text else None)
    units = {rater.id: rater.unit.name if rater.unit else "" for rater in raters}
    account = access.current_account().name
    _invited_by_nobody_else(campaign)
    session.commit()  # as in _slips: no lock while hashing
    with native_pool() as pool:
        minted = invitations.mint(campaign, raters, cost=current_config().alias_cost, pool=pool)
        _invited_by_nobody_else(campaign)
        invitations.store(session, campaign, minted)
        title = scheme.groups[group_key].title.in_(language())
        sheets = [
            InvitationSheet(
                one.rater.name,
                title,
                units[one.rater.id],
                _link(str(one.rater.style_id), one.secret),
                f"{current_config().base_url}/v/{one.rater.style_id}",
                str(one.alias),
            )
            for one in minted
        ]
        audit.record(
            session, account=account, action="invitations-printed", detail=f"{campaign.key} {title}: {len(sheets)}", now=now()
        )
        session.commit()
        words = partial(invitations_pdf, title=campaign.title, until=when(campaign.until), reasons=_reasons(campaign))
        made = pool.submit(copy_context().run, partial(words, sheets, language=_tongue())).result()
    return pdf_once(made, f"{campaign.title}-{title}-邀请函")


def _of_batch(batch_id: int | None) -> Callable[[str], bool]:
    return lambda rest: batch_id is None or rest.startswith(f"batch {batch_id},")


def _printed_by_nobody_else(campaign: Campaign, batch_id: int | None) -> None:
    """Looked at before the slow part and again after it, holding the campaign: of two at once, the second is told."""
    still_as_seen(campaign, "slips-void", only=_of_batch(batch_id), own=batch_id is not None)
    still_as_seen(campaign, "slips-printed", "slips-registered", own=False)


def _invited_by_nobody_else(campaign: Campaign) -> None:
    still_as_seen(campaign, "invitations-printed", own=False)


def _on_paper(act: Callable[[], AnyResponse]) -> Callable[[], AnyResponse]:
    """The act in the language of what it prints; if it is refused, the page that says so stays in the reader's own."""

    def spoken() -> AnyResponse:
        with speaking(_paper()):
            return act()

    return spoken


def _told(campaign: Campaign, act: Callable[[], AnyResponse]) -> AnyResponse:
    """Do it, or show the page again with the sentence that says why not."""
    try:
        return act()
    except NotFoundError:
        raise
    except UserError as error:
        db_session().rollback()
        return _index(campaign, _(error.sentence, **error.parts), error.status)


def _index(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    scheme = scheme_of(campaign)
    heads = {
        (head.unit_id, head.group_key): head.entitled
        for head in session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id))
    }
    styles = []
    for loaded in styles_of(session, campaign):
        if scheme.groups[loaded.row.group_key].admission != "slip":
            continue
        entitled = heads.get((loaded.row.unit_id, loaded.row.group_key))
        suggested = entitled + max(2, -(-entitled // SPARE)) if entitled else 20
        unit, group = _place(campaign, loaded.row)
        styles.append({"id": loaded.row.id, "unit": unit, "group": group, "entitled": entitled, "suggested": suggested})
    titles = {group.key: group.title.in_(language()) for group in scheme.groups.values()}
    return campaign_page(
        "printing/index.html",
        campaign,
        "print",
        status=status,
        styles=styles,
        batches=slips.batches(session, campaign),
        shared=any(group.admission == "code" for group in scheme.groups.values()),
        invitations=invitations.lines(session, campaign),
        titles=titles,
        tongues=OWN_NAMES,
        paper=request.values.get("language", ""),
        problem=problem,
        form=request.form,
    )


def _style(campaign: Campaign, style_id: str) -> BallotStyle:
    style = db_session().get(BallotStyle, style_id)
    if style is None or style.campaign_id != campaign.id:
        raise NotFoundError(N_("这次评议没有这张表；请从印制页面重新选择。"))
    return style


def _place(campaign: Campaign, style: BallotStyle) -> tuple[str, str]:
    """The unit's name ("" for a group of no unit) and the group's title."""
    return style.unit.name if style.unit else "", scheme_of(campaign).groups[style.group_key].title.in_(language())


def _number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0


def _link(style_id: str, secret: Secret) -> str:
    chosen = f"?lang={language()}" if request.form.get("language") in LANGUAGES else ""
    return f"{current_config().base_url}/v/{style_id}{chosen}#{secret_text(secret)}"


def _paper() -> str:
    """The language chosen for what is printed and for the form its code opens; unless one was chosen, this page's."""
    chosen = request.values.get("language", "")
    return chosen if chosen in LANGUAGES else language()


def _tongue() -> str:
    return language().partition("-")[0]


def _record(action: str, detail: str) -> None:
    audit.record(db_session(), account=access.current_account().name, action=action, detail=detail, now=now())


def pdf_once(content: bytes, name: str) -> Response:
    """The one copy there is: not to be stored by anything on the way."""
    return file_response(content, f"{name}.pdf", PDF, once=True)
