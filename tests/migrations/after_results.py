"""The testers of the revisions that make room for Word templates, for what follows a result, and for links to read it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.units_of_accounts import CAMPAIGN

NOW = "2026-11-01 08:00:00"
TEMPLATE = text(
    "INSERT INTO paper_template (campaign_id, kind, name, content, brought, brought_by) VALUES (71, :kind, 'n', :blob, :now, 'a')"
)
MATTER = text(
    "INSERT INTO matter (id, campaign_id, number, kind, subject, raised_by, said, due, opened, opened_by)"
    " VALUES (:id, 72, :number, :kind, '', '', 's', '2026-12-01', :now, 'a')"
)
ENTRY = text(
    "INSERT INTO matter_entry (matter_id, decision, text, written, written_by) VALUES (:matter, :decision, 't', :now, 'a')"
)
VIEWING = text(
    "INSERT INTO viewing_link (campaign_id, digest, reader, units, expires, made, made_by, ended_by, ended_why, views)"
    " VALUES (73, :digest, 'r', '[]', :now, :now, 'a', '', '', 0)"
)


@dataclass(frozen=True)
class PaperTemplates:
    """One template of a kind for a campaign, and it goes with the campaign."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over."""
        connection.execute(CAMPAIGN, {"id": 71, "key": "papers", "blob": b"x"})

    def after(self, connection: Connection) -> None:
        """A second one of a kind, and one of no kind, are refused."""
        connection.execute(TEMPLATE, {"kind": "letter", "blob": b"x", "now": NOW})
        for kind in ("letter", "poster"):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(TEMPLATE, {"kind": kind, "blob": b"x", "now": NOW})
        connection.execute(text("DELETE FROM campaign WHERE id = 71"))
        assert connection.execute(text("SELECT count(*) FROM paper_template")).scalar_one() == 0


@dataclass(frozen=True)
class Matters:
    """A number is given once; kinds and decisions are those there are; all goes with the campaign."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over."""
        connection.execute(CAMPAIGN, {"id": 72, "key": "matters", "blob": b"x"})

    def after(self, connection: Connection) -> None:
        """What breaks these is refused."""
        row = {"id": 1, "number": 1, "kind": "talk", "now": NOW}
        connection.execute(MATTER, row)
        connection.execute(ENTRY, {"matter": 1, "decision": "done", "now": NOW})
        for wrong in ({"id": 2}, {"id": 2, "number": 2, "kind": "gossip"}):
            with pytest.raises(IntegrityError), connection.begin_nested():
                connection.execute(MATTER, {**row, **wrong})
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(ENTRY, {"matter": 1, "decision": "perhaps", "now": NOW})
        connection.execute(text("DELETE FROM campaign WHERE id = 72"))
        assert connection.execute(text("SELECT count(*) FROM matter_entry")).scalar_one() == 0


@dataclass(frozen=True)
class ViewingLinks:
    """No two links have one secret, and they go with their campaign."""

    def before(self, connection: Connection) -> None:
        """Nothing is there to carry over."""
        connection.execute(CAMPAIGN, {"id": 73, "key": "viewing", "blob": b"x"})

    def after(self, connection: Connection) -> None:
        """The same digest again is refused."""
        connection.execute(VIEWING, {"digest": b"d" * 32, "now": NOW})
        with pytest.raises(IntegrityError), connection.begin_nested():
            connection.execute(VIEWING, {"digest": b"d" * 32, "now": NOW})
        connection.execute(text("DELETE FROM campaign WHERE id = 73"))
        assert connection.execute(text("SELECT count(*) FROM viewing_link")).scalar_one() == 0
