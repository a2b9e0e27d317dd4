"""Scores that by themselves show few people: said before approval and after the count, in a sentence with what to do.

One head (P). Two leaders sign, three clerks do not: score = 40 % leaders + 60 % clerks, so clerks' mean is what is left.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.evaluate import evaluate
from analysis.evidence import Evidence, RatedSubject, Slot, StyleBooks, Tally
from survey_app.models import Campaign
from survey_app.services.campaign import campaigns
from survey_app.services.release import deciding, leaks, plan
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from survey_app.services.roster import importing
from survey_app.services.sealing import custody
from survey_app.services.uploads import Upload
from tests.support.clock import NOON

TEXT = """
方案: 小科室
版本: 2026-01-01
约定: 常用约定
名册栏目: {职务: [科长]}
选项: {总体: {优秀: 100, 称职: 80, 不称职: 0}}
评议主体: {领导: {署名: 是}, 科员: {只评本单位: 是}}
测评内容: {总体评价: 总体}
测评表: [{主体: [领导, 科员], 填: 总体评价}]
其他材料: {目标得分: {从: 0, 到: 100}}
计算:
  主体均分: {平均分: 总体评价}
  得分: {按主体加权: 主体均分, 权重: {领导: 40, 科员: 60}}
  总分: {加权合成: {得分: 50, 目标得分: 50}}
结果: {列: [总分, 得分], 分主体: [主体均分]}
"""


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """On SQLite only: nothing here is about the database."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


def draft(session: Session, *, clerks: str) -> Campaign:
    campaign = campaigns.create(
        session, scheme_text=TEXT, title="小科室", period="2026", passphrase="小科室的秋天 2026 年到了",
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    tables = {
        "units.csv": "单位编号,单位名称\nU,科室\n",
        "subjects.csv": "编号,姓名或名称,单位编号,职务名称,职务\nP,甲,U,科长,科长\n",
        "raters.csv": "编号,姓名,评议主体,单位编号,本人的评价对象编号\nL1,丁,领导,,\nL2,戊,领导,,\n",
    }
    if clerks:
        tables["heads.csv"] = f"单位编号,评议主体,应到人数\nU,科员,{clerks}\n"
    importing.import_roster(session, campaign, [Upload(name, text.encode()) for name, text in tables.items()])
    session.commit()
    return campaign


@pytest.mark.parametrize(("clerks", "shown"), [("3", 3), ("5", 5), ("6", 0), ("", 0)])
def test_the_forecast_says_which_scores_would_show_a_small_group(session: Session, clerks: str, shown: int) -> None:
    """Of six, five are left when one takes their own form away; whose number nobody said counts as many."""
    found = leaks.forecast(session, draft(session, clerks=clerks))
    assert found is not None
    assert [one.raters for one in found] == ([shown] if shown else [])
    assert all(one.groups == ("科员",) and one.subjects == ("P",) for one in found)


def test_a_group_that_was_promised_nothing_is_no_leak_of_the_forecast(session: Session) -> None:
    campaign = draft(session, clerks="3")
    plan.choose(session, campaign, floor=5, open_groups=["科员"], exits=[])
    assert leaks.forecast(session, campaign) == []


def test_the_page_before_approval_says_it_in_a_sentence_with_what_to_do(session: Session, office_client: FlaskClient) -> None:
    key = draft(session, clerks="5").key
    assert "/release/scores" in office_client.get(f"/office/campaigns/{key}/release/").get_data(as_text=True)
    page = office_client.get(f"/office/campaigns/{key}/release/scores").get_data(as_text=True)
    assert "合起来只关系到科员的 5 人，其中一人除去自己那份，就得出其余 4 人的。涉及 1 个对象：甲。" in page
    assert "请把这一类人与别的主体合并" in page


def test_what_scores_would_show_is_forecast_and_after_the_count_they_show_it_no_more(session: Session) -> None:
    scheme = campaigns.scheme_of(draft(session, clerks="3"))
    slot = (Slot("P", "总体评价"),)
    tally = Tally(
        {("P", "领导", "总体评价"): (0, 1, 1, 0), ("P", "科员", "总体评价"): (0, 1, 1, 1)},
        (
            StyleBooks(style="a", group="领导", unit="", slots=slot, cast=2, valid=2, blank=0, invalid=0, superseded=0),
            StyleBooks(style="b", group="科员", unit="U", slots=slot, cast=3, valid=3, blank=0, invalid=0, superseded=0),
        ),
    )
    held = Held(
        report=evaluate(scheme.plan, Evidence(subjects=(RatedSubject("P", {"职务": "科长"}),), tally=tally)),
        scheme=scheme,
        plan=ReleasePlan(),
    )
    assert leaks.of_report(held) == []
    assert {subject: len(found) for subject, found in deciding.shown_by_scores(held.union).items()} == {"P": 1}
