"""How many cells become one: which of them take part, what is trimmed away, and the ways of making one value of the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Any

from analysis.axes import Axes, Ref, require_within
from analysis.context import Context
from analysis.errors import PlanError
from analysis.joins import reader
from analysis.ops.kinds import as_number, as_truth
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.roots import not_too_long
from analysis.rounding import MODES, to_whole
from analysis.values import NOT_APPLICABLE, Key, Missing, Value, applicable, total, whole

Entry = tuple[Key, Value, Value]  # key in `of`, value, weight
Pair = tuple[Value, Fraction]  # value, weight


@dataclass(frozen=True, kw_only=True)
class Trim:
    """How many of the lowest and highest to drop; `base` is a step, None for the number of values left."""

    low: Fraction
    high: Fraction
    share: bool
    base: str | None
    rounding: str
    when_more_than: Fraction | None


@dataclass(frozen=True, kw_only=True)
class Collapse:
    """What `reduce` and `gather` have in common: which cells, which weights, what missing means, and what to make of them."""

    of: str
    how: str
    weights: str | None
    where: str | None
    missing: str
    k: int | Ref
    top: bool
    trim: Trim | None


def read_collapse(reader: ParameterReader) -> Collapse:
    """Read what `reduce` and `gather` have in common.

    Raises
    ------
    PlanError
        For weights on anything but a sum or a mean, a trim on what no value can be cut from, and every malformed parameter.
    """
    how = reader.choice("how", tuple(HOWS))
    weights = reader.opt_ref("weights")
    if weights is not None and how not in ("sum", "mean"):
        raise PlanError("weights-without-meaning", how=how)
    trim = None if reader.get("trim") is None else _read_trim(reader.sub(reader.get("trim"), _TRIM))
    if trim is not None and how in _UNTRIMMED:
        raise PlanError("trim-without-meaning", how=how)
    return Collapse(
        of=reader.ref("of"),
        how=how,
        weights=weights,
        where=reader.opt_ref("where"),
        missing=reader.choice("missing", ("skip", "zero", "fail"), "skip"),
        k=_read_k(reader) if how == "kth" else 1,
        top=reader.choice("from", ("top", "bottom"), "top") == "top",
        trim=trim,
    )


def _read_k(reader: ParameterReader) -> int | Ref:
    """Which place: a whole number, or a step that gives it."""
    raw = reader.need("k")
    return Ref(reader.sub(raw, ("step",)).ref("step")) if isinstance(raw, dict) else reader.integer("k")


_TRIM = ("low", "high", "unit", "of", "rounding", "when_more_than")
_UNTRIMMED = ("all", "any", "last")


def _read_trim(reader: ParameterReader) -> Trim:
    low, high = reader.opt_number("low") or Fraction(0), reader.opt_number("high") or Fraction(0)
    if low < 0 or high < 0:
        raise PlanError("trim-below-zero")
    share = reader.choice("unit", ("count", "share")) == "share"
    base = None if reader.get("of") in (None, "answered") else reader.ref("of")
    return Trim(
        low=low,
        high=high,
        share=share,
        base=base,
        rounding=reader.choice("rounding", tuple(MODES), "down"),
        when_more_than=reader.opt_number("when_more_than"),
    )


def check_within(collapse: Collapse, result: Axes, known: Mapping[str, Axes]) -> None:
    """Refuse a collapse that reads a table over axes its cells do not have.

    Weights and condition are read at the cells of `of`; the place of a kth and the base of a trim at the cells of the result.

    Parameters
    ----------
    collapse
        What is to be collapsed and how.
    result
        The axes of the result.
    known
        Axes by step name.

    Raises
    ------
    PlanError
        "axis-not-within".
    """
    for ref in (collapse.weights, collapse.where):
        if ref is not None:
            require_within(ref, collapse.of, known)
    if isinstance(collapse.k, Ref):
        require_within(collapse.k.step, "result", {**known, "result": result})
    if collapse.trim is not None and collapse.trim.base is not None:
        require_within(collapse.trim.base, "result", {**known, "result": result})


def select(collapse: Collapse, context: Context) -> Iterable[Entry]:
    """The cells of `of` that take part, with their weights (step 1, and the missing ones of step 2, of docs/plan.md).

    Parameters
    ----------
    collapse
        What is to be collapsed and how.
    context
        The tables so far.

    Yields
    ------
    Entry
        Key, value, weight (1 where there are no weights). The value is the condition's own where that is missing.

    Raises
    ------
    AnalysisError
        When a condition is no truth.
    """
    table = context.tables[collapse.of]
    where = None if collapse.where is None else reader(context.tables[collapse.where], table.axes)
    weigh = None if collapse.weights is None else reader(context.tables[collapse.weights], table.axes)
    if where is None and weigh is None:
        one = whole(1)
        yield from ((key, value, one) for key, value in table.cells.items())
        return
    for key, value in table.cells.items():
        met = True if where is None else where(key)
        weight = whole(1) if weigh is None else weigh(key)
        if NOT_APPLICABLE in (met, weight):
            continue
        if isinstance(met, Missing):
            yield key, met, weight
        elif as_truth(met):
            yield key, value, weight


def collapse_entries(collapse: Collapse, entries: list[Entry], base: Value, k: Value, order: Callable[[Key], Any]) -> Value:
    """One value from the entries of one result cell.

    Parameters
    ----------
    collapse
        How.
    entries
        Key, value and weight of each cell that takes part.
    base
        What a trim's share is taken of, where a step gives it.
    k
        The place of a kth, counted from 1.
    order
        A sort key for the entries' keys: decides which is the last, and which missing one is told.

    Returns
    -------
    Value
        Missing where a missing entry fails the cell, where all is trimmed away, or where nothing is left to make a value of.

    Raises
    ------
    AnalysisError
        When a value or a weight is of the wrong kind.
    """
    if collapse.missing == "fail" or collapse.how == "last":
        entries = sorted(entries, key=lambda entry: order(entry[0]))
    pairs: list[Pair] = []
    for _, value, weight in entries:
        if type(value) is not Missing and type(weight) is Fraction:
            pairs.append((value, weight))
            continue
        reason = value if isinstance(value, Missing) else weight
        if isinstance(reason, Missing):
            if collapse.missing == "fail":
                return reason
            if collapse.missing == "zero" and not isinstance(weight, Missing):
                pairs.append((_ZERO.get(collapse.how, Fraction(0)), as_number(weight)))
        else:
            as_number(weight)
    if collapse.trim is not None:
        cut = cut_ends(collapse.trim, pairs, base)
        if isinstance(cut, Missing):
            return cut
        pairs = cut.kept
    if not pairs and collapse.how != "count":
        return Missing(Reason.NO_VALUES)
    return HOWS[collapse.how](pairs, collapse, k)


_ZERO: dict[str, Value] = {"all": False, "any": False}  # what zero is among truths


@dataclass(frozen=True)
class Cut:
    """What a trim keeps, and what it leaves out at either end; each in ascending order of value and then weight."""

    kept: list[Pair]
    low: list[Pair]
    high: list[Pair]


def cut_ends(trim: Trim, pairs: list[Pair], base: Value) -> Cut | Missing:
    """The pairs cut at both ends; nothing is left out when there are no more than `when_more_than`.

    Parameters
    ----------
    trim
        How many to drop at either end, as counts or as shares, and how a share is rounded.
    pairs
        Value and weight of each that takes part.
    base
        What a share is taken of where `trim.base` names a step; otherwise the number of pairs is.

    Returns
    -------
    Cut, or Missing
        Missing when nothing would be left, or when a share's base is missing.

    Raises
    ------
    AnalysisError
        When a value, or a share's base, is no number.
    """
    if trim.when_more_than is not None and len(pairs) <= trim.when_more_than:
        return Cut(pairs, [], [])
    size = whole(len(pairs)) if trim.base is None else base
    if trim.share and isinstance(size, Missing):
        return size
    factor = as_number(size) if trim.share else whole(1)
    low, high = (to_whole(part * factor, trim.rounding) for part in (trim.low, trim.high))
    if pairs and low + high >= len(pairs):
        return Missing(Reason.ALL_TRIMMED)
    ranked = sorted(pairs, key=lambda pair: (as_number(pair[0]), pair[1]))
    top = len(ranked) - high
    return Cut(ranked[low:top], ranked[:low], ranked[top:])


def _sum(pairs: list[Pair], _: Collapse, __: Value) -> Fraction:
    return total([as_number(value) if weight == 1 else as_number(value) * weight for value, weight in pairs])


def _mean(pairs: list[Pair], collapse: Collapse, k: Value) -> Value:
    weights = total([weight for _, weight in pairs])
    return _sum(pairs, collapse, k) / weights if weights else Missing(Reason.NO_WEIGHT)


def _numbers(pairs: list[Pair]) -> list[Fraction]:
    return sorted(as_number(value) for value, _ in pairs)


def _median(pairs: list[Pair], _: Collapse, __: Value) -> Fraction:
    ranked = _numbers(pairs)
    return (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2


def _kth(pairs: list[Pair], collapse: Collapse, k: Value) -> Value:
    if isinstance(k, Missing):
        return k
    nth = as_number(k)
    if nth.denominator != 1 or nth < 1:
        return Missing(Reason.NO_SUCH_PLACE)
    ranked = _numbers(pairs)
    if len(ranked) < nth:
        return Missing(Reason.TOO_FEW_VALUES)
    return ranked[-int(nth)] if collapse.top else ranked[int(nth) - 1]


HOWS: dict[str, Callable[[list[Pair], Collapse, Value], Value]] = {
    "sum": _sum,
    "product": lambda pairs, _c, _k: not_too_long(prod((as_number(value) for value, _ in pairs), start=Fraction(1))),
    "mean": _mean,
    "median": _median,
    "least": lambda pairs, _c, _k: _numbers(pairs)[0],
    "most": lambda pairs, _c, _k: _numbers(pairs)[-1],
    "count": lambda pairs, _c, _k: whole(len(pairs)),
    "all": lambda pairs, _c, _k: all(as_truth(value) for value, _ in pairs),
    "any": lambda pairs, _c, _k: any(as_truth(value) for value, _ in pairs),
    "kth": _kth,
    "last": lambda pairs, _c, _k: pairs[-1][0],
}


def finish(collapse: Collapse, groups: dict[Key, list[Entry]], axes: Axes, context: Context) -> dict[Key, Value]:
    """Every result cell from its entries, without those that are not applicable.

    Parameters
    ----------
    collapse
        How.
    groups
        Key of the result to the entries that go into it, perhaps none.
    axes
        The axes of the result.
    context
        The tables so far.

    Raises
    ------
    AnalysisError
        When a value or a weight is of the wrong kind.
    """
    trim = collapse.trim
    base = None if trim is None or trim.base is None else reader(context.tables[trim.base], axes)
    nth = reader(context.tables[collapse.k.step], axes) if isinstance(collapse.k, Ref) else None
    fixed = NOT_APPLICABLE if isinstance(collapse.k, Ref) else whole(collapse.k)
    order = context.in_order(context.tables[collapse.of].axes)
    cells = {
        key: collapse_entries(
            collapse, found, NOT_APPLICABLE if base is None else base(key), fixed if nth is None else nth(key), order
        )
        for key, found in groups.items()
    }
    return applicable(cells)
