"""What a worker does: the ballots of one range opened and judged, and what goes back, which is numbers.

Sums of whole numbers do not depend on who counted which range in what order, nor on whether a range was begun twice.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from analysis.evidence import Marks
from analysis.tally import Counts, count_marks
from survey_app.proof.digest_set import DigestSet
from survey_app.services.counting import judging, many_alike
from survey_app.services.counting.ballot_box import BallotBox, StyleToOpen
from survey_app.services.counting.judging import Remark
from survey_app.services.counting.key_ranges import BoxRow
from survey_app.services.sealing import sealed_content
from survey_app.services.sealing.custody import OpeningKey


@dataclass(kw_only=True)
class StyleSum:
    """What was counted of one style in some range or ranges.

    `table` : (slots, codes) int64 of the ballots that are not blank; `rows`, where kept, the marks of valid and blank ballots in
    the order of their keys, in blocks that each come with their first key.
    """

    table: Counts
    valid: int = 0
    blank: int = 0
    invalid: int = 0
    superseded: int = 0
    rows: list[tuple[bytes, Marks]] = field(default_factory=list)

    @property
    def cast(self) -> int:
        """How many ballots these are."""
        return self.valid + self.blank + self.invalid + self.superseded

    def add(self, other: StyleSum) -> None:
        """Add what was counted elsewhere."""
        self.table = _sum(self.table, other.table)
        self.valid += other.valid
        self.blank += other.blank
        self.invalid += other.invalid
        self.superseded += other.superseded
        self.rows += other.rows


@dataclass
class RangeCount:
    """What came out of one range: sums by style, remarks, and how many ballots were read."""

    styles: dict[str, StyleSum] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    read: int = 0


def count(box: BallotBox, key: OpeningKey, rows: Sequence[BoxRow], pieces: Callable[[], DigestSet]) -> RangeCount:
    """Open and judge these ballots; `pieces` finds the campaign's mark leaves, should somebody ask for them."""
    found = RangeCount(read=len(rows))
    by_style: dict[str, list[BoxRow]] = {}
    for row in rows:
        by_style.setdefault(row.style, []).append(row)
    for id_, own in by_style.items():
        style = box.styles.get(id_)
        if style is None:  # filed under a style that is not this campaign's: no casting does that, and no book has a line for it
            found.remarks += [Remark(id_, "foreign_style", "", sealed_content.receipt_code(row.leaf)) for row in own]
        else:
            found.styles[id_], remarks = _count_style(box, style, key, own, pieces)
            found.remarks += remarks
    return found


def _count_style(
    box: BallotBox, style: StyleToOpen, key: OpeningKey, rows: Sequence[BoxRow], pieces: Callable[[], DigestSet]
) -> tuple[StyleSum, list[Remark]]:
    alike = [row for row in rows if row.kind != "signed" and row.known and not row.superseded]
    usual = many_alike.find(box.key, style, key, alike)
    one_by_one = [*usual.others, *(row for row in rows if row.kind == "signed" or not row.known or row.superseded)]
    done = StyleSum(table=np.zeros((len(style.paper.slots), 1), dtype=np.int64))
    remarks, marks, keys = list[Remark](), list[tuple[int, ...]](), list[bytes]()
    for row in one_by_one:
        judged = judging.judged(box.key, style, key, row, pieces())
        if judged.what:
            done.invalid += 1
            remarks.append(judged.remark)
        elif judged.marks is None:
            done.superseded += 1
        else:
            marks.append(judged.marks)
            keys.append(row.key)
    blocks = [usual.marks, laid(marks, len(style.paper.slots))]
    for block in blocks:
        if len(block):
            table, blank = count_marks(style.row.id, block)
            done.table = _sum(done.table, table)
            done.valid += len(block) - blank
            done.blank += blank
    if box.keeps_rows and done.valid + done.blank:
        done.rows.append(_in_order([*usual.keys, *keys], _end_to_end(blocks, len(style.paper.slots))))
    return done, remarks


def laid(rows: Sequence[Sequence[int]], slots: int) -> Marks:
    """Ballots as a block of bytes; two bytes a mark only where a code needs it."""
    if max((max(row, default=0) for row in rows), default=0) < 256:
        return np.array(rows, dtype=np.uint8).reshape(len(rows), slots)
    return np.array(rows, dtype=np.uint16).reshape(len(rows), slots)


def joined(total: StyleSum) -> Marks:
    """The marks of one style's ballots, where they were kept: as they lie in the box, whatever the ranges."""
    return _end_to_end([block for _, block in sorted(total.rows, key=lambda one: one[0])], len(total.table))


def _end_to_end(blocks: Sequence[Marks], slots: int) -> Marks:
    return cast("Marks", np.concatenate([np.zeros((0, slots), dtype=np.uint8), *blocks]))


def _in_order(keys: Sequence[bytes], marks: Marks) -> tuple[bytes, Marks]:
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return keys[order[0]], marks[order]


def _sum(one: Counts, other: Counts) -> Counts:
    if one.shape[1] < other.shape[1]:
        one, other = other, one
    whole = one.copy()
    whole[:, : other.shape[1]] += other
    return whole
