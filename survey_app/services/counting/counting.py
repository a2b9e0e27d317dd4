"""Opening and counting, once; computing again whenever other evidence changes.

Lives here: the one transaction that turns a closed box into a stored tally and a report, and the report made again from that
tally. May not live here: how a ballot is judged (`opening`), what a page shows (`results`).

What stays is the integer tally with its books, the remarks on ballots that did not count, and one row per computed report.
Opened ballots and the opening key live in memory for the length of the count and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical, digest
from analysis.errors import AnalysisError
from analysis.evaluate import evaluate
from analysis.evidence import BallotBatch, Tally
from analysis.records import Record, plain, read
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app import bridge
from survey_app.bounded import Bounded
from survey_app.database import refuse_damaged
from survey_app.errors import RefusedError
from survey_app.i18n import N_, say
from survey_app.models import BallotStyle, Campaign, CampaignState, StoredReport, StoredTally
from survey_app.services.books import attendance
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.casting import cast
from survey_app.services.counting import comments, opening
from survey_app.services.counting.ballot_box import StyleToOpen
from survey_app.services.counting.crews import Crew
from survey_app.services.counting.judging import Remark
from survey_app.services.counting.opening import CountStep, OpenedBox, Progress
from survey_app.services.office import audit
from survey_app.services.release import before, kept, plan
from survey_app.services.release.deciding import LeftBefore
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.sealing import custody

_FORMAT: Final = "pingyi-opening/1"


class NotClosedError(RefusedError):
    """Nobody opens a box that is still in use."""


class RecountDiffersError(RefusedError):
    """A second opening gave another tally than the first: the box was touched in between."""


class NotCountedError(RefusedError):
    """There is no tally yet to compute from."""


class NeedsBallotsError(RefusedError):
    """The scheme has a rule about single ballots, so a stored tally is not enough: the box has to be opened again."""


@dataclass(frozen=True)
class Opening:
    """A stored opening: the tally, and why which ballot did not count."""

    tally: Tally
    remarks: tuple[Remark, ...]
    opened: dt.datetime
    opened_by: str
    digest: str


class _Opening(Record, frozen=True):
    """An opening as stored; remarks in one order, so that the order of opening is not told."""

    format: Literal["pingyi-opening/1"]
    tally: bridge.TallyRecord
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class _Stamp:
    """Who did it, and when."""

    account: str
    now: dt.datetime


def open_and_count(
    session: Session,
    campaign: Campaign,
    *,
    passphrase: str | Sequence[str],
    account: str,
    now: dt.datetime,
    progress: Progress | None = None,
    reading: Session | None = None,
    crew: Crew | None = None,
) -> StoredReport:
    """Open every ballot, and store tally and report; when it was counted before, compare. Nothing is committed here.

    Parameters
    ----------
    session, campaign
        The caller commits.
    passphrase
        The passphrase, or trustees' shares.
    account, now
        Who does this and when.
    progress
        Whom to tell how far it is.
    reading
        A session without the write lock for the long part, so that other campaigns go on casting: ballots of a closed campaign no
        longer change.
    crew
        Who opens; for None whoever fits so many ballots.

    Raises
    ------
    NotClosedError
        When the campaign is still open.
    MissingAttendanceError
        While a place has neither attendance nor a reason why nobody counted; it names every one.
    WrongPassphraseError, WrongSharesError
        When they do not open it.
    UnopenableError, DestroyedKeyError
        For a damaged or foreign key, and after the end of the appeal period.
    RecountDiffersError, CommentsDifferError
        When a recount does not give what is stored.
    BallotsLostError, WorkersDiedError
        When ballots got lost on the way, and when workers died again and again.
    DamagedDatabaseError
        When a page of the database file went bad.
    RefusedError
        When the count itself stops.
    """
    source = reading or session
    refuse_unless_ready(source, campaign)
    key = custody.unwrap(campaign.wrapped_key, *([passphrase] if isinstance(passphrase, str) else passphrase))
    refuse_damaged(source)
    if key.public() != campaign.public_key:
        raise custody.UnopenableError(N_("这把密钥不是这次评议的；数据库可能被改动过，请从备份核对。"))
    single, styles, stamp = needs_ballots(scheme_of(campaign)), styles_to_open(source, campaign), _Stamp(account, now)
    box = opening.open_box(source, campaign, key, styles, progress, crew=crew, keeps_rows=single)
    words = comments.gather(source, campaign, key)
    del key
    told = progress or _untold
    told(CountStep.EXPLAINING, 0, 1)
    seen = _seen(source, campaign)
    report = _compute(source, campaign, box.tally, box.batches, stamp)
    told(CountStep.KEEPING, 0, 1)
    # One opening at a time: a second one waits here, finds the first one's tally and is compared with it. Only from here on
    # is the write lock held, so what was computed is good if nothing came in between, and computed again otherwise.
    session.execute(select(Campaign.id).where(Campaign.id == campaign.id).with_for_update())
    still = _seen(session, campaign) == seen
    _store_tally(session, campaign, box, stamp)
    comments.keep(session, campaign, words)
    campaign.state = CampaignState.COUNTED
    campaign.counted = campaign.counted or now
    session.flush()
    if not still:
        report = _compute(session, campaign, box.tally, box.batches, stamp)
    report.evidence_version = bridge.evidence_version(session, campaign)  # the tally, stored, has just made a new one
    session.add(report)
    session.flush()
    audit.record(session, account=account, action="count", detail=f"{campaign.key} {report.digest}", now=now)
    return report


def refuse_unless_ready(session: Session, campaign: Campaign) -> None:
    """Raise what `open_and_count` raises before it asks for the key: NotClosedError, MissingAttendanceError."""
    if not campaign.state.at_least(CampaignState.CLOSED):
        raise NotClosedError(N_("评议还没有结束，不能开启选票；请先结束评议，再输入开启口令。"))
    if session.scalar(select(StoredTally.digest).where(StoredTally.campaign_id == campaign.id)) is None:
        attendance.refuse_unless_given(session, campaign)  # a recount of before compares; it opens nothing new


def _untold(_step: CountStep, _done: int, _whole: int) -> None:
    """Nobody wants to know how far it is."""


def _seen(session: Session, campaign: Campaign) -> tuple[str | None, int | None]:
    """What a computation rests on: the evidence's version, and the newest report before it."""
    newest = session.scalar(select(func.max(StoredReport.id)).where(StoredReport.campaign_id == campaign.id))
    return bridge.evidence_version(session, campaign), newest


