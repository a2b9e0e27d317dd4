"""The tester of the release plan's revision."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

CAMPAIGN = text(
    "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
    " scheme_digest, public_key, wrapped_key, salt, demo, created)"
    " VALUES (1, 'k', 't', '2026', '', '', 'counted', 's', 'v', '', '', :blob, :blob, :blob, false, '2026-11-01 08:00:00')"
)
PLAN = text("INSERT INTO release_plan (campaign_id, content) VALUES (1, '{}')")


@dataclass(frozen=True)
class ReleasePlans:
    """A campaign of before stays, and has no plan; from now on it may have one, and not two."""

    def before(self, connection: Connection) -> None:
        """A counted campaign."""
        connection.execute(CAMPAIGN, {"blob": b"x"})

    def after(self, connection: Connection) -> None:
        """Nothing lost, nothing invented."""
        assert connection.execute(text("SELECT state FROM campaign")).scalars().all() == ["counted"]
        assert connection.execute(text("SELECT count(*) FROM release_plan")).scalar() == 0
        connection.execute(PLAN)
        with pytest.raises(IntegrityError):
            connection.execute(PLAN)
