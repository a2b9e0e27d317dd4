"""Publishing is an act of its own: a table of acts.

Forward only: see migrations/README.md. Campaigns counted before have no row: what unit staff could see stays unseen until the
office publishes it, because nobody ever said that it should be seen.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d27f50b8e61c"
down_revision = "6a1e93d4c07b"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new table, empty."""
    op.create_table(
        "publication",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("report_id", sa.Integer(), nullable=False),
        sa.Column("report_digest", sa.String(length=64), nullable=False),
        sa.Column("sections", sa.Text(), nullable=False),
        sa.Column("units", sa.Text(), nullable=False),
        sa.Column("rulings", sa.Integer(), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("stopped", sa.DateTime(), nullable=True),
        sa.Column("stopped_by", sa.String(length=80), nullable=False),
        sa.Column("stopped_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(stopped IS NULL AND stopped_by = '' AND stopped_why = '')"
            " OR (stopped IS NOT NULL AND length(stopped_by) > 0 AND length(stopped_why) > 0)",
            name="stopped",
        ),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name="fk_publication_campaign_id_campaign", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["report_id"], ["stored_report.id"], name="fk_publication_report_id_stored_report", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
    )
    op.create_index("ix_publication_campaign_id", "publication", ["campaign_id"])
