"""A campaign filled with made-up answers, through the same doors as a real one, so that there is something to look at.

The round is deterministic: the same seed gives the same marks, so that a page, a test and a person can speak of one figure.
Secrets are not: a demo's slips are as unguessable as any. Nothing in here knows what a grade or a group is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import secrets as system_random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.limits import LimitTable, judge
from survey_app.costs import AliasCost
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign, Headcount, Rater, Subject
from survey_app.services.books import headcounts
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import LoadedStyle, roster_of, styles_of
from survey_app.services.casting import cast
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.demo.folder import DemoFolder, Place, planned_ballots, planned_comments
from survey_app.services.evidence import entries as evidence
from survey_app.services.release import approval
from survey_app.services.results import earlier
from survey_app.services.roster import importing
from survey_app.services.slips import invitations, slips
from survey_app.services.uploads import read_files

#: Called with (ballots cast, ballots in all).
Progress = Callable[[int, int], None]
ACCOUNT = "demo"
#: A round that is still open has so many ballots, so that it is made quickly.
OPEN_MOST = 300


@dataclass(frozen=True, kw_only=True)
class Words:
    """What a demo round says of itself on its pages."""

    title: str
    period: str
    until: str
    asker: str
    purpose: str
    asks: str


def is_made(session: Session, scheme_digest: str) -> bool:
    """Whether a demo round of this very scheme file stands in the database."""
    wanted = select(Campaign.id).where(Campaign.demo.is_(True), Campaign.scheme_digest == scheme_digest).limit(1)
    return session.scalar(wanted) is not None


def all_rounds(session: Session) -> Sequence[Campaign]:
    """Every demo round there is."""
    return session.scalars(select(Campaign).where(Campaign.demo.is_(True))).all()


def make(session: Session, *, scheme_text: str, folder: DemoFolder, words: Words, passphrase: str, now: dt.datetime) -> Campaign:
    """An open campaign on this scheme with the roster in `folder`. The caller commits."""
    campaign = campaigns.create(
        session,
        scheme_text=scheme_text,
        title=words.title,
        period=words.period,
        passphrase=passphrase,
        until=words.until,
        asker=words.asker,
        purpose=words.purpose,
        asks=words.asks,
        demo=True,
        now=now,
    )
    importing.import_roster(session, campaign, folder.roster())
    rehearsal.rehearse(session, campaign, passphrase, account=ACCOUNT, now=now)
    approval.open_small_groups(session, campaign)
    approval.approve(session, campaign, now=now)
    return campaign


def bring_evidence(session: Session, campaign: Campaign, folder: DemoFolder, *, now: dt.datetime) -> int:
    """Import the folder's other evidence; how many entries there are. Raises as an import does. The caller commits."""
    sheets = read_files(folder.evidence())
    return evidence.import_sheets(session, campaign, sheets, account=ACCOUNT, now=now).added if sheets else 0


def take_earlier(session: Session, campaign: Campaign, sources: Sequence[Campaign], *, now: dt.datetime) -> int:
    """Take over what these counted campaigns have for the scheme; how many entries. The caller commits."""
    taken = 0
    for source in sources:
        seen = earlier.preview(session, campaign, source.key)
        if seen.taken:
            taken += earlier.take(session, campaign, seen, seen.digest, account=ACCOUNT, now=now)["added"]
    return taken


def fill(
    session: Session,
    campaign: Campaign,
    folder: DemoFolder,
    *,
    seed: int,
    cost: AliasCost,
    most: int | None = None,
    progress: Progress | None = None,
) -> int:
    """Issue credentials and cast ballots for every style: those of the folder's ballots table, elsewhere made-up ones of nine
    in ten of those entitled. `most` a style: made-up ones only, for a round that is still going on.

    Commits, ballot by ballot, as casting does. Returns how many were cast. Raises RefusedError for more ballots than voters.
    """
    dice = random.Random(seed)  # noqa: S311 - made-up answers, not secrets
    styles = styles_of(session, campaign)
    planned = planned_ballots(folder, scheme_of(campaign), roster_of(session, campaign)) if most is None else {}
    places = _places(session, campaign, styles)
    order = {place: at for at, place in enumerate(dict.fromkeys(places[style.row.id][:2] for style in styles))}
    # styles of one group in one unit stand by who is left out: their own keys are random, and the dice go round in this order
    styles.sort(key=lambda style: (order[places[style.row.id][:2]], places[style.row.id][2]))
    plans = []
    for style in styles:
        entitled = _entitled(session, campaign, style)
        place = places[style.row.id]
        told = (place[0], place[1]) in {(group, unit) for group, unit, _ in planned}
        voters = len(planned.get(place, ())) if told else _voters(entitled, most)
        if voters > entitled:
            raise RefusedError(N_("演示的票比应到的人多：%(group)s %(unit)s；请改正 heads.csv。"), group=place[0], unit=place[1])
        plans.append((style, entitled, voters, place))
    words = planned_comments(folder) if most is None else {}
    total, done = sum(voters for _, _, voters, _ in plans), 0
    for style, entitled, voters, place in plans:
        paper = cast.paper_of(session, style.row.id)[1]
        ready, say = planned.get(place, []), words.get(place[:2], [])
        for at, (credential, name) in enumerate(_credentials(session, campaign, style, entitled, cost)[:voters]):
            cast.cast(
                session,
                style_id=style.row.id,
                credential=credential,
                submission_id=system_random.token_bytes(cast.SUBMISSION_BYTES),
                marks=ready[at] if ready else _marks(paper, dice),
                signature=cast.Signature(name) if name else None,
                confirmed={table.rule for table in paper.limits},
                comment=say.pop(0) if say else "",
            )
            done += 1
            if progress:
                progress(done, total)
    return done


