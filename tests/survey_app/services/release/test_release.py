"""What pages and files hold back when too few people stand behind a number, and that nothing shown gives it away all the same.

One person (P), one question worth 100, 80, 0. Superiors sign; peers, residents and subordinates do not. The floor is 5: six or
more answers are shown (one of six who takes their own form away still sees five others), five or fewer are not.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, sessionmaker

from analysis.evaluate import evaluate
from analysis.evidence import Evidence, RatedSubject, Slot, StyleBooks, Tally
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from survey_app.errors import RefusedError, UserError
from survey_app.extensions import resources
from survey_app.models import Campaign, CampaignState
from survey_app.presenting import figures
from survey_app.services.counting import counting
from survey_app.services.release import auditing, weighing
from survey_app.services.release import kept as release_kept
from survey_app.services.release import plan as release_plan
from survey_app.services.release.figure import Figure
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.results import answers as results_answers
from survey_app.services.results import loaded as results
from survey_app.services.results import overview, satisfaction, unfolding
from tests.towns import two_towns

TEXT = """
方案: 小组评议
版本: 2026-01-01
约定: 常用约定
选项: {总体: {优秀: 100, 称职: 80, 不称职: 0}}
评议主体:
  领导: {署名: 是}
  同事: {只评本单位: 是}
  群众: {只评本单位: 是}
  下属: {只评本单位: 是}
测评内容: {总体评价: 总体}
测评表: [{主体: [领导, 同事, 群众, 下属], 填: 总体评价}]
计算:
  主体均分: {平均分: 总体评价}
  得分: {按主体加权: 主体均分, 权重: {领导: 40, 同事: 30, 群众: 20, 下属: 10}}
  不称职率: {占比: 不称职, 项目: 总体评价}
  调整岗位: {判断: 不称职率 >= 1/3}
结果: {列: [得分], 分主体: [主体均分], 提示: [调整岗位]}
"""
SCHEME = load_scheme(TEXT, "scheme.yml")
#: Answers by grade: 优秀, 称职, 不称职. No cell is of one mind.
SUPERIORS = (2, 1, 0)
PEERS12 = (6, 5, 1)
RESIDENTS20 = (11, 7, 2)


def held(plan: ReleasePlan | None = None, scheme: Scheme = SCHEME, **answers: tuple[int, int, int]) -> Held:
    """What is held back of a count of these answers by group."""
    slot = (Slot("P", "总体评价"),)
    counts = {("P", group, "总体评价"): (0, *given) for group, given in answers.items()}
    books = tuple(
        StyleBooks(
            style=group, group=group, unit="U", slots=slot, cast=sum(given), valid=sum(given), blank=0, invalid=0, superseded=0
        )
        for group, given in answers.items()
    )
    report = evaluate(scheme.plan, Evidence(subjects=(RatedSubject("P", {}),), tally=Tally(counts, books)))
    return Held(report=report, scheme=scheme, plan=plan or ReleasePlan())


def hidden_groups(one: Held) -> set[str]:
    """The groups whose answers are not shown."""
    return {group for _, group, _ in one.of("P").cells}


def test_where_six_or_more_answered_everywhere_nothing_is_held_back() -> None:
    found = held(领导=SUPERIORS, 同事=PEERS12, 群众=RESIDENTS20, 下属=(3, 2, 1)).of("P")
    assert (found.cells, found.values, found.leaks) == (frozenset(), frozenset(), ())


def test_three_subordinates_are_held_back_and_with_them_the_next_smallest_or_the_score_would_show_them() -> None:
    """Score − 40 % superiors − 30 % peers − 20 % residents would be the subordinates'. With peers held back alone, the one who
    said 0 would still see that both others have 180 points together: 10 % of 180 / 3 = 6 is the only part that fits two decimals
    beside twelve peers. So residents go as well, which costs less than the digits of the score."""
    one = held(领导=SUPERIORS, 同事=PEERS12, 群众=RESIDENTS20, 下属=(1, 1, 1))
    assert hidden_groups(one) == {"下属", "同事", "群众"}
    assert one.of("P").digits == {}
    assert one.value("主体均分", {"subject": "P", "group": "下属"})
    assert one.value("主体均分", {"subject": "P", "group": "同事"})
    assert not one.cell("P", "领导", "总体评价")
    assert one.of("P").leaks == ()


def test_exactly_the_floor_is_too_few_because_one_of_five_sees_the_other_four() -> None:
    assert "下属" in hidden_groups(held(同事=PEERS12, 群众=RESIDENTS20, 下属=(3, 1, 1)))
    assert hidden_groups(held(同事=PEERS12, 群众=RESIDENTS20, 下属=(3, 2, 1))) == set()


def test_two_small_groups_that_are_enough_people_together_hide_each_other() -> None:
    """Four peers and four subordinates are eight people under one score, enough by algebra. But whoever of the subordinates said
    100 would see how many peers did, so residents' answers are held back too."""
    one = held(领导=SUPERIORS, 同事=(2, 1, 1), 群众=RESIDENTS20, 下属=(1, 2, 1))
    assert hidden_groups(one) == {"同事", "下属", "群众"}
    assert one.of("P").leaks == ()


