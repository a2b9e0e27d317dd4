"""A rehearsal and next year's round: roster and words come along, no answer does; and who is missing among those who sign."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey_app.models import Ballot, Campaign, Rater, Slip, Subject
from survey_app.services.sealing import tokens
from tests.support.application import csrf
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later


def test_a_rehearsal_is_a_round_of_its_own_and_says_so_everywhere(office_client: FlaskClient, session: Session) -> None:
    town = build(session, state="draft")
    address = f"/office/campaigns/{town.key}/again/"
    assert office_client.post(f"{address}rehearsal", data={"csrf_token": csrf(office_client)}).status_code == 302
    made = session.scalars(select(Campaign).where(Campaign.key != town.key)).one()
    assert (made.title.startswith("【演练 TEST】"), made.demo, made.public_key) == (True, True, town.public_key)
    assert made.salt != session.scalars(select(Campaign.salt).where(Campaign.key == town.key)).one()
    people = select(func.count()).select_from(Subject).where(Subject.campaign_id == made.id)
    assert session.scalar(people) == 5
    assert {rater.tag for rater in session.scalars(select(Rater).where(Rater.campaign_id == made.id))} == {None}
    assert session.scalar(select(func.count()).select_from(Slip)) == 3  # the town's own, and none besides


def test_next_years_round_takes_the_roster_and_nothing_that_was_answered(office_client: FlaskClient, session: Session) -> None:
    town = build(session)
    address, token = f"/office/campaigns/{town.key}/again/", csrf(office_client)
    for wrong in ({"period": "2026"}, {"period": ""}, {"title": "", "period": "2027"}, {"title": "长" * 300, "period": "2027"}):
        answer = office_client.post(f"{address}next", data={"csrf_token": token, "title": "小镇", **wrong})
        assert answer.status_code in {400, 409, 422}, wrong
    assert office_client.post(f"{address}rehearsal", data={"csrf_token": token}).status_code == 409  # not of an open round
    form = {"csrf_token": token, "title": "小镇", "period": "2027"}
    assert office_client.post(f"{address}next", data=form).status_code == 302
    made = session.scalars(select(Campaign).where(Campaign.period == "2027")).one()
    assert (made.state, made.demo, made.wrapped_key) == ("draft", False, b"")
    assert session.scalar(select(func.count()).select_from(Ballot)) == 0


def test_the_missing_are_named_among_those_who_sign_and_reminded_without_a_code(
    office_client: FlaskClient, client: FlaskClient, session: Session
) -> None:
    town = build(session)
    session.execute(update(Rater).where(Rater.code == "M2").values(name="=1+1"))
    session.commit()
    sign(client, town)
    address = f"/office/campaigns/{town.key}/missing/"
    page = office_client.get(address).get_data(as_text=True)
    assert ("还没有送出的 1 人" in page, ">M1<" in page, ">M2<" in page, "不足 10" in page) == (True, False, True, True)
    told = office_client.get(f"{address}reminders.csv").get_data(as_text=True)
    (_heads, row) = csv.reader(io.StringIO(told.removeprefix("\ufeff")))
    assert (row[0], row[1]) == ("M2", "'=1+1")
    assert all(tokens.secret_text(secret) not in told and str(alias) not in told for secret, alias in town.links)
    assert office_client.get(f"{address}reminders.xlsx").get_data()[:2] == b"PK"
    assert office_client.get(f"{address}reminders.pdf").get_data()[:4] == b"%PDF"


def sign(client: FlaskClient, town: Town) -> None:
    """The first member sends a form."""
    form = {
        "stage": "send",
        "submission": "6" * 32,
        "secret": tokens.secret_text(town.links[0][0]),
        "name": "王一",
        "version": "0",
    }
    form |= {f"m{place}": mark for place, mark in enumerate("11234")}
    answer = client.post(f"/v/{town.members}", data=form)
    assert answer.status_code == 200, answer.get_data(as_text=True)
