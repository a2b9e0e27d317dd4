"""The tester of the revision that counts attempts by their last moment and opens halls for a time."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from tests.migrations.printings import CAMPAIGN


@dataclass(frozen=True)
class LanesAndHalls:
    """Attempts of before are forgotten and new ones fit; a hall of before is closed, and its opening goes with its form."""

    def before(self, connection: Connection) -> None:
        """An attempt in a window, and a form."""
        connection.execute(text('INSERT INTO attempts (key, "window", count) VALUES (:key, 1983000, 7)'), {"key": b"k" * 32})
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(
            text(
                "INSERT INTO ballot_style (id, campaign_id, group_key, content, digest, leaf_version)"
                " VALUES ('s31', 1, 'g', '{}', '', 1)"
            )
        )

    def after(self, connection: Connection) -> None:
        """Nothing counted, nothing open."""
        assert connection.execute(text("SELECT count(*) FROM attempts")).scalar_one() == 0
        # 4,102,444,800 s is the year 2100: more than 32 bits.
        attempt = text("INSERT INTO attempts (key, last, failures) VALUES (:key, 4102444800, 3)")
        connection.execute(attempt, {"key": b"k" * 32})
        assert connection.execute(text("SELECT count(*) FROM hall_opening")).scalar_one() == 0
        connection.execute(text("INSERT INTO hall_opening (style_id, until) VALUES ('s31', '2026-11-01 09:00:00')"))
        connection.execute(text("DELETE FROM ballot_style WHERE id = 's31'"))
        assert connection.execute(text("SELECT count(*) FROM hall_opening")).scalar_one() == 0
