"""The tester of the revision that erases the digests made over answers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError


@dataclass(frozen=True)
class Submissions:
    """Ballots stay whole but for their submission's digest, which is gone in every state; a new one is 32 bytes or none."""

    def before(self, connection: Connection) -> None:
        """An open and a counted campaign; of each a slip's ballot, of the first a signed form in two versions besides."""
        for number, state in ((21, "open"), (22, "counted")):
            connection.execute(
                text(
                    "INSERT INTO campaign (id, key, title, period, asks, asker, purpose, until, state, scheme_key,"
                    " scheme_version, scheme_text, scheme_digest, public_key, wrapped_key, salt, demo, created)"
                    " VALUES (:id, :key, 't', '2026', '', '', '', '', :state, 's', 'v', '', '', :blob, :blob, :blob, false, :now)"
                ),
                {"id": number, "key": state, "state": state, "blob": b"x", "now": "2026-11-01 08:00:00"},
            )
            connection.execute(
                text(
                    "INSERT INTO ballot_style (id, campaign_id, group_key, content, digest, leaf_version)"
                    " VALUES (:style, :id, 'g', '{}', '', 1)"
                ),
                {"style": f"s{number}", "id": number},
            )
        connection.execute(
            text(
                "INSERT INTO rater (id, campaign_id, code, name, group_key, printings, printed_by, absent)"
                " VALUES (5, 21, 'R', 'r', 'g', 1, '', false)"
            )
        )
        insert = text(
            "INSERT INTO ballot (key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, submission, leaf)"
            " VALUES (:key, :campaign, :style, :kind, :rater, :version, :superseded, :sealed, :submission, :leaf)"
        )
        for key, campaign, rater, version, superseded in (
            (b"a", 21, None, None, False),
            (b"b", 22, None, None, False),
            (b"c", 21, 5, 1, True),
            (b"d", 21, 5, 2, False),
        ):
            row = {"key": key * 32, "campaign": campaign, "style": f"s{campaign}", "kind": "signed" if rater else "anonymous"}
            row |= {"rater": rater, "version": version, "superseded": superseded}
            connection.execute(insert, row | {"sealed": key * 80, "submission": b"S" * 32, "leaf": key.upper() * 32})

    def after(self, connection: Connection) -> None:
        """The same four rows without their digests, the same indexes, and the promise that a slip's ballot names nobody."""
        rows = connection.execute(
            text(
                "SELECT key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, leaf, submission"
                " FROM ballot ORDER BY key"
            )
        )
        assert [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row) for row in rows] == [
            (b"a" * 32, 21, "s21", "anonymous", None, None, False, b"a" * 80, b"A" * 32, None),
            (b"b" * 32, 22, "s22", "anonymous", None, None, False, b"b" * 80, b"B" * 32, None),
            (b"c" * 32, 21, "s21", "signed", 5, 1, True, b"c" * 80, b"C" * 32, None),
            (b"d" * 32, 21, "s21", "signed", 5, 2, False, b"d" * 80, b"D" * 32, None),
        ]
        assert {index["name"] for index in inspect(connection).get_indexes("ballot")} == {
            *("ix_ballot_campaign_id", "ix_ballot_leaf", "ix_ballot_style_id", "uq_ballot_rater_version"),
        }
        insert = text(
            "INSERT INTO ballot (key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, submission, leaf)"
            " VALUES (:key, 21, 's21', 'anonymous', :rater, :rater, false, :key, :submission, :key)"
        )
        for wrong in ({"submission": b"s" * 31, "rater": None}, {"submission": None, "rater": 5}):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(insert, {"key": b"n" * 32, **wrong})
        connection.execute(insert, {"key": b"n" * 32, "submission": b"s" * 32, "rater": None})
