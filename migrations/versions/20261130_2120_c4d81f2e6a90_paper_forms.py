"""Forms of paper: stacks of filled sheets, and what was typed of a sheet so far.

Forward only: see migrations/README.md. Tables for what did not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c4d81f2e6a90"
down_revision = "b7c64e91d2a0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "paper_stack",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("style_id", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheets", sa.Integer(), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.CheckConstraint("sheets > 0 AND length(progress) = sheets", name=op.f("ck_paper_stack_sheets")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_paper_stack_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["style_id"], ["ballot_style.id"], name=op.f("fk_paper_stack_style_id_ballot_style"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper_stack")),
        sa.UniqueConstraint("campaign_id", "number", name=op.f("uq_paper_stack_campaign_id")),
    )
    op.create_table(
        "paper_typing",
        sa.Column("stack_id", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("aside", sa.String(length=1), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.CheckConstraint("turn IN (1, 2, 3) AND (sealed IS NULL) = (aside <> '')", name=op.f("ck_paper_typing_turn")),
        sa.ForeignKeyConstraint(
            ["stack_id"], ["paper_stack.id"], name=op.f("fk_paper_typing_stack_id_paper_stack"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_paper_typing_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stack_id", "sheet", "turn", name=op.f("pk_paper_typing")),
        sqlite_with_rowid=False,
    )