def recompute(session: Session, campaign: Campaign, *, account: str, now: dt.datetime) -> StoredReport:
    """A new report from the stored tally and the evidence as it is now; the earlier reports stay.

    Raises NotCountedError, NeedsBallotsError, RefusedError when the count stops. Nothing is committed here.
    """
    stored = stored_opening(session, campaign)
    if needs_ballots(scheme_of(campaign)):
        raise NeedsBallotsError(N_("这个办法有按单张选票计算的规则，补充材料后要重新开启选票才能计算；请再输入一次开启口令。"))
    report = _compute(session, campaign, stored.tally, (), _Stamp(account, now))
    session.add(report)
    session.flush()
    audit.record(session, account=account, action="recompute", detail=f"{campaign.key} {report.digest}", now=now)
    return report


def styles_to_open(session: Session, campaign: Campaign) -> Sequence[StyleToOpen]:
    """Every style of the campaign with the paper its ballots are judged by; a style altered after approval is refused there."""
    ids = session.scalars(select(BallotStyle.id).where(BallotStyle.campaign_id == campaign.id).order_by(BallotStyle.id)).all()
    return [StyleToOpen(*cast.paper_of(session, id_)) for id_ in ids]


def stored_opening(session: Session, campaign: Campaign) -> Opening:
    """The opening as stored, its digest and the laws of conservation checked again. Raises NotCountedError, RefusedError."""
    row = session.get(StoredTally, campaign.id)
    if row is None:
        raise NotCountedError(N_("这次评议还没有开启计票，没有可以计算的票数；请先开启选票。"))
    tally, remarks = _OPENED.of(row.digest, lambda: _opened(row))
    return Opening(tally, remarks, row.opened, row.opened_by, row.digest)


_OPENED = Bounded[str, tuple[Tally, tuple[Remark, ...]]](8)


