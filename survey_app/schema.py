"""The tables' version: bringing a database to the head, and asking where it stands.

Where the head is stands in the revision files themselves. A server whose database is there already starts without Alembic, which
would cost it a third of a second and some megabytes for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from analysis.late import late
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.places import beside

if TYPE_CHECKING:
    from alembic import command
    from alembic import config as configuration
else:
    command, configuration = late("alembic.command"), late("alembic.config")

MIGRATIONS = beside("migrations")
_SAYS = re.compile(r'^(revision|down_revision)\b[^=\n]*= *"(\w+)"', re.MULTILINE)


class UnknownRevisionError(UserError):
    """The database was brought further by a newer version of the program than this one."""


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run what is missing, in one transaction: a failing revision leaves everything as it was.

    Raises:
        UnknownRevisionError: a database from the future; nothing was changed.
    """
    found = current(engine)
    if is_newer(found):
        raise UnknownRevisionError(
            N_("数据库是更新版本的程序用过的（%(revision)s），这个版本不认识它，没有改动；请换用新版本的程序，或恢复旧的备份。"),
            revision=found,
        )
    if revision == "head" and found == head():
        return
    settings = configuration.Config()
    settings.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with changing(engine) as connection:
        settings.attributes["connection"] = connection
        command.upgrade(settings, revision)


def is_newer(revision: str | None) -> bool:
    """Whether it is of a newer program than this one, which does not know it."""
    return revision is not None and revision not in _revisions()


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction in which tables may be rebuilt without losing a row that refers to them.

    SQLite cannot alter a column: the table is copied, dropped and renamed. With foreign keys enforced, dropping it deletes its
    rows first, and with a campaign go all its units, raters and ballots. So they are off meanwhile (only before a transaction can
    they be switched) and checked as a whole at its end; anything that then refers to nothing takes the whole change back.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                yield connection
            return
        raw = connection.connection.driver_connection
        if raw is None:
            raise RuntimeError("no connection to the database file")
        raw.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if lost := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError(f"a row of {lost[0]} would refer to nothing in {lost[2]}")
        finally:
            raw.execute("PRAGMA foreign_keys = ON")


def head() -> str:
    """The newest revision of this code: the one that no other follows."""
    revisions = _revisions()
    newest = set(revisions) - set(revisions.values())
    if len(newest) != 1:
        raise RuntimeError(f"one newest revision is expected in migrations/versions, not {sorted(newest)}")
    return newest.pop()


def current(engine: Engine) -> str | None:
    """The revision the database stands at; None for an empty one."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


@lru_cache(maxsize=1)
def _revisions() -> dict[str, str | None]:
    """Each revision and the one it follows, as their files say."""
    files = sorted((MIGRATIONS / "versions").glob("*.py"))
    said = [dict(_SAYS.findall(path.read_text(encoding="utf-8"))) for path in files]
    return {one["revision"]: one.get("down_revision") for one in said}
