"""A disk dies in mid-campaign and yesterday's backup is brought back: used slips stay used, and what is missing is said."""

from __future__ import annotations

import random
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from sqlalchemy import select

from survey_app.config import Config
from survey_app.models import AuditEvent, Campaign
from survey_app.services.backups import making, restored, restoring
from survey_app.services.books import headcounts
from survey_app.services.books.headcounts import Counts
from survey_app.services.campaign import campaigns
from survey_app.services.operating import points, standing
from survey_app.services.operating.readiness import Readiness
from tests.faults import breaking, history
from tests.faults.hall import Voter, crowd, voters
from tests.faults.place import Place
from tests.support.clock import NOON

#: Those who were told before the backup began, those who cast after it was made, those who come later.
BEFORE, AFTER, LATER = 20, 15, 10


@pytest.mark.slow
def test_after_a_restore_used_slips_stay_used_and_what_is_missing_is_told_and_stands_in_the_books(tmp_path: Path) -> None:
    place, backup = breaking.new_place(tmp_path / "old"), tmp_path / "noon.backup"
    with place.serving() as server:
        town = place.town(200)
        phones = voters(town, random.Random(5))
        before, beside, after = phones[:BEFORE], phones[BEFORE:100], phones[100 : 100 + AFTER]
        later, never = phones[150 : 150 + LATER], phones[150 + LATER :]
        assert all(phone.send(server.address, town) for phone in before)
        with crowd(server.address, town, beside, hands=4) as hall:  # some of these are in the backup, some are not
            hall.kept_back = 20  # however long the backup takes
            hall.wait_for(5)
            making.write(place.config, backup, now=NOON, unsealed=True)
            hall.wait_for(5)
        assert all(phone.send(server.address, town) for phone in after)
        server.kill()
    there = tmp_path / "new"
    (there / "temporary").mkdir(parents=True)
    config = Config(data=there / "data", database_url=f"sqlite:///{there / 'data' / 'pingyi.db'}")
    restoring.read(config, backup)
    new = Place(config, there / "temporary")
    with new.serving() as server:
        codes = {phone.submission: phone.codes[0] for phone in before}
        assert all(phone.send(server.address, town) for phone in before)
        assert [phone.codes[-1] for phone in before] == list(codes.values())
        for phone in before[:5]:  # another answer from a used slip is not taken
            Voter(phone.secret, (4, 1, 50, 4, 4, 4, 4)).send(server.address, town)
        assert new.stored() < BEFORE + len(beside) + AFTER
        assert [is_found(server.address, phone) for phone in before[:3]] == [True] * 3
        assert [is_found(server.address, phone) for phone in after] == [False] * AFTER  # their receipts are unknown here
        for phone in after:
            phone.codes.clear()
        assert all(phone.send(server.address, town) for phone in [*after[:8], *later])  # told to cast again with the same slips
        told_by_office(new)
    missing = after[8:]
    for phone in missing:
        phone.sent = False
    kept = [phone for phone in beside if phone.codes]
    stored = new.stored()
    used = BEFORE + len(kept) + AFTER + LATER
    the_books_say_it(new, town.campaign_id, used=used, unused=len(phones) - used)
    for phone in kept:
        phone.codes.clear()  # which of them were in the backup nobody knows; what is there has to be theirs
    verdict = history.compare(new, town, [*before, *beside, *after, *later, *never])
    assert verdict.holds(), verdict
    assert verdict.stored == stored


def is_found(address: str, phone: Voter) -> bool:
    """Whether the place knows the receipt."""
    asked = urllib.parse.urlencode({"code": phone.codes[0]}).encode()
    with urllib.request.urlopen(f"{address}/r", data=asked) as answer:
        return "有一张选票的回执码正是" in answer.read().decode()


def told_by_office(place: Place) -> None:
    """The log of acts and the operator's page say when it was restored, and from when."""
    with place.session() as session:
        act = session.scalars(select(AuditEvent).where(AuditEvent.action == restored.ACTION)).one()
        stands = standing.stand(session, place.config, now=NOON)
    assert act.detail.startswith("noon.backup ")
    assert not (place.config.data / restored.NAME).exists()
    assert stands.restored is not None
    assert stands.restored[1] == NOON
    (point,) = [one for one in points.points(Readiness((), 0.01), stands, None, None) if "从备份恢复" in one.title]
    assert point.state == points.BAD
    assert "用原来的凭条再交一次" in point.remedy


def the_books_say_it(place: Place, campaign_id: int, *, used: int, unused: int) -> None:
    """The box holds more used slips than there are ballots: the books name the difference."""
    with place.session() as session:
        campaign = session.get_one(Campaign, campaign_id)
        campaigns.close(session, campaign, now=NOON)
        (line,) = [one for one in headcounts.reconcile(session, campaign) if one.group.key == "guests"]
        headcounts.save_counts(session, campaign, {(line.unit_code, "guests"): Counts(present=used, spoiled=0, unused=unused)})
        session.commit()
        (line,) = [one for one in headcounts.reconcile(session, campaign) if one.group.key == "guests"]
    assert line.difference is not None
    assert line.difference < 0
    assert line.findings
