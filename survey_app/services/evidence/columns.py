"""What an evidence sheet is made of: names of its tables and columns, and the entries and problems read from it.

The tables and headings of docs/evidence.md are understood beside those of the downloaded template, so that one folder
serves both ways of counting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from questionnaires.model import ComponentField, RosterSubject, Scheme
from questionnaires.styles import matches
from questionnaires.telling import Keyword
from survey_app.i18n import say

#: Names under which a table or a column is known, whatever the language of whoever filled it in. The first heads the template.
COMPONENTS = ("材料", "其他材料", "evidence", "components")
EVENTS = ("事件", "事项", "events")
EARLIER = ("往期", "往期结果", "earlier", "history")
DECISIONS = ("决定", "集体研究", "decisions")
TABLES = (COMPONENTS, EVENTS, EARLIER, DECISIONS)

ID = ("编号", "对象", "id", "code", "subject")
NAME = ("姓名", "名称", "姓名或名称", "name")
UNIT = ("单位", "unit")
ON = ("日期", "date")
REASON = ("事由", "依据", "理由", "来源", "reason", "origin")
AMOUNT = ("数量", "amount")
EVENT = ("事项", "kind", "event")
FIELD = ("项目", "component")
VALUE = ("数值", "value")
PERIOD = ("时期", "周期", "period")
QUANTITY = ("结果", "quantity")
DECISION = ("事项", "decision")
CHOICE = ("结论", "choice")
DECIDER = ("决定人", "decider")
NOT_ASKED = ("不适用", "—", "n/a")

REASON_MOST = 500
NAME_MOST = 80
VALUE_MOST = 80


def heading(names: Sequence[str]) -> str:
    """What the reader calls a table or a column: its first Chinese name or its first English one."""
    return Keyword(names[0], next((name for name in names if name.isascii()), names[0])).tell(say)


@dataclass(frozen=True)
class SheetProblem:
    """One thing wrong in the sheet: where (row from 1 as the spreadsheet counts, column as headed), what, what to do."""

    sheet: str
    row: int
    column: str
    what: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry read: `kind` component, event, past or decision; `value` canonical text of the number, or a word.

    `on` is its day, of an earlier result its period. `origin` names the count an earlier result was taken over from.
    """

    subject: str
    kind: str
    name: str
    value: str
    on: str = ""
    reason: str = ""
    decider: str = ""
    origin: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SheetReading:
    """What a sheet holds: entries in its order, problems, and how many asked cells were left empty."""

    entries: tuple[Entry, ...]
    problems: tuple[SheetProblem, ...]
    empty: int


def components_of(scheme: Scheme, subject: RosterSubject) -> tuple[ComponentField, ...]:
    """The components asked of this subject."""
    return tuple(field for field in scheme.components if matches(field.where, subject.facts))


def table_named(name: str) -> tuple[str, ...] | None:
    """The words of the table that a sheet or file of this name holds; None when it is none of ours."""
    wanted = name.strip().lower()
    return next((words for words in TABLES if wanted in words), None)


def titles_of(scheme: Scheme, key: str) -> Sequence[str]:
    """A quantity's key and titles: every name by which a sheet may call it."""
    return [key, *(scheme.quantities[key].title.words.values() if key in scheme.quantities else ())]
