"""How long rounds are kept: terms, holds, archives made, and the certificates of rounds that were purged.

Forward only: see migrations/README.md. Tables for what did not exist.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "e26f40c9b7d1"
down_revision = "d19a7b53e0c8"
branch_labels = None
depends_on = None


def _of_campaign(table: str) -> tuple[sa.Column[int], sa.Column[int], sa.ForeignKeyConstraint, sa.PrimaryKeyConstraint]:
    """What the three tables that go with their campaign have alike."""
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f(f"fk_{table}_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def upgrade() -> None:
    """Four tables; the last one hangs on nothing."""
    op.create_table(
        "keeping_term",
        *_of_campaign("keeping_term"),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("said", sa.DateTime(), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('forms', 'records')", name=op.f("ck_keeping_term_kind")),
    )
    op.create_table(
        "legal_hold",
        *_of_campaign("legal_hold"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed", sa.DateTime(), nullable=False),
        sa.Column("placed_by", sa.String(length=80), nullable=False),
        sa.Column("lifted", sa.DateTime(), nullable=True),
        sa.Column("lifted_by", sa.String(length=80), nullable=False),
        sa.Column("lifted_why", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "(lifted IS NULL AND lifted_by = '' AND lifted_why = '')"
            " OR (lifted IS NOT NULL AND length(lifted_by) > 0 AND length(lifted_why) > 0)",
            name=op.f("ck_legal_hold_lifted"),
        ),
    )
    op.create_table(
        "round_archive",
        *_of_campaign("round_archive"),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("report_digest", sa.String(length=64), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
    )
    op.create_table(
        "purge_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_key", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_certificate")),
        sa.UniqueConstraint("round_key", name=op.f("uq_purge_certificate_round_key")),
    )
    for table in ("keeping_term", "legal_hold", "round_archive"):
        op.create_index(op.f(f"ix_{table}_campaign_id"), table, ["campaign_id"], unique=False)
