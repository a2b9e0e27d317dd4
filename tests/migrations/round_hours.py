"""The tester of the revision that gives rounds their hours."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.printings import CAMPAIGN


@dataclass(frozen=True)
class RoundHours:
    """A round that is open goes on running: nothing halts it, and no clock closes it."""

    def before(self, connection: Connection) -> None:
        """An open round."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(text("UPDATE campaign SET state = 'open'"))

    def after(self, connection: Connection) -> None:
        """It is there, as it was."""
        assert connection.execute(text("SELECT state, opens, closes, halted FROM campaign")).all() == [("open", None, None, None)]
        assert connection.execute(text("SELECT count(*) FROM roster_draft")).scalar() == 0
