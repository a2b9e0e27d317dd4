"""What a condition claims: values of facts and stretches of numbers, so that two cases claiming one situation are found."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import floor, prod

from analysis.numerals import decimal
from questionnaires.compiling.call import RuleUse
from questionnaires.compiling.expressions import COMPARISONS, Expression, constant, parse
from questionnaires.compiling.quantity import GiveUp
from questionnaires.language.nodes import Node
from questionnaires.rules.scoped_rows import check_scopes
from questionnaires.telling import Listed


def disjoint(call: RuleUse, conditions: list[Node], *, otherwise: bool) -> None:
    """Two cases that only ask facts, or bound numbers, may not both hold. What cannot be proved is left to the order."""
    if _tried(call, conditions, otherwise=otherwise):
        return
    claims: list[tuple[Node, _Claim]] = []
    scopes: list[tuple[Node, dict[str, tuple[str, ...]]]] = []
    for node in conditions:
        expression = _read(call, node)
        claim = None if expression is None else _claim(call, expression)
        if claim is not None:
            claims.append((node, claim))
            scopes += [(node, claim.facts)] if not claim.limits else []
    if len(scopes) == len(conditions):
        check_scopes(call, scopes, otherwise=otherwise)
        return
    for at, (first, one) in enumerate(claims):
        for second, other in claims[at + 1 :]:
            if (said := one.meets(other)) is not None:
                call.compiler.reader.bad(second, "cases-overlap", a=first.line, b=second.line, value=said)


MOST_WORLDS = 20_000


def _tried(call: RuleUse, conditions: list[Node], *, otherwise: bool) -> bool:
    """Every situation that can differ, tried out, where the cases ask facts and at most one quantity: then it is known.

    Conditions over several quantities may exclude each other for reasons that stand in no condition (two shares of one whole);
    for those the count itself watches. Whether all was known.
    """
    draft = call.compiler.draft
    parsed = [_read(call, node) for node in conditions]
    if any(one is None for one in parsed):
        return False
    expressions = [one for one in parsed if one is not None]
    names = dict.fromkeys(name.word for one in expressions for name in one.names() if not _is_word(call, name.word))
    asked = [name for name in names if name not in draft.facts or not draft.facts[name].values]
    points: dict[str, Sequence[Fraction | str]] = {}
    for name in names:
        found = tuple(draft.facts[name].values) if name not in asked else _points(call, name, expressions)
        if not found:
            return False
        points[name] = found
    if len(asked) != 1 or prod(len(one) for one in points.values()) > MOST_WORLDS:
        return False
    gap, meets = None, dict[tuple[int, int], Listed]()
    for world in product(*points.values()):
        here = dict(zip(points, world, strict=True))
        verdicts = [_holds(call, one, here) for one in expressions]
        if None in verdicts:
            return False
        hits = [at for at, verdict in enumerate(verdicts) if verdict]
        if not hits and gap is None:
            gap = _situation(here)
        for pair in list(combinations(hits, 2))[:1]:
            meets.setdefault(pair, _situation(here))
    for (first, second), said in meets.items():
        a, b = conditions[first].line, conditions[second].line
        call.compiler.reader.bad(conditions[second], "cases-overlap", a=a, b=b, value=said)
    if gap is not None and not otherwise and _ordered(expressions):
        call.compiler.reader.bad(conditions[0], "cases-gap", name=call.name, case=gap)
    return True


def _read(call: RuleUse, node: Node) -> Expression | None:
    """A condition written as a formula; None for a rule written in place."""
    if call.compiler.reader.unwrap(node).kind != "scalar":
        return None
    return parse(call.compiler.reader.plain(node), call.compiler.phrases)


def _is_word(call: RuleUse, name: str) -> bool:
    """Whether a name in a formula is only a word that something is compared with."""
    return name not in call.compiler.definitions and name not in call.compiler.draft.values


def _ordered(expressions: Iterable[Expression]) -> bool:
    """Whether any case asks for more or less; a list of exact values (three, five or seven judges) says by itself what it leaves
    out, and what comes otherwise is found by the count."""
    return any(one.op in {"<", "<=", ">", ">="} or _ordered(one.args) for one in expressions)


def _points(call: RuleUse, name: str, expressions: Sequence[Expression]) -> tuple[Fraction | str, ...]:
    """Values of one quantity that can make a difference: its grades, or every bound, between them and beyond."""
    try:
        found = call.compiler.named(name)
    except GiveUp:
        return ()
    if found is None or found.kind == "truth":
        return ()
    if found.kind == "text":
        return found.grades
    bounds = sorted({bound for one in expressions for bound in _bounds(one, name)})
    if not bounds:
        return ()
    between = [(low + high) / 2 for low, high in pairwise(bounds)]
    tried = {*bounds, *between, bounds[0] - 1, bounds[-1] + 1}
    if found.span.whole:
        tried = {Fraction(floor(end) + step) for end in bounds for step in (-1, 0, 1)}
    return tuple(sorted(one for one in tried if not found.span.beyond(one)))


def _bounds(expression: Expression, name: str) -> Iterator[Fraction]:
    for at, arg in enumerate(expression.args):
        if expression.op in COMPARISONS and arg.op == "name" and arg.word == name:
            bound = constant(expression.args[1 - at])
            if bound is not None:
                yield bound
        yield from _bounds(arg, name)


def _holds(call: RuleUse, expression: Expression, world: Mapping[str, Fraction | str]) -> bool | None:
    """Whether a condition holds in a situation; None where it asks for more than facts and constants can say."""
    if expression.op in {"and", "or", "not"}:
        parts = [_holds(call, arg, world) for arg in expression.args]
        if None in parts:
            return None
        return not parts[0] if expression.op == "not" else all(parts) if expression.op == "and" else any(parts)
    sides = [_side(call, arg, world) for arg in expression.args] if expression.op in COMPARISONS else []
    return _compared(expression.op, sides[0], sides[1]) if sides and all(sides) else None


def _compared(op: str, left: tuple[Fraction | str, ...], right: tuple[Fraction | str, ...]) -> bool | None:
    if op in {"=", "!="}:
        return bool(set(left) & set(right)) == (op == "=")
    one, other = left[0], right[0]
    if isinstance(one, str) or isinstance(other, str):
        return None
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[op]


def _side(call: RuleUse, expression: Expression, world: Mapping[str, Fraction | str]) -> tuple[Fraction | str, ...]:
    """What stands on one side of a comparison: one value, or all those an umbrella word means; nothing where it is not known."""
    if expression.op in {"name", "text"}:
        if expression.op == "name" and expression.word in world:
            return (world[expression.word],)
        if expression.op == "name" and not _is_word(call, expression.word):
            return ()
        opened = [table[expression.word] for table in call.compiler.draft.umbrellas.values() if expression.word in table]
        return tuple(opened[0]) if opened else (expression.word,)
    bound = constant(expression)
    return () if bound is None else (bound,)


def _situation(world: Mapping[str, Fraction | str]) -> Listed:
    return Listed(tuple(f"{name} = {one if isinstance(one, str) else decimal(one)}" for name, one in world.items()))


_FAR = Fraction(10) ** 30
End = tuple[Fraction, int]  # a bound, and 0 when it belongs, +1 just above it, -1 just below


@dataclass(frozen=True)
class _Claim:
    """What a case claims: which values of facts, and which stretch of each number."""

    facts: dict[str, tuple[str, ...]]
    limits: dict[str, tuple[End, End]]

    def meets(self, other: _Claim) -> Listed | None:
        """A situation both claim, in words; None when there is none, or when it cannot be proved because one bounds a number
        the other does not ask for and the other way round."""
        if set(self.limits) - set(other.limits) and set(other.limits) - set(self.limits):
            return None
        said = []
        for fact in dict.fromkeys((*self.facts, *other.facts)):
            mine, theirs = self.facts.get(fact), other.facts.get(fact)
            both = [value for value in mine or theirs or () if value in (theirs or mine or ())]
            if not both:
                return None
            said.append(f"{fact} = {both[0]}")
        for name in dict.fromkeys((*self.limits, *other.limits)):
            ends = [claim.limits[name] for claim in (self, other) if name in claim.limits]
            bottom, top = max(low for low, _ in ends), min(high for _, high in ends)
            if bottom[0] > top[0] or (bottom[0] == top[0] and not bottom[1] == 0 == top[1]):
                return None
            sign = ">" if bottom[1] else ">=" if bottom[0] != top[0] else "="
            said.append(f"{name} {sign} {decimal(bottom[0])}" if bottom[0] > -_FAR else f"{name} = {decimal(top[0] - 1)}")
        return Listed(tuple(said))


def _claim(call: RuleUse, expression: Expression) -> _Claim | None:
    """A condition as a claim over facts and stretches of numbers; None when it is anything else."""
    if expression.op == "and":
        left, right = (_claim(call, arg) for arg in expression.args)
        if left is None or right is None or set(left.facts) & set(right.facts) or set(left.limits) & set(right.limits):
            return None
        return _Claim({**left.facts, **right.facts}, {**left.limits, **right.limits})
    if (scope := _scope(call, expression)) is not None:
        return _Claim(scope, {})
    limit = _limit(expression)
    return None if limit is None else _Claim({}, {limit[0]: (limit[1], limit[2])})


def _limit(expression: Expression) -> tuple[str, End, End] | None:
    """`score >= 90` as the stretch it claims: ends with 0 when they belong, +1 just above, -1 just below."""
    if expression.op not in COMPARISONS or expression.args[0].op != "name":
        return None
    bound = constant(expression.args[1])
    if bound is None:
        return None
    name, bottom, top = expression.args[0].word, (-_FAR, 0), (_FAR, 0)
    return {
        ">=": (name, (bound, 0), top),
        ">": (name, (bound, 1), top),
        "<=": (name, bottom, (bound, 0)),
        "<": (name, bottom, (bound, -1)),
        "=": (name, (bound, 0), (bound, 0)),
    }.get(expression.op)


def _scope(call: RuleUse, expression: Expression) -> dict[str, tuple[str, ...]] | None:
    """`position = principal and class = towns` as a scope over facts, None when it is anything else."""
    draft = call.compiler.draft
    if expression.op == "and":
        left, right = (_scope(call, arg) for arg in expression.args)
        return None if left is None or right is None or set(left) & set(right) else {**left, **right}
    if expression.op in {"=", "or"}:
        if expression.op == "or":
            left, right = (_scope(call, arg) for arg in expression.args)
            if left is None or right is None or list(left) != list(right) or len(left) != 1:
                return None
            fact = next(iter(left))
            return {fact: (*left[fact], *right[fact])}
        name, word = expression.args
        if name.op == "name" and name.word in draft.facts and word.op in {"name", "text"} and draft.facts[name.word].values:
            return {name.word: draft.values_of(name.word, word.word)}
    return None
