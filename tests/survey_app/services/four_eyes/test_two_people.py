"""What takes two people takes two: one asks, another one reads the same in words and confirms, and only then it is done.

The office of these tests has said nothing of its size, so two are needed. 王 is clerk, 李 and 赵 are heads, 钱 monitors.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.extensions import resources
from survey_app.models import (
    Account,
    Ask,
    AskStanding,
    AuditEvent,
    Campaign,
    CampaignState,
    Publication,
    Slip,
    SlipBatch,
)
from survey_app.roles import EVERYTHING, Role
from survey_app.services.four_eyes import alone, office_size
from survey_app.services.four_eyes.kinds import KINDS, AskKind
from survey_app.services.office import audit
from survey_app.views.office.second_person import DEEDS
from tests.support import pdf_reading as reading
from tests.support.application import OFFICE_PASSWORD, csrf, office_account
from tests.support.clock import NOON
from tests.support.printed import pdf_of, seen_on
from tests.towns import ledger_town, small_scheme
from tests.towns.small_scheme import Town

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
def people(app: Flask) -> dict[str, FlaskClient]:
    """Four signed-in browsers by name, at noon of the tests' day."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    found = {}
    for name, roles in (("王", {Role.CLERK}), ("李", {Role.HEAD}), ("赵", {Role.HEAD}), ("钱", {Role.MONITOR})):
        office_account(app, name, roles)
        found[name] = app.test_client()
        form = {"name": name, "password": OFFICE_PASSWORD, "csrf_token": csrf(found[name])}
        assert found[name].post("/office/sign-in", data=form).status_code == 302
    return found


@pytest.fixture
def town(session: Session) -> Town:
    made = small_scheme.build(session)
    session.close()
    return made


def post(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf(client), **fields})


def page(client: FlaskClient, address: str) -> str:
    return unescape(client.get(address).get_data(as_text=True))


def ask_of(answer: TestResponse) -> str:
    """The address of the ask that came of it."""
    assert answer.status_code == 302, answer.get_data(as_text=True)
    assert re.fullmatch(r"/office/asks/\d+", answer.headers["Location"]), answer.headers["Location"]
    return answer.headers["Location"]


def confirm(client: FlaskClient, ask: str) -> TestResponse:
    """As somebody does who has read the page."""
    shown = re.search(r'name="shown" value="([0-9a-f]{64})"', client.get(ask).get_data(as_text=True))
    return post(client, f"{ask}/confirm", shown=shown[1] if shown else "")


def close(client: FlaskClient, town: Town) -> TestResponse:
    return post(client, f"/office/campaigns/{town.key}/close", title="小镇年度评议")


def state(app: Flask, town: Town) -> CampaignState:
    with resources(app).reading() as look:
        return look.get_one(Campaign, town.campaign_id).state


def standing(app: Flask) -> list[str]:
    with resources(app).reading() as look:
        return [one.value for one in look.scalars(select(Ask.standing).order_by(Ask.id))]


def test_every_kind_is_done_and_told_somewhere() -> None:
    assert set(DEEDS) == set(AskKind) == set(KINDS)


def test_one_asks_another_confirms_and_only_then_it_is_done(app: Flask, people: dict[str, FlaskClient], town: Town) -> None:
    ask = ask_of(close(people["王"], town))
    assert (state(app, town), standing(app)) == (CampaignState.OPEN, ["waiting"])
    for where in ("/office/campaigns", f"/office/campaigns/{town.key}", "/office/asks/"):
        for name in ("王", "李", "赵"):
            assert "结束评议" in page(people[name], where), (where, name)
            assert ("等您" in page(people[name], where)) is (name != "王"), (where, name)
    told = page(people["李"], ask)
    assert all(word in told for word in ("结束评议", "小镇年度评议 2026", "王", "不能再开放", "一确认，马上就办"))
    answer = confirm(people["李"], ask)
    assert (answer.status_code, state(app, town), standing(app)) == (302, CampaignState.CLOSED, ["done"])
    with resources(app).reading() as look:
        lines = look.execute(select(AuditEvent.account, AuditEvent.action).order_by(AuditEvent.id)).all()
        acts = [tuple(line) for line in lines if line.action != "sign-in"]
        assert acts == [("王", "ask-made"), ("李", "ask-confirmed"), ("李", "campaign-closed")]
        assert audit.broken_at(look) is None
    assert confirm(people["赵"], ask).status_code == 409  # once


