"""Heads of the office's log of acts, as they leave the house in checkpoints: who rewrites or cuts it contradicts printed paper.

A head is the digest of the log's newest line. The line names a random key, so that nobody finds out an act by trying.
"""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import Campaign, LogEpoch
from survey_app.services.log.entries import AUDIT
from survey_app.services.log.epochs import Epoch
from survey_app.services.office.audit_check import PrintedHead


def printed(session: Session) -> list[PrintedHead]:
    """Every head in a stored checkpoint, campaign by campaign in the order of the epochs."""
    rows = session.execute(
        select(Campaign.title, LogEpoch.number, LogEpoch.entries)
        .join(Campaign, Campaign.id == LogEpoch.campaign_id)
        .order_by(Campaign.id, LogEpoch.number)
    )
    return [PrintedHead(title, number, head) for title, number, text in rows for head in _heads(json.loads(text))]


def head_of(epoch: Epoch) -> str:
    """The head that this epoch fixed, in hexadecimal digits; "" for an epoch of before there were any."""
    return next((one.hex() for one in _heads([json.loads(text) for text in epoch.entries])), "")


def _heads(entries: list[dict[str, object]]) -> list[bytes]:
    return [bytes.fromhex(str(one["head"])) for one in entries if one["record"] == AUDIT]
