"""What if: every replay held against a full count of the same ballots under the changed scheme, and small cases done by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import PlanError
from analysis.evaluate import evaluate
from analysis.evidence import Evidence, RatedSubject, Slot, StyleBooks, Tally
from analysis.plan import parse_plan
from analysis.replay.changes import changed, knobs, weight_sets
from analysis.replay.frozen import NotReplayableError, replay
from analysis.replay.nearby import alone, corners, turns_at
from analysis.report import Report
from analysis.turning import marks_to_gain
from questionnaires.loader import load_scheme

#: Two heads rated by peers and residents; peers weigh 60, residents 40; a grade by points, a line by votes.
TEXT = """
方案: 假设
版本: 2026-01-01
约定: 常用约定
选项:
  总体: {优秀: 100, 称职: 80, 不称职: 0}
评议主体:
  同事: {只评本单位: 否}
  群众: {只评本单位: 否}
测评内容:
  总体评价: {用选项: 总体}
测评表:
  - {主体: [同事, 群众], 填: 总体评价}
其他材料:
  目标得分: {从: 0, 到: 100}
计算:
  主体均分: {平均分: 总体评价}
  民主得分: {按主体加权: 主体均分, 权重: {同事: 60, 群众: 40}}
  等级: {分段: 民主得分, 各段: {80 以上: 好, 60 以上: 中, 其余: 差}}
  不称职率: {占比: 不称职, 项目: 总体评价}
  调整: {判断: 不称职率 >= 1/3}
结果:
  列: [民主得分, 不称职率]
  等次: [等级]
  提示: [调整]
