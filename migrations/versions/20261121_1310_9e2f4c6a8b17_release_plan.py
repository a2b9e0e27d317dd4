"""What may leave a campaign and to whom.

Forward only: see migrations/README.md. Nothing existing changes; a campaign of before has no plan of its own and is held to
the least floor.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "9e2f4c6a8b17"
down_revision = "7c41d0b85e2a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table; every row stays as it was."""
    op.create_table(
        "release_plan",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_release_plan_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_release_plan")),
    )
