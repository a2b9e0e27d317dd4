"""A place that cannot keep a ballot says so before one comes: to machines yes or no, to the office in a sentence."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from survey_app import clock, create_app, schema
from survey_app.config import Config, SettingError
from survey_app.database import session_factory
from survey_app.extensions import resources
from survey_app.services.office import audit
from survey_app.services.operating import readiness
from survey_app.services.operating.readiness import Part, SteadyLook, look
from survey_app.views import watching
from tests.towns import small_scheme

Usage = namedtuple("Usage", "total used free")
TOKEN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def place(config: Config, app: Flask) -> Path:
    config.data.mkdir(mode=0o700, exist_ok=True)
    return config.data


def parts(engine: Engine, place: Path, **change: dt.timedelta) -> list[Part]:
    return [one.part for one in look(engine, place, now=clock.now() + change.get("off", dt.timedelta())).lacks]


def test_a_sound_place_is_ready_and_looking_leaves_nothing_behind(engine: Engine, place: Path) -> None:
    before = sorted(place.iterdir())
    found = look(engine, place, now=clock.now())
    assert found.lacks == ()
    assert found.write_seconds is not None
    assert sorted(place.iterdir()) == before


def test_a_database_that_is_not_there_behind_or_ahead_is_no_place_for_ballots(engine: Engine, place: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f00000000000'"))
    assert parts(engine, place) == [Part.TABLES]
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert parts(engine, place) == [Part.TABLES]


def test_a_server_goes_on_where_a_newer_program_brought_the_tables_further_and_none_begins_there(
    engine: Engine, place: Path
) -> None:
    begun = SteadyLook(engine, place, steady=iter((0.0, 10.0)).__next__)
    assert begun.readiness().lacks == ()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f00000000000'"))
    assert begun.readiness().lacks == ()
    with pytest.raises(schema.UnknownRevisionError):
        schema.upgrade(engine)


def test_a_folder_that_is_gone_or_a_full_disk_is_told(engine: Engine, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Part.DISK in parts(engine, place / "gone")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, readiness.LEAST_BYTES - 1))
    assert parts(engine, place) == [Part.DISK]
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, readiness.LEAST_BYTES))
    assert parts(engine, place) == []


def test_a_clock_before_the_last_act_is_told(engine: Engine, place: Path) -> None:
    with session_factory(engine)() as session:
        audit.record(session, account="office", action="signed-in", detail="", now=clock.now())
        session.commit()
    assert parts(engine, place, off=-dt.timedelta(minutes=2)) == [Part.CLOCK]
    assert parts(engine, place, off=-dt.timedelta(seconds=30)) == []


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_clock_minutes_from_the_databases_is_told_and_a_standby_is_no_place(engine: Engine, place: Path) -> None:
    assert parts(engine, place, off=dt.timedelta(minutes=2)) == [Part.CLOCK]
    with engine.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
    engine.dispose()
    assert parts(engine, place) == [Part.DATABASE]


def test_a_writer_at_work_does_not_keep_the_question_waiting(engine: Engine, place: Path, session: Session) -> None:
    small_scheme.build(session)
    session.execute(text("UPDATE campaign SET title = title"))  # holds SQLite's write lock until the fixture ends
    assert parts(engine, place) == []
    session.rollback()


def test_asking_often_looks_once_in_five_seconds(engine: Engine, place: Path) -> None:
    at = [100.0]
    watch = SteadyLook(engine, place / "gone", steady=lambda: at[0])
    assert watch.readiness().lacks
    (place / "gone").mkdir()
    at[0] = 104.9
    assert watch.readiness().lacks
    at[0] = 105.0
    assert not watch.readiness().lacks


def test_strangers_are_told_yes_or_no_and_never_why(client: FlaskClient, app: Flask, place: Path) -> None:
    for address, words in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
        answer = client.get(address)
        assert (answer.status_code, answer.text) == (200, words)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    app.extensions[watching._WATCH] = SteadyLook(resources(app).engine, place / "gone")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert client.get("/healthz").status_code == 200


def test_living_asks_no_database(client: FlaskClient, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the database was asked")

    monkeypatch.setattr(Engine, "connect", refuse)
    assert client.get("/healthz").status_code == 200


def test_counts_are_not_there_without_the_token(config: Config, client: FlaskClient, place: Path) -> None:
    nowhere = client.get("/nowhere")
    assert client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    app = create_app(dataclasses.replace(config, metrics_token=TOKEN))
    try:
        asked = app.test_client()
        for sent in ({}, {"Authorization": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": "Bearer é"}):
            answer = asked.get("/metrics", headers=sent)
            assert (answer.status_code, answer.data) == (404, nowhere.data)
        told = asked.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert told.status_code == 200
        assert told.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        assert 'pingyi_ready{part="database"} 1.0' in told.text
        assert "Set-Cookie" not in told.headers
    finally:
        resources(app).engine.dispose()


@pytest.mark.parametrize("bad", ["short", "x" * 31, "a b" * 20, "口令" * 20])
def test_a_token_that_could_be_guessed_is_refused(bad: str) -> None:
    with pytest.raises(SettingError, match="PINGYI_METRICS_TOKEN"):
        Config.from_environment({"PINGYI_METRICS_TOKEN": bad})


def test_the_office_reads_it_in_sentences_with_what_to_do(office_client: FlaskClient, app: Flask, place: Path) -> None:
    told = office_client.get("/office/machine").text
    assert "数据库、表、磁盘和时钟都好，现在能收票。" in told
    assert "从来没有做过备份。" in told
    assert "pingyi backup 文件名" in told
    assert "逐条核对无误" in told
    app.extensions[watching._WATCH] = SteadyLook(resources(app).engine, place / "gone")
    told = office_client.get("/office/machine").text
    assert "有要马上处理的事。" in told
    assert "写不进去（No such file or directory）" in told
