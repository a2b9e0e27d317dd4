"""The tester of the revision that brings reasons for uncounted attendance, and epochs of voids."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError


@dataclass(frozen=True)
class BooksComplete:
    """A printed epoch stays byte for byte; a void may make one; a reason goes with its campaign."""

    def before(self, connection: Connection) -> None:
        """An open campaign with the epoch of its set-up."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, asker, purpose, until, state, scheme_key,"
                " scheme_version, scheme_text, scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (31, 'b', 't', '2026', '', '', '', '', 'open', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(
            text(
                "INSERT INTO log_epoch (campaign_id, number, kind, name, entries, leaves, marks, text, made)"
                " VALUES (31, 0, 'setup', '', '[1]', :leaves, :marks, 'signed', '2026-11-01 08:00:00')"
            ),
            {"leaves": b"l" * 64, "marks": b"m" * 32},
        )

    def after(self, connection: Connection) -> None:
        """The epoch as it was; four kinds and no fifth; nobody's reason was made up."""
        row = connection.execute(text("SELECT kind, entries, leaves, marks, text FROM log_epoch")).one()
        assert (row[0], row[1], bytes(row[2]), bytes(row[3]), row[4]) == ("setup", "[1]", b"l" * 64, b"m" * 32, "signed")
        epoch = text(
            "INSERT INTO log_epoch (campaign_id, number, kind, name, entries, leaves, marks, text, made)"
            " VALUES (31, :number, :kind, '', '[]', :none, :none, '', '2026-11-01 08:00:00')"
        )
        connection.execute(epoch, {"number": 1, "kind": "void", "none": b""})
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(epoch, {"number": 2, "kind": "hourly", "none": b""})
        assert connection.execute(text("SELECT count(*) FROM uncounted")).scalar_one() == 0
        connection.execute(text("INSERT INTO uncounted (campaign_id, group_key, reason) VALUES (31, 'g', 'by post')"))
        connection.execute(text("DELETE FROM campaign WHERE id = 31"))
        assert connection.execute(text("SELECT count(*) FROM uncounted")).scalar_one() == 0
