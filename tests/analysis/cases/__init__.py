"""Hand-worked cases, at least one per op. Each expected value is typed from the arithmetic written in its `because`.

The world all cases share. Subjects a, b, c: a and b in class x, c in class y; b and c belong to the team a; c's age is not known.
Scale: good 100, fair 60, poor 0, dk (do not know). Two groups rate all three on the one item q:
  up    (unit U, 12 entitled), 4 ballots, the fourth blank:  a good good fair · b good fair dk · c poor poor -
  down  (heads of unit V not counted), 2 ballots:            a fair fair      · b poor good    · c fair dk
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Heads, Past, RatedSubject, Slot

HEAD = {
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
    (
        RatedSubject("a", {"class": "x"}),
        RatedSubject("b", {"class": "x", "team": "a", "age": "1/2"}),
        RatedSubject("c", {"class": "y", "team": "a"}),
    ),
    (
        BallotBatch("s1", "up", "U", SLOTS, np.array([[1, 1, 3], [1, 2, 3], [2, 4, 0], [0, 0, 0]], dtype=np.uint8)),
        BallotBatch("s2", "down", "V", SLOTS, np.array([[2, 3, 2], [2, 1, 4]], dtype=np.uint8)),
    ),
    heads=(Heads("up", "U", 12, 8, 4, 4), Heads("down", "V")),
    components=(Component("a", "target", Fraction(9, 10)), Component("b", "target", Fraction(0))),
    events=(
        Event("a", "merit", "2025-02-01", Fraction(2)),
        Event("a", "merit", "2025-07-01", Fraction(1, 2)),
        Event("b", "fault", "2025-07-01"),
    ),
    past=(
        Past("2023", "a", "score", Fraction(80)),
        Past("2024", "a", "score", Fraction(90)),
        Past("2024", "b", "score", Fraction(70)),
    ),
    decisions=(Decision("b", "verified", "good", "the committee", "seen on the spot", "2025-12-01"),),
)


def subjects(**values):
    """A literal table over subjects; "1/3" is a number, True a truth, any other text a text, None no cell, ("why",) missing."""
    return {"op": "table", "axes": ["subject"], "rows": [[one, as_literal(value)] for one, value in values.items()]}


def as_literal(value):
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
    step: dict
    expect: dict
    given: dict
    findings: tuple = ()


def case(name, because, step, expect, *, findings=(), **given):
    return Case(name, because, step, expect, given, findings)
