"""The tester of the revision that brings halls with a code on the wall."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class Rooms:
    """A printed batch of before stays one and belongs to no hall; a hall goes with its batch."""

    def before(self, connection: Connection) -> None:
        """A batch of slips on paper."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (11, 'h', 't', '2026', '', '', 'open', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(
            text("INSERT INTO ballot_style (id, campaign_id, group_key, content, digest) VALUES ('s11', 11, 'g', '{}', '')")
        )
        connection.execute(
            text("INSERT INTO slip_batch (id, campaign_id, style_id, meeting, issued, void) VALUES (3, 11, 's11', 'm', 9, false)")
        )

    def after(self, connection: Connection) -> None:
        """Nine slips as before, no hall; one can be made and goes with its batch."""
        assert connection.execute(text("SELECT issued FROM slip_batch")).scalar_one() == 9
        assert connection.execute(text("SELECT count(*) FROM room")).scalar_one() == 0
        connection.execute(text("INSERT INTO room (batch_id, seed, handed) VALUES (3, :seed, 0)"), {"seed": b"s" * 16})
        connection.execute(text("DELETE FROM slip_batch"))
        assert connection.execute(text("SELECT count(*) FROM room")).scalar_one() == 0
