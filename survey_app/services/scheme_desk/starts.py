"""Where a draft begins: with a shipped system, a published method, an earlier round, a plain vote, a sheet or pasted lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.numerals import SCHEME, read
from questionnaires.authoring.outline import BEST, SCALES, USUAL_GROUPS, VOTES_SCALE, Outline, OutlineGroup, OutlineItem, text_of
from questionnaires.authoring.pasted import MOST_ITEMS, read_groups, read_pasted
from questionnaires.authoring.tabulated import RowProblem, read_sheet
from questionnaires.editing.cuts import change
from questionnaires.editing.places import place
from questionnaires.methods import methods
from questionnaires.shipped import shipped
from survey_app import times
from survey_app.errors import NotFoundError, UserError
from survey_app.i18n import N_, language, say
from survey_app.models import Campaign
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.scheme_desk.fields import way_of
from survey_app.services.uploads import Sheets


@dataclass(frozen=True)
class DraftStart:
    """A draft to be: its title, where it came from, its text, the pasted lines that told nothing, sums that do not come out."""

    title: str
    origin: str
    text: str
    unused: tuple[str, ...] = ()
    uneven: tuple[tuple[str, Fraction, Fraction], ...] = ()


@dataclass(frozen=True, kw_only=True)
class OwnEntry:
    """What a clerk typed for a scheme of her own; everything but the title may be left out."""

    title: str
    scale: str = "四等"
    groups: str = ""
    most: str = ""
    tiers: str = ""


class UnusableSheetError(UserError):
    """A sheet that cannot be meant; `problems` are all of them."""

    status = 422

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(N_("表格有 %(n)s 处要改；什么都没有建立，改好后请再传。"), n=len(problems))
        self.problems = tuple(problems)


def from_scheme(text: str, title: str, origin: str, *, now: dt.datetime) -> DraftStart:
    """A copy to be changed: today's version, so that nobody takes it for the original; else letter for letter."""
    root = place(text)
    return DraftStart(title, origin, change(text, way_of(root, ("@version",)), times.day(now).isoformat()))


def from_shipped(key: str, *, now: dt.datetime) -> DraftStart:
    """A copy of the shipped system `system/version`. Raises NotFoundError."""
    found = next((one for one in shipped() if one.key == key), None)
    if found is None:
        raise NotFoundError(N_("没有这份随系统提供的方案；请重新选。"))
    return from_scheme(found.path.read_text(encoding="utf-8"), found.title.in_(language()), f"shipped {key}", now=now)


def from_method(key: str, *, now: dt.datetime) -> DraftStart:
    """A copy of a published method. Raises NotFoundError."""
    found = next((one for one in methods() if one.key == key), None)
    if found is None:
        raise NotFoundError(N_("没有这种已发表的办法；请重新选。"))
    return from_scheme(found.text, found.title.in_(language()), f"method {key}", now=now)


def from_campaign(campaign: Campaign, *, now: dt.datetime) -> DraftStart:
    """A copy of what an earlier round was counted by."""
    return from_scheme(campaign.scheme_text, scheme_of(campaign).title.in_(language()), f"campaign {campaign.key}", now=now)


def votes(entry: OwnEntry, *, now: dt.datetime) -> DraftStart:
    """A plain vote: one question on each person, counts and shares, no points."""
    groups = read_groups(entry.groups) or (OutlineGroup(title="参会人员"),)
    outline = Outline(
        title=_titled(entry),
        version=times.day(now).isoformat(),
        scale=entry.scale if entry.scale in SCALES and "从" not in SCALES[entry.scale] else VOTES_SCALE,
        items=(OutlineItem(title="总体评价"),),
        groups=tuple(replace(one, weight=None) for one in groups),
        most=_most(entry),
        votes_only=True,
    )
    return DraftStart(outline.title, "votes", text_of(outline))


