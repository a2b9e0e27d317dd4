"""A form as every request about it needs it, read once: the same for everybody, and nothing that decides.

Lives here: what is kept of a form, and its being read anew when this server wrote something. May not live here: the state of the
campaign or of a slip, which every ballot asks the database for.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar, cast

from sqlalchemy import Engine, Pool
from sqlalchemy.orm import Session

from analysis.evidence import Slot
from questionnaires.model import CommentQuestion as Asked
from questionnaires.model import Group, Style
from survey_app.changes import Shelf
from survey_app.models import BallotStyle, Campaign
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import style_of, subjects_named
from survey_app.services.casting import comment_box
from survey_app.services.casting.rules import BallotPaper
from survey_app.services.release import plan

#: So many forms a process keeps: a county has some hundred, of which a meeting fills a few.
MOST = 256
Made = TypeVar("Made")


class SubjectIntroduced(NamedTuple):
    """How a subject is introduced on the form; `unit` is named where the form has several."""

    name: str
    duty: str = ""
    unit: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class FormAtHand:
    """A form. `row` belongs to no session: style, campaign and unit as they were read, its `state` as good as the page's.

    `open`: whether the release plan promises its group no anonymity.
    """

    row: BallotStyle
    paper: BallotPaper
    group: Group
    subjects: Mapping[str, SubjectIntroduced]
    asked: Asked | None
    open: bool
    wide: bool
    unit: str
    kept: dict[Hashable, object] = field(default_factory=dict, repr=False)

    def once(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What follows from the form alone, made once and kept with it. `key` names everything else it depends on."""
        if key not in self.kept:
            self.kept[key] = make()
        return cast("Made", self.kept[key])  # under one key always the same is made


_shelves: weakref.WeakKeyDictionary[Pool, Shelf[str, FormAtHand]] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def form_at_hand(session: Session, style_id: str) -> FormAtHand:
    """The form with this id, from what is kept or read by a session of its own. Raises as `style_of`."""
    engine = session.get_bind().engine
    with _lock:
        shelf = _shelves.get(engine.pool)
        if shelf is None:
            shelf = _shelves[engine.pool] = Shelf(lambda one: read_form(engine, one), most=MOST)
    return shelf.of(style_id)


def at_hand(engine: Engine, style_id: str) -> FormAtHand | None:
    """The form with this id as far as it is kept and may be believed; nothing is read."""
    shelf = _shelves.get(engine.pool)
    return shelf.at_hand(style_id) if shelf else None


def read_form(engine: Engine, style_id: str) -> FormAtHand:
    """The form as it stands in the database. Raises as `style_of`."""
    with Session(engine, expire_on_commit=False) as session:
        session.connection(execution_options={"pingyi_begin": "DEFERRED"})
        loaded = style_of(session, style_id)
        row, campaign = loaded.row, loaded.row.campaign
        subjects = introduce(session, row.campaign_id, loaded.slots)
        scheme = scheme_of(campaign)
        paper = BallotPaper(scheme, loaded.slots, loaded.limits, {code: one.name for code, one in subjects.items()})
        made = FormAtHand(
            row=row,
            paper=paper,
            group=scheme.groups[row.group_key],
            subjects=subjects,
            asked=comment_box.find_question(session, campaign, scheme, row.group_key),
            open=plan.plan_of(session, campaign).exposes(row.group_key),
            wide=paper.wide(),
            unit=row.unit.code if row.unit else "",
        )
        session.expunge_all()
        return made


def planned_form(session: Session, campaign: Campaign, planned: Style) -> FormAtHand:
    """The form a style would give, before approval stores any: for a preview that belongs to nothing and cannot be sent."""
    scheme = scheme_of(campaign)
    subjects = introduce(session, campaign.id, planned.slots)
    paper = BallotPaper(scheme, planned.slots, planned.limits, {code: one.name for code, one in subjects.items()})
    return FormAtHand(
        row=BallotStyle(id="preview", campaign=campaign, group_key=planned.group),
        paper=paper,
        group=scheme.groups[planned.group],
        subjects=subjects,
        asked=comment_box.find_question(session, campaign, scheme, planned.group),
        open=plan.plan_of(session, campaign).exposes(planned.group),
        wide=paper.wide(),
        unit=planned.unit,
    )


def introduce(session: Session, campaign_id: int, slots: Sequence[Slot]) -> dict[str, SubjectIntroduced]:
    """How each subject on a form is introduced, by code; its unit is named where the form has several."""
    found = subjects_named(session, campaign_id, {slot.subject for slot in slots})
    several = len({subject.unit_id for subject in found}) > 1
    return {one.code: SubjectIntroduced(one.name, one.duty, one.unit.name if several else "") for one in found}
