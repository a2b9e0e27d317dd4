"""The proof log of a campaign: what goes into each epoch, and when an epoch may be made.

Lives here: epochs and their entries. May not live here: the tree and the signatures (`survey_app.proof`), pages.

Threats answered to:
- A ballot changed, dropped or added after an epoch was printed no longer fits the printed root.
- An epoch tells roughly when its ballots came. Made after every ballot, the log would be a list of who came when. So there
  is at most one a meeting; a form enters only when at least `floors.WAITING` ballots of it are waiting; and `floors.EPOCH` of
  these, drawn by lot, stay behind for a later epoch. Every epoch of a form, the closing one included, thus holds so many ballots
  mixed from before and after: being in the last epoch does not say "came late". Who is left behind finds the ballot recorded
  (`/r`) and, after the close, in the log.
- Leaves of one epoch stand in the order of their digests, which is no order of anything.
- A void would be a way to add ballots without a slip: those on void slips were counted as handed out, however many came. So each
  void makes an epoch at once that says how many had been cast until then (`log.voids`). It holds no ballots: a batch is voided
  at a moment that people remember, and who came before it is nobody's business until the bundle says it of the whole batch.
- Mark leaves of one hand must not be told by coming together. All of them enter with the last epoch, so that each stands among
  those of its whole place; until then what binds them is the pledge in the ballot's own leaf.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets as system_random
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from analysis.canonical import canonical_bytes
from analysis.disclosure import floors
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Ballot, Campaign, CampaignState, LogEpoch, LogKey, MarkLeaf
from survey_app.proof import checkpoints, tree
from survey_app.proof.checkpoints import Checkpoint
from survey_app.proof.digest_set import DigestSet
from survey_app.services.log import entries as log_entries
from survey_app.services.log.entries import Entry

_DIGEST = 32


class EpochError(RefusedError):
    """An epoch that may not be made now."""


@dataclass(frozen=True, kw_only=True)
class Epoch:
    """A stored epoch. `entries` as canonical JSON texts; `ballots` and `marks` the digests of its ballots and of its mark
    leaves; `leaves` all three, in order."""

    number: int
    kind: str
    name: str
    entries: tuple[str, ...]
    ballots: tuple[bytes, ...]
    marks: tuple[bytes, ...]
    leaves: tuple[bytes, ...]
    text: str
    made: dt.datetime
    size: int
    root: bytes


@dataclass(frozen=True)
class Log:
    """A campaign's whole log as published."""

    origin: str
    public: bytes
    epochs: tuple[Epoch, ...]

    @property
    def leaves(self) -> tuple[bytes, ...]:
        """Every leaf in the log's order."""
        return tuple(leaf for epoch in self.epochs for leaf in epoch.leaves)


@dataclass(frozen=True)
class _Content:
    """What a new epoch is to hold."""

    kind: str
    name: str
    entries: Sequence[Entry]
    ballots: Sequence[bytes]
    marks: Sequence[bytes] = ()


@dataclass(frozen=True)
class LogPlace:
    """Where a ballot stands in the log: its leaf, its epoch, its place (from 0), and the path to that epoch's root."""

    leaf: bytes
    epoch: Epoch
    index: int
    path: tuple[bytes, ...]


def log_of(session: Session, campaign: Campaign) -> Log | None:
    """The log as stored; None when the campaign has none yet (a draft)."""
    key = session.get(LogKey, campaign.id)
    if key is None:
        return None
    rows = session.scalars(select(LogEpoch).where(LogEpoch.campaign_id == campaign.id).order_by(LogEpoch.number)).all()
    return Log(checkpoints.origin_of(campaign.key), key.public, tuple(_epoch(row, key.public) for row in rows))


def begin(session: Session, campaign: Campaign, *, secret: str, now: dt.datetime) -> None:
    """The signing key and the set-up epoch, once, as soon as the campaign is approved.

    Approval calls it; so does every later act on the log, for campaigns approved before there was one.

    Parameters
    ----------
    session, campaign
        The caller commits. Of a draft, and where there is a key already, nothing is done.
    secret
        The server's secret, which seals the signing key.
    now
        The moment.
    """
    if campaign.state == CampaignState.DRAFT or session.get(LogKey, campaign.id) is not None:
        return
    lock(session, campaign)
    public, sealed = checkpoints.new_key(secret)
    session.add(LogKey(campaign_id=campaign.id, public=public, sealed=sealed))
    session.flush()
    entries = [*log_entries.fixed(session, campaign, public), *log_entries.registry(session, campaign, [])]
    _add(session, campaign, _Content("setup", "", entries, []), secret=secret, now=now)


