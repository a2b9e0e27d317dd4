"""Forms of paper: the sheets to print, the stacks to type, and the desk at which they are typed with the keyboard alone.

A slip's code is in the bodies of these requests and in hidden fields of their answers, never in an address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access
from survey_app.errors import UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.forms import ballot_page, paper_form
from survey_app.i18n import N_, language, speaking, spoken
from survey_app.i18n import gettext as _
from survey_app.models import BallotStyle, Campaign, PaperStack
from survey_app.paper_reasons import CHOSEN, REASONS
from survey_app.printing.paper_form import paper_form_pdf
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.casting.forms_at_hand import form_at_hand
from survey_app.services.casting.refusals import LimitBrokenError, MissingItemError
from survey_app.services.paper import stacks, transcribing
from survey_app.services.paper.stacks import SheetError
from survey_app.services.paper.transcribing import OpenedSheet, PaperSheet, SheetDone, SheetOutcome
from survey_app.services.sealing.tokens import Alias, parse_alias
from survey_app.views.office import keyed_lines
from survey_app.views.office.campaign_frame import campaign_of, campaign_page
from survey_app.views.office.paper_sheets import sheet_of
from survey_app.views.office.printing_acts import name_place, paper, pdf_once, style_of
from survey_app.views.typed import whole

blueprint = Blueprint("paper_forms", __name__, url_prefix="/office/campaigns/<key>/paper")


@dataclass(frozen=True, kw_only=True)
class DeskTold:
    """What was typed before the desk was shown again, and what is wrong with it; or the sheet that was just cast, its receipt."""

    cast: int = 0
    receipt: str = ""
    number: str = ""
    slip: str = ""
    problem: str = ""
    status: int = 200


@blueprint.get("/")
@access.may(Capability.COUNT)
def index(key: str) -> Response:
    """The sheets there are, and the stacks with how far each is."""
    return _index(campaign_of(key))


@blueprint.get("/sheet")
@access.may(Capability.PRINT)
def sheet(key: str) -> AnyResponse:
    """One copy of a form to be printed as often as it is needed: nothing in it is secret."""
    campaign = campaign_of(key)
    style = style_of(campaign, request.args.get("style", ""))
    with speaking(paper()):
        content = paper_form_pdf(sheet_of(campaign, style), language=language())
        unit, group = name_place(campaign, style)
        name = "-".join(part for part in (campaign.title, unit, group, _("纸质表")) if part)
    return pdf_once(content, name)


@blueprint.post("/stacks")
@access.may(Capability.COUNT)
def add(key: str) -> AnyResponse:
    """Begin a stack."""
    campaign, session, form = campaign_of(key), db_session(), request.form
    try:
        style = style_of(campaign, form.get("style", ""))
        count = whole(form.get("sheets", ""), digits=4) or 0
        stack = stacks.add(session, campaign, style, count, account=access.current_account().name, now=now())
    except UserError as error:
        session.rollback()
        return _index(campaign, _(error.sentence, **error.parts), error.status)
    session.commit()
    flash(_("登记了第 %(n)s 叠。先把表打乱次序，再从 1 起在每张表的右上角写号。", n=stack.number))
    return redirect(url_for("paper_forms.desk", key=key, number=stack.number))


@blueprint.get("/<int:number>")
@access.may(Capability.COUNT)
def desk(key: str, number: int) -> Response:
    """Where a sheet is taken up: its number and the code of its slip."""
    campaign = campaign_of(key)
    return _desk(campaign, stacks.find(db_session(), campaign, number))


@blueprint.post("/<int:number>/open")
@access.may(Capability.COUNT)
def open_sheet(key: str, number: int) -> AnyResponse:
    """The lines of a sheet, to be typed."""
    campaign = campaign_of(key)
    stack = stacks.find(db_session(), campaign, number)
    try:
        taken = _taken(stack, _slip(needed=True))
        opened = transcribing.open_sheet(db_session(), taken)
    except UserError as error:
        return _desk(campaign, stack, _told(error))
    if opened.done is not None:
        return _after(campaign, stack, taken, opened.done)
    return _sheet(campaign, stack, taken, opened)


@blueprint.post("/<int:number>/put")
@access.may(Capability.COUNT)
def put(key: str, number: int) -> AnyResponse:
    """What was typed of a sheet: to its end, as far as it goes, or why it was set aside."""
    campaign = campaign_of(key)
    stack = stacks.find(db_session(), campaign, number)
    act = request.form.get("act", "whole")
    try:
        if act == "aside":
            return _set_aside(campaign, stack)
        taken = _taken(stack, _slip(needed=True))
        opened = transcribing.open_sheet(db_session(), taken)
    except UserError as error:
        return _desk(campaign, stack, _told(error))
    if opened.done is not None:
        return _after(campaign, stack, taken, opened.done)
    return _put(campaign, stack, taken, opened, whole=act == "whole")


def _put(campaign: Campaign, stack: PaperStack, taken: PaperSheet, opened: OpenedSheet, *, whole: bool) -> AnyResponse:
    keyed = keyed_lines.sent(taken.here, opened)
    typed = keyed_lines.typed(taken.here, keyed, opened)
    if whole and any(line.problem for line in keyed):
        return _sheet(campaign, stack, taken, opened, keyed, status=422)
    try:
        done = transcribing.put(db_session(), taken, typed, whole=whole)
    except (MissingItemError, LimitBrokenError) as broken:
        told = _(
            "%(what)s 请对照纸面再看一遍；纸上确是这样，就搁置，理由选“不合这张表的规则”。",
            what=_(broken.sentence, **broken.parts),
        )
        return _sheet(campaign, stack, taken, opened, keyed_lines.marked(keyed, broken.slots), problem=told, status=broken.status)
    except UserError as error:
        return _sheet(campaign, stack, taken, opened, keyed, problem=_(error.sentence, **error.parts), status=error.status)
    return _after(campaign, stack, taken, done)


@blueprint.post("/<int:number>/again")
@access.may(Capability.COUNT)
def again(key: str, number: int) -> AnyResponse:
    """Forget what was typed of a sheet, so that two type it anew."""
    campaign, session = campaign_of(key), db_session()
    stack = stacks.find(session, campaign, number)
    try:
        chosen = _number()
        stacks.begin_anew(session, campaign, stack, chosen, account=access.current_account().name, now=now())
    except UserError as error:
        session.rollback()
        return _desk(campaign, stack, _told(error))
    session.commit()
    flash(_("第 %(n)s 张重新录：先前录的都不留，要两个人再录。", n=chosen))
    return redirect(url_for("paper_forms.desk", key=key, number=number))


def _set_aside(campaign: Campaign, stack: PaperStack) -> AnyResponse:
    reason = request.form.get("reason", "")
    if reason not in CHOSEN:
        raise SheetError(N_("请选搁置的理由。"))
    taken = _taken(stack, _slip(needed=False))
    return _after(campaign, stack, taken, transcribing.put(db_session(), taken, reason))


def _taken(stack: PaperStack, alias: Alias | None) -> PaperSheet:
    caller = access.current_account()
    return PaperSheet(
        stack_id=stack.id,
        campaign_id=stack.campaign_id,
        here=form_at_hand(db_session(), stack.style_id),
        number=_number(),
        alias=alias,
        account_id=caller.id,
        account=caller.name,
        cost=current_config().alias_cost,
        now=now(),
    )


def _number() -> int:
    number = whole(request.form.get("sheet", ""), digits=4)
    if number is None:
        raise SheetError(N_("请填纸上写的张号。"))
    return number


def _slip(*, needed: bool) -> Alias | None:
    """The code of the sheet's slip. Raises TokenError, SheetError."""
    text = request.form.get("slip", "").strip()
    if not text and not needed:
        return None
    if not text:
        raise SheetError(N_("请输入夹在表里的凭条的编号（13 个字符）；没有凭条的，在下面搁置。"))
    return parse_alias(text[:80])


