"""Word templates of the office's own, for letters and for the report.

Forward only: see migrations/README.md. A table for what did not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a3f5d20c71e8"
down_revision = "b7d3f0a94c16"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One table."""
    op.create_table(
        "paper_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("brought", sa.DateTime(), nullable=False),
        sa.Column("brought_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('letter', 'report')", name=op.f("ck_paper_template_kind")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_paper_template_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_template")),
        sa.UniqueConstraint("campaign_id", "kind", name=op.f("uq_paper_template_campaign_id")),
    )
