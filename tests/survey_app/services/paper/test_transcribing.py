"""A sheet of paper: typed blind by two, settled by a third, cast once, and forgotten."""

from __future__ import annotations

from dataclasses import replace
from unittest import mock

import pytest
from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError, UserError
from survey_app.models import AccountRole, AuditEvent, Ballot, Campaign, PaperTyping, SlipBatch
from survey_app.services.campaign import campaigns
from survey_app.services.casting import cast
from survey_app.services.casting.refusals import LimitBrokenError, MissingItemError, UnknownSlipError
from survey_app.services.paper import stacks, transcribing, typed_sheets
from survey_app.services.paper.stacks import SheetError
from survey_app.services.paper.transcribing import SheetDone, SheetOutcome
from survey_app.services.sealing import custody, tokens
from tests.support.clock import NOON
from tests.support.paper_desk import PaperDesk, begin_desk
from tests.support.sending import send, slip
from tests.towns.small_scheme import GOOD_MARKS, PASSPHRASE, QUICK

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
#: GOOD_MARKS with one line read differently: the first subject is "fair" instead of what stands there.
OTHER = (3, *GOOD_MARKS[1:])


@pytest.fixture
def desk(session: Session) -> PaperDesk:
    return begin_desk(session)


def opened_marks(desk: PaperDesk) -> list[tuple[int, ...]]:
    """What is in the box, opened with the passphrase."""
    wrapped = desk.session.get_one(Campaign, desk.town.campaign_id).wrapped_key
    key = custody.unwrap(wrapped, PASSPHRASE)
    return [cast.read_sealed(custody.open_sealed(key, row.sealed)).marks for row in desk.session.scalars(select(Ballot))]


def test_two_who_read_the_same_cast_the_sheet_and_nothing_of_it_is_kept(desk: PaperDesk) -> None:
    assert desk.put(0, GOOD_MARKS).outcome == SheetOutcome.FIRST
    assert (desk.count(Ballot), desk.count(PaperTyping), desk.progress) == (0, 1, "...")
    done = desk.put(1, GOOD_MARKS)
    assert (done.outcome, desk.progress, desk.count(PaperTyping)) == (SheetOutcome.CAST, "+..", 0)
    (row,) = desk.session.scalars(select(Ballot))
    assert done.receipt is not None
    assert (row.leaf, row.key) == (done.receipt.leaf, tokens.slip_tag(desk.town.slips[0][0]))
    assert opened_marks(desk) == [GOOD_MARKS]


