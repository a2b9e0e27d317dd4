"""Unit accounts are bound to units of campaigns, not to bare codes that stand in every campaign.

Forward only: see migrations/README.md. A code that stands in exactly one campaign becomes that unit. One that stands in none or
in several opens nothing any more: it is kept apart and shown to the office, so that nobody sees another organisation's results
because of the upgrade.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "6a1e93d4c07b"
down_revision = "a8d20c5e7b43"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Read the codes, make the table anew, bind what is plain, set the rest aside."""
    connection = op.get_bind()
    codes = connection.execute(sa.text("SELECT account_id, unit_code FROM account_unit ORDER BY account_id, unit_code")).all()
    units: dict[str, list[int]] = {}
    for unit, code in connection.execute(sa.text("SELECT id, code FROM unit")):
        units.setdefault(code, []).append(unit)
    op.drop_table("account_unit")
    bound = op.create_table(
        "account_unit",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_unit_account_id_account", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_account_unit_unit_id_unit", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "unit_id", name="pk_account_unit"),
    )
    op.create_index("ix_account_unit_unit_id", "account_unit", ["unit_id"])
    aside = op.create_table(
        "unbound_code",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("unit_code", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_unbound_code_account_id_account", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "unit_code", name="pk_unbound_code"),
    )
    plain = [{"account_id": account, "unit_id": units[code][0]} for account, code in codes if len(units.get(code, ())) == 1]
    other = [{"account_id": account, "unit_code": code} for account, code in codes if len(units.get(code, ())) != 1]
    if plain:
        op.bulk_insert(bound, plain)
    if other:
        op.bulk_insert(aside, other)
