"""Ops that read the evidence: counts, heads, facts, components, events, earlier periods, decisions, literal tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import mul
from typing import Any

from analysis.axes import Axes, Operand, order_axes
from analysis.context import Context, collect_unique
from analysis.errors import EvidenceError, PlanError
from analysis.evidence import StyleBooks
from analysis.header import ChoiceCode
from analysis.notes import Note, drop_empty
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.saying import NC_
from analysis.spec import OpSpec, PlanStep
from analysis.values import AXES, Key, Missing, Value, applicable, is_number, literal, number, whole


def nothing(_step: PlanStep, _params: object, _key: Key, _context: Context) -> list[Operand]:
    """The operands of an op that reads no other step."""
    return []


@dataclass(frozen=True)
class TallyParams:
    """What to count, of which choices, on which items and groups (None: all)."""

    what: str
    choices: tuple[str, ...]
    items: frozenset[str] | None
    groups: frozenset[str] | None


def _read_tally(reader: ParameterReader) -> TallyParams:
    what = reader.choice("what", ("count", "answered", "points"))
    choices = reader.opt_texts("choices") or ()
    if bool(choices) != (what == "count"):
        raise PlanError("choices-with-count")
    return TallyParams(what, choices, _set(reader, "items"), _set(reader, "groups"))


def _set(reader: ParameterReader, name: str) -> frozenset[str] | None:
    found = reader.opt_texts(name)
    return None if found is None else frozenset(found)


def _wanted(label: str, only: frozenset[str] | None) -> bool:
    return only is None or label in only


def tally_weights(params: TallyParams, choices: tuple[ChoiceCode, ...]) -> tuple[list[int], int] | None:
    """How much each code adds to a tally cell.

    Parameters
    ----------
    params, choices
        What is counted of which choices, and all choices of the item in the order of their codes from 1.

    Returns
    -------
    tuple of (list of int, int), or None
        `(weights, base)`: one mark of code c adds weights[c] / base. None where the item has none of the choices.
    """
    if params.what == "count":
        picked = [1 if "blank" in params.choices else 0] + [1 if choice.key in params.choices else 0 for choice in choices]
        return (picked, 1) if any(picked) else None
    answered = [choice.value if choice.kind != "unknown" else None for choice in choices]
    if params.what == "answered":
        return [0] + [0 if value is None else 1 for value in answered], 1
    base = lcm(*(value.denominator for value in answered if value is not None))
    return [0] + [0 if value is None else int(value * base) for value in answered], base


def _tally(_: PlanStep, params: TallyParams, context: Context) -> dict[Key, Value]:
    weights = {
        item: tally_weights(params, context.header.choices(item)) if _wanted(item, params.items) else None
        for item in context.header.item_scale
    }
    cells: dict[Key, Value] = {}
    for key, counts in context.tally.counts.items():
        chosen = weights[key[2]]
        if chosen is not None and (params.groups is None or key[1] in params.groups):
            value = sum(map(mul, chosen[0], counts))  # the inner loop of a large count: as few Python steps as there can be
            cells[key] = whole(value) if chosen[1] == 1 else Fraction(value, chosen[1])
    return cells


@dataclass(frozen=True)
class HeadsParams:
    """Which head-count, of which groups."""

    what: str
    groups: frozenset[str] | None


_TYPED_IN = ("entitled", "present", "issued", "returned")
_READ_AS = ("text", "number")
_IN_BOOKS = ("cast", "valid", "blank", "invalid", "superseded")


def _heads(_: PlanStep, params: HeadsParams, context: Context) -> dict[Key, Value]:
    holders: dict[Key, list[StyleBooks]] = {}
    for book in context.tally.books:
        if _wanted(book.group, params.groups):
            for subject in dict.fromkeys(slot.subject for slot in book.slots):
                holders.setdefault((subject, book.group), []).append(book)
    if params.what in _IN_BOOKS:
        return {key: whole(sum(getattr(book, params.what) for book in books)) for key, books in holders.items()}
    heads: dict[tuple[str, str], int | None] = {}
    for entry in context.evidence.heads:
        if (entry.group, entry.unit) in heads:
            raise EvidenceError("headcount-twice", group=entry.group, unit=entry.unit)
        heads[entry.group, entry.unit] = getattr(entry, params.what)
    return {
        key: _added([heads.get(body) for body in {(book.group, book.unit) for book in books}]) for key, books in holders.items()
    }


def _added(numbers: list[int | None]) -> Value:
    known = [one for one in numbers if one is not None]
    return whole(sum(known)) if len(known) == len(numbers) else Missing(Reason.NOT_COUNTED)


@dataclass(frozen=True)
class MarkParams:
    """Which single marks, as points or as the choice's key."""

    items: frozenset[str] | None
    groups: frozenset[str] | None
    as_: str


