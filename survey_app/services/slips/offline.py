"""Slips made on another machine by whoever holds the box: the server hands out an order and takes back digests, never a code.

Lives here: the two files that travel. May not live here: how slips are minted and stored (`slips`), paper (`printing`).

Threats answered to:
- The office, and whoever has its server, cannot use or copy a slip it never saw; it can only make more of its own, which then
  stand in the log as another batch.
- A file for another campaign, form or cost of hashing, or one altered on its way, is refused whole: its slips would not open.
- A slip registered twice, in two batches or two campaigns, is refused: a ballot could not be put down to one of them.
"""

from __future__ import annotations

import json
import secrets as system_random
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from analysis import records
from analysis.canonical import canonical_bytes
from analysis.records import Hex, Record, RecordError, Row, plain, shaped
from questionnaires.model import Admission
from survey_app.costs import AliasCost
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import BallotStyle, Campaign, Slip
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.sealing.tokens import Rng, mint_alias, mint_secret, slip_tag
from survey_app.services.slips import slips
from survey_app.services.slips.slips import MintedBatch, Progress

ORDER: Final = "pingyi-slip-order/1"
DIGESTS: Final = "pingyi-slip-digests/1"
#: Two thousand slips have some 280 KB of digests.
MOST_BYTES = 1024 * 1024
_PIECE = 500  # tags asked for in one query
_DAMAGED = N_("凭条指纹文件不完整或被改动过，一张也没有登记；请重新拷贝，或重新制作。")


