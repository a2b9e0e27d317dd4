"""What follows a result: numbered, due, answered once, never changed; rectification goes on into the next round."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import resources
from survey_app.models import Campaign
from survey_app.services.log import epochs
from survey_app.services.publishing import matters, receipt_claims
from survey_app.services.publishing.matters import NewMatter
from survey_app.services.sealing.sealed_content import receipt_code
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns import lone_leader, two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OBJECTION = NewMatter(kind="objection", subject="EH", raised_by="东镇镇长", said="同事评分算错", due="")
DAY = dt.timedelta(days=1)


def add(session: Session, campaign: Campaign, new: NewMatter = OBJECTION, now: dt.datetime = NOON) -> int:
    return matters.add(session, campaign, new, account="评议办", now=now).number


def write(session: Session, campaign: Campaign, number: int, decision: str = "", text: str = "核对过了") -> None:
    matters.write(session, campaign, number, text=text, decision=decision, account="评议办", now=NOON)


@pytest.mark.postgresql_later
def test_a_matter_has_a_number_a_day_and_reports_until_an_answer_closes_it_for_good(session: Session) -> None:
    campaign = two_towns.build(session)
    assert [add(session, campaign), add(session, campaign, replace(OBJECTION, due="2026-12-31"))] == [1, 2]
    write(session, campaign, 1)
    write(session, campaign, 1, "rejected", "按办法计算，没有错")
    open_one, closed_one = matters.lines(session, campaign, now=NOON)
    assert (open_one.matter.number, open_one.closing, open_one.about) == (2, None, "东镇镇长")
    assert closed_one.closing is not None
    assert (closed_one.closing.decision, [one.text for one in closed_one.entries]) == (
        "rejected",
        ["核对过了", "按办法计算，没有错"],
    )
    with pytest.raises(RefusedError, match="已经办结"):
        write(session, campaign, 1)


@on_sqlite
def test_a_matter_is_due_after_the_days_of_its_kind_and_overdue_the_day_after(session: Session) -> None:
    campaign = two_towns.build(session)
    add(session, campaign)
    (line,) = matters.lines(session, campaign, now=NOON)
    assert line.matter.due == NOON.date() + 15 * DAY
    assert not matters.lines(session, campaign, now=NOON + 15 * DAY)[0].overdue
    assert matters.lines(session, campaign, now=NOON + 16 * DAY)[0].overdue


@on_sqlite
@pytest.mark.parametrize(
    "new",
    [
        replace(OBJECTION, kind="complaint"),
        replace(OBJECTION, subject="NOBODY"),
        replace(OBJECTION, said="  \n "),
        replace(OBJECTION, said="长" * 2001),
        replace(OBJECTION, due="明天"),
        replace(OBJECTION, due="2020-01-01"),
        replace(OBJECTION, kind="rectification", subject=""),
    ],
)
def test_nonsense_is_refused_whole(session: Session, new: NewMatter) -> None:
    campaign = two_towns.build(session)
    with pytest.raises(UserError):
        add(session, campaign, new)
    assert matters.lines(session, campaign, now=NOON) == []


@on_sqlite
def test_an_answer_of_another_kind_and_a_number_there_is_none_of_are_refused(session: Session) -> None:
    campaign = two_towns.build(session)
    add(session, campaign, replace(OBJECTION, kind="talk"))
    with pytest.raises(UserError, match="答复"):
        write(session, campaign, 1, "upheld")
    with pytest.raises(NotFoundError):
        write(session, campaign, 9)


@on_sqlite
def test_before_the_count_only_a_receipt_is_asked_after_and_nobody_is_named_who_voted(session: Session) -> None:
    campaign = two_towns.build(session, count=False)
    with pytest.raises(RefusedError, match="有了结果再记"):
        add(session, campaign)
    add(session, campaign, replace(OBJECTION, kind="receipt", subject="", said="回执 ABCD 查不到", raised_by="李四"))
    (line,) = matters.lines(session, campaign, now=NOON)
    assert line.matter.raised_by == ""


@on_sqlite
def test_rectification_that_is_not_done_stands_in_the_next_round(session: Session) -> None:
    first = two_towns.build(session)
    for subject in ("EH", "WH"):
        add(session, first, replace(OBJECTION, kind="rectification", subject=subject, said="办事要快"))
    write(session, first, 2, "done")
    second = two_towns.build(session)
    assert [(one.matter.subject, one.round) for one in matters.carried_on(session, second, now=NOON)] == [
        ("EH", "两镇年度评议 2026")
    ]
    assert matters.carried_on(session, first, now=NOON) == []


@on_sqlite
def test_the_page_takes_a_matter_and_its_answer_and_keeps_what_was_typed_when_it_refuses(
    app: Flask, office_client: FlaskClient
) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    base = f"/office/campaigns/{key}/matters/"
    wrong = office_client.post(base, data={"csrf_token": csrf(office_client), "kind": "talk", "subject": "", "said": "谈一谈<b>"})
    assert wrong.status_code == 400
    assert "谈一谈&lt;b&gt;" in wrong.get_data(as_text=True)
    form = {"csrf_token": csrf(office_client), "kind": "talk", "subject": "EH", "said": "谈一谈"}
    assert office_client.post(base, data=form).status_code == 302
    seen = re.search(r'name="seen_act" value="([^"]*)"', page := office_client.get(base).get_data(as_text=True))
    assert seen
    assert "第 1 号 · 谈话" in page
    answer = {"csrf_token": csrf(office_client), "text": "谈过了", "decision": "done", "seen_act": seen[1]}
    assert office_client.post(base + "1", data=answer).status_code == 302
    assert office_client.post(base + "1", data=answer).status_code == 409
    assert office_client.post(base + "99", data=answer).status_code in (404, 409)
    assert "已完成" in office_client.get(base).get_data(as_text=True)


@on_sqlite
def test_a_claim_about_a_receipt_is_checked_by_its_code_and_says_nothing_of_the_vote(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    """A receipt that is in the log, one that nobody gave out, and words without a code."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = lone_leader.build(session, secret="the server's secret of this street, long enough")
    leaf = epochs.log_of(session, campaign).leaves[13]  # type: ignore[union-attr]  # the first ballot: before it stand the 13 leaves of the set-up
    there, never = receipt_code(leaf), "00000-00000-00000-00000"
    typed = there.lower().replace("-", " ")
    assert receipt_claims.codes_in(f"我的回执 {typed}，查不到") == [there]
    claim = NewMatter(kind="receipt", subject="", raised_by="张三", said=f"回执 {typed} 和 {never} 查不到", due="")
    add(session, campaign, claim)
    add(session, campaign, replace(claim, said="我的回执不在"))
    key = campaign.key
    session.commit()
    found = receipt_claims.check(session, campaign, claim.said)
    assert [(one.code, one.there) for one in found] == [(there, True), (never, False)]
    assert re.fullmatch(r"在日志里：第 \d+ 节第 14 片叶子。", found[0].told)
    session.close()
    page = office_client.get(f"/office/campaigns/{key}/matters/").get_data(as_text=True)
    assert (there in page, "片叶子" in page, "没有写明回执号码" in page, "张三" in page) == (True, True, True, False)
    for marks in ("优秀", "称职", "领导"):
        assert marks not in page.partition("记一件")[0], marks
