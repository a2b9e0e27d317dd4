"""The boxes in which comments lie until the opening: whether a form has one, sealing it, its end.

A form that asks for comments stores one box with every ballot, empty or not and all of one length: who wrote, and how many,
nobody knows before the opening. The box's row leads to no ballot. The order of writing would: in a page of SQLite's and in the
number of the transaction that PostgreSQL puts on both rows. So boxes stand in batches: each new one is written together with ten
that lie beside it, and nothing in the tables tells which of them is new. While people vote the write-ahead log still says which
box came with which ballot; the scrub after the close ends that for SQLite (`database`, docs/threat-model.md).
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from analysis.disclosure import floors
from questionnaires.model import CommentQuestion as Asked
from questionnaires.model import Scheme
from survey_app.models import Campaign, CommentBox
from survey_app.services.casting import comment_text
from survey_app.services.casting.comment_text import Comment
from survey_app.services.release import plan
from survey_app.services.sealing import custody

#: So many others are written anew with each box: fewer than are let out together would be no batch.
BATCH: Final = floors.EPOCH
_LOTS: Final = secrets.SystemRandom()


def find_question(session: Session, campaign: Campaign, scheme: Scheme, group: str) -> Asked | None:
    """What the forms of this group ask for; None where the scheme asks for nothing or the release plan lets no comment out."""
    box = scheme.groups[group].comment
    return box if box and plan.plan_of(session, campaign).lets(plan.COMMENTS) else None


def seal(campaign: Campaign, scheme: Scheme, comment: Comment) -> bytes:
    """The box to be stored with a ballot."""
    return custody.seal(campaign.public_key, comment_text.write(comment, comment_text.size(scheme)))


def put(session: Session, campaign_id: int, sealed: bytes) -> None:
    """Store one box, in the transaction that stores its ballot, and write `BATCH` that lie beside it by key anew.

    How many of them lie before it and how many after is drawn by lot, and so is the order of writing: of the boxes that this
    transaction wrote last, none stands out as the new one. Boxes that another cast is rewriting are left to it.
    """
    key = hashlib.sha256(sealed).digest()
    later = _beside(session, campaign_id, key, _LOTS.randint(0, BATCH), later=True)
    earlier = _beside(session, campaign_id, key, BATCH - len(later), later=False)
    if len(earlier) + len(later) < BATCH:  # the new one is among the first
        later = _beside(session, campaign_id, key, BATCH - len(earlier), later=True)
    beside = [*earlier, *later]
    if beside:
        session.execute(delete(CommentBox).where(CommentBox.key.in_([one for one, _ in beside])))
    rows = [{"key": one, "campaign_id": campaign_id, "sealed": box} for one, box in [*beside, (key, sealed)]]
    session.execute(insert(CommentBox), _LOTS.sample(rows, len(rows)))


def _beside(session: Session, campaign_id: int, key: bytes, most: int, *, later: bool) -> list[tuple[bytes, bytes]]:
    """The next boxes by key on one side, kept from other casts until this one is stored."""
    wanted = select(CommentBox.key, CommentBox.sealed).where(
        CommentBox.campaign_id == campaign_id, CommentBox.key > key if later else CommentBox.key < key
    )
    order = CommentBox.key if later else CommentBox.key.desc()
    return [(one, box) for one, box in session.execute(wanted.order_by(order).limit(most).with_for_update(skip_locked=True))]


def sealed_boxes(session: Session, campaign: Campaign) -> list[bytes]:
    """Every box of a campaign, in the order of their random keys."""
    return list(session.scalars(select(CommentBox.sealed).where(CommentBox.campaign_id == campaign.id).order_by(CommentBox.key)))


def destroy(session: Session, campaign: Campaign) -> None:
    """Remove every box, opened or not. The caller has the free pages rewritten."""
    session.execute(delete(CommentBox).where(CommentBox.campaign_id == campaign.id))
