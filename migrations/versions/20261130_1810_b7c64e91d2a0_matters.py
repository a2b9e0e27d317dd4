"""What follows a result: objections, claims about receipts, talks and rectification.

Forward only: see migrations/README.md. Tables for what did not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b7c64e91d2a0"
down_revision = "a3f5d20c71e8"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "matter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=14), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("raised_by", sa.String(length=120), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("opened_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('objection', 'receipt', 'talk', 'rectification')", name=op.f("ck_matter_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_matter_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_matter_campaign_id")),
    )
    op.create_table(
        "matter_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", sa.DateTime(), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("decision IN ('', 'upheld', 'partly', 'rejected', 'done')", name=op.f("ck_matter_entry_decision")),
        sa.ForeignKeyConstraint(["matter_id"], ["matter.id"], name=op.f("fk_matter_entry_matter_id_matter"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_entry")),
    )
    op.create_index(op.f("ix_matter_entry_matter_id"), "matter_entry", ["matter_id"], unique=False)
