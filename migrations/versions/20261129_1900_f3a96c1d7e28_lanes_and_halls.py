"""Attempts are counted by their last moment instead of by windows; halls are open for a time only.

Forward only: see migrations/README.md. Counts of before are dropped: they lasted a quarter of an hour. No hall is open: the
office opens each when its meeting begins.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "f3a96c1d7e28"
down_revision = "e1b85c0a37d4"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table made anew, empty, and one new one."""
    op.drop_table("attempts")
    op.create_table(
        "attempts",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempts"),
    )
    op.create_table(
        "hall_opening",
        sa.Column("style_id", sa.String(length=12), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["style_id"], ["ballot_style.id"], name="fk_hall_opening_style_id_ballot_style", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("style_id", name="pk_hall_opening"),
    )
