"""Whether a demo may be made here: never beside a real campaign.

Threat answered to: `make demo` where the settings still name the live folder or database. So this only reads: no folder is made,
no table brought up to date, no file beside the database written, before it is known that nothing real is there.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import create_engine, inspect, text

from survey_app.database import normalised, sqlite_file
from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_

_REAL = "SELECT count(*) FROM campaign WHERE NOT demo"


def refuse_beside_real(database_url: str) -> None:
    """Raise RefusedError when the database holds a campaign that is no demo; a database that is not there holds none.

    Raises UserError for a file that is no database of ours.
    """
    path = sqlite_file(database_url)
    found = _in_file(path) if path is not None else _on_server(database_url)
    if found:
        raise RefusedError(
            N_("这里（%(place)s）有 %(n)s 次真实的评议，演示什么也没有动；请用 --data 另选文件夹，并去掉 PINGYI_DATABASE_URL。"),
            place=path if path is not None else normalised(database_url).render_as_string(hide_password=True),
            n=found,
        )


def _in_file(path: Path) -> int:
    if not path.exists() or path.stat().st_size == 0:
        return 0
    log = path.with_name(path.name + "-wal")
    # Nothing waits in the log: the file is the whole truth, and is read without so much as a lock file beside it.
    how = "mode=ro" if log.exists() and log.stat().st_size else "immutable=1"
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?{how}", uri=True)) as connection:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'campaign'").fetchone()
            return int(connection.execute(_REAL).fetchone()[0]) if known else 0
    except sqlite3.DatabaseError as wrong:
        raise UserError(N_("%(place)s 读不出来，演示没有动它；请另选一个文件夹，例如 --data var-demo。"), place=path) from wrong


def _on_server(database_url: str) -> int:
    engine = create_engine(normalised(database_url), hide_parameters=True)
    try:
        with engine.connect().execution_options(postgresql_readonly=True) as connection:
            return int(connection.execute(text(_REAL)).scalar_one()) if inspect(connection).has_table("campaign") else 0
    finally:
        engine.dispose()
