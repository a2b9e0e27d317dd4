"""The tester of the revision that gives who asks, and why, columns of their own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.release_plan import CAMPAIGN


@dataclass(frozen=True)
class WhoAsks:
    """What a campaign of before says of itself stays one text; nothing is made up beside it."""

    def before(self, connection: Connection) -> None:
        """A campaign that says all of it in `asks`."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(text("UPDATE campaign SET asks = '镇里问，张榜公布'"))

    def after(self, connection: Connection) -> None:
        """The text as it was, the new columns empty."""
        assert connection.execute(text("SELECT asks, asker, purpose FROM campaign")).all() == [("镇里问，张榜公布", "", "")]
