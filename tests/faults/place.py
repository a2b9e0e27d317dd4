"""Where a server under test keeps things, and a look at them beside the running server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.config import Config, cookie_key
from survey_app.database import audit_keys, make_engine, session_factory
from survey_app.models import Ballot, Campaign
from survey_app.services.log import epochs
from tests.journeys.conftest import LiveServer, serving
from tests.support.clock import NOON
from tests.towns.small_scheme import TEXT, Town, build


@dataclass(frozen=True)
class Place:
    """A data folder, a database, and a folder for temporary files of the server's own."""

    config: Config
    temporary: Path

    def serving(self, **settings: str) -> AbstractContextManager[LiveServer]:
        """A server on it, until the block ends."""
        database, temporary = self.config.database_url, str(self.temporary)
        return serving(self.config.data, PINGYI_DATABASE_URL=database, TMPDIR=temporary, **settings)

    def town(self, slips: int, *, text: str = TEXT, subjects: int = 5) -> Town:
        """An open campaign with a log."""
        with self.session() as session:
            town = build(session, slips=slips, text=text, subjects=subjects)
            epochs.begin(session, session.get_one(Campaign, town.campaign_id), secret=cookie_key(self.config), now=NOON)
            session.commit()
        return town

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Beside the running server."""
        engine = make_engine(self.config.database_url, keys=audit_keys(self.config))
        with session_factory(engine)() as session:
            yield session
        engine.dispose()

    def stored(self) -> int:
        """How many ballots there are."""
        with self.session() as session:
            return session.scalar(select(func.count()).select_from(Ballot)) or 0
