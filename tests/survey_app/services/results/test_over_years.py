"""Rules over several years, told for each subject from the scheme alone, and a subject through its rounds.

A method of two gates: 连续两年差 (this year and last both 差) and 三年无好 (not once 好 in this year and the last two).
Scores bring grades: 85 好, 60 较好, else 差. The counted year is 2026.

    subject   2024   2025   2026 score, grade   差 twice running        never 好
    P1        好     差     50 差               yes: 2025 and 2026     no: 2024
    P2        较好   较好   70 较好             no                     yes: 2024, 2025, 2026
    P3        -      较好   50 差               no                     yes of the years there are; 2024 is missing
    P4        -      -      90 好               no                     no
"""

from __future__ import annotations

from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.counting import counting
from survey_app.services.evidence import entries
from survey_app.services.release import approval
from survey_app.services.results import loaded as results
from survey_app.services.results import over_years, year_rules
from survey_app.services.results.year_rules import YearVerdict
from survey_app.services.roster import importing
from survey_app.services.sealing import custody
from survey_app.services.uploads import Upload
from tests.support.clock import NOON
from tests.support.publishing import confirm_everything

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PASSPHRASE = "两个班子的冬天 2026 年到了"
TEXT = """
方案: 历年门槛
版本: 2026-01-01
约定: 常用约定
其他材料: {得分: {从: 0, 到: 100}}
往期结果:
  往年等次: {取: 定等, 等次: [好, 较好, 差], 最近: 2}
计算:
  总分: {算式: 得分, 出处: 按得分}
  定等: {分段: 总分, 各段: {85 以上: 好, 60 以上: 较好, 其余: 差}}
  上年等次: {最近: 往年等次, 沿: 时期}
  往年评过好: {补缺: {任一: 往年等次 = 好, 沿: 时期, 缺者: 按其余折算}, 以: 否}
  连续两年差: {判断: 定等 = 差 且 非 缺(上年等次) 且 上年等次 = 差, 后果: 免职, 出处: 连续两年评定为“差”的}
  三年无好: {判断: 非 往年评过好 且 定等 ≠ 好, 后果: 不提拔, 出处: 近三年没有评过“好”的}
  低分: {判断: 总分 < 60, 后果: 谈话}
结果: {列: [总分], 等次: [定等], 提示: [连续两年差, 三年无好, 低分]}
"""
SUBJECTS = "编号,姓名或名称,单位编号\nP1,甲,A\nP2,乙,A\nP3,丙,A\nP4,丁,A\n"
SCORES = "对象,得分\nP1,50\nP2,70\nP3,50\nP4,90\n"
HISTORY = "周期,对象,结果,数值\n2024,P1,定等,好\n2025,P1,定等,差\n2024,P2,定等,较好\n2025,P2,定等,较好\n2025,P3,定等,较好\n"


def build(session: Session, *, period: str = "2026", subjects: str = SUBJECTS, history: str = HISTORY) -> Campaign:
    campaign = campaigns.create(
        session, scheme_text=TEXT, title=f"门槛 {period}", period=period, passphrase=PASSPHRASE,
        wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON,
    )  # fmt: skip
    units = "单位编号,单位名称\nA,甲镇\n"
    importing.import_roster(session, campaign, [Upload("units.csv", units.encode()), Upload("subjects.csv", subjects.encode())])
    rehearsal.rehearse(session, campaign, PASSPHRASE, account="评议办", now=NOON)
    approval.approve(session, campaign, now=NOON)
    for name, table in (("components.csv", SCORES), ("history.csv", history)):
        if table:
            entries.import_evidence(session, campaign, name, table.encode(), account="评议办", now=NOON)
    campaigns.close(session, campaign, now=NOON)
    session.commit()
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    return campaign


def told(session: Session, campaign: Campaign, code: str) -> dict[str, YearVerdict]:
    loaded = results.load(session, campaign, language="zh-Hans")
    return {one.rule.key: one for one in year_rules.of_subject(loaded, code)}


def test_every_gate_is_told_for_everybody_from_the_scheme_alone(session: Session) -> None:
    campaign = build(session)
    found = {code: told(session, campaign, code) for code in ("P1", "P2", "P3", "P4")}
    assert {code: {key: one.raised for key, one in rules.items()} for code, rules in found.items()} == {
        "P1": {"连续两年差": True, "三年无好": False},
        "P2": {"三年无好": True, "连续两年差": False},
        "P3": {"三年无好": True, "连续两年差": False},
        "P4": {"连续两年差": False, "三年无好": False},
    }  # 低分 looks at this year alone and is none of them
    first = found["P1"]["连续两年差"]
    assert (first.rule.consequence, first.rule.source) == ("免职", "连续两年评定为“差”的")
    assert first.rule.reads == ("最近 2 个往期的“定等”",)
    assert first.periods == ("2024", "2025", "2026（本期）")
    assert [(row.title, row.cells) for row in first.rows] == [("定等", ("好", "差", "差"))]
    assert "差" in first.why
    assert first.missing == ()


def test_a_year_without_a_result_is_named(session: Session) -> None:
    campaign = build(session)
    third = told(session, campaign, "P3")["三年无好"]
    assert [row.cells for row in third.rows] == [("—", "较好", "差")]
    assert third.missing == ("缺 2024 的“定等”",)
    assert told(session, campaign, "P4")["三年无好"].missing == ("缺 2024 的“定等”", "缺 2025 的“定等”")


def test_a_window_that_the_evidence_does_not_fill_is_told(session: Session) -> None:
    campaign = build(session, history="周期,对象,结果,数值\n2025,P1,定等,差\n")
    assert told(session, campaign, "P1")["连续两年差"].missing == ("方案看最近 2 个往期的“定等”，材料里只有 1 个",)


def test_a_subject_stands_in_its_rounds_with_what_it_was_called(session: Session) -> None:
    build(session, period="2025", subjects=SUBJECTS.replace("P2,乙,", "P2,前任,"), history="")
    campaign = build(session)
    confirm_everything(session, campaign)
    loaded = results.load(session, campaign, language="zh-Hans")
    lines = over_years.of_subject(session, loaded, "P2")
    assert [(one.campaign.period, one.here, one.name, one.grades, one.score) for one in lines] == [
        ("2025", False, "前任", (("定等", "较好"),), "70.00"),
        ("2026", True, "", (("定等", "较好"),), "70.00"),
    ]
    assert [([out.title for out in one.outcomes], one.open) for one in lines] == [([], 1), (["三年无好"], 0)]


def test_the_pages_say_it_in_words_and_refuse_strangers(app: Flask, office_client: FlaskClient, session: Session) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON
    key = build(session).key
    session.close()
    page = unescape(office_client.get(f"/office/results/{key}/years/").get_data(as_text=True))
    for word in ("连续两年差", "成立 1 处", "成立 2 处", "最近 2 个往期的“定等”", "近三年没有评过“好”的"):
        assert word in page, word
    assert ("低分" in page, "丁" in page) == (False, False)
    everybody = office_client.get(f"/office/results/{key}/years/?verdict=all&rule=nonsense&page=9").get_data(as_text=True)
    assert "丁" in everybody
    person = unescape(office_client.get(f"/office/results/{key}/years/P3").get_data(as_text=True))
    assert "缺 2024 的“定等”" in person
    assert office_client.get(f"/office/results/{key}/years/NOBODY").status_code == 404
