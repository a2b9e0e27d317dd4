"""The page that teaches the language: its examples load and count."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from analysis import evaluate, parse_plan
from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Past, RatedSubject, Slot
from questionnaires.loader import load_scheme
from tests.towns.small_town import EVIDENCE, HELPERS, host

PAGE = Path(__file__).parents[2] / "docs" / "schemes.md"
COMMON = re.findall(r"\| `(\{.*\})` \|", PAGE.read_text(encoding="utf-8"))
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
LESSONS = re.findall(r"```yml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def test_the_page_has_examples_from_ten_lines_upward() -> None:
    lengths = [len(example.splitlines()) for example in EXAMPLES]
    assert len(EXAMPLES) >= 4
    assert lengths[0] <= 15
    assert max(lengths) > 30


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.splitlines()[0])
def test_every_example_of_the_page_loads_and_its_plan_is_accepted(example: str) -> None:
    scheme = load_scheme(example, "docs/schemes.md")
    assert parse_plan(scheme.plan).outputs


@pytest.mark.parametrize("example", COMMON)
def test_every_common_shape_of_the_page_counts(example: str) -> None:
    helpers = "".join(f"  {line}\n" for name, line in HELPERS.items() if name in example)
    text = host(example).replace("  例:", f"{helpers}  例:")
    assert evaluate(load_scheme(text, "docs/schemes.md").plan, EVIDENCE).tables["例"].cells


def sections(text: str) -> dict[str, dict[str, str]]:
    """A scheme's sections, each as its entries by name: what a reader of the lessons has on paper."""
    found: dict[str, dict[str, str]] = {}
    for block in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        name, colon, rest = block.partition(":")
        entries = re.split(r"^(?=  \S)", rest, flags=re.MULTILINE)
        found[name] = {(one if one.startswith("  -") else one.partition(":")[0]): one for one in entries} if colon else {}
    return found


def added(text: str, lesson: str) -> str:
    """The scheme with a lesson's lines: new ones under their section, those of a known name in its place, results whole."""
    whole = sections(text)
    for name, entries in sections(lesson).items():
        whole[name] = entries if name == "结果" else whole.get(name, {}) | entries
    last = whole.pop("结果")
    return "".join(f"{name}:{''.join(rows.values())}" for name, rows in (*whole.items(), ("结果", last)) if name)


def learned(many: int) -> str:
    """The scheme after so many of the lessons' additions."""
    text: str = next(example for example in EXAMPLES if example.startswith("方案: 全县干部年度考核"))
    for lesson in LESSONS[:many]:
        text = added(text, lesson)
    return text


@pytest.mark.parametrize("many", range(len(LESSONS) + 1))
def test_after_every_lesson_there_is_a_whole_scheme(many: int) -> None:
    assert parse_plan(load_scheme(learned(many), "docs/schemes.md").plan).outputs


def test_the_whole_system_of_the_lessons_counts_as_worked_out_by_hand() -> None:
    # T, a team of a 大镇: secretary 80, leaders (100 + 80) ÷ 2 = 90, colleagues 100: 0.2·80 + 0.3·90 + 0.5·100 = 93.
    # Its targets: 90 of 100 is 54 of 60; alone in its class, so 40; 2 more: 96. Composite 0.7·96 + 0.3·93 = 95.1.
    # P, its principal: 100, 80, (100 + 0) ÷ 2 = 50: 0.2·100 + 0.4·80 + 0.4·50 = 72; composite 0.5·96 + 0.5·72 = 84.
    # Alone in his pool he would be 优秀, a reprimand makes it 称职, the committee one less; half a bonus.
    # 80 in 2024 and 90 in 2025: mean 85, weighted (50·90 + 30·80) ÷ 80 = 86.25.
    scheme = load_scheme(learned(len(LESSONS)), "docs/schemes.md")
    grades = {choice.key: choice.code for choice in scheme.scales["总体"].choices}
    slots = (Slot("T", "总体评价"), Slot("P", "总体评价"))

    def batch(group: str, *rows: tuple[str, str]) -> BallotBatch:
        marks = np.array([[grades[one] for one in row] for row in rows], dtype=np.uint8)
        return BallotBatch(group, group, "甲镇", slots, marks)

    evidence = Evidence(
        subjects=(
            RatedSubject("T", {"职务": "班子", "类别": "大镇"}),
            RatedSubject("P", {"职务": "正职", "类别": "大镇", "班子编号": "T"}),
        ),
        batches=(
            batch("书记", ("称职", "优秀")),
            batch("领导", ("优秀", "称职"), ("称职", "称职")),
            batch("同事", ("优秀", "优秀"), ("优秀", "不称职")),
        ),
        components=(
            Component(subject="T", name="完成率", value=Fraction(90)),
            Component(subject="T", name="投资额", value=Fraction(7)),
            Component(subject="T", name="加分", value=Fraction(2)),
        ),
        events=(Event(subject="P", kind="通报批评", on="2026-05-01"),),
        past=(
            Past(period="2024", subject="P", quantity="综合得分", value=Fraction(80)),
            Past(period="2025", subject="P", quantity="综合得分", value=Fraction(90)),
        ),
        decisions=(
            Decision(subject="P", name="党委研究", choice="降一等", decider="党委会", reason="年终研究", on="2026-12-20"),
        ),
    )
    report = evaluate(scheme.plan, evidence)
    expected: dict[str, dict[str, object]] = {
        "民主得分": {"T": Fraction(93), "P": Fraction(72)},
        "目标得分": {"T": Fraction(96)},
        "综合得分": {"T": Fraction("95.1"), "P": Fraction(84)},
        "不称职率": {"T": Fraction(0), "P": Fraction(1, 5)},
        "三年均分": {"P": Fraction(85)},
        "三年加权": {"P": Fraction("86.25")},
        "拟定等次": {"T": "优秀", "P": "优秀"},
        "受批评": {"T": "优秀", "P": "称职"},
        "最终等次": {"T": "优秀", "P": "基本称职"},
        "奖金系数": {"T": Fraction("1.2"), "P": Fraction("0.5")},
    }
    found = {name: {one: report.value(name, subject=one) for one in row} for name, row in expected.items()}
    assert found == expected


def test_the_chinese_and_the_english_ten_lines_are_one_plan() -> None:
    ops = [[step.op for step in parse_plan(load_scheme(example, "x").plan).steps] for example in EXAMPLES[:2]]
    assert ops[0] == ops[1]
