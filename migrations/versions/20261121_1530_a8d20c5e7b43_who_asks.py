"""Who asks and why stand in columns of their own, beside what happens with the result.

Forward only: see migrations/README.md. Campaigns of before said all of it in one text, which stays where it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "a8d20c5e7b43"
down_revision = "a41c7be09d35"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns, empty for every campaign there is."""
    with op.batch_alter_table("campaign") as batch:
        batch.add_column(sa.Column("asker", sa.String(length=120), nullable=False, server_default=""))
        batch.add_column(sa.Column("purpose", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("campaign") as batch:
        batch.alter_column("asker", server_default=None)
        batch.alter_column("purpose", server_default=None)
