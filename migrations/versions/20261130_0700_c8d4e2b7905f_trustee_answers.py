"""Answers of trustees who have keys of their own.

Forward only: see migrations/README.md. Nothing existing changes: keys under a passphrase and shares on paper stay as they are.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c8d4e2b7905f"
down_revision = "a7c3f1e95b28"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table; every row stays as it was."""
    op.create_table(
        "trustee_answer",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("given", sa.DateTime(), nullable=False),
        sa.Column("taken_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_trustee_answer_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "number", name=op.f("pk_trustee_answer")),
    )
