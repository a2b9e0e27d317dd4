"""Every rule form of the table: its example compiles, counts, and gives what a hand calculation gives."""

from __future__ import annotations

from fractions import Fraction

import pytest

from analysis import Report, evaluate
from analysis.values import Missing
from questionnaires.compiling.call import RuleSpec
from questionnaires.loader import load_scheme
from questionnaires.rules.table import RULES
from tests.towns.small_town import EVIDENCE, host

A, B, C = "A", "B", "C"
# rule -> {key of the cell: value}; worked out in small_town's docstring and beside the line.
EXPECTED: dict[str, dict[tuple[str, ...], str | bool]] = {
    "grade_points": {(A, "领导"): "90", (A, "同事"): "280/3", (C, "同事"): "50"},
    "share_of": {(A,): "0", (B,): "1/5", (C,): "2/5"},  # of five valid ballots
    "votes": {(A,): "3", (B,): "0", (C,): "1"},
    "answers": {(A,): "5", (C,): "4"},  # one colleague left C empty
    "heads": {(A,): "5", (C,): "5"},
    "happened": {(A,): "2", (B,): "0"},
    "constant_table": {("同事",): "3"},
    "formula": {(A,): "290/3"},  # 140/3 + 50
    "by_group": {(A,): "274/3", (B,): "200/3", (C,): "38"},
    "by_item": {(A, "领导"): "90", (C, "领导"): "30"},
    "by_period": {(A,): "86", (B,): "missing"},  # 0.4 · 80 + 0.6 · 90; B has 2025 only, and the policy says not rated
    "parts": {(A,): "92.8", (C,): "missing"},  # 0.6 · 274/3 + 0.4 · 95; C has no target
    "sum": {(A, "领导"): "180", (C, "领导"): "60"},
    "mean": {(A,): "85", (B,): "missing"},
    "median": {(A, "同事"): "100", (B, "同事"): "60", (C, "领导"): "30"},
    "least": {(A, "领导"): "80", (B, "领导"): "60"},
    "most": {(A,): "90"},
    "count": {(A,): "2"},
    "all": {(B, "领导"): True, (C, "领导"): False},
    "any": {(A, "领导"): False, (C, "领导"): True},
    "kth": {(A,): "80"},
    "last": {(A,): "90", (B,): "70"},
    "look_up": {(A,): "1", (C,): "0.8"},
    "convert_by": {(A,): "10", (B,): "8", (C,): "5"},
    "bands": {(A,): "好", (B,): "中", (C,): "差"},
    "cases": {(A,): "274/3", (C,): "34.2"},  # 38 · 0.9
    "at_most": {(A,): "中", (B,): "中", (C,): "差"},
    "at_least": {(A,): "好", (C,): "中"},
    "test": {(A,): False, (B,): False, (C,): True},
    "only_for": {(A,): "274/3", (C,): "absent"},
    "withheld": {(A,): "missing", (B,): "200/3"},  # A has two reprimands
    "most_of_all": {(A,): "好", (B,): "差", (C,): "差"},  # 3/5 : 0; 0 : 1/5; 1/5 : 2/5
    "filled": {(A,): "95", (C,): "0"},
    "rounded": {(A,): "91.3", (B,): "66.7"},
    "within": {(A,): "90", (B,): "200/3"},
    "deducted": {(A,): "6", (B,): "10"},
    "proportional": {(A,): "28.5", (B,): "24"},
    "shortfall": {(A,): "10", (B,): "2.5"},  # 10 − 15 · 0.5
    "rank": {(A,): "1", (B,): "2", (C,): "1"},
    "ratio_best": {(A,): "1", (B,): "100/137"},
    "ratio_mean": {(A,): "274/237", (C,): "1"},  # mean (274 + 200)/6 = 79
    "pool_mean": {(A,): "79", (C,): "38"},
    "pool_best": {(B,): "274/3"},
    "minmax": {(A,): "1", (B,): "0"},
    "pool_share": {(A,): "137/237"},
    "compared": {(A,): "20", (B,): "320/19"},  # 20 · 80/95
    "recency": {(A, "2025"): "1", (A, "2024"): "2", (B, "2025"): "1", (B, "2024"): "missing"},
    "power": {(A,): "9.75", (C,): "missing"},  # 9.74² = 94.8676, 9.745² = 94.965 < 95 < 95.06 = 9.75²
    "geometric_mean": {(A, "领导"): "89.44", (B, "领导"): "69.28", (C, "领导"): "0"},  # √8000, √4800, √0
    "deviation": {(A,): "12.33", (C,): "0"},  # 274/3 and 200/3 lie 37/3 from their mean each; C is alone
    "versus": {(A, B): "200/3", (B, A): "274/3", (C, B): "200/3", (A, A): "absent"},
    "counted_period": {(A,): "289/3", (B,): "215/3", (C,): "43"},  # 2026 is none of the two: 274/3 + 5, 200/3 + 5, 38 + 5
    "with_this_period": {(A, "2024"): "80", (A, "2026"): "274/3", (B, "2025"): "70", (C, "2026"): "38"},
    "taken_from": {(A,): "38", (B,): "38"},
    "gathered": {(C,): "79"},
    "tiers": {(A,): "中", (B,): "差", (C,): "差"},  # two in 大: 20 % → 0, 60 % → 1
}


def counted(example: str) -> Report:
    scheme = load_scheme(host(example), "x.yml")
    return evaluate(scheme.plan, EVIDENCE)


def test_every_rule_of_the_table_has_an_expected_value() -> None:
    assert {rule.id for rule in RULES} == EXPECTED.keys() | {"marks"}


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id in EXPECTED], ids=lambda rule: rule.id)
def test_the_example_of_a_rule_gives_the_hand_calculated_values(rule: RuleSpec) -> None:
    table = counted(rule.example).tables["例"]
    for key, expected in EXPECTED[rule.id].items():
        value = table.cells.get(key)
        if expected == "absent":
            assert value is None
        elif expected == "missing":
            assert isinstance(value, Missing)
        elif isinstance(value, Fraction) and not isinstance(expected, bool):
            assert value == Fraction(expected), (key, value)
        else:
            assert value == expected, (key, value)


def test_the_same_quantity_behind_two_grades_is_a_tie() -> None:
    for leaning, grade in (("就高", "好"), ("就低", "差")):
        table = counted(f"{{最大者: {{好: 优秀率, 差: 优秀率}}, 等次并列: {leaning}}}").tables["例"]
        assert set(table.cells.values()) == {grade}


def test_single_ballots_are_one_number_each() -> None:
    table = counted("{单票: 总体评价}").tables["例"]
    assert sum(isinstance(value, Fraction) for value in table.cells.values()) == 14  # 15 marks, one left empty


def test_no_two_rules_share_a_keyword() -> None:
    words = [word for rule in RULES for word in rule.words]
    assert len(words) == len(set(words))


def test_no_parameter_hides_a_common_keyword_of_another_meaning() -> None:
    for rule in RULES:
        spelled = [word for key, words in rule.table().items() for word in dict.fromkeys(words)]
        assert len(spelled) == len(set(spelled)), rule.id
