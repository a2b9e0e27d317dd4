"""A server that starts says so once it answers; one that cannot says why in one sentence, and leaves no way in behind."""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from survey_app import schema, start_bench
from survey_app.database import make_engine
from tests.journeys.conftest import ROOT

#: What a waiting server has no use for.
HEAVY = ("scipy", "pandas", "typst", "xlsxwriter", "python_calamine", "alembic", "qrcode", "noto_cjk_sans_otc")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def command(**settings: str | Path) -> tuple[list[str], dict[str, str]]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PINGYI_")}
    given = {"PINGYI_BIND": f"127.0.0.1:{free_port()}", **{name: str(value) for name, value in settings.items()}}
    return [sys.executable, "-m", "survey_app.cli", "serve"], plain | given


def refused(**settings: str | Path) -> str:
    """The one line a server says that cannot start."""
    words, environment = command(**settings)
    done = subprocess.run(words, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def links(database: Path) -> int:
    """One-time links that are in force in the database."""
    connection = sqlite3.connect(database)
    (found,) = connection.execute("SELECT count(*) FROM one_time_link").fetchone()
    connection.close()
    return int(found)


def migrated(folder: Path) -> Path:
    """A data folder with a database at the head."""
    folder.mkdir(mode=0o700)
    engine = make_engine(f"sqlite:///{folder / 'pingyi.db'}")
    schema.upgrade(engine)
    engine.dispose()
    return folder


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o701])
def test_a_data_folder_that_others_may_enter_is_refused_and_left_as_it_is(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(mode)
    assert f"chmod 700 {folder}" in refused(PINGYI_DATA=folder)
    assert folder.stat().st_mode & 0o777 == mode
    assert list(folder.iterdir()) == []


def test_the_first_request_after_the_link_was_printed_is_answered(tmp_path: Path) -> None:
    words, environment = command(PINGYI_DATA=tmp_path / "data")
    with subprocess.Popen(words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        while "/office/link/" not in (line := server.stdout.readline()):
            assert line, "it ended without a link"
        with urllib.request.urlopen(f"http://{environment['PINGYI_BIND']}/", timeout=60) as page:
            assert page.status == 200
        assert links(tmp_path / "data" / "pingyi.db") == 1
        server.terminate()
        assert server.wait(timeout=60) == 0


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"PINGYI_BIND": "203.0.113.9:8000"}, "不能在 203.0.113.9:8000 上提供服务（Cannot assign requested address）"),
        ({"PINGYI_BIND": "no.such.invalid:8000"}, "不能在 no.such.invalid:8000 上提供服务"),
        ({"PINGYI_BIND": "8000"}, "应写作“地址:端口”"),
        ({"PINGYI_DATA": "/proc/pingyi"}, "数据文件夹 /proc/pingyi 不能用"),
        ({"PINGYI_DATABASE_URL": f"sqlite:///{ROOT / 'README.md'}"}, "数据库不能用：(sqlite3.DatabaseError)"),
        ({"PINGYI_DATABASE_URL": "postgresql://127.0.0.1:1/x"}, "数据库不能用：(psycopg.OperationalError)"),
        ({"PINGYI_DATABASE_URL": "mysql://x/y"}, "数据库不能用：No module named 'MySQLdb'"),
        ({"PINGYI_DATABASE_URL": "hello"}, "数据库不能用：Could not parse SQLAlchemy URL"),
    ],
)
def test_a_server_that_cannot_start_says_why_in_one_sentence(settings: dict[str, str], why: str, tmp_path: Path) -> None:
    assert why in refused(**{"PINGYI_DATA": str(tmp_path / "data"), **settings})


def test_a_port_that_is_taken_is_said_at_once_and_no_link_is_left(tmp_path: Path) -> None:
    data = migrated(tmp_path / "data")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        bind = f"127.0.0.1:{other.getsockname()[1]}"
        begun = time.monotonic()
        assert f"不能在 {bind} 上提供服务（Address already in use）" in refused(PINGYI_DATA=data, PINGYI_BIND=bind)
    assert time.monotonic() - begun < 60
    assert links(data / "pingyi.db") == 0


def test_a_database_from_a_newer_program_is_left_as_it_is(tmp_path: Path) -> None:
    data = migrated(tmp_path / "data")
    connection = sqlite3.connect(data / "pingyi.db")
    connection.execute("UPDATE alembic_version SET version_num = 'f00000000000'")
    connection.commit()
    connection.close()
    assert "数据库是更新版本的程序用过的（f00000000000）" in refused(PINGYI_DATA=data)
    assert links(data / "pingyi.db") == 0


@pytest.mark.parametrize("missing", ["packaging", "flask_wtf", "nacl"])
def test_a_program_with_a_package_missing_says_which(missing: str, tmp_path: Path) -> None:
    data = migrated(tmp_path / "data")
    (tmp_path / "broken").mkdir(mode=0o700)
    (tmp_path / "broken" / f"{missing}.py").write_text(f"raise ModuleNotFoundError('No module named {missing}')\n")
    line = refused(PINGYI_DATA=data, PYTHONPATH=tmp_path / "broken")
    assert "程序不完整，没有启动（" in line
    assert f"No module named {missing}" in line
    assert "make setup" in line
    assert links(data / "pingyi.db") == 0


def test_a_waiting_server_has_not_loaded_what_only_others_need() -> None:
    script = "import sys; from survey_app import serving; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {name.partition(".")[0] for name in done.stdout.split()} & set(HEAVY) == set()


def test_an_idle_server_holds_less_than_150_megabytes() -> None:
    assert start_bench.run(runs=1)["memory_bytes"] < 150_000_000


def test_the_head_read_from_the_files_is_alembics() -> None:
    assert schema.head() == ScriptDirectory(str(schema.MIGRATIONS)).get_current_head()