def test_a_score_that_alone_shows_a_small_group_leaves_to_so_wide_a_step_that_it_does_not() -> None:
    """Superiors sign, and only three subordinates besides. The score is 4/5 of 280/3 and 1/5 of 60, 86 2/3. From 82.5 to 87.5
    their three points would add up to something from 117.5 to 192.5: 80 + 80 + 0 or 100 + 80 + 0, one 0 either way. From 85 to
    95 it is from 155 to 305, and anything from 160 to 300 will do."""
    one = held(领导=SUPERIORS, 下属=(1, 1, 1))
    assert hidden_groups(one) == {"下属"}
    assert (one.of("P").leaks, dict(one.of("P").digits)) == ((), {("得分", "P"): -3})
    assert figures.announced(Fraction(260, 3), "number", -3).text == "90±5"


def test_a_score_that_is_the_mean_of_three_people_does_not_leave() -> None:
    """From 55 to 65 their points would add up to something from 165 to 195, and of 100, 80 and 0 only 180 is made so."""
    one = held(领导=(0, 0, 0), 下属=(1, 1, 1))
    assert one.value("得分", {"subject": "P"})
    assert one.of("P").leaks == ()
    assert {line.standing for line in auditing.audit(one) if line.people} == {"held"}
    assert all(said.verdict == "safe" for line in auditing.audit(one) for said in line.ranges)


def test_every_number_that_says_of_three_people_what_the_score_says_is_weighed_with_it() -> None:
    """The share of bad marks is made of counts over counts: of 38 votes one is bad, 2.6 %, and where everybody else's are seen it
    is one of the subordinates' three. The votes below the line are counted by a step of the plan, and no mark moves them."""
    text = TEXT.replace("{占比: 不称职, 项目: 总体评价}", "{占比: 不称职, 项目: 总体评价, 基数: 有效票}").replace(
        "[得分]", "[得分, 不称职率]"
    )
    one = held(scheme=load_scheme(text, "scheme.yml"), 领导=(2, 1, 0), 同事=(6, 6, 0), 群众=(12, 8, 0), 下属=(1, 1, 1))
    (share,) = [stated for stated in one.union.of("P") if (stated.figure.kind, stated.figure.quantity) == ("score", "不称职率")]
    assert share.terms == {(("P", group, "总体评价"), 3): Fraction(1, 38) for group in ("领导", "同事", "群众", "下属")}
    assert one.value("不称职率", {"subject": "P"})
    assert {said.verdict for line in auditing.audit(one) for said in line.ranges} == {"safe"}


def test_raters_whose_answers_are_given_up_too_are_asked_what_they_can_say() -> None:
    """Peers' answers still leave when the question is put. Once they are held back, a peer knows more of them than anybody."""
    one = held(领导=SUPERIORS, 同事=PEERS12, 群众=RESIDENTS20, 下属=(1, 1, 1))
    few = [("P", "下属", "总体评价")]
    stated = [weighing.printed(stated, Fraction(1, 100), one.union.asked["P"]) for stated in one.union.of("P") if stated.terms]
    assert {reader.body for reader in weighing.asked(one.union, few, stated).readers} == {"", "下属", "同事", "群众"}


def test_a_group_that_was_promised_nothing_is_shown() -> None:
    plan = ReleasePlan(open_groups=frozenset({"下属"}))
    assert held(plan, 领导=SUPERIORS, 同事=PEERS12, 下属=(1, 1, 1)).of("P").cells == frozenset()


