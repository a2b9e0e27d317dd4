"""A trial: made-up people vote on a draft's forms, through the doors of a real round, and the whole result is there to read.

It is a demonstration (`Campaign.demo`): marked on every page, told apart from rounds, removed with one button; its people, its
marks (always the same for the same text) and its passphrase are made up, so there is nothing in it to keep secret.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.model import Scheme
from survey_app.costs import AliasCost
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState, SchemeDraft
from survey_app.services.campaign import campaigns, removal
from survey_app.services.counting import counting
from survey_app.services.demo import rounds
from survey_app.services.demo.folder import DemoFolder
from survey_app.services.scheme_desk import invented, samples
from survey_app.services.uploads import Upload

PASSPHRASE = "trial: anybody may open this box"  # noqa: S105 - a trial protects nobody
SEED = 20_260_101
COST = AliasCost(time=1, memory=64)


@dataclass(frozen=True)
class MadeUp(DemoFolder):
    """A demo's tables that lie in memory alone."""

    sheets: tuple[tuple[str, str], ...] = ()

    def tables(self, names: Sequence[str]) -> list[Upload]:
        """The table of one of these names; empty when there is none."""
        return next(([Upload(f"{key}.csv", text.encode())] for key, text in self.sheets if key in names), [])


def made_up(scheme: Scheme) -> MadeUp:
    """People, head-counts and other evidence for this scheme."""
    sheets = samples.sheets_of(scheme)
    tables = invented.evidence_of(scheme, samples.roster_of(scheme))
    sheets |= {name: samples.as_csv(rows[0], rows[1:]) for name, rows in tables.items()}
    return MadeUp(Path(), Path(), tuple(sheets.items()))


def run(session: Session, draft: SchemeDraft, scheme: Scheme, *, now: dt.datetime) -> Campaign:
    """A counted demonstration on this text, in place of the draft's last trial.

    Parameters
    ----------
    session
        Committed on the way, as casting does.
    draft, scheme
        The draft, and the scheme its text is.
    now
        The moment.

    Returns
    -------
    Campaign
        The counted round. Where nobody fills in a form, it is counted from the made-up evidence alone.
    """
    clear(session, draft, now=now)
    folder = made_up(scheme)
    words = rounds.Words(
        title=_("试算：%(title)s", title=draft.title)[: campaigns.TITLE_CHARACTERS],
        period=invented.period_of(scheme),
        until="",
        asker=_("试算"),
        purpose=_("看一看这份方案怎样算出结果。"),
        asks=_("名册、答案和其他材料都是编造的，看完可以删去。"),
    )
    campaign = rounds.make(session, scheme_text=scheme.text, folder=folder, words=words, passphrase=PASSPHRASE, now=now)
    draft.trial = campaign.key
    rounds.bring_evidence(session, campaign, folder, now=now)
    session.commit()
    rounds.fill(session, campaign, folder, seed=SEED, cost=COST)
    campaigns.close(session, campaign, now=now)
    session.commit()
    rounds.count_boxes(session, campaign)
    session.commit()
    counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account=rounds.ACCOUNT, now=now)
    session.commit()
    return campaign


def find(session: Session, draft: SchemeDraft) -> Campaign | None:
    """The draft's trial; None where there is none, or somebody removed it."""
    if not draft.trial:
        return None
    return session.scalar(select(Campaign).where(Campaign.key == draft.trial, Campaign.demo.is_(True)))


def clear(session: Session, draft: SchemeDraft, *, now: dt.datetime) -> None:
    """Remove the draft's trial, if there is one; the caller commits."""
    campaign = find(session, draft)
    if campaign is not None:
        if campaign.state == CampaignState.OPEN:  # a trial that was interrupted
            campaigns.close(session, campaign, now=now)
        removal.remove_campaign(session, campaign, seen=removal.of_campaign(session, campaign).digest)
    draft.trial = ""
