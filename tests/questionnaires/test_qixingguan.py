"""The shipped Qixingguan scheme: who fills which form, and what the ledgers of its demo come to.

The rules themselves are worked by hand in the scheme's examples. The demo's expectations below are read off its tables:
three cadres carry negative points and negative lists in every year (Q03-07, Q08-05, Q11-09); the ledger of 2026 holds one
breach of probity (Q04-06) and one of character (Q09-04), that of 2025 one breach (Q06-08); Q05 and Q11 took third prizes, five
and fourteen months ago; Q08-01 hid a failure once, Q12-02 once gravely; two reports were corrected (Q03-09, Q07-05).
"""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from analysis import evaluate
from analysis.evidence import Component, Event, Evidence, Past, RatedSubject
from analysis.report import Report
from questionnaires.loader import load_scheme
from questionnaires.model import RosterSubject, Scheme
from questionnaires.shipped import HOME
from questionnaires.styles import build_styles

FOLDER = HOME / "qixingguan" / "2026-01-01"
SIX = ("总体评价", "德", "能", "勤", "绩", "廉")
CADRES = (
    RosterSubject("A1", "A1", "甲", {"职务": "党组织主要负责人", "unit": "甲"}),
    RosterSubject("A2", "A2", "甲", {"职务": "副职", "unit": "甲"}),
    RosterSubject("B1", "B1", "乙", {"职务": "行政主要负责人", "unit": "乙"}),
)
OCCURRING = {
    "积分清单均为负": {"Q03-07", "Q08-05", "Q11-09"},
    "三等奖单位": {"Q05-01", "Q05-02"},
    "德廉有偏差": {"Q04-06", "Q06-08", "Q09-04"},
    "德廉否决": {"Q04-06", "Q09-04"},
    "虚报改正": {"Q03-09", "Q07-05"},
    "黄色预警": {"Q08-01"},
    "红色预警": {"Q12-02"},
}


@cache
def scheme() -> Scheme:
    return load_scheme((FOLDER / "scheme.yml").read_text(encoding="utf-8"), "qixingguan")


def rows(name: str) -> list[dict[str, str]]:
    with Path(FOLDER / "demo" / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@cache
def ledgers() -> Report:
    """The demo's ledgers counted without a single ballot."""
    prizes = {row["单位编号"]: row["目标考评奖次"] for row in rows("units.csv")}
    numbers = ("任务目标值", "任务完成值", "获奖后月数")
    return evaluate(
        scheme().plan,
        Evidence(
            subjects=tuple(
                RatedSubject(row["编号"], {"职务": row["职务"], "目标考评奖次": prizes[row["单位编号"]], "unit": row["单位编号"]})
                for row in rows("subjects.csv")
            ),
            components=tuple(
                Component(subject=row["对象"], name=name, value=Fraction(row[name]))
                for row in rows("components.csv")
                for name in numbers
                if row[name]
            ),
            events=tuple(
                Event(subject=row["对象"], kind=row["事项"], on=row["日期"], amount=Fraction(row["数量"]), reason=row["事由"])
                for row in rows("events.csv")
            ),
            past=tuple(
                Past(period=row["周期"], subject=row["对象"], quantity=row["结果"], value=Fraction(row["数值"]))
                for row in rows("history.csv")
                if row["结果"] not in {"实绩鉴定", "年度考核等次"}
            ),
            period="2026",
        ),
    )


def test_each_side_fills_its_own_form_and_nobody_rates_himself() -> None:
    raters = [("上级领导", "甲", ""), ("班子成员", "甲", "A1"), ("班子成员", "甲", "A2"), ("班子成员", "乙", "B1")]
    asked = {
        (style.group, style.unit, style.excluded): [(slot.subject, slot.item) for slot in style.slots]
        for style in build_styles(scheme(), CADRES, raters)
    }
    assert asked["上级领导", "甲", ""] == [(code, item) for code in ("A1", "A2") for item in SIX]
    assert asked["班子成员", "甲", "A1"] == [("A2", item) for item in SIX]
    assert asked["一般干部", "甲", ""] == [("A1", "总体评价"), ("A2", "总体评价")]
    assert asked["群众代表", "乙", ""] == [("B1", "群众满意度")]
    assert ("班子成员", "乙", "B1") not in asked  # alone in the team: nobody to rate


def test_every_title_has_both_languages() -> None:
    found = scheme()
    texts = [
        found.title,
        *(item.text for item in found.items.values()),
        *(group.title for group in found.groups.values()),
        *(choice.label for scale in found.scales.values() for choice in scale.choices),
        *(one.title for one in found.components),
        *found.event_kinds.values(),
        *(found.quantities[name].title for name in (*found.layout.columns, *found.layout.tiers, *found.layout.flags)),
        *(note for name in found.layout.flags if (note := found.quantities[name].note)),
    ]
    assert [text.in_("zh-Hans") for text in texts if "en" not in text.words] == []


def test_every_number_that_the_source_leaves_open_is_marked_as_chosen() -> None:
    weights = ("评议得分", "各方得分", "民主测评得分", "加权平均分")
    chosen = (*weights, "积分目标值", "清单得分", "得分等级", "三年无好无优", "满意不高且低分", "黄色预警", "红色预警")
    assert [name for name in chosen if "选定：" not in scheme().quantities[name].source] == []


def test_the_demo_is_a_district_of_twelve_units_with_three_years_behind_it() -> None:
    assert (len(rows("units.csv")), len(rows("subjects.csv"))) == (12, 120)
    assert {row["周期"] for row in rows("history.csv")} == {"2023", "2024", "2025"}
    assert len(rows("decisions.csv")) == 120
    assert [row for row in rows("events.csv") if not row["事由"]] == []


@pytest.mark.parametrize("flag", OCCURRING)
def test_the_demos_ledgers_raise_the_flag_for_those_who_earned_it(flag: str) -> None:
    codes = [row["编号"] for row in rows("subjects.csv")]
    assert {code for code in codes if ledgers().value(flag, subject=code) is True} == OCCURRING[flag]
