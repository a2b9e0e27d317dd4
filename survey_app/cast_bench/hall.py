"""The hall whose voters the benchmark plays: a campaign made, closed, opened and counted by the doors of a real one.

Lives here: the campaign, its slips, and the comparison of what was acknowledged with what was counted. May not live here:
servers, connections.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine

from survey_app import bridge, clock
from survey_app.costs import AliasCost
from survey_app.database import session_factory
from survey_app.services.campaign import campaigns, rehearsal
from survey_app.services.campaign.styles import styles_of
from survey_app.services.casting import receipts
from survey_app.services.counting import counting
from survey_app.services.demo import rounds
from survey_app.services.release import approval
from survey_app.services.roster import importing
from survey_app.services.sealing.custody import WrapCost
from survey_app.services.sealing.tokens import secret_text
from survey_app.services.slips import slips
from survey_app.services.uploads import Upload

#: Lines of the form: with these it weighs about 20 kB before it is compressed, as the forms of the shipped systems do.
SUBJECTS, ITEMS = 6, 3
_PASSPHRASE = "测速用的口令 只开这一次"  # noqa: S105 - of a campaign that ends with the run
_ACCOUNT = "bench"
#: Slips are scanned, their printed codes never typed: they need no slow digest.
_QUICK, _QUICK_WRAP = AliasCost(time=1, memory=8), WrapCost(time=1, memory=64)
_SCHEME = """
scheme: bench
version: 2026-01-01
title: {zh-Hans: 会场测速}
languages: [zh-Hans]
policy: common policy
scales: {grades: {好: 100, 较好: 80, 一般: 60, 差: 0}}
groups: {hall: {title: 会场}}
items: {甲: grades, 乙: grades, 丙: grades}
forms: [{group: hall, ask: [甲, 乙, 丙]}]
quantities: {mean: {grade points: [甲, 乙, 丙]}}
results: {by item: [mean]}
"""
#: Codes of the scale, by which a voter's marks are drawn.
CHOICES = 4


@dataclass(frozen=True)
class Hall:
    """The open campaign: its form, and the secrets of slips that nobody used yet."""

    campaign_key: str
    style_id: str
    secrets: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class BoxReckoning:
    """What became of the ballots.

    `lost`: acknowledged and not in the counted box. `double`: counted beyond what anybody sent. `unanswered`: sent, and its
    answer never came; each may be counted or not. `astray`: marks counted otherwise than they were sent.
    """

    acknowledged: int
    unanswered: int
    counted: int
    lost: int
    double: int
    astray: int


def build(engine: Engine, slips_wanted: int) -> Hall:
    """An open campaign in an empty, up-to-date database, with so many slips."""
    with session_factory(engine)() as session:
        now = clock.now()
        campaign = campaigns.create(
            session, scheme_text=_SCHEME, title="会场测速", period="2026", passphrase=_PASSPHRASE, asker="测速", purpose="测速",
            asks="测速", until="12 月 1 日", demo=True, wrap_cost=_QUICK_WRAP, now=now,
        )  # fmt: skip
        importing.import_roster(session, campaign, _roster(slips_wanted))
        rehearsal.rehearse(session, campaign, _PASSPHRASE, account=_ACCOUNT, now=now)
        approval.open_small_groups(session, campaign)
        approval.approve(session, campaign, now=now)
        session.commit()
        style = styles_of(session, campaign)[0].row
        secrets: list[str] = []
        while len(secrets) < slips_wanted:
            count = min(slips.MOST_SLIPS, slips_wanted - len(secrets))
            batch = slips.issue(session, style=style, count=count, meeting="会场", cost=_QUICK)
            session.commit()
            secrets += (secret_text(secret) for secret, _alias in batch.slips)
        return Hall(campaign.key, style.id, tuple(secrets))


def _roster(entitled: int) -> Sequence[Upload]:
    people = "".join(f"S{n},对象{n},U\n" for n in range(1, SUBJECTS + 1))
    return [
        Upload("单位.csv", "单位编号,单位名称\nU,会场\n".encode()),
        Upload("评价对象.csv", f"编号,姓名或名称,单位编号\n{people}".encode()),
        Upload("应到人数.csv", f"单位编号,评议主体,应到人数\n,会场,{entitled}\n".encode()),
    ]


def marks_of(number: int) -> list[int]:
    """The marks of the voter with this number, by slot: different from one to the next, so that a mix-up shows in the sums."""
    return [1 + (number + slot * (1 + number % 3)) % CHOICES for slot in range(SUBJECTS * ITEMS)]


def close_and_compare(engine: Engine, hall: Hall, acknowledged: Mapping[int, str], unanswered: Iterable[int]) -> BoxReckoning:
    """Close, open, count, and hold against it what the clients were told.

    `acknowledged`: number of the voter -> the receipt code they were shown. `unanswered`: voters whose sending got no answer.
    """
    with session_factory(engine)() as session:
        campaign = campaigns.by_key(session, hall.campaign_key)
        campaigns.close(session, campaign, now=clock.now())
        rounds.count_boxes(session, campaign)
        session.commit()
        counting.open_and_count(session, campaign, passphrase=_PASSPHRASE, account=_ACCOUNT, now=clock.now())
        session.commit()
        record = bridge.tally_record(counting.stored_opening(session, campaign).tally)
        lost = sum(not receipts.is_recorded(session, code) for code in acknowledged.values())
    counted, missing = sum(one.valid for one in record.books), list(unanswered)
    doubled_codes = len(acknowledged) - len(set(acknowledged.values()))
    sent = Counter((slot, mark) for number in acknowledged for slot, mark in enumerate(marks_of(number)))
    found = Counter(dict[tuple[int, int], int]())
    slots = {(slot.subject, slot.item): at for one in record.books for at, slot in enumerate(one.slots)}
    for row in record.counts:
        at = slots[row.subject, row.item]
        found.update({(at, code): count for code, count in enumerate(row.codes) if code})
    return BoxReckoning(
        acknowledged=len(acknowledged),
        unanswered=len(missing),
        counted=counted,
        lost=lost,
        double=doubled_codes + max(0, counted - len(acknowledged) - len(missing)),
        astray=sum((sent - found).values()) if missing else sum((sent - found).values()) + sum((found - sent).values()),
    )
