"""The evidence spreadsheet: the template the office downloads, and reading a filled one with every problem named.

Lives here: rows of text in, checked entries or problems out, and the template. May not live here: the database (`evidence`),
opening files (`spreadsheets`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.model import ComponentField, RosterSubject, Scheme
from questionnaires.styles import matches
from survey_app.exports import xlsx
from survey_app.exports.tables import Cell, Sheet
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.evidence_words import bounds_words, exact_number, iso_date, out_of_bounds

#: Names under which a sheet or a column is known, whatever the language of whoever filled it in.
COMPONENTS, EVENTS, EARLIER = ("材料", "evidence"), ("事件", "events"), ("往期", "earlier")
_ID, _NAME = ("编号", "id", "code"), ("姓名", "名称", "name")
_UNIT = ("单位", "unit")
_KIND, _ON, _AMOUNT, _REASON = ("事项", "kind"), ("日期", "date"), ("数量", "amount"), ("事由", "reason")
_PERIOD = ("时期", "period")
NOT_ASKED = ("不适用", "—", "n/a")

_REASON_MOST = 500


@dataclass(frozen=True)
class Problem:
    """One thing wrong in the sheet: where (row from 1 as the spreadsheet counts, column as headed), what, what to do."""

    sheet: str
    row: int
    column: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Entry:
    """One entry read: `kind` component, event, past or decision; `value` canonical text of the number, or a word."""

    subject: str
    kind: str
    name: str
    value: str
    on: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Reading:
    """What a sheet holds: entries in its order, problems, and how many asked cells were left empty."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...]
    empty: int


def asked(scheme: Scheme, subject: RosterSubject) -> tuple[ComponentField, ...]:
    """The components asked of this subject."""
    return tuple(field for field in scheme.components if matches(field.where, subject.facts))


def template(scheme: Scheme, roster: Sequence[RosterSubject], units: Mapping[str, str], language: str) -> bytes:
    """An xlsx with a row for every subject and a column for every component; what is not asked says so."""
    fields = [field for field in scheme.components if any(field in asked(scheme, subject) for subject in roster)]
    rows: list[tuple[Cell, ...]] = []
    for subject in roster:
        mine = asked(scheme, subject)
        if mine:
            cells = [None if field in mine else NOT_ASKED[0] for field in fields]
            rows.append((subject.id, subject.name, units.get(subject.unit, subject.unit), *cells))
    heads = (_ID[0], _NAME[0], _UNIT[0], *(field.title.in_(language) for field in fields))
    sheets = [Sheet(COMPONENTS[0], heads, tuple(rows))]
    if scheme.event_kinds:
        sheets.append(Sheet(EVENTS[0], (_ID[0], _NAME[0], _KIND[0], _ON[0], _AMOUNT[0], _REASON[0]), ()))
    if scheme.earlier:
        titles = tuple(_title(scheme, key, language) for key in scheme.earlier)
        sheets.append(Sheet(EARLIER[0], (_ID[0], _NAME[0], _PERIOD[0], *titles), ()))
    return xlsx.write(sheets)


def read(sheets: Mapping[str, Sequence[Sequence[str]]], scheme: Scheme, roster: Sequence[RosterSubject]) -> Reading:
    """Read every sheet that is there. A file with one sheet of another name (a csv) is read as the components."""
    reader = _Reader(scheme, {subject.id: subject for subject in roster})
    known = {word.lower(): words for words in (COMPONENTS, EVENTS, EARLIER) for word in words}
    if len(sheets) == 1 and next(iter(sheets)).strip().lower() not in known:
        sheets = {COMPONENTS[0]: next(iter(sheets.values()))}
    for name, rows in sheets.items():
        words = known.get(name.strip().lower())
        if words is None:
            if any(any(cell.strip() for cell in row) for row in rows):
                reader.problem(name, 1, "", N_("没有叫“%(found)s”的表"), N_("请用下载的模板，不要改工作表的名字"), found=name)
        elif words is COMPONENTS:
            reader.components(name, rows)
        elif words is EVENTS:
            reader.events(name, rows)
        else:
            reader.earlier(name, rows)
    return Reading(tuple(reader.entries), tuple(reader.problems), reader.empty)


def _title(scheme: Scheme, key: str, language: str) -> str:
    return scheme.quantities[key].title.in_(language) if key in scheme.quantities else key


