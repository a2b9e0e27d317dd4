"""One ballot judged: opened, checked again, and either counted or named.

The casting service checked each ballot before it was sealed. Here the checks are made again on what is actually in the box,
because between casting and opening somebody may have owned the disk. A ballot that fails is counted invalid with a remark
that says why; none is ever dropped silently, and none is counted on the strength of an earlier check.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.limits import judge
from analysis.records import Row
from survey_app.proof.digest_set import DigestSet
from survey_app.services.casting.commitments import Commitment, commit
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.counting.ballot_box import StyleToOpen
from survey_app.services.counting.key_ranges import BoxRow
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.custody import OpeningKey, UnopenableError
from survey_app.services.sealing.sealed_content import DamagedContentError, OpenedBallot

#: What can only happen by another way than casting, each a finding. BY_RULE is what the scheme itself makes void.
SUSPICIOUS = (
    "unopenable",
    "damaged",
    "leaf_differs",
    "no_credential",
    "foreign_style",
    "wrong_length",
    "unknown_mark",
    "limit_broken",
)
BY_RULE = "void_by_rule"


class Remark(Row, frozen=True, order=True):
    """Why one ballot was counted invalid: `what` from SUSPICIOUS or BY_RULE, the rule's key, and the receipt code."""

    style: str
    what: str
    rule: str
    receipt: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What became of one ballot: its marks when it counts, `what` (and the rule's key) when it is invalid, neither when a newer
    version replaced it. `opened` and `said` are what was in it, where it was opened and could be read."""

    ballot: BoxRow
    marks: tuple[int, ...] | None = None
    what: str = ""
    rule: str = ""
    opened: OpenedBallot | None = None
    said: Commitment | None = None

    @property
    def remark(self) -> Remark:
        """The remark on an invalid ballot."""
        return Remark(self.ballot.style, self.what, self.rule, sealed_content.receipt_code(self.ballot.leaf))


class _InvalidError(Exception):
    """This ballot does not count, and why."""

    def __init__(self, what: str, rule: str = "") -> None:
        super().__init__(what)
        self.what, self.rule = what, rule


def judged(campaign: str, style: StyleToOpen, key: OpeningKey, ballot: BoxRow, pieces: DigestSet) -> Judged:
    """What becomes of this ballot of the campaign with this key; `pieces` are the campaign's mark leaves."""
    if ballot.superseded:
        return Judged(ballot=ballot)
    opened: OpenedBallot | None = None
    said: Commitment | None = None
    try:
        opened = _open(key, ballot)
        _check_marks(style.paper, opened.marks)
        said = commit(campaign, style.row, style.paper, opened)
        _check_leaf(campaign, style, ballot, said, pieces)
        _check_limits(style.paper, opened.marks)
    except _InvalidError as reason:
        return Judged(ballot=ballot, what=reason.what, rule=reason.rule, opened=opened, said=said)
    return Judged(ballot=ballot, marks=opened.marks, opened=opened, said=said)


def _open(key: OpeningKey, ballot: BoxRow) -> OpenedBallot:
    if not ballot.known:
        raise _InvalidError("no_credential")  # put into the box by another way than casting
    try:
        return sealed_content.read_sealed(custody.open_sealed(key, ballot.sealed))
    except UnopenableError as problem:
        raise _InvalidError("unopenable") from problem
    except DamagedContentError as problem:
        raise _InvalidError("damaged") from problem


def _check_marks(paper: BallotPaper, marks: Sequence[int]) -> None:
    if len(marks) != len(paper.slots):
        raise _InvalidError("wrong_length")
    if any(mark and all(mark != choice.code for choice in paper.choices(place)) for place, mark in enumerate(marks)):
        raise _InvalidError("unknown_mark")


def _check_leaf(campaign: str, style: StyleToOpen, ballot: BoxRow, said: Commitment, pieces: DigestSet) -> None:
    leaf = sealed_content.leaf(campaign=campaign, style=style.row.id, key=ballot.key, committed=said.value, version=said.version)
    if leaf != ballot.leaf or not pieces.holds(said.leaves()):
        raise _InvalidError("leaf_differs")


def _check_limits(paper: BallotPaper, marks: Sequence[int]) -> None:
    for verdict in judge(paper.limits, marks) if any(marks) else ():  # a blank ballot says nothing and breaks no rule
        if verdict.broken and verdict.effect in ("refuse", "void"):
            raise _InvalidError("limit_broken" if verdict.effect == "refuse" else BY_RULE, verdict.rule)
