"""rulings on outcomes; evidence entries keep decider, origin, and who ended them and why

Revision 5d2c9a71e3f8, after 860066172b4a. Forward only: see migrations/README.md.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "5d2c9a71e3f8"
down_revision = "860066172b4a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables; keep every row. Who made a decision of before is whoever entered it: nobody else was recorded."""
    with op.batch_alter_table("evidence_entry") as batch:
        batch.add_column(sa.Column("decider", sa.String(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("origin", sa.JSON(), nullable=False, server_default="{}"))
        batch.add_column(sa.Column("withdrawn", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("ended_by", sa.String(length=80), nullable=False, server_default=""))
        batch.add_column(sa.Column("ended_why", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("ended", sa.DateTime(), nullable=True))
    op.execute("UPDATE evidence_entry SET decider = entered_by WHERE kind = 'decision'")
    with op.batch_alter_table("evidence_entry") as batch:
        for name in ("decider", "origin", "withdrawn", "ended_by", "ended_why"):
            batch.alter_column(name, server_default=None)

    op.create_table(
        "ruling",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("report_digest", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ruled_by", sa.String(length=80), nullable=False),
        sa.Column("ruled", sa.DateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('confirmed', 'set_aside', 'explained')", name=op.f("ck_ruling_verdict")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_ruling_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index(op.f("ix_ruling_campaign_id"), "ruling", ["campaign_id"], unique=False)
