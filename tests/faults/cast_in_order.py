"""A small town whose ballots, each with a comment, are cast one by one in a known order; and where that order shows in bytes."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import Ballot, Campaign, Slip
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.cast import Credential
from survey_app.services.log import epochs
from survey_app.services.sealing import tokens
from tests.faults.canaries import TEXT
from tests.faults.order import tells
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, QUICK, Town, build


def cast_all(session: Session, casts: int, server_secret: str) -> Town:
    """A ballot for every slip, cast in the order of `town.slips`; each comment is the text of its voter's secret."""
    town = build(session, slips=casts, text=TEXT)
    epochs.begin(session, session.get_one(Campaign, town.campaign_id), secret=server_secret, now=NOON)
    session.commit()
    for secret, _alias in town.slips:
        ballots.cast(
            session,
            style_id=town.guests,
            credential=Credential(secret=secret),
            submission_id=secret,
            marks=GOOD_MARKS,
            comment=tokens.secret_text(secret),
            alias_cost=QUICK,
        )
    return town


def cast(session: Session, town: Town, of: str) -> list[bytes]:
    """One digest of each ballot (or of its slip), in the order of casting."""
    rows = session.execute(
        select(Slip.tag, Ballot.leaf, Ballot.submission, Slip.alias_digest).join(Slip, Slip.tag == Ballot.key)
    ).mappings()
    by_tag = {row["tag"]: row[of] for row in rows}
    session.rollback()
    return [by_tag[tokens.slip_tag(secret)] for secret, _alias in town.slips]


DIGESTS = ("tag", "leaf", "alias_digest")


def telling(session: Session, town: Town, data: bytes, names: Sequence[str] = DIGESTS) -> set[tuple[str, str]]:
    """Of which digests the first or the last places in these bytes betray the order of casting."""
    found = set()
    for name in names:
        digests = cast(session, town, name)
        for end, find in (("first", data.find), ("last", data.rfind)):
            places = [find(digest) for digest in digests]
            if -1 not in places and tells(places):
                found.add((name, end))
    return found
