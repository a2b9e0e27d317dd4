"""What a condition claims: values of facts and stretches of numbers, so that two cases claiming one situation are found."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import decimal
from questionnaires.compiling.call import RuleUse
from questionnaires.compiling.expressions import COMPARISONS, Expression, parse
from questionnaires.language.nodes import Node
from questionnaires.rules.scoped_rows import check_scopes
from questionnaires.telling import Listed


def disjoint(call: RuleUse, conditions: list[Node], *, otherwise: bool) -> None:
    """Two cases that only ask facts, or bound numbers, may not both hold. What cannot be proved is left to the order."""
    claims: list[tuple[Node, _Claim]] = []
    scopes: list[tuple[Node, dict[str, tuple[str, ...]]]] = []
    for node in conditions:
        expression = parse(call.compiler.reader.plain(node)) if call.compiler.reader.unwrap(node).kind == "scalar" else None
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


def constant(expression: Expression) -> Fraction | None:
    if expression.op == "num":
        return expression.number
    if expression.op == "/" and all(arg.op == "num" for arg in expression.args) and expression.args[1].number:
        return expression.args[0].number / expression.args[1].number
    return None


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
