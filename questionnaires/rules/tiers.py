"""Tiers under quotas: reading `at most 20%`, trying the quotas on every pool size, compiling to `allocate`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import in_full, shortened
from analysis.saying import N_
from questionnaires.compiling.call import RuleUse
from questionnaires.compiling.quantity import Quantity
from questionnaires.language.nodes import Node
from questionnaires.language.reader import exact
from questionnaires.language.words import CHOICES
from questionnaires.rules.outcomes import NOT_HERE
from questionnaires.telling import Keyword, briefly, said

LARGEST_POOL = 60  # quotas are tried on every pool up to this size before anyone votes


@dataclass(frozen=True)
class Quota:
    """How many a tier takes: (share, None) or (None, count) for each of least, most and about."""

    grade: str
    node: Node
    least: Fraction | int | None = None
    most: Fraction | int | None = None
    target: Fraction | int | None = None


_QUOTA = re.compile(
    r"(至多|最多|不超过|不多于|at most|至少|最少|不少于|at least|约|左右|about|)\s*"
    r"(\d+(?:\.\d+)?\s?%|\d+/\d+|\d+)\s*(?:个|名|人)?\s*(左右)?"
)


def tiers(call: RuleUse) -> Quantity:
    """A pool into tiers under least, most and target shares, best first, with rounding and ties stated."""
    of = call.numeric()
    if only := call.condition("only"):
        of = Quantity(step=call.emit("choose", cases=[[only, of.step]], otherwise=NOT_HERE), axes=of.axes)
    if of.axes != ("subject",):
        left = next((axis for axis in of.axes if axis != "subject"), "subject")
        raise call.bad("axis-left", call.main, name=call.name, axis=Keyword(*CHOICES["axis"][left]), of=of.step)
    quotas = [_quota(call, key, value) for key, value in call.compiler.reader.pairs(call.fields.get("quotas"))]
    if not quotas:
        raise call.invalid("quotas", N_("至少要写一个等次"))
    rounding = call.settled("rounding", "quota_rounding", "quota_rounding")
    by = tie_breakers(call)
    ties = {"ties": "break", "by": by} if by else {"ties": call.settled("tier_ties", "tier_ties")}
    soft = call.yes("lenient")
    small = _small(call, quotas)
    _possible(call, quotas, rounding, small)
    eligible = call.condition("eligible")
    lines = [
        {"grade": q.grade, **_amounts(q), "when": eligible if at == 0 else None, "soft": soft} for at, q in enumerate(quotas)
    ]
    step = call.emit(
        "allocate",
        of=of.step,
        pool=call.facts("pool"),
        tiers=lines,
        rounding=rounding,
        eligible=None,
        order=call.word("order", "order", "high"),
        small=[{"up_to": str(size), "tiers": [_amounts(q) for q in row]} for size, row in small],
        **ties,
    )
    return Quantity(step=step, axes=("subject",), kind="text", grades=tuple(q.grade for q in quotas))


def tie_breakers(call: RuleUse) -> list[str]:
    """The quantities that break ties, the first one first. Where low is first, the file says which end is better here."""
    by = [call.quantity(node, "number").step for node in call.compiler.reader.entries(call.fields.get("by"))]
    if by and call.word("order", "order", "high") == "low" and not call.has("by_order"):
        raise call.bad("open-order", call.fields.get("by"), name=call.name)
    if call.word("by_order", "order", "high") == "high":
        return by
    return [call.emit("calc", expr=["neg", ["ref", step]]) for step in by]


def _quota(call: RuleUse, key: Node, value: Node) -> Quota:
    """`at most 20%`, `about 50%`, `at least 1`, or several in a list; `rest` for a tier that takes what is left."""
    reader = call.compiler.reader
    grade = reader.grade(key)
    found: dict[str, Fraction | int] = {}
    for node in reader.entries(reader.unwrap(value)):
        text = reader.plain(node)
        if text in {"其余", "rest"}:
            continue
        hit = _QUOTA.fullmatch(text)
        if hit is None:
            raise call.invalid(
                "quotas",
                N_("“{text}”看不懂；请写 至多 20%、约 50%、至少 5%、至多 2 个，或 其余"),
                node,
                text=text,
            )
        word, number = hit.group(1), exact(hit.group(2)) or Fraction(0)
        plain = not hit.group(2).rstrip().endswith("%") and "/" not in hit.group(2)
        key_of = (
            "most"
            if word in {"至多", "最多", "不超过", "不多于", "at most"}
            else "least"
            if word in {"至少", "最少", "不少于", "at least"}
            else "target"
        )
        if not plain and number > 1:
            reader.bad(node, "want-share", text=text)
        found[key_of] = int(number) if plain else number
    return Quota(grade, value, found.get("least"), found.get("most"), found.get("target"))


def _amounts(quota: Quota) -> dict[str, object]:
    return {
        key: {"count": str(value)} if isinstance(value, int) else {"share": str(value)}
        for key, value in (("least", quota.least), ("most", quota.most), ("target", quota.target))
        if value is not None
    }


def _small(call: RuleUse, quotas: list[Quota]) -> list[tuple[int, list[Quota]]]:
    """Counts instead of shares for small pools: `small: {5: {outstanding: at most 1, …}}`."""
    rows = []
    for key, value in call.compiler.reader.pairs(call.fields.get("small")):
        size = call.compiler.reader.count(key)
        given = {name.text: _quota(call, name, amount) for name, amount in call.compiler.reader.pairs(value)}
        for name in given:
            if name not in [quota.grade for quota in quotas]:
                call.compiler.reader.bad(
                    key, "grade-unknown", name=call.name, grade=name, allowed=briefly(q.grade for q in quotas)
                )
        if size is not None:
            rows.append((size, [given.get(quota.grade, Quota(quota.grade, quota.node)) for quota in quotas]))
    return sorted(rows, key=lambda row: row[0])


def _possible(call: RuleUse, quotas: list[Quota], rounding: str, small: list[tuple[int, list[Quota]]]) -> None:
    """Try every pool size: the leasts must fit, a least may not exceed its most, and the mosts must hold everybody."""
    reader = call.compiler.reader
    for size in range(1, LARGEST_POOL + 1):
        row = next((rows for up_to, rows in small if size <= up_to), quotas)
        leasts = [_whole(q.least, size, rounding) or 0 for q in row]
        mosts = [_whole(q.most, size, rounding) for q in row]
        if rounding == "largest_remainder":
            leasts = [math.ceil(q.least * size) if isinstance(q.least, Fraction) else q.least or 0 for q in row]
        if sum(leasts) > size:
            reader.bad(call.node, "quota-impossible", size=size, why=said(N_("各档“至少”合计 {sum}"), sum=sum(leasts)))
            return
        for quota, least, most in zip(row, leasts, mosts, strict=True):
            if most is not None and least > most:
                why = said(N_("“{grade}”至少 {least}、至多 {most}"), grade=quota.grade, least=least, most=most)
                reader.bad(quota.node, "quota-impossible", size=size, why=why)
                return
    shares = [q.most for q in quotas]
    if (
        all(isinstance(share, Fraction) for share in shares)
        and (total := sum((s for s in shares if isinstance(s, Fraction)), Fraction(0))) < 1
    ):
        reader.bad(call.node, "tiers-short", found=f"{in_full(total * 100) or shortened(total * 100, 4)}%")


def _whole(amount: Fraction | int | None, size: int, rounding: str) -> int | None:
    if amount is None or isinstance(amount, int):
        return amount
    exactly = amount * size
    if rounding == "up":
        return math.ceil(exactly)
    if rounding == "half_up":
        return math.floor(exactly + Fraction(1, 2))
    return round(exactly) if rounding == "half_even" else math.floor(exactly)
