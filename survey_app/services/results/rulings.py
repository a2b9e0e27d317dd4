"""What people said to outcomes and findings: read by place, and added to. No row is ever changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app import times
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, Ruling
from survey_app.models.ruling import VERDICTS

REASON_MOST = 500
WORDS = {"confirmed": N_("已确认"), "set_aside": N_("已搁置"), "explained": N_("已说明理由")}


@dataclass(frozen=True)
class Spot:
    """A place of a report that a person may rule on: a quantity or finding, of a subject or pool, at its other labels."""

    about: str
    subject: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class RuledWords:
    """One ruling as read. `found`: what stood there then; `number`: its place among all; `report`: the digest looked at."""

    verdict: str
    reason: str
    ruled_by: str
    ruled: dt.datetime
    found: str
    number: int
    report: str

    @property
    def word(self) -> str:
        """The verdict in words."""
        return _(WORDS[self.verdict])

    def sentence(self) -> str:
        """Verdict, who, when and why, for a page, a file or a letter."""
        who = f"{self.word}，{self.ruled_by} {times.moment(self.ruled)}"
        return _("%(who)s：%(reason)s", who=who, reason=self.reason) if self.reason else who


Rulings = Mapping[Spot, Sequence[RuledWords]]


@dataclass(frozen=True)
class RuledFact:
    """What is ruled on. `fact`: as stored, in no language; `before`: the sentences older rulings hold for it."""

    fact: str
    before: frozenset[str] = frozenset()

    def standing(self, said: Sequence[RuledWords]) -> RuledWords | None:
        """The newest of these rulings, unless something else stands here since."""
        return said[0] if said and (said[0].found == self.fact or said[0].found in self.before) else None


def of_campaign(session: Session, campaign: Campaign) -> dict[Spot, list[RuledWords]]:
    """Every ruling of a campaign by its spot, newest first."""
    found: dict[Spot, list[RuledWords]] = {}
    for row in session.scalars(select(Ruling).where(Ruling.campaign_id == campaign.id).order_by(Ruling.id.desc())):
        words = RuledWords(
            verdict=row.verdict,
            reason=row.reason,
            ruled_by=row.ruled_by,
            ruled=row.ruled,
            found=row.found,
            number=row.id,
            report=row.report_digest,
        )
        found.setdefault(Spot(row.about, row.subject, row.place), []).append(words)
    return found


def last_of(rulings: Rulings) -> int:
    """The number of the newest of these; 0 where there is none. No ruling is ever changed, so it names them all."""
    return max((said[0].number for said in rulings.values() if said), default=0)


def check(verdict: str, reason: str) -> str:
    """The reason tidied. Raises UserError for an unknown verdict, or where a reason is needed and missing, or too long."""
    reason = " ".join(reason.split())
    if verdict not in VERDICTS:
        raise UserError(N_("请选择确认或者搁置。"))
    if not reason and verdict != "confirmed":
        raise UserError(N_("请写明理由；它会和结论一起显示、一起印出。"))
    if len(reason) > REASON_MOST:
        raise UserError(N_("理由最多 %(most)s 个字。"), most=REASON_MOST)
    return reason


def add(
    session: Session,
    campaign: Campaign,
    spots: Mapping[Spot, str],
    *,
    verdict: str,
    reason: str,
    report: str,
    account: str,
    now: dt.datetime,
) -> int:
    """The same ruling on each of these spots (spot -> what stands there), as new rows. The caller commits. Raises as `check`."""
    reason = check(verdict, reason)
    session.add_all(
        Ruling(
            campaign_id=campaign.id,
            about=spot.about,
            subject=spot.subject,
            place=spot.place,
            found=found,
            report_digest=report,
            verdict=verdict,
            reason=reason,
            ruled_by=account,
            ruled=now,
        )
        for spot, found in spots.items()
    )
    return len(spots)
