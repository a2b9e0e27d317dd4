"""The tester of the revision that makes room for forms of paper."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

STYLE = text(
    "INSERT INTO ballot_style (id, campaign_id, group_key, content, digest, leaf_version) VALUES ('P', 73, 'g', '', '', 1)"
)
ACCOUNT = text("INSERT INTO account (id, name, disabled, created) VALUES (973, 'paper', false, '2026-11-01 08:00:00')")
STACK = text(
    "INSERT INTO paper_stack (id, campaign_id, style_id, number, sheets, progress)"
    " VALUES (:id, 73, 'P', :number, :sheets, :progress)"
)
TYPING = text(
    "INSERT INTO paper_typing (stack_id, sheet, turn, account_id, sealed, aside, whole)"
    " VALUES (9, :sheet, :turn, 973, :sealed, :aside, true)"
)


@dataclass(frozen=True)
class PaperForms:
    """A stack says how each of its sheets stands; a typing is sealed or a reason; all goes with the campaign."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over."""
        connection.execute(CAMPAIGN, {"id": 73, "key": "paper", "blob": b"x"})
        connection.execute(STYLE)
        connection.execute(ACCOUNT)

    def after(self, connection: Connection) -> None:
        """What breaks these is refused."""
        stack = {"id": 9, "number": 1, "sheets": 2, "progress": ".."}
        connection.execute(STACK, stack)
        for wrong in ({"id": 10}, {"id": 10, "number": 2, "progress": "."}, {"id": 10, "number": 2, "sheets": 0, "progress": ""}):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(STACK, {**stack, **wrong})
        typing = {"sheet": 1, "turn": 1, "sealed": b"x", "aside": ""}
        connection.execute(TYPING, typing)
        broken: tuple[dict[str, object], ...] = ({}, {"turn": 4}, {"turn": 2, "aside": "d"}, {"turn": 2, "sealed": None})
        for breaking in broken:
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(TYPING, {**typing, **breaking})
        connection.execute(text("DELETE FROM campaign WHERE id = 73"))
        assert connection.execute(text("SELECT count(*) FROM paper_typing")).scalar_one() == 0
