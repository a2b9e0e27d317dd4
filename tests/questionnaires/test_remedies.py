"""Every remedy works: done as it says, the problem is gone and no other has come. Lists of what is known are short and whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from questionnaires.language.problems import Problem, SchemeProblems, once
from questionnaires.loader import load_scheme
from questionnaires.telling import briefly, tell
from tests.support.tongues import chinese, english

BROKEN = {path.stem: path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "broken").glob("*.yml"))}


def problems_of(text: str) -> tuple[Problem, ...]:
    """Every problem of a file, none for one that loads."""
    try:
        load_scheme(text, "x.yml")
    except SchemeProblems as refused:
        return refused.problems
    return ()


# --- remedies that are an edit by themselves: the words of the sentence say what to put where
def suggested(text: str, one: Problem) -> str:
    """“是否想写“甲”？”: the name written is replaced by the one meant, at every place the problem names."""
    wrong, meant = re.findall(r"“([^”]+)”", one.what(chinese))[0], re.findall(r"是否想写“(.+?)”", one.remedy(chinese))[0]
    return text.replace(wrong, meant)


def first_allowed(text: str, one: Problem) -> str:
    """“可选：甲、乙”: the first of them."""
    wrong = re.findall(r"“([^”]+)”", one.what(chinese))[-1 if one.code == "grade-unknown" else 0]
    return text.replace(wrong, re.findall(r"可选：([^、。]+)", one.remedy(chinese))[0])


def example_put_in(text: str, one: Problem) -> str:
    """“例如：甲: 乙”: into the quantity or rule the problem stands on."""
    example = re.findall(r"例如：(.+?)。$", one.remedy(chinese))[0]
    lines = text.splitlines()
    lines[one.line - 1] = re.sub(r"\}$", f", {example}}}", lines[one.line - 1])
    return "\n".join(lines) + "\n"


def into_the_policy(text: str, one: Problem) -> str:
    """“在“约定”里统一写明，例如：甲: 乙”."""
    example = re.findall(r"例如：(.+?)。$", one.remedy(chinese))[0]
    return re.sub(r"^约定: \{", f"约定: {{{example}, ", text, flags=re.MULTILINE)


def written_total(text: str, one: Problem) -> str:
    """“请写“总和: 110””."""
    total = re.findall(r"“(总和: [^”]+)”", one.remedy(chinese))[0]
    lines = text.splitlines()
    lines[one.line - 1] = re.sub(r"\}$", f", {total}}}", lines[one.line - 1])
    return "\n".join(lines) + "\n"


def in_order(text: str, one: Problem) -> str:
    """“请写“规则先后: 先中先定””: into the quantity whose cases they are."""
    order = re.findall(r"“(规则先后: [^”]+)”", one.remedy(chinese))[0]
    lines = text.splitlines()
    if lines[one.line - 1].startswith("      -"):
        return "\n".join([*lines[: one.line - 3], *lines[one.line - 3 : one.line - 2], *lines[one.line - 2 :]]).replace(
            "    分情况:\n", f"    {order}\n    分情况:\n"
        )
    lines[one.line - 1] = re.sub(r"\}$", f", {order}}}", lines[one.line - 1])
    return "\n".join(lines) + "\n"


def half_width(text: str, one: Problem) -> str:
    """“换成半角标点，冒号、逗号后空一格”."""
    lines = text.splitlines()
    lines[one.line - 1] = re.sub(
        r"[：，｛｝]", lambda hit: {"：": ": ", "，": ", ", "｛": "{", "｝": "}"}[hit[0]], lines[one.line - 1]
    )
    return "\n".join(lines) + "\n"


def spaced(text: str, one: Problem) -> str:
    """“在冒号后面空一格”."""
    written = re.findall(r"“([^”]+)”", one.what(chinese))[0]
    return text.replace(written, written.replace(":", ": "))


def without_tabs(text: str, one: Problem) -> str:
    """“改用空格，每层两个”."""
    lines = text.splitlines()
    lines[one.line - 1] = lines[one.line - 1].replace("\t", "  ")
    return "\n".join(lines) + "\n"


def without_the_line(text: str, one: Problem) -> str:
    """“请删去”."""
    lines = text.splitlines()
    return "\n".join([*lines[: one.line - 1], *lines[one.line :]]) + "\n"


ALONE: dict[str, Callable[[str, Problem], str]] = {
    "unknown-name": suggested,
    "unknown-key": suggested,
    "grade-unknown": first_allowed,
    "want-word": first_allowed,
    "open-here": example_put_in,
    "weights-sum": written_total,
    "cases-overlap": in_order,
    "full-width": half_width,
    "colon-space": spaced,
    "tab": without_tabs,
    "duplicate-key": without_the_line,
    "unused": without_the_line,
    "never-asked": without_the_line,
}
#: Remedies that leave a choice to the author: what a clerk would do who follows the sentence, (file, code) -> (before, after).
BY_HAND: dict[tuple[str, str], tuple[str, str]] = {
    ("alias_bomb", "alias"): ("", ""),
    ("bands_gap", "bands-gap"): ("60 至不足 80", "60 至不足 90"),
    ("bands_gap_at_the_border", "bands-gap"): ("超过 60", "60 以上"),
    ("bands_overlap", "bands-overlap"): ("60 至 80", "60 至不足 80"),
    ("column_left_over", "left-over-axis"): ("{平均分: 总体评价}", "{平均: {平均分: 总体评价}, 沿: 主体}"),
    ("column_without_axis", "no-axis"): ("{分主体: [均分]}", "{列: [均分]}"),
    ("comment_length", "comment-length"): ("5000", "200"),
    ("condition_too_fine", "plan"): ("主体均分 < 60", "主体均分 @ 领导 < 60"),
    ("cycle", "cycle"): ("得分: 半分 + 主体均分 @ 领导", "得分: 主体均分 @ 领导"),
    ("depth", "too-deep"): ("[" * 25 + "得分" + "]" * 25, "[得分]"),
    ("formula", "formula"): ("+ ×", "+ 5"),
    ("indentation", "indentation"): ("   同事:", "  同事:"),
    ("name_taken", "name-taken"): ("  职务: {占比", "  不称职率: {占比"),
    ("negative_weight", "weight-negative"): ("{领导: 120, 同事: -20}", "{领导: 80, 同事: 20}"),
    ("no_as_group", "yes-word"): ("  no:", '  "no":'),
    ("no_word", "yes-word"): ("署名: no", "署名: 否"),
    ("open_bracket", "open-bracket"): ("", ""),
    ("open_quote", "open-quote"): ('方案: "小方案', '方案: "小方案"'),
    ("quota_cannot_be_met", "quota-impossible"): ("[至少 1, 至多 20%]", "至多 20%"),
    ("relation_without_subject", "wrong-axes"): ("'10 − 3'", "得分"),
    ("rows_gap", "rows-gap"): ("{职务: 正职, 值: 1}", "{职务: 正职, 值: 1}, {职务: 副职, 值: 0.9}"),
    ("rows_overlap", "rows-overlap"): ("{职务: [正职, 副职], 值", "{职务: 副职, 值"),
    ("scale_order", "scale-order"): ("称职: 60, 基本称职: 80", "称职: 80, 基本称职: 60"),
    ("tag", "tag"): ("!!python/object:os.system ", ""),
    ("tiers_left_over", "axis-left"): ("分等次: 均分", "分等次: {平均: 均分, 沿: 主体}"),
    ("tiers_short", "tiers-short"): ("至多 70%", "其余"),
    ("two_colons", "two-colons"): ("小方案: 第二稿", "'小方案: 第二稿'"),
    ("two_colons", "bad-name"): ("'小方案: 第二稿'", "小方案"),
    ("two_documents", "two-documents"): ("", ""),
    ("two_layouts", "two-layouts"): ("版式: 逐项", "版式: 表格"),
    ("two_layouts", "want-word"): ("花边", "表格"),
    ("two_meanings", "two-meanings"): ("研究 = 降等", "'研究 = \"降等\"'"),
    ("two_rules", "two-rules"): (", 占比: 优秀}", "}"),
    ("window_of_no_periods", "want-count"): ("两", "2"),
    ("wrong_axes", "wrong-axes"): ("{按内容加权: 主体均分, 权重: {总体评价: 100}}", "{平均: 主体均分, 沿: 主体}"),
    ("wrong_kind", "wrong-kind"): ("提示: [不称职率]", "等次: [不称职率]"),
    ("missing_sections", "missing-key"): ("", ""),
}


def mended(name: str, text: str, one: Problem) -> str:
    """The file with one problem's remedy done."""
    if (name, one.code) in BY_HAND:
        before, after = BY_HAND[name, one.code]
        return text.replace(before, after)
    if one.code == "open-policy":
        return into_the_policy(text, one)
    return ALONE[one.code](text, one)


