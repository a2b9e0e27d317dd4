"""Everything into one file and back: the way out of a lost machine, readable by who holds the backup key."""

from __future__ import annotations

import dataclasses
import errno
import io
import json
import os
import resource
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text

from survey_app.config import Config, cookie_key
from survey_app.database import audit_keys, make_engine, session_factory
from survey_app.errors import RefusedError
from survey_app.models import Account, AuditEvent
from survey_app.roles import EVERYTHING
from survey_app.schema import upgrade
from survey_app.services.backups import archive, copying, keys, making, restoring, spool
from survey_app.services.backups.refusals import BackupError
from survey_app.services.backups.sealed_stream import is_sealed
from survey_app.services.office import accounts, audit, audit_check
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey, WrapCost
from tests.support.application import OFFICE_PASSWORD, QUICK_PASSWORD
from tests.support.clock import NOON
from tests.support.postgresql import Cluster

PHRASE = "远处的山 three white boats"


@pytest.fixture(scope="module")
def key() -> OpeningKey:
    """A backup key's private part."""
    _, wrapped = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    return custody.unwrap(wrapped, PHRASE)


def filled(config: Config, key: OpeningKey) -> None:
    """An account, an act, a file and the backup key's public part in the place."""
    cookie_key(config)
    keys.use(config, key.public().hex())
    (config.data / "notes").mkdir()
    (config.data / "notes" / "会议.txt").write_text("第一次会议", encoding="utf-8")
    engine = make_engine(config.database_url, keys=audit_keys(config))
    with session_factory(engine)() as session:
        accounts.create_account(session, name="王小红", roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON)
        audit.record(session, account="王小红", action="sign-in", detail="line\nbreak\t\\N", now=NOON)
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


def tables(engine: Engine) -> set[tuple[str, str]]:
    """What there is beside rows: indexes, triggers and constraints, by kind and name."""
    asked = {
        "sqlite": "SELECT type, name FROM sqlite_master",
        "postgresql": "SELECT 'index', indexname FROM pg_indexes WHERE schemaname = 'public' UNION ALL"
        " SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal UNION ALL"
        " SELECT contype::text, conname FROM pg_constraint UNION ALL"
        " SELECT 'function', proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    }
    with engine.connect() as connection:
        return {(kind, name) for kind, name in connection.execute(text(asked[engine.dialect.name]))}


def test_a_restored_place_holds_the_same_rows_keys_and_files(
    config: Config, tmp_path: Path, request: pytest.FixtureRequest, key: OpeningKey
) -> None:
    filled(config, key)
    making.write(config, tmp_path / "all.backup", now=NOON)
    there = elsewhere(config, tmp_path, request)
    restoring.read(there, tmp_path / "all.backup", key=key)
    assert cookie_key(there) == cookie_key(config)
    assert not audit_keys(there).path.exists()  # a copy cannot sign as the place it was copied from
    assert keys.public_key(there) == key.public()  # its next backup is sealed to the same key
    assert (there.data / "notes" / "会议.txt").read_text(encoding="utf-8") == "第一次会议"
    here, engine = make_engine(config.database_url), make_engine(there.database_url, keys=audit_keys(there))
    assert tables(engine) == tables(here)
    here.dispose()
    with session_factory(engine)() as session:
        assert [account.name for account in session.scalars(select(Account))] == ["王小红"]
        assert session.scalars(select(AuditEvent)).one().detail == "line\nbreak\t\\N"
        assert audit.broken_at(session) is None
        assert accounts.check_password(session, "王小红", OFFICE_PASSWORD, QUICK_PASSWORD).roles == EVERYTHING
        audit.record(session, account="王小红", action="sign-in", detail="", now=NOON)  # numbers go on where they were
        session.commit()
        assert session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)).all() == [1, 2]
        found = audit_check.check(session, heads=[])
        assert found.faults == ()
        assert "第 2 条" in found.notes[-1]  # where the restored place began to sign
    upgrade(engine)  # the restored tables know their version
    engine.dispose()


