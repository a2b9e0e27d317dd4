"""The tester of the revision that brings comments."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.release_plan import CAMPAIGN

BOX = text("INSERT INTO comment_box (key, campaign_id, sealed) VALUES (:key, 1, :key)")


@dataclass(frozen=True)
class Comments:
    """A campaign of before stays and has no comments; a box needs a digest for a key and goes with its campaign."""

    def before(self, connection: Connection) -> None:
        """A counted campaign with a plan of before: comments are not in it, so its forms never ask."""
        connection.execute(CAMPAIGN, {"blob": b"x"})
        connection.execute(text("INSERT INTO release_plan (campaign_id, content) VALUES (1, '{}')"))

    def after(self, connection: Connection) -> None:
        """Nothing lost, nothing invented."""
        assert connection.execute(text("SELECT content FROM release_plan")).scalars().all() == ["{}"]
        for table in ("comment_box", "released_comments", "comment_ruling"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0  # noqa: S608 - names from above
        with pytest.raises(IntegrityError, match="digest"), connection.begin_nested():
            connection.execute(BOX, {"key": b"short"})
        connection.execute(BOX, {"key": b"k" * 32})
        connection.execute(text("DELETE FROM release_plan"))
        connection.execute(text("DELETE FROM campaign"))
        assert connection.execute(text("SELECT count(*) FROM comment_box")).scalar_one() == 0
