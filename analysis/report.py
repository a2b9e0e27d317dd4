"""What the count says: tally, tables, findings, and for every number the way it came about. Round-trips through JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from msgspec import Raw

from analysis.axes import Axes, Ref
from analysis.canonical import canonical
from analysis.context import Context, Finding
from analysis.errors import AnalysisError
from analysis.evidence import Evidence, RatedSubject, StyleBooks, Tally
from analysis.explaining.trace import TraceNode, trace_node
from analysis.joins import projector
from analysis.later_read import LateNotes, LateTable
from analysis.notes import NoteRecord, Notes, note_records, notes_of
from analysis.ops.formulas import TestParams
from analysis.plan import Plan, parse_plan
from analysis.records import Record, Row, plain, read, shaped
from analysis.turning import votes_to_turn
from analysis.values import NOT_APPLICABLE, Key, Table, Value, as_literal, literal

FORMAT = "pingyi-report/2"
#: Before, notes were sentences in the language of whoever had the count made; they are told as they stand.
_WITH_SENTENCES = "pingyi-report/1"


@dataclass(frozen=True, kw_only=True)
class TestDetail:
    """The books of one test. `line` is the numerator at which the verdict turns (right × denominator, perhaps not whole);
    `votes` by how many whole votes the numerator would have to change for the other verdict; None where no numerator is kept."""

    __test__ = False  # not a test case, whatever its name

    verdict: Value
    left: Value
    cmp: str
    right: Value
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    line: Fraction | None = None
    votes: int | None = None


@dataclass(frozen=True, kw_only=True)
class Report:
    """The whole result of one count under one plan. `notes` hold where a cell of evidence came from, by step and key."""

    plan: Plan
    subjects: tuple[RatedSubject, ...]
    tally: Tally
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...] = ()
    notes: Mapping[tuple[str, Key], Notes] = field(default_factory=dict)

    @property
    def books(self) -> tuple[StyleBooks, ...]:
        """The books of every ballot style."""
        return self.tally.books

    def value(self, name: str, **labels: str) -> Value:
        """The cell of a table at these labels; NOT_APPLICABLE where there is none.

        Parameters
        ----------
        name
            The table's step.
        **labels
            A label for each axis of the table; more do no harm.

        Raises
        ------
        KeyError
            For an unknown table or an axis not named.
        """
        return self.tables[name].at(**labels)

    def trace(self, name: str, labels: Mapping[str, str] | None = None, **more: str) -> TraceNode:
        """How a cell came about: a tree that unfolds lazily down to counts and evidence.

        Parameters
        ----------
        name
            The table's step.
        labels
            Axis to label.
        **more
            The same, as keywords; they win.

        Raises
        ------
        KeyError
            For an unknown table or an axis not named.
        """
        table, given = self.tables[name], {**(labels or {}), **more}
        return trace_node(self.context, self.plan, name, tuple(given[axis] for axis in table.axes))

    def test(self, name: str, **labels: str) -> TestDetail:
        """The books of a test's cell: both sides, the fraction behind the left one, and how many votes the verdict hangs on.

        Parameters
        ----------
        name
            The step.
        **labels
            A label for each axis of the step.

        Raises
        ------
        AnalysisError
            When the step is no test.
        KeyError
            For an unknown step or an axis not named.
        """
        step = self.plan.step(name)
        if not isinstance(step.params, TestParams):
            raise AnalysisError("not-a-test", name=name)
        key = tuple(labels[axis] for axis in step.axes)

        def read(what: str | None) -> Value:
            table = None if what is None else self.tables.get(what)
            return NOT_APPLICABLE if table is None else table.cells.get(projector(step.axes, table.axes)(key), NOT_APPLICABLE)

        params = step.params
        right = read(params.right.step) if isinstance(params.right, Ref) else params.right
        verdict, left = self.tables[name].cells.get(key, NOT_APPLICABLE), read(params.left)
        numerator, denominator = read(params.numerator), read(params.denominator)
        books = (numerator, denominator, right)
        if not isinstance(verdict, bool) or not all(isinstance(one, Fraction) for one in books):
            return TestDetail(verdict=verdict, left=left, cmp=params.cmp, right=right)
        top, bottom, line = (Fraction(one) for one in books if isinstance(one, Fraction))
        return TestDetail(
            verdict=verdict,
            left=left,
            cmp=params.cmp,
            right=right,
            numerator=top,
            denominator=bottom,
            line=line * bottom,
            votes=votes_to_turn(params.cmp, top, line * bottom, verdict),
        )

    @cached_property
    def context(self) -> Context:
        """The tables as the steps saw them, for walking back."""
        return Context(
            header=self.plan.header,
            evidence=Evidence(subjects=self.subjects),
            tally=self.tally,
            tables=dict(self.tables),
            notes=self.notes if isinstance(self.notes, LateNotes) else dict(self.notes),
        )

    def to_json(self) -> str:
        """Canonical JSON, values as exact text. Tables over single ballots are left out: they stay in memory."""
        stored = _Stored(
            format=FORMAT,
            plan=json.loads(self.plan.text),
            subjects=tuple((one.id, dict(one.facts)) for one in self.subjects),
            books=tuple(shaped(book, _Books) for book in sorted(self.tally.books, key=lambda book: book.style)),
            counts=count_rows(self.tally),
            tables={
                name: tuple((*key, as_literal(value)) for key, value in sorted(table.cells.items()))
                for name, table in self.tables.items()
                if "rater" not in table.axes
            },
            findings=tuple(shaped(one, _Finding) for one in self.findings),
            notes=tuple((step, key, note_records(notes)) for (step, key), notes in sorted(self.notes.items())),
        )
        return canonical(plain(stored))

    @classmethod
    def from_json(cls, text: str, *, as_written: bool = False) -> Report:
        """The report that `to_json` wrote. The tally's conservation is checked again.

        Parameters
        ----------
        text
            What was written.
        as_written
            Whether the caller has found the text's digest right: then tables and notes are read when they are looked at.

        Raises
        ------
        AnalysisError
            For anything else: another format, a damaged text, a plan that does not hold, books that do not add up.
        """
        try:
            told = read(text, _Format).format
            if told not in (FORMAT, _WITH_SENTENCES):
                raise AnalysisError("report-format", given=told, wanted=FORMAT)
            return cls._late(text) if as_written else cls._whole(text)
        except (KeyError, TypeError, ValueError) as error:
            raise AnalysisError("not-a-report") from error

    @classmethod
    def _whole(cls, text: str) -> Report:
        stored = read(text, _Stored)
        plan = parse_plan(stored.plan)
        tables = {name: _table(name, plan.step(name).axes, rows) for name, rows in stored.tables.items()}
        notes = {(step, key): notes_of(notes) for step, key, notes in stored.notes}
        return cls._of(stored, plan, tables, notes)

    @classmethod
    def _late(cls, text: str) -> Report:
        stored = read(text, _StoredLate)
        plan = parse_plan(stored.plan)
        tables = {name: _late_table(name, plan.step(name).axes, bytes(raw)) for name, raw in stored.tables.items()}
        return cls._of(stored, plan, tables, LateNotes(bytes(stored.notes)))

    @classmethod
    def _of(cls, stored: _Kept, plan: Plan, tables: Mapping[str, Table], notes: Mapping[tuple[str, Key], Notes]) -> Report:
        return cls(
            plan=plan,
            subjects=tuple(RatedSubject(one, facts) for one, facts in stored.subjects),
            tally=Tally(counts_of(stored.counts), shaped(stored.books, tuple[StyleBooks, ...])),
            tables={step.name: tables[step.name] for step in plan.steps if step.name in tables},
            findings=shaped(stored.findings, tuple[Finding, ...]),
            notes=notes,
        )


class CountRow(Row, frozen=True):
    """One cell of a tally as stored."""

    subject: str
    group: str
    item: str
    codes: tuple[int, ...]


class SlotRow(Row, frozen=True):
    """A slot as stored."""

    subject: str
    item: str


class _Books(Row, frozen=True):
    style: str
    group: str
    unit: str
    slots: tuple[SlotRow, ...]
    cast: int
    valid: int
    blank: int
    invalid: int
    superseded: int


class _Finding(Row, frozen=True):
    code: str
    subject: str
    step: str
    parts: dict[str, str]


class _Format(Record, frozen=True, forbid_unknown_fields=False):
    """What says whether the rest can be read."""

    format: str


class _Kept(Record, frozen=True):
    """What is read of a stored report in any case."""

    format: str
    plan: dict[str, Any]
    subjects: tuple[tuple[str, dict[str, str]], ...]
    books: tuple[_Books, ...]
    counts: tuple[CountRow, ...]
    findings: tuple[_Finding, ...]


class _Stored(_Kept, frozen=True):
    """`tables`: rows of labels, the last place a literal. `notes` by step and key."""

    tables: dict[str, tuple[tuple[str | list[Any], ...], ...]]
    notes: tuple[tuple[str, Key, str | tuple[NoteRecord, ...]], ...]


class _StoredLate(_Kept, frozen=True):
    """The same, tables and notes as they were written."""

    tables: dict[str, Raw]
    notes: Raw


def count_rows(tally: Tally) -> tuple[CountRow, ...]:
    """A tally's counts as stored, in one order whatever the order of counting."""
    return tuple(CountRow(*cell, codes) for cell, codes in sorted(tally.counts.items()))


