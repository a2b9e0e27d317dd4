"""The tester of the revision that keeps who last changed a field."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

CAMPAIGN = text(
    "INSERT INTO campaign (id, key, title, period, asker, purpose, asks, until, state, scheme_key, scheme_version, scheme_text,"
    " scheme_digest, public_key, wrapped_key, salt, demo, created)"
    " VALUES (1, 'k', 't', '2026', '', '', '', '', 'draft', 's', 'v', '', '', :blob, :blob, :blob, false, '2026-11-01 08:00:00')"
)


@dataclass(frozen=True)
class FieldChanges:
    """Nothing is made up about changes of before; a change can be kept and goes with its campaign."""

    def before(self, connection: Connection) -> None:
        """A campaign of before."""
        connection.execute(CAMPAIGN, {"blob": b"x"})

    def after(self, connection: Connection) -> None:
        """No change is known; one can be kept, and goes with the campaign."""
        assert connection.execute(text("SELECT count(*) FROM field_change")).scalar_one() == 0
        campaign = connection.execute(text("SELECT id FROM campaign")).scalar_one()
        connection.execute(
            text("INSERT INTO field_change (campaign_id, form, field, changed_by, changed) VALUES (:id, 'f', 'x', 'o', :now)"),
            {"id": campaign, "now": "2026-11-29 08:00:00"},
        )
        connection.execute(text("DELETE FROM campaign"))
        assert connection.execute(text("SELECT count(*) FROM field_change")).scalar_one() == 0
