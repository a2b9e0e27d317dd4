"""The tester of the revision that keeps who last changed a field."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.release_plan import CAMPAIGN


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