def _places(session: Session, campaign: Campaign, styles: Sequence[LoadedStyle]) -> dict[str, Place]:
    """Where each style is filled, as a ballots table names it."""
    rows = session.execute(select(Subject.id, Subject.code).where(Subject.campaign_id == campaign.id))
    codes = dict(rows.all())
    return {
        style.row.id: (
            style.row.group_key,
            style.row.unit.code if style.row.unit else "",
            codes.get(style.row.excluded_id, "") if style.row.excluded_id else "",
        )
        for style in styles
    }


def open_most(session: Session, campaign: Campaign) -> int:
    """How many ballots a style of an open round gets: a few, fewer where there are many styles."""
    return max(1, min(5, OPEN_MOST // max(1, len(styles_of(session, campaign)))))


def count_boxes(session: Session, campaign: Campaign) -> None:
    """Type in attendance and box counts that agree with the books; the caller commits."""
    entries = {
        (line.unit_code, line.group.key): headcounts.Counts(
            present=line.issued,
            spoiled=None if line.group.signed else 0,
            unused=None if line.group.signed else line.issued - line.cast,
        )
        for line in headcounts.reconcile(session, campaign)
    }
    headcounts.save_counts(session, campaign, entries)


def _voters(entitled: int, most: int | None) -> int:
    voters = entitled - entitled // 10
    return voters if most is None else min(voters, most)


def _entitled(session: Session, campaign: Campaign, style: LoadedStyle) -> int:
    """How many people fill this style: the signed raters bound to it, or the roster's head-count."""
    if scheme_of(campaign).groups[style.row.group_key].signed:
        return len(_raters(session, style))
    rows = select(Headcount.entitled).where(
        Headcount.campaign_id == campaign.id, Headcount.group_key == style.row.group_key, Headcount.unit_id == style.row.unit_id
    )
    return session.scalar(rows) or 0


def _raters(session: Session, style: LoadedStyle) -> Sequence[Rater]:
    return session.scalars(select(Rater).where(Rater.style_id == style.row.id).order_by(Rater.id)).all()


def _credentials(
    session: Session, campaign: Campaign, style: LoadedStyle, entitled: int, cost: AliasCost
) -> list[tuple[cast.Credential, str]]:
    if not entitled:
        return []
    if scheme_of(campaign).groups[style.row.group_key].signed:
        issued = invitations.issue(session, campaign=campaign, raters=list(_raters(session, style)), cost=cost)
        session.commit()
        return [(cast.Credential(secret=one.secret), one.rater.name) for one in issued]
    meeting = style.row.unit.name if style.row.unit else campaign.title
    batch = slips.issue(session, style=style.row, count=entitled, meeting=meeting, cost=cost)
    session.commit()
    return [(cast.Credential(secret=secret), "") for secret, _alias in batch.slips]


def _marks(paper: BallotPaper, dice: random.Random) -> list[int]:
    """Marks that lean towards each subject's made-up standing and keep every whole-ballot rule."""
    mood = dice.uniform(-0.15, 0.15)
    marks = [_mark(paper, place, mood, dice) for place in range(len(paper.slots))]
    for _ in range(len(marks)):
        broken = [table for table, verdict in zip(paper.limits, judge(paper.limits, marks), strict=True) if verdict.broken]
        if not broken:
            return marks
        for table in broken:
            _mend(paper, table, marks, dice)
    return marks


def _mark(paper: BallotPaper, place: int, mood: float, dice: random.Random) -> int:
    choices = paper.choices(place)
    digest = hashlib.sha256(paper.slots[place].subject.encode()).digest()
    standing = 0.45 + 0.5 * digest[0] / 255 + mood
    worse = min(len(choices) - 1, int(dice.expovariate(1) * (1.15 - standing) * len(choices)))
    return choices[worse].code


def _mend(paper: BallotPaper, table: LimitTable, marks: list[int], dice: random.Random) -> None:
    """Change one mark towards keeping a rule."""
    verdict = judge([table], marks)[0]
    inside = [slot for slot in table.slots if marks[slot] in table.codes]
    outside = [slot for slot in table.slots if slot not in inside]
    if table.kind == "count" and verdict.found < verdict.least and outside:
        marks[dice.choice(outside)] = table.codes[0]
    elif inside:
        slot = dice.choice(inside)
        others = [choice.code for choice in paper.choices(slot) if choice.code not in table.codes]
        marks[slot] = others[0] if others else marks[slot]
