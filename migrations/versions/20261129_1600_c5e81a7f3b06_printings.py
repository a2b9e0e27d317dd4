"""When and by whom slips and letters were printed, and which rows the last file did not have.

Forward only: see migrations/README.md. Of printings of before nobody wrote down when and by whom; that stays unknown. A
letter that has a link was printed at least once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c5e81a7f3b06"
down_revision = "d27f50b8e61c"
branch_labels = None
depends_on = None

#: Tables whose rows come from a file that may be sent again.
FROM_FILES = ("unit", "subject", "rater", "headcount")


def upgrade() -> None:
    """Columns only; no row is lost."""
    for table in FROM_FILES:
        _add(table, sa.Column("absent", sa.Boolean(), nullable=False, server_default=sa.false()))
    for table in ("slip_batch", "rater"):
        _add(table, sa.Column("printed_by", sa.String(length=80), nullable=False, server_default=""))
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("printed", sa.DateTime(), nullable=True))
    _add("slip_batch", sa.Column("elsewhere", sa.Boolean(), nullable=False, server_default=sa.false()))
    _add("rater", sa.Column("printings", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE rater SET printings = 1 WHERE tag IS NOT NULL")


def _add(table: str, column: sa.Column[object]) -> None:
    """A column filled for the rows there are; later rows say themselves what stands in it."""
    name = str(column.name)
    with op.batch_alter_table(table) as batch:
        batch.add_column(column)
    with op.batch_alter_table(table) as batch:
        batch.alter_column(name, server_default=None)
