"""The tester of the revision that brings rehearsals."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Rehearsals:
    """A campaign of before keeps its key and counts as not rehearsed; a rehearsal goes with its campaign."""

    def before(self, connection: Connection) -> None:
        """A draft with a wrapped key."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (9, 'r', 't', '2026', '', '', 'draft', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"wrapped", "now": "2026-11-01 08:00:00"},
        )

    def after(self, connection: Connection) -> None:
        """The key is as it was, nothing is rehearsed, and a rehearsal can be kept and goes with the campaign."""
        assert bytes(connection.execute(text("SELECT wrapped_key FROM campaign")).scalar_one()) == b"wrapped"
        assert connection.execute(text("SELECT count(*) FROM rehearsal")).scalar_one() == 0
        connection.execute(
            text("INSERT INTO rehearsal (campaign_id, public_key, made, made_by) VALUES (9, :key, '2026-11-02 08:00:00', 'o')"),
            {"key": b"p" * 32},
        )
        connection.execute(text("DELETE FROM campaign"))
        assert connection.execute(text("SELECT count(*) FROM rehearsal")).scalar_one() == 0
