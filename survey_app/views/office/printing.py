"""Printing: slips, poster and invitations, sent once and kept nowhere. What voids something printed is asked in `reprinting`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.model import Admission
from survey_app import access
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, listed, speaking, spoken, when
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, Rater
from survey_app.printing import Poster, poster_pdf
from survey_app.roles import Capability
from survey_app.services.books import headcounts
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import styles_of
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.office import audit
from survey_app.services.release.plan import plan_of
from survey_app.services.slips import invitations, offline, room_code, slips
from survey_app.services.slips.printings import Stamp, state_of_letters
from survey_app.views.downloads import JSON, file_response
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.editing import meanwhile, still_as_seen
from survey_app.views.office.printing_acts import (
    Printed,
    make_letters,
    make_slips,
    name_place,
    on_paper,
    paper,
    pdf_once,
    style_of,
    tell_reasons,
)
from survey_app.views.office.second_person import About, Told, campaign_in, word
from survey_app.views.typed import file_sent, whole

blueprint = Blueprint("printing", __name__, url_prefix="/office/campaigns/<key>/print")

#: Spare slips suggested beyond the head-count: one in ten, at least two.
SPARE = 10


@blueprint.get("/")
@access.may(Capability.PRINT)
def index(key: str) -> Response:
    """What can be printed, and what was."""
    return index_page(campaign_of(key))


@blueprint.post("/slips")
@access.may(Capability.PRINT)
def print_slips(key: str) -> AnyResponse:
    """A batch of slips. The codes leave in this answer, a page that says what is printed now and holds the PDF."""
    campaign, form = campaign_of(key), request.form

    def act() -> AnyResponse:
        still_as_seen(campaign, "slips-printed", "slips-registered", own=False)
        style, count = style_of(campaign, form.get("style", "")), whole(form.get("count", ""), digits=6) or 0
        what = {"style": style.id, "count": str(count), "meeting": slips.check_order(style, count, form.get("meeting", ""))}
        return second_person.do_or_ask(AskKind.PRINT_SLIPS, campaign, {**what, "language": form.get("language", "")})

    return _told(campaign, act)


def _tell_slips(about: About, given: Given) -> Told:
    unit, group = name_place(campaign_in(about), style_of(campaign_in(about), word(given, "style")))
    return [(_("给谁"), " · ".join(part for part in (unit, group) if part)), (_("张数"), word(given, "count")),
            (_("会议"), word(given, "meeting"))]  # fmt: skip


@second_person.deed(AskKind.PRINT_SLIPS, _tell_slips)
def _print_now(about: About, given: Given) -> AnyResponse:
    campaign, count = campaign_in(about), whole(word(given, "count"), digits=6) or 0
    style = style_of(campaign, word(given, "style"))
    return index_page(campaign, printed=on_paper(lambda: make_slips(campaign, style, count, word(given, "meeting")), given))


@blueprint.get("/order.json")
@access.may(Capability.PRINT)
def order(key: str) -> AnyResponse:
    """What another machine needs to make slips of one form; nothing in it is secret."""
    campaign = campaign_of(key)
    style = style_of(campaign, request.args.get("style", ""))
    unit, group = name_place(campaign, style)
    config = current_config()
    exposed = plan_of(db_session(), campaign).exposes(style.group_key)
    data = offline.order_text(style, unit=unit, group=group, base_url=config.base_url, cost=config.alias_cost, exposed=exposed)
    return file_response(data, f"slip-order-{style.id}.json", JSON)


@blueprint.post("/digests")
@access.may(Capability.PRINT)
def take_digests(key: str) -> AnyResponse:
    """Register slips made on another machine by their digests."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        session, upload = db_session(), file_sent("file", most=offline.MOST_BYTES)
        still_as_seen(campaign, "slips-registered")
        content = upload.data if upload else b""
        offline.take(session, campaign, content, cost=current_config().alias_cost)
        return second_person.do_or_ask(AskKind.REGISTER_SLIPS, campaign, {"file": content.decode()})

    return _told(campaign, act)


def _tell_digests(about: About, given: Given) -> Told:
    campaign, content = campaign_in(about), word(given, "file").encode()
    minted = offline.take(db_session(), campaign, content, cost=current_config().alias_cost)
    unit, group = name_place(campaign, style_of(campaign, minted.style_id))
    return [(_("给谁"), " · ".join(part for part in (unit, group) if part)), (_("张数"), str(len(minted.rows))),
            (_("会议"), minted.meeting), (_("文件的摘要（SHA-256）"), hashlib.sha256(content).hexdigest())]  # fmt: skip


@second_person.deed(AskKind.REGISTER_SLIPS, _tell_digests)
def _register_now(about: About, given: Given) -> AnyResponse:
    session, campaign = db_session(), campaign_in(about)
    minted = offline.take(session, campaign, word(given, "file").encode(), cost=current_config().alias_cost)
    batch = slips.store(session, minted, Stamp(now(), access.current_account().name), elsewhere=True)
    _record("slips-registered", f"{campaign.key} batch {batch.batch_id}, {len(minted.rows)} slips made elsewhere")
    session.commit()
    flash(_("已登记 %(n)s 张在别处制作的凭条。", n=len(minted.rows)))
    return redirect(url_for("printing.index", key=campaign.key))


