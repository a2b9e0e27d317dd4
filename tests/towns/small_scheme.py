"""A scheme small enough to reason about by hand, and a campaign on it, for tests of casting and of the voter's pages.

Five subjects A1 … A5. Guests (anonymous, slips) answer `overall` (four grades) on all five; on A1 only they must also
answer `know` (two grades or "do not know") and may answer `score` (0 to 100). Members (signed, links) answer `overall` only.

Guests' rule `few best`: at most 20 % of 5 = 1 may be "best": refused. Members' rule `some low`: at least 20 % of 5 = 1
must be "low": a warning that can be confirmed.

Slots of both styles, in order: 0 A1 overall, 1 A1 know, 2 A1 score (guests only) …: see GUEST_SLOTS and MEMBER_SLOTS.
Codes of `overall`: 1 best, 2 good, 3 fair, 4 low.
"""

from __future__ import annotations

from dataclasses import dataclass
from secrets import token_bytes

from sqlalchemy.orm import Session

from analysis.evidence import Slot
from questionnaires.loader import load_scheme
from survey_app.costs import AliasCost
from survey_app.models import Campaign, Rater, Slip, SlipBatch, Subject, Unit
from survey_app.services.campaign.styles import store_styles
from survey_app.services.sealing import custody, tokens
from survey_app.services.sealing.custody import WrapCost
from survey_app.services.sealing.tokens import Alias, Secret
from tests.support.clock import NOON

QUICK = AliasCost(time=1, memory=64)
PASSPHRASE = "小镇的春天 2026 年到了"

TEXT = """
scheme: small
version: 2026-01-01
title: {zh-Hans: 小镇测评, en: Small town}
languages: [zh-Hans, en]
policy: {display: half up 2, base: valid, empty group: renormalise, empty item: renormalise, limit rounding: inside}
facts:
  rank: {values: [first, other]}
scales:
  grades: {best: 100, good: 80, fair: 60, low: 0}
  known: {well: 1, little: 0, unsure: not counted}
  hundred: {kind: numbers, from: 0, to: 100}
groups:
  guests: {title: {zh-Hans: 来宾, en: Guests}}
  members: {title: {zh-Hans: 委员, en: Members}, signed: true}
items:
  overall: {scale: grades, ask: {zh-Hans: 总的来看怎么样？, en: Overall?}}
  know: {scale: known, ask: {zh-Hans: 您了解他吗？, en: Do you know them?}, where: {rank: first}}
  score: {scale: hundred, ask: {zh-Hans: 打个分, en: A score}, required: false, where: {rank: first}}
forms:
  - {group: guests, ask: [overall, know, score]}
  - {group: members, ask: overall}
ballot rules:
  few best: {group: guests, items: overall, grades: best, at most: 20%, base: asked, effect: refuse, title: 最好不过两成}
  some low: {group: members, items: overall, grades: low, at least: 20%, base: asked, effect: warn, title: 较低不少于两成}
quantities:
  mean: {grade points: overall, title: {zh-Hans: 平均分, en: Mean}}
  mean know: {grade points: know, title: {zh-Hans: 认识, en: Known}}
  mean score: {grade points: score, title: {zh-Hans: 打分, en: Scores}}
results:
  by group: [mean, mean know, mean score]
"""

GUEST_SLOTS = (
    Slot("A1", "overall"), Slot("A1", "know"), Slot("A1", "score"),
    Slot("A2", "overall"), Slot("A3", "overall"), Slot("A4", "overall"), Slot("A5", "overall"),
)  # fmt: skip
GOOD_MARKS = (1, 1, 0, 2, 3, 4, 2)  # one best, A1 known, no score
MEMBER_MARKS = (1, 1, 2, 3, 4)  # one low: no warning


@dataclass(frozen=True)
class Town:
    """What a test holds of the campaign: ids of its two styles, codes of its slips and links."""

    campaign_id: int
    key: str
    guests: str
    members: str
    slips: tuple[tuple[Secret, Alias], ...]
    links: tuple[tuple[Secret, Alias], ...]
    public_key: bytes


def build(
    session: Session, *, slips: int = 3, state: str = "open", key: str = "K3Y", text: str = TEXT, subjects: int = 5
) -> Town:
    """Add the campaign and commit. `key` keeps several towns in one database apart; `text` is another scheme of these groups."""
    scheme = load_scheme(text, "small.yml")
    public, wrapped = custody.create_keys(PASSPHRASE, cost=WrapCost(time=1, memory=64))
    campaign = Campaign(
        key=key, title="小镇年度评议", period="2026", asks="镇评议办公室请您评议，结果张榜公布。",
        until="11 月 30 日", state=state,
        scheme_key=scheme.key, scheme_version=scheme.version, scheme_text=text, scheme_digest=scheme.digest,
        public_key=public, wrapped_key=wrapped, salt=(key + "salt").ljust(16, "x").encode(), created=NOON,
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    unit = Unit(campaign_id=campaign.id, code="T", name="东镇", place=1, facts={})
    session.add(unit)
    session.flush()
    for n in range(1, subjects + 1):
        facts = {"rank": "first" if n == 1 else "other"}
        session.add(Subject(campaign_id=campaign.id, unit_id=unit.id, code=f"A{n}", name=f"张{n}", place=n, facts=facts))
    raters = [Rater(campaign_id=campaign.id, code=f"M{n}", name=f"王{n}", group_key="members") for n in (1, 2)]
    session.add_all(raters)
    session.flush()
    ids = {style.group_key: style.id for style in store_styles(session, campaign, scheme, token_bytes)}
    batch = SlipBatch(campaign_id=campaign.id, style_id=ids["guests"], meeting="年终大会", issued=slips)
    session.add(batch)
    session.flush()
    codes = tuple((tokens.mint_secret(), tokens.mint_alias()) for _ in range(slips))
    for secret, alias in codes:
        digest = tokens.alias_digest(alias, campaign.salt, QUICK)
        session.add(Slip(tag=tokens.slip_tag(secret), batch_id=batch.id, style_id=ids["guests"], alias_digest=digest))
    links = tuple((tokens.mint_secret(), tokens.mint_alias()) for _ in range(2))
    for rater, (secret, alias) in zip(raters, links, strict=True):
        rater.tag, rater.printings = tokens.slip_tag(secret), 1
        rater.alias_digest = tokens.alias_digest(alias, campaign.salt, QUICK)
    session.commit()
    return Town(campaign.id, campaign.key, ids["guests"], ids["members"], codes, links, public)
