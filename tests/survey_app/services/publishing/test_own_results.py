"""Somebody who was rated reads their own results: by a link that opens once, after publication, for half an hour.

The two teams (towns/ledger_town): 张一 P1 and 李二 P2 belong to 甲镇, 乙镇班子 TB to 乙镇. P1 scores 95 and P2 70.
"""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, SubjectLink
from survey_app.services.publishing import publications
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.printed import pdf_of
from tests.support.publishing import confirm_everything, publish
from tests.towns import ledger_town

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def key(app: Flask, office_client: FlaskClient, session: Session) -> str:
    """A counted campaign of which everything was confirmed and published at noon."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    confirm_everything(session, campaign)
    publish(session, campaign)
    found = campaign.key
    session.close()
    return found


def later(app: Flask, passed: dt.timedelta) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON + passed


def letters(client: FlaskClient, key: str, *codes: str, until: str = "2026-12-20", **changes: str) -> TestResponse:
    address = f"/office/campaigns/{key}/own-results/"
    seen = re.search(r'name="seen" value="([^"]*)"', client.get(address).get_data(as_text=True))
    form = {"csrf_token": csrf(client), "seen": seen[1] if seen else "", "until": until, **changes}
    return client.post(address, data={**form, "subject": list(codes)})


def links(answer: TestResponse) -> list[str]:
    """The paths that the QR codes of the letters lead to."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found = reading.read_qr_from_pdf(pdf_of(answer.get_data(as_text=True)))
    return [one.removeprefix("http://pingyi.test") for one in found]


def opened(app: Flask, link: str) -> tuple[FlaskClient, TestResponse]:
    """A phone that opened it, and what it was answered."""
    phone = app.test_client()
    page = phone.get(link).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return phone, phone.post(link, data={"csrf_token": token[1] if token else ""})


def test_a_link_opens_ones_own_page_once_for_half_an_hour(app: Flask, office_client: FlaskClient, key: str) -> None:
    (link,) = links(letters(office_client, key, "P1"))
    looking = app.test_client()
    for _ in range(3):
        assert looking.get(link).status_code == 200  # a mail scanner looks, and nothing is spent
    phone, answer = opened(app, link)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/mine/")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("pingyi-own="))
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    page = unescape(phone.get("/mine/").get_data(as_text=True))
    assert "张一" in page
    assert ">95.00<" in page
    for word in ("李二", "乙镇", ">70.00<", "甲镇班子", "班子为差的", "点开任何一个数"):
        assert word not in page, word
    assert looking.get(link).status_code == 404
    assert opened(app, link)[1].status_code in (400, 404)
    assert app.test_client().get("/mine/").status_code == 404
    later(app, 30 * MINUTE)
    assert phone.get("/mine/").status_code == 200
    later(app, 31 * MINUTE)
    assert phone.get("/mine/").status_code == 404


@on_sqlite
def test_a_visit_opens_nothing_of_the_office_and_an_account_is_no_visit(app: Flask, office_client: FlaskClient, key: str) -> None:
    phone, _answer = opened(app, links(letters(office_client, key, "P1"))[0])
    for address in ("/office/", f"/office/results/{key}/", f"/office/results/{key}/subjects/P1", f"/office/campaigns/{key}"):
        assert phone.get(address).headers["Location"].startswith("/office/sign-in"), address
    assert office_client.get("/mine/").status_code == 404


@on_sqlite
def test_printing_anew_ends_the_earlier_link_and_its_visit(app: Flask, office_client: FlaskClient, key: str) -> None:
    first, other = links(letters(office_client, key, "P1", "P2"))
    phone, _answer = opened(app, first)
    (again,) = links(letters(office_client, key, "P1"))
    assert phone.get("/mine/").status_code == 404
    assert [app.test_client().get(one).status_code for one in (first, other, again)] == [404, 200, 200]


