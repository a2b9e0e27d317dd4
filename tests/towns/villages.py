"""A running server with a campaign in each state, and what people hold of them: slips, links, the code on the wall."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from survey_app import clock, create_app
from survey_app.config import Config, cookie_key
from survey_app.database import make_engine
from survey_app.extensions import current_config, now, resources
from survey_app.models import Ballot, BallotStyle, Campaign, CampaignState, FormReading
from survey_app.schema import upgrade
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.log import epochs
from survey_app.services.sealing.sealed_content import Signature
from survey_app.services.slips import hall as hall_opened
from survey_app.services.slips import room_code
from tests.support.clock import NOON
from tests.towns.four_tongues import CHINESE_ONLY, TEXT
from tests.towns.small_scheme import QUICK, Town, build


@dataclass(frozen=True)
class Villages:
    """A running server, and what people hold of its campaigns."""

    base: str
    app: Flask
    town: Town
    kinds: Town
    draft: Town
    closed: Town
    hall: str
    #: Slips to cast with. The first is for those who do not mean to; a phone that waits for the network may yet send it.
    slips: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def wall_code(self) -> str:
        """The code on the wall this minute."""
        with self.app.app_context():
            return room_code.show_code(self.hall, secret=cookie_key(current_config()), now=now()).code


def _signed_and_read(session: Session, campaign: Campaign, town: Town) -> None:
    """One signed form, which somebody read: the page of its author shows who."""
    secret, _alias = town.links[0]
    cast.cast(
        session, style_id=town.members, credential=Credential(secret=secret), submission_id=secret, marks=(1, 1, 2, 3, 4),
        signature=Signature("王1"), alias_cost=QUICK,
    )  # fmt: skip
    ballot = session.scalars(select(Ballot).where(Ballot.campaign_id == campaign.id)).one()
    session.add(
        FormReading(
            campaign_id=campaign.id, rater_id=ballot.rater_id, version=1, leaf=ballot.leaf, kind="office", reader="评议办",
            reason="本人要求打印一份手签", at=NOON,
        )
    )  # fmt: skip


@contextmanager
def villages(folder: Path, *, slips: int = 200) -> Iterator[Villages]:
    """The campaigns, stored in an empty folder and served until the block ends."""
    config = Config(data=folder / "data", database_url=f"sqlite:///{folder / 'pingyi.db'}", alias_cost=QUICK)
    engine = make_engine(config.database_url)
    upgrade(engine)
    engine.dispose()
    app = create_app(config)
    with app.app_context():
        secret = cookie_key(current_config())
    with resources(app).writing() as session:
        town = build(session, text=TEXT, slips=slips)
        kinds = build(session, text=CHINESE_ONLY, subjects=4, slips=2, key="K1NDS")
        draft = build(session, text=TEXT, state="draft", key="DRAFT")
        closed = build(session, text=TEXT, key="C10SED")
        style = session.scalars(
            select(BallotStyle).where(BallotStyle.campaign_id == town.campaign_id, BallotStyle.group_key == "hall")
        ).one()
        room_code.store(session, room_code.prepare(style, seats=slips, meeting="村民大会", secret=secret, cost=QUICK))
        hall_opened.hold_open(session, style, minutes=hall_opened.LONGEST_MINUTES, now=clock.now())
        session.commit()
        for one in (town, closed):
            campaign = session.get_one(Campaign, one.campaign_id)
            epochs.begin(session, campaign, secret=secret, now=NOON)
            session.commit()
        _signed_and_read(session, campaign, closed)
        campaign.state, campaign.closed = CampaignState.CLOSED, NOON
        epochs.add_close(session, campaign, secret=secret, now=NOON)
        session.commit()
        hall = style.id
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request would drown what is printed on purpose
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Villages(f"http://127.0.0.1:{server.port}", app, town, kinds, draft, closed, hall)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        resources(app).engine.dispose()
