"""Results: overview, one subject, satisfaction, files. Staff see their own units and nothing of others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, make_response, render_template, request, url_for

from questionnaires.tables import csv, xlsx
from survey_app import access
from survey_app.errors import NotFoundError, RefusedError
from survey_app.exports import result_sheets
from survey_app.extensions import db_session, now
from survey_app.i18n import N_, language, say
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, Unit
from survey_app.roles import Capability, Role
from survey_app.services.books import headcounts
from survey_app.services.campaign import campaigns
from survey_app.services.office import account_units
from survey_app.services.publishing import publications, rectified
from survey_app.services.publishing.audience import Audience, load_for
from survey_app.services.publishing.publications import FILES
from survey_app.services.release import leaks
from survey_app.services.release.plan import OUTCOMES, PUBLIC
from survey_app.services.results import (
    answers,
    attention,
    findings,
    flag_lines,
    importance_fields,
    inferring,
    outcomes,
    own_satisfaction,
    plain_statistics,
    points,
    sampled_scores,
    satisfaction,
    spoken,
    standing,
    unfolding,
    words,
    yearly,
    years,
)
from survey_app.services.results import loaded as results
from survey_app.services.results import overview as results_overview
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.overview import PoolTable, Search
from survey_app.services.results.years import EarlierRound, LargeChange
from survey_app.views.downloads import CSV, XLSX, file_response
from survey_app.views.typed import page_of

blueprint = Blueprint("results", __name__, url_prefix="/office/results")
#: Sections of which the overview and the pages of subjects show something.
PAGES = ("scores", OUTCOMES, "groups", "answers")
#: So many lines of the audit stand on a page, the worst first; `pingyi audit-release` has them all.
AUDIT_ROWS = 200
#: So many outcomes near their line stand on the overview; a filter lists them all.
NEAR_ROWS = 10
SEARCH_MOST = 100


@blueprint.get("/")
@access.may(Capability.SEE_PUBLISHED)
def index() -> Response:
    """Counted campaigns for the office; for others those they may know of, each with whether anything is published to them."""
    caller, session = access.current_account(), db_session()
    if caller.may(Capability.SEE_RESULTS):
        shown = [one for one in campaigns.all_campaigns(session) if one.state == CampaignState.COUNTED]
        told = {one.id: publications.sentence(session, one, now=now()) for one in shown}
        return make_response(render_template("results/index.html", campaigns=shown, told=told))
    if Role.MONITOR in caller.roles:
        own = [(one, list[Unit](), _entry(one)) for one in campaigns.all_campaigns(session) if one.state == CampaignState.COUNTED]
    else:
        own = [(campaign, units, _entry(campaign)) for campaign, units in account_units.known_to(session, caller.id)]
    return make_response(render_template("results/own.html", own=own))


def _entry(campaign: Campaign) -> str:
    """Where what is published to the caller begins; "" where nothing is."""
    audience = _audience(campaign)
    if audience is None or audience.sections <= {PUBLIC}:  # what everybody reads stands on the public page
        return ""
    only = audience.sections <= {"satisfaction", FILES, PUBLIC}
    return url_for("results.satisfied" if only else "results.overview", key=campaign.key)


@blueprint.get("/<key>/")
@access.may(Capability.SEE_PUBLISHED)
def overview(key: str) -> Response:
    """What needs attention, then a table per comparison pool; searched, filtered and sorted by the address alone."""
    loaded = loaded_of(key, *PAGES)
    sort, down = request.args.get("sort", ""), request.args.get("order", "down") != "up"
    search = _search(loaded)
    pages = results_overview.pages(loaded, search)
    at = page_of(pages)
    pools = results_overview.overview(loaded, sort=sort, down=down, search=search, page=at)
    office = loaded.allowed is None
    return _page(
        "results/overview.html",
        loaded,
        pools=pools,
        columns=results_overview.columns(loaded),
        sort=sort,
        down=down,
        proposals=_by_place(loaded, pools),
        attention=attention.of_report(loaded, lambda: headcounts.rows_of(db_session(), loaded.campaign)) if office else None,
        near_most=NEAR_ROWS,
        changes=_changes(loaded) if office and at == 1 and not search.narrows else (),
        classes=standing.classes(loaded) if office and at == 1 and not search.narrows else [],
        units=results_overview.units(loaded),
        titles=results_overview.pool_titles(loaded),
        grades=results_overview.tier_titles(loaded),
        flags=results_overview.flag_titles(loaded),
        search=search,
        asked=_asked(search),
        found=results_overview.found(loaded, search),
        pages=pages,
        page=at,
    )


def _search(loaded: Loaded) -> Search:
    """What the address asks for; a unit or a flag that does not exist asks for nothing."""
    given = request.args
    unit, flag = given.get("unit", ""), given.get("flag", "")
    return Search(
        unit=unit if unit in dict(results_overview.units(loaded)) else "",
        pool=given.get("pool", "") if given.get("pool", "") in results_overview.pool_titles(loaded) else "",
        tier=given.get("tier", "") if given.get("tier", "") in results_overview.tier_titles(loaded) else "",
        flag=flag if flag in dict(results_overview.flag_titles(loaded)) else "",
        near=given.get("near") == "1",
        words=given.get("q", "").strip()[:SEARCH_MOST],
    )


def _asked(search: Search) -> dict[str, str]:
    """The search as it stands in an address."""
    given = {"unit": search.unit, "pool": search.pool, "tier": search.tier, "flag": search.flag, "q": search.words}
    return {name: value for name, value in {**given, "near": "1" if search.near else ""}.items() if value}


def _by_place(loaded: Loaded, pools: list[PoolTable]) -> dict[tuple[str, str, str], outcomes.Proposal]:
    """What is proposed for the subjects shown, by subject, quantity and place."""
    codes = [row.person.code for pool in pools for row in pool.rows]
    found = [one for code in codes for one in outcomes.of_subject(loaded, code)]
    return {(one.spot.subject, one.spot.about, one.spot.place): one for one in found}


@blueprint.get("/<key>/subjects/<code>")
@access.may(Capability.SEE_PUBLISHED)
def subject(key: str, code: str) -> Response:
    """One subject: the verdict first, then why; every number leads to where it was computed, down to its counts."""
    loaded = loaded_of(key, *PAGES)
    row = results_overview.row(loaded, code)
    layout = loaded.scheme.layout
    keys = [*layout.columns, *layout.tiers] if loaded.lets("scores") else []
    heads = headcounts.rows_of(db_session(), loaded.campaign)
    proposals = outcomes.apart(outcomes.of_subject(loaded, code))
    return _page(
        "results/subject.html",
        loaded,
        row=row,
        standing=standing.of_subject(loaded, code),
        numbers=[
            (name, loaded.view.title(name), cell)
            for name, cell in zip(keys, [*row.cells, *row.tiers], strict=True)
            if cell.applies
        ],
        years=years.of_subject(loaded, code, _before(loaded), heads),
        groups=answers.by_group(loaded, code),
        by_group_keys=layout.by_group,
        points=points.of_subject(loaded, code),
        points_chart=points.drawn(points.of_subject(loaded, code)),
        satisfied=own_satisfaction.of_subject(loaded, code, heads),
        items=answers.distributions(loaded, code),
        findings=findings.sentences(loaded, code),
        proposals=proposals,
        lines={(one.key, one.at): flag_lines.drawn(one.title, [one]) for one in row.flags if one.raised},
        clear=flag_lines.clear(_("没有成立的提示和它们的线"), row.flags),
        calculation=unfolding.calculation(loaded, code),
        may_rule=loaded.allowed is None,
    )


@blueprint.get("/<key>/subjects/<code>/calculation")
@access.may(Capability.SEE_PUBLISHED)
def subject_calculation(key: str, code: str) -> Response:
    """The whole calculation of one subject as a sheet to follow with a pocket calculator."""
    loaded = loaded_of(key, *PAGES)
    row = results_overview.row(loaded, code)
    return _page("results/calculation.html", loaded, row=row, lines=unfolding.calculation(loaded, code).by_hand())


@blueprint.get("/<key>/satisfaction")
@access.may(Capability.SEE_PUBLISHED)
def satisfied(key: str) -> Response:
    """Share and index per question and place."""
    loaded, session = loaded_of(key, "satisfaction"), db_session()
    asked = _questions(loaded)
    office = loaded.allowed is None
    entitled = sampled_scores.entitled_of(headcounts.rows_of(session, loaded.campaign))
    earlier = yearly.earlier_round(session, loaded) if office else None
    return _page(
        "results/satisfaction.html",
        loaded,
        questions=asked,
        summaries=satisfaction.summaries(asked),
        matrices=satisfaction.matrices(asked),
        importance=importance_fields.of_report(loaded),
        words=spoken.of_satisfaction(session, loaded),
        rectified=rectified.of_rounds(session, loaded, entitled, earlier, now=now()),
    )


@blueprint.get("/<key>/statistics")
@access.may(Capability.SEE_RESULTS)
def statistics(key: str) -> Response:
    """What the statistics say in plain words."""
    loaded = loaded_of(key)
    if not loaded.lets("answers"):
        raise RefusedError(N_("公布计划里没有票数分布，统计无从说起；要看，请在下一次评议的公布计划里选上。"))
    session = db_session()
    heads, earlier = headcounts.rows_of(session, loaded.campaign), yearly.earlier_round(session, loaded)
    found = plain_statistics.of_report(loaded, heads, earlier)
    return _page("results/statistics.html", loaded, statistics=found, findings=[])


@blueprint.get("/<key>/few")
@access.may(Capability.SEE_RESULTS)
def few(key: str) -> Response:
    """What all that leaves tells each kind of reader of few people, before anything is published, and what to do about it."""
    loaded = loaded_of(key)
    names = {code: person.name for code, person in loaded.people.items()}
    told = [one.sentence(loaded.scheme, names) for one in leaks.of_report(loaded.counted.held)]
    lines = inferring.of_campaign(db_session(), loaded.campaign, loaded)
    return _page(
        "results/few.html",
        loaded,
        told=told,
        remedy=_(leaks.REMEDY_COUNTED),
        rows=inferring.rows(loaded, lines, held_only=True),
        verdicts=inferring.VERDICT_WORDS,
        cost=inferring.cost(loaded),
        weighed=inferring.weighed(loaded),
        not_weighed=inferring.not_weighed(loaded),
        most=AUDIT_ROWS,
    )


@blueprint.get("/<key>/results.xlsx")
@access.may(Capability.SEE_PUBLISHED)
def as_xlsx(key: str) -> Response:
    """Everything as a workbook."""
    loaded = to_take_away(key)
    content = xlsx.write(result_sheets.workbook(loaded, _questions(loaded)))
    return file_response(content, f"{loaded.campaign.title}.xlsx", XLSX, once=True)


@blueprint.get("/<key>/results.csv")
@access.may(Capability.SEE_PUBLISHED)
def as_csv(key: str) -> Response:
    """The overview as csv."""
    loaded = to_take_away(key)
    if not loaded.lets("scores"):
        raise campaigns.unknown()
    return file_response(csv.write(result_sheets.overview(loaded)), f"{loaded.campaign.title}.csv", CSV, once=True)


def loaded_of(key: str, *sections: str) -> Loaded:
    """The newest report as the caller may see it. Unit staff: once one of these sections (any, where none is named) is published
    to them; else they are answered as if there were no such campaign. The office: from the count on."""
    session, campaign = db_session(), campaigns.by_key(db_session(), key)
    if not access.current_account().may(Capability.SEE_RESULTS):
        audience = _audience(campaign)
        if audience is None or (sections and audience.sections.isdisjoint(sections)):
            raise campaigns.unknown()
        return load_for(session, campaign, audience, language=language())
    if campaign.state != CampaignState.COUNTED:
        raise NotFoundError(N_("这次评议还没有结果；计票之后再来看。"))
    loaded = results.load(session, campaign, language=language())
    return replace(loaded, told=publications.sentence(session, campaign, now=now()))


def _before(loaded: Loaded, most: int = years.ROUNDS) -> list[EarlierRound]:
    """Earlier rounds of the same, as the caller may read each of them; those of which nothing is published to them are none."""
    session, found = db_session(), []
    for campaign in years.campaigns_before(session, loaded.campaign)[:most]:
        if access.current_account().may(Capability.SEE_RESULTS):
            earlier = results.load(session, campaign, language=language())
        else:
            audience = _audience(campaign)
            if audience is None or "scores" not in audience.sections:
                continue
            earlier = load_for(session, campaign, audience, language=language())
        found.append(EarlierRound(earlier, partial(headcounts.rows_of, session, campaign)))
    return found


def _changes(loaded: Loaded) -> tuple[LargeChange, ...]:
    """Who changed a lot since the last round."""
    last = _before(loaded, most=1)
    return years.large_changes(loaded, last[0]) if last else ()


def to_take_away(key: str) -> Loaded:
    """As `loaded_of`. Raises RefusedError where the release plan lets no file out; staff find none that was not published."""
    loaded = loaded_of(key, FILES)
    if not loaded.lets(FILES):
        raise RefusedError(N_("公布计划里没有表格文件，不能下载；结果请在页面上看。"))
    return loaded


def _audience(campaign: Campaign) -> Audience | None:
    """What was published to the caller: to unit staff of their units, to whoever monitors of any."""
    caller = access.current_account()
    everywhere = Role.MONITOR in caller.roles
    units = {one.code for one in campaigns.units_of(db_session(), campaign)} if everywhere else caller.units_in(campaign.id)
    return publications.audience_of(db_session(), campaign, units, now=now())


def _questions(loaded: Loaded) -> list[satisfaction.Question]:
    return satisfaction.questions(loaded, loaded.campaign, headcounts.rows_of(db_session(), loaded.campaign))


def _page(template: str, loaded: Loaded, **context: object) -> Response:
    remarks = [] if loaded.allowed is not None else [words.remark(one.what, one.rule) for one in loaded.opening.remarks]
    context.setdefault("findings", findings.sentences(loaded))
    return make_response(
        render_template(
            template,
            loaded=loaded,
            campaign=loaded.campaign,
            remarks=remarks,
            policy=loaded.scheme.policy_told(say),
            _about=_("结果"),
            **context,
        )
    )
