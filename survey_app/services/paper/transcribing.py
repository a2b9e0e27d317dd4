"""A sheet is typed by two, compared, settled by a third where they read it differently, and cast like any other ballot.

Lives here: whose turn it is, comparing, the cast and what comes after it. May not live here: the format of what waits
(`typed_sheets`), stacks (`stacks`), what a ballot may hold (`casting`).

The order is the promise. What is typed to its end is stored before it is compared, so that a crash loses no typing. A sheet is
cast under an id that lies in its first typing, so that a second try after a crash gets the same receipt and casts nothing. Then
one transaction says "cast" of the sheet and forgets who typed it and what. The two are not one transaction: PostgreSQL numbers
those, and the number would tie sheet to ballot as long as rows live.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey_app.changes import CASTING
from survey_app.costs import AliasCost
from survey_app.database import BEGIN
from survey_app.i18n import N_
from survey_app.models import Campaign, PaperStack, PaperTyping
from survey_app.services.casting import cast, comment_text
from survey_app.services.casting.credentials import Credential
from survey_app.services.casting.forms_at_hand import FormAtHand
from survey_app.services.casting.refusals import SpentSlipError, VoidSlipError
from survey_app.services.casting.rules import check
from survey_app.services.casting.settled import Receipt
from survey_app.services.office import audit
from survey_app.services.paper import stacks, typed_sheets
from survey_app.services.paper.stacks import SheetError
from survey_app.services.paper.typed_sheets import TypedSheet
from survey_app.services.sealing.tokens import Alias, typing_key
from survey_app.slow_hashing import hashed

NO_SLIP = N_("没有凭条的表不能计入；请选“搁置”和它的理由。")


class SheetOutcome(StrEnum):
    """What became of a sheet just now."""

    HALF = "half"
    FIRST = "first"
    DIFFERS = "differs"
    CAST = "cast"
    ASIDE = "aside"


@dataclass(frozen=True)
class SheetDone:
    """What became of a sheet: the receipt where it was cast, the reason where it was set aside."""

    outcome: SheetOutcome
    receipt: Receipt | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class PaperSheet:
    """A sheet in somebody's hand. `alias` None: it has no slip, and can only be set aside.

    Plain values, so that nothing is read again outside the transaction.
    """

    stack_id: int
    campaign_id: int
    here: FormAtHand
    number: int
    alias: Alias | None = field(repr=False)  # must not reach a log by way of a traceback
    account_id: int
    account: str
    cost: AliasCost
    now: dt.datetime


@dataclass(frozen=True)
class EarlierReading:
    """What one of two typed: the typing, or why the sheet was set aside."""

    typed: TypedSheet | None
    reason: str


@dataclass(frozen=True)
class OpenedSheet:
    """A sheet as it lies before whoever opened it. `turn`: 1 or 2, blind, with what they typed of it themselves so far;
    3 with what the two before them read. `done`: both had agreed, and what a crash left undone was done now.
    """

    turn: int
    own: TypedSheet | None = None
    both: tuple[EarlierReading, ...] = ()
    done: SheetDone | None = None


def open_sheet(session: Session, sheet: PaperSheet) -> OpenedSheet:
    """Take a sheet up. Nothing is stored, but what both had agreed on is cast where that was interrupted.

    Parameters
    ----------
    session
        Holds nothing of the caller's, as with `cast.cast`: its transaction is ended here.
    sheet
        Which one, whose slip, and who has it.

    Raises
    ------
    SheetError
        Not this account's turn, done already, or typed with another slip before.
    RefusedError, UserError
        As `cast.find_standing`: an unknown, used or void slip. A slip whose ballot was recorded is told as used.
    """
    engine, key = _ready(session, sheet)
    with _writing(engine) as write:
        rows = _rows(write, sheet)
        read = _readings(rows, key)
    final = _final(rows, read)
    if final is not None:
        return OpenedSheet(0, done=_finish(session, engine, sheet, final))
    turn = _turn(rows, sheet)
    if turn == 3:
        own = rows.get(3)
        return OpenedSheet(3, typed_sheets.unseal(own.sealed, key) if own and own.sealed and key else None, tuple(read.values()))
    if turn not in rows:
        _check_slip(session, sheet)
    return OpenedSheet(turn, read[turn].typed if turn in read else None)


def put(session: Session, sheet: PaperSheet, entry: TypedSheet | str, *, whole: bool = True) -> SheetDone:
    """Store what was typed, or why the sheet is set aside; compare, and cast what both agree on.

    Parameters
    ----------
    session
        Holds nothing of the caller's, as with `cast.cast`.
    sheet
        Which one, whose slip, and who has it.
    entry
        The typing, or the letter of a reason of `paper_reasons`.
    whole
        False: to be gone on with later by the same account.

    Raises
    ------
    SheetError
        Not this account's turn, done already, or typed with another slip before.
    RefusedError, UserError
        As `cast.cast`. What was stored before it raised stays: trying again goes on from there.
    """
    if isinstance(entry, TypedSheet):
        _check(sheet.here, entry, whole=whole)
    engine, key = _ready(session, sheet)
    sealed = _sealed(sheet, entry, key)
    with _writing(engine) as write:
        begun = bool(_rows(write, sheet))
    if isinstance(entry, TypedSheet) and not begun:
        _check_slip(session, sheet)
    with _writing(engine) as write:
        rows = _rows(write, sheet)
        read = _readings(rows, key)
        final = _final(rows, read)
        turn = 0
        if final is None:
            turn = _turn(rows, sheet)
            row = rows.get(turn) or PaperTyping(
                stack_id=sheet.stack_id, sheet=sheet.number, turn=turn, account_id=sheet.account_id
            )
            rows[turn] = _stored(write, row, entry, sealed, whole=whole)
            read = _readings(rows, key)
            final = _final(rows, read)
        write.commit()
    if final is not None:
        return _finish(session, engine, sheet, final)
    return SheetDone(SheetOutcome.HALF if not whole else SheetOutcome.FIRST if turn == 1 else SheetOutcome.DIFFERS)


def _ready(session: Session, sheet: PaperSheet) -> tuple[Engine, bytes | None]:
    """The engine, and the key that the slip gives; slow, so that nothing is held meanwhile."""
    session.commit()
    key = None if sheet.alias is None else hashed(typing_key, sheet.alias, sheet.here.row.campaign.salt, sheet.cost)
    return session.get_bind().engine, key


@contextlib.contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    """A transaction that changes nothing of what is kept of forms. The block commits."""
    with Session(engine, expire_on_commit=False) as session:
        session.connection(execution_options={BEGIN: "IMMEDIATE", CASTING: True})
        yield session


def _rows(session: Session, sheet: PaperSheet) -> dict[int, PaperTyping]:
    """What is stored of a sheet that is still to be done, by turn; nobody else works on its stack until the transaction ends."""
    stacks.refuse_unless_open(session.get_one(Campaign, sheet.campaign_id, with_for_update={"read": True}))
    stack = session.get_one(PaperStack, sheet.stack_id, with_for_update=True)
    stacks.refuse_other_numbers(stack, sheet.number)
    progress = stack.progress[sheet.number - 1]
    if progress == stacks.CAST:
        raise SheetError(N_("第 %(sheet)s 张已经投出，不用再录；请核对纸上的张号。"), sheet=sheet.number)
    if progress != stacks.WAITING:
        raise SheetError(N_("第 %(sheet)s 张已经搁置；要再录，请先在下面点“重录”。"), sheet=sheet.number)
    wanted = select(PaperTyping).where(PaperTyping.stack_id == stack.id, PaperTyping.sheet == sheet.number)
    return {row.turn: row for row in session.scalars(wanted)}


def _readings(rows: Mapping[int, PaperTyping], key: bytes | None) -> dict[int, EarlierReading]:
    """What both read. Raises SheetError where one was typed with another slip's code."""
    found = {}
    for turn, row in sorted(rows.items()):
        if turn == 3 and not row.whole:
            continue
        typed = None
        if row.sealed is not None:
            typed = typed_sheets.unseal(bytes(row.sealed), key) if key else None
            if typed is None:
                raise SheetError(
                    N_(
                        "这一张先前录的是另一张凭条的编号：张号或凭条弄错了一处。请核对；确是先前录错的，在下面点“重录”，两人重新录。"
                    )
                )
        found[turn] = EarlierReading(typed, row.aside)
    return found


