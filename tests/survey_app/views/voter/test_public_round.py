"""The public page of a round: for anybody, without a cookie, with what the release plan lists for everybody and nothing else.

The two teams (towns/ledger_town): 张一 P1 95 好, held at 较好 by a cap; 李二 P2 70 较好; 甲镇班子 50 差; 乙镇班子 90 好. There
are two grades, 定等 and 名额等次; the scores 总分 stand beside them and are no part of the page.
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

from survey_app.extensions import resources
from survey_app.models import Campaign
from survey_app.models.result import ReleaseRow
from survey_app.services.publishing import publications
from survey_app.services.release import plan as release_plan
from survey_app.services.release.plan import EXITS, PUBLIC, ReleasePlan
from survey_app.services.results import posted
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.posted import PostedTable
from tests.support.clock import NOON
from tests.support.publishing import confirm_everything, publish, signed_in
from tests.towns import ledger_town, small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def key(app: Flask, session: Session) -> str:
    """A counted round whose plan lists grades for everybody. What the approval fixed is put in place beneath it."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    session.get_one(ReleaseRow, campaign.id).content = ReleasePlan(exits=frozenset(one.key for one in EXITS)).text()
    confirm_everything(session, campaign)
    found = campaign.key
    session.close()
    return found


def act(app: Flask, sections: list[str], *, starts: dt.datetime | None = None, units: list[str] | None = None) -> None:
    with resources(app).writing() as session:
        publish(session, session.scalars(select(Campaign)).one(), starts=starts, sections=sections, units=units)


def page(app: Flask, key: str, rest: str = "") -> str:
    answer = app.test_client().get(f"/round/{key}/{rest}")
    assert answer.status_code == 200, answer.status_code
    assert "Set-Cookie" not in answer.headers
    return unescape(answer.get_data(as_text=True))


def test_grades_stand_there_once_they_are_published_to_everybody(app: Flask, key: str) -> None:
    assert ("还没有公布" in page(app, key), "张一" in page(app, key)) == (True, False)
    act(app, sections=["scores", "outcomes"])
    assert "张一" not in page(app, key)  # to staff, and to nobody else
    act(app, sections=["scores", PUBLIC])
    shown = page(app, key)
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", shown, re.S)]
    assert [row[1] for row in rows if len(row) == 4] == ["甲镇班子", "张一", "李二", "乙镇班子"]
    assert ["甲镇", "张一", "较好", "好"] in rows
    for hidden in ("95.00", "70.00", "约谈", "通报批评"):
        assert hidden not in shown, hidden
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        publications.stop(session, campaign, reason="核对", account="评议办", now=NOON)
        session.commit()
    assert "张一" not in page(app, key)


@on_sqlite
def test_before_a_publication_the_page_says_when(app: Flask, key: str) -> None:
    act(app, starts=dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC), sections=[PUBLIC])
    shown = page(app, key)
    assert ("定于 2026年12月1日 09:00" in shown, "张一" in shown) == (True, False)
    app.config["PINGYI_CLOCK"] = lambda: dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
    assert "张一" in page(app, key)


@on_sqlite
def test_what_only_some_units_publish_names_no_others(app: Flask, key: str) -> None:
    act(app, sections=[PUBLIC], units=["B"])
    shown = page(app, key)
    assert ("乙镇班子" in shown, "张一" in shown, "甲镇班子" in shown) == (True, False, False)
    staff = signed_in(app, "乙镇账户", (key, "B"))
    assert staff.get(f"/office/results/{key}/").status_code == 404  # nothing of it is for staff
    assert "结果没有公布" in staff.get("/office/results/").get_data(as_text=True)


@on_sqlite
def test_an_outcome_nobody_confirmed_is_not_told_to_everybody(app: Flask, session: Session) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    session.get_one(ReleaseRow, campaign.id).content = ReleasePlan(exits=frozenset(one.key for one in EXITS)).text()
    session.commit()
    publish(session, campaign, sections=[PUBLIC])
    found = campaign.key
    session.close()
    rows = re.findall(r"<tr>(.*?)</tr>", page(app, found), re.S)
    (held,) = [row for row in rows if "张一" in row]
    assert ("未确定" in held, "较好" in held) == (True, False)


@on_sqlite
def test_a_plan_that_nobody_chose_gives_everybody_nothing(app: Flask, session: Session) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    assert not release_plan.plan_of(session, campaign).lets(PUBLIC)
    assert PUBLIC not in [one.key for one in publications.offered(session, campaign)]
    confirm_everything(session, campaign)
    publish(session, campaign)
    found = campaign.key
    session.close()
    shown = page(app, found)
    assert ("逐个对象的结果不在这里公布" in shown, "张一" in shown) == (True, False)


@on_sqlite
def test_the_page_tells_the_round_the_plan_and_the_method(app: Flask, office_client: FlaskClient, session: Session) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON
    town = small_scheme.build(session, key="OPEN1")
    draft = small_scheme.build(session, key="DRAFT", state="draft")
    shown = page(app, town.key)
    for word in ("正在投票", "公布计划", f"/log/{town.key}/", f"/round/{town.key}/method", "公开核对包还没有公布"):
        assert word in shown, word
    assert "第1章" in page(app, town.key, "method")
    assert app.test_client().get(f"/round/{draft.key}/").status_code == 404
    assert app.test_client().get("/round/NOBODY/").status_code == 404
    assert app.test_client().get(f"/round/{town.key}/?q=1").headers["Location"] == f"/round/{town.key}/"
    for wrong in ("page=x", "page=-1", "page=99999", "page=１"):
        assert app.test_client().get(f"/round/{town.key}/?{wrong}").status_code == 302, wrong
    assert "正在投票" in page(app, town.key, "?page=7")


@on_sqlite
def test_it_is_made_once_for_everybody_and_not_sent_again(app: Flask, key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    act(app, sections=[PUBLIC])
    made, before = list[Loaded](), posted.table

    def counted(loaded: Loaded, keys: list[str]) -> PostedTable:
        made.append(loaded)
        return before(loaded, keys)

    monkeypatch.setattr(posted, "table", counted)
    client = app.test_client()
    first = client.get(f"/round/{key}/")
    again = client.get(f"/round/{key}/", headers={"If-None-Match": first.headers["ETag"]})
    assert (len(made), first.status_code, again.status_code, again.data) == (1, 200, 304, b"")
    assert first.headers["Cache-Control"] == "no-cache"
