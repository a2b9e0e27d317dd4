"""Second factors, recovery codes, notices to owners, and what a session knows of itself.

Forward only: see migrations/README.md. Sessions of before end: nobody knows in which browser they run. Forms
that were being filled wait in the sign-in page, as after any session that ended.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "c91e5d7a30b4"
down_revision = "d4b8e02f7a61"
branch_labels = None
depends_on = None


def _of_account(table: str, *, primary: bool = False) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=f"fk_{table}_account_id_account", ondelete="CASCADE"),
        *([sa.PrimaryKeyConstraint("account_id", name=f"pk_{table}")] if primary else []),
    ]


def upgrade() -> None:
    """New tables; the sessions' table anew and empty."""
    op.drop_table("sign_in_session")
    op.create_table(
        "sign_in_session",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        *_of_account("sign_in_session"),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.Column("confirmed", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_sign_in_session"),
    )
    op.create_table(
        "totp_secret",
        *_of_account("totp_secret", primary=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        *_of_account("recovery_code"),
        sa.PrimaryKeyConstraint("digest", name="pk_recovery_code"),
    )
    op.create_table(
        "passkey",
        sa.Column("credential", sa.LargeBinary(length=1023), nullable=False),
        *_of_account("passkey"),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("uses", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("credential", name="pk_passkey"),
    )
    op.create_table(
        "owner_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        *_of_account("owner_notice"),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("browser", sa.String(length=40), nullable=False),
        sa.Column("mark", sa.LargeBinary(length=32), nullable=True),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owner_notice"),
    )
    op.create_table(
        "spent_challenge",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_spent_challenge"),
    )
    op.create_table(
        "office_statement",
        sa.Column("what", sa.String(length=30), nullable=False),
        sa.Column("by", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_office_statement"),
    )
    for table in ("sign_in_session", "recovery_code", "passkey", "owner_notice"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"], unique=False)
