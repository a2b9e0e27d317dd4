"""Around the second person: a stolen clerk's ask, a swapped row, a name taken over, a campaign that goes while somebody reads."""

from __future__ import annotations

import threading

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from survey_app.extensions import resources
from survey_app.models import Account, AccountRole, Ask, AskStanding, AuditEvent, Campaign, CampaignState, OneTimeLink, SlipBatch
from survey_app.roles import Role
from survey_app.services.office import audit
from tests.support.application import OFFICE_PASSWORD, csrf
from tests.support.clock import NOON
from tests.support.printed import seen_on
from tests.survey_app.services.four_eyes.test_two_people import (
    account,
    ask_of,
    batches,
    close,
    confirm,
    page,
    people,
    post,
    slips,
    standing,
    state,
    town,
)  # fmt: skip
from tests.towns.small_scheme import Town

__all__ = ["people", "town"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

Desks = dict[str, FlaskClient]


def shown(app: Flask) -> str:
    with resources(app).reading() as look:
        return look.scalars(select(Ask.digest).order_by(Ask.id.desc())).first().hex()  # type: ignore[union-attr]  # one was just made


def written(app: Flask, *statements: object) -> None:
    """Rows changed behind the program, as by whoever owns the database."""
    with resources(app).writing() as session:
        for one in statements:
            session.execute(one)  # type: ignore[call-overload]  # any statement
        session.commit()


@pytest.mark.parametrize("how", ["disabled", "no role", "another role"])
def test_what_a_stolen_account_asked_for_dies_with_it(app: Flask, people: Desks, town: Town, how: str) -> None:
    """Whoever had a clerk's password asks for the close; the office disables the account, and a head confirms what still stood
    in the list."""
    ask = ask_of(close(people["王"], town))
    number = account(app, "王").id
    if how == "disabled":
        address = f"/office/accounts/{number}/lock"
        assert post(people["李"], address, seen=seen_on(page(people["李"], address)), disabled="yes").status_code == 302
    else:
        gone = delete(AccountRole).where(AccountRole.account_id == number)
        written(app, gone)
        if how == "another role":
            with resources(app).writing() as session:
                session.add(AccountRole(account_id=number, role=Role.MONITOR))
                session.commit()
    told = page(people["李"], ask)
    assert "提出这一件的账户已经停用" in told
    assert "看过了，确认" not in told
    assert post(people["李"], f"{ask}/confirm", shown=shown(app)).status_code == 409
    assert state(app, town) == CampaignState.OPEN


def test_slips_confirmed_for_somebody_who_lost_the_role_are_not_collected(app: Flask, people: Desks, town: Town) -> None:
    ask = ask_of(slips(people["王"], town))
    assert confirm(people["李"], ask).status_code == 302
    with resources(app).writing() as session:
        session.execute(update(AccountRole).where(AccountRole.account_id == account(app, "王").id).values(role=Role.MONITOR))
        session.commit()
    assert post(people["王"], f"{ask}/collect").status_code == 404
    assert batches(app) == 1


def test_an_ask_whose_row_was_swapped_between_reading_and_confirming_is_refused(app: Flask, people: Desks, town: Town) -> None:
    """By the owner of the database, while the page lay open: three slips become three hundred."""
    ask = ask_of(slips(people["王"], town))
    read = shown(app)
    with resources(app).reading() as look:
        given = look.scalars(select(Ask.given)).one()
    more = given.replace('"count":"3"', '"count":"300"')
    assert more != given
    written(app, update(Ask).values(given=more))
    assert post(people["李"], f"{ask}/confirm", shown=read).status_code == 409
    written(app, update(Ask).values(given=given, kind="reissue_slips"))
    assert post(people["李"], f"{ask}/confirm", shown=read).status_code == 409
    assert standing(app) == ["waiting"]


def test_the_confirmation_of_one_ask_confirms_no_other(app: Flask, people: Desks, town: Town) -> None:
    first = ask_of(slips(people["王"], town))
    digest = shown(app)
    second = ask_of(slips(people["王"], town, count="4"))
    assert first != second
    assert post(people["李"], f"{second}/confirm", shown=digest).status_code == 409
    assert post(people["李"], f"{second}/confirm", shown=digest.upper()).status_code == 409
    assert post(people["李"], f"{second}/confirm", shown="é" + digest[1:]).status_code == 409
    assert standing(app) == ["waiting", "waiting"]


def test_two_heads_confirm_at_the_same_moment_and_it_is_done_once(app: Flask, people: Desks, town: Town) -> None:
    ask, digest, found = ask_of(close(people["王"], town)), shown(app), []
    begin = threading.Barrier(2)

    def confirm_now(name: str) -> None:
        begin.wait()
        found.append(post(people[name], f"{ask}/confirm", shown=digest).status_code)

    both = [threading.Thread(target=confirm_now, args=(name,)) for name in ("李", "赵")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(found) == [302, 409]
    with resources(app).reading() as look:
        assert len(look.scalars(select(AuditEvent).where(AuditEvent.action == "campaign-closed")).all()) == 1


def test_a_campaign_removed_while_its_ask_lies_open_is_closed_by_nobody(app: Flask, people: Desks, town: Town) -> None:
    ask = ask_of(close(people["王"], town))
    digest = shown(app)
    written(app, update(Campaign).values(state="draft"))
    assert post(people["李"], f"{ask}/confirm", shown=digest).status_code == 409  # not the campaign it was
    with resources(app).writing() as session:
        session.execute(update(Ask).values(campaign_id=None))  # as when the campaign's row is gone
        session.commit()
    assert people["李"].get(ask).status_code == 200
    assert post(people["李"], f"{ask}/confirm", shown=digest).status_code in {404, 409}
    assert standing(app) == ["waiting"]


def test_the_second_person_in_a_second_browser_is_the_same_person(app: Flask, people: Desks, town: Town) -> None:
    """One account, two browsers, and its own name in other spellings."""
    ask = ask_of(close(people["李"], town))
    for name in ("李", " 李 ", "李　"):
        other = app.test_client()
        entry = {"name": name, "password": OFFICE_PASSWORD, "csrf_token": csrf(other)}
        assert other.post("/office/sign-in", data=entry).status_code == 302
        answer = post(other, f"{ask}/confirm", shown=shown(app))
        assert answer.status_code in {409, 302}  # a notice of the new browser may come first
        assert state(app, town) == CampaignState.OPEN


def test_an_account_that_was_never_confirmed_has_no_link(app: Flask, people: Desks) -> None:
    """A head makes a second self: the account is made by the confirmation's collecting and not by the ask."""
    ask = ask_of(post(people["李"], "/office/accounts", name="李二", role=["head"]))
    assert post(people["李"], f"{ask}/collect").status_code == 409
    assert post(people["李"], f"{ask}/confirm", shown=shown(app)).status_code == 409
    with resources(app).reading() as look:
        assert look.scalars(select(Account.name).where(Account.name == "李二")).all() == []
        assert look.scalars(select(OneTimeLink)).all() == []


@pytest.mark.parametrize("seen", ["0", "-1", "999999999999", "1e9", "", "١"])
def test_no_line_of_the_log_that_was_never_there_makes_an_ask_fresh(app: Flask, people: Desks, town: Town, seen: str) -> None:
    """The number of the last line the asker knew comes from the form; a made-up one must not hide what happened."""
    answer = post(people["王"], f"/office/campaigns/{town.key}/close", title="小镇年度评议", seen_act=seen)
    if answer.status_code != 302:
        return
    ask, digest = ask_of(answer), shown(app)
    with resources(app).writing() as session:
        audit.record(session, account="钱", action="campaign-reworded", detail=town.key, now=NOON)
        session.commit()
    assert post(people["李"], f"{ask}/confirm", shown=digest).status_code == 409
    assert state(app, town) == CampaignState.OPEN


def test_a_monitor_confirms_ends_and_collects_nothing(app: Flask, people: Desks, town: Town) -> None:
    ask = ask_of(close(people["王"], town))
    for act in ("confirm", "end", "collect"):
        assert post(people["钱"], f"{ask}/{act}", shown=shown(app)).status_code == 404
    assert standing(app) == [AskStanding.WAITING.value]


def test_a_void_batch_reissued_twice_at_once_leaves_one_batch_in_its_place(app: Flask, people: Desks, town: Town) -> None:
    with resources(app).reading() as look:
        batch = look.scalars(select(SlipBatch.id)).one()
    address = f"/office/campaigns/{town.key}/print/batches/{batch}/reissue"
    seen = seen_on(page(people["王"], address))
    first = ask_of(post(people["王"], address, seen=seen))
    void = f"/office/campaigns/{town.key}/print/batches/{batch}/void"
    second = ask_of(post(people["王"], void, seen=seen_on(page(people["王"], void))))
    assert confirm(people["李"], first).status_code == 302
    assert confirm(people["李"], second).status_code == 302  # void first
    late = post(people["王"], f"{first}/collect")
    assert (late.status_code, batches(app)) == (409, 1)
