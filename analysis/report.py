"""What the count says: tally, tables, findings, and for every number the way it came about. Round-trips through JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from analysis.axes import Ref
from analysis.canonical import canonical
from analysis.context import Context, Finding
from analysis.errors import AnalysisError
from analysis.evidence import Evidence, Slot, StyleBooks, Subject, Tally
from analysis.explaining.trace import TraceNode, trace_node
from analysis.joins import projector
from analysis.notes import Notes, notes_in, notes_out
from analysis.ops.formulas import TestParams
from analysis.plan import Plan, parse_plan
from analysis.turning import votes_to_turn
from analysis.values import NOT_APPLICABLE, Key, Table, Value, as_literal, literal

FORMAT = "pingyi-report/2"
#: Before, notes were sentences in the language of whoever had the count made; they are told as they stand.
_WITH_SENTENCES = "pingyi-report/1"


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Report:
    """The whole result of one count under one plan. `notes` hold where a cell of evidence came from, by step and key."""

    plan: Plan
    subjects: tuple[Subject, ...]
    tally: Tally
    tables: Mapping[str, Table]
    findings: tuple[Finding, ...] = ()
    notes: Mapping[tuple[str, Key], Notes] = field(default_factory=dict)

    @property
    def books(self) -> tuple[StyleBooks, ...]:
        """The books of every ballot style."""
        return self.tally.books

    def value(self, name: str, **labels: str) -> Value:
        """The cell of table `name` at these labels; missing "not applicable" where there is none. KeyError for an unknown
        table or an axis not named."""
        return self.tables[name].at(**labels)

    def trace(self, name: str, labels: Mapping[str, str] | None = None, **more: str) -> TraceNode:
        """How a cell came about: a tree that unfolds lazily down to counts and evidence."""
        table, given = self.tables[name], {**(labels or {}), **more}
        return trace_node(self.context, self.plan, name, tuple(given[axis] for axis in table.axes))

    def test(self, name: str, **labels: str) -> TestDetail:
        """The books of a test's cell. AnalysisError when the step is no test."""
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
            return TestDetail(verdict, left, params.cmp, right)
        top, bottom, line = (Fraction(one) for one in books if isinstance(one, Fraction))
        return TestDetail(
            verdict, left, params.cmp, right, top, bottom, line * bottom, votes_to_turn(params.cmp, top, line * bottom, verdict)
        )

    @cached_property
    def context(self) -> Context:
        """The tables as the steps saw them, for walking back."""
        return Context(self.plan.header, Evidence(self.subjects), self.tally, dict(self.tables), notes=dict(self.notes))

    def to_json(self) -> str:
        """Canonical JSON, values as exact text. Tables over single ballots are left out: they stay in memory."""
        return canonical({
            "format": FORMAT,
            "plan": json.loads(self.plan.text),
            "subjects": [[one.id, dict(one.facts)] for one in self.subjects],
            "books": [_book_out(book) for book in sorted(self.tally.books, key=lambda book: book.style)],
            "counts": [[*cell, list(counts)] for cell, counts in sorted(self.tally.counts.items())],
            "tables": {
                name: [[*key, as_literal(value)] for key, value in sorted(table.cells.items())]
                for name, table in self.tables.items() if "rater" not in table.axes
            },
            "findings": [[one.code, one.subject, one.step, dict(one.parts)] for one in self.findings],
            "notes": [[step, list(key), notes_out(notes)] for (step, key), notes in sorted(self.notes.items())],
        })

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that `to_json` wrote. AnalysisError for anything else; the tally's conservation is checked again."""
        try:
            raw = json.loads(text)
            if raw["format"] not in (FORMAT, _WITH_SENTENCES):
                raise AnalysisError("report-format", given=raw["format"], wanted=FORMAT)
            plan = parse_plan(raw["plan"])
            counts = {(subject, group, item): tuple(codes) for subject, group, item, codes in raw["counts"]}
            tables = {name: Table(name, plan.step(name).axes, {tuple(row[:-1]): literal(row[-1]) for row in rows})
                      for name, rows in raw["tables"].items()}
            return cls(
                plan,
                tuple(Subject(one, facts) for one, facts in raw["subjects"]),
                Tally(counts, tuple(_book_in(book) for book in raw["books"])),
                {step.name: tables[step.name] for step in plan.steps if step.name in tables},
                tuple(Finding(*entry) for entry in raw["findings"]),
                {(step, tuple(key)): notes_in(notes) for step, key, notes in raw["notes"]},
            )
        except (KeyError, TypeError, ValueError) as error:
            raise AnalysisError("not-a-report") from error


def _book_out(book: StyleBooks) -> list[object]:
    slots = [[slot.subject, slot.item] for slot in book.slots]
    return [book.style, book.group, book.unit, slots, book.cast, book.valid, book.blank, book.invalid, book.superseded]


def _book_in(raw: list[object]) -> StyleBooks:
    style, group, unit, slots, *numbers = raw
    places = tuple(Slot(subject, item) for subject, item in slots)  # type: ignore[attr-defined]  # checked by the caller's except
    return StyleBooks(str(style), str(group), str(unit), places, *[int(str(one)) for one in numbers])
