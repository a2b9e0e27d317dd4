"""The box cut into ranges of the ballots' keys, and a range read.

A ballot's key is a digest, so ranges of equal width hold about as many ballots each, and none says anything of who or when. What
is read of a row is what its judgement needs: beside the ballot, of which form the slip or rater behind it is.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection

from survey_app.database import DAMAGED, DamagedDatabaseError

#: About so many ballots a range: some megabytes in memory, and a tenth of a second's work to repeat should a worker die.
BALLOTS = 4_000
MOST = 4_096
_SPACE = 1 << 16  # two bytes of a key

_READ = (
    "SELECT b.key, b.style_id, b.kind, b.rater_id, b.version, b.superseded, b.sealed, b.leaf, s.style_id, r.style_id"
    " FROM ballot b"
    " LEFT JOIN slip s ON s.tag = b.key"
    " LEFT JOIN rater r ON r.id = b.rater_id AND r.campaign_id = b.campaign_id"
    " WHERE b.campaign_id = ? AND b.key >= ? AND b.key < ? ORDER BY b.key"
)


@dataclass(frozen=True)
class KeyRange:
    """Keys from `first` on, up to and without `last`."""

    first: bytes
    last: bytes


class BoxRow(NamedTuple):
    """A ballot as it lies in the box. `slip_style`, `rater_style`: the form of the slip or rater behind it, None for nobody's."""

    key: bytes
    style: str
    kind: str
    rater: int | None
    version: int | None
    superseded: bool
    sealed: bytes
    leaf: bytes
    slip_style: str | None
    rater_style: str | None

    @property
    def known(self) -> bool:
        """Whether a slip or a rater of this very form stands behind it."""
        return (self.rater_style if self.kind == "signed" else self.slip_style) == self.style


def ranges(ballots: int) -> tuple[KeyRange, ...]:
    """The whole space of keys, cut for so many ballots; one range for few."""
    number = max(1, min(MOST, ballots // BALLOTS))
    edges = [(place * _SPACE // number).to_bytes(2, "big") for place in range(number)]
    return tuple(KeyRange(*pair) for pair in zip([b"", *edges[1:]], [*edges[1:], b"\xff" * 33], strict=True))


def read(connection: Connection, campaign: int, part: KeyRange) -> list[BoxRow]:
    """The ballots of a range, in the order of their keys. Raises DamagedDatabaseError where a text in them is none any more."""
    raw = connection.connection.driver_connection
    assert raw is not None  # noqa: S101 - of a connection that is open
    # The driver's own cursor: there is a row for every ballot, and nothing to be converted. As text, PostgreSQL would send two
    # bytes for each byte of a sealed ballot.
    lite = connection.dialect.name == "sqlite"
    with closing(raw.cursor() if lite else raw.cursor(binary=True)) as cursor:
        try:
            rows = cursor.execute(_READ if lite else _READ.replace("?", "%s"), (campaign, part.first, part.last)).fetchall()
        except sqlite3.OperationalError as broken:
            # Without a number of SQLite's own it is the driver that cannot read a text: bytes turned over that no index knows of.
            if getattr(broken, "sqlite_errorcode", None) is None:
                raise DamagedDatabaseError(DAMAGED) from broken
            raise
        return [BoxRow(*row) for row in rows]
