"""A leader without an account reads what was published, by a link that ends: nothing else, nothing longer, and counted.

The two teams (towns/ledger_town): 张一 P1 (95) and 李二 P2 (70) belong to 甲镇 A with their team TA, 乙镇班子 TB to 乙镇 B.
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
from survey_app.models import AuditEvent, Campaign, ViewingLink
from survey_app.services.publishing import publications
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.printed import pdf_of
from tests.support.publishing import confirm_everything, publish
from tests.towns import ledger_town, small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
GONE = "这个链接不能用"


@pytest.fixture
def key(app: Flask, office_client: FlaskClient, session: Session) -> str:
    """A counted campaign of which everything was confirmed and published at noon; its office is one person."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    confirm_everything(session, campaign)
    publish(session, campaign)
    found = campaign.key
    session.close()
    return found


def asked(client: FlaskClient, key: str, *units: str, **changes: str) -> TestResponse:
    form = {"csrf_token": csrf(client), "reader": "组织部 部长", "until": "2026-12-20", **changes}
    return client.post(f"/office/campaigns/{key}/viewing-links/", data={**form, "unit": list(units or ("A", "B"))})


def link_of(answer: TestResponse) -> str:
    """The path that the sheet's QR code leads to."""
    assert answer.status_code == 200, answer.get_data(as_text=True)
    (found,) = reading.read_qr_from_pdf(pdf_of(answer.get_data(as_text=True)))
    return str(found).removeprefix("http://pingyi.test")


def read(app: Flask, path: str) -> TestResponse:
    """What a browser that never was here is answered."""
    return app.test_client().get(path)


def rows(app: Flask) -> list[tuple[int, str]]:
    with resources(app).reading() as look:
        return [(one.views, one.ended_why) for one in look.scalars(select(ViewingLink).order_by(ViewingLink.id))]


def test_the_link_opens_what_was_published_and_sets_no_cookie(app: Flask, office_client: FlaskClient, key: str) -> None:
    link = link_of(asked(office_client, key))
    listed = read(app, link)
    page = unescape(listed.get_data(as_text=True))
    assert listed.status_code == 200
    for word in ("张一", "李二", "乙镇班子", ">95.00<", "组织部 部长", "2026年12月20日"):
        assert word in page, word
    assert "Set-Cookie" not in listed.headers
    assert '="/office' not in page
    person = read(app, f"{link}P2")
    told = unescape(person.get_data(as_text=True))
    assert (person.status_code, ">70.00<" in told, "约谈" in told, "谈话提醒" in told) == (200, True, True, True)
    assert "Set-Cookie" not in person.headers
    assert rows(app) == [(2, "")]
    shown = office_client.get(f"/office/campaigns/{key}/viewing-links/").get_data(as_text=True)
    assert "2 页" in shown
    assert link.strip("/").rsplit("/", 1)[1] not in shown


@on_sqlite
def test_a_link_of_some_units_shows_no_others(app: Flask, office_client: FlaskClient, key: str) -> None:
    link = link_of(asked(office_client, key, "A"))
    page = unescape(read(app, link).get_data(as_text=True))
    assert ("张一" in page, "乙镇班子" in page) == (True, False)
    assert [read(app, f"{link}{code}").status_code for code in ("P1", "TB", "nobody")] == [200, 404, 404]
    assert "乙镇班子" not in unescape(read(app, f"{link}?q=乙镇").get_data(as_text=True))


@on_sqlite
def test_it_opens_nothing_of_the_office_and_nothing_of_another_campaign(
    app: Flask, office_client: FlaskClient, session: Session, key: str
) -> None:
    other = small_scheme.build(session, key="OTHER").key
    link = link_of(asked(office_client, key))
    for address in ("/office/", f"/office/results/{key}/", f"/office/results/{key}/results.xlsx", f"/office/campaigns/{key}"):
        assert read(app, address).headers["Location"].startswith("/office/sign-in"), address
    for address in (f"{link}results.xlsx", f"{link}../{other}", f"{link}{other}", f"/look/{other}/", f"/look/{key}/", "/look/"):
        assert read(app, address).status_code == 404, address
    assert asked(office_client, key, "X").status_code == 400  # no unit of this campaign
    assert asked(office_client, other, "A").status_code == 409  # not counted: there is nothing to see


