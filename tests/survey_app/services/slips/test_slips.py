"""Slips and invitations: digests only, issued when they may be, void when they are void, and counted for the books."""

from __future__ import annotations

import itertools
import secrets
from concurrent.futures import Executor

import pytest
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from survey_app.errors import NotFoundError, RefusedError
from survey_app.models import Ballot, BallotStyle, Campaign, Rater, Slip, SlipBatch
from survey_app.services.casting import cast
from survey_app.services.casting.cast import Credential
from survey_app.services.log import voids
from survey_app.services.sealing.tokens import alias_digest, parse_alias, secret_text, slip_tag
from survey_app.services.slips import invitations, slips
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, QUICK, Town, build

SECRET = "a server's own secret, for logs in tests"


def guests(session: Session, town: Town) -> BallotStyle:
    return session.get_one(BallotStyle, town.guests)


def campaign_of(session: Session, town: Town) -> Campaign:
    return session.get_one(Campaign, town.campaign_id)


def issue(session: Session, town: Town, count: int = 5) -> slips.PrintedBatch:
    batch = slips.issue(session, style=guests(session, town), count=count, meeting="  年终 \n 大会 ", cost=QUICK)
    session.commit()
    return batch


def send(session: Session, town: Town, credential: Credential) -> None:
    cast.cast(
        session,
        style_id=town.guests,
        credential=credential,
        submission_id=secrets.token_bytes(16),
        marks=GOOD_MARKS,
        alias_cost=QUICK,
    )


def close(session: Session, town: Town) -> None:
    session.execute(update(Campaign).where(Campaign.id == town.campaign_id).values(state="closed"))
    session.commit()
    session.expire_all()


def test_a_slip_casts_by_its_code_and_by_its_alias_typed_with_confusions(session: Session) -> None:
    town = build(session)
    batch = issue(session, town, 2)
    send(session, town, Credential(secret=batch.slips[0][0]))
    alias = batch.slips[1][1]
    typed = " " + alias.lower().replace("0", "o").replace("1", "l").replace("-", " ")
    assert parse_alias(typed) == alias
    send(session, town, Credential(alias=parse_alias(typed)))
    assert session.scalar(select(func.count()).select_from(Ballot)) == 2


def test_the_meeting_stands_on_one_line_and_the_batch_says_how_many(session: Session) -> None:
    town = build(session)
    batch = issue(session, town)
    line = slips.batches(session, campaign_of(session, town))[0]
    assert (line.id, line.meeting, line.issued, line.void, line.style_id) == (batch.batch_id, "年终 大会", 5, False, town.guests)


def test_the_database_holds_no_code_of_any_slip_or_link(session: Session, engine: Engine) -> None:
    town = build(session)
    batch = issue(session, town, 20)
    campaign = campaign_of(session, town)
    raters = list(session.scalars(select(Rater).where(Rater.campaign_id == campaign.id)))
    invited = invitations.issue(session, campaign=campaign, raters=raters, cost=QUICK)
    session.commit()
    codes = [*batch.slips, *((one.secret, one.alias) for one in invited)]
    stored = []
    with engine.connect() as connection:
        for table in SlipBatch.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608 - our own table names
                stored += [bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode() for cell in row]
    everything = b"\n".join(stored)
    assert slip_tag(batch.slips[0][0]) in everything  # the search does find what is there
    if engine.dialect.name == "sqlite":
        path = engine.url.database
        assert path is not None
        for suffix in ("", "-wal"):
            with open(path + suffix, "rb") as file:  # noqa: PTH123 - the write-ahead log has no name of its own
                everything += file.read()
    for secret, alias in codes:
        plain = alias.replace("-", "")
        written = (secret.hex(), secret_text(secret), alias, plain, plain[:-1])
        assert not [trace for trace in (secret, *(one.encode() for one in written)) if trace in everything]


def test_rows_are_stored_in_the_order_of_their_tags_not_of_printing(session: Session) -> None:
    town = build(session)
    minted = slips.mint(guests(session, town), count=50, meeting="大会", cost=QUICK)
    tags = [tag for tag, _ in minted.rows]
    assert tags == sorted(tags)
    assert tags != [slip_tag(secret) for secret, _ in minted.slips]
    by_tag = dict(minted.rows)
    for secret, alias in minted.slips:  # sorting keeps each slip's two digests together
        assert by_tag[slip_tag(secret)] == alias_digest(alias, campaign_of(session, town).salt, QUICK)


def test_hashing_tells_how_far_it_is_and_holds_no_transaction(session: Session) -> None:
    town = build(session)
    style = guests(session, town)
    assert style.campaign.key == town.key  # loaded, as a page has it
    session.commit()
    seen: list[tuple[int, int, bool]] = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total, session.in_transaction()))

    slips.mint(style, count=3, meeting="大会", cost=QUICK, progress=progress)
    assert seen == [(1, 3, False), (2, 3, False), (3, 3, False)]


def test_a_batch_is_stored_whole_or_not_at_all(session: Session) -> None:
    town = build(session)
    minted = slips.mint(guests(session, town), count=4, meeting="大会", cost=QUICK)
    session.commit()
    close(session, town)
    with pytest.raises(RefusedError, match="已经结束"):
        slips.store(session, minted)
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Slip)) == 3  # the town's own
    assert session.scalar(select(func.count()).select_from(SlipBatch)) == 1


