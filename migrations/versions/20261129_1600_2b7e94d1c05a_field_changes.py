"""Who last changed which field of an office form.

Forward only: see migrations/README.md. Nothing existing changes; who changed something before is not known.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "2b7e94d1c05a"
down_revision = "c5e81a7f3b06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table; every row stays as it was."""
    op.create_table(
        "field_change",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("field", sa.String(length=200), nullable=False),
        sa.Column("changed_by", sa.String(length=80), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_field_change_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", "form", "field", name=op.f("pk_field_change")),
    )
