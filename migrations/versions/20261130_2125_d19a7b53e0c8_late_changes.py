"""Late changes of a roster, a signed rater's address, and which reminders went by mail.

Forward only: see migrations/README.md. Tables for what did not exist, and a column that is empty where nobody gave an address.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d19a7b53e0c8"
down_revision = "c4d81f2e6a90"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables and a column."""
    op.create_table(
        "late_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("style_id", sa.String(length=12), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "kind IN ('added', 'withdrawn', 'moved', 'respelt', 'left', 'back', 'entitled')", name=op.f("ck_late_change_kind")
        ),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_late_change_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["style_id"], ["ballot_style.id"], name=op.f("fk_late_change_style_id_ballot_style"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_change")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_late_change_campaign_id")),
    )
    op.create_table(
        "mailed_reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False),
        sa.Column("told", sa.String(length=200), nullable=False),
        sa.CheckConstraint("standing IN ('sent', 'refused', 'later')", name=op.f("ck_mailed_reminder_standing")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_mailed_reminder_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["rater.id"], name=op.f("fk_mailed_reminder_rater_id_rater"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailed_reminder")),
        sa.UniqueConstraint("rater_id", "day", name=op.f("uq_mailed_reminder_rater_id")),
    )
    # On SQLite the table is made anew, so that its statement stands as it is declared; its triggers are put back as they were.
    bind, sqlite = op.get_bind(), op.get_bind().dialect.name == "sqlite"
    kept = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'rater' ORDER BY name"
    triggers = list(bind.exec_driver_sql(kept).scalars()) if sqlite else []
    with op.batch_alter_table("rater", recreate="always" if sqlite else "never") as batch:
        batch.add_column(sa.Column("mail", sa.String(length=254), nullable=True))
    for trigger in triggers:
        bind.exec_driver_sql(trigger)
