"""What of a campaign one person could do, or did, alone: told wherever people rely on it.

Whoever reads a page or a sheet should know whether a second person ever looked. An act counts as seen by two only where an ask
that somebody else confirmed stands behind it; acts of before there were asks, of the command line and of demos do not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.i18n import N_, listed
from survey_app.i18n import gettext as _
from survey_app.models import Appeal, Ask, AskStanding, Campaign, CampaignState, LateChange, Publication, Rater, SlipBatch
from survey_app.services.four_eyes import office_size
from survey_app.services.four_eyes.kinds import AskKind

_BATCHES = (AskKind.PRINT_ROUND, AskKind.PRINT_SLIPS, AskKind.REGISTER_SLIPS, AskKind.REISSUE_SLIPS, AskKind.PREPARE_SEATS)
_LETTERS = (AskKind.PRINT_ROUND, AskKind.PRINT_LETTERS, AskKind.REPRINT_LETTERS)
#: What is told of, in the order of a campaign's road, and the kinds of ask that stand for it.
ROAD = {
    AskKind.APPROVE: (N_("开放投票的批准"), (AskKind.APPROVE,)),
    AskKind.PRINT_SLIPS: (N_("凭条的印发"), (*_BATCHES, AskKind.VOID_SLIPS)),
    AskKind.PRINT_LETTERS: (N_("邀请函的印发"), _LETTERS),
    AskKind.LATE_CHANGE: (N_("批准以后的名册改动"), (AskKind.LATE_CHANGE,)),
    AskKind.CLOSE: (N_("评议的结束"), (AskKind.CLOSE,)),
    AskKind.PUBLISH: (N_("结果的公布"), (AskKind.PUBLISH, AskKind.PUBLISH_BUNDLE)),
    AskKind.DESTROY: (N_("选票内容的销毁"), (AskKind.DESTROY,)),
}


@dataclass(frozen=True)
class OnePerson:
    """`office`: one person may do now what otherwise takes two; `acts`: what was done of this campaign without a second one."""

    office: bool
    acts: tuple[AskKind, ...] = ()

    def __bool__(self) -> bool:
        return self.office or bool(self.acts)

    def named(self) -> str:
        """What was done alone, in the reader's language."""
        return listed(_(ROAD[one][0]) for one in self.acts)

    def sentence(self) -> str:
        """In plain words; "" where two people stand behind everything."""
        told = []
        if self.office:
            told.append(
                _(
                    "主办单位说明：这里只有一个人办理，批准、印发凭条和邀请函、结束、公布和销毁，一个人就能办成，没有第二个人核对。"
                )
            )
        if self.acts:
            told.append(_("这次评议里，%(acts)s是一个人办的，没有第二个人核对。", acts=self.named()))
        return " ".join(told)


def of_office(session: Session) -> OnePerson:
    """What holds for every campaign."""
    return OnePerson(office_size.is_alone(session))


def of_campaign(session: Session, campaign: Campaign) -> OnePerson:
    """The same, and what was done of this one already.

    Parameters
    ----------
    session, campaign
        Read only.
    """
    rows = session.execute(select(Ask.kind, Ask.standing).where(Ask.campaign_id == campaign.id)).all()
    two = Counter(AskKind(kind) for kind, standing in rows if standing == AskStanding.DONE)
    alone = {AskKind(kind) for kind, standing in rows if standing == AskStanding.ALONE}
    done = _done(session, campaign)
    found = []
    for kind, (_title, kinds) in ROAD.items():
        seen_by_two = sum(two[one] for one in kinds if one not in (AskKind.VOID_SLIPS, AskKind.PUBLISH_BUNDLE))
        if done[kind] > seen_by_two or not alone.isdisjoint(kinds):
            found.append(kind)
    return OnePerson(office_size.is_alone(session), tuple(found))


def _done(session: Session, campaign: Campaign) -> dict[AskKind, int]:
    """How often each was done, as the tables show it. Several letters come of one act: that there are any counts once."""
    batches = select(func.count()).where(SlipBatch.campaign_id == campaign.id)
    letters = select(func.count()).where(Rater.campaign_id == campaign.id, Rater.printings > 0)
    published = select(func.count()).where(Publication.campaign_id == campaign.id)
    late = select(func.count()).where(LateChange.campaign_id == campaign.id)
    appeal = session.get(Appeal, campaign.id)
    return {
        AskKind.APPROVE: int(campaign.state.at_least(CampaignState.OPEN)),
        AskKind.PRINT_SLIPS: session.scalar(batches) or 0,
        AskKind.PRINT_LETTERS: min(1, session.scalar(letters) or 0),
        AskKind.LATE_CHANGE: session.scalar(late) or 0,
        AskKind.CLOSE: int(campaign.state.at_least(CampaignState.CLOSED)),
        AskKind.PUBLISH: session.scalar(published) or 0,
        AskKind.DESTROY: int(appeal is not None and bool(appeal.certificate)),
    }
