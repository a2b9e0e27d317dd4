"""What goes straight past Flask is to the byte what Flask answers, and whatever is out of the ordinary goes to Flask."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from survey_app.changes import note_writing
from survey_app.models import Ballot, Campaign
from survey_app.services.campaign import campaigns
from survey_app.services.sealing import tokens
from survey_app.views.voter.straight import StraightWay
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, Town, build

pytestmark = pytest.mark.postgresql_later
BROWSER = {"Accept-Language": "zh-CN,zh;q=0.9", "Accept-Encoding": "gzip, deflate"}
ENGLISH = {"Accept-Language": "en-GB"}


@pytest.fixture(autouse=True)
def _believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: what is at hand stays there until something is written."""
    monkeypatch.setattr("survey_app.changes.BELIEVED_SECONDS", 3600.0)


@pytest.fixture
def town(session: Session) -> Town:
    return build(session, slips=8)


def form_of(town: Town, number: int, marks: tuple[int, ...] = GOOD_MARKS, **more: str) -> dict[str, str]:
    given = {f"m{place}": str(mark) for place, mark in enumerate(marks) if mark}
    return {"secret": tokens.secret_text(town.slips[number][0]), "alias": "", "version": "0", **given, **more}


def way_of(app: Flask) -> StraightWay:
    way: Any = app.wsgi_app
    assert isinstance(way, StraightWay)
    return way


@contextmanager
def without(app: Flask) -> Iterator[None]:
    """Flask alone."""
    with mock.patch.object(app, "wsgi_app", way_of(app)._flask):
        yield


@contextmanager
def alone(app: Flask) -> Iterator[None]:
    """Nothing reaches Flask."""

    def never(*_given: object) -> None:
        raise AssertionError("this went to Flask")

    with mock.patch.object(way_of(app), "_flask", never):
        yield


def seen(answer: TestResponse) -> tuple[int, list[tuple[str, str]], bytes]:
    """All that somebody outside can see, but for the server's clock."""
    return answer.status_code, sorted((name, value) for name, value in answer.headers if name != "Date"), answer.get_data()


@pytest.mark.parametrize("headers", [BROWSER, ENGLISH, {}, {"Accept-Encoding": "br"}])
@pytest.mark.parametrize("query", ["", "?lang=en", "?lang=zh-Hans"])
def test_the_form_is_the_same_with_headers_and_all(
    app: Flask, client: FlaskClient, town: Town, headers: Mapping[str, str], query: str
) -> None:
    address = f"/v/{town.guests}{query}"
    with without(app):
        by_flask = seen(client.get(address, headers=headers))
    for _ in range(2):
        client.get(address, headers=headers)  # the first lets the form be read, the second is learnt from
    with alone(app):
        assert seen(client.get(address, headers=headers)) == by_flask
    assert by_flask[0] == 200


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_a_review_is_the_same_whatever_was_marked(app: Flask, client: FlaskClient, town: Town, query: str) -> None:
    """Fifty fillings without anything wrong: at most one best, A1 known or not, a score or none."""
    dice, address = random.Random(7), f"/v/{town.guests}{query}"
    client.get(address)
    for _ in range(2):
        client.post(address, data=form_of(town, 0, stage="review"))
    for _ in range(50):
        others = [dice.randint(2, 4) for _ in range(5)]
        marks = (others[0], dice.randint(1, 3), dice.choice([0, 1, 50, 101]), *others[1:])
        data = form_of(town, 1, marks, stage="review", submission=f"{dice.getrandbits(128):032x}")
        with without(app):
            by_flask = seen(client.post(address, data=data))
        with alone(app):
            assert seen(client.post(address, data=data)) == by_flask
        assert by_flask[0] == 200


def test_a_review_without_an_id_of_its_own_gets_a_new_one_each_time(app: Flask, client: FlaskClient, town: Town) -> None:
    address, data = f"/v/{town.guests}", form_of(town, 0, stage="review")
    client.get(address)
    pages = [client.post(address, data=data).get_data(as_text=True) for _ in range(4)]
    assert len(set(re.findall(r'name="submission" value="([0-9a-f]{32})"', "".join(pages)))) == 4


