"""What the count is given: subjects with facts, marks, heads, and other evidence. Frozen, and knows nothing of storage.

A *mark* is a small integer: 0 is "nothing marked", 1..k are the choices of the item's scale in the scheme's order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ConservationError

Marks = NDArray[np.uint8] | NDArray[np.uint16]


@dataclass(frozen=True)
class RatedSubject:
    """A person or team rated. `facts` are the columns the scheme declares (position, class, unit, team …), as text."""

    id: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Slot:
    """One place on a ballot: this item, asked of this subject."""

    subject: str
    item: str


@dataclass(frozen=True)
class BallotBatch:
    """All ballots of one ballot style that were found valid, one row a ballot, one column a slot.

    `style` names the ballot style, `group` the rater group, `unit` the unit whose raters these are ("" when the group belongs to
    no single unit). `marks` : (ballots, slots) uint8 or uint16, 0 = nothing marked.
    """

    style: str
    group: str
    unit: str
    slots: tuple[Slot, ...]
    marks: Marks


@dataclass(frozen=True, kw_only=True)
class StyleBooks:
    """The books of one ballot style. cast = valid + blank + invalid + superseded, or the count refuses to start."""

    style: str
    group: str
    unit: str
    slots: tuple[Slot, ...]
    cast: int
    valid: int
    blank: int
    invalid: int
    superseded: int


@dataclass(frozen=True, kw_only=True)
class Heads:
    """Head-counts of one rater group in one unit, each typed in or counted on its own; None where nobody counted."""

    group: str
    unit: str
    entitled: int | None = None
    present: int | None = None
    issued: int | None = None
    returned: int | None = None


@dataclass(frozen=True)
class Entered:
    """Who entered something, when (ISO, in UTC), and the count it was taken over from, as name and value; nothing in a folder."""

    by: str = ""
    at: str = ""
    origin: tuple[tuple[str, str], ...] = ()


#: Of an entry in a folder nobody wrote down who entered it.
NOWHERE = Entered()


@dataclass(frozen=True, kw_only=True)
class Component:
    """One number of other evidence for a subject (a target score, an appraisal, a coefficient), exact, with its origin."""

    subject: str
    name: str
    value: Fraction
    origin: str = ""
    on: str = ""
    entered: Entered = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened and that the scheme gives a consequence: dated (ISO), with an amount and a reason."""

    subject: str
    kind: str
    on: str
    amount: Fraction = Fraction(1)
    reason: str = ""
    entered: Entered = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Past:
    """A result of an earlier period: `period` as the scheme names it ("2025", "2025-Q3"), value exact or a grade's key."""

    period: str
    subject: str
    quantity: str
    value: Fraction | str
    reason: str = ""
    entered: Entered = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a named person decided where the scheme leaves a choice, and why."""

    subject: str
    name: str
    choice: str
    decider: str
    reason: str
    on: str
    entered: Entered = NOWHERE


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Everything one count may look at. Either `batches` (single ballots) or a stored `tally` carries the marks."""

    subjects: tuple[RatedSubject, ...]
    batches: tuple[BallotBatch, ...] = ()
    tally: Tally | None = None
    heads: tuple[Heads, ...] = ()
    components: tuple[Component, ...] = ()
    events: tuple[Event, ...] = ()
    past: tuple[Past, ...] = ()
    decisions: tuple[Decision, ...] = ()
    period: str = ""


@dataclass(frozen=True)
class Tally:
    """Integer counts: `counts[subject, group, item][code]` is how many valid ballots bear that mark there (code 0: blank line).

    Trailing zeros of a cell may be left out. For every cell the counts add up to the valid ballots of the styles that offer
    the slot, and for every style cast = valid + blank + invalid + superseded; raises ConservationError otherwise, so that a
    tally which lost or invented a ballot cannot exist.
    """

    counts: Mapping[tuple[str, str, str], tuple[int, ...]]
    books: tuple[StyleBooks, ...]

    def __post_init__(self) -> None:
        """Check both laws of conservation."""
        expected: dict[tuple[str, str, str], int] = {}
        for book in self.books:
            _check_book(book)
            for slot in book.slots:
                cell = (slot.subject, book.group, slot.item)
                expected[cell] = expected.get(cell, 0) + book.valid
        if expected.keys() != self.counts.keys():
            cell = sorted(expected.keys() ^ self.counts.keys())[0]
            raise ConservationError("only-counts-or-books", cell=" · ".join(cell))
        for cell, counts in self.counts.items():
            ballots = expected[cell]
            if sum(counts) != ballots or (counts and min(counts) < 0):
                raise ConservationError("marks-and-ballots-differ", cell=" · ".join(cell), marks=sum(counts), ballots=ballots)


def _check_book(book: StyleBooks) -> None:
    parts = (book.valid, book.blank, book.invalid, book.superseded)
    if book.cast != sum(parts) or min(parts) < 0:
        raise ConservationError(
            "books-do-not-add-up",
            style=book.style,
            cast=book.cast,
            valid=book.valid,
            blank=book.blank,
            invalid=book.invalid,
            superseded=book.superseded,
        )
    if len({(slot.subject, slot.item) for slot in book.slots}) != len(book.slots):
        raise ConservationError("slot-twice", style=book.style)
