"""The tester of the revision that makes room for links of people who were rated."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

LINK = text(
    "INSERT INTO subject_link (subject_id, digest, expires, printed, printed_by) VALUES (:subject, :digest, :now, :now, 'a')"
)


@dataclass(frozen=True)
class SubjectLinks:
    """One link a subject, one subject a link; both go with the campaign."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over but subjects."""
        connection.execute(CAMPAIGN, {"id": 61, "key": "links", "blob": b"x"})
        connection.execute(
            text(
                "INSERT INTO unit (id, campaign_id, code, name, place, facts, absent) VALUES (611, 61, '1', 'u', 1, '{}', false)"
            )
        )
        subject = text(
            "INSERT INTO subject (id, campaign_id, unit_id, code, name, duty, place, facts, absent)"
            " VALUES (:id, 61, 611, :code, 'n', '', 1, '{}', false)"
        )
        for number in (6111, 6112):
            connection.execute(subject, {"id": number, "code": str(number)})

    def after(self, connection: Connection) -> None:
        """A second link for somebody, and one link for two, are refused."""
        row = {"subject": 6111, "digest": b"d" * 32, "now": "2026-11-01 08:00:00"}
        connection.execute(LINK, row)
        for wrong in ({"digest": b"e" * 32}, {"subject": 6112}):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(LINK, {**row, **wrong})
        connection.execute(text("DELETE FROM campaign WHERE id = 61"))
        assert connection.execute(text("SELECT count(*) FROM subject_link")).scalar_one() == 0
