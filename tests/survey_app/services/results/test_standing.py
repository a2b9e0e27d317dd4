"""What a reader sees first: the verdict, what needs attention, what a small change would turn. Figures by hand, from `two_towns`.

EH has 172/3, WH 260/3 (see there). Lines at 80 and 50 give 好, 中, 差:
  EH  中. Up to 80: 22.67 points. A peer's mark weighs 60/3 = 20 points from worst to best, a resident's 13.33: one of each.
      Down below 50: 7.33 points, one peer's mark.
  WH  好. Peers give 100, residents 66.67: with peers at w it is 66.67 + 33.33 w, which is 80 at w = 0.4.
"""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.bounded import Bounded
from survey_app.extensions import resources
from survey_app.models import Headcount
from survey_app.services.results import (
    attention,
    firmness,
    gate,
    held_down,
    outcomes,
    plain_statistics,
    standing,
    unfolding,
    whatif,
)
from survey_app.services.results import loaded as results
from survey_app.services.results import overview as results_overview
from survey_app.services.results.overview import Search
from tests.support.publishing import publish, signed_in
from tests.towns import ledger_town, two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = on_sqlite


@pytest.fixture(autouse=True)
def graded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two towns with grades, and nothing kept from other tests."""
    text = two_towns.TEXT.replace(
        "  不称职率:", "  等级: {分段: 民主得分, 各段: {80 以上: 好, 50 以上: 中, 其余: 差}}\n  不称职率:"
    )
    monkeypatch.setattr(two_towns, "TEXT", text.replace("  提示:", "  等次: [等级]\n  提示:"))
    monkeypatch.setattr(results, "_COUNTED", Bounded(8))


def load(session: Session, *, open_to_all: bool = True) -> results.Loaded:
    return results.load(session, two_towns.build(session, open_to_all=open_to_all), language="zh-Hans")


def heads(session: Session) -> list[Headcount]:
    return list(session.query(Headcount))


# --- R2: reasons are told where their value is released
def test_a_reason_names_what_stands_on_the_page_anyhow_although_few_people_stand_behind_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded = results.load(session, ledger_town.build(session), language="zh-Hans")
    node = loaded.report.trace("定等", {"subject": "P1"})
    told = held_down.teller(
        unfolding.wording_of(loaded), lambda _node: True, lambda one: "差" if one.labels.get("subject") in ("TA", "TB") else ""
    )
    (held,) = held_down.holds(node, told)
    assert held.sentence == "定为“较好”：本班子初定（甲镇班子）是“差”"
    monkeypatch.setattr(gate.Tested, "hides_step", lambda _self, _node: True)
    teller = outcomes._teller(loaded)
    assert teller.told(node) == "较好"  # a grade of the result, in the same row
    assert teller.told(loaded.report.trace("初定", {"subject": "P1"})) == ""  # a step on the way, which stands nowhere


# --- the verdict
def test_the_verdict_says_how_far_the_next_grades_are_in_points_and_in_marks(session: Session) -> None:
    loaded = load(session)
    east, west = (standing.of_subject(loaded, code) for code in ("EH", "WH"))
    assert east is not None
    assert west is not None
    assert east.tier is not None
    assert (east.tier.text, east.place, west.place) == ("中", "2 个里第 2", "2 个里第 1")
    assert east.steps == ("再高 22.67 分到“好”，至少 2 个评分改变才够", "再低 7.33 分到“差”，至少 1 个评分改变才够")
    assert west.steps == ("再低 6.67 分到“中”，至少 1 个评分改变才够",)
    assert east.chart is not None
    assert "57.33" in east.chart.told


def test_where_answers_are_held_back_no_distance_in_marks_is_told(session: Session) -> None:
    east = standing.of_subject(load(session, open_to_all=False), "EH")
    assert east is not None
    assert east.steps
    assert not [step for step in east.steps if "评分" in step]


# --- attention and search
def test_what_hangs_on_a_vote_stands_first_and_who_kept_silent_is_named(session: Session) -> None:
    loaded = load(session)
    found = attention.of_report(loaded, lambda: heads(session))
    assert [(one.person.code, one.sentence) for one in found.near] == [
        ("EH", "成立，再少 1 票就不成立"),
        ("WH", "不成立，再多 1 票就成立"),
    ]
    assert [(one.key, one.raised) for one in found.flags] == [("调整岗位", 1)]
    # a sampled public is not silent: 3 of 9 residents of the east answered, and nobody asked the others
    assert (found.silent, found.withheld) == ((), 0)


def test_the_list_is_narrowed_by_name_grade_flag_and_nearness(session: Session) -> None:
    loaded = load(session)

    def codes(search: Search) -> set[str]:
        return {row.person.code for pool in results_overview.overview(loaded, search=search) for row in pool.rows}

    assert codes(Search()) == {"ET", "EH", "WT", "WH"}
    assert codes(Search(words="东镇 镇长")) == {"EH"}
    assert codes(Search(tier="好")) == {"WH"}
    assert codes(Search(flag="调整岗位")) == {"EH"}
    assert codes(Search(near=True, unit="W")) == {"WH"}
    assert codes(Search(pool="班子")) == {"ET", "WT"}
    assert codes(Search(words="<没有>")) == set()


def test_an_address_full_of_nonsense_finds_the_whole_list(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    page = office_client.get(f"/office/results/{key}/?unit=nowhere&pool=x&tier=x&flag=x&sort=x&order=x&page=99999").get_data(
        as_text=True
    )
    assert page.count('<th scope="row">') == 4
    none = office_client.get(f"/office/results/{key}/?q=%00%F0%9F%92%A9").get_data(as_text=True)
    assert "没有这样的对象" in none


# --- once
def test_every_step_of_a_calculation_stands_once_and_can_be_followed_from_top_to_bottom(session: Session) -> None:
    loaded = load(session)
    found = unfolding.calculation(loaded, "EH")
    lines = found.by_hand()
    assert len(lines) == len(set(lines))
    means, score, grade = (
        next(place for place, line in enumerate(lines) if line.startswith(name)) for name in ("主体均分", "民主得分", "等级")
    )
    assert means < score < grade
    assert found.anchor("民主得分", "EH")


def test_the_page_of_a_subject_holds_each_step_once_and_the_sheet_all_of_them(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    page = office_client.get(f"/office/results/{key}/subjects/EH").get_data(as_text=True)
    anchors = re.findall(r'class="step" id="(c\d+)"', page)
    assert len(anchors) == len(set(anchors)) > 5
    assert set(re.findall(r'href="#(c\d+)"', page)) <= set(anchors)
    sheet = office_client.get(f"/office/results/{key}/subjects/EH/calculation").get_data(as_text=True)
    assert "172/3" in sheet


# --- what if
def test_what_a_group_left_out_would_do_is_told_and_changes_nothing(session: Session) -> None:
    """Peers alone: EH 60, still 中; WH 100, still 好. With peers at 0 EH has 53.33 and WH 66.67, which is 中."""
    loaded = load(session)
    alone = {one.person.code: one for one in whatif.ask(loaded, {}, "群众").changes}
    assert (alone["EH"].score, alone["EH"].then_score, alone["EH"].of_grade) == ("57.33", "60.00", False)
    assert alone["WH"].then_score == "100.00"
    knob = next(one.knob.id for one in whatif.offered(loaded) if one.knob.label == "同事")
    (first, *_rest) = whatif.ask(loaded, {knob: "０"}).changes  # as a Chinese keyboard types it
    assert (first.person.code, first.tier, first.then_tier) == ("WH", "好", "中")
    assert loaded.view.cell("等级", {"subject": "WH"}).text == "好"
    assert whatif.ask(loaded, {knob: "60", "no such knob": "1"}).changes == ()


def test_how_little_would_turn_a_grade_is_what_a_hand_finds(session: Session) -> None:
    loaded = load(session)
    found = {one.person.code: one for one in firmness.of_report(loaded)}
    assert (found["WH"].weight, found["WH"].fragile, found["EH"].weight) == ("同事的权重从 60.0% 到 40.0%", False, "")
    assert [firmness.votes(loaded, code) for code in ("EH", "WH")] == ["1 个评分", "1 个评分"]
    assert found["WH"].line == "线从 80 到 86.67"


def test_nothing_is_supposed_about_answers_that_are_held_back(session: Session) -> None:
    loaded = load(session, open_to_all=False)
    found = whatif.ask(loaded, {}, "群众")
    assert (found.looked_at, found.withheld, found.changes) == (0, 4, ())
    assert firmness.of_report(loaded) == []


def test_suppositions_and_statistics_are_for_the_office_alone_and_nonsense_is_answered(
    app: Flask, office_client: FlaskClient
) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        publish(session, campaign)
        key = campaign.key
    staff = signed_in(app, "东镇办", (key, "E"))
    for page in ("what-if/", "what-if/firmness", "statistics"):
        assert office_client.get(f"/office/results/{key}/{page}").status_code == 200
        assert staff.get(f"/office/results/{key}/{page}").status_code in (403, 404)
    assert "先看这里" not in staff.get(f"/office/results/{key}/").get_data(as_text=True)
    for nonsense in ("很多", "-5", "1/0", "9" * 40):
        answer = office_client.get(f"/office/results/{key}/what-if/", query_string={f"k{place}": nonsense for place in range(9)})
        assert answer.status_code == 200
        assert "这样改就算不出来" in answer.get_data(as_text=True)


# --- statistics
def test_agreement_is_counted_by_group_and_silence_is_told_apart_from_error(session: Session) -> None:
    """Peers gave EH 优秀 称职 不称职: codes 0, 1, 3, mean 4/3, s² = 7/3; σ² = 15/12; r_wg = 1 - 28/15, held at 0: weak.

    WH has three alike: strong. So of two places of peers one is strong, one weak.
    """
    found = plain_statistics.of_report(load(session), heads(session))
    peers, residents = found.groups
    assert peers.agreed == (1, 0, 1, 0)
    assert (peers.response, peers.answered) == ("都答了", 6)
    assert residents.response == "抽样：应到是总体人数，不算应答率"
    assert (found.judged.divided[0].subject, found.judged.divided[0].index) == ("EH", 0.0)
    assert [(one.title, one.decided, one.raised, one.near) for one in found.flags] == [("调整岗位", 2, 1, 2)]
