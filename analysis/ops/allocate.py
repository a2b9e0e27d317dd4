"""The op `allocate`: a pool into tiers under least, most and target shares, best first, with every choice stated.

Nothing here prefers one of two equal subjects: what the tie rule leaves open becomes a finding, never an accident of order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from analysis.axes import Axes, Operand
from analysis.context import Context, Finding
from analysis.errors import AnalysisError, PlanError
from analysis.ops.kinds import as_number
from analysis.ops.relate import Pool, check_pool, competing, pool_of, pool_operands, standing
from analysis.parameters import ParameterReader
from analysis.reasons import Reason
from analysis.rounding import MODES, to_whole
from analysis.saying import NC_
from analysis.spec import Competing, OpSpec, PlanStep
from analysis.values import NOT_APPLICABLE, Key, Missing, Value, applicable, number, text_of


@dataclass(frozen=True)
class TierAmount:
    """How many: a share of the pool, a count, or a step that gives the count."""

    share: Fraction | None = None
    count: Fraction | None = None
    step: str | None = None


@dataclass(frozen=True)
class TierLimits:
    """The amounts of one tier."""

    least: TierAmount | None
    most: TierAmount | None
    target: TierAmount | None


@dataclass(frozen=True)
class Tier:
    """One tier: its amounts, who may have it (`when`), and whether `most` and `target` only inform."""

    grade: str
    limits: TierLimits
    when: str | None
    soft: bool


@dataclass(frozen=True, kw_only=True)
class AllocateParams:
    """How a pool is shared out among tiers, best first.

    `rounding`: how shares become whole places, one of `rounding.MODES` for every amount; or "largest_remainder", which shares out
    the targets by Hamilton's method and rounds `least` up and `most` down. `small`: amounts used instead in pools of at most so
    many.
    """

    of: str
    pool: tuple[str, ...]
    high: bool
    tiers: tuple[Tier, ...]
    rounding: str
    ties: str
    by: tuple[str, ...]
    eligible: str | None
    small: tuple[tuple[Fraction, tuple[TierLimits, ...]], ...]


@dataclass(frozen=True)
class Size:
    """The amounts of one tier in one pool, as whole numbers."""

    least: int
    most: int | None
    target: int | None


@dataclass
class Member:
    """A subject of the pool: its standing by value alone and with the tie breakers."""

    subject: str
    value: tuple[Any, ...]
    broken: tuple[Any, ...]
    tier: int | None = None


@dataclass
class TierFilling:
    """The state while tiers are filled: places carried to the next target and the next `most`."""

    members: list[Member]
    carry: int = 0
    extra: int = 0
    unbroken: list[int] = field(default_factory=list)
    tied: dict[int, tuple[int, int]] = field(
        default_factory=dict
    )  # tier -> how many stood level at its edge, for how many places


_AMOUNTS = ("least", "most", "target")
_ROUNDINGS = (*MODES, "largest_remainder")
_TIES = ("promote", "demote", "share_worst", "break")


def _read_amount(reader: ParameterReader, name: str) -> TierAmount | None:
    raw = reader.get(name)
    if raw is None:
        return None
    if not isinstance(raw, dict) or len(raw) != 1:
        raise PlanError("not-an-amount", name=name)
    inner = reader.sub(raw, ("share", "count", "step"))
    amount = TierAmount(inner.opt_number("share"), inner.opt_number("count"), inner.opt_ref("step"))
    if (amount.share or 0) < 0 or (amount.count or 0) < 0 or (amount.count or Fraction(0)).denominator != 1:
        raise PlanError("not-share-or-count", name=name, given=raw)
    return amount


def _read_limits(reader: ParameterReader) -> TierLimits:
    return TierLimits(_read_amount(reader, "least"), _read_amount(reader, "most"), _read_amount(reader, "target"))


def _read_allocate(reader: ParameterReader) -> AllocateParams:
    tiers = []
    for raw in reader.listed("tiers"):
        tier = reader.sub(raw, ("grade", *_AMOUNTS, "when", "soft"))
        tiers.append(Tier(tier.text("grade"), _read_limits(tier), tier.opt_ref("when"), tier.truth("soft")))
    if not tiers or len({tier.grade for tier in tiers}) != len(tiers):
        raise PlanError("tiers-alike")
    small = []
    for raw in reader.listed("small"):
        row = reader.sub(raw, ("up_to", "tiers"))
        limits = tuple(_read_limits(reader.sub(one, _AMOUNTS)) for one in row.listed("tiers"))
        if len(limits) != len(tiers):
            raise PlanError("small-tiers", wanted=len(tiers), given=len(limits))
        small.append((number(row.need("up_to")), limits))
    ties, by = reader.choice("ties", _TIES), reader.refs_in("by")
    if bool(by) != (ties == "break"):
        raise PlanError("break-and-by")
    return AllocateParams(
        of=reader.ref("of"),
        pool=reader.refs_in("pool"),
        high=reader.choice("order", ("high", "low"), "high") == "high",
        tiers=tuple(tiers),
        rounding=reader.choice("rounding", _ROUNDINGS),
        ties=ties,
        by=by,
        eligible=reader.opt_ref("eligible"),
        small=tuple(small),
    )


def _steps(params: AllocateParams) -> list[str]:
    rows = [tier.limits for tier in params.tiers] + [limits for _, row in params.small for limits in row]
    amounts = [amount for limits in rows for amount in (limits.least, limits.most, limits.target)]
    given = [amount.step for amount in amounts if amount is not None]
    return [name for name in (*given, *(tier.when for tier in params.tiers), params.eligible) if name is not None]


def _axes(params: AllocateParams, known: Mapping[str, Axes]) -> Axes:
    check_pool((params.of, *params.pool, *params.by), known)
    for name in _steps(params):
        if known[name] not in ((), ("subject",)):
            raise PlanError("tiers-not-by-subject", of=name)
    return ("subject",)


def _cell(name: str, subject: str, context: Context) -> Value:
    table = context.tables[name]
    return table.cells.get((subject,) if table.axes else (), NOT_APPLICABLE)


def _allocate(step: PlanStep, params: AllocateParams, context: Context) -> dict[Key, Value]:
    cells: dict[Key, Value] = {}
    pools: dict[Pool, list[Member]] = {}
    plain = standing(context, ("subject",), (), high=params.high)
    broken = standing(context, ("subject",), params.by, high=params.high)
    for key, value in context.tables[params.of].cells.items():
        pool = pool_of(params.pool, key[0], context)
        if isinstance(value, Missing):
            cells[key] = Missing(Reason.NOT_RATED)
        elif params.eligible is not None and _cell(params.eligible, key[0], context) is not True:
            cells[key] = Missing(Reason.NOT_ELIGIBLE)
        elif isinstance(pool, Missing):
            cells[key] = pool
        else:
            member = Member(key[0], plain(key, as_number(value)), broken(key, as_number(value)))
            pools.setdefault(pool, []).append(member)
    for pool in sorted(pools):
        members = sorted(pools[pool], key=lambda member: (member.broken, member.subject))
        sizes = _sizes(params, members, context)
        state = TierFilling(members)
        for index in range(len(params.tiers)):
            _fill_tier(params, index, sizes, state, context)
        for member in members:
            cells[(member.subject,)] = Missing(Reason.IN_NO_TIER) if member.tier is None else params.tiers[member.tier].grade
        context.findings.extend(_findings(step, params, " · ".join(pool), sizes, state))
    return applicable(cells)


def _sizes(params: AllocateParams, members: Sequence[Member], context: Context) -> list[Size]:
    size = len(members)
    rows = next((row for up_to, row in params.small if size <= up_to), tuple(tier.limits for tier in params.tiers))
    by_remainder = params.rounding == "largest_remainder"
    modes = ("up", "down", "down") if by_remainder else (params.rounding,) * 3
    sizes = []
    for limits in rows:
        least, most, target = (
            None if amount is None else _whole(amount, mode, members, context)
            for amount, mode in zip((limits.least, limits.most, limits.target), modes, strict=True)
        )
        sizes.append(Size(least or 0, most, target))
    return _with_remainders(rows, sizes, size) if by_remainder else sizes


def places(step: PlanStep, subjects: Sequence[str], context: Context) -> dict[str, Size]:
    """How many places each grade has in one pool, by grade; nothing where nobody of it takes part.

    Parameters
    ----------
    step
        An `allocate` step.
    subjects
        The pool: those of them that have a value, and may take part, count.
    context
        The tables of the count.
    """
    params: AllocateParams = step.params
    table = context.tables[params.of]
    inside = [
        Member(subject, (), ())
        for subject in subjects
        if isinstance(table.cells.get((subject,)), Fraction)
        and (params.eligible is None or _cell(params.eligible, subject, context) is True)
    ]
    sizes = _sizes(params, inside, context) if inside else []
    return {tier.grade: size for tier, size in zip(params.tiers, sizes, strict=False)}


def _whole(amount: TierAmount, mode: str, members: Sequence[Member], context: Context) -> int:
    if amount.share is not None:
        return to_whole(amount.share * len(members), mode)
    if amount.count is not None:
        return int(amount.count)
    found = {_cell(amount.step or "", member.subject, context) for member in members}
    value = found.pop()
    if found or not isinstance(value, Fraction) or value.denominator != 1 or value < 0:
        raise AnalysisError("places-not-whole", of=amount.step, value=text_of(value))
    return int(value)


def _with_remainders(rows: Sequence[TierLimits], sizes: list[Size], size: int) -> list[Size]:
    """Target shares as whole places by the largest remainder, which is Hamilton's method.

    Every tier gets the whole part of its share; the places still wanting go one each to the greatest remainders, of equal ones to
    the better tier. Where the shares add up to less than 1, as many are shared out as their exact sum has whole places.

    References
    ----------
    .. [1] M. L. Balinski, H. P. Young, Fair Representation: Meeting the Ideal of One Man, One Vote (1982).
    """
    exact = {order: row.target.share * size for order, row in enumerate(rows) if row.target and row.target.share is not None}
    wanting = int(sum(exact.values(), Fraction(0))) - sum(int(one) for one in exact.values())
    first = sorted(exact, key=lambda order: (-(exact[order] - int(exact[order])), order))[:wanting]
    return [Size(one.least, one.most, (one.target or 0) + 1) if order in first else one for order, one in enumerate(sizes)]


def _fill_tier(params: AllocateParams, index: int, sizes: Sequence[Size], state: TierFilling, context: Context) -> None:
    tier, own = params.tiers[index], sizes[index]
    left = [member for member in state.members if member.tier is None]
    places = _places(tier, own, sizes[index + 1 :], len(left), state)
    state.carry = state.extra = 0
    able = [member for member in left if tier.when is None or _cell(tier.when, member.subject, context) is True]
    chosen = able[:places]
    rest = able[places:]
    if chosen and rest and chosen[-1].value == rest[0].value:
        chosen = _settle(params, index, able, places, state)
    for member in chosen:
        member.tier = index


def _places(tier: Tier, own: Size, below: Sequence[Size], left: int, state: TierFilling) -> int:
    if not below:
        return left
    has_target = own.target is not None
    if has_target:
        kept = sum(size.least for size in below)
    else:
        kept = sum(max(size.target, size.least) if size.target is not None else size.least for size in below)
    places = left - kept
    if not tier.soft:
        if own.most is not None:
            places = min(places, own.most + state.extra)
        if own.target is not None:
            places = min(places, max(own.target + state.carry, own.least))
    return max(places, 0)


def _settle(params: AllocateParams, index: int, able: list[Member], places: int, state: TierFilling) -> list[Member]:
    """The members of a tier whose edge runs through subjects with one value."""
    edge = able[places - 1].value
    state.tied[index] = (sum(member.value == edge for member in able), places - sum(member.value < edge for member in able))
    if params.ties == "break":
        if able[places - 1].broken != able[places].broken:
            return able[:places]
        state.unbroken.append(index)
        edge_broken = able[places - 1].broken
        kept = [member for member in able[:places] if member.broken != edge_broken]
    elif params.ties == "promote":
        taken = [member for order, member in enumerate(able) if order < places or member.value == edge]
        state.carry = places - len(taken)
        return taken
    else:
        kept = [member for member in able[:places] if member.value != edge]
    state.carry = places - len(kept)
    state.extra = state.carry if params.ties == "share_worst" else 0
    return kept


def _findings(step: PlanStep, params: AllocateParams, pool: str, sizes: Sequence[Size], state: TierFilling) -> list[Finding]:
    size = len(state.members)
    found: list[Finding] = []

    def tell(code: str, grade: str, placed: int, wanted: int) -> None:
        parts = {"grade": grade, "placed": str(placed), "wanted": str(wanted), "n": str(size)}
        found.append(Finding(code, pool, step.name, parts))

    for index, (tier, own) in enumerate(zip(params.tiers, sizes, strict=True)):
        placed = sum(1 for member in state.members if member.tier == index)
        if index in state.unbroken:
            tell("tie_unbroken", tier.grade, placed, own.most if own.target is None and own.most is not None else own.target or 0)
        if placed < own.least:
            tell("quota_unmet", tier.grade, placed, own.least)
        if own.most is not None and placed > own.most:
            tell("soft_limit_exceeded" if tier.soft else "limit_exceeded", tier.grade, placed, own.most)
        if own.target is not None and placed != own.target:
            tell("target_missed", tier.grade, placed, own.target)
    for index, (level, open_places) in state.tied.items():
        if params.ties != "break":
            tell("tie_at_edge", params.tiers[index].grade, level, open_places)
    for index in _equal_remainders(params, sizes, size):
        tell("remainders_equal", params.tiers[index].grade, sizes[index].target or 0, sizes[index].target or 0)
    nowhere = sum(1 for member in state.members if member.tier is None)
    if nowhere:
        tell("in_no_tier", "", nowhere, 0)
    return found


def _equal_remainders(params: AllocateParams, sizes: Sequence[Size], size: int) -> list[int]:
    """Tiers that went without a place although their share's remainder is that of one that got it: the better is preferred."""
    if params.rounding != "largest_remainder":
        return []
    rows = next((row for up_to, row in params.small if size <= up_to), tuple(tier.limits for tier in params.tiers))
    got: dict[Fraction, set[bool]] = {}
    for row, own in zip(rows, sizes, strict=True):
        if row.target and row.target.share is not None:
            exact = row.target.share * size
            got.setdefault(exact - int(exact), set()).add((own.target or 0) > int(exact))
    torn = {remainder for remainder, both in got.items() if len(both) > 1}
    return [
        index
        for index, (row, own) in enumerate(zip(rows, sizes, strict=True))
        if row.target
        and row.target.share is not None
        and (exact := row.target.share * size) - int(exact) in torn
        and own.target == int(exact)
    ]


def _operands(step: PlanStep, params: AllocateParams, key: Key, context: Context) -> list[Operand]:
    own = [Operand("by", name, key) for name in params.by]
    for name in dict.fromkeys(_steps(params)):
        own.append(Operand("limit", name, key if context.tables[name].axes else ()))
    return pool_operands(params.pool, params.of, step.axes, key, own)


def _beside(step: PlanStep, params: AllocateParams, key: Key, context: Context) -> Competing:
    return competing(params.pool, params.of, step.axes, key, context)


ALLOCATE: OpSpec[AllocateParams] = OpSpec(
    id="allocate",
    title=NC_("step of a plan", "定等次"),
    why="top shares, forced distributions, small-unit tables, floors beside quotas",
    parameters=("of", "pool", "order", "tiers", "rounding", "ties", "by", "eligible", "small"),
    read=_read_allocate,
    axes=_axes,
    run=_allocate,
    operands=_operands,
    beside=_beside,
)
