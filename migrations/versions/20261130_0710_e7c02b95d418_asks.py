"""Acts that wait for a second person, and what the office says of its size.

Forward only: see migrations/README.md. Nothing is said of offices that are there already: until somebody says otherwise, what
takes two people takes two. A place with one account asks on its first page.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e7c02b95d418"
down_revision = "d4b8e61f2a97"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "ask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=80), nullable=False),
        sa.Column("given", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("asked", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("standing", sa.String(length=10), nullable=False),
        sa.Column("second", sa.DateTime(), nullable=True),
        sa.Column("second_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "standing IN ('waiting', 'confirmed', 'done', 'alone', 'withdrawn', 'declined')", name=op.f("ck_ask_standing")
        ),
        sa.CheckConstraint("second_by <> asked_by OR standing = 'withdrawn'", name=op.f("ck_ask_two_people")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_ask_campaign_id_campaign"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
    )
    op.create_index(op.f("ix_ask_campaign_id"), "ask", ["campaign_id"], unique=False)
    op.create_table(
        "office_size",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("said", sa.DateTime(), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_size")),
    )