class OfflineSlipsError(UserError):
    """An order or a file of digests that cannot be used; nothing was stored."""

    status = 422


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a machine without the database has to know to make slips of one form."""

    campaign: str
    title: str
    until: str
    style: str
    unit: str
    group: str
    address: str
    salt: bytes
    cost: AliasCost
    exposed: bool = False


class _Cost(Row, frozen=True):
    time: int
    memory: int


class _Head(Record, frozen=True, forbid_unknown_fields=False):
    """What says which file it is."""

    format: str


class _Order(Record, frozen=True, omit_defaults=True):
    """An order as it travels. `exposed` only where the group was promised nothing: the slip has to say so."""

    format: Literal["pingyi-slip-order/1"]
    campaign: str
    title: str
    until: str
    style: str
    unit: str
    group: str
    address: str
    salt: Hex
    cost: _Cost
    exposed: bool = False


class _Digests(Record, frozen=True):
    """The way back: pairs of a slip's tag and its alias' digest."""

    format: Literal["pingyi-slip-digests/1"]
    campaign: str
    style: str
    meeting: str
    salt: Hex
    cost: _Cost
    slips: tuple[tuple[Hex, Hex], ...]


def order_text(style: BallotStyle, *, unit: str, group: str, base_url: str, cost: AliasCost, exposed: bool = False) -> bytes:
    """The order for one form, to carry to the other machine. It holds nothing secret. Raises as `slips.mint`."""
    campaign = style.campaign
    slips.refuse_unless_open(campaign)
    _refuse_unless_slips(campaign, style)
    said = _Order(
        format=ORDER,
        campaign=campaign.key,
        title=campaign.title,
        until=campaign.until,
        style=style.id,
        unit=unit,
        group=group,
        address=f"{base_url}/v/{style.id}",
        salt=Hex(campaign.salt),
        cost=shaped(cost, _Cost),
        exposed=exposed,
    )
    return json.dumps(plain(said), ensure_ascii=False, indent=1, sort_keys=True).encode()


def read_order(data: bytes) -> Order:
    """The order as written by `order_text`. Raises OfflineSlipsError."""
    _refuse_unless(data, ORDER)
    try:
        return shaped(records.read(data, _Order), Order)
    except RecordError as wrong:
        raise OfflineSlipsError(N_("这不是完整的凭条印制单；请从“印发”页重新下载。")) from wrong


def make(
    order: Order,
    *,
    count: int,
    meeting: str,
    rng: Rng = system_random.token_bytes,
    progress: Progress | None = None,
    pool: Executor | None = None,
) -> tuple[tuple[slips.Codes, ...], bytes]:
    """Slips made on a machine that has no database.

    Parameters
    ----------
    order
        What the server asks for: style, salt and cost.
    count
        How many, from 1 to 2,000.
    meeting
        Where they are given out; it is printed on each.
    rng, progress, pool
        The source of random bytes, whom to tell how far it is, and threads for the hashes.

    Returns
    -------
    tuple of (codes, bytes)
        The codes, to print and forget, and the file of their digests for the server.

    Raises
    ------
    BatchError
        For a count or a meeting that cannot be.
    """
    meeting = slips.check_meeting(meeting)
    slips.check_count(count)
    codes = tuple((mint_secret(rng), mint_alias(rng)) for _ in range(count))
    aliases = (alias for _, alias in codes)
    digests = slips.digest_aliases(aliases, order.salt, order.cost, progress=progress, total=count, pool=pool)
    rows = sorted((Hex(slip_tag(secret)), Hex(digest)) for (secret, _), digest in zip(codes, digests, strict=True))
    said = _Digests(
        format=DIGESTS,
        campaign=order.campaign,
        style=order.style,
        meeting=meeting,
        salt=Hex(order.salt),
        cost=shaped(order.cost, _Cost),
        slips=tuple(rows),
    )
    return codes, canonical_bytes(plain(said))


def take(session: Session, campaign: Campaign, data: bytes, *, cost: AliasCost) -> MintedBatch:
    """The batch in a file of digests, checked whole; `slips.store` then registers it.

    Parameters
    ----------
    session, campaign
        Read only.
    data
        The file that `make` wrote.
    cost
        The cost the server works with; another one's aliases would not be known again.

    Raises
    ------
    OfflineSlipsError
        For a damaged file, one for another campaign, style or order, and codes that are registered already.
    BatchError
        For a count or a meeting that cannot be.
    AlteredSchemeError
        When the campaign's scheme does not have its digest.
    """
    _refuse_unless(data, DIGESTS)
    try:
        said = records.read(data, _Digests)
    except RecordError as wrong:
        raise OfflineSlipsError(_DAMAGED) from wrong
    style = session.get(BallotStyle, said.style)
    if said.campaign != campaign.key or style is None or style.campaign_id != campaign.id:
        raise OfflineSlipsError(N_("这份凭条指纹是给另一次评议或另一张表的；请换这次评议的文件。"))
    if said.salt != campaign.salt or shaped(said.cost, AliasCost) != cost:
        raise OfflineSlipsError(N_("这份凭条指纹是按另一张印制单做的，编号会认不出来；请下载新的印制单重新制作。"))
    _refuse_unless_slips(campaign, style)
    meeting = slips.check_meeting(said.meeting)
    rows = [(bytes(tag), bytes(alias)) for tag, alias in said.slips]
    whole = all(len(digest) == 32 for row in rows for digest in row)
    if not whole or any(len(set(column)) != len(rows) for column in zip(*rows, strict=True)):
        raise OfflineSlipsError(_DAMAGED)
    slips.check_count(len(rows))
    _refuse_known(session, rows)
    return MintedBatch(style.id, campaign.id, meeting, (), tuple(sorted(rows)))


def _refuse_known(session: Session, rows: list[tuple[bytes, bytes]]) -> None:
    for at in range(0, len(rows), _PIECE):
        tags, aliases = zip(*rows[at : at + _PIECE], strict=True)
        found = select(Slip.tag).where(or_(Slip.tag.in_(tags), Slip.alias_digest.in_(aliases))).limit(1)
        if session.scalar(found) is not None:
            raise OfflineSlipsError(N_("这份文件里有已经登记过的凭条，一张也没有再登记；同一份文件只登记一次。"))


def _refuse_unless_slips(campaign: Campaign, style: BallotStyle) -> None:
    if scheme_of(campaign).groups[style.group_key].admission != Admission.SLIP:
        raise OfflineSlipsError(N_("这一类评议人不用凭条，不能另行制作；请为他们印发个人邀请函。"))


def _refuse_unless(data: bytes, expected: str) -> None:
    """Which file it is comes before what is wrong with it."""
    try:
        found = records.read(data, _Head).format if len(data) <= MOST_BYTES else ""
    except RecordError as wrong:
        raise OfflineSlipsError(N_("选的文件不是评议系统的凭条文件；请检查是不是选错了。")) from wrong
    if found != expected:
        raise OfflineSlipsError(N_("选的文件不是评议系统的凭条文件；请检查是不是选错了。"))
