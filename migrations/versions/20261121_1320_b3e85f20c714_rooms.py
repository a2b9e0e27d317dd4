"""Halls in which forms are handed out against the code on the wall.

Forward only: see migrations/README.md. Nothing existing changes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b3e85f20c714"
down_revision = "9e2f4c6a8b17"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table; every row stays as it was."""
    op.create_table(
        "room",
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=16), nullable=False),
        sa.Column("handed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["slip_batch.id"], name=op.f("fk_room_batch_id_slip_batch"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("batch_id", name=op.f("pk_room")),
    )