def test_nobody_confirms_their_own_and_no_clerk_or_monitor_what_a_head_decides(
    app: Flask, people: dict[str, FlaskClient], town: Town
) -> None:
    ask = ask_of(close(people["李"], town))
    assert "看过了，确认" not in page(people["李"], ask)
    with resources(app).reading() as look:
        shown = look.scalars(select(Ask.digest)).one().hex()
    own = post(people["李"], f"{ask}/confirm", shown=shown)
    assert (own.status_code, "要由另一个人确认" in own.get_data(as_text=True)) == (409, True)
    for name in ("王", "钱"):
        read = page(people[name], ask)  # what waits is no secret from the office, nor from whoever monitors
        assert ("结束评议" in read, "看过了，确认" in read, "不同意" in read) == (True, False, False)
        assert post(people[name], f"{ask}/confirm", shown=shown).status_code == 404
        assert post(people[name], f"{ask}/end").status_code == 404
    assert (state(app, town), standing(app)) == (CampaignState.OPEN, ["waiting"])


@pytest.mark.parametrize("shown", ["", "0" * 64])
def test_a_confirmation_names_what_was_read(app: Flask, people: dict[str, FlaskClient], town: Town, shown: str) -> None:
    ask = ask_of(close(people["王"], town))
    assert post(people["李"], f"{ask}/confirm", shown=shown).status_code == 409
    assert state(app, town) == CampaignState.OPEN


@pytest.mark.parametrize("how", ["the log tells of it", "the campaign is another one"])
def test_an_ask_is_stale_when_something_happened_and_says_what(
    app: Flask, people: dict[str, FlaskClient], town: Town, how: str
) -> None:
    ask = ask_of(close(people["王"], town))
    with resources(app).reading() as look:
        shown = look.scalars(select(Ask.digest)).one().hex()
    with resources(app).writing() as session:
        if how == "the log tells of it":
            audit.record(session, account="钱", action="campaign-reworded", detail=town.key, now=NOON)
        else:
            session.execute(update(Campaign).values(scheme_digest="f" * 64))
        session.commit()
    if how == "the log tells of it":
        told = page(people["李"], ask)
        assert "情况变了" in told
        assert "看过了，确认" not in told
    answer = post(people["李"], f"{ask}/confirm", shown=shown)
    assert answer.status_code == 409
    assert ("钱" in answer.get_data(as_text=True)) is (how == "the log tells of it")
    assert (state(app, town), standing(app)) == (CampaignState.OPEN, ["waiting"])


def test_asks_expire_are_withdrawn_and_declined(app: Flask, people: dict[str, FlaskClient], town: Town) -> None:
    ask = ask_of(close(people["王"], town))
    same = close(people["李"], town)
    assert (same.status_code, "已经有人提出" in same.get_data(as_text=True)) == (409, True)
    assert post(people["王"], f"{ask}/end").status_code == 302
    second = ask_of(close(people["王"], town))
    assert post(people["赵"], f"{second}/end").status_code == 302
    third = ask_of(close(people["王"], town))
    assert standing(app) == ["withdrawn", "declined", "waiting"]
    with resources(app).writing() as session:
        session.execute(update(Ask).where(Ask.standing == AskStanding.WAITING).values(expires=NOON))
        session.commit()
    assert "过期了" in page(people["李"], third)
    assert confirm(people["李"], third).status_code == 409
    assert state(app, town) == CampaignState.OPEN


def slips(client: FlaskClient, town: Town, count: str = "3") -> TestResponse:
    return post(client, f"/office/campaigns/{town.key}/print/slips", style=town.guests, meeting="年终大会", count=count)


def batches(app: Flask) -> int:
    with resources(app).reading() as look:
        return len(look.scalars(select(SlipBatch.id)).all())


def test_slips_are_printed_once_by_whoever_asked_after_another_said_yes(
    app: Flask, people: dict[str, FlaskClient], town: Town
) -> None:
    ask = ask_of(slips(people["王"], town))
    assert post(people["王"], f"{ask}/collect").status_code == 409  # not before
    told = page(people["李"], ask)
    assert all(word in told for word in ("来宾", ">3<", "年终大会", "只能办一次"))
    assert confirm(people["李"], ask).status_code == 302
    assert batches(app) == 1  # the town's own
    assert post(people["李"], f"{ask}/collect").status_code == 404  # not the second person's to have
    got = post(people["王"], f"{ask}/collect")
    assert got.status_code == 200
    assert len(reading.read_qr_from_pdf(pdf_of(got.get_data(as_text=True)))) == 3
    assert post(people["王"], f"{ask}/collect").status_code == 409
    assert batches(app) == 2


