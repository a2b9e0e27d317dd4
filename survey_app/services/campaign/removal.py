"""Taking things out before they count: a draft, a closed demo, a row of a draft's roster; and what goes with each, said first.

Threats answered to: a stale page (the form carries the digest of what it listed, and anything else is refused); a removal that
reaches what people answered (a real campaign is removable as a draft only; after approval rosters are frozen).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError
from survey_app.i18n import N_
from survey_app.models import (
    Base,
    Campaign,
    CampaignState,
    EvidenceEntry,
    EvidenceVersion,
    FormReading,
    Headcount,
    Rater,
    Slip,
    SlipBatch,
    Subject,
    Unit,
)
from survey_app.services.campaign import holds

Row = Unit | Subject | Rater | Headcount
KINDS: dict[str, type[Row]] = {"unit": Unit, "subject": Subject, "rater": Rater, "head": Headcount}
#: What the tables hold, as the page names it; whatever is not named here is told as other records.
NAMES = {
    "unit": N_("单位"),
    "subject": N_("评价对象"),
    "rater": N_("署名评价人"),
    "headcount": N_("应到人数"),
    "evidence_entry": N_("材料，连同更正和撤回过的"),
    "ballot_style": N_("表单"),
    "slip_batch": N_("凭条批次"),
    "slip": N_("凭条"),
    "ballot": N_("选票"),
    "stored_report": N_("计算结果"),
}
OTHER = N_("其他记录")
STALE = N_("这一页显示之后情况变了，或者还没有看过会删去什么；什么都没有删。请看下面，再决定一次。")


class StaleRemovalError(RefusedError):
    """There is more, or less, than the page listed; nothing was removed."""


@dataclass(frozen=True)
class Going:
    """What a removal takes with it: a name of `NAMES` or `OTHER` and how many. `untied` raters stay but are this person no
    longer, `naming` subjects stay and name a number that will be missing. `digest`: to be sent back by the form."""

    counts: tuple[tuple[str, int], ...]
    untied: tuple[str, ...] = ()
    naming: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Changes with everything that is listed."""
        return hashlib.sha256(repr(self).encode()).hexdigest()


def of_campaign(session: Session, campaign: Campaign) -> Going:
    """Everything that hangs on the campaign, by kind."""
    counts: dict[str, int] = {}
    for table in Base.metadata.sorted_tables:
        # The version of its evidence is nothing that anybody has put there.
        if "campaign_id" in table.c and table is not EvidenceVersion.__table__:
            found = session.scalar(select(func.count()).select_from(table).where(table.c.campaign_id == campaign.id)) or 0
            name = NAMES.get(table.name, OTHER)
            counts[name] = counts.get(name, 0) + found
    return Going(tuple((name, number) for name, number in counts.items() if number))


def rows_by_table(session: Session, campaign: Campaign) -> dict[str, int]:
    """How many rows of each kind hang on the campaign, by the name of the table; the slips of its batches among them."""
    found = {}
    for table in Base.metadata.sorted_tables:
        if "campaign_id" in table.c and table is not EvidenceVersion.__table__:
            found[table.name] = session.scalar(select(func.count()).select_from(table).where(table.c.campaign_id == campaign.id))
    mine = select(func.count()).select_from(Slip).join(SlipBatch, SlipBatch.id == Slip.batch_id)
    found["slip"] = session.scalar(mine.where(SlipBatch.campaign_id == campaign.id))
    return {name: number for name, number in sorted(found.items()) if number}


def refuse_campaign(session: Session, campaign: Campaign) -> None:
    """Raise RefusedError with the reason unless the campaign may be removed."""
    if holds.standing(session, campaign):
        raise RefusedError(N_("这次评议冻结着，什么也不能删除；请先在“归档与保存”页解除冻结。"))
    if campaign.state != CampaignState.DRAFT and not campaign.demo:
        raise RefusedError(N_("这次评议已经批准，大家的答案和账目要留下来供人核对，不能删除。"))
    if campaign.state == CampaignState.OPEN:
        raise RefusedError(N_("这个演示还在进行中；请先结束它，再删除。"))
    if session.scalar(select(func.count()).select_from(FormReading).where(FormReading.campaign_id == campaign.id)):
        raise RefusedError(
            N_("这个演示里有人查阅过记名评议表，这种记录不能删改，所以它留着；要去掉，请停下服务、删去演示的文件夹。")
        )


def remove_campaign(session: Session, campaign: Campaign, *, seen: str) -> Going:
    """Remove a draft or a closed demo with all that hangs on it; what went. Raises RefusedError; the caller commits, scrubs."""
    session.refresh(campaign, with_for_update=True)
    refuse_campaign(session, campaign)
    going = of_campaign(session, campaign)
    _refuse_unless_seen(going, seen)
    remove_everything(session, campaign)
    return going


