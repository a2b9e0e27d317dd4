"""The states of a campaign: four words, one road, no way back."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from survey_app.models import Campaign, CampaignState
from tests.towns.small_scheme import build


def test_a_campaign_has_come_as_far_as_every_state_behind_it() -> None:
    reached = {state: [least for least in CampaignState if state.at_least(least)] for state in CampaignState}
    assert [len(reached[state]) for state in map(CampaignState, ("draft", "open", "closed", "counted"))] == [1, 2, 3, 4]
    assert not CampaignState.OPEN.at_least(CampaignState.CLOSED)


def test_a_word_that_is_no_state_is_refused_before_it_is_stored(session: Session) -> None:
    campaign = session.get_one(Campaign, build(session).campaign_id)
    with pytest.raises(ValueError, match="ajar"):
        campaign.state = "ajar"  # type: ignore[assignment]  # what a typing slip would do
    assert campaign.state is CampaignState.OPEN


def test_a_state_is_stored_as_the_plain_word_it_was_before_and_read_as_a_state(session: Session) -> None:
    town = build(session)
    session.commit()
    assert session.execute(text("SELECT state FROM campaign")).scalars().all() == ["open"]
    session.expire_all()
    assert session.get_one(Campaign, town.campaign_id).state is CampaignState.OPEN
