"""A backup taken while people vote says nothing of who came when, nor which comment lay beside which ballot.

Looked at as its owner would, opened with the backup key, and with the campaign's passphrase besides. The same searches find the
order, and join every comment to its ballot, in a copy of the pages and in PostgreSQL's rows as they lie; so they can fail.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from math import factorial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from survey_app.config import Config, cookie_key
from survey_app.database import make_engine, session_factory, sqlite_file
from survey_app.models import Campaign, CommentBox, LogKey
from survey_app.services.backups import keys, making, restoring
from survey_app.services.backups.copying import SQLITE_MEMBER
from survey_app.services.casting import comment_box
from survey_app.services.sealing import custody, tokens
from survey_app.services.sealing.custody import OpeningKey, WrapCost
from tests.faults.cast_in_order import DIGESTS, cast, cast_all
from tests.faults.finder import Finder, spellings
from tests.faults.order import ALARM, tells
from tests.support.clock import NOON
from tests.support.postgresql import Cluster
from tests.towns.small_scheme import PASSPHRASE, Town

#: One page of each index holds them all, so that nothing is lost of their order while pages split.
CASTS = 40
PAGE = 4096
PHRASE = "远处的山 three white boats"


@pytest.fixture(scope="module")
def key() -> OpeningKey:
    _, wrapped = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    return custody.unwrap(wrapped, PHRASE)


@dataclass(frozen=True)
class Hall:
    """Votes cast in the order of `town.slips`, and a backup key whose public part is on the server."""

    config: Config
    session: Session
    town: Town
    key: OpeningKey

    @property
    def engine(self) -> Engine:
        return self.session.get_bind().engine


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each box is written by itself, so that what ends the order has an order to end."""
    monkeypatch.setattr(comment_box, "BATCH", 0)


@pytest.fixture
def hall(app: Flask, config: Config, session: Session, key: OpeningKey) -> Hall:
    keys.use(config, key.public().hex())
    return Hall(config, session, cast_all(session, CASTS, cookie_key(config)), key)


def box_keys(session: Session, town: Town) -> list[bytes]:
    """What the database calls each voter's comment, in the order of casting: only the passphrase tells."""
    opening = custody.unwrap(session.get_one(Campaign, town.campaign_id).wrapped_key, PASSPHRASE)
    boxes = [(one.key, custody.open_sealed(opening, one.sealed)) for one in session.scalars(select(CommentBox))]
    session.rollback()
    words = [tokens.secret_text(secret).encode() for secret, _alias in town.slips]
    return [next(key for key, content in boxes if one in content) for one in words]


def places(data: bytes, digests: Sequence[bytes]) -> list[list[int]]:
    """Where these stand, as bytes or as hexadecimal text, page by page and in the whole: each list names all of them."""
    pages = [data[start : start + PAGE] for start in range(0, len(data), PAGE)]
    found = []
    for piece, spelled in itertools.product((data, *pages), (digests, [one.hex().encode() for one in digests])):
        for find in (piece.find, piece.rfind):
            at = [find(one) for one in spelled]
            if -1 not in at:
                found.append(at)
    return found


def joined(ballots: list[list[int]], comments: list[list[int]]) -> int:
    """How many comments are matched with their ballots by who takes any two lists of places for the order of casting."""
    ranks = [[sorted(at).index(one) for one in at] for at in ballots], [[sorted(at).index(one) for one in at] for at in comments]
    tries = [[one, [CASTS - 1 - place for place in one]] for one in ranks[1]]
    return max(
        (sum(a == b for a, b in zip(one, way, strict=True)) for one in ranks[0] for both in tries for way in both), default=0
    )


#: k given comments fall on their own ballots in (n-k)! of n! orders, and there are C(n, k) choices: at most 1 / k!. A few
#: hundred tries are made, so the alarm is at the first k whose factorial is a thousand times beyond ALARM.
TOO_MANY = next(k for k in itertools.count() if factorial(k) > 1000 / ALARM)


def telling(session: Session, town: Town, data: bytes) -> tuple[set[str], int]:
    """Which digests betray the order in these bytes, and how many comments can be joined to their ballots."""
    boxes = places(data, box_keys(session, town))
    ballots = {name: places(data, cast(session, town, name)) for name in DIGESTS}
    found = {name for name, every in {**ballots, "comment": boxes}.items() if any(tells(at) for at in every)}
    return found, joined([at for every in ballots.values() for at in every], boxes)


@contextmanager
def members(backup: Path, folder: Path, key: OpeningKey) -> Iterator[dict[str, bytes]]:
    """What the owner of the backup key finds in it."""
    folder.mkdir()
    named = restoring.opened(backup, folder, key).members
    yield {name: (folder / name).read_bytes() for name in named}


def lying(engine: Engine, tmp_path: Path) -> bytes:
    """The rows as they lie: a copy of SQLite's pages, as backups once were; PostgreSQL's rows as a dump would write them."""
    file = sqlite_file(str(engine.url))
    if file is not None:
        with closing(sqlite3.connect(file)) as here, closing(sqlite3.connect(tmp_path / "pages")) as there:
            here.backup(there)
            there.execute("PRAGMA journal_mode = DELETE")
        return (tmp_path / "pages").read_bytes()
    with engine.connect() as connection:
        rows = [connection.execute(text(f"SELECT * FROM {table}")) for table in ("ballot", "comment_box")]  # noqa: S608
        return "\n".join(
            str([bytes(one).hex() if isinstance(one, bytes) else one for one in row]) for every in rows for row in every
        ).encode()


