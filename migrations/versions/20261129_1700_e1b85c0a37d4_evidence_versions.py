"""Versions of the evidence: whether anything a count reads has changed since is one comparison.

Forward only: see migrations/README.md. Every campaign gets a version; reports of before have none, so that for them the question
is answered as it was until now, by working out the digest. The triggers lie on tables that are there already.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "e1b85c0a37d4"
down_revision = "9d3f6b2a8e14"
branch_labels = None
depends_on = None

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


def upgrade() -> None:
    """One new table with a row for every campaign, its triggers, and one column that is empty for every report."""
    op.create_table(
        "evidence_version",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_evidence_version_campaign_id_campaign", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_evidence_version"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("INSERT INTO evidence_version (campaign_id, version) SELECT id, lower(hex(randomblob(16))) FROM campaign")
    else:
        op.execute("INSERT INTO evidence_version (campaign_id, version) SELECT id, gen_random_uuid()::text FROM campaign")
    # SQLite would write a column added in place behind the constraints, another statement than the models'
    recreate: Literal["always", "never"] = "always" if sqlite else "never"
    with op.batch_alter_table("stored_report", recreate=recreate) as batch:
        batch.add_column(sa.Column("evidence_version", sa.String(length=36), nullable=True))
    once, each = _TRIGGERS["sqlite" if sqlite else "postgresql"]
    for statement in (*once, *(one.format(table=table) for table in WATCHED for one in each)):
        op.execute(statement)
