"""The tester of the revision that keeps with a report what is held back of it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.release_plan import CAMPAIGN

REPORT = text(
    "INSERT INTO stored_report (campaign_id, content, digest, plan_digest, evidence_digest, code_version, computed, computed_by)"
    " VALUES (1, '{}', 'd', 'p', 'e', 'pingyi', '2026-11-01 08:00:00', 'office')"
)


@dataclass(frozen=True)
class HeldKept:
    """A report of before stays as it was, with nothing kept beside it."""

    def before(self, connection: Connection) -> None:
        """A counted campaign with its report."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(REPORT)

    def after(self, connection: Connection) -> None:
        """Nothing lost, nothing invented."""
        assert connection.execute(text("SELECT digest, held FROM stored_report")).all() == [("d", None)]
