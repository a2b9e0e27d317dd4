"""Ops that read what bears a date: events, results of earlier periods; within stated days, or back from the counted period."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from analysis.context import Context, collect_unique
from analysis.errors import EvidenceError
from analysis.notes import Note
from analysis.ops.sources import note_down, nothing
from analysis.parameters import ParameterReader
from analysis.periods import before, months_up_to
from analysis.reasons import Reason
from analysis.saying import NC_
from analysis.spec import OpSpec, PlanStep
from analysis.values import Key, Missing, Value


@dataclass(frozen=True)
class EventParams:
    """Which kinds of events, counted or their amounts added, from and to which day."""

    kinds: frozenset[str]
    what: str
    since: str
    until: str
    months: int | None = None  # so many months that end with the counted period


def _read_event(reader: ParameterReader) -> EventParams:
    kinds = frozenset(reader.listed_name(kind, "event_kinds") for kind in reader.texts("kinds"))
    what = reader.choice("what", ("count", "amount"), "count")
    since, until = reader.opt_text("since") or "", reader.opt_text("until") or "9999-12-31"
    return EventParams(kinds, what, since, until, reader.opt_integer("months"))


def event_days(params: EventParams, period: str) -> tuple[str, str]:
    """From which day to which (both included) events count when this period is counted.

    Parameters
    ----------
    params
        Which events, and since when or for how many months.
    period
        The name of the period that is counted.

    Raises
    ------
    EvidenceError
        When the days follow from a period that is none of the calendar's.
    """
    if params.months is None:
        return params.since, params.until
    window = months_up_to(period, params.months)
    if window is None:
        raise EvidenceError("period-not-of-calendar", period=period)
    return window


def _event(step: PlanStep, params: EventParams, context: Context) -> dict[Key, Value]:
    sums = dict.fromkeys(context.facts, Fraction(0))
    since, until = event_days(params, context.evidence.period)
    for one in sorted(context.evidence.events, key=lambda event: (event.on, event.kind, event.reason)):
        if one.kind in params.kinds and since <= one.on <= until and one.subject in sums:
            sums[one.subject] += one.amount if params.what == "amount" else 1
            amount = str(one.amount) if params.what == "amount" else ""
            note_down(context, step, {(one.subject,): Note(on=one.on, reason=one.reason, amount=amount, entered=one.entered)})
    return {(subject,): value for subject, value in sums.items()}


@dataclass(frozen=True)
class PastParams:
    """Which quantity of earlier periods, of which periods (None: those that occur), of the latest how many."""

    quantity: str
    periods: tuple[str, ...] | None
    last: int | None
    back: int | None = None  # so many periods right before the counted one, whether or not anybody has a result


def _past(step: PlanStep, params: PastParams, context: Context) -> dict[Key, Value]:
    mine = [one for one in context.evidence.past if one.quantity == params.quantity]
    found = collect_unique([((one.subject, one.period), one.value) for one in mine], params.quantity)
    periods = params.periods or tuple(sorted({one.period for one in mine}))
    if params.back is not None:
        periods = before(context.evidence.period, params.back)
        if not periods:
            raise EvidenceError("period-not-of-calendar", period=context.evidence.period)
    if params.last is not None:
        periods = tuple(sorted(periods))[-params.last :]
    cells: dict[Key, Value] = {
        (subject, period): found.get((subject, period), Missing(Reason.NO_RESULT))
        for subject in context.facts
        for period in periods or ("none",)
    }
    note_down(
        context,
        step,
        {
            (one.subject, one.period): Note(reason=one.reason, entered=one.entered)
            for one in mine
            if (one.subject, one.period) in cells
        },
    )
    return cells


DATED: tuple[OpSpec[Any], ...] = (
    OpSpec(
        id="event",
        title=NC_("step of a plan", "事件"),
        why="merits and demerits: counted or added up, within a span of days",
        parameters=("kinds", "what", "since", "until", "months"),
        read=_read_event,
        axes=lambda _p, _k: ("subject",),
        run=_event,
        operands=nothing,
    ),
    OpSpec(
        id="past",
        title=NC_("step of a plan", "往期结果"),
        why="means over years, look-back windows, two bad years running",
        parameters=("quantity", "periods", "last", "back"),
        read=lambda reader: PastParams(
            reader.listed_name(reader.need("quantity"), "past"),
            reader.opt_texts("periods"),
            *(reader.opt_integer(key) for key in ("last", "back")),
        ),
        axes=lambda _p, _k: ("subject", "period"),
        run=_past,
        operands=nothing,
    ),
)