def test_a_print_that_was_confirmed_is_not_collected_after_the_close(
    app: Flask, people: dict[str, FlaskClient], town: Town
) -> None:
    ask = ask_of(slips(people["王"], town))
    confirm(people["李"], ask)
    confirm(people["赵"], ask_of(close(people["李"], town)))
    late = post(people["王"], f"{ask}/collect")
    assert (late.status_code, batches(app)) == (409, 1)


def test_a_batch_is_void_only_by_two(app: Flask, people: dict[str, FlaskClient], town: Town) -> None:
    with resources(app).reading() as look:
        batch = look.scalars(select(SlipBatch.id)).one()
    address = f"/office/campaigns/{town.key}/print/batches/{batch}/void"
    seen = seen_on(page(people["王"], address))
    ask = ask_of(post(people["王"], address, seen=seen))
    with resources(app).reading() as look:
        assert look.get_one(SlipBatch, batch).void is False
    assert "东镇" not in page(people["李"], ask)  # guests of all units
    assert confirm(people["李"], ask).status_code == 302
    with resources(app).reading() as look:
        assert look.get_one(SlipBatch, batch).void is True
        assert len(look.scalars(select(Slip.tag)).all()) == 3


def test_results_are_published_by_two(app: Flask, people: dict[str, FlaskClient], session: Session) -> None:
    campaign = ledger_town.build(session)
    key = campaign.key
    session.close()
    query = {"section": ["scores"], "unit": ["A"], "when": "now"}
    shown = people["王"].get(f"/office/campaigns/{key}/publish/confirm", query_string=query).get_data(as_text=True)
    ask = ask_of(post(people["王"], f"/office/campaigns/{key}/publish/", seen=seen_on(shown), **query))
    told = page(people["李"], ask)
    assert all(word in told for word in ("得分、等次和名次", "甲镇", "一确认就开始"))
    assert "乙镇" not in told
    assert confirm(people["李"], ask).status_code == 302
    with resources(app).reading() as look:
        act = look.scalars(select(Publication)).one()
        assert (act.units, act.sections, act.made_by) == ('["A"]', '["scores"]', "李")
        found = alone.of_campaign(look, look.scalars(select(Campaign)).one())
        assert found.acts == (AskKind.APPROVE, AskKind.CLOSE)  # the town was approved and closed without an ask


def account(app: Flask, name: str) -> Account:
    with resources(app).reading() as look:
        return look.scalars(select(Account).where(Account.name == name)).one()


def test_a_link_for_somebody_else_takes_two_and_for_oneself_one(app: Flask, people: dict[str, FlaskClient]) -> None:
    for name, taken in (("赵", True), ("李", False)):
        address = f"/office/accounts/{account(app, name).id}/link"
        answer = post(people["李"], address, seen=seen_on(page(people["李"], address)))
        assert ("/office/link/" in answer.get_data(as_text=True)) is not taken
        if taken:
            ask = ask_of(answer)
            assert "原来的人就登录不了了" in page(people["王"], ask)
            assert confirm(people["王"], ask).status_code == 302  # the clerk is the second pair of eyes
            got = post(people["李"], f"{ask}/collect").get_data(as_text=True)
            assert got.count("http://pingyi.test/office/link/") >= 1
            assert post(people["李"], f"{ask}/collect").status_code == 409


def test_roles_change_by_two_and_sign_the_account_out(app: Flask, people: dict[str, FlaskClient]) -> None:
    address = f"/office/accounts/{account(app, '王').id}/roles"
    ask = ask_of(post(people["李"], address, role=["clerk", "head"]))
    assert account(app, "王").roles == {Role.CLERK}
    assert confirm(people["赵"], ask).status_code == 302
    assert account(app, "王").roles == EVERYTHING
    assert people["王"].get("/office/account").status_code == 302  # signed out
    assert people["李"].get("/office/account").status_code == 200


