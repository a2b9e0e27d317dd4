"""The tester of the revision that brings versions of the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.printings import CAMPAIGN


@dataclass(frozen=True)
class EvidenceVersions:
    """Campaigns of before have a version of their own each, reports of before none; from now on a change draws another."""

    def before(self, connection: Connection) -> None:
        """Two campaigns, a unit in the first, and a report on it."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        second = CAMPAIGN.text.replace("VALUES (1, 'k'", "VALUES (2, 'l'")
        connection.execute(text(second), {"blob": b"x"})
        connection.execute(
            text("INSERT INTO unit (id, campaign_id, code, name, place, facts, absent) VALUES (1, 1, 'U', 'u', 1, '{}', false)")
        )
        connection.execute(
            text(
                "INSERT INTO stored_report"
                " (id, campaign_id, content, digest, plan_digest, evidence_digest, code_version, computed, computed_by)"
                " VALUES (1, 1, 'r', 'd', 'p', 'e', 'v', '2026-11-01 08:00:00', 'o')"
            )
        )

    def after(self, connection: Connection) -> None:
        """Both campaigns, the report as it was, and a version that moves with the first campaign only."""
        first, second = _versions(connection)
        assert first != second
        assert min(len(first), len(second)) >= 32
        report = connection.execute(text("SELECT content, evidence_digest, evidence_version FROM stored_report")).one()
        assert report == ("r", "e", None)
        connection.execute(text("UPDATE unit SET name = 'v' WHERE id = 1"))
        moved, still = _versions(connection)
        assert moved != first
        assert still == second
        third = CAMPAIGN.text.replace("VALUES (1, 'k'", "VALUES (3, 'm'")
        connection.execute(text(third), {"blob": b"x"})
        assert len(set(_versions(connection))) == 3


def _versions(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT version FROM evidence_version ORDER BY campaign_id")).scalars())
