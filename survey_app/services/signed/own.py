"""Signed forms as stored: the sealed copy made at the cast, where a form stands, and what its author is shown of it.

Lives here: from a recorded or opened ballot to its copy, and from a copy back to log and ballot box. May not live here: the
file's format (`signed.copy`), who read a form and why (`readings`), pages.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.costs import AliasCost
from survey_app.models import Ballot, BallotStyle, Campaign, LogKey, Rater
from survey_app.services.casting import cast
from survey_app.services.casting.alias_gate import GATE
from survey_app.services.casting.credentials import Credential, find_holder
from survey_app.services.log import epochs
from survey_app.services.log.epochs import LogPlace
from survey_app.services.sealing.sealed_content import Signature, mark_bytes
from survey_app.services.signed import copy as signed_copy
from survey_app.services.signed.copy import Copy, SignedForm


@dataclass(frozen=True)
class Place:
    """Where a recorded form stands: its place in the log (None: enters a later epoch), and the version that counts now.

    `stored`: the ballot box holds it. `current`: the newest version of this rater, 0 when the box holds none.
    """

    found: LogPlace | None
    stored: bool
    current: int


@dataclass(frozen=True)
class Checked:
    """What became of a copy. `campaign` None: not a campaign of this server, and only the seal's own key can be judged."""

    copy: Copy
    campaign: Campaign | None
    genuine: bool
    place: Place | None


@dataclass(frozen=True)
class Own:
    """What a link's holder is told of their form once the campaign is closed; `ballot` None: nothing was sent with it."""

    rater: Rater
    ballot: Ballot | None
    place: Place | None


def describe(session: Session, ballot: Ballot, marks: tuple[int, ...], signature: Signature) -> SignedForm:
    """The record of a signed ballot, from what it says. The same ballot gives the same record."""
    style, paper = cast.paper_of(session, ballot.style_id)
    campaign, rater = style.campaign, session.get_one(Rater, ballot.rater_id)
    spoken = paper.scheme.languages[0]
    answers: dict[str, list[tuple[str, str]]] = {}
    for place, (slot, mark) in enumerate(zip(paper.slots, marks, strict=True)):
        said = next((choice.label.in_(spoken) for choice in paper.choices(place) if choice.code == mark), "")
        answers.setdefault(slot.subject, []).append((paper.scheme.items[slot.item].text.in_(spoken), said))
    return SignedForm(
        campaign=campaign.key,
        title=campaign.title,
        period=campaign.period,
        form=style.id,
        group=paper.scheme.groups[style.group_key].title.in_(spoken),
        rater=rater.code,
        invited=rater.name,
        version=ballot.version or 0,
        leaf=ballot.leaf.hex(),
        marks=mark_bytes(marks, wide=paper.wide()).hex(),
        answers=tuple((code, paper.names.get(code, code), tuple(pairs)) for code, pairs in answers.items()),
        name=signature.name,
        ink=signed_copy.ink_digest(signature.ink),
    )


def copy_of(session: Session, leaf: bytes, marks: tuple[int, ...], signature: Signature, *, secret: str) -> Copy | None:
    """The sealed copy of the ballot just recorded.

    Parameters
    ----------
    session
        Read only.
    leaf
        The ballot's leaf in the log.
    marks : (slots,) int
        What the rater marked, 0 for nothing.
    signature
        What the rater signed with.
    secret
        The server's secret, under which the log's key lies.

    Returns
    -------
    Copy or None
        None while the campaign has no log key.

    Raises
    ------
    SigningKeyError
        When the log's key does not open.
    """
    ballot = session.scalars(select(Ballot).where(Ballot.leaf == leaf, Ballot.kind == "signed")).one()
    return sealed(session, describe(session, ballot, marks, signature), ballot.campaign_id, secret=secret)


def sealed(session: Session, form: SignedForm, campaign_id: int, *, secret: str) -> Copy | None:
    """The form with the seal of its campaign's log key; None when there is no such key. Raises SigningKeyError."""
    key = session.get(LogKey, campaign_id)
    return None if key is None else signed_copy.seal(form, key=key.public, boxed=key.sealed, secret=secret)


def check(session: Session, copy: Copy) -> Checked:
    """Whether the seal is this server's, and where the form stands.

    A key that came with the file proves nothing about who made it: of campaigns held here, our own key is what judges. Of another
    server's copy only its own key can be tried.

    Parameters
    ----------
    session
        Read only.
    copy
        The copy somebody kept.
    """
    campaign = session.scalar(select(Campaign).where(Campaign.key == copy.form.campaign))
    key = session.get(LogKey, campaign.id) if campaign else None
    if campaign is None or key is None:
        return Checked(copy, None, copy.fits(copy.key), None)
    if copy.key != key.public or not copy.fits(key.public):
        return Checked(copy, campaign, genuine=False, place=None)
    place = place_of(session, campaign, bytes.fromhex(copy.form.leaf), copy.form.rater)
    return Checked(copy, campaign, genuine=True, place=place)


def place_of(session: Session, campaign: Campaign, leaf: bytes, rater: str) -> Place:
    """Where the leaf of this rater (by code) stands."""
    mine = select(func.max(Ballot.version)).join(Rater, Rater.id == Ballot.rater_id)
    current = session.scalar(mine.where(Rater.campaign_id == campaign.id, Rater.code == rater)) or 0
    stored = session.scalar(select(Ballot.key).where(Ballot.leaf == leaf, Ballot.campaign_id == campaign.id)) is not None
    log = epochs.log_of(session, campaign)
    return Place(epochs.find(log, leaf) if log else None, stored, current)


def own(session: Session, style: BallotStyle, credential: Credential, *, cost: AliasCost) -> Own:
    """What this link's holder sent, without its content, which only the opening key opens. Raises as `find_holder`."""
    campaign = style.campaign
    holder = find_holder(session, credential, style=style, campaign=campaign, signed=True, cost=cost, gate=GATE)
    rater = session.get_one(Rater, holder.rater_id)
    ballot = session.scalar(select(Ballot).where(Ballot.rater_id == rater.id, Ballot.superseded.is_(False)))
    if ballot is None:
        return Own(rater, None, None)
    return Own(rater, ballot, place_of(session, campaign, ballot.leaf, rater.code))