@pytest.mark.parametrize(
    ("roles", "status"), [([], 400), (["staff"], 400), (["nobody"], 400), (["monitor", "head"], 400), (["clerk"], 400)]
)
def test_roles_that_may_not_be_are_refused_before_anybody_is_asked(
    app: Flask, people: dict[str, FlaskClient], roles: list[str], status: int
) -> None:
    answer = post(people["李"], f"/office/accounts/{account(app, '王').id}/roles", role=roles)
    assert (answer.status_code, standing(app)) == (status, [])


def test_the_last_head_stays_head(app: Flask, people: dict[str, FlaskClient], session: Session) -> None:
    session.execute(update(Account).where(Account.name == "赵").values(disabled=True))
    session.commit()
    own = account(app, "李").id
    answer = post(people["李"], f"/office/accounts/{own}/roles", role=["clerk"])
    assert (answer.status_code, "最后一个" in answer.get_data(as_text=True)) == (409, True)
    address = f"/office/accounts/{own}/lock"
    answer = post(people["李"], address, seen=seen_on(page(people["李"], address)), disabled="yes")
    assert (answer.status_code, account(app, "李").disabled) == (409, False)


def test_whoever_locks_the_others_out_is_not_alone_by_that(app: Flask, people: dict[str, FlaskClient], session: Session) -> None:
    """The others are disabled; still no account of one's own making, and no saying that the office has one person."""
    session.execute(update(Account).where(Account.name.in_(["王", "赵"])).values(disabled=True))
    session.commit()
    ask_of(post(people["李"], "/office/accounts", name="李二", role=["head"]))
    ask_of(post(people["李"], "/office/accounts/people", people="one"))
    with resources(app).reading() as look:
        assert look.scalars(select(Account.id).where(Account.name == "李二")).first() is None
        assert office_size.is_alone(look) is False


@pytest.fixture
def first(app: Flask) -> FlaskClient:
    """The only person there is, just after set-up."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    office_account(app, "王")
    client = app.test_client()
    client.post("/office/sign-in", data={"name": "王", "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
    return client


def test_the_first_page_of_the_only_person_asks_for_how_many_there_will_be(app: Flask, first: FlaskClient, town: Town) -> None:
    assert first.get("/office/").headers["Location"] == "/office/accounts/people"
    ask_of(close(first, town))  # nothing said is two
    assert post(first, "/office/accounts/people", people="three").status_code == 400
    assert post(first, "/office/accounts/people", people="one").status_code == 302
    assert first.get("/office/").headers["Location"] == "/office/campaigns"
    assert close(first, town).headers["Location"].endswith("/counts/")
    assert state(app, town) == CampaignState.CLOSED
    for where in (f"/office/campaigns/{town.key}", f"/privacy/{town.key}", "/privacy"):
        assert "一个人就能办成" in page(first, where), where
    assert post(first, "/office/accounts/people", people="two").status_code == 409  # with nobody to be the second


def test_the_second_person_is_made_by_the_first_and_from_then_on_one_is_said_by_two(app: Flask, first: FlaskClient) -> None:
    made = post(first, "/office/accounts", name="李", role=["head"])
    assert "/office/link/" in made.get_data(as_text=True)
    with resources(app).writing() as session:
        session.execute(update(Account).where(Account.name == "李").values(password="set"))
        session.commit()
    ask_of(post(first, "/office/accounts", name="李二", role=["head"]))
    ask_of(post(first, "/office/accounts/people", people="one"))


def test_a_clerk_alone_in_an_office_of_one_decides_nothing(app: Flask, people: dict[str, FlaskClient], town: Town) -> None:
    with resources(app).writing() as session:
        office_size.say(session, alone=True, account="李", now=NOON)
        session.commit()
    answer = close(people["王"], town)
    assert (answer.status_code, state(app, town)) == (409, CampaignState.OPEN)
    assert close(people["李"], town).status_code == 302
    assert state(app, town) == CampaignState.CLOSED


def test_what_two_confirm_is_done_once(app: Flask, people: dict[str, FlaskClient], town: Town) -> None:
    ask = ask_of(close(people["王"], town))
    with resources(app).reading() as look:
        shown = look.scalars(select(Ask.digest)).one().hex()
    found = [post(people[name], f"{ask}/confirm", shown=shown).status_code for name in ("李", "赵")]
    assert found == [302, 409]
