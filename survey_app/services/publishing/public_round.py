"""What everybody may read of a round: how it stands, and the grades, where its release plan lists them and they were published.

Rules: the plan says at the approval whether grades stand on the public page; the office then publishes them as an act of its own
("public" among the sections), which two people do as any publication. What is shown leaves by the notice's way out, which was
weighed as read by everybody; outcomes that nobody confirmed are no part of it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.models import Campaign, CampaignState, Publication
from survey_app.services.publishing import publications
from survey_app.services.publishing.audience import Audience, load_for
from survey_app.services.release.plan import PUBLIC, plan_of
from survey_app.services.release.readers import NOTICE
from survey_app.services.results.loaded import Loaded


@dataclass(frozen=True)
class PublicStanding:
    """`planned`: the release plan lists grades for everybody; `act`: the publication in force that has them; `starts`: when the
    next one begins that will; `state`: names all of this, for whatever is made of it."""

    planned: bool
    act: Publication | None
    starts: dt.datetime | None

    @property
    def state(self) -> tuple[object, ...]:
        """What changes whenever this does."""
        return self.planned, self.act.id if self.act is not None else 0, self.starts


def find(session: Session, campaign: Campaign, *, now: dt.datetime) -> PublicStanding:
    """How publishing to everybody stands.

    Parameters
    ----------
    session, campaign
        Read only.
    now
        The moment.

    Returns
    -------
    PublicStanding
        Whether the plan lists it, the act in force, and when the next one begins.
    """
    planned = plan_of(session, campaign).lets(PUBLIC)
    if not planned or campaign.state != CampaignState.COUNTED:
        return PublicStanding(planned, None, None)
    found = publications.find_standing(session, campaign, now=now)
    act = found.current if found.current is not None and _public(found.current) else None
    return PublicStanding(planned, act, next((one.starts for one in found.later if _public(one)), None))


def load(session: Session, campaign: Campaign, act: Publication, *, language: str) -> Loaded:
    """The newest report as everybody may read it: scores and grades alone, by the notice's way out."""
    audience = Audience(frozenset(publications.units_in(act)), frozenset({"scores"}), act.rulings)
    return load_for(session, campaign, audience, language=language, way=NOTICE)


def _public(act: Publication) -> bool:
    return PUBLIC in publications.sections_in(act)
