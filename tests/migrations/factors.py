"""The tester of the revision that brings second factors: old sessions end, accounts stay and take along what is theirs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

MOMENT = "2026-11-01 08:00:00"
ACCOUNT = text("INSERT INTO account (id, name, password, disabled, created) VALUES (:id, :name, '$argon2id$x', false, :now)")
#: A row in each table that hangs on account 72.
HANGING = {
    "sign_in_session": "INSERT INTO sign_in_session (digest, account_id, browser, mark, created, seen, confirmed)"
    " VALUES (:key, 72, 'firefox linux', NULL, :now, :now, :now)",
    # 4,102,444,800 s is the year 2100; its step of 30 s still fits 32 bits, a counter of a passkey need not.
    "totp_secret": "INSERT INTO totp_secret (account_id, sealed, last_step, since) VALUES (72, :key, 136748160, :now)",
    "recovery_code": "INSERT INTO recovery_code (digest, account_id) VALUES (:key, 72)",
    "passkey": "INSERT INTO passkey (credential, account_id, public_key, uses, title, since)"
    " VALUES (:key, 72, :key, 4294967295, 'key', :now)",
    "owner_notice": "INSERT INTO owner_notice (id, account_id, kind, at, by, browser, mark, seen)"
    " VALUES (1, 72, 'link-made', :now, 'x', '', NULL, false)",
}


@dataclass(frozen=True)
class Factors:
    """Whoever was signed in signs in again, with the password they had; an account that goes takes everything along."""

    def before(self, connection: Connection) -> None:
        """Two accounts, one of them signed in."""
        for number in (71, 72):
            connection.execute(ACCOUNT, {"id": number, "name": f"n{number}", "now": MOMENT})
        connection.execute(
            text("INSERT INTO sign_in_session (digest, account_id, created, seen) VALUES (:key, 71, :now, :now)"),
            {"key": b"d" * 32, "now": MOMENT},
        )

    def after(self, connection: Connection) -> None:
        """Nobody is signed in, the accounts are as they were."""
        assert connection.execute(text("SELECT count(*) FROM sign_in_session")).scalar_one() == 0
        rows = connection.execute(text("SELECT name, password FROM account WHERE id > 70 ORDER BY id")).all()
        assert [tuple(row) for row in rows] == [("n71", "$argon2id$x"), ("n72", "$argon2id$x")]
        for insert in HANGING.values():
            connection.execute(text(insert), {"key": b"k" * 32, "now": MOMENT})
        connection.execute(text("DELETE FROM account WHERE id = 72"))
        for table in HANGING:
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0  # noqa: S608 - names from here
