"""Who rates whom as a matrix: counted from the forms, head-counts put right in it, too long a form named first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import Campaign, Headcount, Rater
from survey_app.services.campaign import campaigns
from survey_app.services.roster import importing, loads, settling
from survey_app.services.sealing import custody
from survey_app.services.uploads import Upload
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns import hamlet

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def draft(session: Session) -> Iterator[Campaign]:
    """The hamlet before its approval: heads A, B, C of one unit, villagers with slips, the heads and two leaders sign."""
    made = campaigns.create(
        session, scheme_text=hamlet.TEXT, title="小村年度评议", period="2026", passphrase=hamlet.PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    importing.import_roster(session, made, [Upload(name, text.encode()) for name, text in hamlet.ROSTER.items()])
    session.commit()
    yield made
    session.rollback()


def test_each_cell_says_how_many_rate_whom(session: Session, draft: Campaign) -> None:
    """Of the three heads each has a form without themselves: two subjects, one item."""
    ratings = loads.ratings_of(session, draft)
    (row,) = ratings.by_unit()
    cells = {group: (cell.people, cell.subjects, cell.lines) for group, cell in row.cells.items()}
    assert cells["镇领导"] == (2, 3, 3)
    assert cells["同级"] == (3, 3, 3)
    assert cells["村民"][1:] == (3, 3)
    of_a = ratings.in_unit(ratings.units[0])[0]
    assert of_a.cells["同级"].people == 2  # B and C; A does not rate A
    longest = ratings.loads()[0]
    assert (longest.lines, longest.heavy) == (3, False)


def test_a_head_count_is_put_right_in_the_matrix_and_nonsense_changes_nothing(
    session: Session, draft: Campaign, office_client: FlaskClient
) -> None:
    address = f"/office/campaigns/{draft.key}/forms/who/"
    session.close()
    page = office_client.get(address).get_data(as_text=True)
    assert 'name="heads:村民:U"' in page
    token = csrf(office_client)
    for nonsense in ("-3", "二十", "9" * 20, "1.5"):
        answer = office_client.post(address, data={"csrf_token": token, "heads:村民:U": nonsense})
        assert answer.status_code == 422
    for name in ("heads:镇领导:U", "heads:没有:U"):
        assert office_client.post(address, data={"csrf_token": token, name: "3"}).status_code == 404
    assert office_client.post(address, data={"csrf_token": token, "heads:村民:NOWHERE": "3"}).status_code == 422
    assert office_client.post(address, data={"csrf_token": token}).status_code == 400
    assert office_client.post(address, data={"csrf_token": token, "heads:村民:U": " 41 "}).status_code == 302
    assert session.scalars(select(Headcount.entitled).where(Headcount.group_key == "村民")).all() == [41]
    assert office_client.get(address + "?unit=U").status_code == 200
    assert office_client.get(address + "?unit=NOWHERE").status_code == 404


def test_whoever_may_rate_themselves_or_stands_there_twice_is_named(session: Session, draft: Campaign) -> None:
    leader = session.scalars(select(Rater).where(Rater.group_key == "镇领导").order_by(Rater.id)).first()
    assert leader is not None
    head = session.scalars(select(Rater).where(Rater.group_key == "同级").order_by(Rater.id)).first()
    assert head is not None
    leader.name = head.name
    session.flush()
    told = [sentence % parts for sentence, parts in settling.remarks_of(session, draft)]
    assert any("同名" in one and head.name in one for one in told)
    assert any("写了几次" in one and head.name in one for one in told)