def _final(rows: Mapping[int, PaperTyping], read: Mapping[int, EarlierReading]) -> EarlierReading | None:
    """What is to be done with the sheet; None while there is somebody to be waited for."""
    if 3 in rows and rows[3].whole:
        third = read[3]
        return EarlierReading(third.typed, third.reason)
    if not all(turn in rows and rows[turn].whole for turn in (1, 2)):
        return None
    first, second = read[1], read[2]
    if first.typed is not None and second.typed is not None:
        return first if first.typed.says_the_same(second.typed) else None
    return first if first.typed is None and second.typed is None else None


def _turn(rows: Mapping[int, PaperTyping], sheet: PaperSheet) -> int:
    """Whose turn it is: 1 and 2 for the blind typings, 3 for the one that settles. Raises SheetError for somebody else's."""
    mine = sheet.account_id
    for turn in (1, 2, 3):
        row = rows.get(turn)
        if row is not None and not row.whole:
            if row.account_id != mine:
                raise SheetError(N_("第 %(sheet)s 张有同事正录到一半；请先录别的张。"), sheet=sheet.number)
            return turn
        if row is None:
            if mine in {one.account_id for one in rows.values()}:
                raise SheetError(N_("第 %(sheet)s 张您已经录过，要由另一个人录；请先录别的张。"), sheet=sheet.number)
            return turn
    raise AssertionError("a sheet that was settled has an end")


