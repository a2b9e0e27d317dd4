"""The count: pure functions from a frozen plan and evidence to a report.

Lives here: the plan's steps, integer tallies, exact arithmetic, ballot limits, tiers, traces, and the statistics that inform.
May not live here: Flask, the database, YAML, the clock, randomness, the environment.
"""

from analysis.canonical import canonical, digest
from analysis.errors import AnalysisError, ConservationError, EvidenceError, PlanError
from analysis.evaluate import evaluate
from analysis.plan import Plan, parse_plan
from analysis.report import Report

__all__ = [
    "AnalysisError",
    "ConservationError",
    "EvidenceError",
    "Plan",
    "PlanError",
    "Report",
    "canonical",
    "digest",
    "evaluate",
    "parse_plan",
]
