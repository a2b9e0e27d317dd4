"""Boxes of comments, on both databases: one with every ballot, in its transaction, parted from it by the scrub."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from survey_app.database import scrub
from survey_app.models import Ballot, Campaign
from survey_app.services.campaign import campaigns
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.comment_text import CommentError
from survey_app.services.casting.credentials import Credential
from survey_app.services.casting.refusals import FormError, SpentSlipError
from tests.support.clock import NOON
from tests.towns.small_scheme import QUICK, build
from tests.towns.wordy_town import ASKING, boxes, cast, sign


def test_a_form_that_asks_stores_one_box_with_every_ballot_written_or_not(session: Session) -> None:
    town = build(session, text=ASKING)
    first = cast(session, town, 0, "路灯坏了")
    cast(session, town, 1)
    sign(session, town, "", 0)
    kept = boxes(session)
    assert len(kept) == session.scalar(select(func.count()).select_from(Ballot)) == 3
    assert {len(box) for box in kept} == {640 + 4 * 200 + 48}  # and 48 of libsodium's sealed box
    assert all("路灯".encode() not in box for box in kept)
    assert cast(session, town, 0, " 路灯坏了\n") == first  # the same submission, differently blank
    assert len(boxes(session)) == 3


def test_other_words_on_a_used_slip_are_dropped_and_the_first_ones_stay(session: Session) -> None:
    town = build(session, text=ASKING)
    first = cast(session, town, 0, "第一句")
    before = boxes(session)
    for words in ("第二句", "", "字" * 21):
        assert cast(session, town, 0, words) == first  # a repeat, whatever it says
        with pytest.raises(SpentSlipError):
            cast(session, town, 0, words, submission=b"t" * 16)
    assert boxes(session) == before


def test_a_refused_ballot_leaves_no_words_and_words_too_long_no_ballot(session: Session) -> None:
    town = build(session, text=ASKING)
    with pytest.raises(CommentError, match="最多 20 个字"):
        cast(session, town, 0, "字" * 21)
    with pytest.raises(FormError):
        ballots.cast(
            session, style_id=town.guests, credential=Credential(secret=town.slips[0][0]), submission_id=b"s" * 16,
            marks=(9,) * 7, comment="好", alias_cost=QUICK,
        )  # fmt: skip
    assert boxes(session) == []
    assert session.scalars(select(Ballot)).all() == []
    cast(session, town, 0, "字" * 20)


def test_the_scrub_after_the_close_parts_boxes_from_ballots_and_changes_none(session: Session, engine: Engine) -> None:
    """On PostgreSQL a row's transaction number stands beside it: ballot and box share theirs until the scrub, not after it."""
    town = build(session, text=ASKING)
    for number in range(3):
        cast(session, town, number, "写")
    before = sorted(boxes(session))
    campaigns.close(session, session.get_one(Campaign, town.campaign_id), now=NOON)
    session.commit()
    scrub(engine)
    assert sorted(boxes(session)) == before
    if session.get_bind().dialect.name == "postgresql":
        of_ballots, of_boxes = (
            set(session.scalars(text(f"SELECT xmin::text FROM {table}")))  # noqa: S608 - names from here
            for table in ("ballot", "comment_box")
        )
        assert len(of_boxes) == 1
        assert of_ballots.isdisjoint(of_boxes)
