"""What was found in one state of a campaign's evidence, kept in memory under the version of that state.

A version names one state of one campaign (`models.evidence_version`), so nothing kept here grows old; the oldest entries make
room. What was found while somebody changed the evidence is handed out and not kept.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from survey_app import bridge
from survey_app.models import Campaign

T = TypeVar("T")


class ByVersion(Generic[T]):
    """Answers by version and by what they are about; at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: dict[tuple[str, str], T] = {}

    def get(self, session: Session, campaign: Campaign, find: Callable[[], T], *, about: str = "") -> T:
        """What `find` finds in this campaign's evidence as it is now; asked for once in every state."""
        version = bridge.evidence_version(session, campaign)
        if version is not None and (version, about) in self._kept:
            return self._kept[version, about]
        found = find()
        if version is not None and bridge.evidence_version(session, campaign) == version:
            while len(self._kept) >= self._most:
                del self._kept[next(iter(self._kept))]
            self._kept[version, about] = found
        return found
