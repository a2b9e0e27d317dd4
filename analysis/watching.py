"""What a count noticed about its evidence: rows that nothing read, days and periods outside their window, cases that two claim
or none, shares above one. It informs and never changes a value; whoever counts again may leave it out.

May not live here: sentences, and anything that makes a cell (`ops`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from analysis.context import Context, Finding
from analysis.evidence import Event, Evidence
from analysis.joins import read_column, unite_keys
from analysis.ops.dated import EventParams, PastParams, event_days
from analysis.ops.sources import NamedParams
from analysis.periods import CalendarPeriod, alike, calendar_period, holes
from analysis.plan import Plan
from analysis.reasons import Reason
from analysis.spec import PlanStep
from analysis.step_names import quantity_of
from analysis.values import Missing, Table

#: Why an output has no value although the evidence was there: the scheme has no answer for this case.
UNCLAIMED = {Reason.NO_CASE: "no_case", Reason.IN_NO_BAND: "in_no_band", Reason.NO_ROW: "no_row"}
NAMED_MOST = 3  # subjects named in one finding; of more only their number is told


def watched(plan: Plan, context: Context) -> list[Finding]:
    """Everything noticed, after all steps have run.

    Parameters
    ----------
    plan
        The plan that was counted.
    context
        Its evidence and tables.

    Returns
    -------
    list of Finding
        Nothing for a plan without outputs: then nobody is shown anything.
    """
    if not plan.outputs:
        return []
    reached = _reached(plan)
    steps = [step for step in plan.steps if step.name in reached]
    looks: tuple[Callable[[list[PlanStep], Plan, Context], Iterable[Finding]], ...] = (
        _watches,
        _unclaimed,
        _forgotten,
        _silent_groups,
        _events,
        _earlier,
        _unread,
        _idle_decisions,
        _shares_among_points,
        _own_ballots,
        _relations,
    )
    return [one for look in looks for one in look(steps, plan, context)]


def _reached(plan: Plan) -> set[str]:
    """The steps that some output rests on."""
    waiting, found = list(plan.outputs), set[str]()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += plan.step(name).refs
    return found


def _about(code: str, step: str, subjects: Iterable[str], **parts: object) -> Finding:
    """One finding about several subjects: about one it bears the name, else it names the first and counts all."""
    names = sorted(set(subjects))
    who = {"who": _few(names), "n": str(len(names))}
    told = {name: str(part) for name, part in parts.items()} | who
    return Finding(code, names[0] if len(names) == 1 else "", quantity_of(step), told)


def _few(names: Sequence[str]) -> str:
    """The first of several names, as a finding lists them."""
    return " · ".join(names[:NAMED_MOST]) + (" …" if len(names) > NAMED_MOST else "")


# --- what the scheme asks to be watched --------------------------------------------------------------------------------------
def _watches(_: list[PlanStep], plan: Plan, context: Context) -> Iterator[Finding]:
    for one in plan.watches:
        tables = [context.tables[name] for name in one.of]
        if one.kind == "cases":
            yield from _overlaps(one.name, tables)
        elif one.kind == "share":
            yield from _above_one(one.name, tables[0])
        elif one.kind == "periods":
            yield from _weighted_periods(one.name, tables[0], one.labels)


def _overlaps(name: str, conditions: list[Table]) -> Iterator[Finding]:
    """Subjects for whom two of the conditions hold that may never hold together."""
    axes, keys = unite_keys(conditions)
    columns = [read_column(table, axes, keys) for table in conditions]
    twice = [key for key, row in zip(keys, zip(*columns, strict=True), strict=True) if sum(one is True for one in row) > 1]
    if twice:
        at = axes.index("subject") if "subject" in axes else None
        yield _about("cases_overlap", name, ["" if at is None else key[at] for key in twice])


def _above_one(name: str, table: Table) -> Iterator[Finding]:
    high = {key: value for key, value in table.cells.items() if isinstance(value, Fraction) and value > 1}
    if high:
        at = table.axes.index("subject") if "subject" in table.axes else None
        most = max(high.values())
        yield _about("share_above_one", name, ["" if at is None else key[at] for key in high], value=most)


def _weighted_periods(name: str, table: Table, labels: tuple[str, ...]) -> Iterator[Finding]:
    """Periods that have a weight and no result of anybody, and results of periods that have no weight."""
    there = {key[table.axes.index("period")] for key, value in table.cells.items() if not isinstance(value, Missing)}
    for code, periods in (("weight_without_period", set(labels) - there), ("period_without_weight", there - set(labels))):
        if periods:
            yield Finding(code, "", quantity_of(name), {"periods": " · ".join(sorted(periods)), "n": str(len(periods))})


# --- cases nobody claims -----------------------------------------------------------------------------------------------------
def _unclaimed(_: list[PlanStep], plan: Plan, context: Context) -> Iterator[Finding]:
    told: set[tuple[str, tuple[str, ...]]] = set()
    for name in plan.outputs:
        table = context.tables[name]
        at = table.axes.index("subject") if "subject" in table.axes else None
        for reason, code in UNCLAIMED.items():
            cells = [key for key, value in table.cells.items() if isinstance(value, Missing) and value.reason == reason]
            who = tuple(sorted({"" if at is None else key[at] for key in cells}))
            if who and (code, who) not in told:  # what rests on such a cell is missing for the same reason
                told.add((code, who))
                yield _about(code, name, who)


def _forgotten(steps: list[PlanStep], plan: Plan, context: Context) -> Iterator[Finding]:
    """Subjects without a number that most others have, and without a result for want of it."""
    without = {
        key[table.axes.index("subject")]
        for name in plan.outputs
        if "subject" in (table := context.tables[name]).axes
        for key, value in table.cells.items()
        if isinstance(value, Missing) and value.reason == Reason.NO_EVIDENCE
    }
    for name in dict.fromkeys(step.params.name for step in steps if step.op == "component"):
        have = {one.subject for one in context.evidence.components if one.name == name}
        gone = without - have
        if gone and len(gone) < len(have):
            yield _about("number_forgotten", "", gone, name=name)


# --- groups without a ballot -------------------------------------------------------------------------------------------------
def _silent_groups(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    """Groups that have a form in a unit and no ballot from it, where nobody wrote down that there was none."""
    if not any(step.op in ("tally", "mark") for step in steps):
        return
    cast: Counter[tuple[str, str]] = Counter()
    for book in context.tally.books:
        cast[book.group, book.unit] += book.cast
    none = {(one.group, one.unit) for one in context.evidence.heads if 0 in (one.entitled, one.present, one.issued)}
    silent = sorted(place for place, number in cast.items() if not number and place not in none)
    for group in dict.fromkeys(group for group, _ in silent):
        units = [unit for one, unit in silent if one == group]
        parts = {"group": group, "units": _few(units)}
        code = "no_ballots_in" if any(units) else "no_ballots"
        yield Finding(code, "", "", parts | {"n": str(len(units))})


# --- events ------------------------------------------------------------------------------------------------------------------
def _events(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    reads: list[EventParams] = [step.params for step in steps if step.op == "event"]
    counted = {kind for one in reads if one.what == "count" for kind in one.kinds}
    summed = {kind for one in reads if one.what == "amount" for kind in one.kinds}
    events = context.evidence.events
    if ignored := [one for one in events if one.kind in counted - summed and one.amount != 1]:
        yield _of_events("amount_ignored", ignored)
    if below := [one for one in events if one.amount < 0]:
        yield _of_events("amount_below_zero", below)
    dated = {kind for kind in counted | summed if all(_dated(one) for one in reads if kind in one.kinds)}
    outside = [one for one in events if one.kind in dated and not any(_holds(read, one, context) for read in reads)]
    if outside:
        yield _of_events("event_outside", outside)
    free = [one for one in events if one.kind in (counted | summed) - dated]
    period = calendar_period(context.evidence.period)
    if period is not None:
        other = [one for one in free if not period.first <= one.on < period.after]
        if other:
            yield _of_events("event_outside_period", other, period=context.evidence.period)
    elif len(years := sorted({one.on[:4] for one in free})) > 1:
        yield _of_events("events_of_several_years", free, first=years[0], last=years[-1])


def _dated(read: EventParams) -> bool:
    return bool(read.since) or read.until != "9999-12-31" or read.months is not None


def _holds(read: EventParams, one: Event, context: Context) -> bool:
    since, until = event_days(read, context.evidence.period)
    return one.kind in read.kinds and since <= one.on <= until


def _of_events(code: str, events: list[Event], **parts: str) -> Finding:
    kinds = " · ".join(sorted({one.kind for one in events}))
    return _about(code, "", [one.subject for one in events], rows=len(events), kind=kinds, **parts)


def earlier_contradictions(plan: Plan, evidence: Evidence) -> list[Finding]:
    """What does not fit among earlier results, before anything is counted: periods that are absent, unlisted or not earlier.

    Parameters
    ----------
    plan
        The plan that will be counted.
    evidence
        Its earlier results and the period counted.
    """
    reached = _reached(plan)
    return list(_past([step for step in plan.steps if step.name in reached], evidence))


# --- earlier results ---------------------------------------------------------------------------------------------------------
def _earlier(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    return _past(steps, context.evidence)


def _past(steps: list[PlanStep], evidence: Evidence) -> Iterator[Finding]:
    for quantity in dict.fromkeys(step.params.quantity for step in steps if step.op == "past"):
        rows = [one for one in evidence.past if one.quantity == quantity]
        reads: list[PastParams] = [step.params for step in steps if step.op == "past" and step.params.quantity == quantity]
        yield from _past_of(quantity, sorted({one.period for one in rows}), reads, evidence.period)


def _past_of(quantity: str, periods: list[str], reads: list[PastParams], period: str) -> Iterator[Finding]:
    def tell(code: str, found: Iterable[str], **parts: str) -> Finding:
        names = list(found)
        return Finding(code, "", quantity, {"quantity": quantity, "periods": _few(names), "n": str(len(names)), **parts})

    if not alike(periods):
        yield tell("periods_unlike", periods)
        return
    now = calendar_period(period)
    if now is not None:
        late = [one for one in periods if (at := calendar_period(one)) is not None and _not_before(at, now)]
        if late:
            yield tell("period_not_earlier", late, period=period)
    windows = {one.last for one in reads if one.last is not None and one.periods is None}
    named = {period for one in reads for period in one.periods or ()}
    if windows:
        most = max(windows)
        read = periods[-most:]
        if gone := _between(read, period):
            yield tell("period_gap", gone, last=str(most))
        older = [one for one in periods[:-most] if one not in named]
        if older and all(one.last is not None or one.periods is not None for one in reads):
            yield tell("period_outside", older, last=str(most))
    elif named and all(one.periods is not None for one in reads) and (other := [one for one in periods if one not in named]):
        yield tell("period_unlisted", other)


def _not_before(one: CalendarPeriod, now: CalendarPeriod) -> bool:
    """Whether a period is the one counted or a later one. The quarters of the year counted are what it is made of."""
    return one.first >= (now.first if one.many == now.many else now.after)


def _between(read: list[str], period: str) -> list[str]:
    """Periods that ought to be among those read and have no result of anybody: between them, and up to the one counted."""
    upto = [*read, period] if read and calendar_period(period) is not None and period > read[-1] else read
    return [one for one in holes(upto) if one not in read]


# --- rows nothing reads ------------------------------------------------------------------------------------------------------
def _unread(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    """Evidence of a name that no output rests on: it was entered, and it changes nothing."""
    named: dict[str, set[str]] = {"component": set(), "decision": set(), "event": set(), "past": set()}
    for step in steps:
        if isinstance(step.params, NamedParams) and step.op in named:
            named[step.op].add(step.params.name)
        elif step.op == "event":
            named["event"] |= step.params.kinds
        elif step.op == "past":
            named["past"].add(step.params.quantity)
    rows = (
        ("component", [(one.name, one.subject) for one in context.evidence.components]),
        ("event", [(one.kind, one.subject) for one in context.evidence.events]),
        ("past", [(one.quantity, one.subject) for one in context.evidence.past]),
        ("decision", [(one.name, one.subject) for one in context.evidence.decisions]),
    )
    for op, given in rows:
        for name in dict.fromkeys(name for name, _ in given if name not in named[op]):
            mine = [subject for one, subject in given if one == name]
            yield _about("row_unread", "", mine, name=name, rows=len(mine))


def _idle_decisions(steps: list[PlanStep], plan: Plan, context: Context) -> Iterator[Finding]:
    """Decisions about subjects who have no value in any output that rests on the decision."""
    for step in steps:
        if step.op != "decision":
            continue
        rests = _resting(plan, step.name)
        outputs = [context.tables[name] for name in plan.outputs if name in rests and "subject" in plan.step(name).axes]
        has = {
            key[table.axes.index("subject")]
            for table in outputs
            for key, value in table.cells.items()
            if not isinstance(value, Missing)
        }
        idle = [one.subject for one in context.evidence.decisions if one.name == step.params.name and one.subject not in has]
        if outputs and idle:
            yield _about("decision_idle", step.name, idle, name=step.params.name)


def _resting(plan: Plan, name: str) -> set[str]:
    """The steps that rest on one."""
    found = {name}
    for step in plan.steps:  # a step reads earlier ones only
        if found & set(step.refs):
            found.add(step.name)
    return found


# --- numbers and relations that are unlike all the others ---------------------------------------------------------------------
def _shares_among_points(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    """Numbers between nought and one where everybody else's are tens: 0.92 for 92."""
    for name in dict.fromkeys(step.params.name for step in steps if step.op == "component"):
        mine = [one for one in context.evidence.components if one.name == name]
        small = [one for one in mine if 0 < one.value < 1]
        if small and len(mine) > 2 * len(small) and all(one.value >= 10 for one in mine if one not in small):
            yield _about("share_among_points", "", [one.subject for one in small], name=name)


