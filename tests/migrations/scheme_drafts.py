"""The tester of the revision that brings the drafts of the scheme desk."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

DRAFT = text(
    "INSERT INTO scheme_draft (id, key, title, origin, number, trial, created, created_by)"
    " VALUES (1, 'd', '评议', 'pasted', 1, '', '2026-11-30 08:00:00', 'office')"
)
SAVED = text(
    "INSERT INTO scheme_draft_text (draft_id, number, text, digest, saved, saved_by)"
    " VALUES (1, 1, :text, 'x', '2026-11-30 08:00:00', 'office')"
)


@dataclass(frozen=True)
class SchemeDrafts:
    """Campaigns stay as they are; a draft keeps each text once, and takes them along when it goes."""

    def before(self, connection: Connection) -> None:
        """A campaign with its scheme."""
        connection.execute(CAMPAIGN, {"id": 1, "key": "k", "blob": b"x"})

    def after(self, connection: Connection) -> None:
        """No draft was made up; one text of each number, none without its draft."""
        assert connection.execute(text("SELECT count(*) FROM campaign")).scalar_one() == 1
        assert connection.execute(text("SELECT count(*) FROM scheme_draft")).scalar_one() == 0
        connection.execute(DRAFT)
        connection.execute(SAVED, {"text": "a"})
        connection.execute(text("DELETE FROM scheme_draft"))
        assert connection.execute(text("SELECT count(*) FROM scheme_draft_text")).scalar_one() == 0
        connection.execute(DRAFT)
        connection.execute(SAVED, {"text": "a"})
        with pytest.raises(IntegrityError):
            connection.execute(SAVED, {"text": "b"})
