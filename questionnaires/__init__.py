"""Schemes and questionnaires as files: their language, loader, checks, and the shipped systems.

Lives here: reading YAML, problems with line and remedy, the scheme model, ballot styles, compiling to a plan.
May not live here: Flask, the database, anything that knows how ballots are stored.
"""

from questionnaires.language.problems import Problem, SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme

__all__ = ["Problem", "Scheme", "SchemeProblems", "load_scheme"]