def remove_everything(session: Session, campaign: Campaign) -> None:
    """Every row that hangs on the campaign, and itself. Whoever calls this has asked whether it may go."""
    for table in reversed(Base.metadata.sorted_tables):  # what refers before what is referred to
        # Readings of forms: there are none here, and their table refuses even a deletion of nothing.
        if "campaign_id" in table.c and table is not FormReading.__table__:
            session.execute(delete(table).where(table.c.campaign_id == campaign.id))
    session.execute(delete(Campaign).where(Campaign.id == campaign.id))
    session.expunge(campaign)


def row_of(session: Session, campaign: Campaign, kind: str, number: int) -> Row:
    """A row of the campaign's roster. Raises NotFoundError."""
    row = cast("Row | None", session.get(KINDS[kind], number)) if kind in KINDS else None
    if row is None or row.campaign_id != campaign.id:
        raise NotFoundError(N_("名册里没有这一行；请从名册页重新选择。"))
    return row


def of_rows(session: Session, campaign: Campaign, rows: Iterable[Row]) -> Going:
    """What these rows take with them: a unit its people, a person the material about them."""
    rows = list(rows)
    units = {row.id for row in rows if isinstance(row, Unit)}
    mine = Subject.campaign_id == campaign.id
    picked = {row.id for row in rows if isinstance(row, Subject)}
    subjects = session.scalars(select(Subject).where(mine, or_(Subject.id.in_(picked), Subject.unit_id.in_(units)))).all()
    ids, codes = {one.id for one in subjects}, {one.code for one in subjects}
    everybody = session.scalars(select(Rater).where(Rater.campaign_id == campaign.id).order_by(Rater.id)).all()
    chosen = {row.id for row in rows if isinstance(row, Rater)}
    raters = {one.id for one in everybody if one.id in chosen or one.unit_id in units}
    heads = session.scalars(select(Headcount).where(Headcount.campaign_id == campaign.id)).all()
    counted = {row.id for row in rows if isinstance(row, Headcount)}
    entries = select(func.count()).select_from(EvidenceEntry).where(EvidenceEntry.subject_id.in_(ids))
    others = session.scalars(select(Subject).where(mine, Subject.id.not_in(ids)).order_by(Subject.place)).all()
    counts = (
        (NAMES["unit"], len(units)),
        (NAMES["subject"], len(ids)),
        (NAMES["rater"], len(raters)),
        (NAMES["headcount"], sum(1 for one in heads if one.id in counted or one.unit_id in units)),
        (NAMES["evidence_entry"], session.scalar(entries) or 0),
    )
    return Going(
        tuple((name, number) for name, number in counts if number),
        tuple(one.name for one in everybody if one.subject_id in ids and one.id not in raters),
        tuple(one.name for one in others if codes & set(one.facts.values())),
    )


def remove_rows(session: Session, campaign: Campaign, rows: Iterable[Row], *, seen: str) -> Going:
    """Remove rows of a draft's roster with what hangs on them; what went. Raises RefusedError. The caller commits."""
    session.refresh(campaign, with_for_update=True)
    refuse_unless_draft(campaign)
    rows = list(rows)
    going = of_rows(session, campaign, rows)
    _refuse_unless_seen(going, seen)
    for row in rows:
        session.execute(delete(type(row)).where(type(row).id == row.id))
    session.expire_all()
    return going


def refuse_unless_draft(campaign: Campaign) -> None:
    """Raise RefusedError after approval."""
    if campaign.state != CampaignState.DRAFT:
        raise RefusedError(N_("这次评议已经批准，名册已冻结，不能再删；要改名册，请另建一次评议。"))


def absent(session: Session, campaign: Campaign) -> list[tuple[str, Row]]:
    """Rows the last file lacked and nobody has decided on, with their kind."""
    return [
        (kind, cast("Row", row))
        for kind, table in KINDS.items()
        for row in session.scalars(select(table).where(table.campaign_id == campaign.id, table.absent).order_by(table.id))
    ]


def keep(session: Session, campaign: Campaign, rows: Iterable[Row]) -> int:
    """Say that these rows stay although the last file lacked them. Raises RefusedError after approval. The caller commits."""
    session.refresh(campaign, with_for_update=True)
    refuse_unless_draft(campaign)
    kept = 0
    for row in rows:
        row.absent = False
        kept += 1
    return kept


def _refuse_unless_seen(going: Going, seen: str) -> None:
    if seen != going.digest:
        raise StaleRemovalError(STALE)
