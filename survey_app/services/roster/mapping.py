"""What a sheet is about and which column holds what: guessed from names and contents, confirmed by a person.

Lives here: kinds of sheets, the fields each can give, the guess. Pure. May not live here: what is wrong with a row (`causes`).

The guess only ever proposes. It reads headings, and where they say nothing the contents (a column all of whose words are the
scheme's groups is the group). A sheet it cannot make sense of is left out, and says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.records import Record
from questionnaires.model import Fact, Scheme
from survey_app.i18n import N_
from survey_app.services.roster.as_it_is import SheetAsIs
from survey_app.services.roster.checks import fact_key, group_words
from survey_app.services.roster.columns import HEADS, RATERS, SHEETS, SUBJECTS, UNITS, columns_of, facts_of

LEFT_OUT = ""
KINDS = {UNITS: N_("单位"), SUBJECTS: N_("评价对象"), RATERS: N_("署名评价人"), HEADS: N_("应到人数"), LEFT_OUT: N_("不用这张表")}
#: A fact of units that stands beside each person of a flat list.
OF_UNIT = "unit:"
#: Headings are looked for in so many rows from the top: titles, a date, who filled it in.
_TOP = 12
#: Words of offices for our columns, beside the template's own. 序号 is none: it counts lines, and somebody else has it in the
#: next list, so that as a number it would put one person in another's place.
_WORDS: Mapping[str, tuple[str, ...]] = {
    "code": ("编号", "代码", "工号", "编码", "人员编号", "对象编号", "人员代码", "code"),
    "name": ("姓名", "名称", "姓名或名称", "对象", "评价对象", "被评议人", "被评对象", "干部姓名", "被测评人", "name"),
    "unit": ("单位", "部门", "科室", "所在单位", "工作单位", "所属单位", "单位编号", "单位名称", "部门名称", "所在部门", "处室",
             "乡镇", "unit", "department"),
    "duty": ("职务", "职务名称", "现任职务", "岗位", "岗位名称", "职称", "title", "post"),
    "group": ("评议主体", "主体", "评价主体", "身份", "类别", "评议人类别", "测评主体", "人员类别", "group", "role"),
    "subject": ("本人的评价对象编号", "本人编号", "对应对象", "本人对象编号"),
    "mail": ("邮箱", "电子邮箱", "电子邮件", "邮件", "email", "e-mail", "mail"),
    "entitled": ("应到人数", "人数", "应到", "应参加人数", "应评人数", "总人数", "count", "number"),
}  # fmt: skip
_FIELDS = {
    UNITS: ("code", "name"),
    SUBJECTS: ("code", "name", "unit", "duty"),
    RATERS: ("code", "name", "group", "unit", "subject", "mail"),
    HEADS: ("unit", "group", "entitled"),
}
_TITLES = {
    "code": N_("编号"),
    "name": N_("姓名或名称"), "unit": N_("单位（编号或名称）"), "duty": N_("职务名称"), "group": N_("评议主体"),
    "subject": N_("本人的评价对象编号"), "mail": N_("邮箱"), "entitled": N_("应到人数"),
}  # fmt: skip

#: Full-width signs that stand in Chinese sentences as they are.
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if chr(code) not in "，；：？！（）"} | {0x3000: 0x20}


class SheetPlan(Record, frozen=True):
    """What one sheet is: its kind, the row of its headings (from 0), and a field for each column, "" for none."""

    kind: str
    head: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class FieldChoice:
    """A field that a column can be. `fact`: its title is the scheme's; else `title` is to be translated."""

    key: str
    title: str
    fact: Fact | None = None


def choices_of(scheme: Scheme, kind: str) -> list[FieldChoice]:
    """What a column of a sheet of this kind can be."""
    found = [FieldChoice(key, _TITLES[key]) for key in _FIELDS.get(kind, ())]
    if kind == UNITS:
        return [*found, *(FieldChoice(f"fact:{one.key}", "", one) for one in facts_of(scheme, "unit"))]
    if kind == SUBJECTS:
        own = [FieldChoice(f"fact:{one.key}", "", one) for one in facts_of(scheme, "subject")]
        return [*found, *own, *(FieldChoice(f"{OF_UNIT}{one.key}", "", one) for one in facts_of(scheme, "unit"))]
    return found


def guess(scheme: Scheme, sheets: Sequence[SheetAsIs]) -> tuple[SheetPlan, ...]:
    """A plan for every sheet."""
    return tuple(_guess(scheme, sheet) for sheet in sheets)


