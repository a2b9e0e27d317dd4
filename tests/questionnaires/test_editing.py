"""A scheme's text is changed in place: one line differs, every comment stays, and what was asked for is what is read again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires.editing.cuts import Value, add, add_section, append, change, remove
from questionnaires.editing.places import Path, UnplacedError, Written, at, place
from questionnaires.shipped import HOME

TEXTS = [path.read_text(encoding="utf-8") for path in sorted(HOME.rglob("scheme.yml"))]
SMALL = """# 头上的注释
方案: 年度评议  # 名称旁
版本: 2026-01-01
选项: {总体: {优秀: 100, 不称职: 0}}
评议主体:
  领导: {署名: 是}   # 署名的
  同事:
# 测评表之前
测评表:
  - 主体: 领导   # 谁
    填: [德, 能]
  - {主体: 同事, 填: 德}
# 尾
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("方案",), "改: 名", "方案: 年度评议  # 名称旁", "方案: '改: 名'  # 名称旁"),
        (("选项", "总体", "优秀"), "95", "优秀: 100", "优秀: 95"),
        (("评议主体", "同事"), {"署名": "否"}, "  同事:", "  同事: {署名: 否}"),
        (("测评表", 0, "填"), ["德"], "填: [德, 能]", "填: [德]"),
        (("测评表", 0, "主体"), "", "主体: 领导   # 谁", "主体:    # 谁"),
    ],
)
def test_a_value_is_cut_out_and_nothing_else(path: Path, value: Value, old: str, new: str) -> None:
    assert change(SMALL, path, value).rstrip() == SMALL.replace(old, new).rstrip()


def test_entries_come_at_the_end_of_their_block_and_go_with_their_line() -> None:
    more = add(SMALL, ("评议主体",), "群众", {"只评本单位": "是"})
    assert more == SMALL.replace("  同事:\n", "  同事:\n  群众: {只评本单位: 是}\n")
    assert remove(more, ("评议主体", "群众")) == SMALL
    assert append(SMALL, ("测评表",), {"主体": "群众", "填": "德"}) == SMALL.replace(
        "# 尾", "  - {主体: 群众, 填: 德}\n# 尾"
    ).replace("填: 德}\n  - {主体: 群众", "填: 德}\n  - {主体: 群众")
    assert append(SMALL, ("测评表", 0, "填"), "勤") == SMALL.replace("[德, 能]", "[德, 能, 勤]")
    assert remove(SMALL, ("测评表", 0)) == SMALL.replace("  - 主体: 领导   # 谁\n    填: [德, 能]\n", "")
    assert remove(SMALL, ("选项", "总体", "优秀")) == SMALL.replace("优秀: 100, ", "")
    assert add_section(SMALL, "ballot_rules")[0] == SMALL.replace(
        "  - {主体: 同事, 填: 德}\n", "  - {主体: 同事, 填: 德}\n填写要求: {}\n"
    )


@pytest.mark.parametrize(
    "text", ["", "- a", "a: [", "a: &x 1\nb: *x", "a: !!python/object:os.system x", "a: 1\n---\nb: 2", "[" * 400]
)
def test_what_is_no_scheme_has_no_places(text: str) -> None:
    with pytest.raises(UnplacedError):
        place(text)


def test_a_way_that_leads_nowhere_is_refused() -> None:
    for path in (("没有",), ("测评表", 7), ("方案", "下面"), ("选项", 0)):
        with pytest.raises(UnplacedError):
            change(SMALL, path, "x")
    with pytest.raises(UnplacedError):
        add(SMALL, ("评议主体",), "领导", "")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(TEXTS), st.integers(0, 10**6), st.text(min_size=1, max_size=30))
def test_any_value_of_any_shipped_scheme_may_become_any_text_and_all_other_lines_stay(text: str, where: int, value: str) -> None:
    spots = [spot for spot in place(text).walk() if spot.kind == "scalar" and "\n" not in text[spot.start : spot.end]]
    spot = spots[where % len(spots)]
    path = next(way for way, one in _ways(place(text), ()) if one.start == spot.start and one.kind == "scalar")
    try:
        new = change(text, path, value)
    except UnplacedError:
        assert any(
            ord(one) < 32 or 0xD800 <= ord(one) < 0xE000 or ord(one) in (*range(0x7F, 0xA0), 0xFFFE, 0xFFFF, 0xFEFF)
            for one in value
        )
        return
    assert at(place(new), path).text == value
    before, after = text.split("\n"), new.split("\n")
    assert len(before) == len(after)
    assert [number for number, pair in enumerate(zip(before, after, strict=True)) if pair[0] != pair[1]] in ([], [spot.line])


def _ways(spot: Written, path: Path) -> Iterator[tuple[Path, Written]]:
    yield path, spot
    for key, value in spot.pairs:
        yield from _ways(value, (*path, key.text))
    for number, entry in enumerate(spot.entries):
        yield from _ways(entry, (*path, number))


def test_every_shipped_file_has_places() -> None:
    assert len(TEXTS) >= 44