def pasted(entry: OwnEntry, lines: str, *, now: dt.datetime) -> DraftStart:
    """From lines of a regulation. What stands in the form's own fields comes before what the lines say. Raises UserError."""
    outline = read_pasted(lines, _outline(entry, now))
    if not outline.items:
        raise UserError(N_("粘贴的文字里没有认出测评内容；请一行写一项，例如“1．服务态度（20分）”。"))
    return _own(outline, "pasted")


def from_sheet(entry: OwnEntry, sheets: Sheets, *, now: dt.datetime) -> DraftStart:
    """From the first sheet that has anything. Raises UnusableSheetError with every problem, UserError."""
    rows = next((rows for rows in sheets.values() if any(rows)), ())
    outline, problems = read_sheet(rows, _outline(entry, now))
    if problems:
        raise UnusableSheetError(problems)
    if not outline.items or len(outline.items) > MOST_ITEMS:
        raise UserError(
            N_("表格里要有 1 到 %(most)s 项测评内容，这里有 %(found)s 项。"), most=MOST_ITEMS, found=len(outline.items)
        )
    return _own(outline, "sheet")


def tell(problem: RowProblem) -> str:
    """A sheet's problem in the reader's language."""
    return problem.what.tell(say)


def _own(outline: Outline, origin: str) -> DraftStart:
    groups = outline.groups or tuple(OutlineGroup(title=one) for one in USUAL_GROUPS)
    if any(one.weight is None for one in groups) and any(one.weight is not None for one in groups):
        missing = next(one.title for one in groups if one.weight is None)
        raise UserError(N_("有的评议主体写了权重，“%(name)s”没有写；请补上，或都不写。"), name=missing)
    if outline.most is not None and not any((one.scale or outline.scale) in BEST for one in outline.items):
        raise UserError(N_("这套选项打的是数，没有哪一等可以限；请换一套选项，或去掉限额。"))
    return DraftStart(outline.title, origin, text_of(replace(outline, groups=groups)), outline.unused, outline.uneven)


def _outline(entry: OwnEntry, now: dt.datetime) -> Outline:
    if entry.scale not in SCALES:
        raise UserError(N_("请选一套选项。"))
    return Outline(
        title=_titled(entry),
        version=times.day(now).isoformat(),
        scale=entry.scale,
        groups=read_groups(entry.groups),
        most=_most(entry),
        tiers=_tiers(entry.tiers),
    )


def _titled(entry: OwnEntry) -> str:
    title = " ".join(entry.title.split())
    if not title or len(title) > 100:
        raise UserError(N_("请给方案起一个名称，最多 %(most)s 个字。"), most=100)
    return title


def _most(entry: OwnEntry) -> Fraction | None:
    plain = entry.most.strip().removesuffix("%").removesuffix("％").strip()
    if not plain:
        return None
    found = read(plain, SCHEME)
    if found is None or not 0 < found < 100:
        raise UserError(N_("最好一等的限额要写成百分之几，例如 20。"))
    return found / 100


def _tiers(text: str) -> tuple[tuple[Fraction, str], ...]:
    """Lines "90 grade", best first, the last one without a number or with 0. Raises UserError."""
    found: list[tuple[Fraction, str]] = []
    for line in (one.strip() for one in text.splitlines()):
        if not line:
            continue
        least, _gap, grade = line.replace("：", " ").replace(":", " ").replace("以上", " ").partition(" ")
        number = read(least.removesuffix("分"), SCHEME)
        if number is None and not grade:
            number, grade = Fraction(0), least
        if number is None or not grade.strip():
            raise UserError(N_("“%(line)s”看不懂；请一行写一个，如“90 上等”。"), line=line[:60])
        found.append((number, grade.strip().removeprefix("其余").strip() or grade.strip()))
    if len(found) == 1:
        raise UserError(N_("等次至少要两个，最后一行写其余的叫什么。"))
    return tuple(sorted(found, key=lambda one: -one[0]))
