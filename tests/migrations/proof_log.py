"""The tester of the revision that brings the proof log."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError


@dataclass(frozen=True)
class ProofLog:
    """Ballots keep their leaves and are found by them; an epoch has one of three kinds and one number."""

    def before(self, connection: Connection) -> None:
        """A campaign with one ballot."""
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (7, 'p', 't', '2026', '', '', 'open', 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
            ),
            {"blob": b"x", "now": "2026-11-01 08:00:00"},
        )
        connection.execute(
            text("INSERT INTO ballot_style (id, campaign_id, group_key, content, digest) VALUES ('s7', 7, 'g', '{}', '')")
        )
        connection.execute(
            text(
                "INSERT INTO ballot (key, campaign_id, style_id, kind, superseded, sealed, submission, leaf)"
                " VALUES (:k, 7, 's7', 'anonymous', false, :k, :k, :leaf)"
            ),
            {"k": b"k" * 32, "leaf": b"l" * 32},
        )

    def after(self, connection: Connection) -> None:
        """The ballot stands as it was, indexed; epochs take their three kinds."""
        assert bytes(connection.execute(text("SELECT leaf FROM ballot")).scalar_one()) == b"l" * 32
        assert "ix_ballot_leaf" in {index["name"] for index in inspect(connection).get_indexes("ballot")}
        epoch = text(
            "INSERT INTO log_epoch (campaign_id, number, kind, name, entries, leaves, text, made)"
            " VALUES (7, :number, :kind, '', '[]', :leaves, '', '2026-11-01 08:00:00')"
        )
        connection.execute(epoch, {"number": 0, "kind": "setup", "leaves": b""})
        with pytest.raises(IntegrityError):
            connection.execute(epoch, {"number": 1, "kind": "hourly", "leaves": b""})
