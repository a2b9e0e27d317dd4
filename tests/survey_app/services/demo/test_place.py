"""The demo goes nowhere near a real campaign: one sentence, and not a byte is written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from survey_app import schema
from survey_app.cli import cli
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.services.demo.place import refuse_beside_real
from tests.towns.small_scheme import build


def content(folder: Path) -> dict[str, str]:
    """Every file below, by its digest."""
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def live(folder: Path) -> Path:
    """A folder with one real campaign, its server stopped."""
    folder.mkdir(mode=0o700)
    engine = make_engine(f"sqlite:///{folder / 'pingyi.db'}")
    schema.upgrade(engine)
    with session_factory(engine)() as session:
        build(session, state="draft")
    engine.dispose()
    return folder


@pytest.mark.parametrize("how", ["option", "folder", "address"])
def test_a_folder_with_a_real_campaign_is_refused_in_one_sentence_and_left_as_it_was(tmp_path: Path, how: str) -> None:
    folder, other = live(tmp_path / "live"), tmp_path / "other"
    before = content(tmp_path)
    arguments = {"option": ["--data", str(folder)], "folder": [], "address": ["--data", str(other)]}[how]
    given = {"folder": {"PINGYI_DATA": str(folder)}, "address": {"PINGYI_DATABASE_URL": f"sqlite:///{folder / 'pingyi.db'}"}}
    done = CliRunner().invoke(cli, [*arguments, "demo", "--no-serve"], env=given.get(how, {}))
    assert isinstance(done.exception, UserError)
    assert "有 %(n)s 次真实的评议" in done.exception.sentence
    assert done.exception.parts["n"] == 1
    assert content(tmp_path) == before
    assert not other.exists()


def test_a_database_of_an_older_version_is_not_even_brought_up_to_date(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    folder.mkdir(mode=0o700)
    engine = make_engine(f"sqlite:///{folder / 'pingyi.db'}")
    schema.upgrade(engine, "860066172b4a")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO campaign (id, key, title, period, asks, until, state, scheme_key, scheme_version, scheme_text,"
                " scheme_digest, public_key, wrapped_key, salt, demo, created)"
                " VALUES (1, 'k', 't', '2026', '', '', 'draft', 's', 'v', '', '', '', '', '', false, '2026-11-01 08:00:00')"
            )
        )
    engine.dispose()
    before = content(tmp_path)
    done = CliRunner().invoke(cli, ["--data", str(folder), "demo", "--no-serve"])
    assert isinstance(done.exception, UserError)
    assert content(tmp_path) == before


def test_a_campaign_that_is_still_in_the_log_of_a_running_server_counts(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'pingyi.db'}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_autocheckpoint = 0")
    with session_factory(engine)() as session:
        build(session)
        with pytest.raises(UserError):
            refuse_beside_real(f"sqlite:///{tmp_path / 'pingyi.db'}")
    engine.dispose()


def test_what_is_no_database_is_refused_too(tmp_path: Path) -> None:
    (tmp_path / "pingyi.db").write_bytes(b"notes of the last meeting" * 100)
    done = CliRunner().invoke(cli, ["--data", str(tmp_path), "demo", "--no-serve"])
    assert isinstance(done.exception, UserError)
    assert "读不出来" in done.exception.sentence


def test_an_empty_or_missing_database_and_one_of_demos_are_fine(database_url: str, tmp_path: Path) -> None:
    refuse_beside_real(database_url)
    refuse_beside_real(f"sqlite:///{tmp_path / 'nothing' / 'pingyi.db'}")
    engine = make_engine(database_url)
    with session_factory(engine)() as session:
        build(session)
        session.execute(text("UPDATE campaign SET demo = true"))
        session.commit()
    engine.dispose()
    refuse_beside_real(database_url)


@pytest.mark.postgresql_later
def test_a_real_campaign_on_either_database_is_seen(database_url: str) -> None:
    engine = make_engine(database_url)
    with session_factory(engine)() as session:
        build(session)
    engine.dispose()
    with pytest.raises(UserError):
        refuse_beside_real(database_url)
