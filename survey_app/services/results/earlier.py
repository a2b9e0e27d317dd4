"""Results of earlier counts of this installation taken over as earlier periods: chosen, looked at, then stored with origin.

Subjects are matched by their code. A value is taken exactly as computed; a missing one is told and not taken.

Threat answered to: what was held back in one round leaves by the next, in its evidence, its files and its bundle. Where a
figure's exact value did not leave, the announced one is taken; where the figure itself did not, none is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.errors import AnalysisError
from analysis.report import Report
from analysis.values import NOT_APPLICABLE, Missing, Value
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_, language
from survey_app.languages import SOURCE
from survey_app.models import Campaign, CampaignState, EvidenceEntry, StoredReport, Subject
from survey_app.presenting import figures
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.counting import counting
from survey_app.services.evidence import entries as evidence
from survey_app.services.evidence.columns import VALUE_MOST, Entry
from survey_app.services.evidence.ledgers import PERIOD_MOST
from survey_app.services.release import kept
from survey_app.services.release.plan import plan_of
from survey_app.services.release.withholding import Held
from survey_app.services.results import naming
from survey_app.services.results.gate import TakenOver
from survey_app.services.results.view import ResultView


@dataclass(frozen=True)
class Source:
    """A counted campaign of another period. `taken` entries came from it; `newer`: it was computed again after that."""

    campaign: Campaign
    same_scheme: bool
    taken: int
    newer: bool


@dataclass(frozen=True, kw_only=True)
class EarlierLine:
    """One value that would be taken: for whom, as which earlier result, and what it replaces. `problem` says why it is not."""

    code: str
    name: str
    quantity: str
    value: str
    shown: str
    before: str = ""
    problem: str = ""
    parts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Preview:
    """Everything that taking over would do. `strangers`: subjects of the source that are not on this roster."""

    source: Campaign
    digest: str
    period: str
    choices: tuple[tuple[str, str], ...]
    mapping: Mapping[str, str]
    lines: tuple[EarlierLine, ...]
    strangers: int

    @property
    def taken(self) -> tuple[EarlierLine, ...]:
        """The lines that would be stored."""
        return tuple(line for line in self.lines if not line.problem)


def sources(session: Session, campaign: Campaign) -> list[Source]:
    """Counted campaigns of another period, those on the same scheme first, newest first."""
    rows_of = select(StoredReport.campaign_id, StoredReport.digest).order_by(StoredReport.id)
    newest = dict(session.execute(rows_of).all())
    taken: Counter[str] = Counter()
    seen: dict[str, set[str]] = {}
    for origin in session.scalars(
        select(EvidenceEntry.origin).where(
            EvidenceEntry.campaign_id == campaign.id, EvidenceEntry.kind == "past", EvidenceEntry.replaced.is_(False)
        )
    ):
        if origin:
            taken[origin["campaign"]] += 1
            seen.setdefault(origin["campaign"], set()).add(origin["report"])
    rows = session.scalars(
        select(Campaign)
        .where(Campaign.state == CampaignState.COUNTED, Campaign.id != campaign.id, Campaign.period != campaign.period)
        .order_by(Campaign.id.desc())
    )
    found = [
        Source(row, row.scheme_key == campaign.scheme_key, taken[row.key], bool(seen.get(row.key, set()) - {newest[row.id]}))
        for row in rows
        if row.id in newest
    ]
    return sorted(found, key=lambda one: not one.same_scheme)


def preview(
    session: Session,
    campaign: Campaign,
    source_key: str,
    *,
    mapping: Mapping[str, str] | None = None,
    period: str = "",
    renamed: bool = False,
) -> Preview:
    """What taking over from this campaign would store. `mapping`: earlier result -> quantity of the source ("" none); without
    it, the quantity of the same name. `renamed`: also take subjects whose code is the same and whose name is not.

    Raises NotFoundError for a campaign that is none of `sources`, UserError for a period nobody could name.
    """
    source = next((one.campaign for one in sources(session, campaign) if one.campaign.key == source_key), None)
    if source is None:
        raise NotFoundError(N_("没有可以接用的这次评议：要另一个时期、已经计票的。"))
    period = period.strip() or source.period
    if len(period) > PERIOD_MOST:
        raise UserError(N_("时期最多 %(most)s 个字，照方案的写法，如 2025。"), most=PERIOD_MOST)
    stored = counting.newest_report(session, source)
    report, scheme = _report(stored), scheme_of(source)
    held = kept.load_held(stored.held, report, scheme, plan_of(session, source))
    view = ResultView(report=report, naming=naming.of_scheme(scheme, language()), gate=TakenOver(held))
    quantities = view.naming.quantities
    offered = {
        key: view.title(key)
        for key in view.report.tables
        if view.axes(key) == ("subject",) and key in quantities and quantities[key].kind != "flag"
    }
    earlier = scheme_of(campaign).earlier
    chosen = {name: (mapping.get(name, "") if mapping is not None else name) for name in earlier}
    chosen = {name: key if key in offered else "" for name, key in chosen.items()}
    names, theirs = _names(session, campaign), _names(session, source)
    live = {
        (code, entry.name): entry.value
        for entry, code in session.execute(
            select(EvidenceEntry, Subject.code)
            .join(EvidenceEntry.subject)
            .where(
                EvidenceEntry.campaign_id == campaign.id,
                EvidenceEntry.kind == "past",
                EvidenceEntry.on == period,
                EvidenceEntry.replaced.is_(False),
            )
        )
    }
    lines = []
    for name in earlier:
        if chosen[name] not in offered:
            continue
        cells = {one.labels["subject"]: one for one in view.lines(chosen[name])}
        for code, person in names.items():
            value = cells[code].value if code in cells else NOT_APPLICABLE
            shown = view.cell(chosen[name], {"subject": code}).text if code in theirs else ""
            line = EarlierLine(code=code, name=person, quantity=name, value="", shown=shown, before=live.get((code, name), ""))
            if code in cells and (problem := _stays(held, chosen[name], code)):
                lines.append(replace(line, problem=problem))
                continue
            lines.append(_line(line, theirs.get(code, ""), _announced(held, chosen[name], code, value), renamed=renamed))
    strangers = len(theirs.keys() - names.keys())
    return Preview(
        source=source,
        digest=stored.digest,
        period=period,
        choices=tuple(offered.items()),
        mapping=chosen,
        lines=tuple(lines),
        strangers=strangers,
    )


def _stays(held: Held, key: str, code: str) -> str:
    """Why a figure may not be taken into another round; "" where it may."""
    at = {"subject": code}
    never = not held.looks_at(key) and held.announced(key, at) is not None
    return N_("人数太少，那次没有公布") if never or held.value(key, at) else ""


def _announced(held: Held, key: str, code: str, value: Value) -> Value:
    """The value as it left the earlier round: exactly, or with the digits it was announced with."""
    digits = held.announced(key, {"subject": code})
    if digits is None or not isinstance(value, Fraction):
        return value
    return figures.announced(value, held.scheme.quantities[key].kind, digits).exact


def _report(stored: StoredReport) -> Report:
    try:
        return counting.report_of(stored)
    except AnalysisError as problem:
        raise RefusedError(N_("那次评议存下的结果读不出来，不能接用；请先在那里重新计算。")) from problem


def _line(line: EarlierLine, theirs: str, value: Value, *, renamed: bool) -> EarlierLine:
    """The line with its value, or with the reason why there is none to take. `theirs` is how the source calls the subject."""
    text = _text(value)
    if not theirs:
        return replace(line, problem=N_("那次评议里没有这个编号"))
    if theirs != line.name and not renamed:
        return replace(line, problem=N_("同一编号，那次叫“%(name)s”"), parts=(("name", theirs),))
    if not text:
        return replace(line, problem=N_("那次没有结果"))
    if len(text) > VALUE_MOST:
        return replace(line, problem=N_("这个数太长，请用材料表导入"))
    return replace(line, value=text)


def _text(value: Value) -> str:
    """A value as an entry holds it: a number exactly, a grade by its key; "" for none."""
    if isinstance(value, Missing | bool):
        return ""
    return str(value) if isinstance(value, Fraction) else value


def _names(session: Session, campaign: Campaign) -> dict[str, str]:
    rows = session.execute(select(Subject.code, Subject.name).where(Subject.campaign_id == campaign.id).order_by(Subject.id))
    return dict(rows.all())


def take(
    session: Session,
    campaign: Campaign,
    seen: Preview,
    digest: str,
    *,
    account: str,
    now: dt.datetime,
    known: int | None = None,
) -> Counter[str]:
    """Store what the preview shows: how many were "added", "replaced", "unchanged". The caller commits.

    `digest` names the report the person looked at; RefusedError when it is not the newest any more. `known`: the last entry the
    preview knew of, as `evidence.keep` has it.
    """
    if digest != seen.digest:
        raise RefusedError(N_("那次评议在您查看之后重新计算过；请再看一遍，再确认。"))
    if not seen.taken:
        raise UserError(N_("没有可以接用的结果；请先选好每一项取哪个量。"))
    theirs = scheme_of(seen.source).quantities
    entries = [
        Entry(
            subject=line.code,
            kind="past",
            name=line.quantity,
            value=line.value,
            on=seen.period,
            origin=(
                ("campaign", seen.source.key),
                ("title", seen.source.title),
                ("period", seen.source.period),
                ("quantity", theirs[seen.mapping[line.quantity]].title.in_(SOURCE)),  # as written there, whoever takes it over
                ("report", seen.digest),
            ),
        )
        for line in seen.taken
    ]
    return evidence.keep(session, campaign, entries, account=account, now=now, seen=known)
