"""Readings of signed forms, with triggers that refuse to change or remove one.

Forward only: see migrations/README.md. Nothing existing changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "4e7a19c3d6f2"
down_revision = "c4a17f9e2d60"
branch_labels = None
depends_on = None

TRIGGERS = {
    "sqlite": (
        "CREATE TRIGGER form_reading_changed BEFORE UPDATE ON form_reading BEGIN SELECT RAISE(ABORT, 'only added'); END",
        "CREATE TRIGGER form_reading_removed BEFORE DELETE ON form_reading BEGIN SELECT RAISE(ABORT, 'only added'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION only_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'only added'; END $$",
        "CREATE TRIGGER form_reading_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON form_reading EXECUTE FUNCTION only_added()",
    ),
}


def upgrade() -> None:
    """One new table with its triggers; every row stays as it was."""
    op.create_table(
        "form_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("reader", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind = 'auditor' OR (kind = 'office' AND length(reason) > 0)", name=op.f("ck_form_reading_kind")),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_form_reading_leaf")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_form_reading_campaign_id_campaign")),
        sa.ForeignKeyConstraint(["rater_id"], ["rater.id"], name=op.f("fk_form_reading_rater_id_rater")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_reading")),
    )
    op.create_index(op.f("ix_form_reading_campaign_id"), "form_reading", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_form_reading_rater_id"), "form_reading", ["rater_id"], unique=False)
    for statement in TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)
