"""What is held back is kept with the report it was decided for.

Forward only: see migrations/README.md. A report of before has nothing kept: what is held back of it is decided when it is read.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

revision = "f06d3b9a72c1"
down_revision = "b3e85f20c714"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One new column, empty in every row there is."""
    # SQLite would write a column added in place behind the constraints, another statement than the models'
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("stored_report", recreate=recreate) as batch:
        batch.add_column(sa.Column("held", sa.Text(), nullable=True))
