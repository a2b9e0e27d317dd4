"""Stacks of filled sheets: begun, how far each is, a sheet begun anew.

Lives here: rows and counts. May not live here: what was typed (`typed_sheets`), comparing and casting (`transcribing`).
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from questionnaires.model import Admission
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.i18n import N_
from survey_app.models import Account, BallotStyle, Campaign, CampaignState, PaperStack, PaperTyping
from survey_app.paper_reasons import REASONS
from survey_app.roles import Capability, Role, granted
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.office import audit

#: So many sheets a stack may have: more than lie in one folder.
MOST: Final = 500
#: People it takes: two who type, and one who settles what they read differently.
TYPISTS, SETTLERS = 2, 3
WAITING, CAST = ".", "+"


class SheetError(UserError):
    """A sheet that cannot be typed now, by this account, with this slip; nothing was kept."""

    status = 409


@dataclass(frozen=True)
class SheetStanding:
    """A sheet as its stack's page lists it. `word`: how it stands; `mine`: whether the account that asks has something to do."""

    number: int
    word: str
    mine: bool
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class StackLine:
    """A stack with its counts; `aside` by reason."""

    stack: PaperStack
    unit: str
    group_key: str
    cast: int
    left: int
    aside: Mapping[str, int]


def forms_of(session: Session, campaign: Campaign) -> Sequence[BallotStyle]:
    """The styles that take slips, and therefore paper: a letter is signed by its own reader, a code on a wall has no slip."""
    groups = scheme_of(campaign).groups
    rows = session.scalars(select(BallotStyle).where(BallotStyle.campaign_id == campaign.id)).all()
    found = [one for one in rows if groups[one.group_key].admission == Admission.SLIP]
    order = list(groups)
    return sorted(found, key=lambda one: (one.unit.place if one.unit else -1, order.index(one.group_key)))


def add(session: Session, campaign: Campaign, style: BallotStyle, sheets: int, *, account: str, now: dt.datetime) -> PaperStack:
    """Begin a stack. Raises RefusedError, UserError; the caller commits."""
    session.refresh(campaign, with_for_update=True)
    refuse_unless_open(campaign)
    if style not in forms_of(session, campaign):
        raise RefusedError(N_("这张表不用凭条，不能用纸质表；请选一张用凭条的表。"))
    if not 0 < sheets <= MOST:
        raise UserError(N_("一叠有 1 到 %(most)s 张；请照实数出的张数填。"), most=MOST)
    last = session.scalar(select(func.max(PaperStack.number)).where(PaperStack.campaign_id == campaign.id)) or 0
    stack = PaperStack(campaign_id=campaign.id, style_id=style.id, number=last + 1, sheets=sheets, progress=WAITING * sheets)
    session.add(stack)
    audit.record(session, account=account, action="paper-stack", detail=f"{campaign.key} {stack.number}: {sheets}", now=now)
    session.flush()
    return stack


def refuse_unless_open(campaign: Campaign) -> None:
    """Raises RefusedError where no ballot can be cast any more, or none yet."""
    if campaign.state != CampaignState.OPEN:
        raise RefusedError(N_("评议不在进行中，纸质表不能录入。"))


def find(session: Session, campaign: Campaign, number: int) -> PaperStack:
    """The campaign's stack of this number. Raises NotFoundError."""
    found = session.scalar(select(PaperStack).where(PaperStack.campaign_id == campaign.id, PaperStack.number == number))
    if found is None:
        raise NotFoundError(N_("没有这一叠；请从纸质表的页面重新选择。"))
    return found


def of_campaign(session: Session, campaign: Campaign) -> list[StackLine]:
    """Every stack, in order."""
    rows = session.execute(
        select(PaperStack, BallotStyle)
        .join(BallotStyle, BallotStyle.id == PaperStack.style_id)
        .where(PaperStack.campaign_id == campaign.id)
        .order_by(PaperStack.number)
    )
    return [_line(stack, style) for stack, style in rows]


