"""One tester for each revision: rows before, rows after. A revision without one stops the collection of tests.

`before` is called at the revision just below, `after` at the revision itself, both with an open connection.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

ANONYMOUS_WITH_RATER = text(
    "INSERT INTO ballot (key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, submission, leaf)"
    " VALUES (:key, 1, 's', 'anonymous', 1, 1, false, :key, :key, :key)"
)


@dataclass(frozen=True)
class FirstTables:
    """The first revision: nothing before, every table after, and the schema itself forbids a name on an anonymous ballot."""

    def before(self, connection: Connection) -> None:
        """An empty database."""
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}

    def after(self, connection: Connection) -> None:
        """The tables take rows, and refuse the row that would break the promise."""
        assert {"campaign", "ballot", "slip", "account", "audit_event"} <= set(inspect(connection).get_table_names())
        columns = {column["name"] for column in inspect(connection).get_columns("ballot")}
        assert columns == {
            *("key", "campaign_id", "style_id", "kind", "rater_id", "version", "superseded", "sealed", "submission", "leaf"),
        }
        with pytest.raises(IntegrityError, match="signed_has_rater"):
            connection.execute(ANONYMOUS_WITH_RATER, {"key": b"k" * 32})


#: Revision -> its tester.
TESTERS = {"860066172b4a": FirstTables()}
