"""Bytes that turn over on the disk while a closed box waits for its opening, one at a time, and what the office is told."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from survey_app.cli import doctor
from survey_app.database import make_engine, scrub, session_factory
from survey_app.errors import UserError
from survey_app.models import Campaign
from survey_app.services.counting import counting
from tests.support.attendance import end
from tests.support.clock import NOON
from tests.support.sending import send, slip
from tests.towns.small_scheme import PASSPHRASE, build

#: What came of one strike: the count stopped or named what it could not read; the figures are the same; they are others, unsaid.
TOLD, HARMLESS, SILENT = "told", "harmless", "silent"
BALLOTS = 40
#: Tables whose pages ballots and what they are judged by lie in.
OF_BALLOTS = ("ballot", "slip", "ballot_style", "campaign", "log_entry", "log_epoch")


def closed_box(session: Session, engine: Engine, folder: Path) -> Path:
    """A database file with ballots in it, closed and with attendance, nothing left in a write-ahead log."""
    town = build(session, slips=BALLOTS)
    for number in range(BALLOTS):
        send(session, town, slip(town, number), submission=number.to_bytes(16, "big"))
    end(session, town)
    session.close()
    scrub(engine)
    file = folder / "box.db"
    shutil.copy(str(engine.url.database), file)
    return file


def strike_all(box: Path, dice: random.Random, *, strikes: int) -> Counter[str]:
    """Turn one byte at a time, each on a fresh copy, on pages in use; what came of each."""
    sound = counted(box)
    pages, size = pages_in_use(box)
    found: Counter[str] = Counter()
    copy = box.with_name("struck.db")
    for _ in range(strikes):
        shutil.copy(box, copy)
        with copy.open("r+b") as file:
            at = (dice.choice(pages) - 1) * size + dice.randrange(size)
            file.seek(at)
            (byte,) = file.read(1)
            file.seek(at)
            file.write(bytes([byte ^ (1 << dice.randrange(8))]))
        found[_judge(sound, copy)] += 1
        for left in box.parent.glob("struck.db*"):
            left.unlink()
    return found


def take_out_of_its_form(box: Path) -> None:
    """One bit of the form's name in one ballot's row."""
    with closing(sqlite3.connect(box)) as connection:
        ((style, key),) = connection.execute("SELECT style_id, key FROM ballot LIMIT 1").fetchall()
    pages, size = pages_in_use(box)
    for page in pages:
        with box.open("r+b") as file:
            file.seek((page - 1) * size)
            content = file.read(size)
            row = content.find(key)
            at = content.find(style.encode(), row)
            if row < 0 or not 0 < at - row < 200:
                continue
            file.seek((page - 1) * size + at)
            file.write(bytes([content[at] ^ 1]))
            return
    raise AssertionError("the row was not found in the file")


def pages_in_use(box: Path) -> tuple[list[int], int]:
    """Pages of ballots and what they are judged by, and the size of a page; all pages where SQLite does not tell."""
    with closing(sqlite3.connect(box)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        try:
            marks = ", ".join("?" * len(OF_BALLOTS))
            told = connection.execute(f"SELECT pageno FROM dbstat WHERE name IN ({marks})", OF_BALLOTS)  # noqa: S608 - question marks
            pages = [page for (page,) in told]
        except sqlite3.OperationalError:  # built without the table of statistics
            (count,) = connection.execute("PRAGMA page_count").fetchone()
            pages = list(range(1, count + 1))
    return pages, size


def counted(box: Path) -> tuple[object, tuple[object, ...]]:
    """The tally and the remarks of the count. Raises UserError, SQLAlchemyError where it stops."""
    engine = make_engine(f"sqlite:///{box}")
    try:
        with session_factory(engine)() as session:
            (campaign,) = session.query(Campaign).all()
            counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="office", now=NOON)
            session.flush()
            opening = counting.stored_opening(session, campaign)
            found = (opening.tally, tuple(opening.remarks))
            session.rollback()
            return found
    finally:
        engine.dispose()


def _judge(sound: tuple[object, tuple[object, ...]], copy: Path) -> str:
    try:
        tally, remarks = counted(copy)
    except (UserError, SQLAlchemyError, ValueError, LookupError):
        return TOLD  # the count stops with an error; nothing is stored
    if (tally, remarks) == sound:
        return HARMLESS
    return TOLD if remarks != sound[1] else SILENT


def doctor_finds(box: Path) -> bool:
    """Whether the doctor calls this file damaged."""
    engine = make_engine(f"sqlite:///{box}")
    try:
        return doctor._whole(engine)[0] is False
    finally:
        engine.dispose()
