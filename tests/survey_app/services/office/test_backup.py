"""Everything into one file and back: the way out of a lost machine."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select

from survey_app.config import Config, cookie_key
from survey_app.database import make_engine, session_factory
from survey_app.errors import RefusedError
from survey_app.models import Account, AuditEvent
from survey_app.schema import upgrade
from survey_app.services.office import accounts, audit, backup
from tests.support.application import OFFICE_PASSWORD, QUICK_PASSWORD
from tests.support.clock import NOON
from tests.support.postgresql import Cluster


def filled(config: Config) -> None:
    """An account, an act and a file in the place."""
    cookie_key(config)
    (config.data / "notes").mkdir()
    (config.data / "notes" / "会议.txt").write_text("第一次会议", encoding="utf-8")
    engine = make_engine(config.database_url)
    with session_factory(engine)() as session:
        accounts.create_account(session, name="王小红", role="office", password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON)
        audit.record(session, account="王小红", action="sign-in", detail="line\nbreak", now=NOON)
        session.commit()
    engine.dispose()


def elsewhere(config: Config, tmp_path: Path, request: pytest.FixtureRequest) -> Config:
    """An empty place of the same kind."""
    data = tmp_path / "new"
    if config.database_url.startswith("sqlite"):
        return dataclasses.replace(config, data=data, database_url=f"sqlite:///{data / 'pingyi.db'}")
    cluster: Cluster = request.getfixturevalue("postgresql")
    name = f"restored_{tmp_path.name}"
    cluster.create(name)
    return dataclasses.replace(config, data=data, database_url=cluster.url(name))


def test_a_restored_place_holds_the_same_rows_keys_and_files(
    config: Config, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    filled(config)
    backup.write(config, tmp_path / "all.tar", now=NOON)
    there = elsewhere(config, tmp_path, request)
    backup.read(there, tmp_path / "all.tar")
    assert cookie_key(there) == cookie_key(config)
    assert (there.data / "notes" / "会议.txt").read_text(encoding="utf-8") == "第一次会议"
    engine = make_engine(there.database_url)
    with session_factory(engine)() as session:
        assert [account.name for account in session.scalars(select(Account))] == ["王小红"]
        assert session.scalars(select(AuditEvent)).one().detail == "line\nbreak"
        assert audit.broken_at(session) is None
        assert accounts.check_password(session, "王小红", OFFICE_PASSWORD, QUICK_PASSWORD).role == "office"
    upgrade(engine)  # the restored tables know their version
    engine.dispose()


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Config:
    """A place on SQLite."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "pingyi.db").write_bytes(sqlite_template.read_bytes())
    return Config(data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", password_cost=QUICK_PASSWORD)


def test_a_backup_is_readable_by_its_owner_only_and_never_overwrites(place: Config, tmp_path: Path) -> None:
    target = tmp_path / "all.tar"
    backup.write(place, target, now=NOON)
    assert target.stat().st_mode & 0o777 == 0o600
    before = target.read_bytes()
    with pytest.raises(backup.BackupError, match="已经存在"):
        backup.write(place, target, now=NOON)
    assert target.read_bytes() == before


def test_restoring_over_something_is_refused_and_changes_nothing(place: Config, tmp_path: Path) -> None:
    filled(place)
    backup.write(place, tmp_path / "all.tar", now=NOON)
    before = {path: path.read_bytes() for path in place.data.rglob("*") if path.is_file()}
    with pytest.raises(RefusedError, match="不是空的"):
        backup.read(place, tmp_path / "all.tar")
    assert {path: path.read_bytes() for path in place.data.rglob("*") if path.is_file()} == before


def test_a_damaged_byte_is_noticed_before_anything_is_restored(place: Config, tmp_path: Path) -> None:
    archive = tmp_path / "all.tar"
    backup.write(place, archive, now=NOON)
    with tarfile.open(archive) as tar:
        start = tar.getmember(backup.SQLITE_MEMBER).offset_data
    content = bytearray(archive.read_bytes())
    content[start + 5000] ^= 1
    archive.write_bytes(content)
    there = dataclasses.replace(place, data=tmp_path / "new", database_url=f"sqlite:///{tmp_path / 'new' / 'pingyi.db'}")
    with pytest.raises(backup.BackupError, match="与清单不符"):
        backup.read(there, archive)
    assert list(there.data.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused_in_a_sentence(place: Config, tmp_path: Path) -> None:
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"\xff\xd8\xff" * 1000)
    with pytest.raises(backup.BackupError, match="不是完整的评议备份"):
        backup.read(dataclasses.replace(place, data=tmp_path / "new", database_url=f"sqlite:///{tmp_path}/n.db"), other)


def test_a_manifest_that_points_outside_writes_nothing_there(place: Config, tmp_path: Path) -> None:
    archive = tmp_path / "evil.tar"
    text = json.dumps({"format": backup.FORMAT, "members": {"../escaped": {"bytes": 1, "sha256": "0" * 64}}}).encode()
    (tmp_path / "manifest").write_bytes(text)
    (tmp_path / "one").write_bytes(b"x")
    with tarfile.open(archive, "w") as tar:
        tar.add(tmp_path / "manifest", "manifest.json")
        tar.add(tmp_path / "one", "../escaped")
    there = dataclasses.replace(place, data=tmp_path / "new", database_url=f"sqlite:///{tmp_path / 'new' / 'pingyi.db'}")
    with pytest.raises(backup.BackupError):
        backup.read(there, archive)
    assert list(there.data.iterdir()) == []


def test_a_backup_taken_while_somebody_writes_is_one_consistent_moment(place: Config, tmp_path: Path) -> None:
    """The open transaction's row is not in it; what was committed is, although it stands in the write-ahead log only."""
    with sqlite3.connect(place.data / "pingyi.db", isolation_level=None) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        insert = "INSERT INTO account (name, role, disabled, created) VALUES (?, 'office', 0, '2026-11-21 12:00:00')"
        writer.execute(insert, ("committed",))
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(insert, ("open",))
        backup.write(place, tmp_path / "all.tar", now=NOON)
        writer.execute("ROLLBACK")
    there = dataclasses.replace(place, data=tmp_path / "new", database_url=f"sqlite:///{tmp_path / 'new' / 'pingyi.db'}")
    backup.read(there, tmp_path / "all.tar")
    with sqlite3.connect(there.data / "pingyi.db") as copy:
        assert copy.execute("SELECT name FROM account").fetchall() == [("committed",)]
