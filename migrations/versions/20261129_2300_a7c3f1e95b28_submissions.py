"""What knows a repeated submission holds nothing of the answers, and can be erased.

Forward only: see migrations/README.md. The digests of before were made over the answers too: the server told whoever held slip
and submission id whether he knew them. They are erased, whatever the campaign's state: of a ballot sent before this revision a
repeat is no longer known as one, and is told the receipt as any other request with its slip is. Restoring an older backup brings
them back, and bringing it up to date erases them again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a7c3f1e95b28"
down_revision = "f3a96c1d7e28"
branch_labels = None
depends_on = None

DIGESTS = "length(key) = 32 AND (submission IS NULL OR length(submission) = 32) AND length(leaf) = 32"
KEPT = "key, campaign_id, style_id, kind, rater_id, version, superseded, sealed, leaf"


def upgrade() -> None:
    """The column may be empty, and is in every row there is."""
    if op.get_bind().dialect.name == "sqlite":
        _rebuild()
        return
    op.alter_column("ballot", "submission", existing_type=sa.LargeBinary(length=32), nullable=True)
    op.drop_constraint(op.f("ck_ballot_digests"), "ballot", type_="check")
    op.execute("UPDATE ballot SET submission = NULL")
    op.create_check_constraint(op.f("ck_ballot_digests"), "ballot", DIGESTS)


def _rebuild() -> None:
    """SQLite alters no column; written out, because a copy made from what it says of itself would lose the checks."""
    op.create_table(
        "ballot_without_answers",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("style_id", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=9), nullable=False),
        sa.Column("rater_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("submission", sa.LargeBinary(length=32), nullable=True),
        sa.Column("leaf", sa.LargeBinary(length=32), nullable=False),
        sa.CheckConstraint(
            "(kind = 'anonymous' AND rater_id IS NULL AND version IS NULL AND superseded = false)"
            " OR (kind = 'signed' AND rater_id IS NOT NULL AND version IS NOT NULL)",
            name=op.f("ck_ballot_signed_has_rater"),
        ),
        sa.CheckConstraint(DIGESTS, name=op.f("ck_ballot_digests")),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_ballot_campaign_id_campaign"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["rater_id"], ["rater.id"], name=op.f("fk_ballot_rater_id_rater")),
        sa.ForeignKeyConstraint(["style_id"], ["ballot_style.id"], name=op.f("fk_ballot_style_id_ballot_style")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_ballot")),
        sqlite_with_rowid=False,
    )
    op.execute(f"INSERT INTO ballot_without_answers ({KEPT}) SELECT {KEPT} FROM ballot")  # noqa: S608 - names from here
    op.drop_table("ballot")
    op.rename_table("ballot_without_answers", "ballot")
    op.create_index(op.f("ix_ballot_campaign_id"), "ballot", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_ballot_style_id"), "ballot", ["style_id"], unique=False)
    op.create_index("uq_ballot_rater_version", "ballot", ["rater_id", "version"], unique=True)
    op.create_index(op.f("ix_ballot_leaf"), "ballot", ["leaf"], unique=False)
