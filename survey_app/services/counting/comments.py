"""Comments after the opening: what comes out of the boxes, what of it is let out, and what a reader hides again.

Lives here: the floor and the shuffle. May not live here: the boxes themselves (`comment_box`), the words (`comment_text`).

An anonymous group's comments at one place are let out when at least `floors.WORDS` people wrote there (more where the release
plan asks for more); what is left over of a group's places is put together, and let out when that is enough people. The rest is
kept nowhere but in the sealed boxes, until these are destroyed. Signed words bear the name of who wrote them.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical, digest
from analysis.disclosure import floors
from analysis.records import Record, Row, plain, read
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Ballot, BallotStyle, Campaign, CommentRuling, Rater, ReleasedComments, Unit
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.casting import comment_box, comment_text
from survey_app.services.office import audit
from survey_app.services.release import plan as release_plan
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey, UnopenableError
from survey_app.services.sealing.sealed_content import DamagedContentError

REASON_MOST = 500
_FORMAT: Final = "pingyi-comments/1"
_DICE = random.SystemRandom()
#: Rater group, unit's code ("" for a group of no unit).
Place = tuple[str, str]
#: Words, and who signed them ("" where nobody did).
Entry = tuple[str, str]


class CommentsDifferError(RefusedError):
    """A second opening gave other comments than the first."""


@dataclass
class Gathered:
    """What the boxes held: words by place, boxes by place, and how many boxes could not be read or are nobody's."""

    words: dict[Place, list[Entry]] = field(default_factory=lambda: defaultdict(list))
    boxes: Counter[Place] = field(default_factory=Counter)
    damaged: int = 0


class Heap(Record, frozen=True):
    """Comments that came out together. `unit` None: left over of several units, none of which had enough people."""

    group: str
    unit: str | None
    entries: tuple[Entry, ...]


class Odd(Row, frozen=True):
    """A place at which there are not as many boxes as ballots: `boxes`, `ballots`."""

    group: str
    unit: str
    boxes: int
    ballots: int


class _LetOut(Record, frozen=True):
    """What is stored."""

    format: Literal["pingyi-comments/1"]
    heaps: tuple[Heap, ...]
    odd: tuple[Odd, ...]
    damaged: int


@dataclass(frozen=True)
class Ruled:
    """Who hid a comment or showed it again, when and why."""

    hidden: bool
    reason: str
    ruled_by: str
    ruled: dt.datetime


@dataclass(frozen=True, kw_only=True)
class CommentLine:
    """One released comment as read. `number` names it for good; `by`: who signed it; `ruled`: the newest word on it."""

    number: int
    group: str
    unit: str | None
    text: str
    by: str
    ruled: Ruled | None

    @property
    def hidden(self) -> bool:
        """Whether a reader hid it."""
        return self.ruled is not None and self.ruled.hidden


@dataclass(frozen=True)
class Released:
    """Everything let out of one campaign, in the order in which it was shuffled, and what was not right with the boxes."""

    shown: tuple[CommentLine, ...]
    odd: tuple[Odd, ...]
    damaged: int


def gather(session: Session, campaign: Campaign, key: OpeningKey) -> Gathered:
    """Open every box of words.

    Parameters
    ----------
    session, campaign
        Read only.
    key
        The opening key.

    Returns
    -------
    Gathered
        Words by group and unit, and how many boxes were damaged. Words of a signed form count in its last version only; words of
        nobody's form are not read.
    """
    found = Gathered()
    rows = select(Ballot.rater_id, Ballot.version, Rater.name).join(Rater, Rater.id == Ballot.rater_id)
    in_force = rows.where(Ballot.campaign_id == campaign.id, Ballot.superseded.is_(False))
    signers = {(rater, version): name for rater, version, name in session.execute(in_force)}
    places = _ballots(session, campaign)
    groups = scheme_of(campaign).groups
    for sealed in comment_box.sealed_boxes(session, campaign):
        try:
            one = comment_text.read(custody.open_sealed(key, sealed))
        except (UnopenableError, DamagedContentError):
            found.damaged += 1
            continue
        place = (one.group, one.unit)
        if place not in places or groups[one.group].signed != bool(one.rater):
            found.damaged += 1
            continue
        found.boxes[place] += 1
        if one.text and not one.rater:
            found.words[place].append((one.text, ""))
        elif one.text and (one.rater, one.version) in signers:
            found.words[place].append((one.text, signers[one.rater, one.version]))
    return found


def keep(session: Session, campaign: Campaign, found: Gathered, *, dice: random.Random = _DICE) -> None:
    """Store what may be let out, once; a later opening is compared with it.

    Parameters
    ----------
    session, campaign
        The caller commits.
    found
        What `gather` opened.
    dice
        Shuffles the words, so that their order says nothing.

    Raises
    ------
    CommentsDifferError
        When a later opening does not give what was stored.
    """
    if not asks(campaign):
        return
    ballots = _ballots(session, campaign)
    heaps = _let_out(session, campaign, found, ballots, dice)
    stored = session.get(ReleasedComments, campaign.id)
    if stored is None:
        odd = [Odd(*place, found.boxes[place], sent) for place, sent in sorted(ballots.items()) if found.boxes[place] != sent]
        content = canonical(plain(_LetOut(format=_FORMAT, heaps=tuple(heaps), odd=tuple(odd), damaged=found.damaged)))
        session.add(ReleasedComments(campaign_id=campaign.id, content=content, digest=digest(content)))
    elif _each(_stored(stored).heaps) != _each(heaps):
        raise CommentsDifferError(
            N_("重新开启后的意见和第一次不一致，第一次的没有改动；票箱在两次之间可能被动过，请停止使用并查明原因。")
        )


