"""What `pingyi doctor` says before a vote: each thing that is not well, with its remedy, and an exit code that programs heed."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey_app import clock
from survey_app.cli import cli, doctor_machine
from survey_app.cli.doctor import OF_THE_DATABASE, OF_THE_PLACE
from survey_app.config import Config
from survey_app.services.backups import made
from tests.towns import small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def place(config: Config, monkeypatch: pytest.MonkeyPatch) -> Path:
    config.data.mkdir(mode=0o700, exist_ok=True)
    monkeypatch.setenv("PINGYI_DATA", str(config.data))
    monkeypatch.setenv("PINGYI_DATABASE_URL", config.database_url)
    return config.data


def asked() -> tuple[int, dict[str, list[tuple[bool | None, str]]]]:
    done = CliRunner().invoke(cli, ["doctor", "--json"])
    told: dict[str, Any] = json.loads(done.stdout)
    assert told["fit"] == (done.exit_code == 0)
    found: dict[str, list[tuple[bool | None, str]]] = {}
    for one in told["findings"]:
        found.setdefault(one["question"], []).append((one["fit"], one["says"]))
    return done.exit_code, found


def test_every_question_is_answered_in_both_ways_of_telling(place: Path, engine: Engine) -> None:
    _code, found = asked()
    assert set(found) == set(OF_THE_PLACE) | set(OF_THE_DATABASE)
    plain = CliRunner().invoke(cli, ["doctor"]).stdout.splitlines()
    assert len(plain) == sum(map(len, found.values()))
    assert all(line[0] in "✓✗!" for line in plain)


@on_sqlite
def test_while_people_vote_a_missing_or_old_backup_is_a_fault_and_before_it_is_a_word(
    place: Path, session: Session, config: Config, engine: Engine
) -> None:
    assert asked()[1]["backup"][0][0] is None
    small_scheme.build(session)
    session.close()
    code, found = asked()
    assert (code, found["backup"][0][0]) == (1, False)
    made.remember(config, clock.now() - dt.timedelta(hours=25))
    assert asked()[1]["backup"][0][0] is False
    made.remember(config, clock.now() - dt.timedelta(hours=23))
    assert asked()[1]["backup"][0][0] is True
    assert "“小镇年度评议”正在评议，公布的截止时间是 11 月 30 日" in asked()[1]["campaigns"][0][1]


@on_sqlite
def test_a_draft_whose_opening_was_never_rehearsed_is_named(place: Path, session: Session, engine: Engine) -> None:
    small_scheme.build(session, state="draft")
    session.close()
    assert "“小镇年度评议”还没有演练过开箱" in asked()[1]["campaigns"][0][1]


@on_sqlite
@pytest.mark.parametrize("name", ["secret-key", ".audit-key"])
def test_a_key_that_others_can_read_is_a_fault(name: str, place: Path, engine: Engine) -> None:
    (place / name).write_text("x" * 64)
    (place / name).chmod(0o640)
    code, found = asked()
    assert (code, found["files"][0][0]) == (1, False)
    assert name in found["files"][0][1]
    (place / name).chmod(0o600)
    assert asked()[1]["files"][0][0] is True


def test_workers_that_find_no_room_are_told_before_they_are_killed(config: Config, tmp_path: Path) -> None:
    table = tmp_path / "meminfo"
    table.write_text("MemTotal: 9 kB\nMemAvailable: 245759 kB\n")  # two workers of 120 MB need 245,760
    assert doctor_machine.memory(config, table)[0] is False
    table.write_text("MemAvailable: 245760 kB\n")
    assert doctor_machine.memory(config, table)[0] is True
    assert doctor_machine.memory(config, tmp_path / "none")[0] is None


@pytest.mark.parametrize("kept", [True, False, None])
def test_the_clock_is_well_only_where_the_kernel_says_so(kept: bool | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_machine, "_kernel_clock", lambda: kept)
    assert doctor_machine.time_kept()[0] is (True if kept else None)


def test_the_kernel_is_asked_without_a_fault() -> None:
    assert doctor_machine._kernel_clock() in {True, False, None}


def test_a_program_that_cannot_set_a_sheet_says_so(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    assert doctor_machine.sheets(config)[0] is True

    def broken(_poster: object) -> bytes:
        raise OSError("no fonts")

    monkeypatch.setattr(doctor_machine, "poster_pdf", broken)
    assert doctor_machine.sheets(config) == (False, "印不出 PDF（OSError）；请重新运行 make setup。")