def _line(stack: PaperStack, style: BallotStyle) -> StackLine:
    found = Counter(stack.progress)
    return StackLine(
        stack=stack,
        unit=style.unit.name if style.unit else "",
        group_key=style.group_key,
        cast=found.pop(CAST, 0),
        left=found.pop(WAITING, 0),
        aside=dict(sorted(found.items())),
    )


def left(session: Session, campaign: Campaign) -> int:
    """How many sheets of all stacks are neither cast nor set aside."""
    rows = session.scalars(select(PaperStack.progress).where(PaperStack.campaign_id == campaign.id))
    return sum(progress.count(WAITING) for progress in rows)


def standings(session: Session, stack: PaperStack, account_id: int) -> list[SheetStanding]:
    """Every sheet of a stack as this account sees it: how far it is, never what was typed nor by whom else."""
    typings: dict[int, dict[int, PaperTyping]] = {}
    for row in session.scalars(select(PaperTyping).where(PaperTyping.stack_id == stack.id)):
        typings.setdefault(row.sheet, {})[row.turn] = row
    return [_standing(at, one, typings.get(at, {}), account_id) for at, one in enumerate(stack.progress, start=1)]


def _standing(number: int, progress: str, rows: Mapping[int, PaperTyping], account_id: int) -> SheetStanding:
    if progress == CAST:
        return SheetStanding(number, N_("已投"), mine=False)
    if progress != WAITING:
        return SheetStanding(number, N_("搁置"), mine=False, reason=REASONS[progress])
    word, mine = N_("还没录"), True
    for turn, row in sorted(rows.items()):
        own = row.account_id == account_id
        if not row.whole:
            return SheetStanding(number, N_("录到一半，等您接着录") if own else N_("同事录到一半"), mine=own)
        if turn == 1:
            word, mine = (N_("您录过了，等第二人") if own else N_("等第二人录")), not own
        else:
            used = account_id in {one.account_id for one in rows.values()}
            word, mine = (N_("两遍录完，还没投出") if used else N_("两遍录完，请您定")), not used
    return SheetStanding(number, word, mine)


def begin_anew(session: Session, campaign: Campaign, stack: PaperStack, sheet: int, *, account: str, now: dt.datetime) -> None:
    """Forget what was typed of a sheet that is not cast, and take it up again where it was set aside.

    Raises SheetError; the caller commits.
    """
    session.refresh(campaign, with_for_update=True)
    refuse_unless_open(campaign)
    session.refresh(stack, with_for_update=True)
    refuse_other_numbers(stack, sheet)
    if stack.progress[sheet - 1] == CAST:
        raise SheetError(N_("第 %(sheet)s 张已经投出，不能重录。"), sheet=sheet)
    mark(session, stack, sheet, WAITING)
    audit.record(session, account=account, action="paper-again", detail=f"{campaign.key} {stack.number}/{sheet}", now=now)


def mark(session: Session, stack: PaperStack, sheet: int, progress: str) -> None:
    """Say how a sheet stands, and forget all that was typed of it. The stack's row is locked."""
    session.execute(delete(PaperTyping).where(PaperTyping.stack_id == stack.id, PaperTyping.sheet == sheet))
    stack.progress = stack.progress[: sheet - 1] + progress + stack.progress[sheet:]
    session.flush()


def refuse_other_numbers(stack: PaperStack, sheet: int) -> None:
    """Raises SheetError for a number that no sheet of the stack has."""
    if not 1 <= sheet <= stack.sheets:
        raise SheetError(N_("这一叠的张号是 1 到 %(most)s；请看纸上写的号。"), most=stack.sheets)


def typists(session: Session) -> int:
    """How many accounts may type and can sign in."""
    rows = session.scalars(select(Account).where(Account.password.is_not(None), Account.disabled.is_(False)))
    return sum(1 for one in rows if may_type(one.roles))


def may_type(roles: Collection[Role]) -> bool:
    """Whether one of the roles lets somebody count by hand, and so type what is on paper."""
    return Capability.COUNT in granted(roles)