def fit(plan: SheetPlan, scheme: Scheme, sheet: SheetAsIs) -> SheetPlan:
    """The plan as far as it is possible: a row there is, fields of its kind, each of them once."""
    known, taken, columns = {one.key for one in choices_of(scheme, plan.kind)}, set(), []
    for field in plan.columns[: width_of(sheet)]:
        columns.append(field if field in known and field not in taken else "")
        taken.add(field)
    columns += [""] * (width_of(sheet) - len(columns))
    head = min(max(plan.head, 0), max(len(sheet.rows) - 1, 0))
    return SheetPlan(plan.kind if plan.kind in KINDS else LEFT_OUT, head, tuple(columns))


def width_of(sheet: SheetAsIs) -> int:
    """How many columns it has."""
    return max((len(row) for row in sheet.rows), default=0)


def guess_as(scheme: Scheme, sheet: SheetAsIs, kind: str, head: int) -> SheetPlan:
    """The plan of a sheet whose kind and row of headings somebody has said."""
    if kind not in _FIELDS or not sheet.rows:
        return fit(SheetPlan(LEFT_OUT, 0, ()), scheme, sheet)
    head = min(max(head, 0), len(sheet.rows) - 1)
    return fit(SheetPlan(kind, head, _columns(scheme, kind, sheet, head)), scheme, sheet)


def _guess(scheme: Scheme, sheet: SheetAsIs) -> SheetPlan:
    named = SHEETS.get(sheet.name) or SHEETS.get(sheet.name.lower())
    best, points = SheetPlan(LEFT_OUT, 0, ()), 0
    for kind in _FIELDS:
        for head in range(min(_TOP, len(sheet.rows))):
            columns = _columns(scheme, kind, sheet, head)
            score = _score(kind, columns) + (10 if kind == named else 0)
            if score > points:
                best, points = SheetPlan(kind, head, columns), score
    return fit(best, scheme, sheet)


def _score(kind: str, columns: Sequence[str]) -> int:
    """How well a row fits as the headings of a sheet of this kind; 0 where what makes it one is missing."""
    has = set(columns)
    needed = {UNITS: {"code", "name"}, SUBJECTS: {"name", "unit"}, RATERS: {"name", "group"}, HEADS: {"group", "entitled"}}[kind]
    if not needed <= has or (kind == UNITS and "unit" in has):
        return 0
    # of two kinds that fit, the one that says more of the columns; a group makes people raters, a number makes heads
    return len(has - {""}) * 2 + (3 if kind in (RATERS, HEADS) else 0)


def _columns(scheme: Scheme, kind: str, sheet: SheetAsIs, head: int) -> tuple[str, ...]:
    words = _words(scheme, kind)
    row, found, taken = sheet.rows[head], [], set[str]()
    for place, title in enumerate(row):
        field = words.get(tidy(title), "")
        if field in taken or (field == "group" and not _are_groups(scheme, kind, _below(sheet, head, place))):
            field = ""
        taken.add(field)
        found.append(field)
    return tuple(found)


def _words(scheme: Scheme, kind: str) -> dict[str, str]:
    """Headings, tidied, and the field each stands for."""
    fields = _FIELDS[kind]
    found: dict[str, str] = {}
    for choice in choices_of(scheme, kind):  # the scheme's own words first: what it calls 类别 is no group
        if choice.fact is not None:
            for word in (*choice.fact.title.words.values(), choice.fact.key):
                found.setdefault(tidy(word), choice.key)
    for column in columns_of(scheme, kind):
        if column.key in fields:
            for word in column.heads:
                found.setdefault(tidy(word), column.key)
    for field in fields:
        for word in _WORDS[field]:
            found.setdefault(tidy(word), field)
    if kind == UNITS:
        for word in ("单位", "部门", "科室", "单位名称", "部门名称", "乡镇"):
            found[tidy(word)] = "name"
        found[tidy("单位编号")] = found[tidy("部门编号")] = "code"
    return found


def _below(sheet: SheetAsIs, head: int, place: int) -> list[str]:
    return [row[place] for row in sheet.rows[head + 1 :] if place < len(row) and row[place]]


def _are_groups(scheme: Scheme, kind: str, cells: Iterable[str]) -> bool:
    """Whether at least half of the cells name a group; of a sheet without rows, yes."""
    known = {tidy(word) for group in scheme.groups.values() for word in group_words(group)}
    told = [tidy(cell) in known for cell in cells]
    return not told or sum(told) * 2 >= len(told)


def tidy(word: str) -> str:
    """A word without what makes it look different: width of its characters, blanks, case, brackets with remarks."""
    narrow = re.sub(r"\s+", "", narrowed(word)).casefold()
    return re.sub(r"[（(].*?[）)]|[：:*＊]", "", narrow)


def narrowed(text: str) -> str:
    """Full-width letters, digits and signs as the narrow ones they are; nothing else is touched, least of all a name's Han."""
    return text.translate(_NARROW)


def value_key(fact: Fact, value: str) -> str | None:
    """The key of a fact's value, however wide it is written; None when it is none."""
    return fact_key(fact, value) or fact_key(fact, narrowed(value).strip())
