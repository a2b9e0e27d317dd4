"""A shared code on the wall that changes each minute: whoever is in the hall exchanges it for a form of one's own, once a time.

Lives here: the code, and the slips it is exchanged for. May not live here: casting, which sees an ordinary slip and so counts,
seals, receipts and checks it as any other.

Threats answered to, and not:
- Somebody outside the hall: the code of a minute is accepted in that minute and the next, no later, and only while the office
  holds the hall open (`hall`). The typed code has 30 bits, and wrong ones are throttled: with two workers some 4 in a million
  that a guess hits while a hall is open for half an hour. The picture holds a code of 130 bits, which is not throttled: while
  somebody guesses, whoever scans gets in.
- Somebody whose guess hits: forms are handed out at the pace of a queue of people, and the office sees them go.
- The database alone: codes and slips come from the batch's seed and the server's secret together.
- Somebody in the hall who exchanges several codes, or sends one on: NOT prevented, because nobody is asked who they are. Hence
  the scheme's word "shared code", hence ballots of such a group stand apart under a title that says they are indicative, and
  never more come in than seats were prepared.
- Whoever has the server's secret and the database can tell in which order forms were handed out (not to whom).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets as system_random
from concurrent.futures import Executor
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Admission
from survey_app.costs import AliasCost
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import BallotStyle, Campaign, CampaignState, Room, SlipBatch
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.sealing.tokens import Rng, crockford, mint_alias, mint_secret, plain_code, slip_tag
from survey_app.services.slips import hall, slips
from survey_app.services.slips.hall import SeatPace
from survey_app.services.slips.printings import Stamp
from survey_app.services.slips.slips import BatchError, Codes, MintedBatch
from survey_app.strain import Strain

PERIOD = 60
CODE_CHARACTERS = 6
SCANNED_CHARACTERS = 26


class StaleCodeError(RefusedError):
    """Not the code of this minute nor of the one before."""

    status = 403


class CodeThrottledError(UserError):
    """Too many wrong codes were typed lately; this one was not judged. Scanning goes on."""

    status = 429


class RoomFullError(RefusedError):
    """Every form that was prepared has been handed out."""


@dataclass(frozen=True)
class WallCode:
    """What hangs on the wall: the code in two groups, the long one for the picture, for how many seconds they are the newest."""

    code: str
    scanned: str
    seconds: int


@dataclass(frozen=True)
class Prepared:
    """A hall ready to be stored: its slips' digests and the seed they come from."""

    minted: MintedBatch
    seed: bytes


