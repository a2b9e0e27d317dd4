"""The tester of the revision that brings trustees' answers."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True)
class TrusteeAnswers:
    """A rehearsed draft of before stays rehearsed; an answer can be kept once a trustee, and goes with its campaign."""

    def before(self, connection: Connection) -> None:
        """A draft whose opening was rehearsed."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asker, asks, purpose, until, state, scheme_key, scheme_version,"
                " scheme_text, scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (9, 'r', 't', '2026', '', '', '', '', 'draft', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"wrapped", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(
            text("INSERT INTO rehearsal (campaign_id, public_key, made, made_by) VALUES (9, :key, '2026-11-02 08:00:00', 'o')"),
            {"key": b"p" * 32},
        )

    def after(self, connection: Connection) -> None:
        """Key and rehearsal are as they were; two trustees answer; both answers go with the campaign."""
        assert bytes(connection.execute(text("SELECT wrapped_key FROM campaign")).scalar_one()) == b"wrapped"
        assert bytes(connection.execute(text("SELECT public_key FROM rehearsal")).scalar_one()) == b"p" * 32
        answer = "INSERT INTO trustee_answer (campaign_id, number, public_key, given, taken_by)"
        for number in (1, 2):
            connection.execute(
                text(f"{answer} VALUES (9, :number, :key, '2026-11-03 08:00:00', 'o')"), {"number": number, "key": b"p" * 32}
            )
        connection.execute(text("DELETE FROM campaign"))
        assert connection.execute(text("SELECT count(*) FROM trustee_answer")).scalar_one() == 0
