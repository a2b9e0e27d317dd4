"""Drafts of the scheme desk, with every text they had.

Forward only: see migrations/README.md. Campaigns and their frozen schemes are not touched.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5be0c1d7f294"
down_revision = "c91e5d7a30b4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables."""
    op.create_table(
        "scheme_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("trial", sa.String(length=16), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("created_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scheme_draft"),
        sa.UniqueConstraint("key", name="uq_scheme_draft_key"),
    )
    op.create_table(
        "scheme_draft_text",
        sa.Column("draft_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("saved", sa.DateTime(), nullable=False),
        sa.Column("saved_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["scheme_draft.id"], name="fk_scheme_draft_text_draft_id_scheme_draft", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("draft_id", "number", name="pk_scheme_draft_text"),
    )