@pytest.fixture
def place(tmp_path: Path, sqlite_template: Path) -> Config:
    """A place on SQLite."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "pingyi.db").write_bytes(sqlite_template.read_bytes())
    return Config(data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", password_cost=QUICK_PASSWORD)


@pytest.fixture
def there(place: Config, tmp_path: Path) -> Config:
    """An empty place."""
    return dataclasses.replace(place, data=tmp_path / "new", database_url=f"sqlite:///{tmp_path / 'new' / 'pingyi.db'}")


@pytest.mark.parametrize("unsealed", [False, True])
def test_a_backup_is_readable_by_its_owner_only_and_never_overwrites(
    place: Config, tmp_path: Path, key: OpeningKey, *, unsealed: bool
) -> None:
    filled(place, key)
    target = tmp_path / "all.backup"
    making.write(place, target, now=NOON, unsealed=unsealed)
    assert target.stat().st_mode & 0o777 == 0o600
    assert is_sealed(target) is not unsealed
    before = target.read_bytes()
    with pytest.raises(BackupError, match="已经存在"):
        making.write(place, target, now=NOON, unsealed=unsealed)
    assert target.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"data", "all.backup"}
    assert not (place.data / spool.NAME).exists()


def test_without_a_backup_key_nothing_is_written_but_what_was_asked_for_by_name(place: Config, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="还没有备份密钥"):
        making.write(place, tmp_path / "all.backup", now=NOON)
    assert not (tmp_path / "all.backup").exists()
    assert copying.SQLITE_MEMBER in making.write(place, tmp_path / "all.backup", now=NOON, unsealed=True)


def test_a_damaged_key_on_the_server_does_not_lead_to_an_open_backup(place: Config, tmp_path: Path) -> None:
    (place.data / keys.PUBLIC_FILE).write_text("0" * 63, encoding="ascii")
    with pytest.raises(BackupError, match="不是备份公钥"):
        making.write(place, tmp_path / "all.backup", now=NOON)
    assert not (tmp_path / "all.backup").exists()


def test_a_backup_does_not_lie_among_what_it_backs_up(place: Config, key: OpeningKey) -> None:
    filled(place, key)
    with pytest.raises(BackupError, match="数据文件夹里"):
        making.write(place, place.data / "all.backup", now=NOON)


def test_restoring_over_something_is_refused_and_changes_nothing(place: Config, tmp_path: Path, key: OpeningKey) -> None:
    filled(place, key)
    making.write(place, tmp_path / "all.backup", now=NOON)
    before = {path: path.read_bytes() for path in place.data.rglob("*") if path.is_file()}
    with pytest.raises(RefusedError, match="不是空的"):
        restoring.read(place, tmp_path / "all.backup", key=key)
    assert {path: path.read_bytes() for path in place.data.rglob("*") if path.is_file()} == before


def test_a_sealed_backup_asks_for_its_own_key(place: Config, there: Config, tmp_path: Path, key: OpeningKey) -> None:
    filled(place, key)
    making.write(place, tmp_path / "all.backup", now=NOON)
    with pytest.raises(BackupError, match="是加密的"):
        restoring.read(there, tmp_path / "all.backup")
    _, other = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    with pytest.raises(BackupError, match=f"另一把备份密钥加密的（公钥 {key.public().hex()[:16]}…）"):
        restoring.read(there, tmp_path / "all.backup", key=custody.unwrap(other, PHRASE))
    assert list(there.data.iterdir()) == []


def test_a_damaged_byte_of_an_open_backup_is_noticed_before_anything_is_restored(
    place: Config, there: Config, tmp_path: Path
) -> None:
    file = tmp_path / "all.tar"
    making.write(place, file, now=NOON, unsealed=True)
    with tarfile.open(file) as tar:
        start = tar.getmember(copying.SQLITE_MEMBER).offset_data
    content = bytearray(file.read_bytes())
    content[start + 5000] ^= 1
    file.write_bytes(content)
    with pytest.raises(BackupError, match="与清单不符"):
        restoring.read(there, file)
    assert list(there.data.iterdir()) == []


def test_an_open_backup_cut_off_is_refused_before_anything_is_restored(place: Config, there: Config, tmp_path: Path) -> None:
    file = tmp_path / "all.tar"
    making.write(place, file, now=NOON, unsealed=True)
    whole = file.read_bytes()
    for size in (0, 100, 600, len(whole) // 2, len(whole) - 20_000):
        file.write_bytes(whole[:size])
        with pytest.raises(BackupError):
            restoring.read(there, file)
        assert list(there.data.iterdir()) == []


def test_a_file_that_is_no_backup_is_refused_in_a_sentence(there: Config, tmp_path: Path) -> None:
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"\xff\xd8\xff" * 1000)
    with pytest.raises(BackupError, match="不是完整的评议备份"):
        restoring.read(there, other)


def manifest_of(members: dict[str, bytes], named: dict[str, object], target: Path) -> None:
    """An archive as somebody else may have made it."""
    with tarfile.open(target, "w") as tar:
        for name, content in {"manifest.json": json.dumps(named).encode(), **members}.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def test_a_manifest_that_points_outside_writes_nothing_there(there: Config, tmp_path: Path) -> None:
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"  # of "x"
    named: dict[str, object] = {
        "format": "pingyi-backup/1",
        "made": "",
        "members": {"../escaped": {"bytes": 1, "sha256": digest}},
    }
    manifest_of({"../escaped": b"x"}, named, tmp_path / "evil.tar")
    with pytest.raises(BackupError, match=r"里的 \.\./escaped 不对"):
        restoring.read(there, tmp_path / "evil.tar")
    assert list(there.data.iterdir()) == []
    assert not (tmp_path / "escaped").exists()


def test_what_the_manifest_does_not_name_or_names_in_vain_is_refused(there: Config, tmp_path: Path) -> None:
    named: dict[str, object] = {"format": "pingyi-backup/1", "made": "", "members": {}}
    manifest_of({"files/more": b"x"}, named, tmp_path / "more.tar")
    with pytest.raises(BackupError, match="files/more 不对"):
        restoring.read(there, tmp_path / "more.tar")
    named["members"] = {"files/less": {"bytes": 1, "sha256": "0" * 64}}
    manifest_of({}, named, tmp_path / "less.tar")
    with pytest.raises(BackupError, match="没有清单上的 files/less"):
        restoring.read(there, tmp_path / "less.tar")
    assert list(there.data.iterdir()) == []


def test_a_backup_of_before_there_were_keys_is_still_restored(place: Config, there: Config, tmp_path: Path) -> None:
    database = (place.data / "pingyi.db").read_bytes()
    (tmp_path / "database").write_bytes(database)
    named: dict[str, object] = {
        "format": "pingyi-backup/1",
        "made": "2026-11-21T12:00:00+00:00",
        "members": {"database.sqlite": {"bytes": len(database), "sha256": archive._digest(tmp_path / "database")}},
    }
    manifest_of({"database.sqlite": database}, named, tmp_path / "old.tar")
    assert restoring.read(there, tmp_path / "old.tar") == ["database.sqlite"]
    assert (there.data / "pingyi.db").read_bytes() == database


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_dump_of_before_there_were_keys_is_still_restored(
    config: Config, tmp_path: Path, request: pytest.FixtureRequest, key: OpeningKey
) -> None:
    filled(config, key)
    copying._run("pg_dump", "--format=custom", "--file", str(tmp_path / "dump"), "--dbname", copying._address(config))
    dump = (tmp_path / "dump").read_bytes()
    named: dict[str, object] = {
        "format": "pingyi-backup/1",
        "made": "2026-11-21T12:00:00+00:00",
        "members": {"database.dump": {"bytes": len(dump), "sha256": archive._digest(tmp_path / "dump")}},
    }
    manifest_of({"database.dump": dump}, named, tmp_path / "old.tar")
    there = elsewhere(config, tmp_path, request)
    restoring.read(there, tmp_path / "old.tar")
    engine = make_engine(there.database_url)
    with session_factory(engine)() as session:
        assert [account.name for account in session.scalars(select(Account))] == ["王小红"]
    engine.dispose()


def test_a_backup_taken_while_somebody_writes_is_one_consistent_moment(
    place: Config, there: Config, tmp_path: Path, key: OpeningKey
) -> None:
    """The open transaction's row is not in it; what was committed is, although it stands in the write-ahead log only."""
    keys.use(place, key.public().hex())
    with sqlite3.connect(place.data / "pingyi.db", isolation_level=None) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        insert = "INSERT INTO account (name, disabled, created) VALUES (?, 0, '2026-11-21 12:00:00')"
        writer.execute(insert, ("committed",))
        writer.execute("BEGIN IMMEDIATE")
        writer.execute(insert, ("open",))
        making.write(place, tmp_path / "all.backup", now=NOON)
        writer.execute("ROLLBACK")
    restoring.read(there, tmp_path / "all.backup", key=key)
    with sqlite3.connect(there.data / "pingyi.db") as copy:
        assert copy.execute("SELECT name FROM account").fetchall() == [("committed",)]