def _own_ballots(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    """Head-counts a share is taken of, where the subject is one of those counted and cannot rate themselves."""
    wanted = [step for step in steps if step.op == "heads" and step.params.what in ("entitled", "present", "issued", "returned")]
    if not wanted:
        return
    holding: dict[tuple[str, str], list[set[str]]] = {}
    for book in context.tally.books:
        if book.cast:
            holding.setdefault((book.group, book.unit), []).append({slot.subject for slot in book.slots})
    for step in wanted:
        groups = step.params.groups
        own = {
            subject
            for (group, _unit), styles in holding.items()
            if groups is None or group in groups
            for subject in set().union(*styles)
            if not all(subject in style for style in styles)
        }
        if own:
            yield _about("own_ballot_in_base", step.name, own)


def _relations(steps: list[PlanStep], _: Plan, context: Context) -> Iterator[Finding]:
    """Subjects whose relation is unlike everybody else's: to themselves, to another unit, to nobody, to one who has it too."""
    for relation in dict.fromkeys(step.params.relation for step in steps if step.op in ("follow", "gather")):
        facts = context.facts
        to = {subject: other for subject in facts if (other := context.related(subject, relation)) is not None}
        odd = {
            "relation_self": ({one for one, other in to.items() if one == other}, len(facts) * 2),
            "relation_elsewhere": ({one for one, other in to.items() if _unit(facts[one]) != _unit(facts[other])}, len(to)),
            "relation_chain": ({one for one, other in to.items() if one != other and other in to}, len(to)),
            "relation_missing": (
                {one for one in facts if one not in to and one not in to.values()},
                len({one for one in facts if one not in to.values()}),
            ),
        }
        for code, (who, all_of_them) in odd.items():
            if who and len(who) * 2 < all_of_them:
                yield _about(code, "", who, name=relation)


def _unit(facts: Mapping[str, str]) -> str:
    return facts.get("unit", "")