@on_sqlite
def test_what_is_guessed_altered_or_ended_is_answered_alike(app: Flask, office_client: FlaskClient, key: str) -> None:
    link = link_of(asked(office_client, key))
    secret = link.strip("/").rsplit("/", 1)[1]
    flipped = f"{int(secret[0], 16) ^ 1:x}{secret[1:]}"
    for wrong in ("0" * 32, flipped, secret[:-1], secret + "0", secret.upper() if secret.upper() != secret else "x", "%00"):
        answer = read(app, f"/look/{wrong}/")
        assert (answer.status_code, GONE in answer.get_data(as_text=True)) == (404, True), wrong
    address = f"/office/campaigns/{key}/viewing-links/1/end"
    silent = office_client.post(address, data={"csrf_token": csrf(office_client), "reason": " "})
    assert (silent.status_code, read(app, link).status_code) == (400, 200)
    for status in (302, 409):
        ended = office_client.post(address, data={"csrf_token": csrf(office_client), "reason": "人已调走"})
        assert ended.status_code == status
    assert GONE in read(app, link).get_data(as_text=True)
    assert read(app, f"{link}P1").status_code == 404
    assert rows(app) == [(1, "人已调走")]
    stranger = office_client.post(
        f"/office/campaigns/{key}/viewing-links/7/end", data={"csrf_token": csrf(office_client), "reason": "x"}
    )
    assert stranger.status_code == 404


@on_sqlite
def test_it_ends_with_its_day_by_the_clock(app: Flask, office_client: FlaskClient, key: str) -> None:
    for until, status in (("2026-11-01", 400), ("2028-01-01", 400), ("someday", 400), ("9999-12-31", 400)):
        assert asked(office_client, key, until=until).status_code == status, until
    assert asked(office_client, key, reader="  ").status_code == 400
    assert asked(office_client, key, reader="长" * 121).status_code == 400
    link = link_of(asked(office_client, key))
    last = dt.datetime(2026, 12, 20, 23, 59, tzinfo=dt.UTC)
    app.config["PINGYI_CLOCK"] = lambda: last
    assert read(app, link).status_code == 200
    app.config["PINGYI_CLOCK"] = lambda: last + dt.timedelta(minutes=1)
    assert GONE in read(app, link).get_data(as_text=True)
    assert rows(app) == [(1, "")]


@on_sqlite
def test_what_is_no_longer_published_is_not_shown(app: Flask, office_client: FlaskClient, key: str) -> None:
    link = link_of(asked(office_client, key))
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        publications.stop(session, campaign, reason="核对", account="评议办", now=NOON)
        session.commit()
    page = read(app, link).get_data(as_text=True)
    assert ("结果现在没有公布" in page, "张一" in page) == (True, False)
    assert "张一" not in read(app, f"{link}P1").get_data(as_text=True)
    with resources(app).writing() as session:
        begins = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
        publish(session, session.scalars(select(Campaign)).one(), starts=begins)
    page = read(app, link).get_data(as_text=True)
    assert ("定于 2026年12月1日 09:00" in page, "张一" in page) == (True, False)


@on_sqlite
def test_only_a_digest_of_the_secret_is_stored_and_the_log_has_none(app: Flask, office_client: FlaskClient, key: str) -> None:
    secret = link_of(asked(office_client, key)).strip("/").rsplit("/", 1)[1]
    assert re.fullmatch(r"[0-9a-f]{32}", secret)
    with resources(app).reading() as look:
        row = look.scalars(select(ViewingLink)).one()
        assert bytes.fromhex(secret) not in row.digest
        assert secret not in repr(row.__dict__)
        assert secret not in " ".join(look.scalars(select(AuditEvent.detail)))
