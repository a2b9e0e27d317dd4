"""The boxes in which comments lie until the opening: whether a form has one, sealing it, its end.

A form that asks for comments stores one box with every ballot, empty or not and all of one length: who wrote, and how many,
nobody knows before the opening. The box's row leads to no ballot. What does, while people vote, is the order of writing: the
write-ahead log, and PostgreSQL's number of the transaction on both rows. The scrub after the close ends both (`database`).
"""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from questionnaires.model import CommentQuestion as Asked
from questionnaires.model import Scheme
from survey_app.models import Campaign, CommentBox
from survey_app.services.casting import comment_text
from survey_app.services.casting.comment_text import Comment
from survey_app.services.release import plan
from survey_app.services.sealing import custody


def find_question(session: Session, campaign: Campaign, scheme: Scheme, group: str) -> Asked | None:
    """What the forms of this group ask for; None where the scheme asks for nothing or the release plan lets no comment out."""
    box = scheme.groups[group].comment
    return box if box and plan.plan_of(session, campaign).lets(plan.COMMENTS) else None


def seal(campaign: Campaign, scheme: Scheme, comment: Comment) -> bytes:
    """The box to be stored with a ballot."""
    return custody.seal(campaign.public_key, comment_text.write(comment, comment_text.size(scheme)))


def put(session: Session, campaign_id: int, sealed: bytes) -> None:
    """Store one box, in the transaction that stores its ballot."""
    session.add(CommentBox(key=hashlib.sha256(sealed).digest(), campaign_id=campaign_id, sealed=sealed))


def sealed_boxes(session: Session, campaign: Campaign) -> list[bytes]:
    """Every box of a campaign, in the order of their random keys."""
    return list(session.scalars(select(CommentBox.sealed).where(CommentBox.campaign_id == campaign.id).order_by(CommentBox.key)))


def destroy(session: Session, campaign: Campaign) -> None:
    """Remove every box, opened or not. The caller has the free pages rewritten."""
    session.execute(delete(CommentBox).where(CommentBox.campaign_id == campaign.id))
