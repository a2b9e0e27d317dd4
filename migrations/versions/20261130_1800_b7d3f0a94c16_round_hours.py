"""When the voting of a round opens and closes by the clock, and whether it waits or is paused.

Forward only: see migrations/README.md. Rounds of before have no hours, and those that are open go on running.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "b7d3f0a94c16"
down_revision = "5be0c1d7f294"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Three columns that may be empty, and are; a table for sheets that are being made fit for a roster."""
    # On SQLite the table is made anew: there a column that is only added stands in its statement as nobody would write it. Its
    # triggers go with the old one and are put back as they were.
    bind, sqlite = op.get_bind(), op.get_bind().dialect.name == "sqlite"
    kept = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'campaign' ORDER BY name"
    triggers = list(bind.exec_driver_sql(kept).scalars()) if sqlite else []
    with op.batch_alter_table("campaign", recreate="always" if sqlite else "never") as batch:
        batch.add_column(sa.Column("opens", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("closes", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("halted", sa.String(length=200), nullable=True))
    for trigger in triggers:
        bind.exec_driver_sql(trigger)
    op.create_table(
        "roster_draft",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name="fk_roster_draft_campaign_id_campaign", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_roster_draft"),
    )
