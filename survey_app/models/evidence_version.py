"""Which state the evidence of a campaign is in: one row a campaign, drawn anew by the database itself at every change.

Triggers do it and no code of ours, so that no writer can forget: a form, an import, a bulk statement, somebody at the database's
own prompt. A version is drawn and not counted up, because a number would come again: a change that was taken back would leave
it free for another, and whoever remembers what was found at a number would be told something false.

A revision that rebuilds one of these tables on SQLite drops its triggers with it; it has to lay them anew
(`tests/migrations` compares them, statement by statement).
"""

from __future__ import annotations

from sqlalchemy import Connection, ForeignKey, String, event
from sqlalchemy.orm import Mapped, mapped_column

from survey_app.models.base import Base


class EvidenceVersion(Base):
    """The state of everything a campaign's count reads beside the ballots. Two states of the same version are the same state;
    two versions may be alike, after a change that was undone."""

    __tablename__ = "evidence_version"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(String(36))


#: Tables of which any change, of any column, is another state. Of a campaign itself it is its period.
WATCHED = ("unit", "subject", "rater", "headcount", "ballot_style", "slip_batch", "evidence_entry", "stored_tally")

_SQLITE = (
    (
        "CREATE TRIGGER campaign_begun AFTER INSERT ON campaign BEGIN"
        " INSERT INTO evidence_version (campaign_id, version) VALUES (NEW.id, lower(hex(randomblob(16))))"
        " ON CONFLICT (campaign_id) DO UPDATE SET version = excluded.version; END"
    ),
    (
        "CREATE TRIGGER campaign_moved AFTER UPDATE OF period ON campaign BEGIN"
        " UPDATE evidence_version SET version = lower(hex(randomblob(16))) WHERE campaign_id = NEW.id; END"
    ),
)
_SQLITE_EACH = (
    (
        "CREATE TRIGGER {table}_added AFTER INSERT ON {table} BEGIN"
        " UPDATE evidence_version SET version = lower(hex(randomblob(16))) WHERE campaign_id = NEW.campaign_id; END"
    ),
    (
        "CREATE TRIGGER {table}_changed AFTER UPDATE ON {table} BEGIN"
        " UPDATE evidence_version SET version = lower(hex(randomblob(16)))"
        " WHERE campaign_id IN (OLD.campaign_id, NEW.campaign_id); END"
    ),
    (
        "CREATE TRIGGER {table}_removed AFTER DELETE ON {table} BEGIN"
        " UPDATE evidence_version SET version = lower(hex(randomblob(16))) WHERE campaign_id = OLD.campaign_id; END"
    ),
)
# Once a statement and not once a row: an import of thousands of rows would write the same row of versions thousands of times.
_POSTGRESQL = (
    (
        "CREATE FUNCTION campaign_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO evidence_version (campaign_id, version) VALUES (NEW.id, gen_random_uuid()::text)"
        " ON CONFLICT (campaign_id) DO UPDATE SET version = excluded.version; RETURN NULL; END $$"
    ),
    "CREATE TRIGGER campaign_begun AFTER INSERT ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_changed()",
    "CREATE TRIGGER campaign_moved AFTER UPDATE OF period ON campaign FOR EACH ROW EXECUTE FUNCTION campaign_changed()",
    (
        "CREATE FUNCTION evidence_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " IF TG_OP = 'TRUNCATE' THEN UPDATE evidence_version SET version = gen_random_uuid()::text;"
        " ELSIF TG_OP = 'INSERT' THEN UPDATE evidence_version SET version = gen_random_uuid()::text"
        " WHERE campaign_id IN (SELECT campaign_id FROM come);"
        " ELSIF TG_OP = 'DELETE' THEN UPDATE evidence_version SET version = gen_random_uuid()::text"
        " WHERE campaign_id IN (SELECT campaign_id FROM gone);"
        " ELSE UPDATE evidence_version SET version = gen_random_uuid()::text"
        " WHERE campaign_id IN (SELECT campaign_id FROM gone UNION SELECT campaign_id FROM come);"
        " END IF; RETURN NULL; END $$"
    ),
)
_POSTGRESQL_EACH = (
    (
        "CREATE TRIGGER {table}_added AFTER INSERT ON {table}"
        " REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed()"
    ),
    (
        "CREATE TRIGGER {table}_changed AFTER UPDATE ON {table}"
        " REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed()"
    ),
    (
        "CREATE TRIGGER {table}_removed AFTER DELETE ON {table}"
        " REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed()"
    ),
    "CREATE TRIGGER {table}_emptied AFTER TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION evidence_changed()",
)
_TRIGGERS = {"sqlite": (_SQLITE, _SQLITE_EACH), "postgresql": (_POSTGRESQL, _POSTGRESQL_EACH)}


@event.listens_for(Base.metadata, "after_create")
def _watch(_metadata: object, connection: Connection, **_options: object) -> None:
    once, each = _TRIGGERS[connection.dialect.name]
    for statement in (*once, *(one.format(table=table) for table in WATCHED for one in each)):
        connection.exec_driver_sql(statement)