def _opened(row: StoredTally) -> tuple[Tally, tuple[Remark, ...]]:
    """What was stored, once its digest is found to be right; kept under that digest it stays right."""
    if digest(row.content) != row.digest:
        raise RefusedError(N_("存下的计票结果和它的摘要对不上，数据库可能被改动过；请从备份核对，或重新开启选票。"))
    stored = read(row.content, _Opening)
    return bridge.tally_of_record(stored.tally), stored.remarks


def newest_report(session: Session, campaign: Campaign) -> StoredReport:
    """The report computed last. Raises NotCountedError."""
    row = session.scalar(
        select(StoredReport).where(StoredReport.campaign_id == campaign.id).order_by(StoredReport.id.desc()).limit(1)
    )
    if row is None:
        raise NotCountedError(N_("这次评议还没有计算出结果；请先结束评议并开启选票。"))
    return row


def report_of(stored: StoredReport) -> Report:
    """The report as stored, once its digest is found to be right: its tables are then read when they are looked at.

    Raises RefusedError where the digest is another.
    """
    if digest(stored.content) != stored.digest:
        raise RefusedError(N_("存下的结果和它的摘要对不上，数据库可能被改动过；请从备份核对，或重新计算。"))
    return Report.from_json(stored.content, as_written=True)


def needs_ballots(scheme: Scheme) -> bool:
    """Whether some step of the plan looks at single ballots."""
    return any(step.get("op") == "mark" for step in json.loads(scheme.plan)["steps"])


def code_version() -> str:
    """What computed a report, as printed under it."""
    return f"pingyi {metadata.version('pingyi')}"


def _store_tally(session: Session, campaign: Campaign, box: OpenedBox, stamp: _Stamp) -> None:
    content = canonical(plain(_Opening(format=_FORMAT, tally=bridge.tally_record(box.tally), remarks=box.remarks)))
    earlier = session.get(StoredTally, campaign.id, with_for_update=True)
    if earlier is None:
        session.add(
            StoredTally(
                campaign_id=campaign.id, content=content, digest=digest(content), opened=stamp.now, opened_by=stamp.account
            )
        )
    elif earlier.content != content:
        raise RecountDiffersError(
            N_("重新开启后的票数和第一次不一致，第一次的结果没有改动；票箱在两次之间可能被动过，请停止使用并查明原因。")
        )


def _compute(session: Session, campaign: Campaign, tally: Tally, batches: tuple[BallotBatch, ...], stamp: _Stamp) -> StoredReport:
    """The report, not stored."""
    scheme, version = scheme_of(campaign), bridge.evidence_version(session, campaign)
    evidence = bridge.evidence_of(session, campaign, tally, batches)
    try:
        report = evaluate(scheme.plan, evidence)
    except AnalysisError as problem:
        raise RefusedError(N_("计算停下了，什么也没有存：%(reason)s"), reason=problem.tell(say)) from problem
    content, promised = report.to_json(), plan.plan_of(session, campaign)
    return StoredReport(
        campaign_id=campaign.id,
        content=content,
        held=kept.decide(report, scheme, promised, before.what_left(_reports(session, campaign, scheme, promised, None))),
        digest=digest(content),
        plan_digest=digest(scheme.plan),
        evidence_digest=bridge.evidence_digest(evidence),
        evidence_version=version,
        code_version=code_version(),
        computed=stamp.now,
        computed_by=stamp.account,
    )


def left_before(session: Session, campaign: Campaign, report: StoredReport) -> LeftBefore:
    """What left by the reports of this round that were computed before this one."""
    promised = plan.plan_of(session, campaign)
    return before.what_left(_reports(session, campaign, scheme_of(campaign), promised, report.id))


def _reports(session: Session, campaign: Campaign, scheme: Scheme, promised: ReleasePlan, until: int | None) -> Iterator[Held]:
    """The decisions about this round's reports so far, oldest first; only those before the one with the number `until`."""
    query = select(StoredReport).where(StoredReport.campaign_id == campaign.id).order_by(StoredReport.id)
    for row in session.scalars(query if until is None else query.where(StoredReport.id < until)):
        yield kept.load_held(row.held, report_of(row), scheme, promised)
