"""The log of acts is signed line by line, and refusals are counted.

Forward only: see migrations/README.md. Lines of before stay as they are, without a signature. The keys are no business of the
database: the first start afterwards writes the line that begins to sign at the head there is, and says so.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d4b8e02f7a61"
down_revision = "5f19ac30e7b6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Columns that old lines leave empty, and a table."""
    anew = "always" if op.get_bind().dialect.name == "sqlite" else "auto"  # or the columns stand behind a comma, all in one line
    with op.batch_alter_table("audit_event", recreate=anew) as batch:
        batch.add_column(sa.Column("signer", sa.LargeBinary(length=8), nullable=True))
        batch.add_column(sa.Column("following", sa.LargeBinary(length=32), nullable=True))
        batch.add_column(sa.Column("signature", sa.LargeBinary(length=64), nullable=True))
    op.create_index(op.f("ix_audit_event_signer"), "audit_event", ["signer"], unique=False)
    op.create_table(
        "refusal_count",
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("more", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "account", name=op.f("pk_refusal_count")),
    )
