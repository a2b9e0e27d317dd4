"""Mark leaves: forms say what kind of leaf their ballots have, epochs hold mark leaves, and a table keeps them until the close.

Forward only: see migrations/README.md. Forms of before keep leaves of version 1, and their campaigns' logs stay as printed.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c4a17f9e2d60"
down_revision = "f06d3b9a72c1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns and a table; every row stays as it was."""
    with op.batch_alter_table("ballot_style") as batch:
        batch.add_column(sa.Column("leaf_version", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("log_epoch") as batch:
        batch.add_column(sa.Column("marks", sa.LargeBinary(), nullable=True))
    epoch = sa.table("log_epoch", sa.column("marks", sa.LargeBinary()))
    op.execute(epoch.update().values(marks=b""))
    with op.batch_alter_table("ballot_style") as batch:
        batch.alter_column("leaf_version", server_default=None)
    with op.batch_alter_table("log_epoch") as batch:
        batch.alter_column("marks", nullable=False)
    op.create_table(
        "mark_leaf",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_mark_leaf_digest")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_mark_leaf_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_mark_leaf")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_mark_leaf_campaign_id"), "mark_leaf", ["campaign_id"], unique=False)
