"""Sending the small town's forms as its people would."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.services.casting import cast
from survey_app.services.casting.cast import Credential, Receipt, Signature
from tests.towns.small_scheme import GOOD_MARKS, MEMBER_MARKS, QUICK, Town

SIGNED = Signature("王一")


def slip(town: Town, number: int = 0) -> Credential:
    return Credential(secret=town.slips[number][0])


def link(town: Town, number: int = 0) -> Credential:
    return Credential(secret=town.links[number][0])


def send(
    session: Session,
    town: Town,
    credential: Credential | None = None,
    *,
    marks: Sequence[int] = GOOD_MARKS,
    submission: bytes = b"s" * 16,
) -> Receipt:
    return cast.cast(
        session,
        style_id=town.guests,
        credential=credential or slip(town),
        submission_id=submission,
        marks=marks,
        alias_cost=QUICK,
    )


def sign(session: Session, town: Town, *, version: int, submission: bytes, marks: Sequence[int] = MEMBER_MARKS) -> Receipt:
    return cast.cast(
        session,
        style_id=town.members,
        credential=link(town),
        submission_id=submission,
        marks=marks,
        signature=SIGNED,
        version=version,
        alias_cost=QUICK,
    )


def set_state(session: Session, town: Town, state: str) -> None:
    session.execute(update(Campaign).where(Campaign.id == town.campaign_id).values(state=state))
    session.commit()