def add_meeting(
    session: Session,
    campaign: Campaign,
    *,
    name: str,
    secret: str,
    now: dt.datetime,
    lots: system_random.SystemRandom | None = None,
) -> Epoch:
    """The epoch at the end of a meeting.

    Parameters
    ----------
    session, campaign
        The caller commits, prints it and has it read out.
    name
        Which meeting, in at most 120 characters; each has one epoch.
    secret
        The server's secret, which opens the signing key.
    now
        The moment.
    lots
        Draws which ballots wait for a later epoch.

    Raises
    ------
    EpochError
        When the campaign is not open, for no name, a second epoch of a meeting, or too few ballots to hide anybody.
    """
    begin(session, campaign, secret=secret, now=now)
    lock(session, campaign)
    if campaign.state != CampaignState.OPEN:
        raise EpochError(N_("评议现在不在进行中；会场存证只在投票期间做，结束时另有一次。"))
    name = " ".join(name.split())
    if not name or len(name) > 120:
        raise EpochError(N_("请写明是哪一场会议，最多 120 个字。"))
    if session.scalar(select(LogEpoch.number).where(LogEpoch.campaign_id == campaign.id, LogEpoch.name == name)) is not None:
        raise EpochError(N_("“%(name)s”已经做过一次存证；每场会议只做一次，以免从先后看出是谁的票。"), name=name)
    before = _entries_so_far(session, campaign)
    ready = _ready(session, campaign, lots or system_random.SystemRandom())
    if not ready:
        raise EpochError(
            N_("现在每一种表等着存证的票都不到 %(least)s 张，做存证会让人看出谁先谁后；请等票多一些，或在结束时一并存证。"),
            least=floors.WAITING,
        )
    entries: list[Entry] = [{"record": "meeting", "name": name}, *log_entries.registry(session, campaign, before)]
    return _add(session, campaign, _Content("meeting", name, entries, ready), secret=secret, now=now)


def add_void(session: Session, campaign: Campaign, *, secret: str, now: dt.datetime) -> Epoch:
    """The epoch of a batch that was just voided. The caller holds the campaign as `lock` does, has begun the log, and commits."""
    before = _entries_so_far(session, campaign)
    entries = log_entries.registry(session, campaign, before)  # other batches printed since, and this void
    return _add(session, campaign, _Content("void", "", entries, []), secret=secret, now=now)


def add_close(session: Session, campaign: Campaign, *, secret: str, now: dt.datetime) -> Epoch | None:
    """The last epoch, with every ballot not yet in the log; once.

    Parameters
    ----------
    session, campaign
        The caller commits.
    secret
        The server's secret, which opens the signing key.
    now
        The moment.

    Returns
    -------
    Epoch or None
        None when it is there already.

    Raises
    ------
    EpochError
        When the campaign is not closed.
    """
    begin(session, campaign, secret=secret, now=now)
    lock(session, campaign)
    if not campaign.state.at_least(CampaignState.CLOSED):
        raise EpochError(N_("评议还没有结束；结束之后才做最后一次存证。"))
    if session.scalar(select(LogEpoch.number).where(LogEpoch.campaign_id == campaign.id, LogEpoch.kind == "close")) is not None:
        return None
    before = _entries_so_far(session, campaign)
    logged = _logged(session, campaign)
    leaves = [leaf for leaf, _, _ in _ballots(session, campaign) if leaf not in logged]
    entries = [*log_entries.registry(session, campaign, before), *log_entries.invitations(session, campaign)]
    content = _Content("close", "", entries, leaves, _waiting_marks(session, campaign))
    last = _add(session, campaign, content, secret=secret, now=now)
    session.execute(delete(MarkLeaf).where(MarkLeaf.campaign_id == campaign.id))
    return last


def missing(session: Session, campaign: Campaign) -> tuple[int, int]:
    """(ballots in the log that are no longer stored, ballots stored that a finished log does not hold): both 0, or someone
    had their hands in the database."""
    stored = {leaf for leaf, _, _ in _ballots(session, campaign)}
    logged = _logged(session, campaign)
    closed = session.scalar(select(LogEpoch.number).where(LogEpoch.campaign_id == campaign.id, LogEpoch.kind == "close"))
    return len(logged - stored), len(stored - logged) if closed is not None else 0


def mark_leaves(session: Session, campaign: Campaign) -> DigestSet:
    """Every mark leaf there is, in the log or on its way into it."""
    laid = session.scalars(select(LogEpoch.marks).where(LogEpoch.campaign_id == campaign.id)).all()
    return DigestSet([*laid, *_waiting_marks(session, campaign)])


