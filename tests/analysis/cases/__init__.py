"""Hand-worked cases, at least one per op. Each expected value is typed from the arithmetic written in its `because`.

The world all cases share. Subjects a, b, c: a and b in class x, c in class y; b and c belong to the team a; c's age is not known.
Scale: good 100, fair 60, poor 0, dk (do not know). Two groups rate all three on the one item q:
  up    (unit U, 12 entitled), 4 ballots, the fourth blank:  a good good fair · b good fair dk · c poor poor -
  down  (heads of unit V not counted), 2 ballots:            a fair fair      · b poor good    · c fair dk
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Heads, Past, RatedSubject, Slot

Step = Mapping[str, object]  # a step of a plan as its JSON has it
Cell = str | bool | tuple[str]  # a value as `subjects` takes it
Finding = tuple[str, str, str, str]  # code, grade, placed, wanted

HEAD: dict[str, object] = {
    "format": "pingyi-plan/1",
    "groups": ["up", "down"],
    "group_parents": {"up": "all", "down": "all"},
    "items": ["q"],
    "item_parents": {},
    "item_scale": {"q": "s"},
    "scales": {
        "s": [
            {"code": 1, "key": "good", "value": "100", "kind": "grade"},
            {"code": 2, "key": "fair", "value": "60", "kind": "grade"},
            {"code": 3, "key": "poor", "value": "0", "kind": "grade"},
            {"code": 4, "key": "dk", "value": None, "kind": "unknown"},
        ]
    },
}
SLOTS = (Slot("a", "q"), Slot("b", "q"), Slot("c", "q"))
WORLD = Evidence(
    subjects=(
        RatedSubject("a", {"class": "x"}),
        RatedSubject("b", {"class": "x", "team": "a", "age": "1/2"}),
        RatedSubject("c", {"class": "y", "team": "a"}),
    ),
    batches=(
        BallotBatch("s1", "up", "U", SLOTS, np.array([[1, 1, 3], [1, 2, 3], [2, 4, 0], [0, 0, 0]], dtype=np.uint8)),
        BallotBatch("s2", "down", "V", SLOTS, np.array([[2, 3, 2], [2, 1, 4]], dtype=np.uint8)),
    ),
    heads=(Heads(group="up", unit="U", entitled=12, present=8, issued=4, returned=4), Heads(group="down", unit="V")),
    components=(
        Component(subject="a", name="target", value=Fraction(9, 10)),
        Component(subject="b", name="target", value=Fraction(0)),
    ),
    events=(
        Event(subject="a", kind="merit", on="2025-02-01", amount=Fraction(2)),
        Event(subject="a", kind="merit", on="2025-07-01", amount=Fraction(1, 2)),
        Event(subject="b", kind="fault", on="2025-07-01"),
    ),
    past=(
        Past(period="2023", subject="a", quantity="score", value=Fraction(80)),
        Past(period="2024", subject="a", quantity="score", value=Fraction(90)),
        Past(period="2024", subject="b", quantity="score", value=Fraction(70)),
    ),
    decisions=(
        Decision(
            subject="b", name="verified", choice="good", decider="the committee", reason="seen on the spot", on="2025-12-01"
        ),
    ),
    period="2025",
)


def subjects(**values: Cell) -> Step:
    """A literal table over subjects; "1/3" is a number, True a truth, any other text a text, None no cell, ("why",) missing."""
    return {"op": "table", "axes": ["subject"], "rows": [[one, as_literal(value)] for one, value in values.items()]}


def as_literal(value: Cell) -> list[object]:
    if isinstance(value, bool):
        return ["truth", value]
    if isinstance(value, tuple):
        return ["missing", value[0]]
    return ["num", value] if value.lstrip("-")[:1].isdigit() else ["text", value]


@dataclass(frozen=True)
class Case:
    """`step` is evaluated after the steps of `given`; `expect` maps labels joined by a space to a value as in `subjects`."""

    name: str
    because: str
    step: Step
    expect: Mapping[str, Cell]
    given: Mapping[str, Step]
    findings: tuple[Finding, ...] = ()


def case(
    name: str, because: str, step: Step, expect: Mapping[str, Cell], *, findings: tuple[Finding, ...] = (), **given: Step
) -> Case:
    return Case(name, because, step, expect, given, findings)
