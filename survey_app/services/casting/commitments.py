"""What a ballot's leaf commits to, by the leaf's version: the room in which another kind of commitment is added.

Version 1, one SHA-256 over hidden randomness and all marks: for forms that auditors may see whole. Version 2, for raters who are
themselves rated: the ballot is cut per subject, each piece is a leaf of its own (a *mark leaf*) with randomness of its own, and
the ballot's leaf carries a pledge over them (`proof.pledges`). Auditors open pieces; nothing says which are of one hand.

A mark leaf names campaign, place and subject, and neither form nor slip: on some forms one subject is missing, the rater's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.canonical import canonical_bytes
from survey_app.i18n import N_
from survey_app.models import BallotStyle
from survey_app.models.style import CUT, WHOLE
from survey_app.proof import pledges
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.sealing.sealed_content import DamagedContentError, OpenedBallot, commitment, mark_bytes


@dataclass(frozen=True)
class Piece:
    """What one ballot says of one subject: the opening of a mark leaf, and the leaf."""

    subject: str
    marks: bytes
    randomness: bytes
    committed: bytes
    leaf: bytes


@dataclass(frozen=True)
class Commitment:
    """`value` stands in the ballot's leaf; `pieces` and `blind` only where the ballot is cut."""

    version: int
    value: bytes
    pieces: tuple[Piece, ...] = ()
    blind: bytes = b""

    def leaves(self) -> list[bytes]:
        """The mark leaves, in the order of their digests: in the form's order they would name their subjects."""
        return sorted(piece.leaf for piece in self.pieces)


def commit(campaign: str, style: BallotStyle, paper: BallotPaper, ballot: OpenedBallot) -> Commitment:
    """What the leaf of this ballot commits to; the same again whenever the ballot is opened.

    Raises DamagedContentError for marks that no ballot of this form can have.
    """
    try:
        return _commit(campaign, style, paper, ballot)
    except (ValueError, OverflowError) as problem:
        raise DamagedContentError(N_("有一张选票里的选择和它的表对不上；请查明来源。")) from problem


def _commit(campaign: str, style: BallotStyle, paper: BallotPaper, ballot: OpenedBallot) -> Commitment:
    wide = paper.wide()
    if style.leaf_version == WHOLE:
        return Commitment(WHOLE, commitment(ballot.randomness, mark_bytes(ballot.marks, wide=wide)))
    place = {"campaign": campaign, "group": style.group_key, "unit": style.unit.code if style.unit else "", "v": CUT}
    subjects = [slot.subject for slot in paper.slots]
    pieces = tuple(
        _piece(place, one, [mark for mark, whose in zip(ballot.marks, subjects, strict=True) if whose == one], ballot, wide=wide)
        for one in dict.fromkeys(subjects)
    )
    blind = pledges.blind_of(ballot.randomness)
    return Commitment(CUT, pledges.pledge((piece.leaf for piece in pieces), blind), pieces, blind)


def _piece(place: dict[str, object], subject: str, marks: Sequence[int], ballot: OpenedBallot, *, wide: bool) -> Piece:
    """Its randomness comes from the ballot's secret seed, which is never told: two pieces opened are not known to be brothers."""
    randomness = hashlib.sha256(b"pingyi/mark/v2" + ballot.randomness + subject.encode()).digest()
    plain = mark_bytes(marks, wide=wide)
    committed = commitment(randomness, plain)
    record = {**place, "subject": subject, "commitment": committed.hex()}
    return Piece(subject, plain, randomness, committed, hashlib.sha256(b"\x00" + canonical_bytes(record)).digest())
