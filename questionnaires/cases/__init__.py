"""Cases worked by hand beside a scheme: read from `examples.yml`, counted, and counted again with the rule taken out."""

from questionnaires.cases.cases import EXAMPLES_FILE, Case, Expected, holds_cases, read_cases
from questionnaires.cases.runs import CaseDifference, check_cases, differences, take_out, uncovered

__all__ = [
    "EXAMPLES_FILE",
    "Case",
    "CaseDifference",
    "Expected",
    "check_cases",
    "differences",
    "holds_cases",
    "read_cases",
    "take_out",
    "uncovered",
]