@pytest.mark.usefixtures("alone")
def test_a_backup_shows_no_order_and_joins_no_comment_to_its_ballot(hall: Hall, tmp_path: Path) -> None:
    seen, matched = telling(hall.session, hall.town, lying(hall.engine, tmp_path))
    assert "comment" in seen
    assert seen & set(DIGESTS)
    assert matched == CASTS
    making.write(hall.config, tmp_path / "voting.backup", now=NOON)
    with members(tmp_path / "voting.backup", tmp_path / "opened", hall.key) as held:
        database = {name: data for name, data in held.items() if not name.startswith("files/")}
        every = b"".join(database.values())
        assert all(places(every, cast(hall.session, hall.town, name)) for name in DIGESTS)  # it is all there
        assert places(every, box_keys(hall.session, hall.town))
        for data in (every, *database.values()):
            found, matched = telling(hall.session, hall.town, data)
            assert found == set()
            assert matched < TOO_MANY
        if SQLITE_MEMBER in database:  # no page was freed, and none lies beyond the file's own count
            head = database[SQLITE_MEMBER]
            assert int.from_bytes(head[36:40], "big") == 0
            assert int.from_bytes(head[28:32], "big") * PAGE == len(head)


@pytest.mark.usefixtures("alone")
def test_a_restored_database_shows_no_order_either(hall: Hall, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    making.write(hall.config, tmp_path / "voting.backup", now=NOON)
    url = f"sqlite:///{tmp_path / 'new' / 'pingyi.db'}"
    if hall.engine.dialect.name == "postgresql":
        cluster: Cluster = request.getfixturevalue("postgresql")
        cluster.create(f"ordered_{tmp_path.name}")
        url = cluster.url(f"ordered_{tmp_path.name}")
    restoring.read(Config(data=tmp_path / "new", database_url=url), tmp_path / "voting.backup", key=hall.key)
    restored = make_engine(url)
    try:
        with session_factory(restored)() as there:
            found, matched = telling(there, hall.town, lying(restored, tmp_path))
            assert found == set()
            assert matched < TOO_MANY
            if hall.engine.dialect.name == "postgresql":
                for table in ("ballot", "comment_box", "slip", "mark_leaf"):
                    marks = there.execute(text(f"SELECT count(DISTINCT xmin::text), max(xmax::text) FROM {table}")).one()  # noqa: S608
                    assert marks[0] <= 1
                    assert marks[1] in {None, "0"}
    finally:
        restored.dispose()


def test_while_people_vote_the_tables_join_no_comment_to_its_ballot(hall: Hall, tmp_path: Path) -> None:
    """The write-ahead log does; it is emptied at the close, and PostgreSQL's when it pleases."""
    _seen, matched = telling(hall.session, hall.town, lying(hall.engine, tmp_path))
    assert matched < TOO_MANY
    if hall.engine.dialect.name == "postgresql":
        boxes = box_keys(hall.session, hall.town)
        wrote = {
            table: {bytes(key): mark for key, mark in hall.session.execute(text(f"SELECT key, xmin::text FROM {table}"))}  # noqa: S608
            for table in ("ballot", "comment_box")
        }
        last = wrote["ballot"][tokens.slip_tag(hall.town.slips[-1][0])]
        together = [box for box, mark in wrote["comment_box"].items() if mark == last]
        assert len(together) == comment_box.BATCH + 1
        assert boxes[-1] in together
        alike = sum(
            wrote["ballot"][tokens.slip_tag(secret)] == wrote["comment_box"][box]
            for (secret, _alias), box in zip(hall.town.slips, boxes, strict=True)
        )
        assert alike < TOO_MANY  # most were written anew with a later ballot


def test_no_secret_and_no_row_stands_in_clear_in_a_sealed_backup(hall: Hall, tmp_path: Path) -> None:
    campaign = hall.session.get_one(Campaign, hall.town.campaign_id)
    needles = {
        "the server's secret": spellings(cookie_key(hall.config).encode()),
        "the wrapped opening key": spellings(campaign.wrapped_key),
        "the log's boxed key": spellings(hall.session.get_one(LogKey, campaign.id).sealed),
        "a slip's tag": spellings(tokens.slip_tag(hall.town.slips[0][0])),
        "a table": {b"CREATE TABLE"},
        "a name of a file": {b"secret-key", b"manifest.json"},
    }
    hall.session.rollback()
    finder = Finder(needles)
    making.write(hall.config, tmp_path / "sealed.backup", now=NOON)
    making.write(hall.config, tmp_path / "open.backup", now=NOON, unsealed=True)
    assert finder.in_bytes((tmp_path / "open.backup").read_bytes()) == set(needles)  # the weaker way is as weak as it says
    assert finder.in_bytes((tmp_path / "sealed.backup").read_bytes()) == set()
    assert finder.in_bytes((hall.config.data / keys.PUBLIC_FILE).read_bytes()) == set()
