"""Tables over single ballots in a report counted from a folder: they may be passed on only where every rater signs.

A campaign's report never has them: they stay in the memory of the count.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from analysis.report import Report
from analysis.values import Table, literal


def only_signed(report: Report, signed: Collection[str]) -> Report:
    """The report without the tables about single ballots of any style that is not signed."""
    return replace(report, tables={name: table for name, table in report.tables.items() if _may_stay(table, signed)})


def _may_stay(table: Table, signed: Collection[str]) -> bool:
    if "rater" not in table.axes:
        return True
    place = table.axes.index("rater")
    return {key[place].rpartition("/")[0] for key in table.cells} <= set(signed)


def put_back(report: Report, rows: Mapping[str, Any]) -> Report:
    """The report with its tables over signed ballots, as `ResultView.exact` gave them, back in it."""
    found = {
        name: Table(name, report.plan.step(name).axes, {tuple(row[:-1]): literal(row[-1]) for row in lines})
        for name, lines in rows.items()
    }
    return replace(report, tables={**report.tables, **found})