@on_sqlite
def test_a_page_of_before_prints_nothing(app: Flask, office_client: FlaskClient, key: str) -> None:
    stale = letters(office_client, key, "P1", seen="0" * 64)
    assert (stale.status_code, "什么都没有印" in stale.get_data(as_text=True)) == (409, True)
    (link,) = links(letters(office_client, key, "P1"))
    address = f"/office/campaigns/{key}/own-results/"
    seen = re.search(r'name="seen" value="([^"]*)"', office_client.get(address).get_data(as_text=True))
    opened(app, link)  # used since
    assert seen
    assert letters(office_client, key, "P1", seen=seen[1]).status_code == 409


@on_sqlite
@pytest.mark.parametrize(("until", "status"), [("2026-11-01", 400), ("2028-01-01", 400), ("someday", 400)])
def test_a_link_ends_on_a_day(app: Flask, office_client: FlaskClient, key: str, until: str, status: int) -> None:
    assert letters(office_client, key, "P1", until=until).status_code == status
    (link,) = links(letters(office_client, key, "P1", until="2026-12-20"))
    last = dt.datetime(2026, 12, 20, 23, 59, tzinfo=dt.UTC)
    app.config["PINGYI_CLOCK"] = lambda: last
    assert app.test_client().get(link).status_code == 200
    app.config["PINGYI_CLOCK"] = lambda: last + MINUTE
    assert app.test_client().get(link).status_code == 404


@on_sqlite
def test_nothing_is_shown_or_printed_that_is_not_published(app: Flask, office_client: FlaskClient, key: str) -> None:
    phone, _answer = opened(app, links(letters(office_client, key, "P1"))[0])
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        publications.stop(session, campaign, reason="核对", account="评议办", now=NOON)
        session.commit()
    assert phone.get("/mine/").status_code == 404
    assert letters(office_client, key, "P1").status_code == 409
    with resources(app).writing() as session:
        publish(session, session.scalars(select(Campaign)).one(), units=["B"])
    assert phone.get("/mine/").status_code == 404
    assert letters(office_client, key, "P1").status_code == 409
    assert len(links(letters(office_client, key, "TB"))) == 1


@on_sqlite
def test_an_outcome_nobody_confirmed_is_not_shown(app: Flask, office_client: FlaskClient, session: Session) -> None:
    """P1's grade is held at 较好 by a cap, and P2 is called in for a talk: neither was confirmed."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    publish(session, campaign)
    found = campaign.key
    session.close()
    one, two = (opened(app, link)[0] for link in links(letters(office_client, found, "P1", "P2")))
    assert "未确定" in one.get("/mine/").get_data(as_text=True)
    assert "约谈" not in two.get("/mine/").get_data(as_text=True)


@on_sqlite
def test_a_raised_flag_stands_once_on_ones_own_page(app: Flask, office_client: FlaskClient, key: str) -> None:
    """P2 was criticised twice and is called in for a talk: the flag 约谈, what follows from it, and what raised it, each once."""
    phone, _answer = opened(app, links(letters(office_client, key, "P2"))[0])
    page = unescape(phone.get("/mine/").get_data(as_text=True))
    assert (page.count("约谈"), page.count("谈话提醒"), page.count("2 达到 2")) == (1, 1, 1), page


@on_sqlite
def test_only_digests_of_the_secrets_are_stored_and_the_log_has_none(app: Flask, office_client: FlaskClient, key: str) -> None:
    (link,) = links(letters(office_client, key, "P1"))
    secret = link.rsplit("/", 1)[1]
    assert re.fullmatch(r"[0-9a-f]{32}", secret)
    _phone, answer = opened(app, link)
    visit = re.findall(r"pingyi-own=([0-9a-f]{32})", " ".join(answer.headers.getlist("Set-Cookie")))[0]
    with resources(app).reading() as look:
        row = look.scalars(select(SubjectLink)).one()
        stored = repr((row.digest, row.visit)).encode() + row.digest + (row.visit or b"")
        log = " ".join(look.scalars(select(AuditEvent.detail)))
    for hidden in (secret, visit):
        assert bytes.fromhex(hidden) not in stored
        assert hidden not in log