def _check(here: FormAtHand, entry: TypedSheet, *, whole: bool) -> None:
    """What the form's rules say, as of a ballot from a phone whose reader confirmed every warning: paper cannot be asked."""
    if whole:
        check(here.paper, entry.marks, {table.rule for table in here.paper.limits}, here.paper.scheme.languages[0])
    comment_text.check(entry.comment, here.asked.most if here.asked else 0)


def _check_slip(session: Session, sheet: PaperSheet) -> None:
    """Raises for a slip that lets nobody in."""
    if sheet.alias is None:
        raise SheetError(NO_SLIP)
    found = cast.find_standing(
        session, style_id=sheet.here.row.id, credential=Credential(alias=sheet.alias), alias_cost=sheet.cost
    )
    session.commit()
    if found.code:
        raise SheetError(N_("这张凭条已经用过：先投的那张有效，这一张不能再投。请核对张号和编号；没有弄错，就搁置。"))
    if found.void:
        raise SheetError(N_("这张凭条已声明作废，这一张不能投；请搁置。"))


def _stored(session: Session, row: PaperTyping, entry: TypedSheet | str, sealed: bytes | None, *, whole: bool) -> PaperTyping:
    """The row of this turn with what was typed, or why it was set aside."""
    row.sealed, row.aside, row.whole = sealed, "" if isinstance(entry, TypedSheet) else entry, whole
    session.add(row)
    session.flush()
    return row


def _sealed(sheet: PaperSheet, entry: TypedSheet | str, key: bytes | None) -> bytes | None:
    """What is stored of a typing; None for a reason. Raises SheetError for a typing without a slip."""
    if not isinstance(entry, TypedSheet):
        return None
    if key is None:
        raise SheetError(NO_SLIP)
    return typed_sheets.seal(entry, key, sheet.here)


def _finish(session: Session, engine: Engine, sheet: PaperSheet, final: EarlierReading) -> SheetDone:
    """Cast what was agreed on, or set the sheet aside; then forget what was typed."""
    reason, receipt = final.reason, None
    if final.typed is not None:
        try:
            receipt = _cast(session, sheet, final.typed)
        except SpentSlipError:
            reason = "u"  # somebody cast with this slip meanwhile: of two ballots of one slip the first one counts
        except VoidSlipError:
            reason = "v"
    with _writing(engine) as write:
        stack = write.get_one(PaperStack, sheet.stack_id, with_for_update=True)
        stacks.mark(write, stack, sheet.number, stacks.CAST if receipt else reason)
        if not receipt:  # of a cast no line is written: it would stand beside its ballot in the order of writing
            campaign = write.get_one(Campaign, stack.campaign_id)
            told = f"{campaign.key} {stack.number}/{sheet.number} {reason}"
            audit.record(write, account=sheet.account, action="paper-aside", detail=told, now=sheet.now)
        write.commit()
    return SheetDone(SheetOutcome.CAST if receipt else SheetOutcome.ASIDE, receipt, reason)


def _cast(session: Session, sheet: PaperSheet, typed: TypedSheet) -> Receipt:
    paper = sheet.here.paper
    if sheet.alias is None:
        raise AssertionError("what was typed was opened with its slip")
    return cast.cast(
        session,
        style_id=sheet.here.row.id,
        credential=Credential(alias=sheet.alias),
        submission_id=typed.submission,
        marks=typed.marks,
        confirmed={table.rule for table in paper.limits},
        comment=typed.comment,
        language=paper.scheme.languages[0],
        alias_cost=sheet.cost,
    )
