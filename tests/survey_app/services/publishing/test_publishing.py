"""Counting and publishing are two acts: nothing before, exactly what was listed after, nothing once stopped or recounted."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import re

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError, UserError
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, Publication
from survey_app.services.bundle import making
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.evidence.columns import Entry
from survey_app.services.publishing import publications
from survey_app.services.publishing.publications import Wish
from survey_app.services.results import loaded as results
from survey_app.services.results import outcomes
from survey_app.services.results.rulings import Spot
from survey_app.services.sealing import custody
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.publishing import confirm_everything, publish, signed_in
from tests.towns import ledger_town, two_towns

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LATER = NOON + dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
#: What is ruled on, as a page carries it.
BETTER, RAISED = '["grade","较好"]', '["raised"]'
PAGES = ("", "subjects/EH", "satisfaction", "outcomes/", "results.xlsx", "results.csv")


@pytest.fixture
def key(app: Flask) -> str:
    """Two towns, counted, published to nobody."""
    app.config["PINGYI_CLOCK"] = lambda: LATER
    with resources(app).writing() as session:
        return two_towns.build(session).key


@pytest.fixture
def staff(app: Flask, key: str) -> FlaskClient:
    """Signed in for the east."""
    return signed_in(app, "东镇办", (key, "E"))


def statuses(client: FlaskClient, key: str) -> list[int]:
    return [client.get(f"/office/results/{key}/{page}", buffered=True).status_code for page in PAGES]


def text_of(client: FlaskClient, address: str) -> str:
    return client.get(address).get_data(as_text=True)


def act(app: Flask, **how: object) -> None:
    with resources(app).writing() as session:
        publish(session, session.scalars(select(Campaign)).one(), **{"now": LATER, **how})  # type: ignore[arg-type]  # as named


def stop(app: Flask, reason: str = "数字要复核") -> None:
    with resources(app).writing() as session:
        publications.stop(session, session.scalars(select(Campaign)).one(), reason=reason, account="评议办", now=LATER)
        session.commit()


def test_before_the_office_publishes_staff_are_answered_as_if_nothing_had_been_counted(
    app: Flask, staff: FlaskClient, office_client: FlaskClient, key: str
) -> None:
    assert statuses(staff, key) == [404] * 6
    with resources(app).writing() as session:
        other = two_towns.build(session, count=False).key
    uncounted = signed_in(app, "另一办", (other, "E"))
    one, two = (
        re.sub(r'name="csrf_token" value="[^"]*"', "", text_of(client, "/office/results/").replace("另一办", "东镇办"))
        for client in (staff, uncounted)
    )
    assert one == two  # that a count took place is not to be seen
    assert "结果没有公布" in one
    assert office_client.get(f"/office/results/{key}/").status_code == 200


def test_exactly_the_published_sections_are_shown_and_nothing_after_stopping(app: Flask, staff: FlaskClient, key: str) -> None:
    act(app)
    assert statuses(staff, key) == [200] * 6
    act(app, sections=["satisfaction"])
    assert statuses(staff, key) == [404, 404, 200, 404, 404, 404]
    assert "57.33" not in text_of(staff, f"/office/results/{key}/satisfaction")
    act(app, sections=["answers"])
    assert statuses(staff, key) == [200, 200, 404, 404, 404, 404]
    page = text_of(staff, f"/office/results/{key}/") + text_of(staff, f"/office/results/{key}/subjects/EH")
    assert ("票数分布" in page, "57.33" in page, "各评议主体的评分" in page, "调整岗位" in page) == (True, False, False, False)
    act(app, sections=["scores", "files"])
    assert statuses(staff, key) == [200, 200, 404, 404, 200, 200]
    page = text_of(staff, f"/office/results/{key}/subjects/EH")
    assert ("57.33" in page or "未评定" in page, "票数分布" in page) == (True, False)
    book = openpyxl.load_workbook(io.BytesIO(staff.get(f"/office/results/{key}/results.xlsx").data))
    assert book.sheetnames == ["结果", "需要说明", "约定"]
    assert "东镇" in text_of(staff, "/office/results/")
    stop(app)
    assert statuses(staff, key) == [404] * 6
    assert "结果没有公布" in text_of(staff, "/office/results/")
    assert "复核" not in text_of(staff, "/office/results/")


def test_only_the_listed_units_see_it(app: Flask, staff: FlaskClient, key: str) -> None:
    west = signed_in(app, "西镇办", (key, "W"))
    act(app, units=["W"])
    assert (statuses(staff, key), west.get(f"/office/results/{key}/").status_code) == ([404] * 6, 200)


def test_it_begins_at_its_second_and_not_one_before(app: Flask, staff: FlaskClient, key: str) -> None:
    starts = LATER + dt.timedelta(minutes=20)
    act(app, starts=starts)
    app.config["PINGYI_CLOCK"] = lambda: starts - SECOND
    assert statuses(staff, key) == [404] * 6
    assert "没有公布" in text_of(staff, "/office/results/")
    app.config["PINGYI_CLOCK"] = lambda: starts
    assert statuses(staff, key) == [200] * 6


def test_stopping_before_it_begins_cancels_it_and_nothing_older_comes_back(app: Flask, staff: FlaskClient, key: str) -> None:
    act(app)
    act(app, starts=LATER + dt.timedelta(minutes=5), sections=["scores"])
    assert statuses(staff, key) == [200] * 6
    stop(app)
    assert statuses(staff, key) == [404] * 6
    app.config["PINGYI_CLOCK"] = lambda: LATER + dt.timedelta(minutes=5)
    assert statuses(staff, key) == [404] * 6


def test_a_recount_shows_nothing_until_it_is_published_anew(
    app: Flask, staff: FlaskClient, office_client: FlaskClient, key: str
) -> None:
    act(app)

    def target(value: str) -> None:
        with resources(app).writing() as session:
            campaign = session.scalars(select(Campaign)).one()
            entry = Entry(subject="EH", kind="component", name="目标得分", value=value, on="", reason="核定")
            entries.enter(session, campaign, entry, account="评议办", now=LATER)
            session.commit()
            if value != "0":
                assert statuses(staff, key) == [200] * 6  # evidence alone changes no report
            counting.recompute(session, campaign, account="评议办", now=LATER)
            session.commit()

    with resources(app).writing() as session:  # the same figures again are the same result
        counting.recompute(session, session.scalars(select(Campaign)).one(), account="评议办", now=LATER)
        session.commit()
    assert statuses(staff, key) == [200] * 6
    target("90")
    assert statuses(staff, key) == [404] * 6
    assert "重新计算过" in text_of(office_client, f"/office/campaigns/{key}")
    assert "重新计算过" in text_of(office_client, f"/office/results/{key}/")
    act(app)
    assert statuses(staff, key) == [200] * 6
    assert "73.67" in text_of(staff, f"/office/results/{key}/")


def test_nothing_unconfirmed_leaves_on_any_page_or_in_any_file(app: Flask) -> None:
    """P1 is held at 较好 (else 好), P2 is called in for a talk; the office confirms neither, then sets aside, then confirms."""
    app.config["PINGYI_CLOCK"] = lambda: LATER
    with resources(app).writing() as session:
        campaign = ledger_town.build(session)
        key = campaign.key
    client = signed_in(app, "甲镇办", (key, "A"))

    def everything() -> str:
        base = f"/office/results/{key}/"
        pages = [text_of(client, base + page) for page in ("", "subjects/P1", "subjects/P2", "outcomes/", "results.csv")]
        book = openpyxl.load_workbook(io.BytesIO(client.get(base + "results.xlsx").data))
        cells = [str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        return "\n".join([*pages, *cells])

    def rule(spot: Spot, seen: str, verdict: str, reason: str = "") -> None:
        with resources(app).writing() as session:
            campaign = session.scalars(select(Campaign)).one()
            loaded = results.load(session, campaign, language="zh-Hans")
            outcomes.rule(session, loaded, spot, verdict=verdict, reason=reason, seen=seen, account="评议办", now=LATER)
            session.commit()

    act(app)
    told = everything()
    assert ("谈话提醒" in told, "由“好”定为" in told, "待确认" in told) == (False, False, False)
    assert "未确定" in told
    assert re.search(r"95", told)  # the score itself is no outcome
    rule(Spot("定等", "P1"), BETTER, "set_aside", "内部意见")
    rule(Spot("约谈", "P2"), RAISED, "set_aside", "内部意见")
    act(app)
    aside = everything()
    assert ("谈话提醒" in aside, "由“好”定为" in aside, "内部意见" in aside, "搁置" in aside) == (False, False, False, False)
    rule(Spot("定等", "P1"), BETTER, "confirmed")
    rule(Spot("约谈", "P2"), RAISED, "confirmed")
    before = everything()  # confirmed after the office published: needs an act of its own
    assert ("谈话提醒" in before, "由“好”定为" in before) == (False, False)
    act(app)
    after = everything()
    assert ("谈话提醒" in after, "由“好”定为" in after, "未确定" in after, "内部意见" in after) == (True, True, False, False)
    rule(Spot("约谈", "P2"), RAISED, "set_aside", "改了")  # taken back: gone at once
    assert "谈话提醒" not in everything()


def test_no_bundle_is_made_while_an_outcome_waits_for_a_person(session: Session) -> None:
    campaign = two_towns.build(session)
    key = custody.unwrap(campaign.wrapped_key, two_towns.PASSPHRASE)
    with pytest.raises(making.BundleError, match="1 项结论没有确认或搁置"):
        _bundle(session, campaign, key)
    confirm_everything(session, campaign)
    with pytest.raises(making.BundleError, match="存证日志"):  # the next thing that is missing here
        _bundle(session, campaign, key)


def _bundle(session: Session, campaign: Campaign, key: custody.OpeningKey) -> None:
    making.public_bundle(session, campaign, key, secret="x" * 32)


def test_the_page_says_in_sentences_what_becomes_visible_and_the_act_is_recorded(
    app: Flask, office_client: FlaskClient, staff: FlaskClient, key: str
) -> None:
    base = f"/office/campaigns/{key}/publish"
    overview = text_of(office_client, f"/office/campaigns/{key}")
    assert ("公布结果" in overview, "单位人员什么也看不到" in overview) == (True, True)
    assert "现在" in text_of(office_client, f"{base}/")
    query = {"section": ["scores", "outcomes"], "unit": ["E"], "when": "now"}
    page = office_client.get(f"{base}/confirm", query_string=query).get_data(as_text=True)
    assert all(word in page for word in ("从现在起", "下面 1 个单位的人", "东镇", "得分、等次和名次", "有 1 项结论没有确认"))
    assert "西镇" not in page
    assert statuses(staff, key) == [404] * 6  # looking publishes nothing
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is not None
    form = {**query, "seen": seen[1], "csrf_token": csrf(office_client)}
    assert office_client.post(f"{base}/", data=form).status_code == 302
    assert statuses(staff, key) == [200, 200, 404, 200, 404, 404]
    again = office_client.post(f"{base}/", data=form)  # the same form a second time
    assert (again.status_code, "有了变动" in again.get_data(as_text=True)) == (409, True)
    with resources(app).reading() as look:
        (row,) = look.scalars(select(Publication)).all()
        assert (row.made_by, row.made, row.sections, row.units) == ("评议办", LATER, '["scores","outcomes"]', '["E"]')
        told = look.scalars(select(AuditEvent.account).where(AuditEvent.action == "results-published")).all()
        assert told == ["评议办"]
    refused = office_client.post(f"{base}/stop", data={"reason": " ", "csrf_token": csrf(office_client)})
    assert (refused.status_code, "请写明为什么" in refused.get_data(as_text=True)) == (400, True)
    assert office_client.post(f"{base}/stop", data={"reason": "数字要复核", "csrf_token": csrf(office_client)}).status_code == 302
    assert "数字要复核" in text_of(office_client, f"{base}/")
    assert statuses(staff, key) == [404] * 6
    twice = office_client.post(f"{base}/stop", data={"reason": "再停", "csrf_token": csrf(office_client)})
    assert twice.status_code == 409


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"section": ["files"], "unit": ["E"]},
        {"section": ["scores"]},
        {"section": ["scores"], "unit": ["E", "XX"]},
        {"section": ["comments"], "unit": ["E"]},
        {"section": ["scores"], "unit": ["E"], "when": "later", "day": "nonsense", "hour": "9"},
        {"section": ["scores"], "unit": ["E"], "when": "later", "day": "2026-12-01", "hour": "24"},
        {"section": ["scores"], "unit": ["E"], "when": "later", "day": "2020-01-01", "hour": "9"},
    ],
)
def test_nonsense_is_refused_and_publishes_nothing(
    app: Flask, office_client: FlaskClient, key: str, query: dict[str, object]
) -> None:
    base = f"/office/campaigns/{key}/publish"
    assert office_client.get(f"{base}/confirm", query_string=query).status_code == 400
    assert office_client.post(f"{base}/", data={**query, "csrf_token": csrf(office_client)}).status_code == 400
    with resources(app).reading() as look:
        assert look.scalars(select(Publication)).all() == []


def test_now_is_one_moment_however_long_the_page_takes(app: Flask, office_client: FlaskClient, key: str) -> None:
    ticks = itertools.count()
    app.config["PINGYI_CLOCK"] = lambda: LATER + SECOND * next(ticks)
    query = {"section": ["scores"], "unit": ["E"], "when": "now"}
    answer = office_client.get(f"/office/campaigns/{key}/publish/confirm", query_string=query)
    assert (answer.status_code, "从现在起" in answer.get_data(as_text=True)) == (200, True)


def test_before_the_count_there_is_nothing_to_publish(session: Session) -> None:
    campaign = two_towns.build(session, count=False)
    with pytest.raises(RefusedError, match="还没有计票"):
        publications.check(session, campaign, Wish(("scores",), ("E",), NOON), now=NOON)
    counted = two_towns.build(session)
    with pytest.raises(UserError, match="已经过了"):
        publications.check(session, counted, Wish(("scores",), ("E",), NOON - SECOND), now=NOON)


def test_unit_staff_do_not_publish(staff: FlaskClient, key: str) -> None:
    base = f"/office/campaigns/{key}/publish"
    assert [staff.get(f"{base}/{page}").status_code for page in ("", "confirm")] == [404, 404]
    token = {"csrf_token": csrf(staff)}
    assert [staff.post(f"{base}/{page}", data=token).status_code for page in ("", "stop")] == [404, 404]
