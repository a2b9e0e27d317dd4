"""The roster desk: a sheet as the office has it, its columns confirmed, its problems by cause, its changes told beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from questionnaires.model import Scheme
from survey_app import access
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import db_session, now, resources
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, RosterDraft
from survey_app.roles import Capability
from survey_app.services.campaign.campaigns import by_key, scheme_of
from survey_app.services.roster import draft as drafts
from survey_app.services.roster import importing, settling
from survey_app.services.roster.as_it_is import read_as_is
from survey_app.services.roster.causes import Cause, exact_causes, samples
from survey_app.services.roster.columns import sheet_name
from survey_app.services.roster.draft import DraftRoster
from survey_app.services.roster.ground import Ground, ground_of
from survey_app.services.roster.importing import RosterProblem, RosterProblemsError
from survey_app.services.roster.mapping import KINDS, LEFT_OUT, FieldChoice, SheetPlan, choices_of, fit, guess, guess_as, width_of
from survey_app.services.roster.marked import marked_copy
from survey_app.services.roster.settling import MOST_NAMED, Outlook
from survey_app.services.roster.unknown import open_causes, placed, self_raters
from survey_app.services.uploads import MOST_BYTES
from survey_app.views.downloads import XLSX, file_response
from survey_app.views.office.campaign_frame import campaign_of, campaign_page, record
from survey_app.views.office.editing import still_as_seen
from survey_app.views.typed import files_sent, whole

blueprint = Blueprint("roster_desk", __name__, url_prefix="/office/campaigns/<key>/roster/desk")
ACTS = ("roster-drafted", "roster-imported", "roster-kept", "roster-removed", "campaign-approved")
MOST_FILES = 12
#: Rows of a sheet shown while its columns are confirmed.
_SHOWN = 6


@dataclass(frozen=True, kw_only=True)
class ShownSheet:
    """A sheet whose columns are to be confirmed: its plan, the fields a column can be, and its first rows."""

    number: int
    name: str
    file: str
    plan: SheetPlan
    choices: Sequence[tuple[str, str]]
    rows: Sequence[tuple[int, Sequence[str]]]
    height: int


@blueprint.get("/")
@access.may(Capability.PREPARE)
def index(key: str) -> Response:
    """Where the sheet that was brought stands."""
    return _page(campaign_of(key))


@blueprint.get("/marked.xlsx")
@access.may(Capability.PREPARE)
def marked(key: str) -> Response:
    """The brought sheets with every open question marked in them."""
    campaign = campaign_of(key)
    _draft, ground = _ground(campaign)
    content = marked_copy(ground.draft, causes_of(ground))
    return file_response(content, _("标出问题的名册") + ".xlsx", XLSX)


@blueprint.post("/")
@access.may(Capability.PREPARE)
def upload(key: str) -> AnyResponse:
    """Take files as they are; nothing of the roster changes."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        importing.refuse_unless_draft(campaign)
        sent = files_sent("files", most=MOST_BYTES)
        if not sent or len(sent) > MOST_FILES:
            raise UserError(N_("请选 1 到 %(most)s 个文件，再上传。"), most=MOST_FILES)
        sheets = read_as_is(sent)
        return _keep(campaign, DraftRoster(sheets, guess(scheme_of(campaign), sheets)))

    return _or_say_why(campaign, act)