def _mark(_: PlanStep, params: MarkParams, context: Context) -> dict[Key, Value]:
    if context.tally.books and not context.evidence.batches:
        raise EvidenceError("needs-single-ballots")
    cells: dict[Key, Value] = {}
    for batch in context.evidence.batches:
        if not _wanted(batch.group, params.groups):
            continue
        columns = [
            (slot, [Missing(Reason.BLANK), *(_as_mark(choice, params.as_) for choice in context.header.choices(slot.item))])
            for slot in batch.slots
        ]
        rows = sorted(tuple(row) for row in batch.marks.tolist() if any(row))
        for order, row in enumerate(rows, start=1):
            for (slot, values), code in zip(columns, row, strict=True):
                if _wanted(slot.item, params.items):
                    cells[slot.subject, batch.group, slot.item, f"{batch.style}/{order}"] = values[code]
    return cells


def _as_mark(choice: ChoiceCode, as_: str) -> Value:
    if as_ == "text":
        return choice.key
    return Missing(Reason.UNKNOWN) if choice.value is None else choice.value


def _read_number(text: str, as_: str) -> Value:
    if as_ == "text":
        return text
    return number(text) if is_number(text) else Missing(Reason.NOT_A_NUMBER)


def note_down(context: Context, step: PlanStep, told: Mapping[Key, Note]) -> None:
    """Write down where cells came from, after what stands there already.

    Parameters
    ----------
    context
        The tables and notes so far; its notes grow.
    step
        The step whose cells they are.
    told
        A note for each cell.
    """
    for key, note in told.items():
        if notes := context.notes.get((step.name, key), ()) + drop_empty(note):
            context.notes[step.name, key] = notes


@dataclass(frozen=True)
class NamedParams:
    """A named column of the evidence, as text or as a number; `choices` are what a decision may be."""

    name: str
    as_: str = "text"
    choices: tuple[str, ...] | None = None


def _fact(_: PlanStep, params: NamedParams, context: Context) -> dict[Key, Value]:
    cells: dict[Key, Value] = {}
    for subject, facts in context.facts.items():
        text = facts.get(params.name, "")
        cells[(subject,)] = _read_number(text, params.as_) if text else Missing(Reason.NO_SUCH_FACT)
    return cells


def _component(step: PlanStep, params: NamedParams, context: Context) -> dict[Key, Value]:
    mine = [one for one in context.evidence.components if one.name == params.name]
    found = collect_unique([((one.subject,), Fraction(one.value)) for one in mine], params.name)
    note_down(context, step, {(one.subject,): Note(on=one.on, reason=one.origin, entered=one.entered) for one in mine})
    return {(subject,): found.get((subject,), Missing(Reason.NO_EVIDENCE)) for subject in context.facts}


def _read_decision(reader: ParameterReader) -> NamedParams:
    name = reader.listed_name(reader.need("decision"), "decisions")
    return NamedParams(name, reader.choice("as", _READ_AS, "text"), reader.opt_texts("choices"))


def _decision(step: PlanStep, params: NamedParams, context: Context) -> dict[Key, Value]:
    mine = [one for one in context.evidence.decisions if one.name == params.name]
    for one in mine:
        if params.choices is not None and one.choice not in params.choices:
            raise EvidenceError("not-a-choice-of-decision", choice=one.choice, decision=params.name)
    found = collect_unique([((one.subject,), _read_number(one.choice, params.as_)) for one in mine], params.name)
    note_down(
        context,
        step,
        {(one.subject,): Note(on=one.on, decider=one.decider, reason=one.reason, entered=one.entered) for one in mine},
    )
    return {(subject,): found.get((subject,), Missing(Reason.NOT_DECIDED)) for subject in context.facts}


