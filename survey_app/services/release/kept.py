"""What is held back, kept with the report: decided once, at the count, so that no later page and no later version shows more.

Lives here: the decisions as text, and read again. May not live here: how one is made (`release`).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from analysis.canonical import canonical
from analysis.disclosure.leaks import Cell, Leak
from analysis.report import Report
from questionnaires.model import Scheme
from survey_app.services.release.figure import Figure
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Decision, Held

_FORMAT = "pingyi-held/2"
#: Before, a number was one text, its parts with a dot between them; decisions kept so stay as they were made.
_WITH_DOTS = "pingyi-held/1"


def decide(report: Report, scheme: Scheme, plan: ReleasePlan) -> str:
    """Every decision of this report under this plan, as canonical text."""
    decided = Held(report, scheme, plan).all_decided()
    told = {subject: _told(decision) for subject, decision in decided.items()}
    return canonical({"format": _FORMAT, "plan": plan.digest(), "subjects": told})


def kept(content: str | None, report: Report, scheme: Scheme, plan: ReleasePlan) -> Held:
    """The decisions kept with a report; made when asked for where none were kept, or kept under another plan."""
    record = json.loads(content) if content else {}
    if record.get("format") not in (_FORMAT, _WITH_DOTS) or record.get("plan") != plan.digest():
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
                "combo": [[*name, factor] for name, factor in leak.combo if isinstance(name, Figure)],
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
            tuple((_figure(*name), factor) for *name, factor in leak["combo"]),
            leak["choice"],
            tuple(leak["bodies"]),
        )
        for leak in one["leaks"]
    )
    cells = frozenset((subject, group, item) for subject, group, item in one["cells"])
    return Decision(cells, frozenset(map(tuple, one["values"])), leaks)


def _figure(kind: str, step: str = "", place: Sequence[str] = ()) -> Figure:
    """The number's name; one of before stands in `kind` whole: kind·step·place, where the step of a flag may be `quantity·1`."""
    if step:
        return Figure(kind, step, tuple(place))
    kind, step, *rest = kind.split("·")
    if kind == "flag" and rest and rest[0].isdigit():
        step, rest = f"{step}·{rest[0]}", rest[1:]
    return Figure(kind, step, tuple(rest))
