"""What worked cases leave open: planted so that exactly one doubt is left, and kinds of changes one by one."""

from __future__ import annotations

import pytest

from questionnaires.cases import read_cases
from questionnaires.doubting.changes import changes_of
from questionnaires.doubting.doubts import Doubting, doubts
from questionnaires.doubting.writing import band_changes, beside, formula_changes
from questionnaires.loader import load_scheme
from questionnaires.worlds.table import worlds_to_tell

SCHEME = """
方案: 小评
版本: 2026-01-01
约定: {显示: 四舍五入 2, 缺材料: 不评}
其他材料: {目标: {从: 0, 到: 100}, 群众: {从: 0, 到: 100}}
事项: {通报: }
计算:
  得分: {加权合成: {目标: 60, 群众: 40}}
  通报多: {判断: 通报 >= 2}
结果: {列: [得分], 提示: [通报多]}
"""
#: 0.6·80 + 0.4·50 = 48 + 20 = 68, with the weights the other way round 32 + 30 = 62. One without 群众 has no result, where a
#: part left out would give 80 and a nought 48. One event is no, two are yes: below and on the line.
CASES = """
案例:
  - 名称: 甲
    规则: [得分]
    对象: {P: {}, Q: {}}
    材料: {P: {目标: 80, 群众: 50}, Q: {目标: 80}}
    事项: [EVENTS]
    算: 见上
    结果: {得分: {P: 68, Q: 缺}, 通报多: {P: FLAG, Q: 否}}
"""
ONE = "{对象: P, 事项: 通报, 日期: 2026-03-01}"
OTHER = "{对象: P, 事项: 通报, 日期: 2026-03-02}"


def doubted(events: str, flag: str, more: str = "") -> Doubting:
    scheme = load_scheme(SCHEME, "scheme.yml")
    text = CASES.replace("EVENTS", events).replace("FLAG", flag) + more
    return doubts(scheme, read_cases(text, scheme, "cases.yml"), lambda: worlds_to_tell(scheme))


BELOW = CASES.removeprefix("\n案例:\n").replace("名称: 甲", "名称: 乙").replace("EVENTS", ONE).replace("FLAG", "否")


def test_cases_on_the_line_and_below_it_leave_no_doubt() -> None:
    found = doubted(f"{ONE}, {OTHER}", "是", BELOW)
    assert [(one.change.written, one.change.instead) for one in found.doubts] == []
    assert found.told == found.tried - found.same - found.refused > 0


def test_without_the_case_below_the_line_exactly_one_doubt_is_left_and_one_event_would_settle_it() -> None:
    found = doubted(f"{ONE}, {OTHER}", "是")
    assert [(one.change.place, one.change.kind, one.change.written, one.change.instead) for one in found.doubts] == [
        ("通报多", "line", "通报 >= 2", "通报 >= 1")
    ]
    telling = found.doubts[0].telling
    assert telling is not None
    assert (telling.quantity, telling.written, telling.instead) == ("通报多", False, True)
    assert list(telling.world.events.values()) == [1]


def test_a_reading_that_changes_nothing_is_no_doubt_but_said_to_be_the_same() -> None:
    scheme = load_scheme(SCHEME.replace("缺材料: 不评", "缺材料: 不评, 并列: 同名次"), "scheme.yml")  # nothing is ranked here
    text = CASES.replace("EVENTS", f"{ONE}, {OTHER}").replace("FLAG", "是") + BELOW
    found = doubts(scheme, read_cases(text, scheme, "cases.yml"), lambda: ())
    assert (found.same, found.doubts) == (2, [])  # two other ways to place those who are level


def test_when_the_time_is_up_what_is_left_is_counted() -> None:
    scheme = load_scheme(SCHEME, "scheme.yml")
    found = doubts(scheme, (), lambda: (), going_on=lambda done, _: done < 3)
    assert (found.tried, found.left) == (3, len(changes_of(SCHEME)) - 3)


@pytest.mark.parametrize(
    ("formula", "others"),
    [
        ("a >= 60", ["a > 60", "a >= 59", "a >= 61"]),
        ("通报 ＞ 1", ["通报 ≥ 1", "通报 ＞ 0", "通报 ＞ 2"]),
        ("a < 1/3", ["a <= 1/3"]),
        ("a >= 12.5% 且 b = 1", ["a > 12.5% 且 b = 1", "a >= 12.4% 且 b = 1", "a >= 12.6% 且 b = 1", "a >= 12.5% 或 b = 1"]),
        ('"a > b" × 2', []),
        ("0.5 × a", []),
    ],
)
def test_a_formula_is_written_otherwise_in_one_thing_at_a_time(formula: str, others: list[str]) -> None:
    assert [text for _, text in formula_changes(formula)] == others


@pytest.mark.parametrize(
    ("band", "others"),
    [
        ("90 以上", ["超过 90", "89 以上", "91 以上"]),
        ("不足 60%", ["不超过 60%", "不足 59%", "不足 61%"]),
        ("from 475", ["over 475", "from 474", "from 476"]),
        ("其余", []),
    ],
)
def test_a_band_is_written_otherwise(band: str, others: list[str]) -> None:
    assert [text for _, text in band_changes(band)] == others


def test_a_number_moves_by_one_of_its_last_digit_and_never_below_nought() -> None:
    assert beside("60") == ("59", "61")
    assert beside("0.05") == ("0.04", "0.06")
    assert beside("0", "%") == ("1%",)
    assert beside("1", "/3") == ()


def test_changes_know_their_place_in_the_file() -> None:
    found = {(one.kind, one.line, one.written, one.instead) for one in changes_of(SCHEME)}
    assert found == {
        ("missing", 4, "不评", "按其余折算"),
        ("missing", 4, "不评", "计零"),
        ("weights", 8, "目标: 60, 群众: 40", "目标: 40, 群众: 60"),
        ("strict", 9, "通报 >= 2", "通报 > 2"),
        ("line", 9, "通报 >= 2", "通报 >= 1"),
        ("line", 9, "通报 >= 2", "通报 >= 3"),
    }
