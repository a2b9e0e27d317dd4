"""The code on the wall: good for its minute and the next, exchanged for a form that votes like any other, called indicative."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from werkzeug.test import TestResponse

from questionnaires.loader import load_scheme
from survey_app.errors import UserError
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Ballot, BallotStyle, Campaign, CampaignState, HallOpening, Room, Slip
from survey_app.services.books import headcounts
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.counting import counting
from survey_app.services.sealing import tokens
from survey_app.services.slips import hall as opened
from survey_app.services.slips import room_code
from survey_app.services.slips.hall import HallBusyError, HallClosedError, HallMinutesError, SeatPace
from survey_app.services.slips.room_code import CodeThrottledError, RoomFullError, StaleCodeError
from survey_app.services.slips.slips import BatchError
from survey_app.strain import Strain
from tests.support.application import csrf
from tests.support.attendance import attend
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
    session.merge(HallOpening(style_id=style.id, until=second(24 * 3600)))
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
    attend(session, campaign)
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    opening = counting.stored_opening(session, campaign)
    assert [(book.group, book.valid, book.invalid) for book in opening.tally.books if book.cast] == [("guests", 2, 0)]
    (line,) = [one for one in headcounts.reconcile(session, campaign) if not one.group.signed]
    assert (line.issued, line.cast, line.findings) == (2, 2, ())
    assert headcounts.all_counted(session, campaign)  # nothing lies in a box
    with pytest.raises(UserError, match="不在进行中"):
        room_code.hand_out(session, style, code, secret=SECRET, now=second(0))


def test_a_code_is_good_only_while_the_office_holds_the_hall_open(session: Session) -> None:
    style = hall(session, seats=9)
    code = room_code.show_code(style.id, secret=SECRET, now=second(0))
    opened.close(session, style)
    session.commit()
    for one in (code.code, code.scanned):
        with pytest.raises(HallClosedError, match="没有开放"):
            room_code.hand_out(session, style, one, secret=SECRET, now=second(0))
    assert opened.hold_open(session, style, minutes=1, now=second(0)) == second(60)
    session.commit()
    room_code.hand_out(session, style, code.code, secret=SECRET, now=second(59))
    session.commit()
    with pytest.raises(HallClosedError):  # by itself, although the code would be good for another minute
        room_code.hand_out(session, style, code.code, secret=SECRET, now=second(60))
    for minutes in (None, 0, 241):
        with pytest.raises(HallMinutesError, match="1 到 240"):
            opened.hold_open(session, style, minutes=minutes, now=second(0))


def test_guessed_codes_are_judged_a_few_at_a_time_and_scanned_ones_always(session: Session) -> None:
    """Forty are free, then one every two seconds: in half an hour 40 + 1800 / 2 = 940 guesses of 2^30 a process."""
    style, clock = hall(session, seats=9), [0.0]
    wrong = Strain(burst=40, drain=0.5, clock=lambda: clock[0])
    code = room_code.show_code(style.id, secret=SECRET, now=second(0))

    def typed(text: str) -> tokens.Alias:
        return room_code.hand_out(session, style, text, secret=SECRET, now=second(0), wrong_codes=wrong)[1]

    judged = 0
    for half_second in range(2 * 1800):
        clock[0] = half_second / 2
        for _ in range(2):
            try:
                typed("000000")
            except StaleCodeError:
                judged += 1
            except CodeThrottledError:
                pass
    assert 900 <= judged <= 942
    with pytest.raises(CodeThrottledError, match="扫描大屏幕上的二维码"):
        typed(code.code)
    assert typed(code.scanned)
    clock[0] += 4
    assert typed(code.code)


def test_one_hit_does_not_take_every_seat_at_once(session: Session) -> None:
    """After twenty at once one a second, and nobody is kept waiting over ten: 20 + 10 of 300 asked for in one moment."""
    style = hall(session, seats=300)
    slept: list[float] = []
    pace = SeatPace(clock=lambda: 1000.0, sleep=slept.append)
    code = room_code.show_code(style.id, secret=SECRET, now=second(0)).code
    refused = 0
    for _ in range(300):
        try:
            room_code.hand_out(session, style, code, secret=SECRET, now=second(0), pace=pace)
        except HallBusyError:
            refused += 1
        session.commit()
    assert session.scalars(select(Room.handed)).one() == 30
    assert refused == 270
    assert slept == [float(number) for number in range(1, 11)]


def test_who_waits_for_a_turn_holds_no_connection(session: Session) -> None:
    style = hall(session, seats=30)
    pool = session.get_bind().engine.pool
    assert isinstance(pool, QueuePool)
    held: list[int] = []
    pace = SeatPace(burst=0, clock=lambda: 1000.0, sleep=lambda _seconds: held.append(pool.checkedout()))
    code = room_code.show_code(style.id, secret=SECRET, now=second(0)).code
    room_code.hand_out(session, style, code, secret=SECRET, now=second(0), pace=pace)
    assert held == [0]


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
    assert "已经关闭" in office_client.get(address + town.guests).get_data(as_text=True)  # nothing to see before it is opened

    def act(what: str, **form: str) -> TestResponse:
        return office_client.post(address + what, data={"csrf_token": csrf(office_client), "style": town.guests, **form})

    assert act("open", minutes="0").status_code == 422
    assert act("open", minutes="30", style=town.members).status_code == 404
    assert act("open", minutes="30").status_code == 302
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
    assert act("close").status_code == 302
    refused = phone.post(f"/v/{town.guests}/room", data={"code": found.group(1)})
    assert (refused.status_code, "没有开放" in refused.get_data(as_text=True)) == (409, True)
    with resources(app).reading() as look:
        assert look.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()[-2:] == ["room-opened", "room-closed"]
