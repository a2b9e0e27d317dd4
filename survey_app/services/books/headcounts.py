"""Head-counts and the box: what people counted, set beside what the books say. Nothing in here is obtained by subtraction.

issued (printed), cast (ballots stored), spoiled and unused (counted from the box and typed in), present (counted at the
meeting): five numbers from five sources. Where they do not agree, that is a finding, and the finding names both sides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Admission, Group
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import BallotStyle, Campaign, CampaignState, Headcount, Unit
from survey_app.services.books import attendance, turnout
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.slips.slips import issued_counts, voided_counts

MOST = 10_000_000
Place = tuple[str, str]  # unit code ("" for groups of no unit), group key


@dataclass(frozen=True)
class Counts:
    """What was counted by hand for one group of one unit; None: nobody counted. `reason`: why nobody counted who was present."""

    present: int | None = None
    spoiled: int | None = None
    unused: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class BooksFinding:
    """Two numbers that do not agree, as a translatable sentence with its parts."""

    sentence: str
    parts: Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class ReconcileLine:
    """The books of one group of one unit. `cast` counts ballots in force, `voided` those of them whose slips were declared void
    afterwards. `difference` = cast + spoiled + unused - issued, a comparison and never a source: None until spoiled and unused
    were counted. `reason`: why nobody counted who came."""

    unit_code: str
    unit_name: str
    group: Group
    entitled: int | None
    issued: int
    voided: int
    cast: int
    present: int | None
    reason: str
    spoiled: int | None
    unused: int | None
    difference: int | None
    findings: tuple[BooksFinding, ...]


@dataclass(frozen=True)
class _Ballots:
    """What is counted of one place without anybody typing it."""

    issued: int
    voided: int
    cast: int


def save_counts(session: Session, campaign: Campaign, entries: Mapping[Place, Counts]) -> None:
    """Keep what was counted; all or nothing.

    Raises RefusedError before the close, UserError for a number or a reason that cannot be, MissingAttendanceError where a place
    would be left with neither attendance nor reason after the count.
    """
    if not campaign.state.at_least(CampaignState.CLOSED):
        raise RefusedError(N_("评议还没有结束；结束之后再清点票箱、填写人数。"))
    units = {unit.code: unit for unit in session.scalars(select(Unit).where(Unit.campaign_id == campaign.id))}
    groups = scheme_of(campaign).groups
    rows = {(row.unit_id, row.group_key): row for row in rows_of(session, campaign)}
    for (unit_code, group_key), counts in entries.items():
        if group_key not in groups or (unit_code and unit_code not in units):
            raise UserError(N_("这次评议没有这个单位或评议主体；请从页面重新填写。"))
        if len(counts.reason) > attendance.LONGEST:
            raise UserError(N_("没有清点到会的原因最多 %(most)s 个字；请写短一些。"), most=attendance.LONGEST)
        for number in (counts.present, counts.spoiled, counts.unused):
            if number is not None and not 0 <= number <= MOST:
                raise UserError(N_("人数和张数要在 0 到 %(most)s 之间，现在有 %(found)s；请改正。"), most=MOST, found=number)
        unit_id = units[unit_code].id if unit_code else None
        row = rows.get((unit_id, group_key))
        if row is None:
            row = Headcount(campaign_id=campaign.id, unit_id=unit_id, group_key=group_key)
            session.add(row)
        row.present, row.spoiled, row.unused = counts.present, counts.spoiled, counts.unused
        attendance.keep_reason(session, campaign, (unit_id, group_key), "" if counts.present is not None else counts.reason)
    session.flush()
    if campaign.state.at_least(CampaignState.COUNTED):
        attendance.refuse_unless_given(session, campaign)


def reconcile(session: Session, campaign: Campaign) -> list[ReconcileLine]:
    """The books of every group and unit that has a ballot style. Raises RefusedError before the close."""
    scheme = scheme_of(campaign)
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.campaign_id == campaign.id))}
    cast: Counter[tuple[int | None, str]] = Counter()
    for line in turnout.books(session, campaign):
        cast[line.unit_id, line.group_key] += line.cast - line.superseded
    issued, voided = issued_counts(session, campaign), voided_counts(session, campaign)
    reasons = attendance.reasons(session, campaign)
    rows = {(row.unit_id, row.group_key): row for row in rows_of(session, campaign)}
    order = {key: place for place, key in enumerate(scheme.groups)}
    places = set(
        session.execute(select(BallotStyle.unit_id, BallotStyle.group_key).where(BallotStyle.campaign_id == campaign.id))
    )
    lines = []
    for unit_id, group_key in sorted(places, key=lambda at: (units[at[0]].place if at[0] else 0, order[at[1]])):
        unit = units[unit_id] if unit_id else None
        at = (unit_id, group_key)
        row = rows.get(at) or Headcount(entitled=None, present=None, spoiled=None, unused=None)
        ballots = _Ballots(issued.get(at, 0), voided.get(at, 0), cast[at])
        lines.append(_line(unit, scheme.groups[group_key], row, ballots, reasons.get(at, "")))
    return lines


def all_counted(session: Session, campaign: Campaign) -> bool:
    """Whether spoiled and unused slips of every group that draws slips were counted. Raises RefusedError before the close."""
    return all(
        line.spoiled is not None and line.unused is not None
        for line in reconcile(session, campaign)
        if line.group.admission == Admission.SLIP
    )


def _line(unit: Unit | None, group: Group, row: Headcount, ballots: _Ballots, reason: str) -> ReconcileLine:
    difference = None
    if row.spoiled is not None and row.unused is not None:
        difference = ballots.cast + row.spoiled + row.unused - ballots.issued
    return ReconcileLine(
        unit_code=unit.code if unit else "",
        unit_name=unit.name if unit else "",
        group=group,
        entitled=row.entitled,
        issued=ballots.issued,
        voided=ballots.voided,
        cast=ballots.cast,
        present=row.present,
        reason=reason,
        spoiled=row.spoiled,
        unused=row.unused,
        difference=difference,
        findings=tuple(_findings(row, ballots, difference, counted=group.admission == Admission.SLIP)),
    )


def _findings(row: Headcount, ballots: _Ballots, difference: int | None, *, counted: bool) -> list[BooksFinding]:
    found, issued, cast = [], ballots.issued, ballots.cast
    if ballots.voided:
        found.append(
            BooksFinding(
                N_("有 %(voided)s 张票是用后来声明作废的凭条投的，作废之前收到，照样算数：请写明那一批为什么作废。"),
                {"voided": ballots.voided},
            )
        )
    if cast > issued:
        found.append(
            BooksFinding(
                N_("收到 %(cast)s 张票，只发出 %(issued)s 份凭证：多出的票从哪里来，请查明。"), {"cast": cast, "issued": issued}
            )
        )
    if difference is not None and difference != 0 and counted:
        parts = {"cast": cast, "spoiled": row.spoiled, "unused": row.unused, "issued": issued, "by": abs(difference)}
        if difference > 0:
            sentence = N_(
                "收到 %(cast)s、作废 %(spoiled)s、未用 %(unused)s，合起来比发出的 %(issued)s 多 %(by)s 张：有多出来的，请查明。"
            )
        else:
            sentence = N_(
                "收到 %(cast)s、作废 %(spoiled)s、未用 %(unused)s，合起来比发出的 %(issued)s 少 %(by)s 张：有凭条没交回，请查明。"
            )
        found.append(BooksFinding(sentence, parts))
    if row.present is not None and cast > row.present:
        found.append(
            BooksFinding(
                N_("到会 %(present)s 人，却收到 %(cast)s 张票：多出 %(by)s 张，请查明。"),
                {"present": row.present, "cast": cast, "by": cast - row.present},
            )
        )
    if row.present is not None and row.entitled is not None and row.present > row.entitled:
        found.append(
            BooksFinding(
                N_("到会 %(present)s 人，比应到的 %(entitled)s 人多；请核对名册或签到。"),
                {"present": row.present, "entitled": row.entitled},
            )
        )
    return found


def rows_of(session: Session, campaign: Campaign) -> list[Headcount]:
    """The campaign's head-counts as they stand."""
    return list(session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id)))
