"""The tester of the revision that signs the log of acts."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, inspect, text


@dataclass(frozen=True)
class SignedActs:
    """Lines of before stay as they were, unsigned; refusals are counted once a kind and account."""

    def before(self, connection: Connection) -> None:
        """Two lines of the old log."""
        insert = text(
            "INSERT INTO audit_event (id, at, account, action, detail, previous, digest)"
            " VALUES (:id, :at, '王', 'sign-in', '', :previous, :digest)"
        )
        for number in (901, 902):
            row = {"id": number, "at": "2026-11-01 08:00:00", "previous": bytes([number % 256]) * 32}
            connection.execute(insert, row | {"digest": bytes([number % 256 + 1]) * 32})

    def after(self, connection: Connection) -> None:
        """The same two, with nothing in the new columns; the table of counts is there."""
        rows = connection.execute(
            text(
                "SELECT id, account, action, previous, digest, signer, following, signature FROM audit_event"
                " WHERE id > 900 ORDER BY id"
            )
        )
        assert [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in rows] == [
            (901, "王", "sign-in", b"\x85" * 32, b"\x86" * 32, None, None, None),
            (902, "王", "sign-in", b"\x86" * 32, b"\x87" * 32, None, None, None),
        ]
        assert inspect(connection).get_pk_constraint("refusal_count")["constrained_columns"] == ["kind", "account"]