def test_a_higher_floor_holds_back_more() -> None:
    assert hidden_groups(held(ReleasePlan(floor=12), 同事=PEERS12, 群众=RESIDENTS20)) == {"同事", "群众"}
    assert hidden_groups(held(ReleasePlan(floor=10), 同事=PEERS12, 群众=RESIDENTS20)) == set()


def test_one_group_may_be_promised_more_than_the_others() -> None:
    """Residents were promised 20, peers the usual five. Score − 40 % superiors − 30 % peers would be the 20 residents' alone, so
    peers go, too."""
    plan = ReleasePlan(floors={"群众": 20})
    assert hidden_groups(held(plan, 同事=PEERS12)) == set()
    assert "群众" in hidden_groups(held(plan, 领导=SUPERIORS, 同事=PEERS12, 群众=RESIDENTS20))
    assert hidden_groups(held(ReleasePlan(floors={"群众": 19}), 领导=SUPERIORS, 同事=PEERS12, 群众=RESIDENTS20)) == set()
    assert '"floors"' not in ReleasePlan().text()  # plans of before keep their digest


@pytest.fixture
def small(session: Session) -> Campaign:
    """The two towns, whose groups of three were promised anonymity: nobody chose a plan."""
    return two_towns.build(session, open_to_all=False)


def test_pages_and_files_say_too_few_and_print_no_count(session: Session, small: Campaign) -> None:
    """EH: no mean leaves nor any count of theirs, and the score (172/3) as 58±1. Peers' and residents' points in twenties, p and
    r, make 3p + 2r = 43, and three marks of 5, 4 and 0 make 0, 4, 5, 8, 9, 10, 12 to 15: (5, 14) or (9, 8), so whoever of the
    peers gave 80 knows 9. To the nearest whole it is 43 still; from 57 to 59 it may be 44, which adds (8, 10) and (12, 4). The
    share of bad marks, 2 of 6, is the same for all four: (5, 0, 0) (5, 5, 4) · (5, 4, 0) (4, 4, 0) · (4, 4, 0) (5, 5, 0) ·
    (4, 4, 4) (4, 0, 0)."""
    loaded = results.load(session, small, language="zh-Hans")
    row = overview.row(loaded, "EH")
    assert [cell.text for cell in row.cells[1:3]] == ["58±1", "33.33%"]
    assert {cell.text for line in results_answers.by_group(loaded, "EH") for cell in line.cells} == {"人数太少，不单独列出"}
    bars = [bar for item in results_answers.distributions(loaded, "EH") for bar in item.bars]
    assert all(bar.withheld and not bar.answered and not any(count for _, count in bar.choices) for bar in bars)
    told = " ".join(step.text for step in unfolding.steps(loaded, "民主得分", "EH"))
    assert "58±1" in told
    assert "人数太少" in told
    for given_away in (
        "57.33",
        "172/3",
        "60 ×",
        "× 60",
        "53.33",
        "160",
        "180",
    ):  # the groups' means and sums of points, and how they are weighed
        assert given_away not in told
    shares = [
        share
        for question in satisfaction.questions(loaded, small, [])
        for pool in question.pools
        for line in pool.lines
        for share in line.groups
    ]
    assert {share.share for share in shares} == {"人数太少，不单独列出"}
    assert all(share.found == share.answered == 0 and share.counts == () for share in shares)


def test_the_page_of_a_person_shows_the_words_in_place_of_the_counts(app: Flask, office_client: FlaskClient) -> None:
    with sessionmaker(resources(app).engine)() as session:
        key = two_towns.build(session, open_to_all=False).key
    page = office_client.get(f"/office/results/{key}/subjects/EH").get_data(as_text=True)
    assert page.count("人数太少，不单独列出") >= 4
    assert not re.search(r"优秀 \d", page)
    assert '<rect class="step-' not in page
    satisfied = office_client.get(f"/office/results/{key}/satisfaction").get_data(as_text=True)
    assert "人数太少，不单独列出" in satisfied
    assert not re.search(r"\d+ / \d+", satisfied)


