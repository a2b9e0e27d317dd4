"""What an archive of a round holds beside the result: scheme, roster, books, log, decisions, notices and acts, as text.

Threats answered to: an archive is read by people nobody knows yet, long after floors and promises are forgotten. So it is made of
what has left or could leave by the office's own pages, and never of the tally, the stored report, ballots, slips' codes or keys:
what is not in it cannot leak from it. Who signs is counted and not named, because who was asked is no part of a result.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.config import Config
from survey_app.models import (
    Appeal,
    AuditEvent,
    Campaign,
    EvidenceEntry,
    Matter,
    MatterEntry,
    Rater,
    Ruling,
    SlipBatch,
    Subject,
    Unit,
)
from survey_app.services.books import headcounts
from survey_app.services.bundle import freshness, shelf
from survey_app.services.bundle.making import epochs_told
from survey_app.services.campaign import holds, retention
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.log.epochs import Log
from survey_app.services.office import audit
from survey_app.services.publishing import publications
from survey_app.services.release import plan as release_plan
from survey_app.services.sealing import custody


@dataclass(frozen=True)
class KeptFile:
    """A member of an archive, and what it holds in one line: Chinese, English."""

    content: bytes
    holds: str
    english: str


#: What is left out on purpose, said in every archive: Chinese, English.
LEFT_OUT = (
    ("选票内容、开启密钥、口令、密钥片：没有放进来，有了它们就能看到谁怎么评",
     "ballots, opening key, passphrases and shares: with them one could read who said what"),
    ("没有公布的票数和得分：公布时略去的，档案里也没有",
     "counts and scores that were held back: what pages withhold is not in here either"),
    ("署名评价人的名单：只有各单位、各群体的人数", "names of those who sign: only how many there were"),
    ("意见原文：文字可能认得出人", "comments in people's own words: words may give their writers away"),
    ("谁来提出异议：只留事项和答复", "who raised an objection: only the matter and its answer"),
)  # fmt: skip


def gather(session: Session, config: Config, campaign: Campaign, log: Log) -> dict[str, KeptFile]:
    """Every member but the result itself.

    Parameters
    ----------
    session, campaign
        Read only.
    config
        Where the published bundle lies.
    log
        The campaign's log.

    Returns
    -------
    dict of str to KeptFile
        By the name of the member.
    """
    published = shelf.published(config, campaign.key)
    found = {
        "scheme.yml": KeptFile(campaign.scheme_text.encode(), "方案原文", "the scheme as it was approved"),
        "plan.json": KeptFile(scheme_of(campaign).plan.encode(), "计算步骤", "the steps by which the result was counted"),
        "round.json": _json(_round(session, campaign), "这一轮：告诉大家的话、时间、公布计划、钥匙怎么保管",
                            "the round: its notice, times, release plan, how the key was kept"),
        "roster.json": _json(_roster(session, campaign), "名册：单位、评价对象，各群体的人数",
                             "the roster: units, subjects, how many people in each group"),
        "books.json": _json(freshness.reconciliation(session, campaign), "账目：应到、到会、印发、收到、作废、未用",
                            "the books: entitled, present, issued, cast, spoiled, unused"),
        "evidence.json": _json(_evidence(session, campaign), "其他材料，连同更正和撤回过的",
                               "other evidence, with what was corrected or withdrawn"),
        "decisions.json": _json(_decisions(session, campaign), "对结论和提示的处理，公布，异议和答复",
                                "what people ruled, what was published, objections and answers"),
        "printed.json": _json(_printed(session, campaign), "印发的凭条和邀请函，各批多少、谁印的",
                              "slips and letters printed: how many in each batch, by whom"),
        "log.json": _json({"origin": log.origin, "key": log.public.hex(), "epochs": epochs_told(log)}, "存证日志的每一节",
                          "every epoch of the public log"),
        "checkpoints.txt": KeptFile("\n".join(one.text for one in log.epochs).encode(), "各节的存证单，签过名",
                                    "the signed checkpoint of each epoch"),
        "keeping.json": _json(_keeping(session, campaign), "申诉期、保存期限、冻结、销毁证书",
                              "appeal period, terms of keeping, holds, certificate of destruction"),
        "acts.json": _json(_acts(session, campaign), "操作记录里关于这一轮的每一条", "every line of the log of acts about it"),
    }  # fmt: skip
    if published is not None:
        found["bundle.zip"] = KeptFile(
            published.archive, "公开核对包，里面有核对程序", "the public bundle, with the program that checks it"
        )
    return found


def _json(content: object, holds_: str, english: str) -> KeptFile:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    return KeptFile(text.encode() + b"\n", holds_, english)


def _at(moment: dt.datetime | None) -> str | None:
    return None if moment is None else times.iso(moment)


def _round(session: Session, campaign: Campaign) -> Mapping[str, object]:
    return {
        "key": campaign.key,
        "title": campaign.title,
        "period": campaign.period,
        "notice": {"asker": campaign.asker, "purpose": campaign.purpose, "asks": campaign.asks, "until": campaign.until},
        "times": {name: _at(getattr(campaign, name)) for name in ("created", "opened", "opens", "closes", "closed", "counted")},
        "scheme": {"key": campaign.scheme_key, "version": campaign.scheme_version, "sha256": campaign.scheme_digest},
        "release plan": release_plan.plan_of(session, campaign).record(),
        "custody": custody.public_record(campaign.wrapped_key),
    }


def _roster(session: Session, campaign: Campaign) -> Mapping[str, object]:
    units = session.scalars(select(Unit).where(Unit.campaign_id == campaign.id).order_by(Unit.place, Unit.id)).all()
    codes = {unit.id: unit.code for unit in units}
    mine = select(Subject).where(Subject.campaign_id == campaign.id).order_by(Subject.place, Subject.id)
    signed = Counter(
        (codes.get(unit or 0, ""), group)
        for unit, group in session.execute(select(Rater.unit_id, Rater.group_key).where(Rater.campaign_id == campaign.id))
    )
    return {
        "units": [{"code": unit.code, "name": unit.name, "facts": unit.facts} for unit in units],
        "subjects": [
            {"code": one.code, "name": one.name, "duty": one.duty, "unit": codes[one.unit_id], "facts": one.facts}
            for one in session.scalars(mine)
        ],
        "signed raters": [[*place, number] for place, number in sorted(signed.items())],
        "entitled": [
            [line.unit_code, line.group.key, line.entitled] for line in headcounts.reconcile(session, campaign)
        ],
    }  # fmt: skip


def _evidence(session: Session, campaign: Campaign) -> list[Mapping[str, object]]:
    found = list[Mapping[str, object]]()
    mine = select(EvidenceEntry).where(EvidenceEntry.campaign_id == campaign.id).order_by(EvidenceEntry.id)
    for one in session.scalars(mine):
        words = ("kind", "name", "value", "on", "reason", "entered_by", "decider", "origin", "replaced", "withdrawn")
        told: dict[str, object] = {word: getattr(one, word) for word in (*words, "ended_by", "ended_why")}
        found.append({"subject": one.subject.code, **told, "entered": _at(one.entered), "ended": _at(one.ended)})
    return found


def _decisions(session: Session, campaign: Campaign) -> Mapping[str, object]:
    rulings = session.scalars(select(Ruling).where(Ruling.campaign_id == campaign.id).order_by(Ruling.id))
    matters = session.scalars(select(Matter).where(Matter.campaign_id == campaign.id).order_by(Matter.number)).all()
    entries = select(MatterEntry).where(MatterEntry.matter_id.in_([one.id for one in matters])).order_by(MatterEntry.id)
    said: dict[int, list[Mapping[str, object]]] = {}
    for entry in session.scalars(entries):
        line = {"decision": entry.decision, "text": entry.text, "by": entry.written_by, "at": _at(entry.written)}
        said.setdefault(entry.matter_id, []).append(line)
    return {
        # What stood there when a person looked is left out: a later count may hold it back.
        "rulings": [
            {"about": one.about, "subject": one.subject, "place": one.place, "verdict": one.verdict, "reason": one.reason,
             "by": one.ruled_by, "at": _at(one.ruled), "report": one.report_digest}
            for one in rulings
        ],
        "publications": [
            {"report": act.report_digest, "sections": publications.sections_in(act), "units": publications.units_in(act),
             "from": _at(act.starts), "at": _at(act.made), "by": act.made_by,
             "stopped": _at(act.stopped), "stopped by": act.stopped_by, "stopped why": act.stopped_why}
            for act in publications.history(session, campaign)
        ],
        "matters": [
            {"number": one.number, "kind": one.kind, "subject": one.subject, "said": one.said, "due": str(one.due),
             "opened": _at(one.opened), "entries": said.get(one.id, [])}
            for one in matters
        ],
    }  # fmt: skip


def _printed(session: Session, campaign: Campaign) -> Mapping[str, object]:
    batches = session.scalars(select(SlipBatch).where(SlipBatch.campaign_id == campaign.id).order_by(SlipBatch.id))
    letters = Counter[str]()
    for group, printings in session.execute(select(Rater.group_key, Rater.printings).where(Rater.campaign_id == campaign.id)):
        letters[group] += printings
    return {
        "slips": [
            {"batch": one.id, "form": one.style_id, "meeting": one.meeting, "issued": one.issued, "void": one.void,
             "at": _at(one.printed), "by": one.printed_by, "made elsewhere": one.elsewhere}
            for one in batches
        ],
        "letters": sorted(letters.items()),
    }  # fmt: skip


def _keeping(session: Session, campaign: Campaign) -> Mapping[str, object]:
    appeal = session.get(Appeal, campaign.id)
    return {
        "appeal until": _at(appeal.until) if appeal else None,
        "certificate of destruction": appeal.certificate if appeal else "",
        "terms": [
            {"part": one.kind, "until": _at(one.until), "basis": one.basis, "by": one.said_by, "at": _at(one.said)}
            for one in retention.terms_said(session, campaign)
        ],
        "holds": [
            {"reason": one.reason, "by": one.placed_by, "at": _at(one.placed),
             "lifted": _at(one.lifted), "lifted by": one.lifted_by, "lifted why": one.lifted_why}
            for one in holds.history(session, campaign)
        ],
    }  # fmt: skip


#: Acts whose facts name who signs: told without them.
_NAMING = frozenset({"signed-form-read", "invitations-printed"})


def _acts(session: Session, campaign: Campaign) -> Mapping[str, object]:
    about = or_(AuditEvent.detail == campaign.key, AuditEvent.detail.startswith(f"{campaign.key} ", autoescape=True))
    return {
        "head": audit.head(session).hex(),
        "lines": [
            {"number": line.id, "at": _at(line.at), "by": line.account, "act": line.action,
             "facts": campaign.key if line.action in _NAMING else line.detail,
             "digest": line.digest.hex(), "previous": line.previous.hex()}
            for line in session.scalars(select(AuditEvent).where(about).order_by(AuditEvent.id))
        ],
    }  # fmt: skip


#: What a reader of the file is told first.
ABOUT = (
    (
        "一次评议的档案：一个不压缩的 ZIP 文件，任何解压程序都能打开，先看 index.html。清单（本文件）写明每个文件的长度和 "
        "SHA-256，"
        "signature.txt 是存证日志的密钥对“pingyi/archive/v1”加换行加清单原文的 Ed25519 签名；签名公钥的指纹印在存证单上。"
    ),
    (
        "The archive of one round: a ZIP file without compression that any program opens; begin with index.html. The manifest "
        "(this file) gives the length and SHA-256 of every file; signature.txt is the Ed25519 signature by the log's key over "
        "'pingyi/archive/v1', a line feed and the manifest as it is; the fingerprint of that key is printed on the checkpoints."
    ),
)
