"""Before approval: which anonymous groups hide their raters, by the roster's head-counts, and what to do about the others."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Group
from questionnaires.styles import matches
from survey_app.i18n import N_
from survey_app.models import Campaign, Headcount, Unit
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.campaign.styles import roster_of
from survey_app.services.release import plan as release_plan
from survey_app.services.release.plan import ReleasePlan

#: What a group's size means: standing -> (in a word, what to do or to know).
STANDINGS = {
    "hidden": (N_("藏得住"), N_("都来投票时，各项单独列出；来的人不多于最少人数时自动不列。")),
    "edge": (N_("刚到最少人数"), N_("可以称匿名，但不单独列出：其中一人除去自己那份，就只剩不足最少人数的人。")),
    "small": (N_("人数太少"), N_("不能称匿名，也不单独列出：请与别的主体合并，或改为署名，或在公布计划里写明不承诺匿名。")),
    "unknown": (N_("不知道多少人"), N_("请在名册里填应到人数；投票后来的人不多于最少人数时不单独列出。")),
    "open": (N_("不承诺匿名"), N_("公布计划写明了：各项照样列出；投票前要对他们说清楚。")),
}


@dataclass(frozen=True)
class Forecast:
    """One anonymous group at one place. `entitled` None: nobody said how many. `standing`: a key of `STANDINGS`."""

    unit: str
    group: Group
    entitled: int | None
    standing: str

    @property
    def word(self) -> str:
        """The standing in a word; to be translated."""
        return STANDINGS[self.standing][0]

    @property
    def advice(self) -> str:
        """What to do or to know; to be translated."""
        return STANDINGS[self.standing][1]


def forecast(session: Session, campaign: Campaign) -> list[Forecast]:
    """Every anonymous group that is asked about somebody, place by place in roster order, with what its size means."""
    scheme, plan = scheme_of(campaign), release_plan.plan_of(session, campaign)
    heads = {
        (head.unit.code if head.unit else "", head.group_key): head.entitled
        for head in session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id))
    }
    units = list(session.scalars(select(Unit).where(Unit.campaign_id == campaign.id).order_by(Unit.place)))
    roster = roster_of(session, campaign)
    lines = []
    for group in scheme.groups.values():
        if group.signed:
            continue
        asked = [
            subject.unit
            for subject in roster
            if any(
                line.group == group.key and line.asked_in(campaign.period) and matches(line.where, subject.facts)
                for line in scheme.forms
            )
        ]
        here = set(asked)
        places = (
            [(unit.code, unit.name) for unit in units if unit.code in here] if group.own_unit else [("", "")] if asked else []
        )
        for code, name in places:
            entitled = heads.get((code, group.key))
            lines.append(Forecast(name, group, entitled, judge_standing(group, entitled, plan)))
    return lines


def judge_standing(group: Group, entitled: int | None, plan: ReleasePlan) -> str:
    """What so many people entitled mean. Of a group that is itself rated, one is missing on every form: the one it is about."""
    if group.key in plan.open_groups:
        return "open"
    if entitled is None:
        return "unknown"
    raters = entitled - 1 if group.rated and group.oneself == "no" else entitled
    floor = plan.floor_of(group.key)
    if raters < floor:
        return "small"
    return "hidden" if raters > floor else "edge"