@pytest.mark.parametrize("count", [0, -1, 2001])
def test_one_to_two_thousand_slips_a_printing(session: Session, count: int) -> None:
    town = build(session)
    with pytest.raises(slips.BatchError, match="1 到 2000"):
        slips.issue(session, style=guests(session, town), count=count, meeting="大会", cost=QUICK)


@pytest.mark.parametrize(("meeting", "sentence"), [("  ", "请写明会议"), ("会" * 121, "最多 120 个")])
def test_a_meeting_has_a_name_that_fits(session: Session, meeting: str, sentence: str) -> None:
    town = build(session)
    with pytest.raises(slips.BatchError, match=sentence):
        slips.issue(session, style=guests(session, town), count=1, meeting=meeting, cost=QUICK)


def test_signed_groups_get_invitations_and_anonymous_groups_slips(session: Session) -> None:
    town = build(session)
    with pytest.raises(slips.BatchError, match="不用凭条"):
        slips.issue(session, style=session.get_one(BallotStyle, town.members), count=1, meeting="大会", cost=QUICK)
    campaign = campaign_of(session, town)
    stray = Rater(campaign_id=campaign.id, code="X", name="赵六", group_key="guests", style_id=town.guests)
    with pytest.raises(invitations.InvitationError, match=r"赵六 .*匿名"):
        invitations.issue(session, campaign=campaign, raters=[stray], cost=QUICK)
    with pytest.raises(invitations.InvitationError, match="选了 0 份"):
        invitations.issue(session, campaign=campaign, raters=[], cost=QUICK)


@pytest.mark.parametrize(("state", "sentence"), [("draft", "还没有批准"), ("closed", "已经结束"), ("counted", "已经结束")])
def test_only_an_open_campaign_prints_and_voids(session: Session, state: str, sentence: str) -> None:
    town = build(session, state=state)
    campaign = campaign_of(session, town)
    raters = list(session.scalars(select(Rater).where(Rater.campaign_id == campaign.id)))
    with pytest.raises(RefusedError, match=sentence):
        slips.issue(session, style=guests(session, town), count=1, meeting="大会", cost=QUICK)
    with pytest.raises(RefusedError, match=sentence):
        voids.void_batch(session, session.scalars(select(SlipBatch)).one(), secret=SECRET, now=NOON)
    with pytest.raises(RefusedError, match=sentence):
        invitations.issue(session, campaign=campaign, raters=raters, cost=QUICK)


def test_a_batch_is_void_once(session: Session) -> None:
    town = build(session)
    batch = slips.batch_of(session, campaign_of(session, town), issue(session, town).batch_id)
    voids.void_batch(session, batch, secret=SECRET, now=NOON)
    session.commit()
    with pytest.raises(voids.VoidBatchError):
        voids.void_batch(session, batch, secret=SECRET, now=NOON)


def test_another_campaigns_batch_is_not_found(session: Session) -> None:
    here, there = build(session), build(session, key="TH3R3")
    theirs = issue(session, there)
    with pytest.raises(NotFoundError):
        slips.batch_of(session, campaign_of(session, here), theirs.batch_id)


def test_issued_is_what_is_in_force_and_after_the_close_what_void_slips_were_used_for(session: Session) -> None:
    town = build(session)  # prints 3 slips and 2 invitations of its own
    first = issue(session, town, 5)
    for secret, _ in first.slips[:2]:
        send(session, town, Credential(secret=secret))
    campaign = campaign_of(session, town)
    assert slips.issued_counts(session, campaign) == {(None, "guests"): 3 + 5, (None, "members"): 2}
    voids.void_batch(session, slips.batch_of(session, campaign, first.batch_id), secret=SECRET, now=NOON)
    session.commit()
    assert slips.issued_counts(session, campaign)[None, "guests"] == 3  # open: nothing from which casts could be counted
    issue(session, town, 4)
    close(session, town)
    campaign = campaign_of(session, town)
    # 3 of the town, 4 of the new batch, and the 2 of the void one that were used.
    assert slips.issued_counts(session, campaign) == {(None, "guests"): 3 + 4 + 2, (None, "members"): 2}


def test_invitation_lines_count_who_has_a_link(session: Session) -> None:
    town = build(session)
    session.execute(update(Rater).where(Rater.code == "M2").values(tag=None, alias_digest=None))
    session.commit()
    session.expire_all()
    (line,) = invitations.lines(session, campaign_of(session, town))
    assert (line.group_key, line.unit_id, line.raters, line.printed) == ("members", None, 2, 1)
    listed = invitations.raters_of(session, campaign_of(session, town), group_key="members", unit_id=None)
    assert [rater.code for rater in listed] == ["M1", "M2"]


def test_codes_do_not_show_in_a_representation(session: Session) -> None:
    town = build(session)
    minted = slips.mint(guests(session, town), count=1, meeting="大会", cost=QUICK)
    printed = slips.store(session, minted)
    shown = repr(minted) + repr(printed)
    assert str(minted.slips[0][1]) not in shown
    assert repr(minted.slips[0][0]) not in shown


def test_the_pool_given_is_the_pool_used(session: Session) -> None:
    class Counting(Executor):
        used = 0

        def map(self, fn, *iterables, timeout=None, chunksize=1):  # type: ignore[no-untyped-def]  # the library's own shape
            Counting.used += 1
            return itertools.starmap(fn, zip(*iterables, strict=True))

    town = build(session)
    slips.mint(guests(session, town), count=2, meeting="大会", cost=QUICK, pool=Counting())
    assert Counting.used == 1
