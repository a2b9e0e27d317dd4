"""The tester of the revision that makes room for how long rounds are kept."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, func, select, table, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

NOW = "2026-11-01 08:00:00"
TERM = text(
    "INSERT INTO keeping_term (campaign_id, kind, until, basis, said, said_by) VALUES (73, :kind, '2036-11-01', 'b', :now, 'a')"
)
HOLD = text(
    "INSERT INTO legal_hold (campaign_id, reason, placed, placed_by, lifted, lifted_by, lifted_why)"
    " VALUES (73, 'r', :now, 'a', :lifted, :by, :why)"
)
PURGED = text(
    "INSERT INTO purge_certificate (round_key, title, text, public, made, made_by) VALUES ('keeping', 't', 'x', :blob, :now, 'a')"
)


@dataclass(frozen=True)
class Keeping:
    """Kinds of terms are those there are; a hold is lifted by somebody for a reason; a certificate outlives its round."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over."""
        connection.execute(CAMPAIGN, {"id": 73, "key": "keeping", "blob": b"x"})

    def after(self, connection: Connection) -> None:
        """What breaks these is refused; the certificate stays when the campaign goes, the rest goes with it."""
        connection.execute(TERM, {"kind": "records", "now": NOW})
        connection.execute(HOLD, {"now": NOW, "lifted": None, "by": "", "why": ""})
        connection.execute(HOLD, {"now": NOW, "lifted": NOW, "by": "b", "why": "over"})
        connection.execute(PURGED, {"blob": b"k" * 32, "now": NOW})
        for statement, wrong in (
            (TERM, {"kind": "ballots", "now": NOW}),
            (HOLD, {"now": NOW, "lifted": NOW, "by": "", "why": ""}),
            (HOLD, {"now": NOW, "lifted": None, "by": "b", "why": "over"}),
            (PURGED, {"blob": b"k" * 32, "now": NOW}),
        ):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(statement, wrong)
        connection.execute(text("DELETE FROM campaign WHERE id = 73"))
        left = {one: connection.scalar(select(func.count()).select_from(table(one))) for one in TABLES}
        assert left == {"keeping_term": 0, "legal_hold": 0, "round_archive": 0, "purge_certificate": 1}


TABLES = ("keeping_term", "legal_hold", "round_archive", "purge_certificate")