def show_code(style_id: str, *, secret: str, now: dt.datetime) -> WallCode:
    """The code of this minute."""
    moment = int(now.timestamp())
    code = _code(style_id, secret, moment // PERIOD)
    scanned = _code(style_id, secret, moment // PERIOD, SCANNED_CHARACTERS)
    return WallCode(f"{code[:3]}-{code[3:]}", scanned, PERIOD - moment % PERIOD)


def prepare(
    style: BallotStyle,
    *,
    seats: int,
    meeting: str,
    secret: str,
    cost: AliasCost,
    rng: Rng = system_random.token_bytes,
    pool: Executor | None = None,
) -> Prepared:
    """Slips for so many seats. Touches no database, because the hashes take seconds. Raises BatchError, RefusedError."""
    meeting = check_order(style, seats, meeting)
    seed = rng(16)
    codes = [_seat(seed, secret, number) for number in range(seats)]
    digests = slips.digest_aliases((alias for _, alias in codes), style.campaign.salt, cost, total=seats, pool=pool)
    rows = sorted((slip_tag(one), digest) for (one, _), digest in zip(codes, digests, strict=True))
    return Prepared(MintedBatch(style.id, style.campaign.id, meeting, (), tuple(rows)), seed)


def check_order(style: BallotStyle, seats: int, meeting: str) -> str:
    """The meeting's name, tidied, of a hall whose forms may be prepared. Raises as `prepare`."""
    meeting = slips.check_meeting(meeting)
    slips.check_count(seats)
    slips.refuse_unless_open(style.campaign)
    if scheme_of(style.campaign).groups[style.group_key].admission != Admission.CODE:
        raise BatchError(N_("这一类评议人不用公用码；请为他们印凭条或邀请函。"))
    return meeting


def store(session: Session, prepared: Prepared, stamp: Stamp | None = None) -> Room:
    """The hall's batch, registered like any other. The caller commits. Raises RefusedError when the campaign has been closed."""
    batch = slips.store(session, prepared.minted, stamp)
    room = Room(batch_id=batch.batch_id, seed=prepared.seed, handed=0)
    session.add(room)
    session.flush()
    return room


def hand_out(
    session: Session,
    style: BallotStyle,
    code: str,
    *,
    secret: str,
    now: dt.datetime,
    pace: SeatPace = hall.PACE,
    wrong_codes: Strain = hall.WRONG_CODES,
) -> Codes:
    """A form of one's own for the code on the wall.

    Parameters
    ----------
    session, style
        The session only reads so far: its transaction is ended here before one's turn is waited for. Then the campaign's row is
        locked; the caller commits.
    code
        What the person typed or scanned from the wall.
    secret
        The server's secret, from which the wall's codes are made.
    now
        The moment: the code changes every minute.
    pace, wrong_codes
        The hall's own, for all who ask.

    Returns
    -------
    Codes
        The secret of the form's link, and its alias.

    Raises
    ------
    HallClosedError
        When the office does not hold the hall open.
    StaleCodeError
        When this is not the code on the wall now.
    CodeThrottledError
        When too many wrong codes were typed lately.
    HallBusyError
        When more people ask than seats are handed out to.
    RoomFullError
        When every form prepared has been handed out.
    RefusedError
        When the campaign is not open.
    """
    _refuse_unless_open(style.campaign)
    if hall.open_until(session, style.id, now=now) is None:
        raise hall.HallClosedError(N_("会场公用码现在没有开放；请等会场工作人员开放后，再看着大屏幕领取。"))
    _judge(style.id, code, secret, now, wrong_codes)
    session.commit()
    pace.turn(style.id)
    _refuse_unless_open(slips.lock_campaign(session, style.campaign_id))
    halls = session.execute(
        select(Room, SlipBatch.issued)
        .join(SlipBatch, SlipBatch.id == Room.batch_id)
        .where(SlipBatch.style_id == style.id, SlipBatch.void.is_(False))
        .order_by(Room.batch_id)
        .with_for_update(of=Room)
        .execution_options(populate_existing=True)
    )
    for room, seats in halls:
        if room.handed < seats:
            room.handed += 1
            return _seat(room.seed, secret, room.handed - 1)
    raise RoomFullError(N_("准备好的评议表已经领完；请告诉会场工作人员再准备一些。"))


def handed(session: Session, campaign: Campaign) -> dict[int, int]:
    """How many forms were handed out, per batch that belongs to a hall; batches on paper are absent."""
    found = select(Room.batch_id, Room.handed).join(SlipBatch, SlipBatch.id == Room.batch_id)
    return dict(session.execute(found.where(SlipBatch.campaign_id == campaign.id)).all())


def _judge(style_id: str, text: str, secret: str, now: dt.datetime, wrong_codes: Strain) -> None:
    plain = plain_code(text)
    length = SCANNED_CHARACTERS if len(plain) == SCANNED_CHARACTERS else CODE_CHARACTERS
    if length == CODE_CHARACTERS and wrong_codes.high():
        raise CodeThrottledError(N_("刚才输错码的人太多，这一次没有核对；请扫描大屏幕上的二维码，或过几秒再试。"))
    minute, typed = int(now.timestamp()) // PERIOD, plain.encode()
    # Both are compared whatever the first says, in constant time.
    if not any([hmac.compare_digest(typed, _code(style_id, secret, at, length).encode()) for at in (minute, minute - 1)]):  # noqa: C419
        wrong_codes.add()
        raise StaleCodeError(N_("这不是大屏幕上现在的码，它每分钟换一次；请看着大屏幕重新输入。"))


def _code(style_id: str, secret: str, minute: int, length: int = CODE_CHARACTERS) -> str:
    purpose = b"code" if length == CODE_CHARACTERS else b"scanned code"
    return crockford(_mac(secret, purpose, style_id.encode(), minute), length)


def _seat(seed: bytes, secret: str, number: int) -> Codes:
    return (
        mint_secret(lambda size: _mac(secret, b"seat", seed, number)[:size]),
        mint_alias(lambda size: _mac(secret, b"alias", seed, number)[:size]),
    )


def _mac(secret: str, purpose: bytes, about: bytes, number: int) -> bytes:
    message = b"pingyi/room/v1\x00" + purpose + b"\x00" + number.to_bytes(8, "big") + about
    return hmac.digest(secret.encode(), message, hashlib.sha256)


def _refuse_unless_open(campaign: Campaign) -> None:
    if campaign.state != CampaignState.OPEN or campaign.halted is not None:
        raise RefusedError(N_("这次评议现在不在进行中，不能领取评议表。"))
