"""Which entries of other evidence the last sheet did not have.

Forward only: see migrations/README.md. Nobody is asked about entries of before: no sheet has lacked them yet.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "9d3f6b2a8e14"
down_revision = "2b7e94d1c05a"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; every entry stays as it was."""
    with op.batch_alter_table("evidence_entry") as batch:
        batch.add_column(sa.Column("absent", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("evidence_entry") as batch:
        batch.alter_column("absent", server_default=None)
