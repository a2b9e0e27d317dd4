"""One page for residents, in plain words: what is stored, what is not, who could cheat and how it would show.

Reached from a form, a receipt or the log of a campaign it speaks of that campaign: who keeps its key, how few people are hidden.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template

from analysis.disclosure import floors
from survey_app import access
from survey_app.database import sqlite_file
from survey_app.extensions import current_config, db_session
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.casting import cast
from survey_app.services.four_eyes import alone
from survey_app.services.four_eyes.alone import OnePerson
from survey_app.services.log import epochs
from survey_app.services.release import plan as release_plan
from survey_app.services.sealing import custody

blueprint = Blueprint("privacy", __name__)


@blueprint.get("/privacy")
@access.voter
def anywhere() -> Response:
    """For whoever asks without a campaign: what holds for all of them."""
    return _page(campaign=None, terms=None, one_person=alone.of_office(db_session()))


@blueprint.get("/privacy/<key>")
@access.voter
def of_campaign(key: str) -> Response:
    """The same, and what holds for this campaign only."""
    session = db_session()
    cast.begin_reading(session)
    campaign = campaigns.by_key(session, key)
    scheme, plan = scheme_of(campaign), release_plan.plan_of(session, campaign)
    groups = scheme.groups.values()
    hidden = [group for group in groups if not group.signed]
    wordy = [group for group in hidden if group.comment and plan.lets(release_plan.COMMENTS)]
    return _page(
        campaign=campaign,
        names_language=scheme.languages[0],
        terms=custody.terms_of(campaign.wrapped_key),
        floor=min((plan.floor_of(group.key) for group in hidden), default=plan.floor),
        words=min((max(floors.WORDS, plan.floor_of(group.key)) for group in wordy), default=0),
        admissions={group.admission for group in groups},
        has_log=epochs.log_of(session, campaign) is not None,
        one_person=alone.of_campaign(session, campaign),
    )


def _page(*, one_person: OnePerson, **what: object) -> Response:
    """`journal_stays`: the close empties SQLite's write-ahead log; no other database lets us empty its own."""
    journal_stays = sqlite_file(current_config().database_url) is None
    return make_response(render_template("privacy/index.html", journal_stays=journal_stays, one_person=one_person, **what))
