"""What is held back, kept with the report: decided once, at the count, so that no later page and no later version shows more.

Lives here: the decisions as text, and read again. May not live here: how one is made (`release`).
"""

from __future__ import annotations

import json
from typing import Any

from analysis.canonical import canonical
from analysis.disclosure.leaks import Cell, Leak
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Decision, Held

_FORMAT = "pingyi-held/1"


def decide(report: Report, scheme: Scheme, plan: ReleasePlan) -> str:
    """Every decision of this report under this plan, as canonical text."""
    decided = Held(report, scheme, plan).all_decided()
    told = {subject: _told(decision) for subject, decision in decided.items()}
    return canonical({"format": _FORMAT, "plan": plan.digest(), "subjects": told})


def kept(content: str | None, report: Report, scheme: Scheme, plan: ReleasePlan) -> Held:
    """The decisions kept with a report; made when asked for where none were kept, or kept under another plan."""
    record = json.loads(content) if content else {}
    if record.get("format") != _FORMAT or record.get("plan") != plan.digest():
        return Held(report, scheme, plan)
    return Held(report, scheme, plan, {subject: _read(one) for subject, one in record["subjects"].items()})


def _told(decision: Decision) -> dict[str, object]:
    return {
        "cells": sorted(map(list, decision.cells)),
        "values": sorted(map(list, decision.values)),
        "leaks": [
            {
                "kind": leak.kind,
                "cells": [[list(one.name), one.body, one.raters, list(one.choices), one.protected] for one in leak.cells],
                "raters": leak.raters,
                "combo": [list(one) for one in leak.combo],
                "choice": leak.choice,
                "bodies": list(leak.bodies),
            }
            for leak in decision.leaks
        ],
    }


def _read(one: dict[str, Any]) -> Decision:
    leaks = tuple(
        Leak(
            leak["kind"],
            tuple(Cell(tuple(name), body, raters, tuple(choices), hides) for name, body, raters, choices, hides in leak["cells"]),
            leak["raters"],
            tuple((name, factor) for name, factor in leak["combo"]),
            leak["choice"],
            tuple(leak["bodies"]),
        )
        for leak in one["leaks"]
    )
    cells = frozenset((subject, group, item) for subject, group, item in one["cells"])
    return Decision(cells, frozenset(map(tuple, one["values"])), leaks)
