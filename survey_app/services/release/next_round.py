"""A round made from another: the rehearsal of a draft, and next year's. Roster, words and plan come along, no answer does.

Lives here: what is copied. May not live here: removing a rehearsal (`campaign.removal`, as any round that does not count).

Threats answered to: a test ballot counted with real ones: a rehearsal is a round of its own, with its own slips, box and log, and
its name says so on every sheet and page; slips of the one open nothing of the other. Its key is the draft's, so that whoever
keeps it tries the real one; next year's round has none until somebody makes one.
"""

from __future__ import annotations

import datetime as dt
import secrets as system_random

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import REHEARSAL_MARK, Campaign, CampaignState, Headcount, Rater, Rehearsal, Subject, Unit
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import TITLE_CHARACTERS
from survey_app.services.release import plan
from survey_app.services.sealing.tokens import Rng


def rehearse_round(session: Session, draft: Campaign, *, now: dt.datetime, rng: Rng = system_random.token_bytes) -> Campaign:
    """A round like this draft whose ballots count for nothing. Raises RefusedError; the caller commits."""
    if draft.state != CampaignState.DRAFT or draft.demo:
        raise RefusedError(N_("只有准备中的评议可以演练；已经批准的，就在正式进行了。"))
    made = _copy(
        session,
        draft,
        title=f"{REHEARSAL_MARK}{draft.title}"[:TITLE_CHARACTERS],
        period=draft.period,
        demo=True,
        now=now,
        rng=rng,
    )
    made.public_key, made.wrapped_key = draft.public_key, draft.wrapped_key
    tried = session.get(Rehearsal, draft.id)
    if tried is not None:
        session.add(Rehearsal(campaign_id=made.id, public_key=tried.public_key, made=tried.made, made_by=tried.made_by))
    session.flush()
    return made


def next_round(
    session: Session, earlier: Campaign, *, title: str, period: str, now: dt.datetime, rng: Rng = system_random.token_bytes
) -> Campaign:
    """A draft on the same scheme with the same roster, for another period. Raises UserError; the caller commits."""
    if period.strip() == earlier.period:
        raise RefusedError(N_("新的一轮要写新的年度或时段；请改正。"))
    return _copy(session, earlier, title=title, period=period, demo=False, now=now, rng=rng)


def _copy(session: Session, source: Campaign, *, title: str, period: str, demo: bool, now: dt.datetime, rng: Rng) -> Campaign:
    made = campaigns.create(
        session,
        scheme_text=source.scheme_text,
        title=title,
        period=period,
        passphrase=None,
        asker=source.asker,
        purpose=source.purpose,
        asks=source.asks,
        demo=demo,
        now=now,
        rng=rng,
    )
    _copy_roster(session, source, made)
    told = plan.plan_of(session, source)
    plan.choose(session, made, floor=told.floor, floors=told.floors, open_groups=told.open_groups, exits=told.exits)
    return made


def _copy_roster(session: Session, source: Campaign, made: Campaign) -> None:
    units: dict[int, int] = {}
    for unit in session.scalars(select(Unit).where(Unit.campaign_id == source.id).order_by(Unit.place)):
        anew = Unit(campaign_id=made.id, code=unit.code, name=unit.name, place=unit.place, facts=dict(unit.facts))
        session.add(anew)
        session.flush()
        units[unit.id] = anew.id
    subjects: dict[int, int] = {}
    for one in session.scalars(select(Subject).where(Subject.campaign_id == source.id).order_by(Subject.place)):
        person = Subject(campaign_id=made.id, unit_id=units[one.unit_id], code=one.code, name=one.name, duty=one.duty,
                         place=one.place, facts=dict(one.facts))  # fmt: skip
        session.add(person)
        session.flush()
        subjects[one.id] = person.id
    for rater in session.scalars(select(Rater).where(Rater.campaign_id == source.id).order_by(Rater.id)):
        session.add(
            Rater(campaign_id=made.id, code=rater.code, name=rater.name, group_key=rater.group_key, mail=rater.mail,
                  unit_id=units[rater.unit_id] if rater.unit_id else None,
                  subject_id=subjects.get(rater.subject_id) if rater.subject_id else None)
        )  # fmt: skip
    for head in session.scalars(select(Headcount).where(Headcount.campaign_id == source.id)):
        at = units[head.unit_id] if head.unit_id else None
        session.add(Headcount(campaign_id=made.id, unit_id=at, group_key=head.group_key, entitled=head.entitled))
    session.flush()
