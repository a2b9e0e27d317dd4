"""What may leave a counted campaign, by whichever way: one decision for all of it, made at the count and frozen with the report.

Lives here: the decision as it is asked: may this figure leave, and with how many digits. May not live here: how it is made
(`deciding`), which figures there are (`union`), who reads them (`readers`), what stands in place of a number (`results.cells`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from analysis.disclosure.reaching import Reach
from analysis.explaining.trace import TraceNode
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.presenting import figures
from survey_app.services.release import deciding, published
from survey_app.services.release.deciding import HeldBack, LeftBefore
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.union import CountCell, Union

_NOTHING = HeldBack()


class DamagedDecisionsError(RefusedError):
    """What was kept of the decisions cannot be read."""

    def __init__(self) -> None:
        """Say so; made anew they might show what was held back."""
        super().__init__(N_("存下的保留决定读不懂，数据库可能被改动过；请从备份核对。"))


@dataclass(eq=False, kw_only=True)
class Held:
    """The decision about one report under one plan. `kept`: as it was made at the count; without it, it is made when asked for.

    `earlier`: what left of the same answers before. `kept_public`: cells the public bundle is without, as decided at the count.
    `exact_left`: made before there was one decision for everything, when exact values left beside what was held back.
    `verdicts_weighed`: False for one that was made when ranks, tiers and flags were not weighed.
    """

    report: Report
    scheme: Scheme
    plan: ReleasePlan
    kept: Mapping[str, HeldBack] | None = None
    earlier: LeftBefore = field(default_factory=LeftBefore)
    kept_public: frozenset[CountCell] = frozenset()
    exact_left: bool = False
    verdicts_weighed: bool = True

    @cached_property
    def union(self) -> Union:
        """Everything that leaves."""
        return Union(self.report, self.scheme, self.plan)

    @cached_property
    def decided(self) -> Mapping[str, HeldBack]:
        """The decision about every subject of whom anything is held back, or leaves with fewer digits."""
        return deciding.decide(self.union, self.earlier) if self.kept is None else self.kept

    @cached_property
    def hidden(self) -> frozenset[CountCell]:
        """Every cell held back, whoever it is about."""
        return frozenset[CountCell]().union(*(one.cells for one in self.decided.values()))

    @cached_property
    def hidden_from_public(self) -> frozenset[CountCell]:
        """Cells the bundle for everybody is without: all that is held back, and what its own floor withholds."""
        return published.under_floor(self.report.tally, self.plan) | self.kept_public | self.hidden

    @cached_property
    def reach(self) -> Reach:
        """Which numbers rest on anything held back."""
        return Reach(self.hidden)

    def of(self, subject: str) -> HeldBack:
        """The decision about one subject."""
        return self.decided.get(subject, _NOTHING)

    def cell(self, subject: str, group: str, item: str) -> bool:
        """Whether this distribution is held back."""
        return (subject, group, item) in self.of(subject).cells

    def value(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this value of a quantity is held back."""
        values = self.of(labels.get("subject", "")).values
        return bool(values) and self.union.place(key, labels) in values

    def verdict(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether not even whether this flag is up may be said."""
        silent = self.of(labels.get("subject", "")).verdicts
        return bool(silent) and self.union.place(key, labels) in silent

    def announced(self, key: str, labels: Mapping[str, str]) -> int | None:
        """Digits with which this figure leaves, where its exact value does not; None where it may leave as it is.

        A figure made from answers about others, or beside theirs, keeps its exact value back while anything at all is held back.
        """
        info = self.scheme.quantities.get(key)
        kind, digits = (info.kind, info.digits) if info else ("number", None)
        if kind not in ("number", "share") or not self.hidden:
            return None
        decision = self.of(labels.get("subject", ""))
        coarse = decision.digits.get(self.union.place(key, labels))
        if coarse is not None:
            return coarse
        ends = figures.announced_digits(kind, digits)
        if key in self.union.across:
            return ends
        node = self.union.origins.at(key, labels) if decision.cells else None
        return ends if node is not None and self.reach.node(node) else None

    def under(self, node: TraceNode) -> bool:
        """Whether a number in a calculation rests on anything held back, about its own subject or about those beside it."""
        return self.reach.node(node) or self.reach.beside(node)

    def looks_at(self, key: str) -> frozenset[str]:
        """As which kinds of figures this quantity was decided about: at every subject, at every place it has."""
        return self.union.kinds_of(key)

    def books(self, key: str) -> tuple[str, ...]:
        """The numbers decided about that a flag is shown with."""
        return self.union.books(key)