def find(log: Log, leaf: bytes) -> LogPlace | None:
    """Where this leaf stands; None when it is in no epoch."""
    start = 0
    for epoch in log.epochs:
        if leaf in epoch.leaves:
            index = start + epoch.leaves.index(leaf)
            return LogPlace(leaf, epoch, index, tree.inclusion_path(log.leaves[: epoch.size], index))
        start += len(epoch.leaves)
    return None


def _ready(session: Session, campaign: Campaign, lots: system_random.SystemRandom) -> list[bytes]:
    """The ballots that may enter now: see the module's second threat. Signed forms bear a name and wait for nobody."""
    logged = _logged(session, campaign)
    waiting: dict[tuple[str, str], list[bytes]] = {}
    for leaf, style, kind in _ballots(session, campaign):
        if leaf not in logged:
            waiting.setdefault((style, kind), []).append(leaf)
    ready = []
    for (_, kind), leaves in waiting.items():
        if kind == "signed":
            ready += leaves
        elif len(leaves) >= floors.WAITING:
            ready += lots.sample(sorted(leaves), len(leaves) - floors.EPOCH)
    return ready


def _ballots(session: Session, campaign: Campaign) -> list[tuple[bytes, str, str]]:
    rows = session.execute(select(Ballot.leaf, Ballot.style_id, Ballot.kind).where(Ballot.campaign_id == campaign.id))
    return [(leaf, style, kind) for leaf, style, kind in rows]


def _waiting_marks(session: Session, campaign: Campaign) -> list[bytes]:
    return list(session.scalars(select(MarkLeaf.digest).where(MarkLeaf.campaign_id == campaign.id)))


def _add(session: Session, campaign: Campaign, what: _Content, *, secret: str, now: dt.datetime) -> Epoch:
    log = log_of(session, campaign)
    key = session.get_one(LogKey, campaign.id)
    number = len(log.epochs) if log else 0
    entries = (*what.entries, log_entries.audit_head(session, number))
    texts = sorted(canonical_bytes(entry).decode() for entry in entries)
    leaves = sorted([*(tree.leaf_hash(text.encode()) for text in texts), *what.ballots, *what.marks])
    every = [*(log.leaves if log else ()), *leaves]
    origin = checkpoints.origin_of(campaign.key)
    said = Checkpoint(
        origin=origin, size=len(every), root=tree.root(every), epoch=number, kind=what.kind, made=checkpoints.minute(now)
    )
    row = LogEpoch(
        campaign_id=campaign.id,
        number=number,
        kind=what.kind,
        name=what.name,
        entries="[" + ",".join(texts) + "]",
        leaves=b"".join(sorted(what.ballots)),
        marks=b"".join(sorted(what.marks)),
        text=checkpoints.sign(said, key.sealed, secret),
        made=now,
    )
    session.add(row)
    session.flush()
    return _epoch(row, key.public)


def _epoch(row: LogEpoch, public: bytes) -> Epoch:
    said = checkpoints.read(row.text, public)
    if said is None:
        raise RefusedError(
            N_("存证日志第 %(number)s 节的签名对不上，数据库可能被改动过；请与印出的存证单核对。"), number=row.number
        )
    texts = tuple(canonical_bytes(entry).decode() for entry in json.loads(row.entries))
    ballots, marks = _pieces(row.leaves), _pieces(row.marks)
    leaves = tuple(sorted([*(tree.leaf_hash(text.encode()) for text in texts), *ballots, *marks]))
    return Epoch(
        number=row.number,
        kind=row.kind,
        name=row.name,
        entries=texts,
        ballots=ballots,
        marks=marks,
        leaves=leaves,
        text=row.text,
        made=row.made,
        size=said.size,
        root=said.root,
    )


def _entries_so_far(session: Session, campaign: Campaign) -> list[Entry]:
    stored = session.scalars(select(LogEpoch.entries).where(LogEpoch.campaign_id == campaign.id))
    return [entry for text in stored for entry in json.loads(text)]


def _logged(session: Session, campaign: Campaign) -> set[bytes]:
    stored = session.scalars(select(LogEpoch.leaves).where(LogEpoch.campaign_id == campaign.id))
    return {leaf for laid in stored for leaf in _pieces(laid)}


def _pieces(laid: bytes) -> tuple[bytes, ...]:
    return tuple(laid[at : at + _DIGEST] for at in range(0, len(laid), _DIGEST))


def lock(session: Session, campaign: Campaign) -> None:
    """Casts under way finish first, as at the close; an epoch sees a ballot whole or not at all."""
    session.refresh(campaign, with_for_update=True)