"""
PLAN = parse_plan(load_scheme(TEXT, "假设").plan)
COUNTS = st.lists(st.integers(0, 4), min_size=3, max_size=3).filter(any)


def evidence(*rows: list[int]) -> Evidence:
    """Counts of 优秀, 称职, 不称职: of A by peers and residents, then of B."""
    places = list(product(("A", "B"), ("同事", "群众")))
    books = []
    counts = {}
    for (subject, group), row in zip(places, rows, strict=True):
        counts[subject, group, "总体评价"] = (0, *row)
        books.append(
            StyleBooks(
                style=f"{subject}{group}", group=group, unit="", slots=(Slot(subject, "总体评价"),),
                cast=sum(row), valid=sum(row), blank=0, invalid=0, superseded=0,
            )
        )  # fmt: skip
    return Evidence(subjects=(RatedSubject("A", {}), RatedSubject("B", {})), tally=Tally(counts, tuple(books)))


def counted(*rows: list[int]) -> Report:
    return evaluate(PLAN, evidence(*rows))


ROWS = ([3, 0, 0], [1, 1, 1], [1, 1, 1], [0, 0, 3])  # A: 100 and 60; B: 60 and 0


def test_the_counted_scores_are_those_done_by_hand() -> None:
    """A: 100 x 0.6 + 60 x 0.4 = 84. B: 60 x 0.6 + 0 = 36."""
    report = counted(*ROWS)
    assert [report.value("民主得分", subject=one) for one in "AB"] == [84, 36]
    assert [report.value("等级", subject=one) for one in "AB"] == ["好", "差"]


def test_other_weights_another_line_and_a_group_left_out_give_what_a_hand_gives_and_the_record_stays() -> None:
    """A with 40 : 60: 100 x 0.4 + 60 x 0.6 = 76, 中. Without residents: 100. A line at 85: 中."""
    report = counted(*ROWS)
    before = report.to_json()
    even = replay(report, changed(PLAN, {"民主得分·1|0": "40", "民主得分·1|1": "60"}))
    assert (even["民主得分"].at(subject="A"), even["等级"].at(subject="A")) == (76, "中")
    assert even["不称职率"] is report.tables["不称职率"]  # what the change does not reach is not computed again
    assert replay(report, changed(PLAN, {}, without="群众"))["民主得分"].at(subject="A") == 100
    assert replay(report, changed(PLAN, {"等级|80": "85"}))["等级"].at(subject="A") == "中"
    # 1 of 6 of A's ballots says 不称职: at least 1/6, not at least 1/3
    assert replay(report, changed(PLAN, {"调整|line": "1/6"}))["调整"].at(subject="A") is True
    assert report.to_json() == before


@given(st.lists(COUNTS, min_size=4, max_size=4), st.integers(0, 100), st.sampled_from(["", "同事", "群众"]), st.integers(1, 99))
def test_a_replay_is_a_full_count_under_the_changed_plan(rows: list[list[int]], peers: int, without: str, line: int) -> None:
    settings = {"民主得分·1|0": str(peers), "民主得分·1|1": "50", "等级|80": str(60 + Fraction(line, 3))}
    plan = changed(PLAN, settings, without)
    twin = evaluate(plan, evidence(*rows))
    assert dict(replay(counted(*rows), plan)) == dict(twin.tables)


def test_what_a_report_does_not_keep_is_refused_and_so_is_nonsense() -> None:
    report = counted(*ROWS)
    raw = PLAN.text.replace('"steps":[', '"steps":[{"name":"目标","op":"component","component":"目标得分"},')
    with pytest.raises(NotReplayableError, match="not-kept"):
        replay(report, parse_plan(raw))
    for settings in ({"民主得分·1|0": "-1"}, {"民主得分·1|0": "很多"}, {"没有": "1"}, {"民主得分|missing": "maybe"}):
        with pytest.raises(PlanError):
            changed(PLAN, settings)


def test_everything_that_can_be_set_is_offered_with_how_it_is_set() -> None:
    assert {(one.id, one.kind, one.now) for one in knobs(PLAN)} == {
        ("民主得分·1|0", "weight", "60"),
        ("民主得分·1|1", "weight", "40"),
        ("民主得分|missing", "missing", "skip"),
        ("等级|80", "border", "80"),
        ("等级|60", "border", "60"),
        ("调整|line", "line", "1/3"),
    }
    assert [[knob.label for knob in one] for one in weight_sets(PLAN)] == [["同事", "群众"]]


def test_corners_of_three_weights_by_hand() -> None:
    """50, 30, 20 each ± 5: two at their ends, the third takes the rest and stays as it is: six corners."""
    found = corners({"a": Fraction(50, 100), "b": Fraction(30, 100), "c": Fraction(20, 100)}, Fraction(5, 100))
    assert {tuple(int(100 * part) for part in one.values()) for one in found} == {
        (55, 25, 20), (55, 30, 15), (45, 35, 20), (45, 30, 25), (50, 35, 15), (50, 25, 25),
    }  # fmt: skip
    # a weight of 2 falls to nothing and no further
    (low, high) = corners({"a": Fraction(98, 100), "b": Fraction(2, 100)}, Fraction(5, 100))
    assert sorted(int(100 * one["b"]) for one in (low, high)) == [0, 7]


@given(
    st.lists(st.integers(1, 9), min_size=2, max_size=5),
    st.lists(st.integers(0, 100), min_size=5, max_size=5),
    st.lists(st.integers(-50, 50), min_size=5, max_size=5),
)
def test_no_weights_within_reach_give_more_than_the_corners(parts: list[int], scores: list[int], moves: list[int]) -> None:
    """The slow twin: any weights allowed, moved about at random, stay between the least and the most of the corners."""
    names = "abcde"[: len(parts)]
    weights = {name: Fraction(part, sum(parts)) for name, part in zip(names, parts, strict=True)}
    ends = [
        sum(one[name] * score for name, score in zip(names, scores, strict=False)) for one in corners(weights, Fraction(5, 100))
    ]
    shift = [Fraction(move, 1000) for move in moves[: len(parts)]]
    mean = sum(shift, Fraction(0)) / len(shift)
    tried = {name: weights[name] + one - mean for name, one in zip(names, shift, strict=True)}
    if all(0 <= one <= 1 and abs(one - weights[name]) <= Fraction(5, 100) for name, one in tried.items()):
        value = sum(tried[name] * score for name, score in zip(names, scores, strict=False))
        assert min(ends) <= value <= max(ends)


def test_one_weight_alone_turns_a_score_where_a_hand_says() -> None:
    """A: 60 with peers at 0, 100 at 1, 84 at 0.6; it meets 80 at 0.5. B never does."""
    assert turns_at(Fraction(60), Fraction(100), (Fraction(6, 10), Fraction(84)), Fraction(80)) == Fraction(1, 2)
    assert turns_at(Fraction(0), Fraction(60), (Fraction(6, 10), Fraction(36)), Fraction(80)) is None
    assert turns_at(Fraction(0), Fraction(60), (Fraction(6, 10), Fraction(37)), Fraction(30)) is None  # no straight line
    assert alone({"a": Fraction(1, 2), "b": Fraction(3, 10), "c": Fraction(2, 10)}, "a", Fraction(0)) == {
        "a": 0, "b": Fraction(6, 10), "c": Fraction(4, 10),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("gap", "beyond", "marks"), [(7, False, 3), (7, True, 4), (5, False, 1), (0, False, 0), (8, False, 4), (9, False, None)]
)
def test_so_many_marks_given_otherwise_gain_so_much(gap: int, beyond: bool, marks: int | None) -> None:
    """One mark worth 5 and three worth 1: 5, 6, 7, 8."""
    assert marks_to_gain([(Fraction(1), 3), (Fraction(5), 1)], Fraction(gap), beyond=beyond) == marks


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 2)), max_size=4), st.integers(0, 20), st.booleans())
def test_no_fewer_marks_would_do(swings: list[tuple[int, int]], gap: int, beyond: bool) -> None:
    """The slow twin tries every choice of marks."""
    choices = product(*(range(many + 1) for _points, many in swings))
    gains = [(sum(chosen), sum(n * points for n, (points, _many) in zip(chosen, swings, strict=True))) for chosen in choices]
    enough = [marks for marks, gain in gains if gain > gap or (gain == gap and not beyond)]
    found = marks_to_gain([(Fraction(points), many) for points, many in swings], Fraction(gap), beyond=beyond)
    assert found == (min(enough) if enough else None)
