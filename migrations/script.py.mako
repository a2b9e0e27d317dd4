"""${message}

Revision: ${up_revision}, after: ${down_revision | comma,n}. Forward only: see migrations/README.md.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables; keep every row."""
    ${upgrades if upgrades else "pass"}
