"""How long PostgreSQL's write-ahead log keeps what was cast: figures for docs/threat-model.md.

    python -m tests.load.wal_kept [--casts 200]

Starts a PostgreSQL of its own with full pages and log sizes as they come, casts, closes, and counts how many casts can still be
read in the log's files: after the close, after a checkpoint, and while other things are written.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from sqlalchemy import Engine, select, text

from survey_app.database import make_engine, scrub, session_factory
from survey_app.models import Ballot, Campaign
from survey_app.schema import upgrade
from survey_app.services.campaign import campaigns
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.cast import Credential
from tests.support.clock import NOON
from tests.support.postgresql import Cluster
from tests.towns.small_scheme import GOOD_MARKS, QUICK, build

AS_IT_COMES = {"full_page_writes": "on", "max_wal_size": "1GB", "min_wal_size": "80MB", "autovacuum": "on"}
STEP = 16  # megabytes, one segment
BALLAST = "INSERT INTO ballast SELECT repeat(md5(i::text), 30) FROM generate_series(1, 14400) i"  # about as much


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--casts", type=int, default=200)
    casts = parser.parse_args().casts
    with Cluster.started(**AS_IT_COMES) as cluster:
        cluster.create("town")
        engine = make_engine(cluster.url("town"))
        upgrade(engine)
        digests = cast(engine, casts)
        log = cluster.folder / "data" / "pg_wal"
        print(f"{casts} casts; after the close {kept(log, digests)} of them can be read in the log")
        said(engine, "CHECKPOINT")
        print(f"after a checkpoint {kept(log, digests)}, in {size(log)} MB of log")
        said(engine, "CREATE TABLE ballast (line text)")
        for written in range(STEP, 1025, STEP):
            said(engine, BALLAST)
            said(engine, "TRUNCATE ballast")
            said(engine, "CHECKPOINT")
            left = kept(log, digests)
            if not left or written % 64 == 0:
                print(f"after {written} MB more {left}, in {size(log)} MB of log")
            if not left:
                break
        engine.dispose()


def cast(engine: Engine, casts: int) -> list[bytes]:
    """So many ballots, then the close as the office's page does it -> the ballots' submission digests."""
    with session_factory(engine)() as session:
        town = build(session, slips=casts)
        for secret, _alias in town.slips:
            ballots.cast(
                session,
                style_id=town.guests,
                credential=Credential(secret=secret),
                submission_id=secret,
                marks=GOOD_MARKS,
                alias_cost=QUICK,
            )
        digests = [one for one in session.scalars(select(Ballot.submission)) if one is not None]
        campaigns.close(session, session.get_one(Campaign, town.campaign_id), now=NOON)
        session.commit()
    scrub(engine)
    return digests


def kept(log: Path, digests: list[bytes]) -> int:
    """How many of them stand somewhere in the log's files."""
    data = b"".join(path.read_bytes() for path in sorted(log.iterdir()) if path.is_file())
    return sum(digest in data for digest in digests)


def size(log: Path) -> int:
    """The log's files in megabytes."""
    return sum(path.stat().st_size for path in log.iterdir() if path.is_file()) // 1_000_000


def said(engine: Engine, statement: str) -> None:
    """One statement outside of any transaction of ours."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(statement))


if __name__ == "__main__":
    main()
