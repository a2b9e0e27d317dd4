"""Personal links of signed raters: minted at printing, replaced at reprinting, known to the database by digest only.

A rater has one link at a time. Printing again gives a new one and the old one stops working at that moment, so a lost
sheet is worth nothing; ballots cast with the old link stay, they are bound to the rater and not to the link.
"""

from __future__ import annotations

import datetime as dt
import secrets as system_random
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from questionnaires.model import Admission
from survey_app.costs import AliasCost
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.models import Campaign, Rater
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.sealing.tokens import Alias, Rng, Secret, mint_alias, mint_secret, slip_tag
from survey_app.services.slips.printings import Stamp, refuse_unless_seen, state_of_letters
from survey_app.services.slips.slips import Progress, digest_aliases, lock_campaign, refuse_unless_open

#: Invitations of one printing, one page each.
MOST_INVITATIONS = 1000


class InvitationError(UserError):
    """Invitations that cannot be printed as asked (nobody chosen, an anonymous group, a rater without a form)."""

    status = 422


@dataclass(frozen=True)
class Invitation:
    """One rater's fresh codes: print them and forget them. They are never shown in a traceback."""

    rater: Rater
    secret: Secret = field(repr=False)
    alias: Alias = field(repr=False)
    digest: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class InvitationLine:
    """Where the invitations of one rater group in one unit stand. `unit_id` is None for raters of no unit."""

    group_key: str
    unit_id: int | None
    unit_name: str
    raters: int
    printed: int
    reprinted: int = 0
    last: dt.datetime | None = None
    last_by: str = ""


def mint(
    campaign: Campaign,
    raters: Sequence[Rater],
    *,
    rng: Rng = system_random.token_bytes,
    cost: AliasCost,
    progress: Progress | None = None,
    pool: Executor | None = None,
) -> list[Invitation]:
    """Codes for `raters` (1 to 1,000, all of this campaign), in their order. Touches no database.

    Raises:
        InvitationError: nobody or too many, a group that is not invited personally, or a rater without a form.
        RefusedError: the campaign is not open.
    """
    refuse_unless_open(campaign)
    if not 1 <= len(raters) <= MOST_INVITATIONS:
        raise InvitationError(
            N_("一次可以印 1 到 %(most)s 份邀请函，现在选了 %(count)s 份；请换一个单位或类别，或分几次印。"),
            most=MOST_INVITATIONS,
            count=len(raters),
        )
    groups = scheme_of(campaign).groups
    for rater in raters:
        if rater.campaign_id != campaign.id:
            raise ValueError("raters of one campaign at a time")
        if groups[rater.group_key].admission != Admission.LINK:
            raise InvitationError(N_("%(name)s 所在的一类评议人是匿名的，用凭条，不能发个人邀请函。"), name=rater.name)
        if rater.style_id is None:
            raise InvitationError(N_("%(name)s（%(code)s）没有要填的表；请核对名册和方案。"), name=rater.name, code=rater.code)
    codes = [(mint_secret(rng), mint_alias(rng)) for _ in raters]
    digests = digest_aliases((alias for _, alias in codes), campaign.salt, cost, total=len(codes), progress=progress, pool=pool)
    return [
        Invitation(rater, secret, alias, digest) for rater, (secret, alias), digest in zip(raters, codes, digests, strict=True)
    ]


