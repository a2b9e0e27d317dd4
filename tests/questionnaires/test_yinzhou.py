"""The shipped Yinzhou scheme, counted on two towns whose figures are worked out by hand here.

Team 甲: superiors grade 班子建设 five times 优秀 (20 each → 100);
  residents: 整体满意度 满意 (100), 公信度 比较满意 (80), 安全感 一般 (50).
  superiors 100 (only 班子建设 is theirs) · residents (20·100 + 10·80 + 10·50) / 40 = 82.5
  democratic, the groups present: (25·100 + 15·82.5) / 40 = 93.4375
  target 90 × 0.9 (medium town) + 2 bonus − 0 = 83 · organisation 88
  composite 0.4·83 + 0.4·93.4375 + 0.2·88 = 33.2 + 37.375 + 17.6 = 88.175
Principal 甲1: three staff say 不称职 once, 称职 twice (1/3 incompetent, none excellent);
  all five short items 良好 = 80 → democratic 80.
  achievement is the team's 90 · 0.9 = 81 · public rating of the team: residents alone 82.5 · organisation 70
  composite 0.3·81 + 0.4·80 + 0.2·70 + 0.1·82.5 = 24.3 + 32 + 14 + 8.25 = 78.55
Deputy 甲2 has no own-portfolio score: not rated.
"""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction

import numpy as np

from analysis import evaluate
from analysis.evidence import BallotBatch, Component, Evidence, RatedSubject, Slot
from analysis.reasons import Reason
from analysis.values import Missing
from questionnaires.model import RosterSubject
from questionnaires.shipped import HOME, load_shipped, shipped
from questionnaires.styles import build_styles

SCHEME = load_shipped("yinzhou")
DEMO = HOME / "yinzhou" / "2026-01-01" / "demo"
TOWN = {"类别": "规模中等镇乡"}
TEAM = ["思想政治建设", "组织领导能力", "团结协作", "工作成效", "勤政廉洁"]
SHORT = ["总体评价", "德总体", "能总体", "勤总体", "绩总体", "廉总体"]
PUBLIC = ["整体满意度", "公信度", "安全感"]


def batch(group: str, subject: str, items: list[str], rows: list[list[int]]) -> BallotBatch:
    slots = tuple(Slot(subject, item) for item in items)
    return BallotBatch(f"{group} {subject}", group, "甲", slots, np.array(rows, dtype=np.uint8))


EVIDENCE = Evidence(
    subjects=(
        RatedSubject("甲0", {**TOWN, "职务": "班子", "所属班子": ""}),
        RatedSubject("甲1", {**TOWN, "职务": "正职", "所属班子": "甲0"}),
        RatedSubject("甲2", {**TOWN, "职务": "副职", "所属班子": "甲0"}),
    ),
    batches=(
        batch("上级领导", "甲0", TEAM, [[1, 1, 1, 1, 1]]),
        batch("群众代表", "甲0", PUBLIC, [[1, 2, 3], [1, 2, 3]]),
        batch("机关干部", "甲1", SHORT, [[4, 2, 2, 2, 2, 2], [2, 2, 2, 2, 2, 2], [2, 2, 2, 2, 2, 2]]),
        batch("下属负责人", "甲2", SHORT, [[1, 1, 1, 1, 1, 1]]),
    ),
    components=tuple(
        Component(subject=subject, name=name, value=Fraction(value))
        for subject, name, value in [
            ("甲0", "目标得分", "90"),
            ("甲0", "难度系数", "0.9"),
            ("甲0", "附加分", "2"),
            ("甲0", "组织考察", "88"),
            ("甲1", "组织考察", "70"),
            ("甲2", "组织考察", "75"),
        ]
    ),
    period="2026",
)
REPORT = evaluate(SCHEME.plan, EVIDENCE)


def test_the_teams_figures_come_out_to_the_last_digit() -> None:
    assert REPORT.value("民主测评得分", subject="甲0") == Fraction("93.4375")
    assert REPORT.value("目标考核得分", subject="甲0") == 83
    assert REPORT.value("综合得分", subject="甲0") == Fraction("88.175")


def test_the_principals_figures_come_out_to_the_last_digit() -> None:
    assert REPORT.value("目标考核得分", subject="甲1") == 81
    assert REPORT.value("民主测评得分", subject="甲1") == 80
    assert REPORT.value("综合得分", subject="甲1") == Fraction("78.55")


def test_exactly_one_third_fires_the_first_rule_and_not_the_second() -> None:
    assert REPORT.value("不称职票率", subject="甲1") == Fraction(1, 3)
    assert REPORT.value("不称职达三分之一", subject="甲1") is True
    assert REPORT.value("不称职过三分之一", subject="甲1") is False
    assert REPORT.value("优秀不足二分之一", subject="甲1") is True


def test_a_subject_without_evidence_is_not_rated() -> None:
    assert isinstance(REPORT.value("综合得分", subject="甲2"), Missing)
    assert REPORT.value("个人等次", subject="甲2") == Missing(Reason.NOT_RATED)


def test_the_coefficient_typed_in_is_held_against_the_towns_class() -> None:
    assert REPORT.value("系数不符", subject="甲0") is False


