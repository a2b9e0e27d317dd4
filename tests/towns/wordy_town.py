"""The small town whose forms ask for comments: guests may write 20 characters, members 200."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import CommentBox
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.credentials import Credential
from survey_app.services.sealing.sealed_content import Signature
from tests.towns.small_scheme import GOOD_MARKS, MEMBER_MARKS, QUICK, TEXT, Town

ASKING = TEXT.replace(
    "  guests: {title: {zh-Hans: 来宾, en: Guests}}\n  members: {title: {zh-Hans: 委员, en: Members}, signed: true}",
    "  guests: {title: {zh-Hans: 来宾, en: Guests}, comment: {characters: 20}}\n"
    "  members: {title: {zh-Hans: 委员, en: Members}, signed: true, comment: true}",
)


def cast(session: Session, town: Town, number: int, words: str = "", *, submission: bytes = b"s" * 16) -> ballots.Receipt:
    return ballots.cast(
        session, style_id=town.guests, credential=Credential(secret=town.slips[number][0]), submission_id=submission,
        marks=GOOD_MARKS, comment=words, alias_cost=QUICK,
    )  # fmt: skip


def sign(session: Session, town: Town, words: str, version: int) -> None:
    ballots.cast(
        session, style_id=town.members, credential=Credential(secret=town.links[0][0]), submission_id=bytes([version]) * 16,
        marks=MEMBER_MARKS, comment=words, version=version, signature=Signature("王一"), alias_cost=QUICK,
    )  # fmt: skip


def boxes(session: Session) -> list[bytes]:
    return list(session.scalars(select(CommentBox.sealed)))