@blueprint.post("/columns")
@access.may(Capability.PREPARE)
def columns(key: str) -> AnyResponse:
    """What each sheet and each column is, as somebody confirms it. Another kind or row of headings is guessed for anew first."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        _row, ground = _ground(campaign)
        kept, scheme = ground.draft, scheme_of(campaign)
        plans, again = [], False
        for number, (sheet, plan) in enumerate(zip(kept.sheets, kept.plans, strict=True)):
            kind = request.form.get(f"kind-{number}", plan.kind)
            head = (whole(request.form.get(f"head-{number}", ""), digits=6) or plan.head + 1) - 1
            if kind != plan.kind or (kind != LEFT_OUT and head != plan.head):
                plans.append(guess_as(scheme, sheet, kind, head))
                again = again or kind != LEFT_OUT
                continue
            said = tuple(request.form.get(f"column-{number}-{at}", "") for at in range(width_of(sheet)))
            plans.append(fit(SheetPlan(kind, head, said), scheme, sheet))
        if all(plan.kind == LEFT_OUT for plan in plans):
            raise RefusedError(N_("没有一张表要用；请至少说明一张是什么。"))
        if again:
            return _keep(campaign, DraftRoster(kept.sheets, tuple(plans)))
        return _keep(campaign, drafts.planned(kept, plans))

    return _or_say_why(campaign, act)


@blueprint.post("/remedy")
@access.may(Capability.PREPARE)
def remedy(key: str) -> AnyResponse:
    """Apply one cause's remedy to all its rows, as its preview showed it."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        _row, ground = _ground(campaign)
        found = next((one for one in causes_of(ground) if one.key == request.form.get("cause", "")), None)
        if found is None:
            raise RefusedError(N_("这一处已经没有了；请看下面现在的情况。"))
        fix = placed(found, _chosen(found)) if found.words else found.fix()
        if not (fix.cells or fix.dropped or fix.units or fix.unit_facts):
            raise RefusedError(N_("还没有选：请至少说明一个，再按。"))
        return _keep(campaign, drafts.applied(ground.draft, fix))

    return _or_say_why(campaign, act)


@blueprint.post("/back")
@access.may(Capability.PREPARE)
def back(key: str) -> AnyResponse:
    """Take the last remedy back."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        _row, ground = _ground(campaign)
        return _keep(campaign, drafts.taken_back(ground.draft))

    return _or_say_why(campaign, act)


@blueprint.post("/bring")
@access.may(Capability.PREPARE)
def bring(key: str) -> AnyResponse:
    """Take the draft over into the roster, all of it or nothing."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        _row, ground = _ground(campaign)
        report = settling.bring(db_session(), campaign, ground)
        added, changed = sum(report.added.values()), sum(report.changed.values())
        record("roster-imported", campaign, f"+{added} ~{changed}, {report.absent} not in the file")
        drafts.drop(db_session(), campaign)
        db_session().commit()
        told = _("导入完成：新增 %(added)s 行，更新 %(changed)s 行。", added=added, changed=changed)
        flash(told + (_("有 %(n)s 行表里没有，请选留下还是删去。", n=report.absent) if report.absent else ""))
        return redirect(url_for("rosters.index", key=campaign.key))

    return _or_say_why(campaign, act)


@blueprint.post("/drop")
@access.may(Capability.PREPARE)
def drop(key: str) -> AnyResponse:
    """Put the brought sheets aside; the roster stays as it is."""
    campaign = campaign_of(key)

    def act() -> AnyResponse:
        still_as_seen(campaign, *ACTS)
        drafts.drop(db_session(), campaign)
        record("roster-drafted", campaign, "0 sheets")
        db_session().commit()
        return redirect(url_for("roster_desk.index", key=campaign.key))

    return _or_say_why(campaign, act)


def causes_of(ground: Ground) -> list[Cause]:
    """Everything in question: what the file remedies itself, then what a person has to place."""
    found = exact_causes(ground)
    # a word that an exact remedy will still change is not asked about before
    waiting = {(one.row.sheet, one.row.row, one.field) for cause in found for one in cause.places}
    gone = {(one.row.sheet, one.row.row) for cause in found for one in cause.places if one.after is None}
    for cause in open_causes(ground):
        places = [one for one in cause.places if (one.row.sheet, one.row.row, one.field) not in waiting
                  and (one.row.sheet, one.row.row) not in gone]  # fmt: skip
        words = {one.before for one in places}
        if places:
            kept = tuple(pair for pair in cause.words if pair[0] in words)
            found.append(
                Cause(key=cause.key, title=cause.title, remedy=cause.remedy, places=tuple(places), words=kept,
                      options=cause.options, typed=cause.typed)
            )  # fmt: skip
    same = self_raters(ground)
    return [*found, same] if same else found


def _chosen(cause: Cause) -> Mapping[str, str]:
    chosen = {}
    for at, (word, _count) in enumerate(cause.words):
        picked, typed = request.form.get(f"choice-{at}", ""), request.form.get(f"typed-{at}", "").strip()
        if request.form.get(f"word-{at}", "") == word and (picked or typed):
            chosen[word] = f"={typed}" if typed else picked
    return chosen


