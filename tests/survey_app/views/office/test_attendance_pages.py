"""Attendance is asked for before a box is opened: at every place how many came, or why nobody counted.

The two towns, closed and not counted: peers and residents in the east and in the west, four places, three slips at each.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, Headcount, StoredTally, Uncounted
from survey_app.services.books import attendance, headcounts
from survey_app.services.books.attendance import MissingAttendanceError
from survey_app.services.books.headcounts import Counts
from survey_app.services.counting import counting
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns import two_towns

PLACES = ["东镇 同事", "东镇 群众", "西镇 同事", "西镇 群众"]
BY_POST = "委托书面填写，没有开会"


@pytest.fixture
def address(app: Flask) -> str:
    """The office's pages of the closed campaign."""
    with resources(app).writing() as session:
        return f"/office/campaigns/{two_towns.build(session, count=False).key}"


@pytest.fixture
def look(app: Flask) -> Iterator[Session]:
    """What is stored."""
    with resources(app).reading() as session:
        yield session


def save(client: FlaskClient, address: str, **typed: str) -> tuple[int, str]:
    form = {name.replace("__", ":"): value for name, value in typed.items()}
    answer = client.post(f"{address}/counts/", data={"csrf_token": csrf(client), **form})
    return answer.status_code, answer.get_data(as_text=True)


def open_box(client: FlaskClient, address: str) -> tuple[int, str]:
    answer = client.post(f"{address}/count/", data={"csrf_token": csrf(client), "passphrase": two_towns.PASSPHRASE})
    return answer.status_code, answer.get_data(as_text=True)


def reasons(look: Session) -> dict[tuple[str, str], str]:
    look.rollback()
    rows = look.scalars(select(Uncounted)).all()
    units = {head.unit_id: head.unit.code for head in look.scalars(select(Headcount)) if head.unit}
    return {(units[row.unit_id], row.group_key): row.reason for row in rows}


def test_a_box_is_not_opened_while_a_place_has_neither_and_every_place_is_named(
    office_client: FlaskClient, address: str, look: Session
) -> None:
    assert save(office_client, address, present__E__同事="3")[0] == 302
    status, page = open_box(office_client, address)
    assert status == 409
    for place in PLACES[1:]:
        assert place.replace(" ", " · ") in page
        assert place in page
    assert "东镇 · 同事" not in page
    assert look.scalars(select(StoredTally)).all() == []


def test_one_reason_is_put_at_every_place_that_is_left_and_the_box_opens(
    office_client: FlaskClient, address: str, look: Session
) -> None:
    assert save(office_client, address, present__E__同事="3", reason__W__同事="停电", rest=f"  {BY_POST} ")[0] == 302
    assert reasons(look) == {("W", "同事"): "停电", ("E", "群众"): BY_POST, ("W", "群众"): BY_POST}
    written = look.scalars(select(AuditEvent.detail).where(AuditEvent.action == "counts-entered")).one()
    assert f"E/群众 reason -→{BY_POST}" in written
    assert open_box(office_client, address)[0] == 302


def test_who_was_counted_after_all_needs_no_reason(office_client: FlaskClient, address: str, look: Session) -> None:
    save(office_client, address, rest=BY_POST)
    assert len(reasons(look)) == len(PLACES)
    page = office_client.get(f"{address}/counts/").get_data(as_text=True)
    base = page.split('name="edit_base" value="')[1].split('"')[0]
    typed = {f"reason__{unit}__{group}": BY_POST for unit in "EW" for group in ("同事", "群众")}
    assert save(office_client, address, **typed, present__E__同事="3", edit_base=base)[0] == 302
    assert ("E", "同事") not in reasons(look)
    assert len(reasons(look)) == len(PLACES) - 1


def test_a_reason_is_short_enough_to_be_read_out(office_client: FlaskClient, address: str, look: Session) -> None:
    assert save(office_client, address, rest="长" * 201)[0] == 400
    assert reasons(look) == {}


def test_nothing_is_taken_back_after_the_count(session: Session) -> None:
    campaign = two_towns.build(session)  # 3 came to each place
    with pytest.raises(MissingAttendanceError, match="东镇 同事"):
        headcounts.save_counts(session, campaign, {("E", "同事"): Counts()})
    session.rollback()
    assert attendance.missing(session, session.scalars(select(Campaign)).one()) == []
    headcounts.save_counts(session, campaign, {("E", "同事"): Counts(reason=BY_POST)})


def test_a_terminal_names_every_place_in_its_one_sentence(session: Session) -> None:
    campaign = two_towns.build(session, count=False)
    with pytest.raises(MissingAttendanceError, match="有 4 处") as refused:
        counting.open_and_count(session, campaign, passphrase=two_towns.PASSPHRASE, account="评议办", now=NOON)
    assert all(place in str(refused.value) for place in PLACES)
    assert [f"{unit} {group}" for unit, group in refused.value.places] == PLACES
