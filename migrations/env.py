"""Where Alembic meets our settings. The connection comes from the caller, or from the environment's settings."""

from __future__ import annotations

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from survey_app import schema
from survey_app.config import Config, make_data_folder
from survey_app.database import make_engine
from survey_app.models import Base
from survey_app.models.base import UtcTime


def render(kind: str, item: object, _context: AutogenContext) -> str | bool:
    """Revisions do not import the application: a moment is a plain DateTime column."""
    return "sa.DateTime()" if kind == "type" and isinstance(item, UtcTime) else False


def run(connection: Connection) -> None:
    """Run the asked-for revisions on the connection, all in one transaction."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=render,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    settings = Config.from_environment()
    make_data_folder(settings)
    with schema.changing(make_engine(settings.database_url)) as own:
        run(own)