def test_a_receipt_is_the_same_but_for_its_code_and_its_ballot_is_there(
    app: Flask, client: FlaskClient, session: Session, town: Town
) -> None:
    address = f"/v/{town.guests}"
    client.get(address)
    with without(app):
        by_flask = client.post(address, data=form_of(town, 0, stage="send", submission="0" * 32))
    client.post(address, data=form_of(town, 1, stage="send", submission="1" * 32))
    with alone(app):
        straight = client.post(address, data=form_of(town, 2, stage="send", submission="2" * 32))
        again = client.post(address, data=form_of(town, 2, stage="send", submission="2" * 32))
    assert seen(again) == seen(straight)
    codes = [re.findall(r'class="receipt-code">([^<]+)<', one.get_data(as_text=True))[0] for one in (by_flask, straight)]
    assert len(set(codes)) == 2
    assert seen(straight)[:2] == seen(by_flask)[:2]
    assert straight.get_data(as_text=True).replace(codes[1], "CODE") == by_flask.get_data(as_text=True).replace(codes[0], "CODE")
    assert session.scalar(select(func.count()).select_from(Ballot)) == 3


def status_of(client: FlaskClient, town: Town, data: Mapping[str, str], **headers: str) -> int:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(f"/v/{town.guests}", data=data, headers=named).status_code


def test_whatever_is_out_of_the_ordinary_is_answered_by_flask_as_ever(
    app: Flask, client: FlaskClient, session: Session, town: Town
) -> None:
    address = f"/v/{town.guests}"
    client.get(address)
    for number in (0, 1):
        assert status_of(client, town, form_of(town, number, stage="send", submission=f"{number}" * 32)) == 200
    good = form_of(town, 2, stage="send", submission="a" * 32)
    with alone(app):
        assert status_of(client, town, form_of(town, 3, stage="send", submission="b" * 32)) == 200  # it would go straight
    assert status_of(client, town, good, Origin="https://elsewhere.example") == 403
    assert status_of(client, town, good, Origin="null") == 403
    assert status_of(client, town, good, Sec_Fetch_Site="cross-site") == 403
    assert client.post(address, data="{}", content_type="application/json").status_code == 400
    assert client.post(address, data=MultiDict([*good.items(), ("m0", "1")])).status_code == 400
    assert status_of(client, town, {**good, "more": "1"}) == 400
    assert status_of(client, town, {**good, "m1": ""}) == 422
    assert status_of(client, town, {**good, "m3": "1", "m4": "1"}) == 422  # three best
    assert status_of(client, town, {**good, "comment": "x" * 70_000}) == 413
    assert status_of(client, town, {**good, "secret": tokens.secret_text(tokens.mint_secret())}) == 403
    assert status_of(client, town, form_of(town, 0, stage="send", submission="c" * 32)) == 409  # used
    assert status_of(client, town, form_of(town, 0, stage="review")) == 409
    assert status_of(client, town, {**good, "stage": "edit"}) == 200
    assert client.get(f"{address}?lang=xx").status_code == 200
    tag = client.get(address).headers["ETag"]
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert client.head(address).get_data() == b""
    assert session.scalar(select(func.count()).select_from(Ballot)) == 3
    session.rollback()  # this session's look would keep everybody from writing
    assert status_of(client, town, good) == 200  # nothing of all this has used it


def test_no_ballot_goes_straight_into_a_campaign_that_was_closed_meanwhile(
    app: Flask, client: FlaskClient, session: Session, engine: Engine, town: Town
) -> None:
    """The form at hand still says that it is open: another host closed it, and left no mark here."""
    address = f"/v/{town.guests}"
    client.get(address)
    for number in (0, 1):
        client.post(address, data=form_of(town, number, stage="send", submission=f"{number}" * 32))
        client.post(address, data=form_of(town, 2, stage="review"))
    with mock.patch("survey_app.changes.note_writing"):
        campaigns.close(session, session.get_one(Campaign, town.campaign_id), now=NOON)
        session.commit()
    assert status_of(client, town, form_of(town, 2, stage="send", submission="2" * 32)) == 410
    assert status_of(client, town, form_of(town, 2, stage="review")) == 410
    note_writing()
    assert client.get(address).status_code == 410


def test_a_body_that_breaks_off_is_answered_as_ever(app: Flask, town: Town) -> None:
    client = app.test_client()
    client.get(f"/v/{town.guests}")

    class Broken(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError("hung up")

    answer = client.post(
        f"/v/{town.guests}",
        input_stream=Broken(),
        content_length=20,
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400