def _told(error: UserError) -> DeskTold:
    form = request.form
    return DeskTold(
        number=form.get("sheet", "")[:4],
        slip=form.get("slip", "")[:80],
        problem=_(error.sentence, **error.parts),
        status=error.status,
    )


def _after(campaign: Campaign, stack: PaperStack, taken: PaperSheet, done: SheetDone) -> AnyResponse:
    """On to the next sheet, with what became of this one."""
    told = {
        SheetOutcome.HALF: _("第 %(n)s 张先存着了；接着录时，再输一次张号和凭条编号。", n=taken.number),
        SheetOutcome.FIRST: _("第 %(n)s 张录好了，等第二个人录。", n=taken.number),
        SheetOutcome.DIFFERS: _("第 %(n)s 张两个人录的不一样，等第三个人定。", n=taken.number),
        SheetOutcome.ASIDE: _("第 %(n)s 张搁置：%(why)s。", n=taken.number, why=_(REASONS[done.reason]) if done.reason else ""),
    }
    if done.receipt is not None:  # shown in this answer and kept nowhere, not even in a cookie
        return _desk(campaign, stack, DeskTold(cast=taken.number, receipt=done.receipt.code))
    flash(told[done.outcome])
    return redirect(url_for("paper_forms.desk", key=campaign.key, number=stack.number))


