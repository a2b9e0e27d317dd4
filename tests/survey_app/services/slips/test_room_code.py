"""The code on the wall: good for its minute and the next, exchanged for a form that votes like any other, called indicative."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from questionnaires.loader import load_scheme
from survey_app.errors import UserError
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Ballot, BallotStyle, Campaign, CampaignState, Room, Slip
from survey_app.services.books import headcounts
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.counting import counting
from survey_app.services.sealing import tokens
from survey_app.services.slips import room_code
from survey_app.services.slips.room_code import RoomFullError, StaleCodeError
from survey_app.services.slips.slips import BatchError
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, PASSPHRASE, QUICK, TEXT, build

SHARED = TEXT.replace("{zh-Hans: 来宾, en: Guests}}", "{zh-Hans: 来宾, en: Guests}, admission: shared code}")
SECRET = "a server's own secret of some length"


def second(number: int) -> dt.datetime:
    """So many seconds after a full minute."""
    return NOON.replace(second=0, microsecond=0) + dt.timedelta(seconds=number)


def hall(session: Session, seats: int = 2) -> BallotStyle:
    town = build(session, slips=0, text=SHARED)
    style = session.get_one(BallotStyle, town.guests)
    room_code.store(session, room_code.prepare(style, seats=seats, meeting="大会", secret=SECRET, cost=QUICK))
    session.commit()
    return style


def test_the_code_is_good_for_its_minute_and_the_next(session: Session) -> None:
    style = hall(session, seats=9)
    code = room_code.show_code(style.id, secret=SECRET, now=second(10))
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}", code.code)
    assert code.seconds == 50  # 60 - 10
    assert room_code.show_code(style.id, secret=SECRET, now=second(59)).code == code.code
    assert room_code.show_code(style.id, secret=SECRET, now=second(60)).code != code.code
    assert room_code.show_code(style.id, secret=SECRET + "x", now=second(10)).code != code.code
    assert room_code.show_code("0123456789", secret=SECRET, now=second(10)).code != code.code
    for moment, typed in ((0, code.code), (59, code.code.lower().replace("-", " ")), (119, code.code)):
        room_code.hand_out(session, style, typed, secret=SECRET, now=second(moment))
    for moment in (-1, 120, 3600):  # the minute before it was shown, and two minutes on
        with pytest.raises(StaleCodeError):
            room_code.hand_out(session, style, code.code, secret=SECRET, now=second(moment))
    with pytest.raises(StaleCodeError):
        room_code.hand_out(session, style, "", secret=SECRET, now=second(10))


def test_each_exchange_gives_another_form_until_the_seats_are_gone(session: Session) -> None:
    style = hall(session, seats=2)
    code = room_code.show_code(style.id, secret=SECRET, now=second(0)).code
    taken = [room_code.hand_out(session, style, code, secret=SECRET, now=second(0)) for _ in range(2)]
    session.commit()
    with pytest.raises(RoomFullError):
        room_code.hand_out(session, style, code, secret=SECRET, now=second(0))
    session.rollback()
    # By link and by typed alias alike; a form is spent once.
    assert len(set(taken)) == 2
    ways = (Credential(secret=taken[0][0]), Credential(alias=taken[1][1]))
    for number, way in enumerate(ways):
        cast.cast(
            session, style_id=style.id, credential=way, submission_id=bytes([number]) * 16, marks=GOOD_MARKS, alias_cost=QUICK
        )
    with pytest.raises(UserError, match="已经用过"):
        cast.cast(session, style_id=style.id, credential=ways[0], submission_id=b"z" * 16, marks=GOOD_MARKS, alias_cost=QUICK)
    campaign = session.get_one(Campaign, style.campaign_id)
    campaign.state, campaign.closed = CampaignState.CLOSED, NOON
    session.commit()
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    opening = counting.stored_opening(session, campaign)
    assert [(book.group, book.valid, book.invalid) for book in opening.tally.books if book.cast] == [("guests", 2, 0)]
    (line,) = [one for one in headcounts.reconcile(session, campaign) if not one.group.signed]
    assert (line.issued, line.cast, line.findings) == (2, 2, ())
    assert headcounts.all_counted(session, campaign)  # nothing lies in a box
    with pytest.raises(UserError, match="不在进行中"):
        room_code.hand_out(session, style, code, secret=SECRET, now=second(0))


def test_the_database_alone_yields_no_code_and_no_form(session: Session) -> None:
    style = hall(session)
    seed = session.scalars(select(Room.seed)).one()
    tags = set(session.scalars(select(Slip.tag)))
    own, _ = room_code._seat(seed, SECRET, 0)
    guessed, _ = room_code._seat(seed, "another secret", 0)
    assert tokens.slip_tag(own) in tags
    assert tokens.slip_tag(guessed) not in tags
    assert session.get(Ballot, tokens.slip_tag(own)) is None
    assert style.id


def test_only_groups_of_the_shared_code_get_one_and_they_are_called_indicative_everywhere(session: Session) -> None:
    scheme = load_scheme(SHARED, "small.yml")
    titles = {tag: scheme.groups["guests"].title.in_(tag) for tag in ("zh-Hans", "en")}
    assert titles == {"zh-Hans": "来宾（仅供参考）", "en": "Guests (indicative)"}
    assert scheme.groups["members"].title.in_("zh-Hans") == "委员"
    town = build(session)
    with pytest.raises(BatchError, match="不用公用码"):
        room_code.prepare(session.get_one(BallotStyle, town.guests), seats=5, meeting="大会", secret=SECRET, cost=QUICK)


def test_the_office_projects_and_a_phone_without_script_gets_a_form(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = build(session, slips=0, text=SHARED)
    address = f"/office/campaigns/{town.key}/room/"

    def prepare(**form: str) -> TestResponse:
        common = {"csrf_token": csrf(office_client), "style": town.guests, "meeting": "大会"}
        return office_client.post(address, data={**common, **form})

    assert "来宾（仅供参考）" in office_client.get(address).get_data(as_text=True)
    assert prepare(seats="0").status_code == 422
    assert prepare(seats="3", style=town.members).status_code == 404
    assert prepare(seats="3").status_code == 302
    with resources(app).reading() as look:
        assert look.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "room-prepared"
    wall = office_client.get(address + town.guests)
    assert 1 <= int(wall.headers["Refresh"]) <= 60
    found = re.search(r'class="code">(\w{3}-\w{3})<', wall.get_data(as_text=True))
    assert found
    phone = app.test_client()
    door = phone.get(f"/v/{town.guests}/room?code={found.group(1)}")
    assert f'value="{found.group(1)}"' in door.get_data(as_text=True)
    with resources(app).reading() as look:
        assert look.scalars(select(Room.handed)).one() == 0  # looking hands nothing out
    refused = phone.post(f"/v/{town.guests}/room", data={"code": "000-000"})
    assert refused.status_code == 403
    page = phone.post(f"/v/{town.guests}/room", data={"code": found.group(1)})
    given = page.get_data(as_text=True)
    link, alias = re.search(rf'href="/v/{town.guests}#(\w{{26}})"', given), re.search(r'<bdi dir="ltr">([\w-]{16})</bdi>', given)
    assert link
    assert alias
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    with resources(app).writing() as session:
        credential = Credential(alias=tokens.parse_alias(alias.group(1)))
        secret = tokens.slip_tag(tokens.parse_secret(link.group(1)))
        cast.cast(
            session, style_id=town.guests, credential=credential, submission_id=b"a" * 16, marks=GOOD_MARKS, alias_cost=QUICK
        )
        assert session.get(Ballot, secret) is not None  # link and alias are one form
    assert phone.get(f"/v/{town.members}/room").status_code == 404
