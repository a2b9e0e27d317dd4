"""Lines of a regulation, as they are pasted from Word, read for what a scheme needs: items with points, who rates with which
weight, a limit on the best answer, scores and their grades.

Nothing is guessed in silence: what was read stands in the draft for the clerk to look at, and the lines that told nothing are
given back as `unused`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.numerals import SCHEME, read
from questionnaires.authoring.outline import TITLE_CHARACTERS, Outline, OutlineGroup, OutlineItem

MOST_LINES = 400
MOST_ITEMS = 120
_DIGITS = {wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), 0xFF05, 0xFF0E, 0xFF08, 0xFF09)} | {0x3000: 0x20, 0xA0: 0x20}
_HAN = "一二三四五六七八九十百零〇"
#: How a line is numbered, outermost first; a line belongs under the one before it that is numbered further out.
_NUMBERINGS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第[{_HAN}\d]+[章节条部编][\s:：、]*",
        rf"[{_HAN}]+\s*[、.]\s*",
        rf"\([{_HAN}]+\)\s*[、.]?\s*",
        r"\d{1,3}\s*[、.)](?!\d)\s*",
        r"\d{1,2}(?:\.\d{1,2})+\s*[、.]?\s*",
        r"\(\d{1,3}\)\s*[、.]?\s*",
        r"[①-⑳]\s*",
        r"[A-Za-z]\s*[、.)]\s*",
        r"[-–—•·●○■□◆▪*]\s+",
    )
)
_POINTS = re.compile(
    r"\(?\s*(?:满分|计|占|权重|共)?\s*[:：]?\s*(\d{1,4}(?:\.\d{1,3})?)\s*(分|%|points?|pts)\s*\)?\s*[。.;；,，、:：]?\s*$"
)
_POINTS_INSIDE = re.compile(r"\(\s*(?:满分|计|占|权重|共)?\s*[:：]?\s*(\d{1,4}(?:\.\d{1,3})?)\s*(?:分|%|points?|pts)\s*\)")
_SHARE = re.compile(
    r"([^\W\d]{2,12}?)(?:评议|评价|测评|评分|打分|考核)?(?:的?权重)?(?:各?占|为|[:：])?\s*(\d{1,3}(?:\.\d{1,2})?)\s*%"
)
_RATERS = re.compile(
    r"上级|同级|下级|领导|同事|同行|群众|服务对象|患者|病人|家属|干部|代表|班子|自评|本人|职工|员工|医生|医师|护士|护理|科室|部门|社会|党员|村民|居民|农户|学生|家长|教师|专家|企业"
)
_LIMIT = re.compile(r"(?:优秀|“优秀”|好)[^。；;]{0,24}?不(?:得)?(?:超过|高于|多于|大于)[^。；;\d]{0,16}(\d{1,2}(?:\.\d)?)\s*%")
_TIER = re.compile(
    r"(\d{1,3}(?:\.\d)?)\s*分?\s*(?:\(含(?:\d+分)?\))?\s*(?:以上|及以上)[^，,；;。]{0,14}?(?:为|是|评为|定为)\s*“?(\w{1,6})”?"
)
_BELOW = re.compile(r"(\d{1,3}(?:\.\d)?)\s*分?\s*(?:以下|不足|\(不含\)以下)[^，,；;。]{0,10}?(?:为|是|评为|定为)\s*“?(\w{1,6})”?")
_SIGNED, _OWN, _RATED = (
    re.compile("署名|记名|实名|signed"),
    re.compile("本单位|本科室|本部门|本院|own unit"),
    re.compile("互评|本身被评|同级|同事|同行"),
)


@dataclass(kw_only=True)
class _Line:
    number: int
    text: str
    rank: int | None
    weight: Fraction | None
    below: bool = False
    head: _Line | None = None
    ordinal: int = 0  # the number it begins with, 0 where that is none
    in_points: bool = True  # its weight is points, not a share in percent


def read_pasted(text: str, outline: Outline) -> Outline:
    """The outline with what the lines tell.

    Parameters
    ----------
    text
        The lines as they were pasted.
    outline
        What is known already: groups, limit and grades that stand in it are not overwritten.

    Returns
    -------
    Outline
        With items in the lines' order, under indicators that are lines with others below them, with the lines not used, and with
        the indicators whose points are not the sum of what stands below them.
    """
    lines: list[_Line] = []
    unused: list[str] = []
    written = text.splitlines()
    for number, raw in enumerate(written[:MOST_LINES], start=1):
        line = " ".join(raw.translate(_DIGITS).split(" ")).strip()
        if not line:
            continue
        told, outline = _told(line, outline)
        if told:
            continue
        lines.append(_line(number, line))
    items, rest = _items(lines)
    unused += [one.text for one in rest] + [one.strip() for one in written[MOST_LINES:] if one.strip()]
    unused += [one.title for one in items[MOST_ITEMS:]]
    return replace(outline, items=tuple(items[:MOST_ITEMS]), unused=tuple(unused), uneven=_uneven(lines))


def read_groups(text: str) -> tuple[OutlineGroup, ...]:
    """Who rates, one a line: a name, a weight, and whether they sign, rate their own unit, are rated themselves."""
    found: list[OutlineGroup] = []
    for raw in text.splitlines()[:40]:
        line = raw.translate(_DIGITS).strip(" \t,，;；。、")
        hit = re.search(r"\d{1,3}(?:\.\d{1,2})?", line)
        said = line[hit.end() :] if hit else ""
        title, _, more = (
            line[: hit.start() if hit else None].replace("占", " ").replace("权重", " ").strip(" \t:：,，").partition(" ")
        )
        if not title or any(one.title == title for one in found):
            continue
        said += more
        found.append(
            OutlineGroup(
                title=title,
                weight=Fraction(hit[0]) if hit else None,
                signed=bool(_SIGNED.search(said)),
                own_unit=bool(_OWN.search(said)),
                rated=bool(re.search("互评|本身被评|each other", said)),
            )
        )
    return tuple(found)


def _told(line: str, outline: Outline) -> tuple[bool, Outline]:
    """Whether a line says who rates, what a ballot may hold or how scores are graded; with what it says."""
    shares = [(name, share) for name, share in _SHARE.findall(line) if _RATERS.search(name)]
    told = False
    if len(shares) > 1 and not outline.groups:
        groups = (
            OutlineGroup(title=_bare(name), weight=Fraction(share), rated=bool(_RATED.search(name))) for name, share in shares
        )
        outline, told = replace(outline, groups=tuple({one.title: one for one in groups}.values())), True
    if (hit := _LIMIT.search(line)) and outline.most is None:
        outline, told = replace(outline, most=Fraction(hit[1]) / 100), True
    tiers = [(Fraction(least), grade.removesuffix("等次")) for least, grade in _TIER.findall(line)]
    if tiers and not outline.tiers and (below := _BELOW.search(line)):
        ordered = sorted(tiers, key=lambda one: -one[0])
        outline, told = replace(outline, tiers=(*ordered, (Fraction(0), below[2].removesuffix("等次")))), True
    return told, outline


def _bare(name: str) -> str:
    """The name of a group without the words that lead to it in a sentence."""
    hit = _RATERS.search(name)
    return re.sub(r"^(?:其中|由|和|及|与|的)+", "", name) if hit else name


def _line(number: int, text: str) -> _Line:
    cells = [one.strip() for one in text.split("\t") if one.strip()]
    weight, rank, ordinal, in_points = None, None, 0, True
    if len(cells) > 1:
        if re.fullmatch(r"\d{1,3}[.、]?", cells[0]):
            cells, rank = cells[1:], 3
        if len(cells) > 1 and (plain := read(cells[-1].rstrip("分%"), SCHEME)) is not None:
            weight, rank, cells = plain, 3 if rank is None else rank, cells[:-1]
        text = " ".join(cells)
    text = " ".join(text.split())
    for at, pattern in enumerate(_NUMBERINGS):
        if hit := pattern.match(text):
            plain_number = hit[0].strip(" ().、")
            ordinal = int(plain_number) if plain_number.isascii() and plain_number.isdigit() else 0
            text, rank = text[hit.end() :], at
            break
    if weight is None and (hit := _POINTS.search(text) or _POINTS_INSIDE.search(text)):
        weight, in_points = Fraction(hit[1]), "%" not in hit[0]
        text = (text[: hit.start()] + text[hit.end() :]).strip(" ,，。;；:：、")
    title = text.strip(" 。;；:：")[:TITLE_CHARACTERS]
    return _Line(number=number, text=title, rank=rank, weight=weight, ordinal=ordinal, in_points=in_points)


def _items(lines: list[_Line]) -> tuple[list[OutlineItem], list[_Line]]:
    """Which lines are items. Where points are given, only what has points, or stands below a line that has, is one."""
    numbered = [one for one in lines if one.rank is not None]
    asked = numbered if numbered else [one for one in lines if one.text]
    stack: list[_Line] = []
    for one in asked:
        if stack and _goes_on(stack[-1], one):
            one.rank = stack[-1].rank
        rank = 0 if one.rank is None else one.rank
        while stack and (stack[-1].rank or 0) >= rank:
            stack.pop()
        one.head = stack[-1] if stack and numbered else None
        if one.head:
            one.head.below = True
        stack.append(one)
    weighed = sum(one.weight is not None for one in asked) > 1
    leaves = [one for one in asked if not one.below and one.text and (not weighed or _share(one, asked) is not None)]
    heads = {one.head.number for one in leaves if one.head}
    used = {one.number for one in leaves} | heads
    return [
        OutlineItem(
            title=one.text,
            indicator=one.head.text
            if one.head and (not weighed or one.head.weight is not None or one.weight is not None)
            else "",
            weight=_share(one, asked) if weighed else None,
            shared=weighed and one.weight is None,
            place=one.number,
        )
        for one in leaves
    ], [one for one in lines if one.number not in used]


def _goes_on(before: _Line, one: _Line) -> bool:
    """Whether a line numbered in another manner is the next of the same list all the same: (2) after 1. has no (1) to follow."""
    return 0 < before.ordinal == one.ordinal - 1 and (before.rank or 0) < (one.rank or 0)


def _uneven(lines: list[_Line]) -> tuple[tuple[str, Fraction, Fraction], ...]:
    """Indicators that say other points than those below them come to: title, points said, sum."""

    def total(line: _Line) -> Fraction | None:
        below = [other for other in lines if other.head is line]
        known = [_share(other, lines) if not other.below else total(other) for other in below]
        plain = [each for each in known if each is not None]
        return sum(plain, Fraction(0)) if len(plain) == len(known) and all(other.in_points for other in below) else None

    heads = [(one.text, one.weight, total(one)) for one in lines if one.below and one.in_points]
    return tuple((text, said, come) for text, said, come in heads if said is not None and come is not None and come != said)


def _share(one: _Line, asked: list[_Line]) -> Fraction | None:
    """An item's points: its own, else an even part of those of the line above it."""
    if one.weight is not None or one.head is None or one.head.weight is None:
        return one.weight
    beside = [other for other in asked if other.head is one.head]
    return one.head.weight / len(beside) if all(other.weight is None for other in beside) else None
