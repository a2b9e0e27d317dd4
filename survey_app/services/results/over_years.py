"""One subject through the rounds of this installation: grade, score and outcomes of each, as its own round released them.

A subject is known by its code. Of rounds on the same scheme every one is taken, also where the code was somebody else's then (the
predecessor in a position, who is named); of other schemes only those in which the name is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import UserError
from survey_app.models import Campaign, CampaignState, Subject
from survey_app.services.results import loaded as results
from survey_app.services.results import outcomes, standing
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.outcomes import Proposal

#: So many rounds are shown, the newest: each is a report to be read.
MOST = 12


@dataclass(frozen=True, kw_only=True)
class RatedRound:
    """A round in the life of a subject. `name`: what it was called then, where that is not today's; `grades`: title and grade;
    `outcomes` are those that a person confirmed, with how many nobody ruled on."""

    campaign: Campaign
    here: bool
    name: str
    pool: str
    grades: tuple[tuple[str, str], ...]
    score_title: str
    score: str
    outcomes: tuple[Proposal, ...]
    open: int


def of_subject(session: Session, loaded: Loaded, code: str) -> list[RatedRound]:
    """Every round in which this subject was rated, the earliest first; a report that cannot be read is left out."""
    person = results.person(loaded, code)
    found = [_line(loaded, code, person.name, here=True)]
    for campaign in _others(session, loaded.campaign, code, person.name):
        try:
            other = results.load(session, campaign, language=loaded.view.language)
        except UserError:
            continue
        if code in other.people:
            found.append(_line(other, code, person.name, here=False))
    return sorted(found, key=lambda one: (one.campaign.period, one.campaign.id))


def _others(session: Session, campaign: Campaign, code: str, name: str) -> Sequence[Campaign]:
    query = (
        select(Campaign)
        .join(Subject, Subject.campaign_id == Campaign.id)
        .where(
            Subject.code == code,
            Campaign.id != campaign.id,
            Campaign.state == CampaignState.COUNTED,
            Campaign.demo.is_(campaign.demo),  # a rehearsal is no year of anybody's
            (Campaign.scheme_key == campaign.scheme_key) | (Subject.name == name),
        )
        .order_by(Campaign.id.desc())
        .limit(MOST - 1)
    )
    return session.scalars(query).all()


def _line(loaded: Loaded, code: str, name: str, *, here: bool) -> RatedRound:
    view, at, scores = loaded.view, {"subject": code}, loaded.lets("scores")
    line = standing.line_of(loaded, code) if scores else None
    grades = [(view.title(key), view.cell(key, at)) for key in loaded.scheme.layout.tiers if scores]
    score = view.cell(line.score, at) if line is not None and line.score else None
    proposed = outcomes.of_subject(loaded, code)
    then = loaded.people[code].name
    own = standing.of_subject(loaded, code)
    return RatedRound(
        campaign=loaded.campaign,
        here=here,
        name=then if then != name else "",
        pool=own.pool if own is not None else "",
        grades=tuple((title, cell.text) for title, cell in grades if cell.applies),
        score_title=view.title(line.score) if line is not None and score is not None else "",
        score=score.text if score is not None else "",
        outcomes=tuple(one for one in proposed if one.status == "confirmed"),
        open=sum(one.status == "open" for one in proposed),
    )
