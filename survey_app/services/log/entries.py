"""What the office fixed and did, as entries of the proof log: the set-up, batches printed and voided, links handed out.

Lives here: which facts become entries, and their words. May not live here: when an epoch may be made (`log.epochs`).
"""

from __future__ import annotations

import hashlib
import secrets as system_random
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical, digest
from survey_app import bridge
from survey_app.models import Ballot, BallotStyle, Campaign, LateChange, Rater, Slip, SlipBatch
from survey_app.models.late_change import LateKind
from survey_app.models.style import WHOLE
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.office import audit
from survey_app.services.release import plan
from survey_app.services.sealing import custody

Entry = dict[str, object]
#: What a log promises that says so in its set-up: from 2 on every void stands there with the number cast until then.
LOG_VERSION = 2
RANDOM_BYTES = 32
#: The entry that fixes how far the office's log of acts had come.
AUDIT = "audit"
#: The entry of one change of the roster after its approval.
LATE = "late"


def described(session: Session, campaign: Campaign) -> list[tuple[BallotStyle, Entry]]:
    """Every form with what the log says of it. `rated`: raters of this place are themselves rated somewhere on its forms, so
    that the form a ballot is on may tell whose it is. `v`: the version of its ballots' leaves, where that is not the first."""
    groups = scheme_of(campaign).groups
    styles = session.scalars(select(BallotStyle).where(BallotStyle.campaign_id == campaign.id).order_by(BallotStyle.id)).all()
    rated = {(style.group_key, style.unit_id) for style in styles if style.excluded_id is not None}
    return [
        (
            style,
            {
                "style": style.id,
                "group": style.group_key,
                "unit": style.unit.code if style.unit else "",
                "signed": groups[style.group_key].signed,
                "rated": (style.group_key, style.unit_id) in rated,
                **({} if style.leaf_version == WHOLE else {"v": style.leaf_version}),
            },
        )
        for style in styles
    ]


def tags_by_batch(session: Session, campaign: Campaign) -> list[Entry]:
    """Every batch with the tags of its slips in order: the register in which each ballot's slip must stand."""
    batches = session.scalars(select(SlipBatch.id).where(SlipBatch.campaign_id == campaign.id).order_by(SlipBatch.id)).all()
    return [{"batch": one, "tags": [tag.hex() for tag in _tags(session, one)]} for one in batches]


def _tags(session: Session, batch: int) -> list[bytes]:
    return sorted(session.scalars(select(Slip.tag).where(Slip.batch_id == batch)))


def fixed(session: Session, campaign: Campaign, public: bytes) -> list[Entry]:
    """What approval froze: nobody can later say it was otherwise."""
    scheme = scheme_of(campaign)
    subjects = [[one.id, dict(one.facts)] for one in bridge.subjects_of(session, campaign)]
    entries: list[Entry] = [
        {"record": "campaign", "campaign": campaign.key, "title": campaign.title, "period": campaign.period},
        {"record": "scheme", "key": campaign.scheme_key, "version": campaign.scheme_version, "digest": campaign.scheme_digest},
        {"record": "plan", "digest": digest(scheme.plan)},
        {"record": "log-key", "public": public.hex()},
        {"record": "log", "v": LOG_VERSION},
        {"record": "opening-key", "public": campaign.public_key.hex()},
        {"record": "subjects", "digest": digest(canonical(subjects))},
        {"record": "release-plan", "digest": plan.plan_of(session, campaign).digest()},
        {"record": "custody", **custody.public_record(campaign.wrapped_key)},
    ]
    return [*entries, *({"record": "style", **said, "digest": style.digest} for style, said in described(session, campaign))]


def void_entry(session: Session, batch: int) -> Entry:
    """A void with what was cast on the batch's slips until now: how many, and SHA-256 of their leaves in order.

    `random` keeps the number to whoever reads the database until a bundle gives it out: the leaf of an entry without it could be
    found by trying numbers, and a void would be a way to count ballots before the close.
    """
    cast = sorted(session.scalars(select(Ballot.leaf).join(Slip, Slip.tag == Ballot.key).where(Slip.batch_id == batch)))
    return {
        "record": "void",
        "batch": batch,
        "cast": len(cast),
        "leaves": hashlib.sha256(b"".join(cast)).hexdigest(),
        "random": system_random.token_bytes(RANDOM_BYTES).hex(),
    }


def registry(session: Session, campaign: Campaign, before: Sequence[Entry]) -> list[Entry]:
    """Batches of slips printed, and batches voided, since the entries of `before`."""
    known = {(entry["record"], entry["batch"]) for entry in before if entry["record"] in ("slips", "void")}
    entries: list[Entry] = []
    for batch in session.scalars(select(SlipBatch).where(SlipBatch.campaign_id == campaign.id).order_by(SlipBatch.id)):
        if ("slips", batch.id) not in known:
            tags = _tags(session, batch.id)
            entries.append(
                {
                    "record": "slips",
                    "batch": batch.id,
                    "style": batch.style_id,
                    "meeting": batch.meeting,
                    "issued": batch.issued,
                    "tags": hashlib.sha256(b"".join(tags)).hexdigest(),
                }
            )
        if batch.void and ("void", batch.id) not in known:
            entries.append(void_entry(session, batch.id))
    return [*entries, *late_changes(session, campaign, before)]


def late_changes(session: Session, campaign: Campaign, before: Sequence[Entry]) -> list[Entry]:
    """How the roster was changed after its approval, since the entries of `before`: of which kind, on which form, never whose.

    A subject who left is named by their code, as everywhere in the log. Why stands in the log of acts, whose head is here.
    """
    known = {entry["number"] for entry in before if entry["record"] == LATE}
    rows = session.scalars(select(LateChange).where(LateChange.campaign_id == campaign.id).order_by(LateChange.number))
    return [
        {
            "record": LATE,
            "number": one.number,
            "kind": one.kind.value,
            **({"style": one.style_id} if one.style_id else {}),
            **({"subject": one.code} if one.kind in (LateKind.LEFT, LateKind.BACK) else {}),
        }
        for one in rows
        if one.number not in known
    ]


def audit_head(session: Session, epoch: int) -> Entry:
    """How far the office's log of acts had come: the digest of its newest line, which says nothing of any.

    The epoch's number keeps the leaves of two epochs apart between which nobody did anything.
    """
    return {"record": AUDIT, "epoch": epoch, "head": audit.head(session).hex()}


def invitations(session: Session, campaign: Campaign) -> list[Entry]:
    """How many personal links of each form were in people's hands at the close."""
    counted = session.execute(
        select(Rater.style_id, func.count())
        .where(Rater.campaign_id == campaign.id, Rater.tag.is_not(None), Rater.style_id.is_not(None))
        .group_by(Rater.style_id)
        .order_by(Rater.style_id)
    )
    return [{"record": "invitations", "style": style, "issued": issued} for style, issued in counted]
