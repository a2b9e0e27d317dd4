"""A sheet read for what a scheme needs: one line an item (indicator, item, scale, group, weight, limit), or one a group's weight.

Columns are known by their headings, in any order; a blank cell under an indicator is the one above it, as merged cells give it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.numerals import SCHEME, read
from analysis.saying import N_
from questionnaires.authoring.outline import SCALES, Outline, OutlineGroup, OutlineItem
from questionnaires.telling import Said, said

_HEADS = {
    "indicator": ("指标", "一级指标", "类别", "indicator"),
    "item": ("内容", "测评内容", "项目", "评议内容", "二级指标", "具体内容", "item"),
    "scale": ("选项", "等次", "scale"),
    "group": ("主体", "评议主体", "谁评", "group"),
    "weight": ("权重", "分值", "满分", "weight"),
    "limit": ("限额", "限制", "limit"),
}
_HEADINGS = 10  # so many lines from the top may be titles before the headings come


@dataclass(frozen=True)
class RowProblem:
    """One thing in a sheet that cannot be meant: the line as the spreadsheet counts, 0 for the whole, and what is wrong."""

    row: int
    what: Said


def read_sheet(rows: Sequence[Sequence[str]], outline: Outline) -> tuple[Outline, tuple[RowProblem, ...]]:
    """The outline with what the sheet tells, and every problem of it."""
    found = _headings(rows)
    if found is None:
        heads = said(N_("找不到表头：要有一行写着“内容”，旁边可以有“指标”“选项”“主体”“权重”“限额”。"))
        return outline, (RowProblem(0, heads),)
    start, columns = found
    reader = _Rows(outline, columns)
    for number, row in enumerate(rows[start:], start=start + 1):
        reader.take(number, row)
    return reader.whole(), tuple(reader.problems)


def _headings(rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    for at, row in enumerate(rows[:_HEADINGS]):
        cells = {cell.strip().casefold(): place for place, cell in reversed(list(enumerate(row)))}
        columns = {key: cells[word] for key, words in _HEADS.items() for word in reversed(words) if word in cells}
        if "item" in columns:
            return at + 1, columns
    return None


class _Rows:
    def __init__(self, outline: Outline, columns: dict[str, int]) -> None:
        self.outline, self.columns = outline, columns
        self.indicator = ""
        self.items: list[OutlineItem] = []
        self.groups: dict[str, OutlineGroup] = {one.title: one for one in outline.groups}
        self.problems: list[RowProblem] = []
        self.most = outline.most

    def take(self, number: int, row: Sequence[str]) -> None:
        """One line of the sheet."""
        cells = {key: row[at].strip() if at < len(row) else "" for key, at in self.columns.items()}
        if not any(cells.values()):
            return
        self.indicator = cells.get("indicator") or self.indicator
        weight = self._weight(number, cells.get("weight", ""))
        names = tuple(one for one in re.split(r"[、,，;；/\s]+", cells.get("group", "")) if one and one != "全部")
        for name in names:
            self.groups.setdefault(name, OutlineGroup(title=name))
        if not cells["item"]:
            if len(names) == 1 and weight is not None:
                self.groups[names[0]] = replace(self.groups[names[0]], weight=weight)
            elif names or weight is not None:
                self.problems.append(RowProblem(number, said(N_("这一行没有“内容”；写主体的权重，要写一个主体和一个数。"))))
            return
        if any((one.indicator, one.title) == (self.indicator, cells["item"]) for one in self.items):
            self.problems.append(RowProblem(number, said(N_("“{item}”写了两遍；请删去一行。"), item=cells["item"])))
            return
        self.items.append(
            OutlineItem(
                title=cells["item"],
                indicator=self.indicator,
                weight=weight,
                scale=self._scale(number, cells.get("scale", "")),
                groups=names,
                place=number,
            )
        )
        self._limit(number, cells.get("limit", ""))

    def whole(self) -> Outline:
        """What all lines told."""
        missing = [one.place for one in self.items if one.weight is None]
        if missing and len(missing) < len(self.items):
            self.problems += [RowProblem(place, said(N_("这一行没有权重，别的行有；请补上。"))) for place in missing]
        return replace(self.outline, items=tuple(self.items), groups=tuple(self.groups.values()), most=self.most)

    def _weight(self, number: int, text: str) -> Fraction | None:
        plain = text.removesuffix("分").removesuffix("%").removesuffix("％").strip()
        found = read(plain, SCHEME) if plain else None
        if plain and (found is None or found <= 0):
            self.problems.append(RowProblem(number, said(N_("权重“{text}”不是大于零的数。"), text=text)))
            return None
        return found

    def _scale(self, number: int, text: str) -> str:
        if not text or text in SCALES:
            return text
        answers = tuple(one for one in re.split(r"[、,，;；/\s]+", text) if one)
        for name, offered in SCALES.items():
            if answers == tuple(offered)[: len(answers)] and len(answers) > 1:
                return name
        known = "、".join(SCALES)
        self.problems.append(
            RowProblem(number, said(N_("不认得选项“{text}”；可以写：{known}。别的选项请建好以后再改。"), text=text, known=known))
        )
        return ""

    def _limit(self, number: int, text: str) -> None:
        if not text:
            return
        hit = re.search(r"(\d{1,2}(?:\.\d)?)\s*[%％]", text)
        if hit is None:
            self.problems.append(RowProblem(number, said(N_("限额“{text}”看不懂；请写成“至多 20%”。"), text=text)))
        elif self.most is not None and self.most != Fraction(hit[1]) / 100:
            self.problems.append(RowProblem(number, said(N_("一张表里写了两种限额；请只留一种，另一种建好以后再加。"))))
        else:
            self.most = Fraction(hit[1]) / 100
