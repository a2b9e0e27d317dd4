"""The tester of the revision that makes room for late changes of a roster and for reminders by mail."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

NOW = "2026-11-01 08:00:00"
CHANGE = text(
    "INSERT INTO late_change (campaign_id, number, kind, code, name, before, after, reason, made, asked_by, made_by)"
    " VALUES (73, :number, :kind, 'c', 'n', '', '', 'r', :now, 'a', 'b')"
)
REMINDER = text("INSERT INTO mailed_reminder (campaign_id, rater_id, day, standing, told) VALUES (73, 731, :day, :standing, '')")


@dataclass(frozen=True)
class LateChanges:
    """A rater has no address until one is given; a number is given once, a reminder once a day; all goes with the campaign."""

    def before(self, connection: Connection) -> None:
        """A rater of before."""
        connection.execute(CAMPAIGN, {"id": 73, "key": "late", "blob": b"x"})
        rater = "INSERT INTO rater (id, campaign_id, code, name, group_key, printings, printed_by, absent)"
        connection.execute(text(f"{rater} VALUES (731, 73, 'M', 'n', 'g', 0, '', false)"))

    def after(self, connection: Connection) -> None:
        """What breaks these is refused."""
        assert connection.execute(text("SELECT mail FROM rater WHERE id = 731")).scalar_one() is None
        connection.execute(CHANGE, {"number": 1, "kind": "left", "now": NOW})
        for number, kind in ((1, "left"), (2, "swapped")):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(CHANGE, {"number": number, "kind": kind, "now": NOW})
        connection.execute(REMINDER, {"day": "2026-11-01", "standing": "sent"})
        for day, standing in (("2026-11-01", "later"), ("2026-11-02", "lost")):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(REMINDER, {"day": day, "standing": standing})
        connection.execute(text("DELETE FROM campaign WHERE id = 73"))
        assert connection.execute(text("SELECT count(*) FROM late_change")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM mailed_reminder")).scalar_one() == 0
