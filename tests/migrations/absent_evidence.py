"""The tester of the revision that keeps which entries the last sheet did not have."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.printings import CAMPAIGN


@dataclass(frozen=True)
class AbsentEvidence:
    """An entry in force and one that was withdrawn stay what they were, and neither awaits a decision."""

    def before(self, connection: Connection) -> None:
        """A person with two entries."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(
            text("INSERT INTO unit (id, campaign_id, code, name, place, facts, absent) VALUES (1, 1, 'U', 'u', 1, '{}', false)")
        )
        subject = "INSERT INTO subject (id, campaign_id, unit_id, code, name, duty, place, facts, absent)"
        connection.execute(text(f"{subject} VALUES (1, 1, 1, 'P', 'p', '', 1, '{{}}', false)"))
        entry = (
            'INSERT INTO evidence_entry (id, campaign_id, subject_id, kind, name, value, "on", reason, entered_by, entered,'
            " replaced, decider, origin, withdrawn, ended_by, ended_why) VALUES"
            " (:id, 1, 1, 'component', 'n', :value, '', 'why', 'o', '2026-11-01 08:00:00', :ended, '', '{}', :ended, '', '')"
        )
        for number, value, ended in ((1, "80", True), (2, "90", False)):
            connection.execute(text(entry), {"id": number, "value": value, "ended": ended})

    def after(self, connection: Connection) -> None:
        """Both are there."""
        rows = connection.execute(text("SELECT value, withdrawn, absent FROM evidence_entry ORDER BY id")).all()
        assert [(value, bool(withdrawn), bool(absent)) for value, withdrawn, absent in rows] == [
            ("80", True, False),
            ("90", False, False),
        ]
