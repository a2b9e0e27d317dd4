"""The small town asked for one figure more, and small folders read: what the tests of silent slips share."""

from __future__ import annotations

from pathlib import Path

from analysis import Report, evaluate
from analysis.evidence import Evidence
from analysis.values import Value
from questionnaires.folder.reader import read_folder
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from tests.towns.small_town import EVIDENCE, host


def counted(example: str, evidence: Evidence = EVIDENCE, *steps: str, change: tuple[str, str] = ("", "")) -> Report:
    """The small town with one more quantity, and steps on the way to it."""
    text = host(example).replace("  例:", "".join(f"  {step}\n" for step in steps) + "  例:").replace(*change)
    return evaluate(load_scheme(text, "x.yml").plan, evidence)


def value(example: str, *key: str, evidence: Evidence = EVIDENCE, steps: tuple[str, ...] = ()) -> Value:
    return counted(example, evidence, *steps).tables["例"].cells[key]


def codes(report: Report) -> list[tuple[str, str]]:
    """What the count noticed, and of whom."""
    return [(one.code, one.subject or one.parts.get("who", "")) for one in report.findings if one.code not in {"target_missed"}]


def problems(text: str) -> list[str]:
    try:
        load_scheme(text, "x.yml")
    except SchemeProblems as bad:
        return [one.code for one in bad.problems]
    return []


def refused(example: str, *steps: str) -> list[str]:
    return problems(host(example).replace("  例:", "".join(f"  {step}\n" for step in steps) + "  例:"))


def folder(path: Path, scheme: str, **tables: str) -> list[str]:
    """The problems of a folder with this scheme and these tables."""
    (path / "scheme.yml").write_text(scheme, encoding="utf-8")
    for name, text in tables.items():
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    try:
        read_folder(path)
    except SchemeProblems as bad:
        return [one.code for one in bad.problems]
    return []


STAFF = """
scheme: staff
version: 2026-01-01
policy: common policy
scales: {overall: {competent: 100, incompetent: 0}}
groups: {staff: {own unit: true}}
items: {overall: overall}
forms: [{group: staff, ask: overall}]
quantities: {share: {share of: incompetent, item: overall, base: entitled}}
results: {columns: share}
"""
PEOPLE = "id,name,unit\nA,Ann,u\n"
