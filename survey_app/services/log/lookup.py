"""From what a person has in hand (receipt code, printed alias, scanned link) to the leaf of their ballot: where, never what.

Answers only within one campaign, and only about a code somebody brings: nobody can list who has voted with it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.costs import AliasCost
from survey_app.i18n import N_
from survey_app.models import Ballot, Campaign, Rater, Slip
from survey_app.services.casting.alias_gate import AliasGate
from survey_app.services.casting.credentials import typed_digest
from survey_app.services.casting.receipts import leaf_of_receipt
from survey_app.services.log.epochs import Log, LogPlace, find
from survey_app.services.sealing.sealed_content import RECEIPT_CHARACTERS, receipt_code
from survey_app.services.sealing.tokens import (
    ALIAS_CHARACTERS,
    ALPHABET,
    TokenError,
    parse_alias,
    parse_secret,
    plain_code,
    slip_tag,
)


@dataclass(frozen=True)
class Answer:
    """`found`: the place in the log; None with `recorded`: stored, and enters a later epoch; neither: nothing of the kind."""

    found: LogPlace | None
    recorded: bool
    leaf: bytes = b""


def look_up(session: Session, campaign: Campaign, log: Log, text: str, *, cost: AliasCost, gate: AliasGate) -> Answer:
    """Where the ballot stands that belongs to this code. Raises TokenError for what is no code of ours, BusyError."""
    leaf = _leaf(session, campaign, log, text, cost=cost, gate=gate)
    if leaf is None:
        return Answer(None, recorded=False)
    stored = session.scalar(select(Ballot.key).where(Ballot.leaf == leaf, Ballot.campaign_id == campaign.id)) is not None
    return Answer(find(log, leaf), stored, leaf)


def _leaf(session: Session, campaign: Campaign, log: Log, text: str, *, cost: AliasCost, gate: AliasGate) -> bytes | None:
    if "#" in text:
        return _of_tag(session, campaign, slip_tag(parse_secret(text.rpartition("#")[2])))
    plain = plain_code(text)
    if len(plain) == RECEIPT_CHARACTERS and all(character in ALPHABET for character in plain):
        # The published list first: it answers also when the ballot has vanished from the database.
        near = [leaf for leaf in log.leaves if receipt_code(leaf).replace("-", "") == plain]
        return near[0] if near else leaf_of_receipt(session, plain)
    if len(plain) == ALIAS_CHARACTERS + 1:
        alias = parse_alias(text)
        digest = typed_digest(session, alias, campaign.salt, cost=cost, gate=gate)
        tag = session.scalar(select(Slip.tag).where(Slip.alias_digest == digest)) or session.scalar(
            select(Rater.tag).where(Rater.alias_digest == digest, Rater.campaign_id == campaign.id)
        )
        if tag is None:
            gate.failed()
        return None if tag is None else _of_tag(session, campaign, tag)
    raise TokenError(
        N_("认不出这个码：回执码有 %(receipt)s 个字符，凭条编号有 %(alias)s 个，也可以粘贴扫凭条得到的网址。"),
        receipt=RECEIPT_CHARACTERS,
        alias=ALIAS_CHARACTERS + 1,
    )


def _of_tag(session: Session, campaign: Campaign, tag: bytes) -> bytes | None:
    """The leaf of this slip's ballot, or of the newest version of this link's."""
    own = session.scalar(select(Ballot.leaf).where(Ballot.key == tag, Ballot.campaign_id == campaign.id))
    if own is not None:
        return own
    return session.scalar(
        select(Ballot.leaf)
        .join(Rater, Rater.id == Ballot.rater_id)
        .where(Rater.tag == tag, Ballot.campaign_id == campaign.id, Ballot.superseded.is_(False))
    )
