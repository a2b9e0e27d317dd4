"""What a new scheme is to ask and to count, and its text: sections in their order, remarks where its author has to look."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import decimal
from questionnaires.editing.cuts import Value, write
from questionnaires.language.reader import RESERVED

#: Ready scales, best first: what a file writes behind the name.
SCALES: Mapping[str, Mapping[str, str]] = {
    "四等": {"优秀": "100", "良好": "85", "一般": "70", "较差": "50", "不了解": "不计"},
    "称职": {"优秀": "100", "称职": "80", "基本称职": "60", "不称职": "0", "弃权": "不计"},
    "满意": {"满意": "100", "基本满意": "60", "不满意": "0", "不了解": "不计"},
    "同意": {"同意": "100", "不同意": "0", "弃权": "不计"},
    "百分": {"从": "0", "到": "100"},
    "十分": {"从": "1", "到": "10"},
}
#: Scales of grades, whose best answer a limit or a share may be about.
BEST = {name: next(iter(answers)) for name, answers in SCALES.items() if "从" not in answers}
#: On what a plain vote is answered, and who rates where nobody said.
VOTES_SCALE = "称职"
USUAL_GROUPS = ("领导", "同事")
NAME_CHARACTERS = 12
TITLE_CHARACTERS = 300


@dataclass(frozen=True, kw_only=True)
class OutlineItem:
    """One thing asked. `weight`: its share of the whole, None where nobody said; `groups`: who is asked it, () for all;
    `shared`: the weight is an even part of what was written of the line above."""

    title: str
    indicator: str = ""
    weight: Fraction | None = None
    scale: str = ""
    groups: tuple[str, ...] = ()
    shared: bool = False
    place: int = 0


@dataclass(frozen=True, kw_only=True)
class OutlineGroup:
    """Who rates. `weight` None: nobody said."""

    title: str
    weight: Fraction | None = None
    signed: bool = False
    own_unit: bool = False
    rated: bool = False


@dataclass(frozen=True, kw_only=True)
class Outline:
    """A scheme to be. `most`: of the best answer at most such a share of a ballot; `tiers`: lowest score -> grade, best first;
    `uneven`: indicators whose points are not the sum of those below (title, points said, sum)."""

    title: str
    version: str
    scale: str = "四等"
    items: tuple[OutlineItem, ...] = ()
    groups: tuple[OutlineGroup, ...] = ()
    most: Fraction | None = None
    tiers: tuple[tuple[Fraction, str], ...] = ()
    votes_only: bool = False
    unused: tuple[str, ...] = ()
    uneven: tuple[tuple[str, Fraction, Fraction], ...] = ()


def name_of(title: str, taken: Iterable[str]) -> str:
    """A name for something that is called so: its first words, as the language allows names, and not one that is taken."""
    words = [re.sub(r"^\d+(?:年度?)?", "", word) for word in re.findall(r"\w+", title.replace("_", " "))]
    first = next((word for word in words if word), "")
    short = first[:NAME_CHARACTERS].strip("_") or "内容"
    if short in RESERVED:
        short += "项"
    used, name, number = set(taken), short, 2
    while name in used:
        name, number = f"{short}{number}", number + 1
    return name


def numeral(value: Fraction) -> str:
    """An exact number as a file writes it: 12, 0.5, else 1/3."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return decimal(value) if rest == 1 else f"{value.numerator}/{value.denominator}"


def text_of(outline: Outline) -> str:
    """The scheme's text. Whatever is missing is not guessed: the checker says it, at its line.

    Parameters
    ----------
    outline
        What is asked, who rates, with which weights and limits.

    Returns
    -------
    str
        YAML, in the language's Chinese spelling.
    """
    return _Writer(outline).whole()


