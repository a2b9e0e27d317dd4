"""Nothing leaks: real server, real phones, and afterwards every byte of every file. The search itself: test_finder.py.

Searched: the data folder (database, write-ahead log, keys), the temporary folder, everything the server wrote to its output, and
with PostgreSQL its whole cluster (tables, indexes, write-ahead log, statistics, server log). A kernel's core file: test_cores.py.
"""

from __future__ import annotations

import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from survey_app.config import Config
from survey_app.database import scrub
from survey_app.models import Campaign
from survey_app.services.campaign import campaigns
from tests.faults import canaries
from tests.faults.finder import Finder
from tests.faults.place import Place
from tests.journeys.conftest import LiveServer
from tests.support.clock import NOON
from tests.support.postgresql import Cluster
from tests.towns.small_scheme import Town


@dataclass(frozen=True)
class SearchedPlace(Place):
    """`folders` are all that is searched."""

    folders: tuple[Path, ...]

    def leaks(self, finder: Finder) -> dict[str, set[str]]:
        """File -> what it gives away, once PostgreSQL's pages are on disk."""
        with self.session() as session:
            if session.get_bind().dialect.name == "postgresql":
                session.execute(text("CHECKPOINT"))
        found = finder.in_files(*self.folders)
        assert any(canaries.CONTROL in names for names in found.values())
        return {file: rest for file, names in found.items() if (rest := names - {canaries.CONTROL})}


@pytest.fixture
def place(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> SearchedPlace:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    config = Config(data=tmp_path / "data", database_url=database_url)
    cluster: list[Cluster] = [request.getfixturevalue("postgresql")] if database_url.startswith("postgresql") else []
    return SearchedPlace(config, temporary, (tmp_path, *(one.folder for one in cluster)))


@pytest.mark.postgresql_later
@pytest.mark.parametrize("voters", [60, pytest.param(1000, marks=pytest.mark.slow)])
def test_no_file_holds_a_word_of_any_phone_after_casting_a_crash_and_the_close(place: SearchedPlace, voters: int) -> None:
    with place.serving() as server:
        town = place.town(voters + 60, text=canaries.TEXT, subjects=canaries.SUBJECTS)
        hall = canaries.phones(town, random.Random(7))
        finder = canaries.finder(hall)
        assert canaries.cast_all(hall[:voters], server.address, town) == place.stored() == voters
        answers = hall[0].misbehave(server.address, town)
        repeats = {"an unknown field", "a mark that is none", "an answer left out"}  # known by slip and id, whatever they hold
        assert {name: status for name, status in answers.items() if not 400 <= status < 500} == dict.fromkeys(repeats, 200)
        kill_in_the_middle(server, place, hall[voters:], town)
    assert voters < place.stored() < voters + 60
    assert place.leaks(finder) == {}
    with place.session() as session:
        campaigns.close(session, session.get_one(Campaign, town.campaign_id), now=NOON)
        session.commit()
        scrub(session.get_bind().engine)
    assert place.leaks(finder) == {}


def kill_in_the_middle(server: LiveServer, place: SearchedPlace, hall: list[canaries.Phone], town: Town) -> None:
    """They cast until the server dies, which it does after some of them have been recorded."""
    before, stop = place.stored(), threading.Event()
    crowd = threading.Thread(target=canaries.cast_all, args=(hall, server.address, town), kwargs={"stop": stop})
    crowd.start()
    while place.stored() < before + 10:
        time.sleep(0.02)
    server.kill()
    stop.set()
    crowd.join()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_same_search_finds_what_an_access_log_writes_down(place: SearchedPlace) -> None:
    """The mistake an administrator makes most easily; without this, "nothing was found" would say nothing."""
    written = "--access-logfile - --access-logformat '%(h)s %(f)s %(a)s %({x-forwarded-for}i)s %({cookie}i)s'"
    with place.serving(GUNICORN_CMD_ARGS=written, PINGYI_WORKERS="1") as server:
        town = place.town(1, text=canaries.TEXT, subjects=canaries.SUBJECTS)
        (phone,) = canaries.phones(town, random.Random(7))
        assert phone.cast(server.address, town)
        found = place.leaks(canaries.finder([phone]))
    names = {f"{what} of {phone.peer}" for what in ("peer's address", "forwarded address", "agent", "referer", "cookie")}
    assert found == {str(server.log): names}
