"""`pingyi doctor` finds what else on the machine writes voters down, and says what it cannot see."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from survey_app.cli import doctor_traces
from survey_app.config import Config

HEAD = "Filename Type Size Used Priority\n"
#: The first requests as nginx and as Caddy write them, then what says nothing about a voter.
VOTERS = (
    '192.0.2.7 - - [01/Dec/2026:09:30:01 +0800] "GET /v/7Q2M9K4TZX HTTP/2.0" 200 8123 "-" "Mozilla/5.0"',
    '192.0.2.7 - - [01/Dec/2026:09:31:12 +0800] "POST /r HTTP/2.0" 200 812 "-" "Mozilla/5.0"',
    '{"ts":1796088612.1,"request":{"remote_ip":"192.0.2.7","method":"GET","uri":"/v/7Q2M9K4TZX"}}',
)
OTHERS = '192.0.2.7 - - [01/Dec/2026:09:30:01 +0800] "GET /office/campaigns HTTP/2.0" 200 8123 "/v/" "Mozilla/5.0"\n'


@pytest.mark.parametrize("line", VOTERS)
def test_a_log_in_front_that_names_voters_is_found_and_named(config: Config, tmp_path: Path, line: str) -> None:
    log = tmp_path / "nginx" / "access.log"
    log.parent.mkdir()
    log.write_text(OTHERS * 100)
    assert doctor_traces.front(config, tmp_path)[0] is None
    log.write_text(OTHERS * 100 + line + "\n")
    fit, sentence = doctor_traces.front(config, tmp_path)
    assert (fit, str(log) in sentence) == (False, True)


def test_without_a_log_it_says_what_it_cannot_see(config: Config, tmp_path: Path) -> None:
    behind = dataclasses.replace(config, base_url="https://pingyi.example.cn")
    fit, sentence = doctor_traces.front(behind, tmp_path)
    assert (fit, "从这里看不到" in sentence) == (None, True)
    direct = dataclasses.replace(config, bind="192.0.2.1:8000", base_url="http://192.0.2.1:8000")
    assert doctor_traces.front(direct, tmp_path)[0] is True


@pytest.mark.parametrize(
    ("table", "fit"),
    [
        (HEAD, True),
        (HEAD + "/dev/zram0 partition 100 0 100\n", True),
        (HEAD + "/dev/sda2 partition 8388604 0 -2\n", None),
        (HEAD + "/dev/zram0 partition 100 0 100\n/swapfile file 8388604 0 -2\n", None),
    ],
)
def test_swap_on_a_disk_is_pointed_out(tmp_path: Path, table: str, fit: bool | None) -> None:
    (tmp_path / "swaps").write_text(table)
    assert doctor_traces.swap(tmp_path / "swaps")[0] is fit
    assert doctor_traces.swap(tmp_path / "none")[0] is True


def test_a_database_that_writes_down_when_rows_came_is_found(engine: Engine) -> None:
    fit, _sentence = doctor_traces.database(engine)
    assert fit is True
    if engine.dialect.name == "postgresql":
        name = engine.url.database
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f'ALTER DATABASE "{name}" SET log_min_duration_statement = 100'))
        engine.dispose()  # the setting holds for new connections
        fit, sentence = doctor_traces.database(engine)
        assert (fit, "log_min_duration_statement" in sentence) == (False, True)
