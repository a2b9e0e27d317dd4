"""Outcomes are proposals: they say why, a person rules on them with a reason, nothing is overwritten and no number moves."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.tables import xlsx
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.exports import result_sheets
from survey_app.extensions import resources
from survey_app.models import Campaign, Ruling
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.evidence.columns import Entry
from survey_app.services.results import findings, held_down, outcomes, unfolding
from survey_app.services.results import loaded as results
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.rulings import Spot
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.publishing import publish, signed_in
from tests.towns import ledger_town

LATER = NOON + dt.timedelta(days=1)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HELD, TALK = Spot("定等", "P1"), Spot("约谈", "P2")
#: What is ruled on, as a page carries it.
BETTER = '["grade","较好"]'


def load(session: Session, campaign: Campaign) -> Loaded:
    return results.load(session, campaign, language="zh-Hans")


def say(session: Session, campaign: Campaign, spot: Spot, verdict: str, *, reason: str = "", seen: str = BETTER) -> None:
    """The office rules on what it looks at now."""
    outcomes.rule(session, load(session, campaign), spot, verdict=verdict, reason=reason, seen=seen, account="评议办", now=LATER)
    session.commit()


def test_a_held_grade_says_what_it_was_and_why(session: Session) -> None:
    loaded = load(session, ledger_town.build(session))
    (held,) = outcomes.of_subject(loaded, "P1")
    assert (held.title, held.outcome, held.source) == ("定等", "较好", "班子为差的，成员不得评为好")
    assert held.why == ("由“好”定为“较好”：本班子初定（甲镇班子）是“差”",)
    assert [one.title for one in outcomes.of_subject(loaded, "P2")] == ["约谈"]  # 较好 was below the cap already
    assert outcomes.of_subject(loaded, "TB") == []
    assert any("由“好”定为“较好”" in step.text for step in unfolding.steps(loaded, "定等", "P1"))


@on_sqlite
def test_what_rests_on_too_few_answers_is_left_out_of_the_words(session: Session) -> None:
    loaded = load(session, ledger_town.build(session))
    words = held_down.teller(unfolding.wording_of(loaded), lambda _node: True)
    (held,) = held_down.holds(loaded.report.trace("定等", {"subject": "P1"}), words)
    assert held.sentence == "定为“较好”：本班子初定（甲镇班子）符合条件"
    assert held_down.because(loaded.report.trace("约谈", {"subject": "P2"}), words) == ""


def test_a_consequence_unfolds_to_each_event_with_its_reason_and_who_entered_it(session: Session) -> None:
    loaded = load(session, ledger_town.build(session))
    (talk,) = outcomes.of_subject(loaded, "P2")
    assert (talk.outcome, talk.why[0]) == ("谈话提醒", "2 达到 2")
    told = "\n".join(step.text for step in unfolding.steps(loaded, "约谈", "P2"))
    assert "2026-03-05 迟报，评议办" in told
    assert "漏报" in told


def test_a_changed_mind_is_a_new_record_and_no_computed_grade_moves(session: Session) -> None:
    campaign = ledger_town.build(session)
    say(session, campaign, HELD, "confirmed")
    say(session, campaign, HELD, "set_aside", reason="班子的等次在复核")
    loaded = load(session, campaign)
    (held,) = outcomes.of_subject(loaded, "P1")
    assert [(said.verdict, said.reason) for said in held.rulings] == [("set_aside", "班子的等次在复核"), ("confirmed", "")]
    assert held.status == "set_aside"
    assert loaded.report.value("定等", subject="P1") == "较好"
    assert session.scalar(select(func.count()).select_from(Ruling)) == 2


@on_sqlite
def test_setting_aside_needs_a_reason_and_nothing_is_ruled_on_that_was_not_proposed(session: Session) -> None:
    campaign = ledger_town.build(session)
    with pytest.raises(UserError, match="理由"):
        say(session, campaign, HELD, "set_aside", reason="  ")
    with pytest.raises(UserError, match="500"):
        say(session, campaign, HELD, "set_aside", reason="长" * 501)
    with pytest.raises(UserError, match="确认或者搁置"):
        say(session, campaign, HELD, "destroyed", reason="因为")
    with pytest.raises(NotFoundError):
        say(session, campaign, Spot("定等", "P2"), "confirmed")
    with pytest.raises(NotFoundError):
        say(session, campaign, Spot("定等", "nobody"), "confirmed")
    with pytest.raises(RefusedError, match="变了"):
        say(session, campaign, HELD, "confirmed", seen='["grade","好"]')
    assert session.scalar(select(func.count()).select_from(Ruling)) == 0


@on_sqlite
def test_an_outcome_that_comes_out_otherwise_waits_for_a_person_again(session: Session) -> None:
    campaign = ledger_town.build(session)
    say(session, campaign, HELD, "confirmed", reason="党委会")
    # the team's score is corrected to 80: the link no longer holds P1 back
    entry = Entry(subject="TA", kind="component", name="得分", value="80", on="", reason="复核更正")
    entries.enter(session, campaign, entry, account="评议办", now=LATER)
    counting.recompute(session, campaign, account="评议办", now=LATER)
    session.commit()
    assert outcomes.of_subject(load(session, campaign), "P1") == []
    # P1's own score corrected to 95 again after the team fell again: the cap acts as before, and what was said stands
    entries.enter(
        session,
        campaign,
        Entry(subject="TA", kind="component", name="得分", value="50", on="", reason="原来没有错"),
        account="评议办",
        now=LATER,
    )
    counting.recompute(session, campaign, account="评议办", now=LATER)
    session.commit()
    (held,) = outcomes.of_subject(load(session, campaign), "P1")
    assert held.status == "confirmed"


def test_a_soft_limit_exceeded_wants_a_reason_and_shows_it_from_then_on(session: Session) -> None:
    campaign = ledger_town.build(session)
    loaded = load(session, campaign)
    (remark,) = outcomes.unexplained(loaded)
    assert "1，现有 2（共 4）" in remark.sentence
    with pytest.raises(UserError, match="理由"):
        say(session, campaign, remark.spot, "explained", seen=remark.found)
    say(session, campaign, remark.spot, "explained", reason="两个都达到了标准", seen=remark.found)
    loaded = load(session, campaign)
    assert outcomes.unexplained(loaded) == []
    assert "两个都达到了标准" in findings.sentences(loaded)[0]
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write(result_sheets.workbook(loaded, []))))
    told = [row for row in book["需要说明"].iter_rows(values_only=True) if "评议办" in str(row)]
    assert len(told) == 1
    assert "两个都达到了标准" in str(told[0])


@on_sqlite
def test_all_of_a_kind_are_confirmed_at_once_and_those_ruled_on_are_left_alone(session: Session) -> None:
    campaign = ledger_town.build(session)
    say(session, campaign, TALK, "set_aside", reason="已谈过", seen='["raised"]')
    done = outcomes.confirm_all(session, load(session, campaign), "约谈", reason="", account="评议办", now=LATER)
    more = outcomes.confirm_all(session, load(session, campaign), "定等", reason="会议", account="评议办", now=LATER)
    assert (done, more) == (0, 1)


@on_sqlite
def test_the_office_rules_on_a_page_and_the_workbook_carries_it(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = ledger_town.build(session).key
    base = f"/office/results/{key}/outcomes/"
    page = office_client.get(base).get_data(as_text=True)
    assert "本班子初定（甲镇班子）是“差”" in page
    form = {"csrf_token": csrf(office_client), "about": "定等", "subject": "P1", "seen": BETTER, "verdict": "set_aside"}
    refused = office_client.post(base, data=form)
    assert (refused.status_code, "请写明理由" in refused.get_data(as_text=True)) == (400, True)
    assert office_client.post(base, data={**form, "reason": "<b>复核</b>"}).status_code == 302
    page = office_client.get(f"/office/results/{key}/subjects/P1").get_data(as_text=True)
    assert "已搁置，" in page
    assert "&lt;b&gt;复核&lt;/b&gt;" in page
    assert "已搁置" in office_client.get(f"/office/results/{key}/").get_data(as_text=True)
    for nonsense in ("?page=abc&kind=x&status=y", "?page=999999", "?page=-1"):
        assert office_client.get(base + nonsense).status_code == 200
    file = office_client.get(f"/office/results/{key}/results.xlsx").get_data()
    rows = list(openpyxl.load_workbook(io.BytesIO(file))["结论"].iter_rows(values_only=True))
    assert any(row[1] == "P1" and row[7] == "已搁置" and "复核" in str(row[8]) for row in rows)


@on_sqlite
def test_staff_read_the_published_outcomes_of_their_unit_and_may_not_rule(app: Flask) -> None:
    with resources(app).writing() as session:
        campaign = ledger_town.build(session)
        key = campaign.key
        say(session, campaign, HELD, "confirmed", reason="党委会")
        publish(session, campaign)
    staff_client = signed_in(app, "甲镇办", (key, "A"))
    app.config["PINGYI_CLOCK"] = lambda: NOON
    base = f"/office/results/{key}/outcomes/"
    page = staff_client.get(base).get_data(as_text=True)
    assert "张一" in page
    assert "乙镇" not in page
    assert 'name="verdict"' not in page
    form = {"csrf_token": csrf(staff_client), "about": "定等", "subject": "P1", "seen": BETTER, "verdict": "confirmed"}
    assert staff_client.post(base, data=form).status_code == 404
    assert staff_client.post(base + "all", data={**form, "about": "定等"}).status_code == 404
