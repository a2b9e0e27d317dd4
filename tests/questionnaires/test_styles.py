"""Ballot styles of the shipped Yinzhou scheme: who meets whose form, in which order, under which limits."""

from __future__ import annotations

from dataclasses import replace

import pytest

from questionnaires.loader import load_scheme
from questionnaires.model import Amount, RosterSubject, Style
from questionnaires.shipped import load_shipped
from questionnaires.styles import build_styles, explain_limit, whole
from tests.support.tongues import chinese, english, told_in

SCHEME = load_shipped("yinzhou")
UNITS = {"甲镇": "规模较大镇乡", "乙镇": "规模较大镇乡", "丙局": "综合管理部门"}
ROSTER = [
    RosterSubject(
        f"{unit}{place}", f"{unit}{place}", unit, {"职务": position, "类别": size, "所属班子": "" if not place else f"{unit}0"}
    )
    for unit, size in UNITS.items()
    for place, position in enumerate(["班子", "正职", "副职", "副职"])
]
RATERS = [("上级领导", "", ""), *(("班子成员", unit, f"{unit}{place}") for unit in UNITS for place in (1, 2, 3))]
STYLES = build_styles(SCHEME, ROSTER, RATERS)


def of(group: str) -> list[Style]:
    return [style for style in STYLES if style.group == group]


@pytest.mark.parametrize("group", [group for group in SCHEME.groups.values() if group.own_unit], ids=lambda group: group.key)
def test_raters_of_one_unit_never_meet_another_units_subjects(group: object) -> None:
    key = getattr(group, "key", "")
    assert of(key)
    for style in of(key):
        assert all(slot.subject.startswith(style.unit) for slot in style.slots)


def test_superiors_meet_every_unit_on_one_form_in_roster_order() -> None:
    (style,) = of("上级领导")
    assert list(dict.fromkeys(slot.subject for slot in style.slots)) == [subject.id for subject in ROSTER]


@pytest.mark.parametrize("style", of("班子成员"), ids=lambda style: style.excluded)
def test_nobody_rates_himself(style: Style) -> None:
    assert style.excluded
    assert style.excluded not in {slot.subject for slot in style.slots}
    colleagues = {subject.id for subject in ROSTER if subject.unit == style.unit} - {style.excluded}
    assert {slot.subject for slot in style.slots} == colleagues


@pytest.mark.parametrize("group", SCHEME.groups)
def test_any_rater_who_is_a_subject_is_left_out_of_his_own_form(group: str) -> None:
    styles = build_styles(SCHEME, ROSTER, [(group, "甲镇", "甲镇0"), (group, "丙局", "丙局0")])
    own = [style for style in styles if style.group == group and style.excluded]
    for style in own:
        assert style.excluded not in {slot.subject for slot in style.slots}


def test_a_rater_nobody_knows_to_be_a_subject_keeps_the_plain_form() -> None:
    styles = build_styles(SCHEME, ROSTER, [*RATERS, ("班子成员", "甲镇", "")])
    assert sorted(style.excluded for style in styles if style.group == "班子成员" and style.unit == "甲镇") == [
        "",
        "甲镇1",
        "甲镇2",
        "甲镇3",
    ]


def test_residents_answer_three_questions_and_an_agencys_visitors_one() -> None:
    assert [len(style.slots) for style in of("群众代表")] == [3, 3]
    assert [len(style.slots) for style in of("服务对象")] == [1]


def test_principals_and_deputies_are_asked_what_their_post_needs() -> None:
    style = next(style for style in of("班子成员") if style.excluded == "甲镇3")
    asked = {subject: {slot.item for slot in style.slots if slot.subject == subject} for subject in ("甲镇1", "甲镇2")}
    assert asked["甲镇1"] - asked["甲镇2"] == {"知人善任", "统揽全局", "决策筹划", "民主作风"}
    assert asked["甲镇2"] - asked["甲镇1"] == {"当好配角", "处理问题", "专业能力"}


def staff_of(persons: int) -> Style:
    roster = [RosterSubject(f"p{n}", f"p{n}", "镇", {"职务": "副职", "类别": "规模较大镇乡"}) for n in range(persons)]
    return next(style for style in build_styles(SCHEME, roster, []) if style.group == "机关干部")


# 20 % of those rated, cut down to whole persons, never below one.
@pytest.mark.parametrize(("persons", "most"), [(1, 1), (4, 1), (5, 1), (9, 1), (10, 2), (11, 2), (14, 2), (15, 3)])
def test_excellent_is_limited_to_a_fifth_of_those_rated(persons: int, most: int) -> None:
    (table,) = staff_of(persons).limits
    assert table.bounds[persons] == (0, most)


def test_the_rounding_of_a_limit_is_explained() -> None:
    rule = next(rule for rule in SCHEME.ballot_rules if rule.key == "干部评优限额")
    assert explain_limit(rule, staff_of(11), "zh-Hans", chinese) == "“优秀”至多 20%：11 × 20% = 2.2，取整为 2"
    assert explain_limit(rule, staff_of(3), "zh-Hans", chinese) == "“优秀”至多 20%：3 × 20% = 0.6，按规定不少于 1，取 1"
    assert explain_limit(rule, staff_of(11), "en", english) == "“Excellent” at most 20%: 11 × 20% = 2.2, taken as 2"


def test_a_share_becomes_a_whole_number_as_the_scheme_says() -> None:
    amount = replace(Amount(), share=SCHEME.ballot_rules[0].test.most.share if SCHEME.ballot_rules[0].test.most else None)
    assert [whole(amount, 13, mode, down=True) for mode in ("inside", "half_up", "down", "up")] == [2, 3, 2, 3]  # 2.6
    assert [whole(amount, 13, mode, down=False) for mode in ("inside", "half_up", "down", "up")] == [3, 3, 2, 3]


def test_a_limit_names_grades_as_the_form_does() -> None:
    text = """
scheme: few
version: 2026-01-01
languages: [zh-Hans, en, ug]
policy: common policy
scales: {overall: {best: {points: 1, title: {zh-Hans: 顶好, en: Top, ug: ئەلا}}, rest: 0}}
groups: {guests: {}}
items: {rating: overall}
forms: [{group: guests, ask: rating}]
ballot rules: {few: {group: guests, items: rating, grades: best, at most: 1, effect: refuse}}
quantities: {mean: {grade points: rating}}
results: {by group: [mean]}
"""
    scheme = load_scheme(text, "few.yml")
    (style,) = build_styles(scheme, [RosterSubject("a", "a", "u", {}), RosterSubject("b", "b", "u", {})], [])
    said = {tag: explain_limit(scheme.ballot_rules[0], style, tag, told_in(tag)) for tag in ("zh-Hans", "zh-Hant", "en", "ug")}
    assert said == {
        "zh-Hans": "“顶好”至多 1 个",
        "zh-Hant": "“顶好”至多 1 個",
        "en": "at most 1 “Top”",
        "ug": "«ئەلا» ئەڭ كۆپ بولغاندا 1 دانە",
    }
