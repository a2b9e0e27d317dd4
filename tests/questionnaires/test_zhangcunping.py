"""The four shipped Zhangcunping schemes: who fills which form, and that the demo is the whole town.

The rules themselves are worked by hand in the schemes' examples. The demo's expectations are the source's figures (15 villages,
63 groups, 6,300 households, 23,000 people, 456 square kilometres) and what stands in its ledgers: the vetoes listed below.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from analysis import evaluate
from analysis.evidence import Component, Event, Evidence, RatedSubject
from analysis.report import Report
from questionnaires.loader import load_scheme
from questionnaires.model import RosterSubject, Scheme, Style
from questionnaires.shipped import HOME
from questionnaires.styles import build_styles

PARTS = ("town-cadres", "village-cadres", "members", "households")
VETOED = {
    "town-cadres": {"B4-07", "B6-05"},
    "village-cadres": {"V04-03", "V11-04"},
    "members": {"V02G1-04", "V06G3-14", "V09G2-08", "V13G4-02", "V15G5-11"},
    "households": {"V01G3-017", "V04G1-066", "V05G2-091", "V08G4-005", "V12G2-048", "V14G3-100", "V15G5-033"},
}


def folder(part: str) -> Path:
    return HOME / f"zhangcunping-{part}" / "2026-01-01"


@cache
def scheme(part: str) -> Scheme:
    return load_scheme((folder(part) / "scheme.yml").read_text(encoding="utf-8"), part)


def rows(part: str, name: str) -> list[dict[str, str]]:
    path = folder(part) / "demo" / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


@cache
def roster(part: str) -> tuple[RosterSubject, ...]:
    units = {row["单位编号"]: row for row in rows(part, "units.csv")}
    facts = {fact.key: (fact.title.in_("zh-Hans"), fact.of) for fact in scheme(part).facts}
    return tuple(
        RosterSubject(
            row["编号"],
            row["姓名或名称"],
            row["单位编号"],
            {key: (units[row["单位编号"]] if of == "unit" else row)[title] for key, (title, of) in facts.items()},
        )
        for row in rows(part, "subjects.csv")
    )


@cache
def forms(part: str) -> tuple[Style, ...]:
    groups = {group.title.in_("zh-Hans"): key for key, group in scheme(part).groups.items()}
    raters = [(groups[row["评议主体"]], row["单位编号"], row["本人的评价对象编号"]) for row in rows(part, "raters.csv")]
    return tuple(build_styles(scheme(part), roster(part), raters))


@cache
def ledgers(part: str) -> Report:
    """The demo's other evidence, counted without a single ballot."""
    numbers = [
        Component(subject=row["对象"], name=name, value=Fraction(value))
        for row in rows(part, "components.csv")
        for name, value in row.items()
        if name != "对象" and value
    ]
    happened = [
        Event(subject=row["对象"], kind=row["事项"], on=row["日期"], amount=Fraction(row["数量"] or 1), reason=row["事由"])
        for row in rows(part, "events.csv")
    ]
    subjects = tuple(RatedSubject(one.id, one.facts) for one in roster(part))
    return evaluate(
        scheme(part).plan, Evidence(subjects=subjects, components=tuple(numbers), events=tuple(happened), period="2026")
    )


def longest(part: str) -> int:
    return max(len(form.slots) for form in forms(part))


def test_the_demo_is_the_whole_town() -> None:
    kinds = [one.facts["类型"] for one in roster("households")]
    assert (kinds.count("小组"), kinds.count("农户"), len({one.unit for one in roster("households")})) == (63, 6300, 15)
    assert sum(int(one.facts["家庭人口"] or 0) for one in roster("households")) == 23_000
    villages = rows("village-cadres", "units.csv")
    assert sum(int(row["面积（平方公里）"]) for row in villages) == 456
    assert sum(int(row["人口（人）"]) for row in villages) == 23_000


def test_forms_are_of_one_office_one_village_or_one_group_and_short() -> None:
    # the longest: ten persons × four headings (of eleven leaders nobody rates themselves); five cadres × two; sixteen persons ×
    # one; five groups × three
    assert [longest(part) for part in PARTS] == [40, 10, 16, 15]


def test_a_leader_in_the_review_group_does_not_rate_himself() -> None:
    own = {form.excluded: {slot.subject for slot in form.slots} for form in forms("town-cadres") if form.excluded}
    assert set(own) == {"B1-01", "B1-02", "B1-04", "B1-05", "B1-07"}
    assert all(leader not in rated and len(rated) == 10 for leader, rated in own.items())


def test_no_ballot_lists_a_household_and_every_group_is_rated() -> None:
    rated = {slot.subject for form in forms("households") for slot in form.slots}
    assert rated == {one.id for one in roster("households") if one.facts["类型"] == "小组"}


@pytest.mark.parametrize("part", PARTS)
def test_the_four_vetoes_are_the_same_in_each_assessment_and_strike_whom_the_ledger_names(part: str) -> None:
    vetoes = {"违法生育", "无理上访", "参与邪教", "违纪违法"}
    assert vetoes <= set(scheme(part).event_kinds)
    assert {row["对象"] for row in rows(part, "events.csv") if row["事项"] in vetoes} == VETOED[part]
    struck = {key[0] for key, value in ledgers(part).tables["一票否决"].cells.items() if value is True}
    assert struck == VETOED[part]


def test_what_is_bound_to_behaviour_is_eight_hundred_yuan_for_each_of_the_people() -> None:
    # 800 × 23,000 = 18,400,000
    cells = ledgers("households").tables["应享福利"].cells
    assert sum(value for value in cells.values() if isinstance(value, Fraction)) == 18_400_000


def test_village_coefficients_reach_both_ends_in_the_demo() -> None:
    # 石坪: 52 and 1,860 against means of 30.4 and 1,533 1/3: over 1.2. 长岩: 20 and 1,270: under 0.9.
    report = ledgers("village-cadres")
    assert report.value("规模系数", subject="V01-00") == Fraction("1.2")
    assert report.value("规模系数", subject="V14-00") == Fraction("0.9")


@pytest.mark.parametrize("part", PARTS)
def test_every_title_has_both_languages(part: str) -> None:
    one = scheme(part)
    texts = [
        *(item.text for item in one.items.values()),
        *(group.title for group in one.groups.values()),
        *(choice.label for scale in one.scales.values() for choice in scale.choices),
        *(field.title for field in one.components),
        *(fact.title for fact in one.facts),
        *one.event_kinds.values(),
        *(one.quantities[name].title for name in (*one.layout.columns, *one.layout.tiers, *one.layout.flags)),
    ]
    assert [text.in_("zh-Hans") for text in texts if "en" not in text.words] == []