def store(
    session: Session,
    campaign: Campaign,
    invitations: Sequence[Invitation],
    stamp: Stamp | None = None,
    *,
    seen: str | None = None,
) -> None:
    """Put the new links in force, in the caller's transaction.

    `seen`: the state of these letters on the page that asked (`printings`); None where no page did.
    Raises RefusedError when the campaign has been closed since, StalePrintingError when any of the letters was printed since.
    """
    refuse_unless_open(lock_campaign(session, campaign.id))
    chosen = select(Rater).where(Rater.id.in_([one.rater.id for one in invitations])).order_by(Rater.id)
    now = {  # one order for all: no two printings dead-lock
        rater.id: rater for rater in session.scalars(chosen.with_for_update(of=Rater).execution_options(populate_existing=True))
    }
    if seen is not None:
        refuse_unless_seen(seen, state_of_letters(now.values()))
    session.execute(
        update(Rater),
        [
            {
                "id": one.rater.id,
                "tag": slip_tag(one.secret),
                "alias_digest": one.digest,
                "printings": now[one.rater.id].printings + 1,
                "printed": stamp.at if stamp else None,
                "printed_by": stamp.by if stamp else "",
            }
            for one in sorted(invitations, key=lambda one: one.rater.id)
        ],
    )


def issue(
    session: Session,
    *,
    campaign: Campaign,
    raters: Sequence[Rater],
    rng: Rng = system_random.token_bytes,
    cost: AliasCost,
    progress: Progress | None = None,
) -> list[Invitation]:
    """Fresh links for raters; their old ones are void.

    Parameters
    ----------
    session, campaign
        The caller commits, then prints and forgets the codes.
    raters
        From 1 to 1,000, all of this campaign.
    rng, cost, progress
        The source of random bytes, how slow a guess at an alias is made, and whom to tell how far it is.

    Returns
    -------
    list of Invitation
        In the raters' order: the one copy of the codes; the database has digests.

    Raises
    ------
    InvitationError
        For nobody or too many, a group that is not invited personally, or a rater without a form.
    RefusedError
        When the campaign is not open.
    """
    invitations = mint(campaign, raters, rng=rng, cost=cost, progress=progress)
    store(session, campaign, invitations)
    return invitations


def raters_of(session: Session, campaign: Campaign, *, group_key: str, unit_id: int | None) -> list[Rater]:
    """The signed raters of a group in a unit (None: those of no unit), in the roster's order."""
    belongs = Rater.unit_id.is_(None) if unit_id is None else Rater.unit_id == unit_id
    return list(
        session.scalars(
            select(Rater).where(Rater.campaign_id == campaign.id, Rater.group_key == group_key, belongs).order_by(Rater.id)
        )
    )


def lines(session: Session, campaign: Campaign) -> list[InvitationLine]:
    """Every group × unit that has signed raters, in the scheme's order of groups and the roster's order of units."""
    order = list(scheme_of(campaign).groups)
    found: dict[tuple[str, int | None], list[Rater]] = {}
    for rater in session.scalars(select(Rater).where(Rater.campaign_id == campaign.id).order_by(Rater.id)):
        found.setdefault((rater.group_key, rater.unit_id), []).append(rater)
    made = [
        (
            (order.index(group_key), raters[0].unit.place if raters[0].unit else -1),
            _line(group_key, unit_id, raters),
        )
        for (group_key, unit_id), raters in found.items()
    ]
    return [line for _, line in sorted(made, key=lambda pair: pair[0])]


def _line(group_key: str, unit_id: int | None, raters: Sequence[Rater]) -> InvitationLine:
    last, last_by = _last(raters)
    return InvitationLine(
        group_key=group_key,
        unit_id=unit_id,
        unit_name=raters[0].unit.name if raters[0].unit else "",
        raters=len(raters),
        printed=sum(1 for rater in raters if rater.tag is not None),
        reprinted=sum(1 for rater in raters if rater.printings > 1),
        last=last,
        last_by=last_by,
    )


def _last(raters: Sequence[Rater]) -> tuple[dt.datetime | None, str]:
    """When and by whom the newest of these letters was printed."""
    printed = [(rater.printed, rater.printed_by) for rater in raters if rater.printed is not None]
    return max(printed, default=(None, ""))


def find(raters: Sequence[Rater], wanted: str) -> list[Rater]:
    """Those whose name or number holds these words; all of them for no words."""
    words = wanted.split()
    return [rater for rater in raters if all(word in rater.name or word in rater.code for word in words)]
