"""The tester of the revision that brings mark leaves."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError


@dataclass(frozen=True)
class MarkLeaves:
    """Forms of before keep leaves of version 1; a printed epoch keeps its leaves and holds no mark leaves."""

    def before(self, connection: Connection) -> None:
        """An open campaign with a form and the epoch of its set-up."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (12, 'm', 't', '2026', '', '', 'open', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(
            text("INSERT INTO ballot_style (id, campaign_id, group_key, content, digest) VALUES ('s12', 12, 'g', '{}', 'd')")
        )
        connection.execute(
            text(
                "INSERT INTO log_epoch (campaign_id, number, kind, name, entries, leaves, text, made)"
                " VALUES (12, 0, 'setup', '', '[]', :leaves, 'signed', '2026-11-01 08:00:00')"
            ),
            {"leaves": b"l" * 64},
        )

    def after(self, connection: Connection) -> None:
        """Version 1, the same epoch; a mark leaf is 32 bytes, once, and goes with its campaign."""
        assert connection.execute(text("SELECT digest, leaf_version FROM ballot_style")).one() == ("d", 1)
        leaves, marks, signed = connection.execute(text("SELECT leaves, marks, text FROM log_epoch")).one()
        assert (bytes(leaves), bytes(marks), signed) == (b"l" * 64, b"", "signed")
        insert = text("INSERT INTO mark_leaf (digest, campaign_id) VALUES (:digest, 12)")
        connection.execute(insert, {"digest": b"m" * 32})
        for wrong in (b"m" * 32, b"m" * 31):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(insert, {"digest": wrong})
        connection.execute(text("DELETE FROM campaign"))
        assert connection.execute(text("SELECT count(*) FROM mark_leaf")).scalar_one() == 0
