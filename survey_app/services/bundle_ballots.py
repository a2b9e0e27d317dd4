"""What a bundle says of single ballots: for everybody the record behind each leaf, for auditors also what was in it.

A record is style, slip tag and commitment: enough to work the leaf out again and to see that no slip was used twice, and
nothing about the answers. Commitments stand inside the sealed ballots, so making any bundle needs the opening key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import Ballot, Campaign
from survey_app.services import custody, opening, sealed_content
from survey_app.services.custody import OpeningKey, UnopenableError
from survey_app.services.opening import StyleToOpen
from survey_app.services.sealed_content import DamagedContentError

Record = dict[str, object]


@dataclass
class Ballots:
    """`leaves` by leaf digest; `openings`: leaf -> [marks, randomness]; `cut`: rows of one subject at one place, sorted."""

    leaves: list[Record] = field(default_factory=list)
    openings: dict[str, list[str]] = field(default_factory=dict)
    cut: list[list[object]] = field(default_factory=list)


def read(session: Session, campaign: Campaign, key: OpeningKey, styles: Sequence[StyleToOpen], rated: frozenset[str]) -> Ballots:
    """Every ballot that can be read. One that cannot has no record, and the checker names its leaf as missing.

    `rated`: styles whose raters are themselves rated. Their ballots are never opened whole: one form may be one person's, and
    marks left blank for oneself sign it. They are cut per subject, and the pieces of all forms of a place are mixed.
    """
    found = Ballots()
    for style in styles:
        wide = style.paper.wide()
        rows = session.scalars(select(Ballot).where(Ballot.campaign_id == campaign.id, Ballot.style_id == style.row.id))
        for ballot in sorted(rows, key=lambda one: one.leaf):
            try:
                opened = sealed_content.read_sealed(custody.open_sealed(key, ballot.sealed))
            except (UnopenableError, DamagedContentError):
                continue
            marks = sealed_content.mark_bytes(opened.marks, wide=wide)
            found.leaves.append(_record(ballot, sealed_content.commitment(opened.randomness, marks)))
            if style.row.id not in rated and not ballot.superseded:
                found.openings[ballot.leaf.hex()] = [marks.hex(), opened.randomness.hex()]
    found.leaves.sort(key=lambda one: str(one["slip"]))
    found.cut = _cut(session, campaign, key, [style for style in styles if style.row.id in rated])
    return found


def public_record(record: Record) -> Record:
    """A record without what names a signer: his row's number and how often he changed his mind are nobody's business."""
    return {name: record[name] for name in ("style", "slip", "commitment")}


def _record(ballot: Ballot, committed: bytes) -> Record:
    record: Record = {"style": ballot.style_id, "slip": ballot.key.hex(), "commitment": committed.hex()}
    if ballot.kind == "signed":
        record |= {"rater": ballot.rater_id, "version": ballot.version}
    return record


def _cut(session: Session, campaign: Campaign, key: OpeningKey, styles: Sequence[StyleToOpen]) -> list[list[object]]:
    """[group, unit, subject, items, rows]: the whole ballots are judged first, then cut, then sorted by what they say."""
    pieces: dict[tuple[str, str, str], tuple[list[str], list[list[int]]]] = {}
    for one in opening.open_box(session, campaign, key, styles).ballots if styles else []:
        for subject in dict.fromkeys(slot.subject for slot in one.slots):
            at = [place for place, slot in enumerate(one.slots) if slot.subject == subject]
            items = [one.slots[place].item for place in at]
            kept, rows = pieces.setdefault((one.group, one.unit, subject), (items, []))
            rows += [[row[at[items.index(item)]] for item in kept] for row in _marked(one.rows)]
    return [[*place, items, sorted(rows)] for place, (items, rows) in sorted(pieces.items())]


def _marked(rows: Iterable[Sequence[int]]) -> list[Sequence[int]]:
    return [row for row in rows if any(row)]
