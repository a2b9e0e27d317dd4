"""The tables of a folder and their columns: the one list that the reader, its problems and docs/evidence.md go by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from questionnaires.telling import Keyword

Open = Literal["", "facts", "items", "components"]


@dataclass(frozen=True)
class TableColumn:
    """One column: `key` and `chinese` are the headings understood, `needed` whether the table must have it."""

    key: str
    chinese: str
    needed: bool
    meaning: str

    @property
    def keyword(self) -> Keyword:
        """The heading, for sentences."""
        return Keyword(self.chinese, self.key)


@dataclass(frozen=True)
class TableSpec:
    """One table: `key` and `chinese` are the file or sheet names understood.

    `more` says which other columns are the scheme's own.
    """

    key: str
    chinese: str
    about: str
    columns: tuple[TableColumn, ...]
    more: Open = ""

    @property
    def keyword(self) -> Keyword:
        """The table's name, for sentences."""
        return Keyword(self.chinese, self.key)

    def column(self, key: str) -> TableColumn:
        """The column with this key."""
        return next(column for column in self.columns if column.key == key)


def _must(key: str, chinese: str, meaning: str) -> TableColumn:
    return TableColumn(key, chinese, needed=True, meaning=meaning)


def _may(key: str, chinese: str, meaning: str) -> TableColumn:
    return TableColumn(key, chinese, needed=False, meaning=meaning)


TABLES: tuple[TableSpec, ...] = (
    TableSpec(
        "subjects",
        "对象",
        "who is rated, one row each",
        (
            _must("id", "编号", "a short code, used in the other tables; each only once"),
            _may("name", "名称", "the name to print; the code where it is empty"),
            _may("unit", "单位", "the unit the subject belongs to"),
        ),
        "facts",
    ),
    TableSpec(
        "units",
        "单位",
        "facts of units, one row each, where the scheme asks for them",
        (_must("unit", "单位", "the unit, as in the subjects table"),),
        "facts",
    ),
    TableSpec(
        "heads",
        "人数",
        "head-counts of a rater group in one unit; an empty cell means nobody counted",
        (
            _must("group", "评议主体", "the rater group"),
            _may("unit", "单位", "the unit; empty for a group that rates every unit"),
            _may("entitled", "应参加", "how many may rate"),
            _may("present", "到会", "how many came"),
            _may("issued", "发出", "how many ballots were handed out"),
            _may("returned", "收回", "how many ballots came back"),
            _may("blank", "空白票", "blank ballots laid aside by hand, not in the ballots table"),
            _may("invalid", "无效票", "invalid ballots laid aside by hand, not in the ballots table"),
        ),
    ),
    TableSpec(
        "ballots",
        "票",
        "the ballots: a row each mark, each ballot and subject, or each ballot",
        (
            _must("group", "评议主体", "the rater group"),
            _may("unit", "单位", "the unit whose raters these are; empty for a group that rates every unit"),
            _may("ballot", "票号", "which ballot the row belongs to; needed when a ballot takes several rows"),
            _may(
                "rater",
                "评议人",
                "the code of the subject this rater is (or, of a group that is barred, may not rate): left out of the form",
            ),
            _may("count", "份数", "how many ballots are marked exactly like this one; empty means 1"),
            _may("subject", "对象", "the subject rated in this row; leave the column out when the headings name subjects"),
            _may("item", "内容", "the item marked in this row; leave the column out when the headings name items"),
            _may("mark", "选择", "the choice; an empty cell is a blank line"),
        ),
        "items",
    ),
    TableSpec(
        "components",
        "其他材料",
        "other numbers the scheme asks for",
        (
            _must("subject", "对象", "the subject"),
            _may("component", "项目", "which number; leave the column out when the headings name the numbers"),
            _may("value", "数值", "the number: 87.5 or 1/3"),
            _may("origin", "来源", "where the number comes from; printed with the calculation"),
        ),
        "components",
    ),
    TableSpec(
        "events",
        "事项",
        "what happened and when",
        (
            _must("subject", "对象", "the subject"),
            _must("event", "事项", "the kind of event, as the scheme names it"),
            _must("date", "日期", "the day: 2026-01-31"),
            _may("amount", "数量", "how much, for events whose amounts are added up; empty means 1"),
            _may("reason", "事由", "why; printed with the calculation"),
        ),
    ),
    TableSpec(
        "history",
        "往期结果",
        "results of earlier periods",
        (
            _must("period", "周期", "the period, as the scheme names it: 2025, 2025-Q3"),
            _must("subject", "对象", "the subject"),
            _must("quantity", "结果", "which result, as the scheme names it"),
            _must("value", "数值", "a number or a grade"),
        ),
    ),
    TableSpec(
        "decisions",
        "集体研究",
        "what people decided where the scheme leaves a choice",
        (
            _must("subject", "对象", "the subject"),
            _must("decision", "事项", "what was decided, as the scheme names it"),
            _must("choice", "结论", "one of the choices of the scheme"),
            _must("decider", "决定人", "who decided"),
            _must("reason", "理由", "why"),
            _must("date", "日期", "the day: 2026-01-31"),
        ),
    ),
)

#: Sheets of a workbook that hold words for people, not evidence.
NOTE_SHEETS = ("readme", "notes", "说明")


def table_of(key: str) -> TableSpec:
    """The table with this key."""
    return next(table for table in TABLES if table.key == key)


def table_named(name: str) -> TableSpec | None:
    """The table that a file or sheet of this name holds, or None."""
    wanted = name.strip().casefold()
    return next((table for table in TABLES if wanted in {table.key, table.chinese}), None)
