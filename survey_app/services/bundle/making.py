"""Bundles: what anybody, and what named auditors, are given so that they can check a counted campaign on their own machine.

Lives here: what goes into a bundle (docs/bundle.md is its definition). May not live here: what is kept back of it
(`withholding`), and the checking (`proof.verify`, which is shipped inside and is run on everything made here, so that nothing
leaves that does not agree; it decides nothing).

Threats answered to:
- Small groups: the bundle keeps to the one decision on everything that leaves (`release.deciding`): what pages hold back it holds
  back, and besides each cell with too few valid ballots at its places; with them every figure that cannot be worked out without
  them. What is left is a function of the published counts alone, which every page shows, so that the bundle adds nothing to them.
- Auditors see openings; their bundle is sealed to their public keys before it leaves memory, and made only until the appeal
  period ends. It says which leaf has which marks, never who drew which slip.
- Outcomes that no person ruled on: whoever has the counts can work them out, so no bundle is made while there is one.
- A bundle altered on its way: it is signed with the log's key. One altered by the office itself: docs/bundle.md says what
  shows it, and what does not.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from analysis.canonical import canonical_bytes
from analysis.evidence import Evidence, Tally
from analysis.values import as_literal
from survey_app import bridge, earlier_digests
from survey_app.errors import RefusedError
from survey_app.i18n import N_, language, listed
from survey_app.models import Appeal, Campaign, LogKey
from survey_app.proof import checking, checkpoints
from survey_app.services.books import attendance
from survey_app.services.bundle import freshness, openings, shelf, withholding
from survey_app.services.bundle.openings import Ballots
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.counting import counting
from survey_app.services.log import entries, epochs
from survey_app.services.log.epochs import Log
from survey_app.services.publishing import audience
from survey_app.services.release import plan as release_plan
from survey_app.services.release.withholding import Held
from survey_app.services.results import loaded
from survey_app.services.results.gate import NoTest
from survey_app.services.results.view import ResultView
from survey_app.services.sealing import custody

FORMAT = "pingyi-bundle/2"
#: Kinds of other evidence that may be kept out of the public bundle, and with them every figure that rests on them.
WITHHOLDABLE = ("components", "events", "past", "decisions")
SIGNED_AS = b"pingyi/bundle/v1\n"
Content = dict[str, Any]


class BundleStep(StrEnum):
    """Where the making of a bundle is, in order."""

    GATHERING = "gathering"
    WITHHOLDING = "withholding"
    PACKING = "packing"
    CHECKING = "checking"


#: What is being done in each, for people.
STEPS = {
    BundleStep.GATHERING: N_("正在开启选票、整理结果"),
    BundleStep.WITHHOLDING: N_("正在略去不公布的数"),
    BundleStep.PACKING: N_("正在签名、打包"),
    BundleStep.CHECKING: N_("正在用核对程序检查"),
}
#: Called with each step as it begins.
BundleProgress = Callable[[BundleStep], None]


def _untold(_step: BundleStep) -> None:
    """Nobody wants to know how far it is."""


class BundleError(RefusedError):
    """A bundle that cannot be made, or may not be made any more."""


@dataclass(frozen=True)
class BundleMade:
    """A bundle as a zip archive, and what the checker says of it: a sentence (Chinese, English) for each fault, and for each note
    that a person has to answer for."""

    archive: bytes
    faults: tuple[tuple[str, str], ...]
    notes: tuple[tuple[str, str], ...] = ()


def public_bundle(
    session: Session,
    campaign: Campaign,
    key: custody.OpeningKey,
    *,
    secret: str,
    withhold: Collection[str] = (),
    progress: BundleProgress = _untold,
) -> BundleMade:
    """The bundle for everybody.

    Parameters
    ----------
    session, campaign
        Read only.
    key
        The opening key.
    secret
        The server's secret, which opens the signing key.
    withhold
        Kinds of evidence to leave out: some of `WITHHOLDABLE`.
    progress
        Told each step as it begins.

    Returns
    -------
    BundleMade
        The archive, and what the checker says of it.

    Raises
    ------
    BundleError
        When the release plan has no such bundle, for an unknown kind, while outcomes are unconfirmed, while the log has no last
        epoch, and when evidence changed after the result was computed.
    MissingAttendanceError
        When a place has neither attendance nor a reason why nobody counted.
    NotCountedError
        When there is no result yet.
    """
    if not release_plan.plan_of(session, campaign).lets("bundle"):
        raise BundleError(N_("公布计划里没有公开核对包，批准之后不能再加。"))
    unknown = sorted(set(withhold) - set(WITHHOLDABLE))
    if unknown:
        raise BundleError(N_("不能单独略去“%(kind)s”；可以略去的有：%(kinds)s。"), kind=unknown[0], kinds=listed(WITHHOLDABLE))
    progress(BundleStep.GATHERING)
    content, _, held = _content(session, campaign, key)
    progress(BundleStep.WITHHOLDING)
    content["floor"] = release_plan.plan_of(session, campaign).published
    content = withholding.public(content, held, withhold)
    return _made({**content, "kind": "public"}, session, campaign, secret, progress)


def auditors_bundle(
    session: Session,
    campaign: Campaign,
    key: custody.OpeningKey,
    *,
    secret: str,
    now: dt.datetime,
    progress: BundleProgress = _untold,
) -> BundleMade:
    """The bundle for auditors, with every opening. To be sealed with `sealed_for` before it leaves memory.

    Parameters
    ----------
    session, campaign
        Read only.
    key
        The opening key.
    secret
        The server's secret, which opens the signing key.
    now
        The moment.
    progress
        Told each step as it begins.

    Raises
    ------
    BundleError
        As `public_bundle`, and when no appeal period is fixed or it has ended.
    NotCountedError
        When there is no result yet.
    """
    appeal = session.get(Appeal, campaign.id)
    if appeal is None:
        raise BundleError(N_("还没有定下申诉期到哪一天；请先定下，审计核对包只在申诉期内制作。"))
    if now > appeal.until:
        raise BundleError(N_("申诉期已过，不再制作审计核对包；公开核对包随时可以核对。"))
    progress(BundleStep.GATHERING)
    content, ballots, held = _content(session, campaign, key)
    progress(BundleStep.WITHHOLDING)
    content |= {"kind": "auditors", **vars(ballots), "withheld": withholding.beyond_floor(content, held)}
    if counting.needs_ballots(scheme_of(campaign)):
        # A rule over whole single ballots cannot be worked out from ballots cut per subject: nothing that rests on it is given.
        content = withholding.without_ballots(content, held.report)
    return _made(content, session, campaign, secret, progress)


def sealed_for(auditor: bytes, archive: bytes) -> bytes:
    """The archive in a sealed box that only this auditor's private key opens."""
    return custody.seal(auditor, archive)


