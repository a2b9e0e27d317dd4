"""The hours of a round: it waits for its hour, the clock opens and closes it, a pause loses nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app import clock
from survey_app.extensions import resources
from survey_app.hour_keeping import do_due
from survey_app.models import AuditEvent, Ballot, Campaign, CampaignState
from survey_app.services.campaign import hours
from survey_app.services.campaign.hours import HourError, Hours
from survey_app.services.sealing import tokens
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later
HOUR = dt.timedelta(hours=1)
MARKS = ("1", "1", "", "2", "3", "4", "2")


@pytest.fixture
def town(session: Session) -> Town:
    """The small town, approved, waiting for an hour that is one away and closing in two."""
    town = build(session)
    session.execute(update(Campaign).values(halted="", opens=NOON + HOUR, closes=NOON + 2 * HOUR))
    session.commit()
    return town


def send(client: FlaskClient, town: Town, number: int = 0, stage: str = "send") -> tuple[int, str]:
    """A guest's whole form with a slip of its own: status and page."""
    form = {"stage": stage, "submission": "5" * 32, "secret": tokens.secret_text(town.slips[number][0])}
    form |= {f"m{place}": mark for place, mark in enumerate(MARKS)}
    answer = client.post(f"/v/{town.guests}", data=form)
    return answer.status_code, answer.get_data(as_text=True)


def at(app: Flask, moment: dt.datetime) -> int:
    """What the clock does then."""
    with clock.stop_at(moment):
        return do_due(resources(app))


def halted(session: Session) -> tuple[CampaignState, str | None]:
    session.rollback()
    state, why = session.execute(select(Campaign.state, Campaign.halted)).one()
    session.rollback()  # an open transaction would keep voters waiting
    return state, why


def test_before_its_hour_nothing_is_taken_and_everything_filled_in_stays(
    client: FlaskClient, session: Session, town: Town
) -> None:
    shut = client.get(f"/v/{town.guests}").get_data(as_text=True)
    assert ("投票还没有开放" in shut, "13:00" in shut) == (True, True)
    status, page = send(client, town)
    assert (status, "没有记录" in page, f'name="secret" value="{tokens.secret_text(town.slips[0][0])}"' in page) == (
        409,
        True,
        True,
    )
    assert session.scalars(select(Ballot)).all() == []


def test_the_clock_opens_and_closes_and_says_so_in_the_log(app: Flask, client: FlaskClient, session: Session, town: Town) -> None:
    assert at(app, NOON) == 0
    assert at(app, NOON + HOUR) == 1
    assert halted(session) == (CampaignState.OPEN, None)
    assert send(client, town)[0] == 200
    assert at(app, NOON + HOUR) == 0  # another worker, a moment later: nothing is left to do
    assert at(app, NOON + 2 * HOUR) == 1
    assert halted(session) == (CampaignState.CLOSED, None)
    assert send(client, town, 1)[0] == 410
    acts = session.execute(select(AuditEvent.account, AuditEvent.action).order_by(AuditEvent.id)).all()
    assert [tuple(one) for one in acts][-2:] == [("server", "voting-opened"), ("server", "campaign-closed")]


def test_a_pause_tells_voters_why_takes_no_ballot_and_the_clock_does_not_close_it(
    app: Flask, office_client: FlaskClient, client: FlaskClient, session: Session, town: Town
) -> None:
    at(app, NOON + HOUR)
    address, token = f"/office/campaigns/{town.key}/hours/", csrf(office_client)
    refused = office_client.post(f"{address}pause", data={"csrf_token": token, "reason": "  "})
    assert (refused.status_code, "原因" in refused.get_data(as_text=True)) == (422, True)
    reason = "会场停电 <b>"
    assert office_client.post(f"{address}pause", data={"csrf_token": token, "reason": reason}).status_code == 302
    page = client.get(f"/v/{town.guests}").get_data(as_text=True)
    assert "会场停电 &lt;b&gt;" in page
    status, kept = send(client, town)
    assert (status, "会场停电" in kept, "凭条没有用掉" in kept) == (409, True, True)
    assert at(app, NOON + 3 * HOUR) == 0
    assert "会场停电 &lt;b&gt;" in office_client.get(f"/office/campaigns/{town.key}/screen/").get_data(as_text=True)
    assert office_client.post(f"{address}pause", data={"csrf_token": token, "reason": "again"}).status_code == 409
    assert office_client.post(f"{address}begin", data={"csrf_token": token}).status_code == 302
    assert send(client, town)[0] == 200
    assert session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "voting-paused")).one().endswith(reason)


def test_a_slip_is_looked_at_before_the_hour_without_spending_it(client: FlaskClient, session: Session, town: Town) -> None:
    def asked(code: str, **more: str) -> tuple[int, str]:
        answer = client.post(f"/v/{town.guests}/slip", data={"code": code, **more})
        return answer.status_code, answer.get_data(as_text=True)

    secret, alias = town.slips[0]
    for code in (tokens.secret_text(secret), f"#{tokens.secret_text(secret)}", str(alias)):
        status, page = asked(code)
        assert (status, "这张凭条是好的" in page) == (200, True)
    assert asked("0" * 13)[0] in (403, 422)
    assert asked("")[0] == 400
    assert asked("x" * 500)[0] == 400
    assert asked(str(alias), more="1")[0] == 400
    session.execute(update(Campaign).values(halted=None))
    session.commit()
    assert send(client, town)[0] == 200
    assert "已经用过" in asked(tokens.secret_text(secret))[1]


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(NOON - HOUR, None), (None, NOON - HOUR), (NOON + 2 * HOUR, NOON + HOUR), (None, NOON + 400 * 24 * HOUR)],
)
def test_hours_that_cannot_be_are_refused(
    session: Session, town: Town, opens: dt.datetime | None, closes: dt.datetime | None
) -> None:
    campaign = session.scalars(select(Campaign)).one()
    with pytest.raises(HourError):
        hours.check(campaign, Hours(opens, closes), now=NOON)


def test_hours_are_typed_as_the_clock_on_the_wall_shows_them(office_client: FlaskClient, session: Session, town: Town) -> None:
    session.execute(update(Campaign).values(state="draft", halted=None, opens=None, closes=None))
    session.commit()
    address, token = f"/office/campaigns/{town.key}/hours/", csrf(office_client)
    for wrong in ("tomorrow", "2026-13-40T99:00", "9" * 4000, "<script>"):
        answer = office_client.post(address, data={"csrf_token": token, "opens": wrong, "closes": ""})
        assert (answer.status_code, "认不出来" in answer.get_data(as_text=True)) == (422, True)
    form = {"csrf_token": token, "opens": "2099-01-02T08:30", "closes": "2099-01-02 17:00"}
    assert office_client.post(address, data=form).status_code == 302
    campaign = session.scalars(select(Campaign).execution_options(populate_existing=True)).one()
    assert campaign.opens == dt.datetime(2099, 1, 2, 8, 30, tzinfo=dt.UTC)
    assert campaign.closes == dt.datetime(2099, 1, 2, 17, 0, tzinfo=dt.UTC)
    page = office_client.get(f"/office/campaigns/{town.key}").get_data(as_text=True)
    assert "2099" in page.split('class="round-road"')[1].split("</ol>")[0]


def test_what_approval_freezes_waits_for_its_hour() -> None:
    campaign = Campaign(opens=NOON + HOUR, state=CampaignState.OPEN)
    hours.at_approval(campaign, now=NOON)
    assert campaign.halted == ""
    hours.at_approval(campaign, now=NOON + HOUR)
    assert campaign.halted is None
