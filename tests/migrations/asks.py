"""The tester of the revision that makes room for acts that wait for a second person."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

ASK = text(
    "INSERT INTO ask (id, kind, about, given, digest, seen, asked, asked_by, expires, standing, second_by)"
    " VALUES (:id, 'close', 'K', '{}', :digest, 0, :now, 'a', :now, :standing, :second)"
)


@dataclass(frozen=True)
class Asks:
    """The tables take rows, and no ask was ever confirmed by whoever made it."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over."""

    def after(self, connection: Connection) -> None:
        """Two names, or none; nobody has said anything of the office's size."""
        row = {"digest": b"d" * 32, "now": "2026-11-01 08:00:00"}
        for number, standing, second in ((1, "waiting", ""), (2, "done", "b"), (3, "withdrawn", "a")):
            connection.execute(ASK, {**row, "id": number, "standing": standing, "second": second})
        with pytest.raises(IntegrityError, match="two_people"), connection.begin_nested():
            connection.execute(ASK, {**row, "id": 4, "standing": "done", "second": "a"})
        assert connection.execute(text("SELECT count(*) FROM office_size")).scalar_one() == 0
