"""What the public of the satisfaction page wrote, as it was let out: shuffled, from places at which enough people wrote.

For the office alone, as the release plan has it. Hidden comments stay hidden.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy.orm import Session

from survey_app.i18n import gettext as _
from survey_app.services.counting import comments
from survey_app.services.release.plan import COMMENTS
from survey_app.services.results.loaded import Loaded

#: So many of a place stand beside the figures; all of them have a page of their own.
SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class SpokenHere:
    """The words of one group at one place: how many there are, and the first of them in the order in which they were shuffled."""

    group: str
    place: str
    many: int
    texts: tuple[str, ...]


def of_satisfaction(session: Session, loaded: Loaded) -> list[SpokenHere]:
    """The words of the groups that the satisfaction page asks, by place; none outside the office, or where none are let out."""
    if loaded.allowed is not None or not loaded.lets(COMMENTS):
        return []
    found = comments.released(session, loaded.campaign)
    asked = {group for question in loaded.scheme.layout.satisfaction for group in question.groups}
    names = {person.unit: person.unit_name for person in loaded.people.values()}
    heaps = defaultdict[tuple[str, str], list[str]](list)
    for one in found.shown if found is not None else ():
        if one.group in asked and not one.hidden:
            place = _("几处合在一起") if one.unit is None else names.get(one.unit, one.unit)
            heaps[loaded.scheme.groups[one.group].title.in_(loaded.view.language), place].append(one.text)
    return [
        SpokenHere(group=group, place=place, many=len(texts), texts=tuple(texts[:SHOWN]))
        for (group, place), texts in heaps.items()
    ]
