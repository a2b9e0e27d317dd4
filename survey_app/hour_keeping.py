"""What the clock does to rounds: every few seconds each worker asks which hour has come, and whoever is first does it.

Lives here: the beat, and opening and closing as the server. May not live here: which hours (`services.campaign.hours`).

A round is locked before its state is looked at, so of several workers one acts and the others find nothing left. What fails is
written into the server's log and tried again at the next beat: an hour is never missed for good.
"""

from __future__ import annotations

import logging

import gevent
from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from survey_app import clock
from survey_app.config import cookie_key
from survey_app.database import scrub
from survey_app.errors import UserError
from survey_app.extensions import Resources, resources
from survey_app.models import Campaign
from survey_app.proof.checkpoints import SigningKeyError
from survey_app.services.campaign import campaigns, hours
from survey_app.services.campaign.hours import Due
from survey_app.services.log import epochs
from survey_app.services.office import audit

EVERY_SECONDS = 5.0
log = logging.getLogger("survey_app")


def keep_hours(app: Flask) -> None:
    """Go on until the worker ends."""
    held, unscrubbed = resources(app), set[int]()
    while True:
        gevent.sleep(EVERY_SECONDS)
        try:
            do_due(held, unscrubbed)
        except (SQLAlchemyError, UserError, OSError) as trouble:
            log.warning("what was due by the clock was not done; it is tried again", exc_info=trouble)


def do_due(held: Resources, unscrubbed: set[int] | None = None) -> int:
    """Open and close what is due now; how many. `unscrubbed`: rounds closed here whose traces the database still has to lose."""
    unscrubbed = set() if unscrubbed is None else unscrubbed
    with held.reading() as session:
        due = hours.find_due(session, now=clock.now())
    done = 0
    for campaign_id, what in due:
        with held.writing() as session:
            campaign = session.get(Campaign, campaign_id, with_for_update=True)
            # somebody else, another worker or a hand, was there first: nothing is left to do
            if campaign is not None and (campaign_id, what) in hours.find_due(session, now=clock.now()):
                _do(session, held, campaign, what)
                done += 1
                unscrubbed |= {campaign_id} if what == Due.CLOSE else set()
    if unscrubbed and _leave_no_order(held, unscrubbed):
        unscrubbed.clear()
    return done


def _do(session: Session, held: Resources, campaign: Campaign, what: Due) -> None:
    moment, told = clock.now(), campaign.key
    if what == Due.OPEN:
        hours.begin(session, campaign)
        action = "voting-opened"
    else:
        campaigns.close(session, campaign, now=moment)
        action = "campaign-closed"
        try:
            last = epochs.add_close(session, campaign, secret=cookie_key(held.config), now=moment)
            told = f"{told} {last.root.hex()}" if last else told
        except SigningKeyError as trouble:  # the close stands, as when a hand closes
            log.warning("the log of campaign %s was not signed at its close", campaign.key, exc_info=trouble)
    audit.record(session, account=audit.SERVER, action=action, detail=told, now=moment)
    session.commit()


def _leave_no_order(held: Resources, rounds: set[int]) -> bool:
    """Whether the database could be rebuilt; a busy one is tried again at the next beat, and by hand on the round's page."""
    try:
        scrub(held.engine)
    except OperationalError as busy:
        log.warning("database not scrubbed after the close of campaigns %s; it is tried again", sorted(rounds), exc_info=busy)
        return False
    return True
