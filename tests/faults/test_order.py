"""After the close nothing on the disk says who came when: rows as read, bytes of the files, leaves of the log.

The same two tests (order.py) see the order in the files while people vote, in a table that numbers its rows, and in PostgreSQL's
rows before the close rewrites them; so they can fail. PostgreSQL's write-ahead log keeps it: docs/threat-model.md says how long.
"""

from __future__ import annotations

import secrets

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from survey_app.database import scrub, sqlite_file
from survey_app.models import Campaign
from survey_app.services.campaign import campaigns
from survey_app.services.casting import comment_box
from survey_app.services.log import epochs
from survey_app.services.sealing import custody, tokens
from tests.faults.cast_in_order import DIGESTS, cast, cast_all, telling
from tests.faults.order import drift_chance, inversions, neighbours, tells
from tests.support.clock import NOON
from tests.support.postgresql import Cluster
from tests.towns.small_scheme import PASSPHRASE, Town

CASTS = 120
SECRET = "of a server that signs logs in tests"


def test_the_drift_of_four_things_is_what_a_list_of_all_orders_says() -> None:
    # Of the 24 orders of four things 1, 3, 5, 6, 5, 3, 1 have 0, 1, 2, 3, 4, 5, 6 inversions.
    assert inversions([1, 2, 3, 4]) == 0
    assert inversions([2, 1, 4, 3]) == 2
    assert inversions([4, 3, 2, 1]) == 6
    assert drift_chance([1, 2, 3, 4]) == pytest.approx(2 * 1 / 24)
    assert drift_chance([2, 1, 4, 3]) == pytest.approx(2 * 9 / 24)
    assert drift_chance([4, 3, 2, 1]) == pytest.approx(2 * 1 / 24)


def test_an_order_kept_reversed_or_kept_in_part_is_seen_and_a_shuffled_one_is_not() -> None:
    straight = list(range(CASTS))
    lots = secrets.SystemRandom()
    shuffled = lots.sample(straight, CASTS)
    pages = [place for start in lots.sample(range(0, CASTS, 10), CASTS // 10) for place in straight[start : start + 10]]
    slowly = sorted(straight, key=lambda place: place + lots.uniform(0, CASTS / 2))  # late ones tend to stand late
    assert neighbours(straight) == CASTS - 1
    assert [tells(order) for order in (straight, straight[::-1], pages, slowly, shuffled)] == [True, True, True, True, False]


@pytest.fixture
def town(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A ballot for every slip, cast in the order of `town.slips`; comments by themselves, so that they have an order to end."""
    monkeypatch.setattr(comment_box, "BATCH", 0)
    return cast_all(session, CASTS, SECRET)


def comments_read(session: Session, town: Town) -> list[int]:
    """Where each voter's words stand among the boxes as they are read."""
    key = custody.unwrap(session.get_one(Campaign, town.campaign_id).wrapped_key, PASSPHRASE)
    boxes = [custody.open_sealed(key, bytes(box)) for (box,) in session.execute(text("SELECT sealed FROM comment_box"))]
    session.rollback()
    at = {tokens.secret_text(secret): place for place, (secret, _alias) in enumerate(town.slips)}
    cast = {next(at[words] for words in at if words.encode() in box): place for place, box in enumerate(boxes)}
    return [cast[place] for place in range(len(town.slips))]


def close(session: Session, town: Town) -> None:
    """As the office's page does it."""
    campaign = session.get_one(Campaign, town.campaign_id)
    campaigns.close(session, campaign, now=NOON)
    epochs.add_close(session, campaign, secret=SECRET, now=NOON)
    session.commit()
    scrub(session.get_bind().engine)


def rows_read(session: Session, town: Town, statement: str) -> list[int]:
    """Where each ballot stands among the rows as this statement gives them."""
    at = {bytes(key): place for place, (key,) in enumerate(session.execute(text(statement)))}
    session.rollback()
    return [at[tokens.slip_tag(secret)] for secret, _alias in town.slips]


def test_the_order_is_seen_before_the_close_and_by_nothing_afterwards(
    engine: Engine, session: Session, town: Town, request: pytest.FixtureRequest
) -> None:
    sqlite = sqlite_file(str(engine.url))
    if sqlite:  # why the tables are made without row numbers: rebuilding the file keeps these, and the pages in their order
        session.execute(text("CREATE TABLE numbered (key BLOB PRIMARY KEY)"))
        session.execute(text("INSERT INTO numbered VALUES (:key)"), [{"key": tokens.slip_tag(one)} for one, _alias in town.slips])
        session.commit()
    else:
        assert tells(rows_read(session, town, "SELECT key FROM ballot"))
        assert tells(comments_read(session, town))
        assert tells(rows_read(session, town, "SELECT key FROM ballot ORDER BY xmin::text::bigint"))
        assert tells(rows_read(session, town, "SELECT tag FROM slip ORDER BY xmax::text::bigint"))  # who locked it
    # SQLite's write-ahead log holds one ballot after the other; in PostgreSQL the table itself does.
    before = database_bytes(engine, request)
    known = cast(session, town, "submission")
    assert ("submission", "first") in telling(session, town, before, (*DIGESTS, "submission"))
    close(session, town)
    assert cast(session, town, "submission") == [None] * CASTS
    log = epochs.log_of(session, session.get_one(Campaign, town.campaign_id))
    assert log is not None
    assert not tells([log.leaves.index(leaf) for leaf in cast(session, town, "leaf")])
    assert not tells(rows_read(session, town, "SELECT key FROM ballot"))
    assert not tells(rows_read(session, town, "SELECT tag FROM slip"))
    assert not tells(comments_read(session, town))
    data = database_bytes(engine, request)
    assert all(digest in data for name in DIGESTS for digest in cast(session, town, name))
    assert telling(session, town, data) == set()
    assert all(digest in before for digest in known)
    assert not any(digest in data for digest in known)  # what knew a repeat is gone from the files, too
    if sqlite:
        assert tells(rows_read(session, town, "SELECT key FROM numbered"))
        assert session.execute(text("PRAGMA freelist_count")).scalar() == 0
        assert sqlite.with_name(sqlite.name + "-wal").stat().st_size == 0
    else:  # one transaction wrote every row, and none is locked
        for table in ("ballot", "slip", "comment_box"):
            marks = session.execute(text(f"SELECT count(*), count(DISTINCT xmin::text), max(xmax::text) FROM {table}")).one()  # noqa: S608
            assert tuple(marks) == (CASTS, 1, "0")
    session.rollback()


def database_bytes(engine: Engine, request: pytest.FixtureRequest) -> bytes:
    """SQLite: the file and its write-ahead log. PostgreSQL: the files of the two tables and of their indexes, as on the disk."""
    file = sqlite_file(str(engine.url))
    if file is not None:
        return b"".join(path.read_bytes() for path in (file.with_name(file.name + "-wal"), file))
    cluster: Cluster = request.getfixturevalue("postgresql")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("CHECKPOINT"))
        paths = connection.scalars(
            text(
                "SELECT pg_relation_filepath(c.oid) FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid"
                " WHERE coalesce(i.indrelid, c.oid) IN ('ballot'::regclass, 'slip'::regclass)"
                " ORDER BY c.relkind DESC, c.relname"  # tables before their indexes
            )
        ).all()
    return b"".join((cluster.folder / "data" / path).read_bytes() for path in paths)
