"""What keeps a draft from being a roster, by cause: each with one remedy for all its rows, shown before it is applied.

Lives here: causes whose remedy follows from the file itself. May not live here: words that a person has to place (`unknown`),
numbers and the import (`ground`, `settling`).

Threat answered to: a remedy that moves somebody. Full-width digits become the same digits, lost zeros come back only where just
one number can be meant; whatever is not exact is for a person to choose, and nothing is chosen beforehand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from survey_app.i18n import N_
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS
from survey_app.services.roster.draft import AppliedRemedy, DraftRow
from survey_app.services.roster.ground import Ground
from survey_app.services.roster.mapping import narrowed

_HAN = re.compile(
    r"(?<=[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])\s+(?=[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff])"
)
_SUM = re.compile(r"(合\s*计|小\s*计|总\s*计|共\s*计|填\s*表\s*人|制\s*表|审\s*核|备\s*注|说\s*明|注)([:：\s].*)?")
_HEADS = re.compile(r"(?:约|共)?\s*([0-9]{1,7})\s*(?:人|名|位|个)?")


@dataclass(frozen=True, kw_only=True)
class CausePlace:
    """One cell (`field` "" for the whole row): as it is, and as it would be; None: the row is left out."""

    row: DraftRow
    field: str
    before: str
    after: str | None


@dataclass(frozen=True, kw_only=True)
class Cause:
    """What is wrong, at how many places, and what puts all of them right. `words`: of those a person has to place (`unknown`)."""

    key: str
    title: str
    remedy: str
    places: tuple[CausePlace, ...]
    words: tuple[tuple[str, int], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    typed: bool = False

    def fix(self) -> AppliedRemedy:
        """The remedy as it is applied."""
        cells = [(one.row.sheet, one.row.row, one.field, one.after) for one in self.places if one.after is not None]
        gone = dict.fromkeys((one.row.sheet, one.row.row) for one in self.places if one.after is None)
        return AppliedRemedy(self.key, tuple(cells), tuple(gone))


Finder = Callable[[Ground], Iterable[CausePlace]]


def _all(ground: Ground) -> Iterator[DraftRow]:
    for kind in (UNITS, SUBJECTS, RATERS, HEADS):
        yield from ground.rows[kind]


def _cell(row: DraftRow, name: str, after: str | None) -> CausePlace:
    return CausePlace(row=row, field=name, before=row.cells.get(name, ""), after=after)


def _whole(row: DraftRow) -> CausePlace:
    return CausePlace(row=row, field="", before=" ".join(cell for cell in row.cells.values() if cell), after=None)


def _unreadable(ground: Ground) -> Iterator[CausePlace]:
    for row in _all(ground):
        columns = ground.draft.plans[row.sheet].columns
        seen = {name for one in ground.draft.applied if one.cause == "unreadable" for _s, _r, name, _t in one.cells}
        for at, column in ground.draft.sheets[row.sheet].bad:
            if at == row.row and column < len(columns) and columns[column] and columns[column] not in seen:
                yield _cell(row, columns[column], "")


def _narrow(ground: Ground) -> Iterator[CausePlace]:
    for row in _all(ground):
        for name, cell in row.cells.items():
            if (narrow := " ".join(narrowed(cell).split())) != cell and not _HAN.search(cell):
                yield _cell(row, name, narrow)


def _blanks(ground: Ground) -> Iterator[CausePlace]:
    for row in _all(ground):
        for name in ("name", "unit", "group"):
            cell = row.cells.get(name, "")
            if (tight := _HAN.sub("", cell)) != cell:
                yield _cell(row, name, tight)


def _sums(ground: Ground) -> Iterator[CausePlace]:
    for row in _all(ground):
        first = next((cell for cell in ground.draft.sheets[row.sheet].rows[row.row] if cell), "")
        if _SUM.fullmatch(first):
            yield _whole(row)


def _again(ground: Ground) -> Iterator[CausePlace]:
    for row in _all(ground):
        sheet, plan = ground.draft.sheets[row.sheet], ground.draft.plans[row.sheet]
        if sheet.rows[row.row] == sheet.rows[plan.head]:
            yield _whole(row)


def _merged(ground: Ground) -> Iterator[CausePlace]:
    for row in _all(ground):
        sheet, columns = ground.draft.sheets[row.sheet], ground.draft.plans[row.sheet].columns
        for top, left, bottom, right in sheet.merged:
            if not (top < row.row <= bottom and top > ground.draft.plans[row.sheet].head):
                continue
            for column in range(left, min(right + 1, len(columns))):
                head = sheet.rows[top]
                name, told = columns[column], head[column] if column < len(head) else ""
                if name and told and not row.cells.get(name):
                    yield _cell(row, name, told)


def _below(ground: Ground) -> Iterator[CausePlace]:
    """A unit or group that stands once, and blank beneath: nobody merged the cells, and everybody means it so."""
    above: dict[tuple[int, str], str] = {}
    for row in _all(ground):
        for name in ("unit", "group"):
            if name not in row.cells:
                continue
            if row.cells[name]:
                above[row.sheet, name] = row.cells[name]
            elif (row.sheet, name) in above and _asked_for(ground, row, name):
                yield _cell(row, name, above[row.sheet, name])


def _asked_for(ground: Ground, row: DraftRow, name: str) -> bool:
    """Whether a blank there is one: raters of a group that belongs to no unit have none."""
    if name == "group" or row.kind == SUBJECTS:
        return True
    group = ground.group_of(row.cells.get("group", ""))
    return group is not None and group.own_unit


def _zeros(ground: Ground) -> Iterator[CausePlace]:
    yield from _zeros_of(ground, "unit", ground.units)
    yield from _zeros_of(ground, "subject", ground.subjects())


def _zeros_of(ground: Ground, name: str, known: Iterable[str]) -> Iterator[CausePlace]:
    """Numbers that a spreadsheet took for numbers: one and only one of those there are is the same but for zeros in front."""
    there = set(known)
    bare: dict[str, list[str]] = {}
    for code in there:
        if code.isascii() and code.isdigit():
            bare.setdefault(code.lstrip("0"), []).append(code)
    for row in _all(ground):
        cell = row.cells.get(name, "")
        meant = bare.get(cell.lstrip("0"), []) if cell.isascii() and cell.isdigit() and cell not in there else []
        if len(meant) == 1:
            yield _cell(row, name, meant[0])


def _heads(ground: Ground) -> Iterator[CausePlace]:
    for row in ground.rows[HEADS]:
        cell = row.cells.get("entitled", "")
        found = _HEADS.fullmatch(cell)
        if found and found[1] != cell:
            yield _cell(row, "entitled", found[1])


def _nameless(ground: Ground) -> Iterator[CausePlace]:
    for kind in (UNITS, SUBJECTS, RATERS):
        yield from (_whole(row) for row in ground.rows[kind] if not row.cells.get("name"))
    yield from (_whole(row) for row in ground.rows[HEADS] if not row.cells.get("entitled") or not row.cells.get("group"))


def _twice(ground: Ground) -> Iterator[CausePlace]:
    seen: set[tuple[object, ...]] = set()
    for row in _all(ground):
        said = (row.kind, *sorted(row.cells.items()))
        if said in seen and row.cells.get("code", "code not asked") != "":
            yield _whole(row)
        seen.add(said)


def _same_number(ground: Ground) -> Iterator[CausePlace]:
    for kind in (UNITS, SUBJECTS, RATERS):
        counted = Counter(row.cells.get("code", "") for row in ground.rows[kind])
        seen: set[str] = set()
        for row in ground.rows[kind]:
            code = row.cells.get("code", "")
            if code and counted[code] > 1 and code in seen and kind != UNITS:
                yield _cell(row, "code", "")
            seen.add(code)


#: Cause -> how it is found, what is said of it, what its remedy is. One at a time depends on those before it.
FOUND: tuple[tuple[str, Finder, str, str], ...] = (
    ("unreadable", _unreadable, N_("有的格里是算不出来的公式或看不见的字符，读不出来"), N_("当作空格")),
    ("wide", _narrow, N_("数字、字母是全角的，或者有多余的空格"), N_("改成半角，去掉多余的空格")),
    ("blanks", _blanks, N_("汉字中间有空格"), N_("去掉汉字中间的空格")),
    ("sums", _sums, N_("合计、填表人、备注这样的行"), N_("这些行不要")),
    ("again", _again, N_("表头在中间又出现了一次"), N_("这些行不要")),
    ("merged", _merged, N_("合并的单元格：只有第一行有字"), N_("合并范围里的每一行都照第一行填")),
    ("below", _below, N_("单位或评议主体只写了一次，下面的行空着"), N_("空着的照上面最近的一行填")),
    ("zeros", _zeros, N_("编号前面的零没有了（表格软件把编号当成了数）"), N_("补回来：只有一个编号对得上")),
    ("heads", _heads, N_("人数里夹着字"), N_("只留数字")),
    ("nameless", _nameless, N_("没有姓名、名称或人数的行"), N_("这些行不要")),
    ("twice", _twice, N_("一模一样的行出现了几次"), N_("只留第一行")),
    ("number", _same_number, N_("不同的人用了同一个编号"), N_("第一个人留着，后面的另给新编号")),
)  # fmt: skip


def exact_causes(ground: Ground) -> list[Cause]:
    """The causes that the file itself remedies, each cell at the first that has it; those with nothing in them are left out."""
    found: list[Cause] = []
    gone: set[tuple[int, int]] = set()
    seen: set[tuple[int, int, str]] = set()
    for key, finder, title, remedy in FOUND:
        places = [one for one in _once(finder(ground)) if (one.row.sheet, one.row.row) not in gone]
        places = [one for one in places if (one.row.sheet, one.row.row, one.field) not in seen]
        if places:
            found.append(Cause(key=key, title=title, remedy=remedy, places=tuple(places)))
        gone |= {(one.row.sheet, one.row.row) for one in places if one.after is None}
        seen |= {(one.row.sheet, one.row.row, one.field) for one in places}
    return found


def _once(places: Iterable[CausePlace]) -> tuple[CausePlace, ...]:
    """Each cell once, and a row that goes away once."""
    found: dict[tuple[int, int, str], CausePlace] = {}
    for one in places:
        found.setdefault((one.row.sheet, one.row.row, one.field), one)
    return tuple(found.values())


def samples(places: Sequence[CausePlace], most: int = 5) -> Sequence[CausePlace]:
    """The first of each different change: what a person has to see to know what the remedy does."""
    found: dict[tuple[str, str, str | None], CausePlace] = {}
    for one in places:
        found.setdefault((one.field, one.before, one.after), one)
    return list(found.values())[:most]
