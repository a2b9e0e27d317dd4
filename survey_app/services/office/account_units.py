"""Which units of which campaigns a unit account stands for: chosen by campaign and code, shown by name, bound and unbound.

Threat answered to: "01" is another place in every campaign. An account is therefore bound to a unit of one campaign, never to a
code, and whoever binds it reads the unit's name before it is saved.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError, UserError
from survey_app.i18n import N_, listed
from survey_app.models import Account, AccountUnit, Campaign, CampaignState, UnboundCode, Unit
from survey_app.roles import Role


class StaleUnitsError(RefusedError):
    """The names that were read are not the names that stand there now; nothing was bound."""


@dataclass(frozen=True)
class Bound:
    """One unit an account stands for, with the campaign it belongs to."""

    campaign: Campaign
    unit: Unit


@dataclass(frozen=True)
class ChosenUnits:
    """Units of one campaign as somebody chose them, in roster order."""

    campaign: Campaign
    units: tuple[Unit, ...]

    @property
    def seen(self) -> str:
        """What whoever confirms has read: codes with the names that stand behind them."""
        return "\n".join(f"{unit.code}\t{unit.name}" for unit in self.units)


def codes(text: str) -> list[str]:
    """Unit codes typed with any of the commas a Chinese keyboard offers, full-width digits included, or on lines of their own."""
    return [code for code in re.split(r"[,，、;；\s]+", unicodedata.normalize("NFKC", text)) if code]


def campaigns_with_units(session: Session) -> list[Campaign]:
    """The campaigns whose roster has units, newest first."""
    query = select(Campaign).where(Campaign.id.in_(select(Unit.campaign_id))).order_by(Campaign.id.desc())
    return list(session.scalars(query))


def choose(session: Session, campaign_key: str, wanted: Iterable[str]) -> ChosenUnits:
    """The units behind these codes in this campaign.

    Parameters
    ----------
    session
        Read only.
    campaign_key
        The campaign's key.
    wanted
        Codes of units.

    Raises
    ------
    UserError
        For no such campaign, nothing chosen, or codes that the campaign's roster does not have; every one is named.
    """
    campaign = session.scalar(select(Campaign).where(Campaign.key == campaign_key))
    if campaign is None:
        raise UserError(N_("没有这次评议；请从列表里选一次评议。"))
    asked = list(dict.fromkeys(wanted))
    if not asked:
        raise UserError(N_("还没有选单位；请至少选一个，或填写名册里的单位编号。"))
    units = session.scalars(select(Unit).where(Unit.campaign_id == campaign.id).order_by(Unit.place, Unit.id)).all()
    strange = sorted(set(asked) - {unit.code for unit in units})
    if strange:
        raise UserError(
            N_("“%(campaign)s”的名册里没有编号为 %(codes)s 的单位；请核对编号，或换一次评议。"),
            campaign=f"{campaign.title} {campaign.period}",
            codes=listed(strange),
        )
    return ChosenUnits(campaign, tuple(unit for unit in units if unit.code in asked))


def confirmed(session: Session, campaign_key: str, wanted: Iterable[str], seen: str) -> ChosenUnits:
    """As `choose`, once somebody has read the names. Raises StaleUnitsError when a name changed since."""
    choice = choose(session, campaign_key, wanted)
    if choice.seen != seen.replace("\r\n", "\n").strip("\n"):
        raise StaleUnitsError(N_("名册里单位的名称在您查看之后变了；请再核对一遍，再保存。"))
    return choice


def bind(session: Session, account: Account, choice: ChosenUnits) -> int:
    """Bind an account to these units too. An old bare code with the same number is settled by it.

    Parameters
    ----------
    session, account
        The caller commits.
    choice
        What `choose` found.

    Returns
    -------
    int
        How many are new.

    Raises
    ------
    RefusedError
        For an office account, which sees everything anyway.
    """
    if Role.STAFF not in account.roles:
        raise RefusedError(N_("评议办账户看得到全部单位，不用对应单位。"))
    there = {one.unit_id for one in account.bound_units}
    new = [unit for unit in choice.units if unit.id not in there]
    account.bound_units.extend(AccountUnit(unit=unit) for unit in new)
    session.flush()
    settled = [unit.code for unit in choice.units]
    session.execute(delete(UnboundCode).where(UnboundCode.account_id == account.id, UnboundCode.unit_code.in_(settled)))
    return len(new)


def unbind(session: Session, account: Account, unit_id: int) -> Unit:
    """Take one unit away from the account; which it was. Raises UserError when it is not bound to it (any more)."""
    for one in account.bound_units:
        if one.unit_id == unit_id:
            account.bound_units.remove(one)
            session.flush()
            return one.unit
    raise UserError(N_("这个账户没有对应这个单位；它可能已被取消，请刷新页面再看。"))


def forget(session: Session, account: Account, code: str) -> None:
    """Let go of an old bare code that nobody needs. Raises UserError when there is none."""
    row = session.get(UnboundCode, (account.id, code))
    if row is None:
        raise UserError(N_("没有这个没有对应上的编号；它可能已经处理过，请刷新页面再看。"))
    session.delete(row)


def of_accounts(session: Session, accounts: Collection[int]) -> dict[int, list[Bound]]:
    """What each of these accounts is bound to: newest campaign first, units in roster order."""
    query = (
        select(AccountUnit.account_id, Unit, Campaign)
        .join(Unit, Unit.id == AccountUnit.unit_id)
        .join(Campaign, Campaign.id == Unit.campaign_id)
        .where(AccountUnit.account_id.in_(accounts))
        .order_by(Campaign.id.desc(), Unit.place, Unit.id)
    )
    found: dict[int, list[Bound]] = {}
    for account, unit, campaign in session.execute(query):
        found.setdefault(account, []).append(Bound(campaign, unit))
    return found


def by_campaign(bound: Sequence[Bound]) -> list[tuple[Campaign, list[Unit]]]:
    """The same, a campaign a line."""
    found: dict[int, tuple[Campaign, list[Unit]]] = {}
    for one in bound:
        found.setdefault(one.campaign.id, (one.campaign, []))[1].append(one.unit)
    return list(found.values())


def known_to(session: Session, account_id: int) -> list[tuple[Campaign, list[Unit]]]:
    """What the account itself may read about that: a draft is the office's own until it is approved."""
    bound = of_accounts(session, [account_id]).get(account_id, [])
    return by_campaign([one for one in bound if one.campaign.state != CampaignState.DRAFT])


def unbound(session: Session) -> dict[int, list[str]]:
    """Old bare codes that open nothing, by account."""
    found: dict[int, list[str]] = {}
    for row in session.scalars(select(UnboundCode).order_by(UnboundCode.account_id, UnboundCode.unit_code)):
        found.setdefault(row.account_id, []).append(row.unit_code)
    return found