class _Writer:
    def __init__(self, outline: Outline) -> None:
        self.outline = outline
        taken: list[str] = []
        self.groups = self._named(outline.groups, taken)
        self.heads = {title: self._new(title, taken) for title in dict.fromkeys(one.indicator for one in outline.items) if title}
        self.items = self._named(outline.items, taken)

    def _named(self, parts: Sequence[OutlineItem] | Sequence[OutlineGroup], taken: list[str]) -> list[tuple[str, object]]:
        return [(self._new(one.title, taken), one) for one in parts]

    @staticmethod
    def _new(title: str, taken: list[str]) -> str:
        taken.append(name_of(title, taken))
        return taken[-1]

    def whole(self) -> str:
        outline = self.outline
        lines = [
            f"方案: {write(name_of(outline.title, ()))}",
            f"版本: {outline.version}",
            f"标题: {write(outline.title)}",
            "约定:",
            "  依照: 常用约定",
            "  选定理由: 原文没有写明的，先照常用约定；请逐条核对",
            "",
            "选项:",
            *(f"  {name}: {write(SCALES[name])}" for name in self._scales()),
            "",
            "评议主体:",
            *(f"  {name}: {write(self._group(one))}" for name, one in self.groups if isinstance(one, OutlineGroup)),
            "",
            "测评内容:",
            *self._asked(),
            "",
            "测评表:",
            *self._forms(),
            *self._limit(),
            "",
            "计算:",
            *self._counting(),
        ]
        return "\n".join(lines) + "\n"

    def _scales(self) -> list[str]:
        return list(dict.fromkeys(one.scale or self.outline.scale for one in self.outline.items)) or [self.outline.scale]

    @staticmethod
    def _group(one: OutlineGroup) -> dict[str, str]:
        settings = {"署名": one.signed, "只评本单位": one.own_unit, "本身被评": one.rated}
        return {"标题": one.title, **{name: "是" for name, holds in settings.items() if holds}}

    def _asked(self) -> list[str]:
        lines: list[str] = []
        for name, item, indent in self._laid_out(lines):
            entry: dict[str, Value] = {"标题": item.title[:TITLE_CHARACTERS], "用选项": item.scale or self.outline.scale}
            if self._weighed and item.weight is not None:
                entry["满分"] = numeral(item.weight)
                if item.shared:
                    entry["选定理由"] = "原文只给了上一级的分值，各项平分"
            named = [key for key, one in self.groups if isinstance(one, OutlineGroup) and one.title in item.groups]
            if named and len(named) < len(self.groups):
                entry["只问"] = named[0] if len(named) == 1 else named
            lines.append(f"{indent}{name}: {write(entry)}")
        return lines

    def _laid_out(self, lines: list[str]) -> Iterable[tuple[str, OutlineItem, str]]:
        above = ""
        for name, item in self.items:
            assert isinstance(item, OutlineItem)  # noqa: S101 - for the type checker: `_named` gave just these
            if item.indicator and item.indicator != above:
                lines += [f"  {self.heads[item.indicator]}:", f"    标题: {write(item.indicator)}", "    内容:"]
            above = item.indicator
            yield name, item, "      " if item.indicator else "  "

    @property
    def _weighed(self) -> bool:
        return any(one.weight is not None for one in self.outline.items)

    def _tops(self) -> list[str]:
        """What forms and rules name: indicators, and items that stand under none."""
        return list(
            dict.fromkeys(
                self.heads[one.indicator] if one.indicator else name for name, one in self.items if isinstance(one, OutlineItem)
            )
        )

    def _forms(self) -> list[str]:
        asked = self._tops()
        return [f"  - {write({'主体': [name for name, _ in self.groups], '填': asked})}"]

    def _limit(self) -> list[str]:
        most, best = self.outline.most, BEST.get(self.outline.scale)
        over = [
            name
            for name, one in self.items
            if isinstance(one, OutlineItem) and (one.scale or self.outline.scale) == self.outline.scale
        ]
        if most is None or best is None or not over:
            return []
        rule = {
            "标题": f"“{best}”不超过{numeral(most * 100)}%",
            "主体": [name for name, _ in self.groups],
            "内容": over,
            "等次": best,
            "至多": f"{numeral(most * 100)}%",
            "基数": "应填项",
            "不少于": "1",
            "超出时": "不收",
            "选定理由": "人少时也至少许一个",
        }
        return ["", "填写要求:", f"  限额: {write(rule)}"]

    def _counting(self) -> list[str]:
        tops = self._tops()
        if self.outline.votes_only:
            return self._votes()
        lines = [f"  各项均分: {write({'平均分': tops})}"]
        if self._weighed:
            lines.append(f"  主体得分: {write({'合计': '各项均分', '沿': '内容', '备注': '各项得分相加，各项满分见测评内容'})}")
        else:
            lines.append(
                f"  主体得分: {write({'平均': '各项均分', '沿': '内容', '选定理由': '原文没有给各项分值，各项同样重要'})}"
            )
        weights = {
            name: numeral(one.weight) if one.weight is not None else ""
            for name, one in self.groups
            if isinstance(one, OutlineGroup)
        }
        if len(self.groups) > 1:
            named = any(weights.values())
            shares = weights if named else dict.fromkeys(weights, "1")
            why = {} if named else {"选定理由": "原文没有给权重，各主体同样重要"}
            lines.append(f"  总分: {write({'按主体加权': '主体得分', '权重': shares, **why})}")
        else:
            lines.append(f"  总分: {write({'平均': '主体得分', '沿': '主体'})}")
        shown: dict[str, list[str]] = {"列": ["总分"], "分主体": ["主体得分"], "分内容": ["各项均分"]}
        if self.outline.tiers:
            bands = {f"{numeral(least)} 以上": grade for least, grade in self.outline.tiers[:-1]}
            lines.append(f"  定等: {write({'分段': '总分', '各段': {**bands, '其余': self.outline.tiers[-1][1]}})}")
            shown["等次"] = ["定等"]
        return [*lines, "", f"结果: {write(shown)}"]

    def _votes(self) -> list[str]:
        """Only counts and shares of every answer, as a plain vote is read out; no points are made of them."""
        name = self.items[0][0]
        answers = list(SCALES[self.outline.scale])
        lines = [f"  {answer}票: {write({'票数': answer, '项目': name})}" for answer in answers]
        lines += [
            f"  {answer}率: {write({'占比': answer, '项目': name, '基数': '有效票'})}"
            for answer in answers
            if SCALES[self.outline.scale][answer] != "不计"
        ]
        columns = [line.strip().partition(":")[0] for line in lines]
        return [*lines, "", f"结果: {write({'列': columns})}"]
