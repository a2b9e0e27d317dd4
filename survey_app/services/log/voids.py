"""Voiding a batch of slips: no later cast with them, and the log says at once how many had been cast.

Lives here: the void and the reissue, each with its epoch in one transaction, so that there is no void without its number. May not
live here: how an epoch is made (`log.epochs`), what the office is asked before (`views`).

Threats answered to:
- Ballots written afterwards on the tags of a void batch. The number and the leaves until the void are in a signed epoch; a cast
  holds the campaign (shared) while it asks whether its batch is void and is stored, and the void holds it alone, so no cast is on
  its way while it is counted, and none comes after. Forms that lie on phones at this moment are refused and their voters get
  another slip. How many may come after a void is therefore none at all, and the checker allows none.
- A void declared only to hide ballots that were added *before* it: they stand in the books in a line of their own (`voided`), are
  held against the attendance, and the checker names them.
"""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Campaign, SlipBatch
from survey_app.services.log import epochs
from survey_app.services.log.epochs import Epoch
from survey_app.services.slips import slips
from survey_app.services.slips.printings import Stamp, refuse_unless_seen, state_of_batch
from survey_app.services.slips.slips import MintedBatch, PrintedBatch


class VoidBatchError(RefusedError):
    """The batch is void already."""


def void_batch(session: Session, batch: SlipBatch, *, secret: str, now: dt.datetime, seen: str | None = None) -> Epoch:
    """Refuse every later cast with a slip of this batch, and log how many came before.

    Ballots already cast with it stay and count, because nobody can tell whose they are; the books have a line for them.

    Parameters
    ----------
    session, batch
        The caller commits.
    secret
        The server's secret, which opens the log's signing key.
    now
        The moment.
    seen
        The state of the batch on the page that asked (`printings`); None where no page did.

    Returns
    -------
    Epoch
        The epoch that says it.

    Raises
    ------
    RefusedError
        When the campaign is not open.
    StalePrintingError
        When the batch is not as it was shown.
    VoidBatchError
        When it is void already.
    """
    campaign = session.get_one(Campaign, batch.campaign_id)
    refuse_stale_batch(session, batch, seen=seen)
    epochs.begin(session, campaign, secret=secret, now=now)  # before the void, which has an epoch of its own
    batch.void = True
    session.flush()
    return epochs.add_void(session, campaign, secret=secret, now=now)


def refuse_stale_batch(session: Session, batch: SlipBatch, *, seen: str | None) -> None:
    """Hold the campaign and the batch, and make sure that it may be declared void. Raises as `void_batch`."""
    campaign = session.get_one(Campaign, batch.campaign_id)
    epochs.lock(session, campaign)
    slips.refuse_unless_open(campaign)
    session.refresh(batch, with_for_update=True)
    if batch.void:
        raise VoidBatchError(N_("这一批凭条已经作废了，不用再做什么。"))
    if seen is not None:
        refuse_unless_seen(seen, state_of_batch(batch))


def reissue(
    session: Session, batch: SlipBatch, minted: MintedBatch, stamp: Stamp, *, secret: str, seen: str | None = None
) -> PrintedBatch:
    """Void `batch` and store `minted` in its place, both or neither.

    Parameters
    ----------
    session, batch
        The caller commits.
    minted
        As many slips for the same ballot style.
    stamp
        Who printed them and when, which is the moment of the void.
    secret
        The server's secret, which opens the log's signing key.
    seen
        As in `void_batch`.

    Returns
    -------
    PrintedBatch
        The one copy of the new codes.

    Raises
    ------
    RefusedError
        When the campaign is not open, or, as a kind of it, as `void_batch` raises.
    ValueError
        When the new slips are for another ballot style.
    """
    if minted.style_id != batch.style_id:
        raise ValueError("a batch is reissued for its own ballot style")
    void_batch(session, batch, secret=secret, now=stamp.at, seen=seen)
    return slips.store(session, minted, stamp)
