"""The checker's evaluation, and beside it what it would have to say of places shared out: the findings of docs/plan.md.

A bundle holds no findings, so the checker has none; here its own evaluation is listened to, for the count's to be compared with.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.analysis.checker_world import verify

Finding = tuple[str, str, str, str, str, str, str]  # code, pool, step, grade, placed, wanted, how many in the pool


#: The findings that the definition of a plan names; the others notice what the evidence is like (`analysis.watching`).
QUOTA_FINDINGS = ("quota_unmet", "limit_exceeded", "soft_limit_exceeded", "target_missed", "in_no_tier", "tie_unbroken")


class Telling(verify.Engine):
    """`findings`: one for each tier of each pool that is not as its limits say."""

    def __init__(self, plan: dict[str, Any], world: verify.World) -> None:
        self.findings: list[Finding] = []
        self.ties: list[bool] = []
        super().__init__(plan, world)

    def take(
        self, step: verify.Step, able: list[verify.Key], places: int, values: dict[verify.Key, Fraction]
    ) -> tuple[list[verify.Key], bool]:
        chosen, tied = super().take(step, able, places, values)
        self.ties.append(tied and step["ties"] == "break")
        return chosen, tied

    def fill_pool(self, step: verify.Step, values: dict[verify.Key, Fraction]) -> dict[verify.Key, verify.Value]:
        self.ties = []
        grades = super().fill_pool(step, values)
        pool = " · ".join(self.pool(step, verify.label(next(iter(values)), "subject")))
        given = [grade for _, grade in grades.values()]
        sizes = self.amounts(step, list(values))
        for tier, own, unbroken in zip(step["tiers"], sizes, self.ties, strict=True):
            placed = given.count(tier["grade"])
            for code, wanted in told(tier, own, placed, unbroken=unbroken):
                self.findings.append((code, pool, step["name"], tier["grade"], str(placed), str(wanted), str(len(values))))
        if nowhere := given.count("in no tier"):
            self.findings.append(("in_no_tier", pool, step["name"], "", str(nowhere), "0", str(len(values))))
        return grades


def told(tier: verify.Step, own: dict[str, int | None], placed: int, *, unbroken: bool) -> list[tuple[str, int]]:
    """What is to be said of one tier, with the number wanted."""
    least, most, target = own["least"], own["most"], own["target"]
    found = []
    if unbroken:
        found.append(("tie_unbroken", next((limit for limit in (target, most) if limit is not None), 0)))
    if least is not None and placed < least:
        found.append(("quota_unmet", least))
    if most is not None and placed > most:
        found.append(("soft_limit_exceeded" if tier.get("soft") else "limit_exceeded", most))
    if target is not None and placed != target:
        found.append(("target_missed", target))
    return found
