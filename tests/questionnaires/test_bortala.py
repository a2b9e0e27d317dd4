"""What the hand-worked cases of Bortala cannot say: who gets which form, and that the demo's sample is the published one."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from questionnaires.model import RosterSubject
from questionnaires.shipped import HOME, load_shipped
from questionnaires.styles import build_styles
from survey_app.services.results.satisfaction import margin_of, margin_words

SCHEME = load_shipped("bortala")
DEMO = HOME / "bortala" / "2026-01-01" / "demo"
ROSTER = (
    RosterSubject("T", "班子", "甲", {"职务": "班子", "整改任务": "有"}),
    RosterSubject("P", "正职", "甲", {"职务": "正职", "所属班子": "T", "整改任务": "无"}),
    RosterSubject("D", "副职", "甲", {"职务": "副职", "所属班子": "T", "整改任务": "无"}),
    RosterSubject("Z", "全州", "州", {"职务": "全州"}),
)
STYLES = {
    (style.group, style.unit): [(slot.subject, slot.item) for slot in style.slots] for style in build_styles(SCHEME, ROSTER, [])
}


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_own_staff_rate_each_layer_on_its_own_content_and_the_team_on_last_years_rectification() -> None:
    assert STYLES["干部职工", "甲"] == [
        ("T", "总体评价"),
        ("T", "任务分解"),
        ("T", "推动落实"),
        ("T", "作风建设"),
        ("T", "上年整改"),
        ("P", "总体评价"),
        ("P", "亲自抓"),
        ("P", "带队伍"),
        ("P", "正职自律"),
        ("D", "总体评价"),
        ("D", "一岗双责"),
        ("D", "副职自律"),
    ]


def test_those_invited_to_the_report_meeting_fill_one_question_a_subject_of_that_unit() -> None:
    invited = ("两代表一委员", "纪委委员", "特邀监察员", "行风监督员", "一线服务对象", "其他服务对象")
    for group in invited:
        assert STYLES[group, "甲"] == [("T", "民意评价"), ("P", "民意评价"), ("D", "民意评价")]
        assert (group, "州") not in STYLES


def test_the_sample_answers_two_questions_about_the_prefecture_only() -> None:
    assert STYLES["社会各界", ""] == [("Z", "重视程度"), ("Z", "近年成效")]


def test_the_demo_has_sixty_units_with_a_team_a_principal_and_deputies_each() -> None:
    layers = Counter(row["职务"] for row in rows("subjects.csv"))
    assert (layers["班子"], layers["正职"], layers["全州"]) == (60, 60, 1)
    deputies = Counter(row["单位编号"] for row in rows("subjects.csv") if row["职务"] == "副职")
    assert len(deputies) == 60
    assert min(deputies.values()) >= 2


def test_the_demos_sample_is_a_thousand_ballots_with_the_published_shares_satisfied() -> None:
    sample = [row for row in rows("ballots.csv") if row["对象"] == "BZ-00"]
    satisfied = {"满意", "基本满意"}
    # published: 86.7 % and 80.4 % of 1,000
    assert sum(int(row["份数"]) for row in sample) == 1000
    assert sum(int(row["份数"]) for row in sample if row["重视程度"] in satisfied) == 867
    assert sum(int(row["份数"]) for row in sample if row["近年成效"] in satisfied) == 804


@pytest.mark.parametrize(("satisfied", "least", "most"), [(867, "84%", "89%"), (804, "78%", "83%")])
def test_a_thousand_drawn_and_all_answering_are_a_sample_and_no_complete_count(satisfied: int, least: str, most: str) -> None:
    # Score interval, z = 1.96, n = 1000: (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n)
    #   p = 0.867: (0.86892 ± 0.02113) ÷ 1.00384 = 0.8445 … 0.8866;  p = 0.804: (0.80592 ± 0.02468) ÷ 1.00384 = 0.7783 … 0.8274
    found = margin_of(SCHEME.groups["社会各界"], satisfied, 1000, 1000)
    assert found.basis == "wilson"
    assert least in margin_words(found, SCHEME.groups["社会各界"], 1000)
    assert most in margin_words(found, SCHEME.groups["社会各界"], 1000)
