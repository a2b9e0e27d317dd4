"""The tester of the revision that makes publishing an act."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

REPORT = text(
    "INSERT INTO stored_report (id, campaign_id, content, digest, plan_digest, evidence_digest, code_version,"
    " computed, computed_by)"
    " VALUES (5, 1, '{}', 'd', 'p', 'e', 'c', '2026-11-01 08:00:00', 'office')"
)
ACT = text(
    "INSERT INTO publication (campaign_id, report_id, report_digest, sections, units, rulings, starts, made, made_by,"
    " stopped, stopped_by, stopped_why)"
    " VALUES (1, 5, 'd', '[]', '[]', 0, '2026-11-01 08:00:00', '2026-11-01 08:00:00', 'office', :stopped, :by, :why)"
)


@dataclass(frozen=True)
class Publications:
    """A campaign counted before is published to nobody; nothing is stopped without a name and a reason."""

    def before(self, connection: Connection) -> None:
        """A counted campaign with its report."""
        connection.execute(CAMPAIGN, {"id": 1, "key": "k", "blob": b"x"})
        connection.execute(REPORT)

    def after(self, connection: Connection) -> None:
        """The report stays, no act is made up, and the table refuses half a stop."""
        assert connection.execute(text("SELECT digest FROM stored_report")).scalars().all() == ["d"]
        assert connection.execute(text("SELECT count(*) FROM publication")).scalar_one() == 0
        connection.execute(ACT, {"stopped": None, "by": "", "why": ""})
        with pytest.raises(IntegrityError, match="stopped"):
            connection.execute(ACT, {"stopped": "2026-11-02 08:00:00", "by": "office", "why": ""})
