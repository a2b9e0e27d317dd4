"""Confidential letters: to whom one may be written, and what stands in it, as it was published to the subject's unit.

Rules: a letter says what the subject's own page says (`own_results`), and not before the scores are published to their unit; its
figures leave by the way out of letters, which was weighed with all the others (`release.readers`). Lives here: whose, and the
templates an office brought. May not live here: making many of them beside the server (`letter_making`).
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, PaperTemplate
from survey_app.services.campaign.campaigns import units_of
from survey_app.services.office import audit
from survey_app.services.publishing import publications
from survey_app.services.publishing.audience import load_for
from survey_app.services.release.readers import LETTER, WayOut
from survey_app.services.results import paper_fields
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.paper_fields import PaperContent

NAME_MOST = 200


def load_letters(session: Session, campaign: Campaign, *, language: str, now: dt.datetime, way: WayOut = LETTER) -> Loaded:
    """The newest report as those read it to whose units the scores are published; `visible()` are they.

    Raises RefusedError where they are published to no unit.
    """
    units = [unit.code for unit in units_of(session, campaign)]
    audience = publications.audience_of(session, campaign, units, now=now)
    if audience is None or "scores" not in audience.sections:
        raise RefusedError(N_("得分还没有公布给任何单位，不能写结果通知书，也不能公示；请先公布。"))
    return load_for(session, campaign, audience, language=language, way=way)


def content_of(loaded: Loaded, person: Person, *, now: dt.datetime) -> PaperContent:
    """What stands in this person's letter."""
    return paper_fields.of_letter(loaded, person, made=now, note=note_of(loaded))


def note_of(loaded: Loaded) -> str:
    """What every letter says at its end."""
    asker = loaded.campaign.asker
    whom = _("向“%(asker)s”提出", asker=asker) if asker else _("向主办单位提出")
    return _(
        "这封信只给您本人，请保管好。信里的数和公布给您单位的一样；看不出谁评了什么。对结果有异议，请%(whom)s，说明是哪一项。",
        whom=whom,
    )


# --- templates of the office's own
def template_of(session: Session, campaign: Campaign, kind: str) -> PaperTemplate | None:
    """The template the office brought for "letter" or "report"; None while ours is used."""
    wanted = select(PaperTemplate).where(PaperTemplate.campaign_id == campaign.id, PaperTemplate.kind == kind)
    return session.scalar(wanted)


def bring(session: Session, campaign: Campaign, kind: str, content: bytes, *, name: str, account: str, now: dt.datetime) -> None:
    """Put a template in place of the one there is; it has been looked at (`exports.word.check`). The caller commits."""
    session.refresh(campaign, with_for_update=True)
    row = template_of(session, campaign, kind) or PaperTemplate(campaign_id=campaign.id, kind=kind)
    row.content, row.name, row.brought, row.brought_by = content, name[:NAME_MOST], now, account
    session.add(row)
    audit.record(session, account=account, action="paper-template", detail=f"{campaign.key} {kind} brought", now=now)


def take_back(session: Session, campaign: Campaign, kind: str, *, account: str, now: dt.datetime) -> None:
    """Go back to our own template. The caller commits."""
    session.refresh(campaign, with_for_update=True)
    row = template_of(session, campaign, kind)
    if row is not None:
        session.delete(row)
        audit.record(session, account=account, action="paper-template", detail=f"{campaign.key} {kind} removed", now=now)