def _content(session: Session, campaign: Campaign, key: custody.OpeningKey) -> tuple[Content, Ballots, Held]:
    """Everything but the signature, nothing withheld; beside it the ballots, and the decision on all that leaves."""
    read = loaded.load(session, campaign, language=language())
    waiting = len(audience.ruled_on_by_nobody(read))
    if waiting:
        raise BundleError(
            N_("还有 %(n)s 项结论没有确认或搁置，核对包里的票数能把它们算出来；请先确认或搁置，再制作核对包。"), n=waiting
        )
    log = epochs.log_of(session, campaign)
    if log is None or not log.epochs or log.epochs[-1].kind != "close":
        raise BundleError(N_("存证日志还没有结束的一节；请先在存证页补做，再制作核对包。"))
    stored, tally = counting.newest_report(session, campaign), counting.stored_opening(session, campaign).tally
    evidence = bridge.evidence_of(session, campaign, tally)
    # Asked of the very evidence that goes into the archive: nothing may come between the question and the packing.
    if not earlier_digests.still(evidence, stored.evidence_digest):
        raise BundleError(N_("其他材料或人数在最近一次计算之后改过；请先重新计算，再制作核对包。"))
    attendance.refuse_unless_given(session, campaign)  # of rounds counted before it was asked for
    plan = release_plan.plan_of(session, campaign)
    described = entries.described(session, campaign)
    rated = frozenset(style.id for style, said in described if said["rated"])
    ballots = openings.read(session, campaign, key, counting.styles_to_open(session, campaign), rated)
    scheme, view = scheme_of(campaign), read.counted.untested(NoTest.BUNDLE)
    fixed = {json.loads(text)["record"] for text in log.epochs[0].entries}
    content: Content = {
        "format": FORMAT,
        "campaign": {"campaign": campaign.key, "title": campaign.title, "period": campaign.period},
        "scheme": {"key": campaign.scheme_key, "version": campaign.scheme_version, "text": campaign.scheme_text},
        "plan": json.loads(scheme.plan),
        "key": log.public.hex(),
        "epochs": epochs_told(log),
        "styles": [{**said, "content": json.loads(style.content)} for style, said in described],
        # Campaigns approved before the log fixed these have neither: what nobody saw fixed is no evidence.
        "release": plan.record() if "release-plan" in fixed else None,
        "custody": _custody(log, campaign) if "custody" in fixed else None,
        "slips": entries.tags_by_batch(session, campaign),
        "leaves": [openings.public_record(one) for one in ballots.leaves if one["style"] not in rated],
        "reconciliation": freshness.reconciliation(session, campaign),
        "rulings": freshness.rulings(session, campaign, view.whole()),
        **_books(tally),
        "counts": view.counts(),
        **_evidence(evidence),
        "tables": _tables(view),
    }
    return content, ballots, read.counted.held