class _Reader:
    """Reads sheet after sheet, keeping entries and problems."""

    def __init__(self, scheme: Scheme, roster: Mapping[str, RosterSubject]) -> None:
        self.scheme, self.roster = scheme, roster
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.empty = 0

    def problem(self, sheet: str, row: int, column: str, what: str, remedy: str, **parts: object) -> None:
        self.problems.append(Problem(sheet, row, column, _(what, **parts), _(remedy, **parts)))

    # --- the three sheets
    def components(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        fields: dict[str, ComponentField] = {}
        for field in self.scheme.components:
            for name in (field.key, *field.title.words.values()):
                fields.setdefault(name.strip().lower(), field)
        columns = self._columns(sheet, rows, known={*fields}, needed=_ID)
        if columns is None:
            return
        seen: dict[str, int] = {}
        for number, row in self._filled(rows):
            subject = self._subject(sheet, number, row, columns)
            if subject is None:
                continue
            if subject.id in seen:
                self.problem(
                    sheet,
                    number,
                    _ID[0],
                    N_("编号“%(id)s”在第 %(first)s 行已经有了"),
                    N_("每个对象只留一行"),
                    id=subject.id,
                    first=seen[subject.id],
                )
                continue
            seen[subject.id] = number
            mine = asked(self.scheme, subject)
            for head, column in columns.items():
                meant = fields.get(head)
                if meant is not None:
                    self._component(sheet, number, subject, meant, _cell(row, column), asked_of=meant in mine)

    def _component(
        self, sheet: str, row: int, subject: RosterSubject, field: ComponentField, text: str, *, asked_of: bool
    ) -> None:
        column = field.title.in_("zh-Hans")
        if not text or text.lower() in NOT_ASKED:
            self.empty += asked_of
            return
        value = exact_number(text)
        if not asked_of:
            self.problem(
                sheet,
                row,
                column,
                N_("%(name)s不用填这一项，表里却填了“%(found)s”"),
                N_("请核对行和列，不用填的留空"),
                name=subject.name,
                found=text,
            )
        elif value is None:
            self.problem(sheet, row, column, N_("“%(found)s”不是数"), N_("请只填数字，如 87.5，不带单位和百分号"), found=text)
        elif out_of_bounds(field, Fraction(value)):
            what, remedy = N_("“%(found)s”超出范围，应为%(range)s"), N_("请核对后改正")
            self.problem(sheet, row, column, what, remedy, found=text, range=bounds_words(field))
        else:
            self.entries.append(Entry(subject.id, "component", field.key, value))

    def events(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        columns = self._columns(sheet, rows, known=set(), needed=(*_ID, *_KIND))
        if columns is None:
            return
        kinds = {
            name.strip().lower(): key for key, title in self.scheme.event_kinds.items() for name in (key, *title.words.values())
        }
        seen: dict[Entry, int] = {}
        for number, row in self._filled(rows):
            subject = self._subject(sheet, number, row, columns)
            kind_text = _cell(row, _find(columns, _KIND))
            kind = kinds.get(kind_text.lower())
            if kind is None:
                self.problem(
                    sheet,
                    number,
                    _KIND[0],
                    N_("办法里没有“%(found)s”这种事项"),
                    N_("请填其中之一：%(known)s"),
                    found=kind_text,
                    known="、".join(title.in_("zh-Hans") for title in self.scheme.event_kinds.values()),
                )
            on, amount = self._date(sheet, number, row, columns), self._amount(sheet, number, row, columns)
            reason = _cell(row, _find(columns, _REASON))[:_REASON_MOST]
            if not (subject and kind and on and amount):
                continue
            same = Entry(subject.id, "event", kind, "", on, reason)
            if same in seen:
                what, remedy = N_("和第 %(first)s 行是同一件事"), N_("重复的请删去；同一天的两件事，请把事由写得不同")
                self.problem(sheet, number, _REASON[0], what, remedy, first=seen[same])
            else:
                seen[same] = number
                self.entries.append(Entry(subject.id, "event", kind, amount, on, reason))

    def _date(self, sheet: str, number: int, row: Sequence[str], columns: Mapping[str, int]) -> str | None:
        text = _cell(row, _find(columns, _ON))
        on = iso_date(text)
        if on is None:
            self.problem(sheet, number, _ON[0], N_("“%(found)s”不是日期"), N_("请写成 2026-03-05 的样子"), found=text)
        return on

    def _amount(self, sheet: str, number: int, row: Sequence[str], columns: Mapping[str, int]) -> str | None:
        text = _cell(row, _find(columns, _AMOUNT)) or "1"
        amount = exact_number(text)
        if amount is None:
            self.problem(sheet, number, _AMOUNT[0], N_("“%(found)s”不是数"), N_("请只填数字；一次就填 1 或留空"), found=text)
        return amount

    def earlier(self, sheet: str, rows: Sequence[Sequence[str]]) -> None:
        names = {
            name.strip().lower(): key
            for key in self.scheme.earlier
            for name in (key, *(self.scheme.quantities[key].title.words.values() if key in self.scheme.quantities else ()))
        }
        columns = self._columns(sheet, rows, known={*names}, needed=(*_ID, *_PERIOD))
        if columns is None:
            return
        seen: dict[tuple[str, str], int] = {}
        for number, row in self._filled(rows):
            subject, period = self._subject(sheet, number, row, columns), _cell(row, _find(columns, _PERIOD))
            if not period or len(period) > 20:
                self.problem(sheet, number, _PERIOD[0], N_("没有写是哪个时期的结果"), N_("请填时期，如 2025"))
            if subject is None or not period:
                continue
            if (subject.id, period) in seen:
                self.problem(
                    sheet,
                    number,
                    _PERIOD[0],
                    N_("“%(id)s”在“%(period)s”的结果第 %(first)s 行已经有了"),
                    N_("每个时期只留一行"),
                    id=subject.id,
                    period=period,
                    first=seen[subject.id, period],
                )
                continue
            seen[subject.id, period] = number
            for head, column in columns.items():
                text = _cell(row, column)
                if head in names and text:
                    self.entries.append(Entry(subject.id, "past", names[head], self._past(names[head], text), period))

    def _past(self, quantity: str, text: str) -> str:
        """An earlier result: a number, or a grade by its key or title."""
        labels = self.scheme.quantities[quantity].labels if quantity in self.scheme.quantities else {}
        for key, title in labels.items():
            if text == key or text in title.words.values():
                return key
        return exact_number(text) or text

    # --- rows and columns
    def _columns(
        self, sheet: str, rows: Sequence[Sequence[str]], *, known: set[str], needed: Sequence[str]
    ) -> dict[str, int] | None:
        """The columns by heading; None (with problems) when one is doubled, unknown or the needed ones are missing."""
        heads = [cell.strip() for cell in rows[0]] if rows else []
        columns: dict[str, int] = {}
        words = {word for group in (_ID, _NAME, _UNIT, _KIND, _ON, _AMOUNT, _REASON, _PERIOD) for word in group}
        before = len(self.problems)
        for place, head in enumerate(heads):
            key = head.lower()
            if not key:
                continue
            if key in columns:
                self.problem(sheet, 1, head, N_("有两列都叫“%(head)s”"), N_("请只留一列"), head=head)
            elif key not in known and key not in words:
                self.problem(sheet, 1, head, N_("办法里没有“%(head)s”这一项"), N_("请用下载的模板，不要改列名"), head=head)
            columns[key] = place
        for group in (_ID, _KIND, _PERIOD):
            if group[0] in needed and _find(columns, group) is None:
                self.problem(sheet, 1, group[0], N_("缺少“%(head)s”一列"), N_("请用下载的模板"), head=group[0])
        return columns if len(self.problems) == before else None

    @staticmethod
    def _filled(rows: Sequence[Sequence[str]]) -> list[tuple[int, Sequence[str]]]:
        """The rows below the heading that are not empty, with their number in the spreadsheet."""
        return [(number, row) for number, row in enumerate(rows[1:], start=2) if any(cell.strip() for cell in row)]

    def _subject(self, sheet: str, number: int, row: Sequence[str], columns: Mapping[str, int]) -> RosterSubject | None:
        code, name = _cell(row, _find(columns, _ID)), _cell(row, _find(columns, _NAME))
        subject = self.roster.get(code)
        if subject is None:
            self.problem(
                sheet, number, _ID[0], N_("名册里没有编号“%(id)s”"), N_("请核对编号；名册和这张表要用同一套编号"), id=code
            )
        elif name and _bare(name) != _bare(subject.name):
            # a shifted column of numbers under the right names is the commonest accident with sorted sheets
            self.problem(
                sheet,
                number,
                _NAME[0],
                N_("编号“%(id)s”在名册里是“%(known)s”，这里写的是“%(found)s”"),
                N_("请核对这一行是不是错了位"),
                id=code,
                known=subject.name,
                found=name,
            )
            return None
        return subject


def _find(columns: Mapping[str, int], words: Sequence[str]) -> int | None:
    return next((columns[word] for word in words if word in columns), None)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column].strip() if column is not None and column < len(row) else ""


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())