@dataclass(frozen=True)
class TableParams:
    """A literal table, its cells already keyed in the order of `axes`."""

    axes: Axes
    cells: Mapping[Key, Value]


def _read_table(reader: ParameterReader) -> TableParams:
    written = reader.texts("axes")
    if len(set(written)) != len(written) or not set(written) <= set(AXES):
        raise PlanError("axes-not-different", known=AXES)
    axes, cells = order_axes(written), {}  # type: tuple[Axes, dict[Key, Value]]
    for row in reader.listed("rows"):
        if not isinstance(row, list) or len(row) != len(written) + 1 or not all(isinstance(one, str) for one in row[:-1]):
            raise PlanError("row-labels", row=row, many=len(written))
        labels = dict(zip(written, row, strict=False))
        key = tuple(labels[axis] for axis in axes)
        if key in cells:
            raise PlanError("row-twice", cell=" · ".join(key))
        cells[key] = literal(row[-1])
    return TableParams(axes, cells)


def _over_subject(_params: object, _known: Mapping[str, Axes]) -> Axes:
    return ("subject",)


SOURCES: tuple[OpSpec[Any], ...] = (
    OpSpec(
        id="tally",
        title=NC_("step of a plan", "票数"),
        why="every method starts from counts per subject, rater group and item",
        parameters=("what", "choices", "items", "groups"),
        read=_read_tally,
        axes=lambda _p, _k: ("subject", "group", "item"),
        run=_tally,
        operands=nothing,
    ),
    OpSpec(
        id="heads",
        title=NC_("step of a plan", "人数"),
        why="the base of a share: entitled, present, issued, returned, valid",
        parameters=("what", "groups"),
        read=lambda reader: HeadsParams(reader.choice("what", (*_TYPED_IN, *_IN_BOOKS)), _set(reader, "groups")),
        axes=lambda _p, _k: ("subject", "group"),
        run=_heads,
        operands=nothing,
    ),
    OpSpec(
        id="mark",
        title=NC_("step of a plan", "单张票"),
        why="trimming and weights per rater need single ballots; a tally has none",
        parameters=("items", "groups", "as"),
        read=lambda reader: MarkParams(_set(reader, "items"), _set(reader, "groups"), reader.choice("as", _READ_AS, "number")),
        axes=lambda _p, _k: ("subject", "group", "item", "rater"),
        run=_mark,
        operands=nothing,
    ),
    OpSpec(
        id="fact",
        title=NC_("step of a plan", "属性"),
        why="class, position, unit, team of a subject",
        parameters=("fact", "as"),
        read=lambda reader: NamedParams(reader.listed_name(reader.need("fact"), "facts"), reader.choice("as", _READ_AS, "text")),
        axes=_over_subject,
        run=_fact,
        operands=nothing,
    ),
    OpSpec(
        id="component",
        title=NC_("step of a plan", "其他评分"),
        why="targets, inspections, appraisals, coefficients",
        parameters=("component",),
        read=lambda reader: NamedParams(reader.listed_name(reader.need("component"), "components")),
        axes=_over_subject,
        run=_component,
        operands=nothing,
    ),
    OpSpec(
        id="decision",
        title=NC_("step of a plan", "人为决定"),
        why="where the method leaves a choice to a named person, within stated limits",
        parameters=("decision", "choices", "as"),
        read=_read_decision,
        axes=_over_subject,
        run=_decision,
        operands=nothing,
    ),
    OpSpec(
        id="table",
        title=NC_("step of a plan", "常数表"),
        why="weights, points, thresholds as the source prints them",
        parameters=("axes", "rows"),
        read=_read_table,
        axes=lambda params, _known: params.axes,
        run=lambda _s, params, _c: applicable(params.cells),
        operands=nothing,
    ),
)