def _ground(campaign: Campaign) -> tuple[RosterDraft, Ground]:
    """What is kept. Raises RefusedError for nothing."""
    scheme = scheme_of(campaign)
    found = drafts.find(db_session(), campaign, scheme)
    if found is None:
        raise RefusedError(N_("这里没有带来的表；请先上传。"))
    kept, row = found
    return row, ground_of(kept, drafts.known_of(db_session(), campaign), scheme)


def _keep(campaign: Campaign, kept: DraftRoster) -> AnyResponse:
    account = access.current_account().name
    drafts.keep(db_session(), campaign, kept, by=account, now=now())
    record("roster-drafted", campaign, f"{len(kept.sheets)} sheets")
    db_session().commit()
    return redirect(url_for("roster_desk.index", key=campaign.key))


def _or_say_why(campaign: Campaign, act: Callable[[], AnyResponse]) -> AnyResponse:
    try:
        return act()
    except RosterProblemsError as wrong:
        db_session().rollback()
        return _page(campaign, problems=wrong.problems, status=wrong.status)
    except UserError as error:
        db_session().rollback()
        return _page(campaign, problem=_(error.sentence, **error.parts), status=error.status)


def _page(campaign: Campaign, *, problem: str = "", problems: Sequence[RosterProblem] = (), status: int = 200) -> Response:
    scheme = scheme_of(campaign)
    found = drafts.find(db_session(), campaign, scheme)
    shown: dict[str, object] = {"row": None, "mapping": False, "problems": problems, "problem": problem, "causes": []}
    if found is not None:
        kept, row = found
        mapping = not kept.confirmed or request.args.get("columns") == "yes"
        shown |= {"row": row, "mapping": mapping, "sheets": _sheets(kept, scheme), "kinds": _kinds(),
                  "undo": len(kept.applied)}  # fmt: skip
        if not mapping:
            ground = ground_of(kept, drafts.known_of(db_session(), campaign), scheme)
            causes = causes_of(ground)
            titles = {one.key: _title(one) for kind in KINDS for one in choices_of(scheme, kind)}
            shown |= {"causes": causes, "samples": samples, "where": lambda one: drafts.where(kept, one), "titles": titles,
                      "counts": [(sheet_name(kind), len(rows)) for kind, rows in ground.rows.items() if rows],
                      "made": len(ground.made)}  # fmt: skip
            shown |= _ahead(campaign, ground)
    return campaign_page("campaigns/roster_desk.html", campaign, "roster", status=status, **shown)


def _ahead(campaign: Campaign, ground: Ground) -> dict[str, object]:
    """What an import would do now, tried out and undone in a session of its own; or what it would be refused for."""
    outlook: Outlook | None = None
    refused: Sequence[RosterProblem] = ()
    sentence = ""
    with resources().writing() as trial:
        try:
            outlook = settling.look_ahead(trial, by_key(trial, campaign.key), ground)
        except RosterProblemsError as wrong:
            refused = wrong.problems
        except UserError as error:
            sentence = _(error.sentence, **error.parts)
    return {"outlook": outlook, "refused": refused, "sentence": sentence, "most": MOST_NAMED, "sheet_name": sheet_name}


def _sheets(kept: DraftRoster, scheme: Scheme) -> list[ShownSheet]:
    return [
        ShownSheet(
            number=number,
            name=sheet.name,
            file=sheet.file,
            plan=plan,
            choices=[(one.key, _title(one)) for one in choices_of(scheme, plan.kind)],
            rows=[(at + 1, sheet.rows[at]) for at in range(plan.head, min(plan.head + _SHOWN, len(sheet.rows)))],
            height=len(sheet.rows),
        )
        for number, (sheet, plan) in enumerate(zip(kept.sheets, kept.plans, strict=True))
    ]


def _kinds() -> list[tuple[str, str]]:
    return [(kind, _(title)) for kind, title in KINDS.items()]


def _title(choice: FieldChoice) -> str:
    if choice.fact is None:
        return _(choice.title)
    title = choice.fact.title.in_(language())
    return _("单位的%(fact)s", fact=title) if choice.key.startswith("unit:") else title
