"""Rehearsals of the opening.

Forward only: see migrations/README.md. Nothing existing changes; a draft of before has still to be rehearsed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "7c41d0b85e2a"
down_revision = "3d5b7a1c9e42"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table; every row stays as it was."""
    op.create_table(
        "rehearsal",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_rehearsal_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_rehearsal")),
    )
