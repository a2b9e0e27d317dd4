"""Opening the sealed ballots of a closed campaign: every one is opened, checked again, and either counted or named in the books.

The casting service checked each ballot before it was sealed. Here the checks are made again on what is actually in the box,
because between casting and opening somebody may have owned the disk. A ballot that fails is counted invalid with a remark
that says why; none is ever dropped silently, and none is counted on the strength of an earlier check.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.limits import judge
from analysis.records import Row
from survey_app.bridge import StyleBallots
from survey_app.models import Ballot, BallotStyle, Campaign, Rater, Slip
from survey_app.services.casting.commitments import commit
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.log import epochs
from survey_app.services.sealing import custody, sealed_content
from survey_app.services.sealing.custody import OpeningKey, UnopenableError
from survey_app.services.sealing.sealed_content import DamagedContentError

#: Called with ballots done and ballots in all; a page or a terminal shows it.
Progress = Callable[[int, int], None]

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

_STEP = 200  # ballots between two calls of the progress function


@dataclass(frozen=True)
class StyleToOpen:
    """A ballot style as the opening needs it: its row and the paper it is judged by."""

    row: BallotStyle
    paper: BallotPaper


class Remark(Row, frozen=True, order=True):
    """Why one ballot was counted invalid: `what` from SUSPICIOUS or BY_RULE, the rule's key, and the receipt code."""

    style: str
    what: str
    rule: str
    receipt: str


@dataclass
class OpenedBox:
    """Everything that came out of the box: rows per style, and per style how many were invalid or superseded."""

    ballots: list[StyleBallots] = field(default_factory=list)
    invalid: dict[str, int] = field(default_factory=dict)
    superseded: dict[str, int] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Judged:
    """What became of one ballot: its marks when it counts, `what` (and the rule's key) when it is invalid, neither when a newer
    version replaced it."""

    ballot: Ballot
    marks: tuple[int, ...] | None = None
    what: str = ""
    rule: str = ""


class _InvalidError(Exception):
    """This ballot does not count, and why."""

    def __init__(self, what: str, rule: str = "") -> None:
        super().__init__(what)
        self.what, self.rule = what, rule


def open_box(
    session: Session, campaign: Campaign, key: OpeningKey, styles: Sequence[StyleToOpen], progress: Progress | None = None
) -> OpenedBox:
    """Open every ballot of the campaign. Memory holds the marks only; the order of ballots is that of their digests."""
    total = session.scalar(select(func.count()).select_from(Ballot).where(Ballot.campaign_id == campaign.id)) or 0
    box, done, pieces = OpenedBox(), 0, epochs.mark_leaves(session, campaign)
    for style in sorted(styles, key=lambda one: one.row.id):
        id_, rows = style.row.id, list[tuple[int, ...]]()
        box.invalid[id_] = box.superseded[id_] = 0
        for judged in judged_ballots(session, campaign, key, style, pieces):
            done += 1
            if progress and done % _STEP == 0:
                progress(done, total)
            if judged.what:
                box.invalid[id_] += 1
                receipt = sealed_content.receipt_code(judged.ballot.leaf)
                box.remarks.append(Remark(id_, judged.what, judged.rule, receipt))
            elif judged.marks is None:
                box.superseded[id_] += 1
            else:
                rows.append(judged.marks)
        unit = style.row.unit.code if style.row.unit else ""
        box.ballots.append(StyleBallots(id_, style.row.group_key, unit, style.paper.slots, rows))
    _name_strays(session, campaign, styles, box)
    if progress:
        progress(total, total)
    return box


def judged_ballots(
    session: Session, campaign: Campaign, key: OpeningKey, style: StyleToOpen, pieces: Collection[bytes]
) -> Iterator[Judged]:
    """Every ballot of one style with what became of it; `pieces` are the campaign's mark leaves."""
    id_ = style.row.id
    slips = frozenset(session.scalars(select(Slip.tag).where(Slip.style_id == id_)))
    raters = frozenset(session.scalars(select(Rater.id).where(Rater.campaign_id == campaign.id, Rater.style_id == id_)))
    for ballot in _in_box(session, campaign, id_):
        if ballot.superseded:
            yield Judged(ballot)
            continue
        try:
            known = ballot.rater_id in raters if ballot.kind == "signed" else ballot.key in slips
            yield Judged(ballot, _marks(campaign, style, key, ballot, pieces if known else None))
        except _InvalidError as reason:
            yield Judged(ballot, None, reason.what, reason.rule)


def _name_strays(session: Session, campaign: Campaign, styles: Sequence[StyleToOpen], box: OpenedBox) -> None:
    """Ballots filed under a style that is not this campaign's: no casting makes them, and no book has a line for them."""
    own = [style.row.id for style in styles]
    strays = session.scalars(select(Ballot).where(Ballot.campaign_id == campaign.id, Ballot.style_id.not_in(own)))
    for ballot in strays:
        box.remarks.append(Remark(ballot.style_id, "foreign_style", "", sealed_content.receipt_code(ballot.leaf)))


def _in_box(session: Session, campaign: Campaign, style_id: str) -> Sequence[Ballot]:
    """The ballots of one style, read without keeping them in the session: none is to be written again."""
    return session.scalars(
        select(Ballot).where(Ballot.campaign_id == campaign.id, Ballot.style_id == style_id).order_by(Ballot.key)
    ).all()


def _marks(
    campaign: Campaign, style: StyleToOpen, key: OpeningKey, ballot: Ballot, pieces: Collection[bytes] | None
) -> tuple[int, ...]:
    """The marks of one ballot; `pieces` are the mark leaves there are, None when no slip or rater of this style stands behind
    it. Raises _InvalidError."""
    if pieces is None:
        raise _InvalidError("no_credential")  # put into the box by another way than casting
    try:
        opened = sealed_content.read_sealed(custody.open_sealed(key, ballot.sealed))
    except UnopenableError as problem:
        raise _InvalidError("unopenable") from problem
    except DamagedContentError as problem:
        raise _InvalidError("damaged") from problem
    marks, paper = opened.marks, style.paper
    if len(marks) != len(paper.slots):
        raise _InvalidError("wrong_length")
    if any(mark and all(mark != choice.code for choice in paper.choices(place)) for place, mark in enumerate(marks)):
        raise _InvalidError("unknown_mark")
    said = commit(campaign.key, style.row, paper, opened)
    leaf = sealed_content.leaf(
        campaign=campaign.key, style=style.row.id, key=ballot.key, committed=said.value, version=said.version
    )
    if leaf != ballot.leaf or any(one not in pieces for one in said.leaves()):
        raise _InvalidError("leaf_differs")
    for verdict in judge(paper.limits, marks) if any(marks) else ():  # a blank ballot says nothing and breaks no rule
        if verdict.broken and verdict.effect in ("refuse", "void"):
            raise _InvalidError("limit_broken" if verdict.effect == "refuse" else BY_RULE, verdict.rule)
    return marks
