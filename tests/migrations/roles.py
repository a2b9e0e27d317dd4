"""The tester of the revision that gives accounts roles."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError


@dataclass(frozen=True)
class RolesOfAccounts:
    """The office's accounts may do all they could; staff stay staff; what hangs on an account stays."""

    def before(self, connection: Connection) -> None:
        """Two accounts of the office, one disabled, and one of a unit's staff with a session."""
        account = text("INSERT INTO account (id, name, role, disabled, created) VALUES (:id, :name, :role, :off, :now)")
        for number, name, role, off in ((801, "a", "office", False), (802, "b", "office", True), (803, "c", "staff", False)):
            connection.execute(account, {"id": number, "name": name, "role": role, "off": off, "now": "2026-11-01 08:00:00"})
        session = text("INSERT INTO sign_in_session (digest, account_id, created, seen) VALUES (:digest, 803, :now, :now)")
        connection.execute(session, {"digest": b"d" * 32, "now": "2026-11-01 08:00:00"})

    def after(self, connection: Connection) -> None:
        """Head and clerk for the office, and no other word fits."""
        rows = connection.execute(text("SELECT account_id, role FROM account_role WHERE account_id > 800 ORDER BY 1, 2")).all()
        assert [tuple(row) for row in rows] == [
            *((801, "clerk"), (801, "head"), (802, "clerk"), (802, "head"), (803, "staff")),
        ]
        assert "role" not in {column["name"] for column in inspect(connection).get_columns("account")}
        kept = connection.execute(text("SELECT name, disabled FROM account WHERE id > 800 ORDER BY id")).all()
        assert [(name, bool(off)) for name, off in kept] == [("a", False), ("b", True), ("c", False)]
        assert connection.execute(text("SELECT count(*) FROM sign_in_session WHERE account_id = 803")).scalar_one() == 1
        with pytest.raises(IntegrityError, match="role"), connection.begin_nested():
            connection.execute(text("INSERT INTO account_role (account_id, role) VALUES (801, 'office')"))
        connection.execute(text("DELETE FROM account WHERE id = 801"))
        assert connection.execute(text("SELECT count(*) FROM account_role WHERE account_id = 801")).scalar_one() == 0
