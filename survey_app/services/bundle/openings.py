"""What a bundle says of single ballots: for everybody the record behind each leaf, for auditors also what was in it.

A record is style, slip tag and commitment: enough to work the leaf out again and to see that no slip was used twice, and
nothing about the answers. Commitments stand inside the sealed ballots, so making any bundle needs the opening key.

Ballots of raters who are themselves rated are never opened whole: one form may be one person's, and marks left blank for oneself
sign it. They are opened piece by piece, per subject, and of the pieces that did not count nothing is opened: what an invalid form
said would be known to come from one hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from survey_app.models import Campaign
from survey_app.models.style import WHOLE
from survey_app.proof import pledges
from survey_app.services.casting.commitments import Commitment, commit
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.counting import opening
from survey_app.services.counting.ballot_box import StyleToOpen, unit_of
from survey_app.services.counting.judging import Judged
from survey_app.services.log import epochs
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.custody import OpeningKey, UnopenableError
from survey_app.services.sealing.sealed_content import DamagedContentError, OpenedBallot

Record = dict[str, object]
_Place = tuple[str, str]


@dataclass
class Ballots:
    """`leaves`: the record behind each ballot's leaf; `openings`: leaf -> [marks, randomness].

    `marks`: every mark leaf as [group, unit, subject, its opening or its bare commitment]; `blinds`: for each place the sums of
    the blinds of the ballots that count and of the others; `cut`: rows per subject of forms of before there were mark leaves.
    """

    leaves: list[Record] = field(default_factory=list)
    openings: dict[str, list[str]] = field(default_factory=dict)
    marks: list[list[object]] = field(default_factory=list)
    blinds: list[list[str]] = field(default_factory=list)
    cut: list[list[object]] = field(default_factory=list)


def read(session: Session, campaign: Campaign, key: OpeningKey, styles: Sequence[StyleToOpen], rated: frozenset[str]) -> Ballots:
    """Every ballot that can be read. One that cannot has no record, and the checker names its leaf as missing.

    `rated`: styles whose raters are themselves rated by name; with leaves of version 1 these are cut, and nothing is opened.
    """
    found, pieces = Ballots(), epochs.mark_leaves(session, campaign)
    by_id, marks = {style.row.id: style for style in styles}, dict[bytes, list[object]]()
    blinds = dict[_Place, tuple[list[bytes], list[bytes]]]()
    for judged in opening.judged_ballots(session, campaign, key, styles, pieces):
        if judged.opened is None and not (judged.ballot.superseded or judged.what == "no_credential"):
            continue  # it cannot be read, which judging has found already
        style = by_id[judged.ballot.style]
        try:
            opened = judged.opened or sealed_content.read_sealed(custody.open_sealed(key, judged.ballot.sealed))
            said = judged.said or commit(campaign.key, style.row, style.paper, opened)
        except (UnopenableError, DamagedContentError):
            continue
        place = (style.row.group_key, unit_of(style))
        found.leaves.append(_record(judged, said))
        if said.version != WHOLE:
            _add_pieces(marks, place, said, counts=judged.marks is not None)
            blinds.setdefault(place, ([], []))[judged.marks is None].append(said.blind)
        elif style.row.id not in rated and not judged.ballot.superseded:
            found.openings[judged.ballot.leaf.hex()] = _opening(opened, style.paper)
    found.leaves.sort(key=lambda one: str(one["slip"]))
    found.marks = [marks[leaf] for leaf in sorted(marks)]
    found.blinds = [[*place, *(pledges.sum_of_blinds(one).hex() for one in both)] for place, both in sorted(blinds.items())]
    old = [style for style in styles if style.row.id in rated and style.row.leaf_version == WHOLE]
    found.cut = _cut(session, campaign, key, old)
    return found


def public_record(record: Record) -> Record:
    """A record without what names a signer: their row's number and how often they changed their mind are nobody's business."""
    return {name: record[name] for name in ("style", "slip", "commitment", "v")}


def _record(judged: Judged, said: Commitment) -> Record:
    ballot = judged.ballot
    record: Record = {"style": ballot.style, "slip": ballot.key.hex(), "commitment": said.value.hex(), "v": said.version}
    if ballot.kind == "signed":
        record |= {"rater": ballot.rater, "version": ballot.version}
    if said.version != WHOLE:
        record["counts"] = judged.marks is not None
    return record


def _opening(opened: OpenedBallot, paper: BallotPaper) -> list[str]:
    return [sealed_content.mark_bytes(opened.marks, wide=paper.wide()).hex(), opened.randomness.hex()]


def _add_pieces(marks: dict[bytes, list[object]], place: _Place, said: Commitment, *, counts: bool) -> None:
    for piece in said.pieces:
        shown = [piece.marks.hex(), piece.randomness.hex()] if counts else piece.committed.hex()
        marks[piece.leaf] = [*place, piece.subject, shown]


def _cut(session: Session, campaign: Campaign, key: OpeningKey, styles: Sequence[StyleToOpen]) -> list[list[object]]:
    """[group, unit, subject, items, rows]: the whole ballots are judged first, then cut, then sorted by what they say."""
    pieces: dict[tuple[str, str, str], tuple[list[str], list[list[int]]]] = {}
    for one in opening.open_box(session, campaign, key, styles, keeps_rows=True).batches if styles else ():
        for subject in dict.fromkeys(slot.subject for slot in one.slots):
            at = [place for place, slot in enumerate(one.slots) if slot.subject == subject]
            items = [one.slots[place].item for place in at]
            kept, rows = pieces.setdefault((one.group, one.unit, subject), (items, []))
            rows += [[row[at[items.index(item)]] for item in kept] for row in one.marks.tolist() if any(row)]
    return [[*place, items, sorted(rows)] for place, (items, rows) in sorted(pieces.items())]