def _place(campaign: Campaign, style: BallotStyle) -> str:
    return " · ".join(part for part in name_place(campaign, style) if part)


def _index(campaign: Campaign, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    session.expire_all()
    groups = scheme_of(campaign).groups
    forms = [(one.id, _place(campaign, one)) for one in stacks.forms_of(session, campaign)]
    return campaign_page(
        "paper/index.html",
        campaign,
        "voting",
        status=status,
        forms=forms,
        shown=stacks.of_campaign(session, campaign),
        titles={key: group.title.in_(language()) for key, group in groups.items()},
        reasons={key: _(text) for key, text in REASONS.items()},
        left=stacks.left(session, campaign),
        typists=stacks.typists(session),
        needed=(stacks.TYPISTS, stacks.SETTLERS),
        tongues=spoken(voter=True),
        paper=paper(),
        typed=request.form if problem else {},
        problem=problem,
    )


def _desk(campaign: Campaign, stack: PaperStack, told: DeskTold | None = None) -> Response:
    session, told = db_session(), told or DeskTold()
    session.rollback()
    session.refresh(stack)
    here = form_at_hand(session, stack.style_id)
    sheets = stacks.standings(session, stack, access.current_account().id)
    following = next((one.number for one in sheets if one.mine), None)
    return campaign_page(
        "paper/desk.html",
        campaign,
        "voting",
        status=told.status,
        stack=stack,
        place=_place(campaign, here.row),
        sheets=sheets,
        counts=list(Counter(_(one.word) for one in sheets).items()),
        number=told.number or following or "",
        slip=told.slip,
        cast=told.cast,
        receipt=told.receipt,
        done=following is None,
        reasons=[(key, _(REASONS[key])) for key in CHOSEN],
        typists=stacks.typists(session),
        needed=(stacks.TYPISTS, stacks.SETTLERS),
        problem=told.problem,
    )


def _sheet(
    campaign: Campaign,
    stack: PaperStack,
    taken: PaperSheet,
    opened: OpenedSheet,
    keyed: Sequence[keyed_lines.KeyedLine] | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> Response:
    lines = list(keyed) if keyed is not None else keyed_lines.shown(taken.here, opened)
    by_place: Mapping[int, keyed_lines.KeyedLine] = {one.line.place: one for one in lines}
    wrong = sum(1 for one in lines if one.problem)
    sent = keyed is not None
    return campaign_page(
        "paper/sheet.html",
        campaign,
        "voting",
        status=status,
        stack=stack,
        number=taken.number,
        slip=request.form.get("slip", ""),
        turn=opened.turn,
        both=opened.both,
        place=_place(campaign, taken.here.row),
        blocks=[
            (block, [by_place[line.place] for line in block.lines if line.place in by_place])
            for block in paper_form.blocks(taken.here, language())
            if any(line.place in by_place for line in block.lines)
        ],
        comment=ballot_page.free_words(taken.here.asked, language())
        if opened.turn < 3 or keyed_lines.words_differ(opened)
        else None,
        words=request.form.get("comment", "") if sent else opened.own.comment if opened.own else "",
        reasons=[(key, _(REASONS[key])) for key in CHOSEN],
        all_reasons={key: _(text) for key, text in REASONS.items()},
        wrong=wrong,
        blank=paper_form.BLANK,
        unknown=paper_form.UNKNOWN,
        problem=problem or (_("有 %(n)s 行要改，已标出。", n=wrong) if wrong else ""),
    )