def test_two_at_once_do_not_disturb_each_other(place: Config, tmp_path: Path, key: OpeningKey) -> None:
    filled(place, key)
    with spool.spool(place), pytest.raises(BackupError, match="还在进行"):
        making.write(place, tmp_path / "all.backup", now=NOON)
    assert not (tmp_path / "all.backup").exists()


def test_what_a_killed_backup_left_is_gone_with_the_next(place: Config, tmp_path: Path, key: OpeningKey) -> None:
    filled(place, key)
    left = place.data / spool.NAME
    (left / "postgresql" / "rows").mkdir(parents=True)
    (left / "postgresql" / "rows" / "ballot").write_bytes(b"half")
    (tmp_path / ".all.backup.part").write_bytes(b"half")
    assert spool.left_over(place)
    making.write(place, tmp_path / "all.backup", now=NOON)
    assert not left.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"data", "all.backup"}


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond this: writing fails in the middle, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("where", ["the copied database", "the sealed file"])
def test_a_full_disk_leaves_nothing_half(place: Config, tmp_path: Path, key: OpeningKey, where: str) -> None:
    filled(place, key)
    (place.data / "large").write_bytes(os.urandom(3_000_000))
    database = (place.data / "pingyi.db").stat().st_size
    assert database < 2_000_000
    with room_for(database // 2 if where == "the copied database" else 2_500_000), pytest.raises(BackupError, match="没有做成"):
        making.write(place, tmp_path / "all.backup", now=NOON)
    assert {path.name for path in tmp_path.iterdir()} == {"data"}
    assert not (place.data / spool.NAME).exists()


def test_a_full_disk_while_restoring_leaves_nothing_half(place: Config, there: Config, tmp_path: Path, key: OpeningKey) -> None:
    filled(place, key)
    (place.data / "large").write_bytes(os.urandom(3_000_000))
    making.write(place, tmp_path / "all.backup", now=NOON)
    with room_for(2_500_000), pytest.raises(BackupError, match="恢复没有做成"):
        restoring.read(there, tmp_path / "all.backup", key=key)
    assert list(there.data.iterdir()) == []


def test_a_database_that_does_not_settle_takes_the_files_back(
    place: Config, there: Config, tmp_path: Path, key: OpeningKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(place, key)
    making.write(place, tmp_path / "all.backup", now=NOON)

    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    moved: Callable[..., object] = full
    monkeypatch.setattr(shutil, "move", moved)
    with pytest.raises(BackupError, match="恢复没有做成（no space left）"):
        restoring.read(there, tmp_path / "all.backup", key=key)
    assert [path for path in there.data.rglob("*") if path.is_file()] == []
