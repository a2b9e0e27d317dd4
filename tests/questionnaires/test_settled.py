"""What a file takes from its policy, with what the other answers would give on the data at hand, counted by hand."""

from __future__ import annotations

from fractions import Fraction

from analysis.evidence import Component, Evidence, RatedSubject
from questionnaires.doubting.settled import OtherAnswer, settled
from questionnaires.loader import load_scheme

SCHEME = """
方案: 小考
版本: 2026-01-01
约定: {显示: 四舍五入 2, 并列: 同名次, 缺材料: 不评, 缺主体: 计零}
其他材料: {目标: , 群众: }
计算:
  得分: {加权合成: {目标: 50, 群众: 50}}
  名次: {名次: 得分}
  末位: {判断: 名次 >= 3}
结果: {列: [得分, 名次], 提示: [末位]}
"""
#: Scores A 80, B 80, C 60; D has no 群众. Places 1 1 3, so that C alone is last.
ROWS = (("A", 80, 80), ("B", 70, 90), ("C", 60, 60), ("D", 90, None))
EVIDENCE = Evidence(
    subjects=tuple(RatedSubject(name, {}) for name, *_ in ROWS),
    components=tuple(
        Component(subject=name, name=what, value=Fraction(value))
        for name, *values in ROWS
        for what, value in zip(("目标", "群众"), values, strict=True)
        if value is not None
    ),
)


def test_each_choice_says_what_the_others_would_give() -> None:
    found = {one.setting: one for one in settled(load_scheme(SCHEME, "s.yml"), EVIDENCE)}
    assert {key: (one.answer, one.line) for key, one in found.items()} == {
        "并列": ("同名次", 4),
        "缺材料": ("不评", 4),
        "缺主体": ("计零", 4),
    }
    # Dense places 1 1 2: C has another place and is not last. Last places 2 2 3: A and B have another place, nobody another flag.
    assert found["并列"].others == (
        OtherAnswer(answer="连续名次", tiers=0, flags=1, numbers=1),
        OtherAnswer(answer="取末位", tiers=0, flags=0, numbers=2),
    )
    # Left out, D has 90 and is first: places A 2, B 2, C 4; everybody's number is another, and D has a flag that says no.
    # As nought, D has 45: places 1 1 3 4, so that C stays as it is and D is last.
    assert found["缺材料"].others == (
        OtherAnswer(answer="按其余折算", tiers=0, flags=1, numbers=4),
        OtherAnswer(answer="计零", tiers=0, flags=1, numbers=1),
    )
    assert all(other.idle for other in found["缺主体"].others)  # nobody votes here


def test_without_data_the_choices_are_told_all_the_same() -> None:
    found = settled(load_scheme(SCHEME, "s.yml"), None)
    assert [(one.setting, one.others[0].tiers) for one in found] == [("并列", None), ("缺材料", None), ("缺主体", None)]


def test_a_named_block_is_told_setting_by_setting() -> None:
    text = SCHEME.replace("{显示: 四舍五入 2, 并列: 同名次, 缺材料: 不评, 缺主体: 计零}", "常用约定")
    found = {one.setting: one for one in settled(load_scheme(text, "s.yml"), EVIDENCE)}
    assert found["并列"].others[0] == OtherAnswer(answer="连续名次", tiers=0, flags=1, numbers=1)
    assert all(other.idle for other in found["名额舍入"].others)