@blueprint.post("/invitations")
@access.may(Capability.PRINT)
def print_invitations(key: str) -> AnyResponse:
    """Personal sheets for those of a group and unit who have none yet: nobody's earlier letter dies by it."""
    campaign, form = campaign_of(key), request.form
    group_key, unit = form.get("group", ""), form.get("unit", "")

    def act() -> AnyResponse:
        unit_id = whole(unit)
        if group_key not in scheme_of(campaign).groups or (unit and unit_id is None):
            raise NotFoundError(N_("没有这一类署名评议人；请从印制页面重新选择。"))
        everybody = invitations.raters_of(db_session(), campaign, group_key=group_key, unit_id=unit_id)
        slips.refuse_unless_open(campaign)
        waiting = [rater for rater in everybody if rater.tag is None]
        if everybody and not waiting:
            raise RefusedError(N_("这些邀请函都已经印过，什么都没有再印；要重印，请点“重印”，先看会作废哪些。"))
        what = {"group": group_key, "unit": unit, "seen": state_of_letters(waiting), "language": form.get("language", "")}
        return second_person.do_or_ask(AskKind.PRINT_LETTERS, campaign, what)

    return _told(campaign, act, "invitations-printed")


def _waiting(campaign: Campaign, given: Given) -> list[Rater]:
    """Whose letters are to be printed: those of the group and unit who have none."""
    unit_id = whole(word(given, "unit"))
    everybody = invitations.raters_of(db_session(), campaign, group_key=word(given, "group"), unit_id=unit_id)
    return [rater for rater in everybody if rater.tag is None]


def _tell_letters(about: About, given: Given) -> Told:
    campaign, waiting = campaign_in(about), _waiting(campaign_in(about), given)
    group = scheme_of(campaign).groups[word(given, "group")].title.in_(language())
    unit = next((rater.unit.name for rater in waiting if rater.unit), "")
    return [(_("给谁"), " · ".join(part for part in (unit, group) if part)), (_("封数"), str(len(waiting))),
            (_("名单"), listed(rater.name for rater in waiting))]  # fmt: skip


@second_person.deed(AskKind.PRINT_LETTERS, _tell_letters)
def _print_letters_now(about: About, given: Given) -> AnyResponse:
    campaign, seen = campaign_in(about), word(given, "seen")
    return index_page(campaign, printed=on_paper(lambda: make_letters(campaign, _waiting(campaign, given), seen=seen), given))


@blueprint.get("/poster")
@access.may(Capability.PRINT)
def poster(key: str) -> AnyResponse:
    """The poster of a meeting: how to draw, scan and send. It holds no code, so it may be fetched as often as wanted."""
    campaign = campaign_of(key)
    style = style_of(campaign, request.args.get("style", ""))
    with speaking(paper()):
        unit, group = name_place(campaign, style)
        sheet = Poster(
            title=campaign.title,
            meeting=_line("meeting") or unit,
            unit=unit,
            group=group,
            until=when(campaign.until),
            reasons=tell_reasons(campaign),
            network=_line("network"),
            exposed=plan_of(db_session(), campaign).exposes(style.group_key),
        )
        return pdf_once(poster_pdf(sheet, language=language()), f"{campaign.title}-{unit}-{_('海报')}")


def _line(name: str) -> str:
    """A line of free text from the address, on one line and not longer than a poster can show."""
    return " ".join(request.args.get(name, "").split())[: slips.MEETING_CHARACTERS]


def _told(campaign: Campaign, act: Callable[[], AnyResponse], *because: str) -> AnyResponse:
    """Do it, or show the page again with the sentence that says why not; and who did `because` meanwhile, if anybody."""
    try:
        return act()
    except NotFoundError:
        raise
    except UserError as error:
        db_session().rollback()
        return index_page(campaign, _(error.sentence, **error.parts) + meanwhile(campaign, *because), error.status)


def index_page(campaign: Campaign, problem: str = "", status: int = 200, *, printed: Printed | None = None) -> Response:
    """What can be printed and what was; `printed`: just now, with the file in the page."""
    session = db_session()
    session.expire_all()  # a printing writes past the rows read before it
    scheme = scheme_of(campaign)
    heads = {(head.unit_id, head.group_key): head.entitled for head in headcounts.rows_of(session, campaign)}
    styles = []
    for loaded in styles_of(session, campaign):
        if scheme.groups[loaded.row.group_key].admission != Admission.SLIP:
            continue
        entitled = heads.get((loaded.row.unit_id, loaded.row.group_key))
        suggested = entitled + max(2, -(-entitled // SPARE)) if entitled else 20
        unit, group = name_place(campaign, loaded.row)
        styles.append({"id": loaded.row.id, "unit": unit, "group": group, "entitled": entitled, "suggested": suggested})
    titles = {group.key: group.title.in_(language()) for group in scheme.groups.values()}
    return campaign_page(
        "printing/index.html",
        campaign,
        "print",
        status=status,
        styles=styles,
        batches=slips.batches(session, campaign),
        shared=any(group.admission == Admission.CODE for group in scheme.groups.values()),
        invitations=invitations.lines(session, campaign),
        titles=titles,
        tongues=spoken(voter=True),
        paper=request.values.get("language", ""),
        problem=problem,
        printed=printed,
        here=url_for("printing.index", key=campaign.key),
        halls=room_code.handed(session, campaign),
        form={} if printed else request.form,
    )


def _record(action: str, detail: str) -> None:
    audit.record(db_session(), account=access.current_account().name, action=action, detail=detail, now=now())
