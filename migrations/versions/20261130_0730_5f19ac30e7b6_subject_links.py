"""Links by which people who were rated read their own results.

Forward only: see migrations/README.md. A table for what did not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5f19ac30e7b6"
down_revision = "e7c02b95d418"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "subject_link",
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("printed", sa.DateTime(), nullable=False),
        sa.Column("printed_by", sa.String(length=80), nullable=False),
        sa.Column("used", sa.DateTime(), nullable=True),
        sa.Column("visit", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["subject.id"], name=op.f("fk_subject_link_subject_id_subject"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_subject_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_subject_link_digest")),
        sa.UniqueConstraint("visit", name=op.f("uq_subject_link_visit")),
    )
