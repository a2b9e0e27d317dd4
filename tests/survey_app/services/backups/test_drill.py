"""The drill: a backup that holds is written down as such, and one that does not is told by what is wrong with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey_app.config import Config, cookie_key
from survey_app.database import make_engine
from survey_app.models import AuditEvent, Campaign, LogEpoch
from survey_app.proof.checkpoints import SigningKeyError
from survey_app.services.backups import copying, drill, keys, making
from survey_app.services.backups.drill import DrillError
from survey_app.services.backups.refusals import BackupError
from survey_app.services.log import epochs
from survey_app.services.office import audit
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey, WrapCost
from tests.faults.cast_in_order import cast_all
from tests.support.clock import NOON
from tests.support.postgresql import Cluster
from tests.towns.small_scheme import Town

PHRASE = "远处的山 three white boats"
CASTS = 25  # of which fifteen may enter an epoch


@pytest.fixture(scope="module")
def key() -> OpeningKey:
    _, wrapped = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    return custody.unwrap(wrapped, PHRASE)


@pytest.fixture
def town(app: Flask, config: Config, session: Session, key: OpeningKey) -> Town:
    """A vote under way, with one meeting in its log and an act in the log of acts."""
    keys.use(config, key.public().hex())
    town = cast_all(session, CASTS, cookie_key(config))
    campaign = session.get_one(Campaign, town.campaign_id)
    epochs.add_meeting(session, campaign, name="年终大会", secret=cookie_key(config), now=NOON)
    audit.record(session, account="王小红", action="log-meeting", detail="", now=NOON)
    session.commit()
    return town


@pytest.fixture
def empty(config: Config, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where PostgreSQL restores for a drill."""
    if config.database_url.startswith("sqlite"):
        return ""
    cluster: Cluster = request.getfixturevalue("postgresql")
    cluster.create(f"drilled_{tmp_path.name}")
    return cluster.url(f"drilled_{tmp_path.name}")


@pytest.mark.usefixtures("town")
def test_a_backup_that_holds_is_proven_twice_over_and_written_down(
    config: Config, session: Session, tmp_path: Path, key: OpeningKey, empty: str
) -> None:
    made = tmp_path / "all.backup"
    making.write(config, made, now=NOON)
    for _time in (1, 2):  # the database it was restored into is as empty as before
        found = drill.drill(session, config, made, key=key, database=empty)
    log = epochs.log_of(session, session.scalars(select(Campaign)).one())
    assert log is not None
    assert found.roots == {session.scalars(select(Campaign.key)).one(): log.epochs[-1].root.hex()}
    assert (found.made, found.files) == (NOON, 2)  # the server's secret and the backup key's public part
    assert found.rows > 3 * CASTS  # slips, ballots, comments
    assert drill.last(session) is None
    drill.note(session, made, found, account="王小红", now=NOON)
    assert drill.last(session) == NOON
    assert session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "backup-drilled")).one().startswith("all.backup ")
    hidden = {path.name for path in config.data.iterdir() if path.name.startswith(".")}
    assert hidden == {".audit-key", ".audit-key.lock", ".last-backup"}  # which no backup takes along


def spoil(made: Path, config: Config, statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A backup whose maker copied something else than he said: the statement ran on the copy after it was described."""
    plain = copying.copy

    def copy(config: Config, folder: Path) -> object:
        members, facts = plain(config, folder)
        with closing(sqlite3.connect(folder / "database.sqlite", isolation_level=None)) as there:
            there.execute(statement)
        return members, facts

    monkeypatch.setattr(copying, "copy", copy)
    making.write(config, made, now=NOON)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM ballot WHERE key = (SELECT min(key) FROM ballot)", "行数或存证"),
        ("UPDATE log_epoch SET text = text || 'x' WHERE number = 1", "行数或存证"),
        ("UPDATE log_epoch SET leaves = CAST(leaves || zeroblob(32) AS BLOB) WHERE number = 1", "的票与它的存证对不上"),
        ("UPDATE log_epoch SET text = CAST(x'ff' AS TEXT)", "数据库不完好"),
        ("UPDATE ballot SET leaf = randomblob(32)", "的票与它的存证对不上"),
        ("UPDATE audit_event SET detail = 'altered'", "操作记录不连贯"),
    ],
)
def test_a_backup_that_restores_something_else_does_not_pass(
    config: Config,
    session: Session,
    tmp_path: Path,
    key: OpeningKey,
    monkeypatch: pytest.MonkeyPatch,
    *,
    statement: str,
    told: str,
) -> None:
    spoil(tmp_path / "all.backup", config, statement, monkeypatch)
    with pytest.raises(DrillError, match=told):
        drill.drill(session, config, tmp_path / "all.backup", key=key)
    assert drill.last(session) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_log_that_is_not_the_one_in_use_does_not_pass(
    config: Config, session: Session, tmp_path: Path, key: OpeningKey, town: Town
) -> None:
    making.write(config, tmp_path / "all.backup", now=NOON)
    newest = session.get_one(LogEpoch, (town.campaign_id, 1))
    session.delete(newest)
    session.flush()
    campaign = session.get_one(Campaign, town.campaign_id)
    epochs.add_meeting(session, campaign, name="另一场", secret=cookie_key(config), now=NOON)  # a second log for other eyes
    session.commit()
    with pytest.raises(DrillError, match="与正在使用的数据库不同"):
        drill.drill(session, config, tmp_path / "all.backup", key=key)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.usefixtures("town")
def test_a_place_whose_secret_is_lost_or_another_does_not_pass(
    config: Config, session: Session, tmp_path: Path, key: OpeningKey
) -> None:
    (config.data / "secret-key").rename(config.data / ".aside")
    making.write(config, tmp_path / "without.backup", now=NOON)
    with pytest.raises(DrillError, match="没有服务器的密钥"):
        drill.drill(session, config, tmp_path / "without.backup", key=key)
    cookie_key(config)  # makes a new one
    making.write(config, tmp_path / "another.backup", now=NOON)
    with pytest.raises(SigningKeyError):
        drill.drill(session, config, tmp_path / "another.backup", key=key)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.usefixtures("town")
def test_a_drill_on_postgresql_takes_no_database_that_holds_something(
    config: Config, session: Session, tmp_path: Path, key: OpeningKey
) -> None:
    making.write(config, tmp_path / "all.backup", now=NOON)
    with pytest.raises(BackupError, match="空的数据库"):
        drill.drill(session, config, tmp_path / "all.backup", key=key)
    with pytest.raises(Exception, match="已有表"):
        drill.drill(session, config, tmp_path / "all.backup", key=key, database=config.database_url)
    engine = make_engine(config.database_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM ballot")) == CASTS
    engine.dispose()
