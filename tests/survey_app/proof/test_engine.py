"""The checker's own evaluation of a plan says what the count says, on plans and evidence drawn from every op of docs/plan.md."""

from __future__ import annotations

from collections import Counter

import pytest

from analysis import AnalysisError, canonical, evaluate
from analysis.values import as_literal
from survey_app.proof import verify
from tests.analysis.generator import OTHERS, Draw

SEEDS = range(60)


def world_of(drawn):
    """The drawn evidence as the numbers of an auditors' bundle; marks tallied here, one by one."""
    evidence, counts, books, places, opened, styles = drawn.evidence, {}, [], {}, {}, []
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
            found = counts.setdefault((subject, batch.group, item), [0] * 12)
            for row in valid:
                found[row[at]] += 1
    for cell, row in counts.items():
        while row and not row[-1]:
            row.pop()
        counts[cell] = row
    bundle = {
        "kind": "auditors",
        "subjects": [[one.id, dict(one.facts)] for one in evidence.subjects],
        "styles": styles,
        "counts": [[*cell, row] for cell, row in counts.items()],
        "books": books,
        "places": [[*place, *numbers] for place, numbers in places.items()],
        "heads": [[one.group, one.unit, one.entitled, one.present, one.issued, one.returned] for one in evidence.heads],
        "components": [[one.subject, one.name, str(one.value)] for one in evidence.components],
        "events": [[one.subject, one.kind, one.on, str(one.amount)] for one in evidence.events],
        "past": [[one.period, one.subject, one.quantity, as_literal(one.value)] for one in evidence.past],
        "decisions": [[one.subject, one.name, one.choice] for one in evidence.decisions],
    }
    world = verify.World(bundle)
    world.opened = opened
    return world


def test_drawn_plans_come_out_the_same_in_every_cell_and_every_refusal() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        drawn = Draw(seed, OTHERS)
        world = world_of(drawn)
        try:
            engine = verify.Engine(drawn.plan, world)
        except verify.Stop:
            with pytest.raises(AnalysisError):
                evaluate(canonical(drawn.plan), drawn.evidence)
            seen["refused"] += 1
            continue
        report = evaluate(canonical(drawn.plan), drawn.evidence)
        for step in drawn.plan["steps"]:
            mine, other = engine.tables[step["name"]], report.tables[step["name"]]
            assert mine.axes == list(other.axes), (seed, step)
            places = {key: frozenset(zip(other.axes, key, strict=True)) for key in other.cells}
            theirs = {places[key]: verify.literal(as_literal(value)) for key, value in other.cells.items()}
            assert mine.cells == theirs, (seed, step)
            seen[step["op"]] += 1
    # Every op was drawn and agreed; a drawing that left one out would say nothing about it.
    assert {name[3:] for name in dir(verify.Engine) if name.startswith("op_")} == set(seen) - {"refused"}
    assert seen["refused"]