def test_a_plan_is_chosen_before_approval_and_never_after(session: Session, small: Campaign) -> None:
    with pytest.raises(RefusedError, match="批准之后不能再改"):
        release_plan.choose(session, small, floor=5, open_groups=["同事"], exits=[])
    small.state = CampaignState.DRAFT
    session.flush()
    with pytest.raises(UserError, match="最少人数"):
        release_plan.choose(session, small, floor=4, open_groups=[], exits=[])
    with pytest.raises(UserError, match="最少人数"):
        release_plan.choose(session, small, floor=5, floors={"同事": 4}, open_groups=[], exits=[])
    own = release_plan.choose(session, small, floor=8, floors={"同事": 12, "群众": 8}, open_groups=[], exits=[])
    assert own == release_plan.plan_of(session, small)
    assert (own.floor_of("同事"), own.floor_of("群众"), dict(own.floors)) == (12, 8, {"同事": 12})
    plan = release_plan.choose(session, small, floor=8, open_groups=["同事"], exits=["groups", "nonsense"])
    assert plan == release_plan.plan_of(session, small)
    assert (plan.floor, plan.open_groups, plan.exits) == (8, frozenset({"同事"}), frozenset({"groups", "scores", "log"}))


def test_only_what_the_plan_lists_leaves(app: Flask, office_client: FlaskClient) -> None:
    """A plan of scores alone: no groups, no answers, no satisfaction, no calculation that goes down to counts, no file."""
    with sessionmaker(resources(app).engine)() as own:
        campaign = two_towns.build(own)
        campaign.state = CampaignState.DRAFT
        own.flush()
        release_plan.choose(own, campaign, floor=5, open_groups=["同事", "群众"], exits=[])
        campaign.state = CampaignState.COUNTED
        own.commit()
        key, loaded = campaign.key, results.load(own, campaign, language="zh-Hans")
        assert [cell.text for cell in overview.row(loaded, "EH").cells[1:3]] == ["57.33", "33.33%"]
        assert results_answers.by_group(loaded, "EH") == []
        assert results_answers.distributions(loaded, "EH") == []
        assert satisfaction.questions(loaded, campaign, []) == []
        assert unfolding.steps(loaded, "民主得分", "EH") == []
    for name in ("results.xlsx", "results.csv"):
        answer = office_client.get(f"/office/results/{key}/{name}")
        assert answer.status_code == 409
        assert "公布计划里没有表格文件" in answer.get_data(as_text=True)
    assert office_client.get(f"/office/results/{key}/subjects/EH").status_code == 200


def test_what_is_held_back_is_kept_with_the_report_and_read_again_as_it_was_decided() -> None:
    """Superiors sign, and three subordinates besides: what is held back, and to which step the score leaves."""
    one = held(领导=SUPERIORS, 下属=(1, 1, 1))
    text = release_kept.decide(one.report, SCHEME, ReleasePlan())
    read = release_kept.load_held(text, one.report, SCHEME, ReleasePlan())
    assert read.decided == {"P": one.of("P")}
    assert one.of("P").cells == {("P", "下属", "总体评价")}
    assert read.announced("得分", {"subject": "P"}) == -3
    assert release_kept.load_held(text, one.report, SCHEME, ReleasePlan(floor=7)).kept is None
    assert release_kept.load_held(None, one.report, SCHEME, ReleasePlan()).kept is None


def test_a_counted_campaign_keeps_with_its_report_what_its_pages_hold_back(session: Session) -> None:
    """Three peers and three residents a town, promised anonymity: every answer about heads and teams is kept back."""
    campaign = two_towns.build(session, open_to_all=False)
    kept = json.loads(counting.newest_report(session, campaign).held or "")
    groups = {subject: {group for _, group, _ in one["cells"]} for subject, one in kept["subjects"].items()}
    assert groups == {"EH": {"同事", "群众"}, "WH": {"同事", "群众"}, "ET": {"群众"}, "WT": {"群众"}}


def test_decisions_kept_when_a_number_was_one_text_are_read_as_they_were_made() -> None:
    """As of a score that showed three subordinates, when it still left: kept as kind·step·place in one text."""
    one = held(下属=(1, 1, 1))
    record = json.loads(release_kept.decide(one.report, SCHEME, ReleasePlan()))
    leak = {"kind": "isolated", "cells": [], "raters": 3, "choice": "", "bodies": ["下属"]}
    record["subjects"]["P"]["leaks"] = [leak | {"combo": [["score·得分·得分·P", 1]]}]
    before = json.dumps(record | {"format": "pingyi-held/1"})
    (read,) = release_kept.load_held(before, one.report, SCHEME, ReleasePlan()).of("P").leaks
    assert read.combo == ((Figure("score", "得分", ("得分", "P")), 1),)
