"""Links by which somebody without an account reads what was published, until a day.

Forward only: see migrations/README.md. A table for what did not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f3b8125da6e4"
down_revision = "e26f40c9b7d1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "viewing_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("reader", sa.String(length=120), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=80), nullable=False),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.Column("viewed", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_viewing_link_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_viewing_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_viewing_link_digest")),
    )
    op.create_index(op.f("ix_viewing_link_campaign_id"), "viewing_link", ["campaign_id"], unique=False)