def _custody(log: Log, campaign: Campaign) -> Content:
    """How the key is kept, in the facts the set-up epoch fixed: it did not always say how shares were dealt."""
    entry = next(one for one in map(json.loads, log.epochs[0].entries) if one["record"] == "custody")
    return {key: value for key, value in custody.public_record(campaign.wrapped_key).items() if key in entry or key != "dealt"}


def epochs_told(log: Log) -> list[Content]:
    """The log as bundles and archives hold it: every entry, digest and checkpoint."""
    return [
        {
            "kind": epoch.kind,
            "entries": [json.loads(text) for text in epoch.entries],
            "ballots": [leaf.hex() for leaf in epoch.ballots],
            "marks": [leaf.hex() for leaf in epoch.marks],
            "checkpoint": epoch.text,
        }
        for epoch in log.epochs
    ]


def _books(tally: Tally) -> Content:
    places: dict[tuple[str, str], list[int]] = {}
    for book in tally.books:
        sums = places.setdefault((book.group, book.unit), [0, 0, 0])
        for at, number in enumerate((book.valid, book.blank, book.invalid)):
            sums[at] += number
    return {
        "books": [[one.style, one.cast, one.superseded, one.valid, one.blank, one.invalid] for one in tally.books],
        "places": [[*place, *sums] for place, sums in sorted(places.items())],
    }


def _evidence(evidence: Evidence) -> Content:
    """What else the count looked at, in one order, so that nothing is told by another.

    Reasons and origins stay with the office: they are prose, and no number rests on them.
    """
    return {
        "subjects": [[one.id, dict(one.facts)] for one in evidence.subjects],
        "heads": [[one.group, one.unit, one.entitled, one.present, one.issued, one.returned] for one in evidence.heads],
        "components": sorted([one.subject, one.name, str(one.value)] for one in evidence.components),
        "events": sorted([one.subject, one.kind, one.on, str(one.amount)] for one in evidence.events),
        "past": sorted([one.period, one.subject, one.quantity, as_literal(one.value)] for one in evidence.past),
        "decisions": sorted([one.subject, one.name, one.choice] for one in evidence.decisions),
    }


def _tables(view: ResultView) -> dict[str, list[list[object]]]:
    """The released figures: the scheme's quantities, without those over single ballots, which never leave the count."""
    axes = {name: view.axes(name) for name in view.whole().plan.outputs}
    return {name: view.exact(name) for name, found in axes.items() if found is not None and not {"rater", "rival"} & set(found)}


def _made(content: Content, session: Session, campaign: Campaign, secret: str, progress: BundleProgress) -> BundleMade:
    progress(BundleStep.PACKING)
    key = session.get_one(LogKey, campaign.id)
    # A table of which nothing may be known has no place: an empty one in its stead would say that much.
    content = {**content, "tables": {name: rows for name, rows in content["tables"].items() if rows is not None}}
    _, signature = checkpoints.sign_bytes(SIGNED_AS + canonical_bytes(content), key.sealed, secret)
    content = {**content, "signature": signature.hex()}
    raw = canonical_bytes(content)
    # What is checked is what was written, read back: not the objects it was written from.
    archive = _zip(str(content["kind"]), raw, freshness.state_of(session, campaign))
    progress(BundleStep.CHECKING)
    return BundleMade(archive, *checking.findings(json.loads(raw)))


def _zip(kind: str, raw: bytes, mark: str) -> bytes:
    files = {f"{kind}.json": raw, "verify.py": checking.text(), "README.txt": README.encode()}
    files[shelf.MARK] = mark.encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            # A fixed date: equal content makes an equal archive, whose digest can be read out.
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


README = """核对包 · a bundle to check

1. 解开压缩包，或不解开也行。   2. 在装有 Python（3.9 以上）的电脑上运行：
       python3 verify.py 核对包.zip --root 存证单上的64位根 --key 存证单上的公钥指纹
3. 它重算签名、日志、对账、票数和每一个公布的数，逐句说出哪里不对；相符但要有人说明的，也逐句列出。

Do not trust the copy of verify.py in this archive alone: it came from whom you want to check. Take it from another source,
compare its SHA-256, or write one of your own from docs/bundle.md and docs/plan.md. It is some 1,700 lines in six marked chapters,
one thing a line, and says at its head how to read it.
"""
