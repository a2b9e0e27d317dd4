"""A claim that a receipt is not in the log, checked by its code: whether the ballot is there and where, never what it says.

Threat answered to: an office that asks who voted in order to answer. A receipt names the beginning of a leaf that everybody can
look up in the public log; whoever checks it here learns what the log tells anybody, and nothing is noted down.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.i18n import gettext as _
from survey_app.models import Ballot, Campaign
from survey_app.services.casting.receipts import leaf_of_receipt
from survey_app.services.log import epochs
from survey_app.services.sealing.sealed_content import RECEIPT_CHARACTERS, receipt_code
from survey_app.services.sealing.tokens import ALPHABET, plain_code

#: What may be a receipt code in running words: letters, digits and the strokes between its groups.
_CODE = re.compile(r"[0-9A-Za-z０-９Ａ-Ｚａ-ｚ][0-9A-Za-z０-９Ａ-Ｚａ-ｚ－\- ]{18,40}")
#: A claim names one receipt, perhaps two; more are a list that nobody has in their hand.
_MOST = 5


@dataclass(frozen=True)
class ReceiptChecked:
    """A code that was named, and what the log says of it. `there`: whether its ballot is in the log or waits for it."""

    code: str
    told: str
    there: bool


def codes_in(said: str) -> list[str]:
    """The receipt codes that a claim names, in the shape in which they are printed."""
    found = []
    for words in _CODE.findall(said):
        plain = plain_code(words)
        if len(plain) == RECEIPT_CHARACTERS and all(character in ALPHABET for character in plain):
            found.append("-".join(plain[start : start + 5] for start in range(0, RECEIPT_CHARACTERS, 5)))
    return list(dict.fromkeys(found))[:_MOST]


def check(session: Session, campaign: Campaign, said: str) -> list[ReceiptChecked]:
    """What the log of this campaign says of each receipt that a claim names."""
    log = epochs.log_of(session, campaign)
    if log is None:
        return []
    return [_checked(session, campaign, log, code) for code in codes_in(said)]


def _checked(session: Session, campaign: Campaign, log: epochs.Log, code: str) -> ReceiptChecked:
    plain = plain_code(code)
    # the published list first: it answers also when the ballot has vanished from the database
    leaf = next((one for one in log.leaves if receipt_code(one) == code), None) or leaf_of_receipt(session, plain)
    here = select(Ballot.key).where(Ballot.leaf == leaf, Ballot.campaign_id == campaign.id)
    stored = leaf is not None and session.scalar(here) is not None
    place = epochs.find(log, leaf) if leaf is not None else None
    if place is not None:
        told = _("在日志里：第 %(epoch)s 节第 %(place)s 片叶子。", epoch=place.epoch.number, place=place.index + 1)
        gone = _("但是票箱里没有这张票了，请马上查清。")
        return ReceiptChecked(code, told if stored else f"{told}{gone}", there=stored)
    if stored:
        return ReceiptChecked(code, _("已收到，还没有列入日志；投票结束时列入。"), there=True)
    return ReceiptChecked(code, _("日志里没有，票箱里也没有；请与回执逐个字符核对。"), there=False)