def counts_of(rows: Iterable[CountRow]) -> dict[tuple[str, str, str], tuple[int, ...]]:
    """The counts as stored, by cell."""
    return {(row.subject, row.group, row.item): row.codes for row in rows}


def _table(name: str, axes: Axes, rows: Iterable[tuple[str | list[Any], ...]]) -> Table:
    return Table(name, axes, _cells(name, axes, rows))


def _late_table(name: str, axes: Axes, raw: bytes) -> Table:
    return LateTable(name, axes, lambda: _cells(name, axes, read(raw, _Rows)))


_Rows = tuple[tuple[str | list[Any], ...], ...]


def _cells(name: str, axes: Axes, rows: Iterable[tuple[str | list[Any], ...]]) -> dict[Key, Value]:
    wide, made, cells = len(axes) + 1, dict[tuple[str, str | bool], Value](), dict[Key, Value]()
    for row in rows:
        *key, told = row
        if len(row) != wide or not all(type(label) is str for label in key):
            raise ValueError(f"a row of {name!r} has not one label for each axis and a value")
        # Of a table's thousand values most say what another says; a pair that is none is refused by `literal`.
        match told:
            case [str(tag), str() | bool() as body]:
                if (tag, body) not in made:
                    made[tag, body] = literal(told)
                cells[tuple(key)] = made[tag, body]  # type: ignore[arg-type]  # looked at above
            case _:
                cells[tuple(key)] = literal(told)  # type: ignore[arg-type]  # as above
    return cells
