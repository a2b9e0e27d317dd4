"""What an editor may offer: keywords where keywords stand, words that answer them, the author's own names; nothing elsewhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.saying import in_source
from questionnaires.language.words import KEYWORDS
from questionnaires.shipped import HOME, shipped
from questionnaires.teaching.offering import MOST_OFFERS, offer

BEGUN = """\
方案: 甲
选项:
  四等: {优秀: 100, 良好: 80}
  打分: {形式: 打分, 从: 0, 到: 10}
评议主体:
  上级: {署名: 是}
  同级:
    只评本单位: 是
名册栏目:
  职务: {取值: [正职, 副职], 统称: {个人: [正职]}}
测评内容:
  德: 四等
  能: {用选项: 四等, 内容: {能一: 四等}}
事项: [奖励, 处分]
"""
COUNTED = BEGUN + "计算:\n  得分: {平均分: 德}\n"
ENGLISH = "scheme: a\nscales:\n  stars: {kind: numbers, from: 0, to: 5}\nitems:\n  service: stars\nquantities:\n  mean: {"


def offered(before: str, after: str = "") -> list[str]:
    """The words offered at the end of `before`."""
    return [one.word for one in offer(before, after, in_source).offers]


@pytest.mark.parametrize(
    ("before", "after", "first"),
    [
        ("", "", ["方案", "版本", "标题"]),
        (BEGUN + "约定:\n  基数: 有效", "", ["有效作答", "有效票"]),
        (BEGUN + "测评表:\n  - {主体: [上级, ", "", ["上级", "同级"]),
        ("测评表:\n  - {主体: ", "\n评议主体:\n  上级: {署名: 是}\n", ["上级"]),  # what stands below counts, brackets open or not
        (BEGUN + "测评表:\n  - 主体: 上级\n    填: ", "", ["德", "能", "能一"]),
        (BEGUN + "填写要求:\n  限额: {等次: ", "", ["优秀", "良好"]),
        (BEGUN + "填写要求:\n  限额: {评: {", "", ["职务"]),
        (BEGUN + "填写要求:\n  限额: {评: {职务: ", "", ["正职", "副职", "个人"]),
        (COUNTED + "  总分: {按主", "", ["按主体加权"]),
        (COUNTED + "  总分: {平均分: ", "", ["德", "能", "能一"]),
        (COUNTED + "  总分: {平均分: 德, 主", "", ["主体", "合并主体"]),
        (COUNTED + "  总分:\n    平均分: 德\n    基数: 收", "", ["收回票"]),
        (COUNTED + "  总分: 90 + 得", "", ["得分"]),
        (COUNTED + "  次数: {发生: ", "", ["奖励", "处分"]),
        (COUNTED + "结果:\n  列: [", "", ["得分"]),
        (ENGLISH + "grade p", "", ["grade points"]),
        (ENGLISH + "grade points: ser", "", ["service"]),
    ],
)
def test_what_fits_is_offered(before: str, after: str, first: list[str]) -> None:
    assert offered(before, after)[: len(first)] == first


@pytest.mark.parametrize(
    "before", [COUNTED + "# 平均", BEGUN + '  五等: {标题: "优', BEGUN + "评议主体:\n  ", BEGUN + "方案: |\n  评"], ids=str
)
def test_nothing_is_offered_in_comments_in_quotes_and_where_authors_name_things(before: str) -> None:
    assert offered(before) == []


def test_what_is_written_already_is_not_offered_again() -> None:
    assert KEYWORDS["scale"][0] not in offered(BEGUN + "  勤: {用选项: 四等, ")
    assert "方案" not in offered(BEGUN)


def test_what_was_typed_is_told_so_that_it_is_replaced_and_not_doubled() -> None:
    assert offer(COUNTED + "  总分: 90 + 得", "", in_source).typed == "得"
    assert offer(ENGLISH + "grade p", "", in_source).typed == "grade p"


def test_at_every_place_of_shipped_schemes_the_next_keyword_is_offered() -> None:
    """Cut a file before a keyword of its first level: the keyword is among what is offered."""
    for one in shipped()[:3]:
        lines = one.path.read_text(encoding="utf-8").splitlines(keepends=True)
        for at, line in enumerate(lines):
            word = line.partition(":")[0]
            if line[0] not in " #\n" and word in {pair[0] for pair in KEYWORDS.values()}:
                assert word in offered("".join(lines[:at]), "".join(lines[at + 1 :])), (one.key, at)


@given(st.text(alphabet="方案评议主体: {}[],-#\"'\n ab|>&*!", max_size=80), st.integers(0, 80))
def test_no_text_however_broken_is_too_much(text: str, at: int) -> None:
    assert len(offer(text[:at], text[at:], in_source).offers) <= MOST_OFFERS


def test_a_published_method_is_read_in_a_moment_at_each_of_its_ends() -> None:
    text = (HOME / "published" / "us-star" / "scheme.yml").read_text(encoding="utf-8")
    found = [offer(text[:at], text[at:], in_source) for at in range(0, len(text), 7)]
    assert any(one.offers for one in found)
