"""Killed in the middle of a backup: no file bears its name, what lies about is sealed, and the next backup clears it away."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from survey_app.config import Config, cookie_key
from survey_app.services.backups import keys, making, restoring, spool
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import WrapCost
from tests.faults.finder import Finder, spellings
from tests.support.clock import NOON

ROOT = Path(__file__).resolve().parents[2]
PHRASE = "远处的山 three white boats"
LARGE = 300 * 1024 * 1024  # takes long enough to be killed in


def test_a_killed_backup_is_no_backup_and_leaves_nothing_open_beside_its_target(tmp_path: Path, sqlite_template: Path) -> None:
    data, stick = tmp_path / "data", tmp_path / "stick"
    data.mkdir(mode=0o700)
    stick.mkdir()
    (data / "pingyi.db").write_bytes(sqlite_template.read_bytes())
    with (data / "large").open("wb") as file:
        file.truncate(LARGE)
    config = Config(data=data, database_url=f"sqlite:///{data / 'pingyi.db'}")
    secret = cookie_key(config)
    public, wrapped = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    keys.use(config, public.hex())
    target, half = stick / "all.backup", stick / ".all.backup.part"
    process = subprocess.Popen([sys.executable, "-m", "survey_app.cli", "--data", str(data), "backup", str(target)], cwd=ROOT)
    while process.poll() is None and not (half.exists() and half.stat().st_size > 1024 * 1024):
        time.sleep(0.005)
    assert process.poll() is None, "it finished before it could be killed: give it more to write"
    process.kill()
    process.wait()
    assert list(stick.iterdir()) == [half]
    finder = Finder({"the server's secret": spellings(secret.encode()), "a table": {b"CREATE TABLE"}})
    assert finder.in_files(stick) == {}
    assert spool.left_over(config)  # a copy of the database, inside the data folder, where the database itself lies
    os.truncate(data / "large", 1024)
    making.write(config, target, now=NOON)
    assert list(stick.iterdir()) == [target]
    assert not spool.left_over(config)
    there = Config(data=tmp_path / "new", database_url=f"sqlite:///{tmp_path / 'new' / 'pingyi.db'}")
    restoring.read(there, target, key=custody.unwrap(wrapped, PHRASE))
    assert cookie_key(there) == secret
