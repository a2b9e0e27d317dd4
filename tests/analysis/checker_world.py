"""The checker's evaluator as the twin of the count, and drawn evidence as it reads it: the numbers of a bundle.

The checker is loaded by its path, as a doubter has it: one file, and none of the application around it.
"""

from __future__ import annotations

import importlib.util
from fractions import Fraction
from types import ModuleType
from typing import TYPE_CHECKING

from analysis.evidence import Evidence
from analysis.values import Missing, Value, as_literal, kind
from tests.support.house import ROOT


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("doubters_checker", ROOT / "survey_app/proof/verify.py")
    if spec is None or spec.loader is None:
        raise ImportError("the checker is a file that can be run")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if TYPE_CHECKING:
    from survey_app.proof import verify
else:
    verify = _loaded()

__all__ = ["tagged", "verify", "world_of"]


def tagged(value: Value) -> verify.Value:
    """A value of ours as the checker writes it."""
    if isinstance(value, Missing):
        return "missing", value.reason
    return "num" if kind(value) == "number" else kind(value), value


def world_of(evidence: Evidence) -> verify.World:
    """The evidence as the numbers of an auditors' bundle, every ballot opened. Marks are tallied here, one by one."""
    counts: dict[tuple[str, str, str], list[int]] = {}
    places: dict[tuple[str, str], list[int]] = {}
    books, opened, styles = [], {}, []
    for batch in evidence.batches:
        rows = batch.marks.tolist()
        valid = [row for row in rows if any(row)]
        books.append([batch.style, len(rows), 0, len(valid), len(rows) - len(valid), 0])
        places.setdefault((batch.group, batch.unit), [0, 0, 0])
        opened[batch.style] = rows
        slots = [[slot.subject, slot.item] for slot in batch.slots]
        content = {"slots": slots, "limits": []}
        styles.append({"style": batch.style, "group": batch.group, "unit": batch.unit, "content": content})
        for at, (subject, item) in enumerate(slots):
            found = counts.setdefault((subject, batch.group, item), [])
            for row in valid:
                found.extend([0] * (row[at] + 1 - len(found)))
                found[row[at]] += 1
    world = verify.World(
        {
            "kind": "auditors",
            "campaign": {"period": evidence.period},
            "subjects": [[one.id, dict(one.facts)] for one in evidence.subjects],
            "styles": styles,
            "counts": [[*cell, row] for cell, row in counts.items()],
            "books": books,
            "places": [[*place, *numbers] for place, numbers in places.items()],
            "heads": [[one.group, one.unit, one.entitled, one.present, one.issued, one.returned] for one in evidence.heads],
            "components": [[one.subject, one.name, str(Fraction(one.value))] for one in evidence.components],
            "events": [[one.subject, one.kind, one.on, str(one.amount)] for one in evidence.events],
            "past": [[one.period, one.subject, one.quantity, as_literal(one.value)] for one in evidence.past],
            "decisions": [[one.subject, one.name, one.choice] for one in evidence.decisions],
        }
    )
    world.opened = opened
    return world
