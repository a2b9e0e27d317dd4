"""After the close the SQLite file keeps no old pages: the write-ahead log is empty and the order of casting is gone."""

from __future__ import annotations

import itertools
import secrets
from pathlib import Path

from sqlalchemy import Engine, text

from survey_app.database import make_engine, scrub
from survey_app.models import Base


def filled(path: Path) -> tuple[Engine, list[bytes]]:
    """A file whose rows were written one by one, as ballots are, and their keys in the order written."""
    engine = make_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    keys = [secrets.token_bytes(32) for _ in range(120)]
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE box (key BLOB PRIMARY KEY, sealed BLOB) WITHOUT ROWID"))
    for key in keys:
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO box VALUES (:key, :sealed)"), {"key": key, "sealed": secrets.token_bytes(150)})
    return engine, keys


def order_in(data: bytes, keys: list[bytes]) -> list[int]:
    """Where each key first stands in the file, as the places' order."""
    return [place for _, place in sorted((data.find(key), place) for place, key in enumerate(keys))]


def test_scrubbing_empties_the_log_and_leaves_rows_in_the_order_of_their_random_keys(tmp_path: Path) -> None:
    path = tmp_path / "box.db"
    engine, keys = filled(path)
    log = path.with_name("box.db-wal")
    assert log.stat().st_size > 0
    assert any(key in log.read_bytes() for key in keys)
    scrub(engine)
    assert not log.exists() or log.stat().st_size == 0
    data = path.read_bytes()
    assert all(key in data for key in keys)
    by_key = sorted(range(len(keys)), key=lambda place: keys[place])
    found = order_in(data, keys)
    # Pages are written in key order; within a page SQLite fills cells from the end, so compare with both directions.
    neighbours = {frozenset(pair) for pair in itertools.pairwise(by_key)}
    kept = sum(frozenset(pair) in neighbours for pair in itertools.pairwise(found))
    assert kept > 0.85 * (len(keys) - 1)
    engine.dispose()