def test_nothing_in_the_tables_tells_a_ballot_of_paper_from_one_of_a_phone(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    desk.put(1, GOOD_MARKS)
    send(desk.session, desk.town, slip(desk.town, 1), submission=b"p" * 16)
    desk.session.expire_all()
    rows = desk.session.scalars(select(Ballot)).all()
    own = {"key", "sealed", "submission", "leaf"}  # digests and boxes, each of one length
    told = [{name: value for name, value in vars(row).items() if name not in own and name[0] != "_"} for row in rows]
    assert len(rows) == 2
    assert told[0] == told[1]
    assert {len(row.sealed) for row in rows} == {len(rows[0].sealed)}
    acts = desk.session.scalars(select(AuditEvent.action)).all()
    assert [act for act in acts if act.startswith("paper")] == ["paper-stack"]  # of typing and casting no line is written


def test_a_third_settles_what_two_read_differently_and_sees_both(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    assert desk.put(1, OTHER).outcome == SheetOutcome.DIFFERS
    assert desk.count(Ballot) == 0
    for earlier in (0, 1):
        with pytest.raises(SheetError, match="另一个人"):
            desk.put(earlier, GOOD_MARKS)
    opened = transcribing.open_sheet(desk.session, desk.sheet(2))
    assert [one.typed.marks for one in opened.both if one.typed] == [GOOD_MARKS, OTHER]
    third = (2, *GOOD_MARKS[1:])
    assert desk.put(2, third).outcome == SheetOutcome.CAST
    assert opened_marks(desk) == [third]


def test_the_second_sees_nothing_of_the_first_and_the_first_cannot_be_the_second(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    opened = transcribing.open_sheet(desk.session, desk.sheet(1))
    assert (opened.turn, opened.own, opened.both) == (2, None, ())
    with pytest.raises(SheetError, match="另一个人"):
        transcribing.open_sheet(desk.session, desk.sheet(0))
    with pytest.raises(SheetError, match="另一个人"):
        desk.put(0, GOOD_MARKS)
    assert desk.count(Ballot) == 0


def test_who_is_interrupted_goes_on_where_they_were_and_nobody_else_does(desk: PaperDesk) -> None:
    half = (GOOD_MARKS[0], *(0,) * (len(GOOD_MARKS) - 1))
    assert desk.put(0, half, whole=False).outcome == SheetOutcome.HALF
    with pytest.raises(SheetError, match="录到一半"):
        desk.put(1, GOOD_MARKS)
    own = transcribing.open_sheet(desk.session, desk.sheet(0)).own
    assert own is not None
    assert (own.marks, own.keyed) == (half, tuple(str(mark) for mark in half))
    assert desk.put(0, GOOD_MARKS).outcome == SheetOutcome.FIRST
    assert desk.put(1, GOOD_MARKS).outcome == SheetOutcome.CAST


def test_a_cast_sheet_is_told_as_such_and_never_cast_twice(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    desk.put(1, GOOD_MARKS)
    with pytest.raises(SheetError, match="已经投出"):
        desk.put(1, GOOD_MARKS)
    with pytest.raises(SheetError, match="凭条已经用过"):  # the same paper under another number
        desk.put(0, GOOD_MARKS, 2)
    assert (desk.count(Ballot), desk.progress) == (1, "+..")


def test_the_rules_are_those_of_the_screen(desk: PaperDesk) -> None:
    with pytest.raises(MissingItemError):
        desk.put(0, (0,) * len(GOOD_MARKS))
    best = tuple(1 if at in (0, 3) else mark for at, mark in enumerate(GOOD_MARKS))
    with pytest.raises(LimitBrokenError):
        desk.put(0, best)
    assert desk.count(PaperTyping) == 0


@on_sqlite
def test_another_slip_an_unknown_one_and_none_are_refused(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    with pytest.raises(SheetError, match="另一张凭条"):
        desk.put(1, GOOD_MARKS, slip=1)
    with pytest.raises(SheetError, match="没有凭条"):
        desk.put(1, GOOD_MARKS, 2, slip=None)
    with pytest.raises(UnknownSlipError):
        transcribing.open_sheet(desk.session, replace(desk.sheet(0, 2), alias=tokens.mint_alias()))
    for number in (0, 4):
        with pytest.raises(SheetError, match="1 到 3"):
            desk.put(0, GOOD_MARKS, number)
    assert (desk.count(Ballot), desk.progress) == (0, "...")


def test_setting_aside_takes_two_who_say_so_or_a_third(desk: PaperDesk) -> None:
    assert desk.put(0, "d").outcome == SheetOutcome.FIRST
    assert desk.put(1, "t").outcome == SheetOutcome.ASIDE
    assert desk.progress == "d.."
    desk.put(0, "n", 2, slip=None)
    assert desk.put(1, GOOD_MARKS, 2, slip=1).outcome == SheetOutcome.DIFFERS
    opened = transcribing.open_sheet(desk.session, desk.sheet(2, 2, slip=1))
    assert [(one.reason, one.typed and one.typed.marks) for one in opened.both] == [("n", None), ("", GOOD_MARKS)]
    assert desk.put(2, GOOD_MARKS, 2, slip=1).outcome == SheetOutcome.CAST
    assert desk.progress == "d+."
    acts = desk.session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "paper-aside")).all()
    assert acts == ["K3Y 1/1 d"]


def test_what_was_set_aside_can_be_taken_up_again_and_what_was_cast_cannot(desk: PaperDesk) -> None:
    desk.put(0, "d")
    desk.put(1, "d")
    desk.put(0, GOOD_MARKS, 2, slip=1)
    desk.put(1, GOOD_MARKS, 2, slip=1)
    campaign = desk.session.get_one(Campaign, desk.town.campaign_id)
    stacks.begin_anew(desk.session, campaign, desk.stack, 1, account="经办0", now=NOON)
    desk.session.commit()
    assert desk.progress == ".+."
    with pytest.raises(SheetError, match="已经投出"):
        stacks.begin_anew(desk.session, campaign, desk.stack, 2, account="经办0", now=NOON)
    desk.session.rollback()
    assert desk.put(1, GOOD_MARKS).outcome == SheetOutcome.FIRST
    assert desk.put(0, GOOD_MARKS).outcome == SheetOutcome.CAST


@pytest.mark.parametrize("broken", ["before the cast", "after the cast"])
def test_a_crash_between_comparing_and_forgetting_loses_nothing_and_casts_once(desk: PaperDesk, broken: str) -> None:
    desk.put(0, GOOD_MARKS)
    place = (
        "survey_app.services.paper.transcribing._cast" if broken == "before the cast" else "survey_app.services.paper.stacks.mark"
    )
    with mock.patch(place, side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        desk.put(1, GOOD_MARKS)
    assert (desk.count(Ballot), desk.progress) == (int(broken == "after the cast"), "...")
    opened = transcribing.open_sheet(desk.session, desk.sheet(2))  # whoever takes the sheet up next
    assert opened.done is not None
    assert opened.done.outcome == SheetOutcome.CAST
    assert (desk.count(Ballot), desk.count(PaperTyping), desk.progress) == (1, 0, "+..")
    assert opened_marks(desk) == [GOOD_MARKS]


def test_a_third_whose_cast_was_interrupted_is_not_asked_again(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    desk.put(1, OTHER)
    with mock.patch("survey_app.services.paper.stacks.mark", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
        desk.put(2, OTHER)
    opened = transcribing.open_sheet(desk.session, desk.sheet(0))
    assert opened.done is not None
    assert (opened.done.outcome, desk.count(Ballot), opened_marks(desk)) == (SheetOutcome.CAST, 1, [OTHER])


def test_a_slip_that_voted_by_phone_meanwhile_sets_its_sheet_aside(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    send(desk.session, desk.town, slip(desk.town, 0), submission=b"p" * 16)
    assert desk.put(1, GOOD_MARKS) == SheetDone(SheetOutcome.ASIDE, None, "u")
    assert (desk.count(Ballot), desk.progress) == (1, "u..")


@on_sqlite
def test_a_void_slip_sets_its_sheet_aside(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    desk.session.scalars(select(SlipBatch)).one().void = True
    desk.session.commit()
    assert desk.put(1, GOOD_MARKS) == SheetDone(SheetOutcome.ASIDE, None, "v")


def test_the_close_forgets_what_was_typed_and_takes_no_sheet_any_more(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    campaign = desk.session.get_one(Campaign, desk.town.campaign_id)
    assert stacks.left(desk.session, campaign) == 3
    campaigns.close(desk.session, campaign, now=NOON)
    desk.session.commit()
    assert (desk.count(PaperTyping), desk.count(Ballot)) == (0, 0)
    with pytest.raises(RefusedError, match="不在进行中"):
        desk.put(1, GOOD_MARKS)


def test_what_waits_says_nothing_without_the_slip_and_no_two_rows_differ_in_length(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    desk.put(1, OTHER)
    desk.session.rollback()
    rows = desk.session.scalars(select(PaperTyping)).all()
    boxes = [row.sealed for row in rows if row.sealed]
    assert len({len(box) for box in boxes}) == 1
    salt = desk.session.get_one(Campaign, desk.town.campaign_id).salt
    mine, other = (tokens.typing_key(alias, salt, QUICK) for _secret, alias in desk.town.slips[:2])
    assert typed_sheets.unseal(boxes[0], other) is None
    assert typed_sheets.unseal(boxes[0], tokens.alias_digest(desk.town.slips[0][1], salt, QUICK)) is None
    found = typed_sheets.unseal(boxes[0], mine)
    assert found is not None
    assert found.marks == GOOD_MARKS
    assert {one.name for one in inspect(PaperTyping).columns} == {
        "stack_id",
        "sheet",
        "turn",
        "account_id",
        "sealed",
        "aside",
        "whole",
    }


@on_sqlite
@pytest.mark.parametrize("sheets", [0, -1, 501])
def test_a_stack_has_one_to_five_hundred_sheets(desk: PaperDesk, sheets: int) -> None:
    campaign = desk.session.get_one(Campaign, desk.town.campaign_id)
    style = stacks.forms_of(desk.session, campaign)[0]
    with pytest.raises(UserError, match="1 到 500"):
        stacks.add(desk.session, campaign, style, sheets, account="经办0", now=NOON)


@on_sqlite
def test_forms_that_are_signed_take_no_paper_and_who_may_type_is_counted(desk: PaperDesk) -> None:
    campaign = desk.session.get_one(Campaign, desk.town.campaign_id)
    assert [one.id for one in stacks.forms_of(desk.session, campaign)] == [desk.town.guests]
    assert stacks.typists(desk.session) == 3
    desk.session.execute(delete(AccountRole).where(AccountRole.account_id == desk.clerks[0]))
    desk.session.expire_all()
    assert stacks.typists(desk.session) == 2


@on_sqlite
def test_the_page_of_a_stack_says_what_each_may_do_and_not_who_did_what(desk: PaperDesk) -> None:
    desk.put(0, GOOD_MARKS)
    desk.put(0, OTHER, 2, slip=1)
    desk.put(1, GOOD_MARKS, 2, slip=1)
    told = [[(one.word, one.mine) for one in stacks.standings(desk.session, desk.stack, clerk)] for clerk in desk.clerks]
    assert told == [
        [("您录过了，等第二人", False), ("两遍录完，还没投出", False), ("还没录", True)],
        [("等第二人录", True), ("两遍录完，还没投出", False), ("还没录", True)],
        [("等第二人录", True), ("两遍录完，请您定", True), ("还没录", True)],
    ]
