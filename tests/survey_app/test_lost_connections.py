"""After PostgreSQL was started anew, or another one took over, nobody meets a connection that died before."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from survey_app import database


def test_a_connection_that_died_while_it_lay_unused_is_replaced(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if not database_url.startswith("postgres"):
        pytest.skip("SQLite's connections do not die")
    monkeypatch.setattr(database, "UNUSED_SECONDS", 0.0)
    ours, other = database.make_engine(database_url), database.make_engine(database_url)
    try:
        with ours.begin() as connection:
            process = connection.scalar(text("SELECT pg_backend_pid()"))
        with other.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:process)"), {"process": process})
        with ours.begin() as connection:
            assert connection.scalar(text("SELECT pg_backend_pid()")) != process
    finally:
        ours.dispose()
        other.dispose()