def released(session: Session, campaign: Campaign) -> Released | None:
    """What was let out, with what readers said to it.

    Parameters
    ----------
    session, campaign
        Read only.

    Returns
    -------
    Released or None
        None where nothing was stored: before the count, and where the forms ask for no words.

    Raises
    ------
    RefusedError
        When what is stored does not have its digest.
    """
    stored = session.get(ReleasedComments, campaign.id)
    if stored is None:
        return None
    record, rulings = _stored(stored), _rulings(session, campaign)
    every = ((heap, one) for heap in record.heaps for one in heap.entries)
    shown = (
        CommentLine(number=number, group=heap.group, unit=heap.unit, text=text, by=by, ruled=rulings.get(number))
        for number, (heap, (text, by)) in enumerate(every, start=1)
    )
    return Released(tuple(shown), record.odd, record.damaged)


def rule(session: Session, campaign: Campaign, number: int, *, hidden: bool, reason: str, account: str, now: dt.datetime) -> None:
    """Hide a comment, or show it again; the words themselves are never touched. Logged.

    Parameters
    ----------
    session, campaign
        The caller commits.
    number
        The comment's number among those let out, from 1.
    hidden
        Whether it is to be hidden.
    reason
        Why; it stays in the log.
    account, now
        Who does this and when.

    Raises
    ------
    NotFoundError
        When there is no such comment.
    UserError
        Without a reason, with one that is too long, or when it is so already.
    """
    found = released(session, campaign)
    one = next((one for one in found.shown if one.number == number), None) if found else None
    if one is None:
        raise NotFoundError(N_("没有这一条意见；请从意见页重新进入。"))
    reason = " ".join(reason.split())
    if not 1 <= len(reason) <= REASON_MOST:
        raise UserError(N_("请写明理由，最多 %(most)s 个字；它和这条意见的编号一起留在操作记录里。"), most=REASON_MOST)
    if one.hidden == hidden:
        raise UserError(N_("这一条已经是这样了，没有改动；请刷新页面。"))
    session.add(CommentRuling(campaign_id=campaign.id, number=number, hidden=hidden, reason=reason, ruled_by=account, ruled=now))
    action = "comment-hidden" if hidden else "comment-shown"
    audit.record(session, account=account, action=action, detail=f"{campaign.key} {number} {reason}", now=now)


def asks(campaign: Campaign) -> bool:
    """Whether any form of the scheme asks for words."""
    return any(group.comment for group in scheme_of(campaign).groups.values())


def _let_out(
    session: Session, campaign: Campaign, found: Gathered, ballots: Mapping[Place, int], dice: random.Random
) -> list[Heap]:
    """The heaps that are large enough. Where there are more boxes than ballots, somebody may have added some to reach the floor:
    nothing from there is let out."""
    scheme, plan = scheme_of(campaign), release_plan.plan_of(session, campaign)
    heaps: list[Heap] = []
    left: dict[str, list[Entry]] = defaultdict(list)
    for (group, unit), entries in sorted(found.words.items()):
        if found.boxes[group, unit] > ballots[group, unit]:
            continue
        if scheme.groups[group].signed or len(entries) >= max(floors.WORDS, plan.floor_of(group)):
            heaps.append(Heap(group, unit, _shuffled(entries, dice)))
        else:
            left[group] += entries
    for group, entries in sorted(left.items()):
        if len(entries) >= max(floors.WORDS, plan.floor_of(group)):
            heaps.append(Heap(group, None, _shuffled(entries, dice)))
    return heaps


def _shuffled(entries: Sequence[Entry], dice: random.Random) -> tuple[Entry, ...]:
    """In an order drawn by lot: that of the boxes' keys is random too, but whoever has the boxes knows it."""
    return tuple(dice.sample(sorted(entries), len(entries)))


def _ballots(session: Session, campaign: Campaign) -> Counter[Place]:
    """How many ballots came in at each place whose forms ask for words; each of them, superseded or not, has a box."""
    scheme = scheme_of(campaign)
    asking = [key for key in scheme.groups if comment_box.find_question(session, campaign, scheme, key)]
    rows = (
        select(BallotStyle.group_key, Unit.code, func.count(Ballot.key))
        .outerjoin(Unit, Unit.id == BallotStyle.unit_id)
        .outerjoin(Ballot, Ballot.style_id == BallotStyle.id)
        .where(BallotStyle.campaign_id == campaign.id, BallotStyle.group_key.in_(asking))
        .group_by(BallotStyle.group_key, Unit.code)
    )
    return Counter({(group, unit or ""): ballots for group, unit, ballots in session.execute(rows)})


def _stored(stored: ReleasedComments) -> _LetOut:
    if digest(stored.content) != stored.digest:
        raise RefusedError(N_("存下的意见和它的摘要对不上，数据库可能被改动过；请从备份核对。"))
    return read(stored.content, _LetOut)


def _each(heaps: Sequence[Heap]) -> Counter[tuple[str, str | None, Entry]]:
    return Counter((heap.group, heap.unit, one) for heap in heaps for one in heap.entries)


def _rulings(session: Session, campaign: Campaign) -> dict[int, Ruled]:
    """The newest word on each comment that somebody ruled on."""
    rows = session.scalars(select(CommentRuling).where(CommentRuling.campaign_id == campaign.id).order_by(CommentRuling.id))
    return {row.number: Ruled(row.hidden, row.reason, row.ruled_by, row.ruled) for row in rows}