def test_a_seventh_and_an_eighth_team_share_out_as_written() -> None:
    # Largest remainder: 8 → 1.6|4|2|0.4 = 1 4 2 1;  7 → 1 3(.5) 1(.75) → 1 3 2 1;  5 → 1 2(.5) 1(.25) → 1 2 1 1.
    for size, wanted in ((8, [1, 4, 2, 1]), (7, [1, 3, 2, 1]), (5, [1, 2, 1, 1])):
        ids = [f"t{n}" for n in range(size)]
        evidence = Evidence(
            subjects=tuple(RatedSubject(one, {**TOWN, "职务": "班子", "所属班子": ""}) for one in ids),
            batches=tuple(batch("上级领导", one, TEAM, [[1, 1, 1, 1, 1]]) for one in ids),
            components=tuple(
                Component(subject=one, name=name, value=Fraction(value))
                for at, one in enumerate(ids)
                for name, value in (("目标得分", 60 + at), ("难度系数", 1), ("组织考察", 80))
            ),
            period="2026",
        )
        tiers = [evaluate(SCHEME.plan, evidence).value("班子等次", subject=one) for one in ids]
        assert [tiers.count(grade) for grade in ("政绩突出", "政绩比较突出", "政绩一般", "政绩较差")] == wanted
        assert tiers[-1] == "政绩突出"


def test_every_number_of_the_file_is_sourced_or_chosen() -> None:
    unmarked = [
        name
        for name in ("民主测评得分", "综合得分", "班子等次", "个人等次", "主体得分", "工作实绩")
        if "选定：" not in SCHEME.quantities[name].source
    ]
    assert unmarked == []


def test_the_shipped_schemes_are_listed_with_their_titles() -> None:
    titles = {one.key: one.title.in_("en") for one in shipped()}
    assert titles["yinzhou/2026-01-01"].startswith("Yinzhou district")


def test_every_title_has_both_languages() -> None:
    texts = [
        *(item.text for item in SCHEME.items.values()),
        *(group.title for group in SCHEME.groups.values()),
        *(choice.label for scale in SCHEME.scales.values() for choice in scale.choices),
        *(one.title for one in SCHEME.components),
        *(SCHEME.quantities[one].title for one in (*SCHEME.layout.columns, *SCHEME.layout.tiers, *SCHEME.layout.flags)),
        *(title for fact in SCHEME.facts for title in fact.values.values()),
    ]
    assert [text.in_("zh") for text in texts if "en" not in text.words] == []


# --- who is asked what


def roster(unit: str, size: str, more: dict[str, str] | None = None) -> list[RosterSubject]:
    """A team, a principal and a deputy of one unit."""
    return [
        RosterSubject(f"{unit}{at}", f"{unit}{at}", unit, {"类别": size, "职务": position, **(more or {})})
        for at, position in enumerate(("班子", "正职", "副职"))
    ]


def asked(group: str, people: list[RosterSubject], unit: str) -> dict[str, list[str]]:
    """Subject -> items on the form of this group."""
    found: dict[str, list[str]] = {}
    for style in build_styles(SCHEME, people, []):
        if (style.group, style.unit) == (group, unit):
            for slot in style.slots:
                found.setdefault(slot.subject, []).append(slot.item)
    return found


CIRCLE = ["家庭和睦", "关心群众", "业务学习", "健康交友", "遵纪守法", "自身形象"]


def test_the_life_circle_is_asked_only_where_the_unit_signed_up_for_it() -> None:
    people = [*roster("甲", "规模较大镇乡", {"公议内容": "拓展"}), *roster("乙", "规模较大镇乡")]
    assert asked("机关干部", people, "甲")["甲1"] == [*SHORT, *CIRCLE]
    assert asked("机关干部", people, "乙")["乙1"] == SHORT
    assert not set(CIRCLE) & {item for items in asked("下属负责人", people, "甲").values() for item in items}


def test_an_agency_is_not_asked_about_towns_matters_and_delegates_do_not_rate_it() -> None:
    people = [*roster("局", "综合执法部门"), *roster("镇", "规模较小镇乡")]
    assert asked("服务对象", people, "局") == {"局0": ["整体满意度"]}
    assert asked("下属负责人", people, "镇")["镇0"] == PUBLIC
    assert asked("下属负责人", people, "局")["局0"] == ["整体满意度"]
    assert asked("代表委员", people, "局") == {}
    assert asked("服务对象", people, "镇") == {}


def test_a_superior_answers_six_lines_on_a_team_and_one_on_a_person() -> None:
    found = asked("上级领导", roster("镇", "规模较小镇乡"), "")
    assert found == {"镇0": ["班子总体评价", *TEAM], "镇1": ["总体评价"], "镇2": ["总体评价"]}


def test_the_limits_are_soft_as_the_source_says_as_a_rule() -> None:
    assert {rule.effect for rule in SCHEME.ballot_rules} == {"warn"}
    assert len(SCHEME.ballot_rules) == 3


# --- the demo's roster


def rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_demo_has_twenty_towns_in_three_sizes_and_thirty_agencies_in_five_classes() -> None:
    classes = Counter(row["类别"] for row in rows("units.csv"))
    towns = {"规模较大镇乡": 8, "规模中等镇乡": 7, "规模较小镇乡": 5}
    assert {size: classes.pop(size) for size in towns} == towns
    assert (len(classes), sum(classes.values())) == (5, 30)
    subjects = rows("subjects.csv")
    teams = [row["单位编号"] for row in subjects if row["职务"] == "班子"]
    heads = [row["单位编号"] for row in subjects if row["职务"] == "正职"]
    assert sorted(teams) == sorted(heads) == sorted(row["单位编号"] for row in rows("units.csv"))


def test_no_demo_number_lies_outside_what_the_scheme_allows() -> None:
    fields = {one.key: one for one in SCHEME.components}
    for row in rows("components.csv"):
        for key, one in fields.items():
            if row[key] not in {"", "不适用"}:
                assert (one.least or 0) <= Fraction(row[key]) <= (one.most or 0), (row["编号"], key)
