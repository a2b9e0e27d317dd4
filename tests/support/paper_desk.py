"""A stack of three sheets of paper in the small town, and three clerks who type them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.models import Account, AccountRole, Ballot, Campaign, PaperStack, PaperTyping
from survey_app.roles import Role
from survey_app.services.casting.forms_at_hand import form_at_hand
from survey_app.services.paper import stacks, transcribing, typed_sheets
from survey_app.services.paper.transcribing import PaperSheet, SheetDone
from survey_app.services.paper.typed_sheets import TypedSheet
from tests.support.clock import NOON
from tests.towns.small_scheme import QUICK, Town, build


@dataclass(frozen=True)
class PaperDesk:
    """A stack of three sheets in a town, and three clerks."""

    session: Session
    town: Town
    stack: PaperStack
    clerks: tuple[int, ...]

    def sheet(self, clerk: int, number: int = 1, *, slip: int | None = 0) -> PaperSheet:
        alias = None if slip is None else self.town.slips[slip][1]
        return PaperSheet(
            stack_id=self.stack.id, campaign_id=self.town.campaign_id,
            here=form_at_hand(self.session, self.town.guests), number=number, alias=alias,
            account_id=self.clerks[clerk], account=f"经办{clerk}", cost=QUICK, now=NOON,
        )  # fmt: skip

    def put(
        self, clerk: int, entry: Sequence[int] | str, number: int = 1, *, slip: int | None = 0, whole: bool = True
    ) -> SheetDone:
        sheet = self.sheet(clerk, number, slip=slip)
        typed = entry if isinstance(entry, str) else typing(entry)
        return transcribing.put(self.session, sheet, typed, whole=whole)

    @property
    def progress(self) -> str:
        self.session.rollback()
        self.session.refresh(self.stack)
        return self.stack.progress

    def count(self, table: type[Ballot] | type[PaperTyping]) -> int:
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(table)) or 0


def typing(marks: Sequence[int], comment: str = "") -> TypedSheet:
    return typed_sheets.typed(marks, [str(mark) for mark in marks], comment)


def begin_desk(session: Session) -> PaperDesk:
    """The town with its stack and clerks, committed."""
    town = build(session)
    accounts = [
        Account(name=f"经办{n}", password="x", created=NOON, given_roles=[AccountRole(role=Role.CLERK)]) for n in range(3)
    ]
    session.add_all(accounts)
    session.flush()
    campaign = session.get_one(Campaign, town.campaign_id)
    style = next(one for one in stacks.forms_of(session, campaign) if one.id == town.guests)
    stack = stacks.add(session, campaign, style, 3, account="经办0", now=NOON)
    session.commit()
    return PaperDesk(session, town, stack, tuple(one.id for one in accounts))
