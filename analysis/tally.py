"""From marks to integer counts, with NumPy. The only place where single ballots are many, so the only place that must be fast.

A ballot all of whose marks are 0 is blank: it stands in the books and not in the counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.errors import ConservationError, EvidenceError
from analysis.evidence import BallotBatch, Marks, Slot, StyleBooks, Tally

Counts = NDArray[np.int64]

_FEW_CODES = 24  # up to so many different codes, comparing bytes beats histograms
_DEPTH = 255  # a uint8 holds a sum of so many ones
_WIDE = 2048  # entries in one row of a folded block: long enough that per-row overhead vanishes
_BLOCK = 1 << 16  # marks per block of the histogram way: its 8-byte indices stay in the cache


@dataclass(frozen=True, kw_only=True)
class StyleCounts:
    """What was counted of one ballot style. `table` : (slots, codes) int64, the ballots that are not blank bearing each code."""

    style: str
    group: str
    unit: str
    slots: tuple[Slot, ...]
    table: Counts
    valid: int
    blank: int
    invalid: int = 0
    superseded: int = 0


def count(
    batches: Sequence[BallotBatch],
    *,
    invalid: Mapping[str, int] | None = None,
    superseded: Mapping[str, int] | None = None,
    workers: int = 2,
) -> Tally:
    """The tally of all batches. Independent of the order of ballots.

    Parameters
    ----------
    batches
        One per ballot style, with marks of shape (ballots, slots).
    invalid, superseded : ballots
        By style, ballots that are in no batch; nothing for none.
    workers
        How many batches are counted at a time, each in a thread.

    Returns
    -------
    Tally
        Counts by subject, group, item and code, and the books of every style. A ballot without any mark is in the books alone.

    Raises
    ------
    EvidenceError
        For two batches of one style, and for marks of the wrong shape or type.
    ConservationError
        When the books do not add up.

    Notes
    -----
    Peak memory beyond the marks is a few blocks of some hundred kilobytes.
    """
    with ThreadPoolExecutor(max_workers=workers) as pool:
        counted = list(pool.map(_count_batch, batches))
    void, replaced = invalid or {}, superseded or {}
    return add_up([replace(one, invalid=void.get(one.style, 0), superseded=replaced.get(one.style, 0)) for one in counted])


def add_up(counted: Sequence[StyleCounts]) -> Tally:
    """The tally of styles that were counted each on its own, whoever counted them and in whatever order.

    Parameters
    ----------
    counted
        One per ballot style.

    Returns
    -------
    Tally
        As `count` gives it.

    Raises
    ------
    EvidenceError
        For a style that was counted twice.
    ConservationError
        When a table does not hold as many marks as there are valid ballots, and when the books do not add up.
    """
    if len({one.style for one in counted}) != len(counted):
        raise EvidenceError("style-twice")
    counts: dict[tuple[str, str, str], list[int]] = {}
    books = []
    for one in counted:
        books.append(
            StyleBooks(
                style=one.style,
                group=one.group,
                unit=one.unit,
                slots=one.slots,
                cast=one.valid + one.blank + one.invalid + one.superseded,
                valid=one.valid,
                blank=one.blank,
                invalid=one.invalid,
                superseded=one.superseded,
            )
        )
        for slot, row in zip(one.slots, one.table.tolist(), strict=True):
            cell = (slot.subject, one.group, slot.item)
            there = counts.setdefault(cell, row)
            if there is not row:
                _add(there, row)
    return Tally({cell: tuple(_trimmed(row)) for cell, row in counts.items()}, tuple(books))


def _add(into: list[int], row: list[int]) -> None:
    into.extend([0] * (len(row) - len(into)))
    for code, number in enumerate(row):
        into[code] += number


def _trimmed(row: list[int]) -> list[int]:
    while row and not row[-1]:
        row.pop()
    return row


def _count_batch(batch: BallotBatch) -> StyleCounts:
    marks = batch.marks
    if marks.ndim != 2 or marks.shape[1] != len(batch.slots):
        raise EvidenceError("marks-shape", style=batch.style, slots=len(batch.slots), shape=str(marks.shape))
    if marks.dtype not in (np.dtype(np.uint8), np.dtype(np.uint16)):
        raise EvidenceError("marks-kind", style=batch.style, kept=str(marks.dtype))
    table, blank = count_marks(batch.style, marks)
    return StyleCounts(
        style=batch.style,
        group=batch.group,
        unit=batch.unit,
        slots=batch.slots,
        table=table,
        valid=len(marks) - blank,
        blank=blank,
    )


def count_marks(style: str, marks: Marks) -> tuple[Counts, int]:
    """The counts of ballots of one style, and how many of these are blank.

    Parameters
    ----------
    style
        What the style is called, for the refusal.
    marks : (ballots, slots) uint8 or uint16
        0 is "nothing marked".

    Returns
    -------
    (slots, greatest code + 1) int64, int
        How many ballots that are not blank bear each code in each slot; how many bear no mark at all.

    Raises
    ------
    ConservationError
        When marks got lost in the counting.
    """
    table = code_counts(marks)
    if table.sum() != marks.size:
        raise ConservationError("marks-lost", style=style, marks=marks.size, counted=int(table.sum()))
    blank = blank_ballots(marks, table)
    table[:, 0] -= blank
    return table, blank


def code_counts(marks: Marks) -> Counts:
    """How often each code stands in each column.

    Parameters
    ----------
    marks : (ballots, slots) uint8 or uint16
        0 is "nothing marked".

    Returns
    -------
    (slots, greatest code + 1) int64
        How many ballots bear that code there.
    """
    if not marks.size:
        return np.zeros((marks.shape[1], 1), dtype=np.int64)
    codes = int(marks.max()) + 1
    if marks.dtype == np.uint8 and codes <= _FEW_CODES:
        return _by_comparing(np.ascontiguousarray(marks, dtype=np.uint8), codes)
    return _by_histogram(marks, codes)


def _by_comparing(marks: NDArray[np.uint8], codes: int) -> Counts:
    """For few codes: compare bytes and add bytes, both at memory speed. Ballots are laid side by side to make rows long."""
    ballots, slots = marks.shape
    fold = max(1, _WIDE // slots)
    folded = marks[: ballots - ballots % fold].reshape(-1, fold * slots)
    result = np.zeros((codes, slots), dtype=np.int64)
    for start in range(0, len(folded), _DEPTH):
        block = folded[start : start + _DEPTH]
        for code in range(codes):
            ones = np.add.reduce((block == code).view(np.uint8), axis=0, dtype=np.uint8)
            result[code] += ones.reshape(fold, slots).sum(axis=0, dtype=np.int64)
    rest = marks[ballots - ballots % fold :]
    for code in range(codes):
        result[code] += (rest == code).sum(axis=0, dtype=np.int64)
    return np.ascontiguousarray(result.T)


def _by_histogram(marks: Marks, codes: int) -> Counts:
    """For many codes: one histogram over column × code, block by block."""
    ballots, slots = marks.shape
    offsets = np.arange(slots, dtype=np.int64) * codes
    result = np.zeros(slots * codes, dtype=np.int64)
    rows = max(1, _BLOCK // slots)
    for start in range(0, ballots, rows):
        result += np.bincount((marks[start : start + rows] + offsets).ravel(), minlength=slots * codes)
    return result.reshape(slots, codes)


def blank_ballots(marks: Marks, table: Counts) -> int:
    """How many ballots bear no mark at all. Only ballots that are blank in the column with the fewest blanks need a look.

    Parameters
    ----------
    marks : (ballots, slots) uint8 or uint16
        0 is "nothing marked".
    table : (slots, codes) int64
        Their `code_counts`.
    """
    if not marks.size:
        return len(marks)
    column = int(table[:, 0].argmin())
    if not table[column, 0]:
        return 0
    suspects = np.flatnonzero(marks[:, column] == 0)
    blank = 0
    for start in range(0, len(suspects), _BLOCK):
        blank += int((~marks[suspects[start : start + _BLOCK]].any(axis=1)).sum())
    return blank


def merge(batches: Sequence[BallotBatch], stored: Tally | None) -> Tally:
    """The tally to count with: the stored one, or the one made from the batches.

    Parameters
    ----------
    batches
        Single ballots, perhaps none.
    stored
        The tally as stored, perhaps none. With both given, the batches are counted again and compared with it.

    Raises
    ------
    EvidenceError
        For a malformed batch.
    ConservationError
        When the books do not add up, or the recount differs from what is stored.
    """
    if stored is None:
        return count(batches)
    if batches:
        recount = count(batches)
        mine = {cell: tuple(_trimmed(list(row))) for cell, row in stored.counts.items() if any(row)}
        if {cell: row for cell, row in recount.counts.items() if row} != mine:
            raise ConservationError("tally-differs")
    return stored
