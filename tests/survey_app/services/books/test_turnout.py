"""Turnout says little while the vote is open, and the books everything once it is closed."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.models import Campaign
from survey_app.services.books import turnout
from tests.support.sending import send, set_state, sign, slip
from tests.towns.small_scheme import build


def test_turnout_moves_in_steps_of_ten_and_books_open_with_the_close(session: Session) -> None:
    town = build(session, slips=12)
    campaign = session.get_one(Campaign, town.campaign_id)
    for number in range(9):
        send(session, town, slip(town, number))
    sign(session, town, version=0, submission=b"1" * 16)
    sign(session, town, version=1, submission=b"2" * 16)
    # 9 guests and 1 member in force: every line is under ten, the whole is exactly ten.
    seen = turnout.turnout(session, campaign)
    assert {line.group_key: line.at_least for line in seen.lines} == {"guests": 0, "members": 0}
    assert seen.in_all == 10
    send(session, town, slip(town, 9))
    assert turnout.turnout(session, campaign).by_group == {"guests": 10, "members": 0}
    with pytest.raises(RefusedError):
        turnout.books(session, campaign)
    set_state(session, town, "closed")
    session.refresh(campaign)
    books = {line.group_key: (line.cast, line.superseded) for line in turnout.books(session, campaign)}
    assert books == {"guests": (10, 0), "members": (2, 1)}
