"""Every phone's record against what was opened: nothing acknowledged is lost or other than sent, nothing is there twice.

Two looks at the box that share nothing but the key: each ballot opened here by itself, and the count as the office makes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, text

from survey_app.models import Ballot, Campaign
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting
from survey_app.services.sealing import custody, sealed_content, tokens
from tests.faults.hall import Voter
from tests.faults.place import Place
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.towns.small_scheme import PASSPHRASE, Town


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the comparison found. All but the first two have to be 0."""

    acknowledged: int
    stored: int
    lost: int
    double: int
    changed: int
    from_nowhere: int
    two_receipts: int
    miscounted: int

    def holds(self) -> bool:
        """Whether every acknowledgement was kept, once and as sent."""
        return not (self.lost or self.double or self.changed or self.from_nowhere or self.two_receipts or self.miscounted)


def compare(place: Place, town: Town, phones: Sequence[Voter]) -> Verdict:
    """Close the campaign where it is open, count it, and hold every phone's record against the opened box."""
    with place.session() as session:
        if place.config.database_url.startswith("sqlite") and (found := session.scalar(text("PRAGMA integrity_check"))) != "ok":
            raise AssertionError(f"the file is damaged: {found}")
        campaign = session.get_one(Campaign, town.campaign_id)
        if campaign.state == "open":
            campaigns.close(session, campaign, now=NOON)
        attend(session, campaign)
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="office", now=NOON)
        session.commit()
        tally = counting.stored_opening(session, campaign).tally
        counted = sum(books.valid + books.blank for books in tally.books)
        key = custody.unwrap(campaign.wrapped_key, PASSPHRASE)
        ballots = session.scalars(select(Ballot).where(Ballot.campaign_id == town.campaign_id)).all()
        opened = [
            (one.key, _code(one.leaf), sealed_content.read_sealed(custody.open_sealed(key, one.sealed)).marks) for one in ballots
        ]
    by_slip = {tag: (code, marks) for tag, code, marks in opened}
    tags = {tokens.slip_tag(voter.secret): voter for voter in phones}
    told = [voter for voter in phones if voter.codes]
    kept = {tag: by_slip[tag] for tag in tags if tag in by_slip}
    return Verdict(
        acknowledged=len(told),
        stored=len(opened),
        lost=sum(_plain(voter.codes[0]) not in {code for _tag, code, _marks in opened} for voter in told),
        double=sum(times - 1 for times in Counter(tag for tag, _code_, _marks in opened).values()),
        changed=sum(tags[tag].marks != marks for tag, (_code_, marks) in kept.items()),
        from_nowhere=sum(tag not in tags or not tags[tag].sent for tag in by_slip),
        two_receipts=sum(len(set(voter.codes)) > 1 for voter in told),
        miscounted=abs(counted - len(opened)),
    )


def _code(leaf: bytes) -> str:
    return _plain(sealed_content.receipt_code(leaf))


def _plain(code: str) -> str:
    return code.replace("-", "")
