"""The sheet of calculations: every step from the counts to the scores as a live formula, beside it the exact fraction.

Lives here: which steps have a row, and where each operand stands. May not live here: how a step is written (`live_formulas`),
whether it may be shown (the result view: a step that rests on anything held back has no row, and the score keeps its number).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.explaining.hands import right_hand_side
from analysis.explaining.trace import TraceNode
from analysis.values import Key, Missing, Value
from questionnaires.tables.sheet import Cell, Formula, Sheet, SheetSpot
from survey_app.exports import live_formulas
from survey_app.exports.live_formulas import CountSpot, Parts
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.services.results import unfolding, words
from survey_app.services.results.loaded import Loaded, Person

#: So many rows a sheet of calculations may have; a larger round has one for each subject, from the subject's page.
MOST_ROWS = 20_000
_PROBED = 8  # subjects whose rows are made to see how many all would have
_LEAST = 5  # rows that the simplest score has
_VALUE = 3  # the column of the values
_At = tuple[str, Key]  # step and key: a cell of the report


@dataclass(frozen=True)
class _Row:
    """A step with whom it stands under, its value, and its formula if it has one."""

    person: Person
    node: TraceNode
    value: Value
    parts: Parts | None


@dataclass(frozen=True, eq=False)
class Calculations:
    """The rows, and where a step of the report stands among them."""

    name: str
    rows: Sequence[_Row]
    places: Mapping[_At, int]

    def spot(self, key: str, subject: str) -> SheetSpot | None:
        """Where a figure of a subject is worked out; None where it is not."""
        row = self.places.get((key, (subject,)))
        return None if row is None else SheetSpot(self.name, row, _VALUE)


def calculations(loaded: Loaded, people: Sequence[Person]) -> Calculations | None:
    """Every step behind the scores of these people; None where the plan releases no counts, or there are too many for a sheet."""
    if not all(loaded.lets(section) for section in ("scores", "groups", "answers")):
        return None
    if len(people) * _LEAST > MOST_ROWS:
        return None
    laid = _Laid(loaded)
    for done, person in enumerate(people, start=1):
        laid.add(person)
        if len(laid.rows) > MOST_ROWS or (done == _PROBED and len(laid.rows) * len(people) > MOST_ROWS * done):
            return None
    return Calculations(_("计算过程"), laid.rows, laid.places)


class _Laid:
    """Rows while they are laid down, a subject's scores first and below each what it is made from."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded
        self.rows: list[_Row] = []
        self.places: dict[_At, int] = {}

    def add(self, person: Person) -> None:
        layout = self.loaded.scheme.layout
        for key in (*layout.columns, *layout.tiers):
            at = {"subject": person.code}
            node = self.loaded.view.node(key, at)
            if node is not None and not self.loaded.view.hidden(key, at):
                self._lay(person, node)

    def _lay(self, person: Person, node: TraceNode) -> None:
        at = (node.name, node.key)
        there = at in self.places or len(self.rows) > MOST_ROWS  # beyond that there will be no sheet
        value = None if there or not self._may_stand(node) else self.loaded.view.reckoned(node)
        if value is None:
            return
        parts = self._formula(node)
        self.places[at] = len(self.rows)
        self.rows.append(_Row(person, node, value, parts))
        for part in parts or ():
            if isinstance(part, TraceNode):
                self._lay(person, part)

    def _formula(self, node: TraceNode) -> Parts | None:
        """Its formula, where every cell it reads may stand beside it."""
        try:
            parts = live_formulas.formula(node)
        except AnalysisError:
            return None  # over single ballots: nothing is kept to walk back through
        below = [part for part in parts or () if isinstance(part, TraceNode)]
        return parts if all(self._may_stand(one) and self.loaded.view.reckoned(one) is not None for one in below) else None

    def _may_stand(self, node: TraceNode) -> bool:
        """Whether it is about nobody, or about somebody whom the reader may see."""
        subject = node.labels.get("subject")
        return subject is None or self.loaded.may_see(subject)


def sheet(loaded: Loaded, found: Calculations, counts: Mapping[CountSpot, SheetSpot]) -> Sheet:
    """The calculations as a sheet. `counts`: where each count stands in the workbook."""
    wording = unfolding.wording_of(loaded)
    heads = (_("编号"), _("姓名或名称"), _("计算"), _("数值"), _("精确值"), _("怎样算"), _("方案的行"), _("出处"))
    rows, live = [], {}
    for at, row in enumerate(found.rows):
        formula = _placed(found, row.parts, counts)
        told = right_hand_side(row.node, wording) if row.node.kept else ""
        cell, exact = _cell(row.value)
        rows.append(
            (row.person.code, row.person.name, wording.title(row.node), cell, exact, told, row.node.line or None, row.node.source)
        )
        if formula is not None:
            live[at, _VALUE] = formula
    about = (
        _("每一行的“数值”是公式，从“票数分布”里的票数一步步算到得分；改动票数，得分跟着变。"),
        _("表格软件按小数计算，“精确值”是系统按分数算出的结果；没有公式的行直接取自结果（名次、按比例定的等次、登记的材料）。"),
    )
    return Sheet(found.name, heads, tuple(rows), about, live)


def _placed(found: Calculations, parts: Parts | None, counts: Mapping[CountSpot, SheetSpot]) -> Formula | None:
    """The formula with every operand at its cell; None where a count stands nowhere."""
    placed: list[str | SheetSpot] = []
    for part in parts or ():
        if isinstance(part, TraceNode):
            row = found.places.get((part.name, part.key))
            spot = None if row is None else SheetSpot(found.name, row, _VALUE)
        elif isinstance(part, CountSpot):
            spot = counts.get(part)
        else:
            placed.append(part)
            continue
        if spot is None:
            return None
        placed.append(spot)
    return tuple(placed) or None


def _cell(value: Value) -> tuple[Cell, str]:
    """A value as a cell, and as it exactly is."""
    if isinstance(value, Missing):
        return words.missing(value.reason), ""
    if isinstance(value, bool | str):
        return value, ""
    return figures.number(value, None), str(value)
