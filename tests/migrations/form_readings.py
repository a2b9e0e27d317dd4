"""The tester of the revision that brings readings of signed forms."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError


@dataclass(frozen=True)
class FormReadings:
    """A rater of before stays one whose form nobody read; a reading can be added, and neither changed nor removed."""

    def before(self, connection: Connection) -> None:
        """A rater of a counted campaign."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (13, 'f', 't', '2026', '', '', 'counted', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(text("INSERT INTO rater (id, campaign_id, code, name, group_key) VALUES (5, 13, 'L1', 'n', 'g')"))

    def after(self, connection: Connection) -> None:
        """No reading yet; one without a reason is refused, one with a reason stays for good, and so does its rater."""
        assert connection.execute(text("SELECT name FROM rater")).scalar_one() == "n"
        assert connection.execute(text("SELECT count(*) FROM form_reading")).scalar_one() == 0
        add = text(
            "INSERT INTO form_reading (campaign_id, rater_id, version, leaf, kind, reader, reason, at)"
            " VALUES (13, 5, 1, :leaf, :kind, 'o', :reason, '2026-11-02 08:00:00')"
        )
        connection.execute(add, {"leaf": b"l" * 32, "kind": "office", "reason": "why"})
        for refused, what in (
            ("UPDATE form_reading SET reason = 'x'", "only added"),
            ("DELETE FROM form_reading", "only added"),
            ("DELETE FROM rater", "(?i)foreign key|form_reading"),
        ):
            with pytest.raises(DBAPIError, match=what), connection.begin_nested():
                connection.execute(text(refused))
        with pytest.raises(DBAPIError, match="kind"), connection.begin_nested():
            connection.execute(add, {"leaf": b"l" * 32, "kind": "office", "reason": ""})
        assert connection.execute(text("SELECT reason FROM form_reading")).scalars().all() == ["why"]