#: Files so broken that their mend is another file: only the first problem can be told, and what is left is none of ours.
WHOLE = {"alias_bomb", "open_bracket", "two_documents", "missing_sections", "depth"}


@pytest.mark.parametrize("name", [name for name in BROKEN if name not in WHOLE])
def test_every_remedy_done_as_it_says_leaves_a_file_that_loads(name: str) -> None:
    text = BROKEN[name]
    for _ in range(4):  # a name mended may bring to light what stood behind it
        for one in problems_of(text):
            text = mended(name, text, one)
    assert [one.sentence() for one in problems_of(text)] == [], text


def test_every_problem_of_a_broken_file_has_a_remedy_that_was_tried() -> None:
    told = {(name, one.code) for name, text in BROKEN.items() for one in problems_of(text)}
    tried = {(name, code) for name, code in told if code in ALONE or code == "open-policy" or (name, code) in BY_HAND}
    assert told == tried


# --- what is known
def test_a_misspelling_gives_the_nearest_name_and_all_that_is_known() -> None:
    (one,) = [one for one in problems_of(BROKEN["unknown_group_in_weights"]) if one.code == "unknown-name"]
    assert one.remedy(chinese) == "是否想写“同事”？请检查写法，或先写出它。可以写的有：领导、同事、职务。"
    assert one.remedy(english).startswith("Did you mean “同事”?")
    assert "领导, 同事, 职务" in one.remedy(english)


def test_numbers_are_listed_as_a_range_and_very_many_names_are_cut_short() -> None:
    hundred = [str(number) for number in range(100, -1, -1)]
    assert tell(briefly([*hundred, "弃权"]), chinese) == "0 到 100、弃权"
    assert tell(briefly(hundred), english) == "0 to 100"
    assert tell(briefly(["0", "0.5", "1", "1.5", "2"]), chinese) == "0 到 2，相隔 0.5"
    assert tell(briefly(["优", "良", "中"]), chinese) == "优、良、中"
    names = [f"量{number}" for number in range(40)]
    assert tell(briefly(names), chinese) == "、".join(names[:16]) + "、……共 40 个"


def test_one_cause_in_many_rows_is_told_once_with_the_rows() -> None:
    rows = (3, 4, 5, 6, 9, 10, 15)
    (one,) = once([Problem(origin="subjects.csv", line=row, column=2, code="x", message=("错。", "改。")) for row in rows])
    assert (one.line, one.also) == (3, (4, 5, 6, 9, 10, 15))
    assert one.what(chinese) == "错。（第 4–6、9、10、15 行也有。）"
