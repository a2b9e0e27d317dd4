"""Backup, its key and the drill as an office types them, one-person offices too; and what `pingyi doctor` then says of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from survey_app import clock
from survey_app.cli import cli, doctor_backups
from survey_app.config import Config, cookie_key
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.models import AuditEvent
from survey_app.services.backups import drill, spool
from survey_app.services.office import audit
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import WrapCost
from survey_app.starting import prepared
from tests.support.clock import NOON

PHRASE = "远处的山 three white boats"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """A place as `make run` makes it. Keys are wrapped with little work: what is tested is not how long argon2 takes."""
    monkeypatch.setattr(custody, "WrapCost", lambda: WrapCost(1, 8))
    config = Config.from_environment({}, tmp_path / "var")
    prepared(config).dispose()
    return config


def typed(config: Config, *arguments: object, says: str = "") -> Result:
    """The command, and what it said."""
    return CliRunner().invoke(cli, ["--data", str(config.data), *map(str, arguments)], input=says)


def done(config: Config, *arguments: object, says: str = "") -> str:
    """The same where nothing is to go wrong."""
    result = typed(config, *arguments, says=says)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.output


def refused(config: Config, *arguments: object, says: str = "") -> str:
    """The sentence of a refusal."""
    result = typed(config, *arguments, says=says)
    assert isinstance(result.exception, UserError), (result.output, result.exception)
    return str(result.exception)


def with_key(place: Config, stick: Path) -> str:
    """A key made and in use; its public part."""
    public = done(place, "backup-key", stick / "key.json", says=f"{PHRASE}\n{PHRASE}\n").split()[-1]
    done(place, "backup-key", "--use", public)
    return public


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


def test_from_the_key_to_the_drill_and_to_another_machine(place: Config, stick: Path, tmp_path: Path) -> None:
    public = with_key(place, stick)
    assert (stick / "key.json").stat().st_mode & 0o777 == 0o600
    done(place, "backup", stick / "all.backup")
    told = done(place, "restore", stick / "all.backup", "--drill", "--key", stick / "key.json", says=f"{PHRASE}\n")
    assert "演练通过" in told
    other = Config.from_environment({}, tmp_path / "other")
    done(other, "restore", stick / "all.backup", says=f"{stick / 'key.json'}\n{PHRASE}\n")  # the file is asked for
    assert cookie_key(other) == cookie_key(place)
    engine = make_engine(place.database_url)
    with session_factory(engine)() as session:
        acts = session.execute(select(AuditEvent.action, AuditEvent.detail).order_by(AuditEvent.id)).all()
        assert [action for action, _detail in acts] == ["backup-key-set", "backup-drilled"]
        assert acts[0].detail == public
        assert audit.broken_at(session) is None
    engine.dispose()


def test_a_wrong_passphrase_another_file_and_a_full_folder_are_told_in_time(place: Config, stick: Path, tmp_path: Path) -> None:
    with_key(place, stick)
    done(place, "backup", stick / "all.backup")
    other = Config.from_environment({}, tmp_path / "other")
    assert "口令不对" in refused(other, "restore", stick / "all.backup", "--key", stick / "key.json", says="another phrase\n")
    assert "不是备份密钥文件" in refused(
        other, "restore", stick / "all.backup", "--key", stick / "all.backup", says=f"{PHRASE}\n"
    )
    assert not other.data.exists()
    assert "不是空的" in refused(place, "restore", stick / "all.backup")  # nobody was asked for anything


def test_the_private_part_is_not_made_where_the_server_keeps_its_data(place: Config, stick: Path) -> None:
    assert "不能放在数据文件夹里" in refused(place, "backup-key", place.data / "key.json")
    assert "请写一样" in refused(place, "backup-key")
    assert "请写一样" in refused(place, "backup-key", stick / "key.json", "--use", "0" * 64)
    assert "不是备份公钥" in refused(place, "backup-key", "--use", "12ab")
    assert "不是一把可以封存的公钥" in refused(place, "backup-key", "--use", "0" * 64)
    assert list(stick.iterdir()) == []
    assert not (place.data / "backup-key").exists()


def test_an_open_backup_has_to_be_asked_for_and_warns_both_ways(place: Config, stick: Path, tmp_path: Path) -> None:
    assert "--unsealed" in refused(place, "backup", stick / "all.backup")
    assert "没有加密" in done(place, "backup", stick / "all.backup", "--unsealed")
    other = Config.from_environment({}, tmp_path / "other")
    assert "没有加密" in done(other, "restore", stick / "all.backup")
    assert cookie_key(other) == cookie_key(place)


def test_the_doctor_knows_key_left_overs_and_the_last_drill(place: Config, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = make_engine(place.database_url)
    monkeypatch.setattr(clock, "now", lambda: NOON)
    assert doctor_backups.key(place)[0] is None
    assert doctor_backups.left_over(place)[0] is True
    assert doctor_backups.drilled(engine)[0] is None
    public = with_key(place, stick)
    fit, sentence = doctor_backups.key(place)
    assert fit is True
    assert public[:16] in sentence
    for days, fresh in ((91, None), (90, True), (1, True)):  # the newest counts
        with session_factory(engine)() as session:
            at = NOON - dt.timedelta(days=days)
            audit.record(session, account="command line", action=drill.ACTION, detail="", now=at)
            session.commit()
        assert doctor_backups.drilled(engine)[0] is fresh
    (place.data / spool.NAME).mkdir()
    (place.data / spool.NAME / "database.sqlite").touch()
    assert doctor_backups.left_over(place)[0] is False
    (place.data / "backup-key").write_text("no key", encoding="ascii")
    assert doctor_backups.key(place)[0] is False
    engine.dispose()
