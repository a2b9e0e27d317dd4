"""Whether a round is ready: what was tried is believed, what was not is said with its remedy."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.config import cookie_key
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, Slip
from survey_app.services.campaign import rehearsal
from survey_app.services.operating import round_readiness
from survey_app.services.sealing import tokens
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.forms import opened, sent
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later


@pytest.fixture(autouse=True)
def noon(app: Flask) -> None:
    """Before anybody signs in: a clock that goes back is one of the things this page finds."""
    app.config["PINGYI_CLOCK"] = lambda: NOON


@pytest.fixture
def town(session: Session) -> Town:
    town = build(session, state="draft")
    session.close()
    return town


def post(client: FlaskClient, town: Town, act: str, **form: object) -> TestResponse:
    return client.post(f"/office/campaigns/{town.key}/ready/{act}", data={"csrf_token": csrf(client), **form})


def standing(client: FlaskClient, town: Town, title: str) -> tuple[str, str]:
    """How a point stands, and its sentence."""
    page = client.get(f"/office/campaigns/{town.key}/ready/").get_data(as_text=True)
    found = re.search(rf'<h2>{title} <span class="badge (\w+)">[^<]*</span></h2><p>([^<]*)', page)
    assert found, page
    return found[1], found[2]


def test_the_trial_sheet_is_a_slip_that_opens_nothing_and_is_read_back(
    app: Flask, office_client: FlaskClient, session: Session, town: Town
) -> None:
    assert standing(office_client, town, "凭条印得清、扫得出")[0] == "bad"
    sheet = office_client.get(f"/office/campaigns/{town.key}/ready/trial.pdf").get_data()
    (address,) = set(reading.read_qr_from_pdf(sheet))
    assert "样张，不能投票" in reading.text_of(sheet)
    secret = address.partition("#")[2]
    assert tokens.slip_tag(tokens.parse_secret(secret)) not in set(session.scalars(select(Slip.tag)))
    session.rollback()
    for wrong in ("", "x", secret[:-1], secret[-7:], "Ａ" * 500, secret[::-1][-8:]):
        answer = post(office_client, town, "sheet", read=wrong)
        assert (answer.status_code, "这不是样张上的" in answer.get_data(as_text=True)) == (400, True), wrong
    with app.test_request_context():
        campaign = session.get_one(Campaign, town.campaign_id)
        alias = round_readiness.trial_slip(campaign, cookie_key(resources(app).config)).alias
        session.rollback()
    assert post(office_client, town, "sheet", read=alias).status_code == 302
    assert standing(office_client, town, "凭条印得清、扫得出")[0] == "warn"  # typed, not scanned
    for read in (address, secret[-8:].lower()):
        assert post(office_client, town, "sheet", read=read).status_code == 302
        state, told = standing(office_client, town, "凭条印得清、扫得出")
        assert (state, "评议办" in told) == ("good", True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # PostgreSQL has a clock of its own, which is not at noon
def test_the_clock_is_compared_with_a_watch(office_client: FlaskClient, town: Town, app: Flask) -> None:
    zone_hour = int(office_client.get(f"/office/campaigns/{town.key}/ready/").get_data(as_text=True).partition(
        "服务器是 ")[2][11:13])  # fmt: skip
    for wrong in ("", "25:00", "noon", "9", "12:60", "１２"):
        assert post(office_client, town, "clock", watch=wrong).status_code == 400, wrong
    assert post(office_client, town, "clock", watch=f"{zone_hour:02}:00:20").status_code == 302
    assert standing(office_client, town, "时钟")[0] == "good"
    assert post(office_client, town, "clock", watch=f"{zone_hour:02}：05").status_code == 302
    state, told = standing(office_client, town, "时钟")
    assert (state, "相差" in told or "差 330 秒" in told) == ("bad", True)


def test_holders_are_noted_of_the_key_there_is_now(office_client: FlaskClient, session: Session, town: Town) -> None:
    assert post(office_client, town, "holders", holder="1").status_code == 409  # a passphrase keeps it
    campaign = session.get_one(Campaign, town.campaign_id)
    rehearsal.choose_trustees(session, campaign, ["甲", "乙", "丙"], needed=2, account="评议办", now=NOON)
    session.commit()
    assert standing(office_client, town, "钥匙保管人")[0] == "bad"
    for wrong in ([], ["0"], ["4"], ["x"], ["1", "99999999999"]):
        assert post(office_client, town, "holders", holder=wrong).status_code == 400, wrong
    for there, state in ((["2"], "bad"), (["1", "3"], "warn"), (["1", "2", "3"], "good")):
        assert post(office_client, town, "holders", holder=there).status_code == 302
        assert standing(office_client, town, "钥匙保管人")[0] == state
    session.refresh(campaign)
    rehearsal.choose_trustees(session, campaign, ["甲", "乙", "丙"], needed=2, account="评议办", now=NOON)
    session.commit()
    assert standing(office_client, town, "钥匙保管人")[0] == "bad"  # another key, other shares


def test_the_report_is_printed_and_what_is_missing_comes_first(office_client: FlaskClient, town: Town) -> None:
    page = office_client.get(f"/office/campaigns/{town.key}/ready/").get_data(as_text=True)
    states = re.findall(r'<h2>[^<]+<span class="badge (\w+)">', page)
    assert states == sorted(states, key=("bad", "warn", "good").index)
    assert len(states) >= 10
    text = reading.text_of(office_client.get(f"/office/campaigns/{town.key}/ready/report.pdf").get_data())
    for title in ("就绪报告", "磁盘", "备份", "恢复演练", "时钟", "钥匙保管人", "每个群体的人数", "演练", "试开票箱"):
        assert title in text


def test_a_rehearsals_mark_stays_before_its_title(office_client: FlaskClient, session: Session, town: Town) -> None:
    session.execute(update(Campaign).values(demo=True, title="【演练 TEST】小镇年度评议"))
    session.commit()
    address = f"/office/campaigns/{town.key}/notice/"
    filled = {"asker": "镇政府", "purpose": "问一问", "asks": "公布", "title": "小镇年度评议"}
    status, told = sent(office_client, address, opened(office_client, address), **filled)
    assert (status, "不能去掉" in told) == (409, True)
    session.expire_all()
    assert session.scalars(select(AuditEvent).where(AuditEvent.action == "campaign-reworded")).all() == []
    session.rollback()
    assert "这是演练：交的票不算数" in office_client.get(f"/v/{town.guests}").get_data(as_text=True)
    assert "演练，不算数" in office_client.get(f"/office/campaigns/{town.key}").get_data(as_text=True)
