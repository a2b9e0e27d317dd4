"""An account holds roles of its own: what it is there for, in place of the one word "office".

Forward only: see migrations/README.md. Accounts of the office become head and clerk at once, which together may do all that an
office account could: nobody loses a page by the upgrade. A head then takes from each what it does not need.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "d4b8e61f2a97"
down_revision = "b84d0e6f2a19"
branch_labels = None
depends_on = None

BECOMES = {"office": ("head", "clerk"), "staff": ("staff",)}


def upgrade() -> None:
    """Make the table, fill it from the column, and let the column go."""
    roles = op.create_table(
        "account_role",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.CheckConstraint("role IN ('head', 'clerk', 'key_holder', 'monitor', 'staff')", name=op.f("ck_account_role_role")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_role_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_account_role")),
    )
    found = op.get_bind().execute(sa.text("SELECT id, role FROM account ORDER BY id")).all()
    if rows := [{"account_id": account, "role": one} for account, role in found for one in BECOMES[role]]:
        op.bulk_insert(roles, rows)
    # The only check on the table is the one that goes with the column, so the copy that SQLite needs loses none.
    with op.batch_alter_table("account", recreate="auto") as batch:
        batch.drop_constraint(op.f("ck_account_role"), type_="check")
        batch.drop_column("role")
