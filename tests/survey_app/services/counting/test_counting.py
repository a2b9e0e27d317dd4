"""Opening the box: every ballot is counted or named, none on the strength of an earlier check, none without the passphrase."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from analysis.report import Report
from survey_app.errors import RefusedError
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Ballot, Campaign, StoredReport, StoredTally
from survey_app.services.casting import cast as ballots
from survey_app.services.casting.credentials import Credential
from survey_app.services.counting import counting
from survey_app.services.counting.counting import NotClosedError, NotCountedError, Opening, RecountDiffersError
from survey_app.services.sealing import custody, sealed_content, tokens
from survey_app.services.sealing.custody import WrongPassphraseError
from survey_app.services.sealing.sealed_content import OpenedBallot, Signature
from tests.support.application import csrf
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, MEMBER_MARKS, PASSPHRASE, QUICK, Town, build

LATER = NOON + dt.timedelta(hours=1)
BLANK = (0,) * 7
TWO_BEST = (1, 1, 0, 1, 3, 4, 2)  # the rule allows one


def cast(session: Session, town: Town, number: int, marks: Sequence[int] = GOOD_MARKS) -> None:
    ballots.cast(
        session, style_id=town.guests, credential=Credential(secret=town.slips[number][0]),
        submission_id=bytes([number]) * 16, marks=marks, alias_cost=QUICK,
    )  # fmt: skip


def sign(session: Session, town: Town, number: int, version: int, marks: Sequence[int] = MEMBER_MARKS) -> None:
    ballots.cast(
        session, style_id=town.members, credential=Credential(secret=town.links[number][0]), version=version,
        submission_id=bytes([100 + 10 * number + version]) * 16, marks=marks, signature=Signature("王一"), alias_cost=QUICK,
    )  # fmt: skip


def plant(session: Session, town: Town, key: bytes, marks: Sequence[int], *, content: bytes = b"", leaf: bytes = b"") -> bytes:
    """Put a ballot into the box as somebody with the database would: sealed to the public key, by no casting. Gives the leaf."""
    randomness = b"r" * 32
    committed = sealed_content.commitment(randomness, bytes(marks))
    own = sealed_content.leaf(campaign=town.key, style=town.guests, key=key, committed=committed, version=1)
    content = content or sealed_content.write_content(OpenedBallot(tuple(marks), randomness), wide=False)
    row = Ballot(
        key=key, campaign_id=town.campaign_id, style_id=town.guests, kind="anonymous", superseded=False,
        sealed=custody.seal(town.public_key, content), submission=b"p" * 32, leaf=leaf or own,
    )  # fmt: skip
    session.add(row)
    session.commit()
    return row.leaf


def closed(session: Session, town: Town) -> Campaign:
    session.execute(update(Campaign).where(Campaign.id == town.campaign_id).values(state="closed", closed=NOON))
    session.commit()
    session.expire_all()
    campaign = session.get_one(Campaign, town.campaign_id)
    attend(session, campaign)
    session.commit()
    return campaign


def count(session: Session, campaign: Campaign) -> Report:
    stored = counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=LATER)
    session.commit()
    return Report.from_json(stored.content)


def books(opening: Opening) -> dict[str, tuple[int, int, int, int, int]]:
    return {book.group: (book.cast, book.valid, book.blank, book.invalid, book.superseded) for book in opening.tally.books}


def slip_key(town: Town, number: int) -> bytes:
    return tokens.slip_tag(town.slips[number][0])


def test_what_was_cast_is_what_is_counted(session: Session) -> None:
    town = build(session, slips=3)
    cast(session, town, 0)  # overall on A1..A5: best good fair low good; A1 known well
    cast(session, town, 1, (2, 3, 87, 1, 2, 3, 4))  # good best good fair low; unsure whether known; the 88th number
    sign(session, town, 0, 0)
    sign(session, town, 0, 1, (2, 1, 2, 3, 4))
    campaign = closed(session, town)
    report = count(session, campaign)
    counts = report.tally.counts
    assert counts["A1", "guests", "overall"] == (0, 1, 1)
    assert counts["A5", "guests", "overall"] == (0, 0, 1, 0, 1)
    assert counts["A1", "guests", "know"] == (0, 1, 0, 1)
    assert counts["A1", "members", "overall"] == (0, 0, 1)
    # Guests on A1: (100 + 80)/2; on A5: (80 + 0)/2. "Unsure" is no answer: 1/1. Of the member, version two counts.
    assert report.value("mean", subject="A1", group="guests") == Fraction(90)
    assert report.value("mean", subject="A5", group="guests") == Fraction(40)
    assert report.value("mean know", subject="A1", group="guests") == Fraction(1)
    assert report.value("mean", subject="A1", group="members") == Fraction(80)
    assert books(counting.stored_opening(session, campaign)) == {"guests": (2, 2, 0, 0, 0), "members": (2, 1, 0, 0, 1)}
    assert (campaign.state, campaign.counted) == ("counted", LATER)
    assert session.scalars(select(AuditEvent.action)).all()[-1] == "count"


def test_every_ballot_that_casting_never_made_is_invalid_named_and_not_counted(session: Session) -> None:
    town = build(session, slips=9)
    cast(session, town, 0)
    wrong = {
        "no_credential": plant(session, town, b"stuffed".ljust(32, b"!"), GOOD_MARKS),
        "limit_broken": plant(session, town, slip_key(town, 1), TWO_BEST),
        "wrong_length": plant(session, town, slip_key(town, 2), GOOD_MARKS[:-1]),
        "unknown_mark": plant(session, town, slip_key(town, 3), (5, 1, 0, 2, 3, 4, 2)),
        "leaf_differs": plant(session, town, slip_key(town, 4), GOOD_MARKS, leaf=b"L" * 32),
        "damaged": plant(session, town, slip_key(town, 5), GOOD_MARKS, content=b'{"marks":"01"}'),
        "unopenable": plant(session, town, slip_key(town, 6), GOOD_MARKS),
    }
    plant(session, town, slip_key(town, 7), BLANK)
    session.execute(update(Ballot).where(Ballot.key == slip_key(town, 6)).values(sealed=b"not a sealed box at all" * 4))
    session.commit()
    campaign = closed(session, town)
    report = count(session, campaign)
    opening = counting.stored_opening(session, campaign)
    # nine in the box: the honest one is valid, the empty one blank, seven invalid
    assert books(opening)["guests"] == (9, 1, 1, 7, 0)
    assert report.tally.counts["A1", "guests", "overall"] == (0, 1)
    found = {one.what: one.receipt for one in opening.remarks}
    assert found == {what: sealed_content.receipt_code(leaf) for what, leaf in wrong.items()}
    assert next(one.rule for one in opening.remarks if one.what == "limit_broken") == "few best"


def test_an_altered_ballot_that_still_opens_is_caught_by_its_receipt(session: Session) -> None:
    town = build(session)
    cast(session, town, 0)
    swapped = sealed_content.write_content(OpenedBallot((4, 1, 0, 4, 4, 4, 4), b"r" * 32), wide=False)
    session.execute(update(Ballot).values(sealed=custody.seal(town.public_key, swapped)))
    session.commit()
    campaign = closed(session, town)
    report = count(session, campaign)
    assert [one.what for one in counting.stored_opening(session, campaign).remarks] == ["leaf_differs"]
    assert report.tally.counts["A1", "guests", "overall"] == ()


def test_nothing_is_counted_before_the_close_or_with_a_wrong_passphrase(session: Session) -> None:
    town = build(session)
    cast(session, town, 0)
    campaign = session.get_one(Campaign, town.campaign_id)
    with pytest.raises(NotClosedError):
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=LATER)
    campaign = closed(session, town)
    with pytest.raises(WrongPassphraseError):
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE + "?", account="评议办", now=LATER)
    with pytest.raises(NotCountedError):
        counting.recompute(session, campaign, account="评议办", now=LATER)
    session.rollback()
    assert session.get_one(Campaign, town.campaign_id).state == "closed"
    assert [session.scalar(select(func.count()).select_from(table)) for table in (StoredTally, StoredReport)] == [0, 0]


def test_a_recount_of_an_untouched_box_agrees_and_of_a_touched_one_changes_nothing(session: Session) -> None:
    town = build(session, slips=3)
    cast(session, town, 0)
    campaign = closed(session, town)
    first = count(session, campaign)
    assert count(session, campaign).to_json() == first.to_json()
    digest = session.get_one(StoredTally, campaign.id).digest
    plant(session, town, slip_key(town, 1), GOOD_MARKS)
    with pytest.raises(RecountDiffersError):
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=LATER)
    session.rollback()
    assert session.get_one(StoredTally, campaign.id).digest == digest
    assert session.scalar(select(func.count()).select_from(StoredReport)) == 2


def test_the_tally_does_not_depend_on_the_order_of_casting(session: Session) -> None:
    other = (2, 2, 10, 1, 2, 3, 4)
    reports = []
    for key, first, second in (("AB", GOOD_MARKS, other), ("BA", other, GOOD_MARKS)):
        town = build(session, key=key)
        cast(session, town, 0, first)
        cast(session, town, 1, second)
        reports.append(count(session, closed(session, town)))
    assert reports[0].tally.counts == reports[1].tally.counts


def test_a_tally_edited_in_the_database_is_refused(session: Session) -> None:
    town = build(session)
    cast(session, town, 0)
    campaign = closed(session, town)
    count(session, campaign)
    row = session.get_one(StoredTally, campaign.id)
    row.content = row.content.replace('"A1","guests","overall",[0,1]', '"A1","guests","overall",[0,0,1]')
    session.flush()
    with pytest.raises(RefusedError, match="摘要"):
        counting.stored_opening(session, campaign)


def test_progress_reaches_the_last_ballot(session: Session) -> None:
    town = build(session)
    cast(session, town, 0)
    cast(session, town, 1)
    seen: list[tuple[str, int, int]] = []
    counting.open_and_count(
        session, closed(session, town), passphrase=PASSPHRASE, account="评议办", now=LATER,
        progress=lambda step, done, whole: seen.append((step, done, whole)),
    )  # fmt: skip
    assert seen[:2] == [("opening", 0, 2), ("opening", 2, 2)]
    assert [step for step, _, _ in seen[2:]] == ["counting", "explaining", "keeping"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_office_opens_the_box_on_a_page_and_reads_the_books(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = build(session, slips=3)
        cast(session, town, 0)
        plant(session, town, slip_key(town, 1), TWO_BEST)
        closed(session, town)
    address = f"/office/campaigns/{town.key}/count/"
    refused = office_client.post(address, data={"passphrase": "错的口令也有十二个字吧", "csrf_token": csrf(office_client)})
    assert refused.status_code == 403
    assert "开启口令不对" in refused.get_data(as_text=True)
    answer = office_client.post(address, data={"passphrase": PASSPHRASE, "csrf_token": csrf(office_client)})
    assert answer.status_code == 302
    page = office_client.get(address).get_data(as_text=True)
    assert "违反投票时就应拒收的限额" in page
    assert "收到 = 有效 + 空白 + 无效 + 被取代" in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_strangers_meet_no_counting_page(app: Flask, client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = build(session)
    assert client.get(f"/office/campaigns/{town.key}/count/").status_code == 302
    assert client.get(f"/office/results/{town.key}/").status_code == 302
