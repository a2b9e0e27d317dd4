"""What makes something already handed out worthless: each act says first, on a page of its own, what dies, and asks.

The form carries the state the page showed. A form without it, or with an older one, changes nothing and is shown what is in force
now. Nobody learns here who has answered: of ballots in, the page says no more than the progress page does, in steps of ten.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from survey_app import access, times
from survey_app.config import cookie_key
from survey_app.errors import NotFoundError, UserError
from survey_app.extensions import current_config, db_session, now
from survey_app.i18n import N_, language, listed
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, Rater, SlipBatch
from survey_app.roles import Capability
from survey_app.services.books import turnout
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.four_eyes.asks import Given
from survey_app.services.four_eyes.kinds import AskKind
from survey_app.services.log import voids
from survey_app.services.slips import invitations, room_code, slips
from survey_app.services.slips.printings import StalePrintingError, refuse_unless_seen, state_of_batch, state_of_letters
from survey_app.views.office import second_person
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import meanwhile
from survey_app.views.office.printing import index_page
from survey_app.views.office.printing_acts import make_letters, make_slips, name_place, on_paper, style_of
from survey_app.views.office.second_person import About, Told, campaign_in, word
from survey_app.views.typed import whole

blueprint = Blueprint("reprinting", __name__, url_prefix="/office/campaigns/<key>/print")


@dataclass(frozen=True)
class Chosen:
    """The signed raters of a group in a unit; `one`: of these only this person."""

    group_key: str
    unit_id: int | None
    raters: list[Rater]
    one: Rater | None

    @property
    def dying(self) -> list[Rater]:
        """Whose letters are made anew."""
        return [self.one] if self.one else self.raters


@blueprint.get("/batches/<int:batch_id>/<any(void, reissue):act>")
@access.may(Capability.PRINT)
def batch(key: str, batch_id: int, act: str) -> AnyResponse:
    """Which slips would die, since when and by whose hand they are out; and the question."""
    campaign = campaign_of(key)
    return _ask_batch(campaign, slips.batch_of(db_session(), campaign, batch_id), act)


@blueprint.post("/batches/<int:batch_id>/void")
@access.may(Capability.PRINT)
def void(key: str, batch_id: int) -> AnyResponse:
    """Declare a batch void: its slips are refused from now on."""
    campaign, session = campaign_of(key), db_session()
    dying = slips.batch_of(session, campaign, batch_id)

    def act() -> AnyResponse:
        voids.refuse_stale_batch(session, dying, seen=request.form.get("seen", ""))
        what = {"batch": str(batch_id), "seen": request.form.get("seen", "")}
        return second_person.do_or_ask(AskKind.VOID_SLIPS, campaign, what)

    who = partial(_who_dealt_with, campaign, batch_id)
    return _told(campaign, act, lambda problem: _ask_batch(campaign, dying, "void", problem, 409), who)


@blueprint.post("/batches/<int:batch_id>/reissue")
@access.may(Capability.PRINT)
def reissue(key: str, batch_id: int) -> AnyResponse:
    """Void a batch whose print was lost and print as many again."""
    campaign, session = campaign_of(key), db_session()
    dying = slips.batch_of(session, campaign, batch_id)

    def act() -> AnyResponse:
        voids.refuse_stale_batch(session, dying, seen=request.form.get("seen", ""))
        what = {name: request.form.get(name, "") for name in ("seen", "language")}
        return second_person.do_or_ask(AskKind.REISSUE_SLIPS, campaign, {"batch": str(batch_id), **what})

    who = partial(_who_dealt_with, campaign, batch_id)
    return _told(campaign, act, lambda problem: _ask_batch(campaign, dying, "reissue", problem, 409), who)


def _tell_batch(about: About, given: Given) -> Told:
    campaign = campaign_in(about)
    dying = slips.batch_of(db_session(), campaign, whole(word(given, "batch")) or 0)
    unit, group = name_place(campaign, style_of(campaign, dying.style_id))
    return [
        (_("会作废的"), _("%(n)s 张", n=dying.issued)),
        (_("给谁"), " · ".join(part for part in (unit, group) if part)),
        (_("会议"), dying.meeting),
        (_("何时由谁印"), f"{times.when(dying.printed)} · {dying.printed_by}" if dying.printed else _("时间没有记下")),
        (_("之后"), _("还没有用的凭条都不能用，拿着它的人投不了票，也恢复不了。")),
    ]


@second_person.deed(AskKind.VOID_SLIPS, _tell_batch)
def _void_now(about: About, given: Given) -> AnyResponse:
    campaign, session = campaign_in(about), db_session()
    dying = slips.batch_of(session, campaign, whole(word(given, "batch")) or 0)
    epoch = voids.void_batch(session, dying, secret=cookie_key(current_config()), now=now(), seen=word(given, "seen"))
    record("slips-void", campaign, f"batch {dying.id}, {dying.issued} slips")
    session.commit()
    flash(
        _(
            "这批凭条已作废，作为第 %(n)s 节记入存证日志。已经投出的票仍然有效，会单独列在账目里；作废之后不会再收到。",
            n=epoch.number,
        )
    )
    return redirect(url_for("printing.index", key=campaign.key))


@second_person.deed(AskKind.REISSUE_SLIPS, _tell_batch)
def _reissue_now(about: About, given: Given) -> AnyResponse:
    campaign, session = campaign_in(about), db_session()
    dying = slips.batch_of(session, campaign, whole(word(given, "batch")) or 0)
    voids.refuse_stale_batch(session, dying, seen=word(given, "seen"))
    style, seen = style_of(campaign, dying.style_id), word(given, "seen")
    made = on_paper(lambda: make_slips(campaign, style, dying.issued, dying.meeting, old=dying, seen=seen), given)
    return index_page(campaign, printed=made)


@blueprint.get("/invitations/again")
@access.may(Capability.PRINT)
def letters(key: str) -> AnyResponse:
    """Whose letters would die, and the question."""
    campaign = campaign_of(key)
    return _ask_letters(campaign, _chosen(campaign))


@blueprint.post("/invitations/again")
@access.may(Capability.PRINT)
def letters_again(key: str) -> AnyResponse:
    """New letters for a group in a unit, or for one person of it; the earlier ones stop working."""
    campaign = campaign_of(key)
    chosen, seen = _chosen(campaign), request.form.get("seen", "")

    def act() -> AnyResponse:
        refuse_unless_seen(seen, state_of_letters(chosen.dying))
        what = {name: request.form.get(name, "") for name in ("group", "unit", "person", "seen", "language")}
        return second_person.do_or_ask(AskKind.REPRINT_LETTERS, campaign, what)

    who = partial(meanwhile, campaign, "invitations-printed")
    return _told(campaign, act, lambda problem: _ask_letters(campaign, _chosen(campaign), problem, 409), who)


def _tell_letters(about: About, given: Given) -> Told:
    campaign = campaign_in(about)
    chosen = _chosen(campaign, given)
    dying = [rater.name for rater in chosen.dying if rater.tag is not None]
    return [
        (_("给谁"), _where(campaign, chosen)),
        (_("封数"), str(len(chosen.dying))),
        (_("名单"), listed(rater.name for rater in chosen.dying)),
        (_("会作废的"), listed(dying) or _("没有")),
    ]


@second_person.deed(AskKind.REPRINT_LETTERS, _tell_letters)
def _letters_now(about: About, given: Given) -> AnyResponse:
    campaign, seen = campaign_in(about), word(given, "seen")
    chosen = _chosen(campaign, given)
    return index_page(campaign, printed=on_paper(lambda: make_letters(campaign, chosen.dying, seen=seen), given))


@blueprint.get("/invitations/people")
@access.may(Capability.PRINT)
def people(key: str) -> AnyResponse:
    """Person by person: not printed, printed, printed again. Whether somebody has answered does not stand here."""
    campaign = campaign_of(key)
    chosen, wanted = _chosen(campaign), request.args.get("q", "")
    return campaign_page(
        "printing/people.html",
        campaign,
        "print",
        chosen=chosen,
        where=_where(campaign, chosen),
        wanted=wanted,
        found=invitations.find(chosen.raters, wanted),
        paper=request.args.get("language", ""),
    )


def _told(
    campaign: Campaign, act: Callable[[], AnyResponse], ask: Callable[[str], AnyResponse], who: Callable[[], str]
) -> AnyResponse:
    """Do it; where the page was stale ask anew; where it cannot be done say why not on the printing page. `who` did it."""
    try:
        return act()
    except NotFoundError:
        raise
    except UserError as error:
        db_session().rollback()
        db_session().expire_all()
        problem = _(error.sentence, **error.parts) + who()
        return ask(problem) if isinstance(error, StalePrintingError) else index_page(campaign, problem, error.status)


def _who_dealt_with(campaign: Campaign, batch_id: int) -> str:
    """Who made this batch void, alone or for another in its place."""

    def concerns(rest: str) -> bool:
        return rest.startswith(f"batch {batch_id},") or rest.endswith(f"in place of batch {batch_id}")

    return meanwhile(campaign, "slips-void", "slips-printed", only=concerns)


def _ask_batch(campaign: Campaign, dying: SlipBatch, act: str, problem: str = "", status: int = 200) -> Response:
    session = db_session()
    session.refresh(dying)
    unit, group = name_place(campaign, style_of(campaign, dying.style_id))
    told = turnout.turnout(session, campaign)
    in_all = next((line.at_least for line in told.lines if line.style_id == dying.style_id), 0)
    return campaign_page(
        "printing/ask_batch.html",
        campaign,
        "print",
        status=status,
        batch=dying,
        act=act,
        unit=unit,
        group=group,
        at_least=in_all,
        handed=room_code.handed(session, campaign).get(dying.id),
        seen=state_of_batch(dying),
        paper=request.values.get("language", ""),
        problem=problem,
    )


def _ask_letters(campaign: Campaign, chosen: Chosen, problem: str = "", status: int = 200) -> Response:
    told = turnout.turnout(db_session(), campaign).by_place
    return campaign_page(
        "printing/ask_letters.html",
        campaign,
        "print",
        status=status,
        chosen=chosen,
        where=_where(campaign, chosen),
        dying=[rater for rater in chosen.dying if rater.tag is not None],
        at_least=told.get((chosen.unit_id, chosen.group_key), 0),
        seen=state_of_letters(chosen.dying),
        paper=request.values.get("language", ""),
        problem=problem,
    )


def _chosen(campaign: Campaign, given: Given | None = None) -> Chosen:
    """Who is meant by group, unit and, perhaps, number of the person: as asked for, or as sent. Raises NotFoundError."""
    sent = request.values if given is None else {name: word(given, name) for name in ("group", "unit", "person")}
    group_key, unit, code = (sent.get(name, "") for name in ("group", "unit", "person"))
    group = scheme_of(campaign).groups.get(group_key)
    unit_id = whole(unit)
    raters = invitations.raters_of(db_session(), campaign, group_key=group_key, unit_id=unit_id) if group else []
    one = next((rater for rater in raters if rater.code == code), None) if code else None
    if not raters or (unit and unit_id is None) or (code and one is None):
        raise NotFoundError(N_("没有这一类署名评议人；请从印制页面重新选择。"))
    return Chosen(group_key, unit_id, raters, one)


def _where(campaign: Campaign, chosen: Chosen) -> str:
    group = scheme_of(campaign).groups[chosen.group_key].title.in_(language())
    unit = chosen.raters[0].unit
    return f"{unit.name} · {group}" if unit else group
