"""What goes into the log, when an epoch may be made, and that it singles nobody out."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from analysis.disclosure.floors import EPOCH
from survey_app.errors import RefusedError
from survey_app.models import Ballot, Campaign, LogEpoch
from survey_app.proof import checkpoints, tree
from survey_app.services.campaign import campaigns
from survey_app.services.log import epochs
from survey_app.services.log.epochs import EpochError
from tests.support.clock import NOON
from tests.survey_app.services.counting.test_counting import cast, sign
from tests.towns.small_scheme import Town, build

SECRET = "the server's secret of this test, long enough"


def campaign_of(session: Session, town: Town) -> Campaign:
    return session.get_one(Campaign, town.campaign_id)


def cast_many(session: Session, town: Town, numbers: range) -> None:
    for number in numbers:
        cast(session, town, number)


def log_of(session: Session, town: Town) -> epochs.Log:
    log = epochs.log_of(session, campaign_of(session, town))
    assert log is not None
    return log


def meeting(session: Session, town: Town, name: str = "上午场") -> epochs.Epoch:
    epoch = epochs.add_meeting(session, campaign_of(session, town), name=name, secret=SECRET, now=NOON)
    session.commit()
    return epoch


def close(session: Session, town: Town) -> epochs.Epoch | None:
    campaign = campaign_of(session, town)
    if campaign.state == "open":
        campaigns.close(session, campaign, now=NOON)
    epoch = epochs.add_close(session, campaign, secret=SECRET, now=NOON)
    session.commit()
    return epoch


def test_set_up_fixes_scheme_plan_roster_forms_keys_and_slips_before_any_ballot(session: Session) -> None:
    town = build(session, slips=3)
    campaign = campaign_of(session, town)
    epochs.begin(session, campaign, secret=SECRET, now=NOON)
    epochs.begin(session, campaign, secret=SECRET, now=NOON)  # a second time changes nothing
    session.commit()
    (epoch,) = log_of(session, town).epochs
    entries = [json.loads(text) for text in epoch.entries]
    assert sorted(entry["record"] for entry in entries) == [
        "audit",
        "campaign", "custody", "log", "log-key", "opening-key", "plan", "release-plan", "scheme", "slips", "style", "style",
        "subjects",
    ]  # fmt: skip
    slips = next(entry for entry in entries if entry["record"] == "slips")
    assert (slips["issued"], slips["meeting"], slips["style"]) == (3, "年终大会", town.guests)
    scheme = next(entry for entry in entries if entry["record"] == "scheme")
    assert scheme["digest"] == hashlib.sha256(campaign.scheme_text.encode()).hexdigest()
    assert (epoch.kind, epoch.size, epoch.ballots) == ("setup", 13, ())
    # The leaf of an entry is the RFC's digest of its text; the leaves stand in the order of their digests.
    assert list(epoch.leaves) == sorted(hashlib.sha256(b"\x00" + text.encode()).digest() for text in epoch.entries)
    assert epoch.root == tree.root(epoch.leaves)


def test_a_draft_has_no_log(session: Session) -> None:
    town = build(session, state="draft")
    epochs.begin(session, campaign_of(session, town), secret=SECRET, now=NOON)
    assert epochs.log_of(session, campaign_of(session, town)) is None


def test_a_meeting_needs_twice_the_floor_and_leaves_the_floor_behind(session: Session) -> None:
    town = build(session, slips=2 * EPOCH)
    cast_many(session, town, range(2 * EPOCH - 1))
    with pytest.raises(EpochError, match="不到 20 张"):
        meeting(session, town)
    session.rollback()
    cast(session, town, 2 * EPOCH - 1)
    epoch = meeting(session, town)
    assert len(epoch.ballots) == EPOCH  # 20 waiting, 10 stay behind
    with pytest.raises(EpochError, match="只做一次"):
        meeting(session, town)
    session.rollback()
    with pytest.raises(EpochError, match="不到"):
        meeting(session, town, "下午场")  # only the ten left behind are waiting
    session.rollback()


def test_a_late_ballot_is_in_the_last_epoch_among_at_least_the_floor_of_others(session: Session) -> None:
    town = build(session, slips=2 * EPOCH + 1)
    cast_many(session, town, range(2 * EPOCH))
    meeting(session, town)
    cast(session, town, 2 * EPOCH)  # comes alone, late
    last = close(session, town)
    assert last is not None
    assert len(last.ballots) == EPOCH + 1
    log = log_of(session, town)
    every = {leaf for epoch in log.epochs for leaf in epoch.ballots}
    assert every == set(session.scalars(select(Ballot.leaf)))
    assert [epoch.kind for epoch in log.epochs] == ["setup", "meeting", "close"]
    assert close(session, town) is None


def test_who_stays_behind_is_drawn_by_lot(session: Session) -> None:
    """Left behind by any rule of order (first, last, least digest), it would tell again who came when."""
    town = build(session, slips=2 * EPOCH)
    cast_many(session, town, range(2 * EPOCH))
    drawn = set()
    for _ in range(5):
        drawn.add(frozenset(meeting(session, town).ballots))
        session.execute(delete(LogEpoch).where(LogEpoch.number == 1))
        session.commit()
    assert len(drawn) > 1  # 184,756 ways to draw ten of twenty


def test_signed_forms_bear_a_name_and_wait_for_nobody(session: Session) -> None:
    town = build(session)
    sign(session, town, 0, 0)
    assert len(meeting(session, town).ballots) == 1


def test_later_batches_and_voids_enter_the_next_epoch_and_links_the_last(session: Session) -> None:
    town = build(session)
    epochs.begin(session, campaign_of(session, town), secret=SECRET, now=NOON)
    session.commit()
    last = close(session, town)
    assert last is not None
    assert [json.loads(text) for text in last.entries] == [
        {"record": "audit", "epoch": 1, "head": hashlib.sha256(b"pingyi/audit/v1").hexdigest()},  # nobody has done anything yet
        {"record": "invitations", "style": town.members, "issued": 2},
    ]


def test_every_leaf_is_found_with_a_path_to_its_epochs_root(session: Session) -> None:
    town = build(session, slips=2 * EPOCH + 3)
    cast_many(session, town, range(2 * EPOCH))
    meeting(session, town)
    cast_many(session, town, range(2 * EPOCH, 2 * EPOCH + 3))
    close(session, town)
    log = log_of(session, town)
    for leaf in session.scalars(select(Ballot.leaf)):
        found = epochs.find(log, leaf)
        assert found is not None
        said = checkpoints.read(found.epoch.text, log.public)
        assert said is not None
        assert tree.root_of_path(leaf, found.index, said.size, found.path) == said.root
    assert epochs.find(log, b"x" * 32) is None


def test_a_ballot_dropped_added_or_changed_behind_the_log_is_missed(session: Session) -> None:
    town = build(session, slips=4)
    cast_many(session, town, range(4))
    close(session, town)
    campaign = campaign_of(session, town)
    assert epochs.missing(session, campaign) == (0, 0)
    one = session.scalars(select(Ballot.leaf)).first()
    session.execute(update(Ballot).where(Ballot.leaf == one).values(leaf=b"c" * 32))
    assert epochs.missing(session, campaign) == (1, 1)  # changed: one gone, one strange
    session.execute(delete(Ballot).where(Ballot.leaf == b"c" * 32))
    assert epochs.missing(session, campaign) == (1, 0)


def test_an_epoch_altered_in_the_database_is_refused_when_read(session: Session) -> None:
    town = build(session)
    epochs.begin(session, campaign_of(session, town), secret=SECRET, now=NOON)
    text = session.scalars(select(LogEpoch.text)).one()
    session.execute(update(LogEpoch).values(text=text.replace("\n13\n", "\n11\n")))
    session.expire_all()
    with pytest.raises(RefusedError, match="对不上"):
        log_of(session, town)
