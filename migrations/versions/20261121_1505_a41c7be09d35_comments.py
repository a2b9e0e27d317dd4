"""Comments: sealed boxes, what was released of them, and what was hidden.

Forward only: see migrations/README.md. Nothing existing changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a41c7be09d35"
down_revision = "4e7a19c3d6f2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three new tables; every row stays as it was."""
    op.create_table(
        "comment_box",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(key) = 32", name=op.f("ck_comment_box_digest")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_comment_box_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_comment_box")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_comment_box_campaign_id"), "comment_box", ["campaign_id"], unique=False)
    op.create_table(
        "released_comments",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_released_comments_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_released_comments")),
    )
    op.create_table(
        "comment_ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.String(length=80), nullable=False),
        sa.Column("ruled", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_comment_ruling_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment_ruling")),
    )
    op.create_index(op.f("ix_comment_ruling_campaign_id"), "comment_ruling", ["campaign_id"], unique=False)
