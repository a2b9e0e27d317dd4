"""One's own account: signing in with a second factor, changing the password, seeing and ending sessions, being told."""

from __future__ import annotations

import base64
import datetime as dt
import re
from collections.abc import Callable
from urllib.parse import unquote

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app import clock
from survey_app.cli import cli
from survey_app.config import Config
from survey_app.extensions import resources
from survey_app.models import Account, AuditEvent, OwnerNotice, SignInSession, TotpSecret
from survey_app.roles import EVERYTHING, Role
from survey_app.services.office import accounts, browsers, factors, totp
from tests.support.application import (
    OFFICE_NAME,
    OFFICE_PASSWORD,
    OTHER_NAME,
    QUICK_PASSWORD,
    csrf,
)
from tests.support.clock import NOON
from tests.support.printed import seen_on
from tests.support.publishing import STAFF_PASSWORD, unit_account
from tests.survey_app.services.editing.test_ended_session import hidden

pytestmark = pytest.mark.postgresql_later

OWN = "/office/account"
NEW_PASSWORD = "八只白鹭 quarrel over noodles"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/132.0 Mobile Safari/537.36 MicroMessenger/8.0"


@pytest.fixture
def fresh_office(app: Flask) -> FlaskClient:
    """A browser without cookies, where an office account exists, nobody does without anything and the clock stands still."""
    begun = clock.now()
    app.config["PINGYI_CLOCK"] = lambda: begun
    with resources(app).writing() as session:
        accounts.create_account(
            session, name=OFFICE_NAME, roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
        )
        session.commit()
    return app.test_client()


def later(app: Flask, seconds: int) -> None:
    at = app.config["PINGYI_CLOCK"]() + dt.timedelta(seconds=seconds)
    app.config["PINGYI_CLOCK"] = lambda: at


def sign_in(
    client: FlaskClient, code: str = "", *, name: str = OFFICE_NAME, password: str = OFFICE_PASSWORD, agent: str = FIREFOX
) -> TestResponse:
    return client.post(
        "/office/sign-in",
        data={"name": name, "password": password, "code": code, "csrf_token": csrf(client)},
        headers={"User-Agent": agent},
    )


def code_of(app: Flask, page: str) -> Callable[[], str]:
    """What the authenticator shows that scanned this page, at the application's moment."""
    text = re.search(r'<code class="copy-line">([A-Z2-7 ]+)</code>', page)
    assert text
    key = base64.b32decode(text[1].replace(" ", ""))
    return lambda: totp.code_at(key, totp.step_at(app.config["PINGYI_CLOCK"]()))


def enrol(app: Flask, client: FlaskClient) -> tuple[Callable[[], str], list[str]]:
    """Set an authenticator up as a person does; what it shows from then on, and the recovery codes."""
    page = client.get(f"{OWN}/factors/totp").get_data(as_text=True)
    shows = code_of(app, page)
    done = client.post(f"{OWN}/factors/totp", data={**hidden(page), "code": shows()}).get_data(as_text=True)
    codes = re.findall(r"<li><code>([0-9A-Z-]+)</code>", done)
    assert len(codes) == 10
    return shows, codes


def test_the_first_sign_in_of_an_office_account_asks_for_a_second_factor_and_lets_nothing_by(
    app: Flask, fresh_office: FlaskClient, session: Session
) -> None:
    assert sign_in(fresh_office).status_code == 302
    for address in ("/office/campaigns", "/office/accounts", "/office/log", "/office/results/"):
        answer = fresh_office.get(address, follow_redirects=False)
        assert answer.status_code in (302, 308)
        assert unquote(answer.headers["Location"]).startswith("/office/account/factors?next=/office/"), address
    refused = fresh_office.post("/office/accounts", data={"name": "张三", "csrf_token": csrf(fresh_office)})
    assert (refused.status_code, "先要给您的账户加上第二重验证" in refused.get_data(as_text=True)) == (409, True)
    assert session.scalar(select(func.count()).select_from(Account)) == 1
    session.rollback()
    enrol(app, fresh_office)
    assert fresh_office.get("/office/accounts").status_code == 200


def test_with_an_authenticator_the_password_alone_opens_nothing(app: Flask, fresh_office: FlaskClient) -> None:
    sign_in(fresh_office)
    shows, codes = enrol(app, fresh_office)
    other = app.test_client()
    pages = set()
    for name, password, typed in (
        (OFFICE_NAME, OFFICE_PASSWORD, ""),
        (OFFICE_NAME, OFFICE_PASSWORD, "123456"),
        (OFFICE_NAME, "wrong wrong wrong", "123456"),
        ("没有此人", OFFICE_PASSWORD, "123456"),
    ):
        client = app.test_client()
        answer = sign_in(client, typed, name=name, password=password)
        assert answer.status_code == 401
        pages.add(re.sub(r'(name="csrf_token" value|id="name"[^>]* value)="[^"]*"', "", answer.get_data(as_text=True)))
    assert len(pages) == 1
    later(app, 60)
    assert sign_in(other, shows()).status_code == 302
    assert sign_in(app.test_client(), shows()).status_code == 401  # overheard, and used
    later(app, 60)
    assert sign_in(app.test_client(), codes[0]).status_code == 302
    later(app, 60)
    assert sign_in(app.test_client(), codes[0]).status_code == 401


def test_guesses_at_the_code_are_slowed_though_the_password_is_right(app: Flask, fresh_office: FlaskClient) -> None:
    sign_in(fresh_office)
    enrol(app, fresh_office)
    stranger = app.test_client()
    found = [sign_in(stranger, f"{n:06}").status_code for n in range(7)]
    assert found == [401] * 5 + [429] * 2


def test_the_secret_stands_sealed_in_the_database(app: Flask, fresh_office: FlaskClient, session: Session) -> None:
    sign_in(fresh_office)
    page = fresh_office.get(f"{OWN}/factors/totp").get_data(as_text=True)
    shows = code_of(app, page)
    fresh_office.post(f"{OWN}/factors/totp", data={**hidden(page), "code": shows()})
    row = session.scalars(select(TotpSecret)).one()
    text = re.search(r'<code class="copy-line">([A-Z2-7 ]+)</code>', page)
    assert text
    key = base64.b32decode(text[1].replace(" ", ""))
    assert len(key) == 20
    assert key not in row.sealed
    session.rollback()


def test_the_office_may_state_that_it_does_without_and_every_page_says_so(app: Flask, fresh_office: FlaskClient) -> None:
    sign_in(fresh_office)
    page = fresh_office.get(f"{OWN}/factors?next=/office/accounts").get_data(as_text=True)
    forms = page.split("<form")
    form = hidden(next(one for one in forms if "factors/without" in one))
    assert fresh_office.post(f"{OWN}/factors/without", data=form).status_code == 400  # unread
    answer = fresh_office.post(f"{OWN}/factors/without", data={**form, "understood": "yes"})
    assert answer.headers["Location"] == "/office/accounts"
    for address in ("/office/accounts", "/office/campaigns", OWN, "/office/log"):
        assert "本办声明不用第二重验证" in fresh_office.get(address, follow_redirects=True).get_data(as_text=True), address
    fresh_office.post(f"{OWN}/factors/with", data={"csrf_token": csrf(fresh_office)})
    assert "factors" in fresh_office.get("/office/accounts").headers["Location"]


def test_unit_staff_may_have_a_factor_and_need_none_and_state_nothing(app: Flask, session: Session) -> None:
    begun = clock.now()
    app.config["PINGYI_CLOCK"] = lambda: begun
    unit_account(session, "甲单位")
    client = app.test_client()
    assert sign_in(client, name="甲单位", password=STAFF_PASSWORD).status_code == 302
    assert client.get("/office/results/").status_code == 200
    assert client.post(f"{OWN}/factors/without", data={"csrf_token": csrf(client), "understood": "yes"}).status_code == 404
    enrol(app, client)
    assert sign_in(app.test_client(), name="甲单位", password=STAFF_PASSWORD).status_code == 401


def change(client: FlaskClient, old: str = OFFICE_PASSWORD, new: str = NEW_PASSWORD, again: str = "") -> TestResponse:
    form = {"old_password": old, "password": new, "again": again or new, "csrf_token": csrf(client)}
    return client.post(f"{OWN}/password", data=form)


def test_a_new_password_asks_for_the_old_one_and_ends_every_other_session(app: Flask, office_client: FlaskClient) -> None:
    elsewhere = app.test_client()
    sign_in(elsewhere)
    before = office_client.get_cookie("pingyi")
    assert before is not None
    for wrong, sentence in (
        ({"old": "not the old one"}, "现在的口令不对"),
        ({"again": "something else"}, "不一样"),
        ({"new": "short"}, "至少要 15 个字符"),
        ({"new": "评议办评议办评议办评议办评议办评议办"}, "太常见"),
    ):
        answer = change(office_client, **wrong)
        assert (answer.status_code in (400, 401), sentence in answer.get_data(as_text=True)) == (True, True), sentence
    assert elsewhere.get(OWN).status_code == 200
    assert change(office_client).status_code == 302
    assert "/office/sign-in" in elsewhere.get(OWN).headers["Location"]
    assert office_client.get(OWN).status_code == 200
    stolen = app.test_client()
    stolen.set_cookie("pingyi", before.value)
    assert "/office/sign-in" in stolen.get(OWN).headers["Location"]
    assert sign_in(app.test_client()).status_code == 401
    assert sign_in(app.test_client(), password=NEW_PASSWORD).status_code == 302


def test_a_new_password_kills_the_links_made_for_the_account(app: Flask, office_client: FlaskClient, session: Session) -> None:
    secret = accounts.new_link(session, session.scalars(select(Account)).one(), now=clock.now())
    session.commit()
    assert office_client.get(f"/office/link/{secret}").status_code == 200
    change(office_client)
    assert office_client.get(f"/office/link/{secret}").status_code == 404


def test_own_sessions_are_listed_without_addresses_and_ended_at_once(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    elsewhere, third = app.test_client(), app.test_client()
    sign_in(elsewhere, agent=PHONE)
    sign_in(third)
    office_client.post(f"{OWN}/notices", data={"csrf_token": csrf(office_client), "newest": "999"})
    page = office_client.get(OWN).get_data(as_text=True)
    assert "微信，安卓" in page
    assert "Firefox，Linux" in page
    assert page.count("就是这里") == 1
    kept = session.execute(select(SignInSession.browser).order_by(SignInSession.browser)).scalars().all()
    session.rollback()
    assert kept == ["firefox linux", "other other", "wechat android"]
    form = hidden(next(one for one in page.split("<form") if "退出 微信" in one))
    assert office_client.post(f"{OWN}/sessions/end", data=form).status_code == 302
    assert "/office/sign-in" in elsewhere.get("/office/log").headers["Location"]
    assert "/office/sign-in" not in third.get("/office/log").headers.get("Location", "")
    assert office_client.post(f"{OWN}/sessions/end", data=form).status_code == 400  # gone already
    assert office_client.post(f"{OWN}/sessions/others", data={"csrf_token": csrf(office_client)}).status_code == 302
    assert "/office/sign-in" in third.get("/office/log").headers["Location"]
    assert office_client.get("/office/log").status_code == 200


def test_nobody_ends_the_session_of_another_account(
    app: Flask, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    theirs = session.scalars(select(SignInSession.digest).join(Account).where(Account.name == OTHER_NAME)).one()
    session.rollback()
    answer = office_client.post(f"{OWN}/sessions/end", data={"session": theirs.hex(), "csrf_token": csrf(office_client)})
    assert answer.status_code == 400
    assert other_client.get("/office/log").status_code == 200


def test_another_role_ends_the_sessions_of_the_old_one(app: Flask, office_client: FlaskClient, session: Session) -> None:
    accounts.change_roles(session, session.scalars(select(Account)).one(), {Role.HEAD})
    session.commit()
    assert "/office/sign-in" in office_client.get(OWN).headers["Location"]


def test_a_link_made_for_an_account_is_told_to_its_owner_until_acknowledged(
    app: Flask, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    number = session.scalars(select(Account.id).where(Account.name == OTHER_NAME)).one()
    session.rollback()
    page = office_client.get(f"/office/accounts/{number}/link").get_data(as_text=True)
    made = office_client.post(f"/office/accounts/{number}/link", data={"csrf_token": csrf(office_client), "seen": seen_on(page)})
    assert made.status_code == 200
    told = other_client.get("/office/log")
    assert told.headers["Location"] == "/office/account/notices?next=/office/log"
    page = other_client.get(told.headers["Location"]).get_data(as_text=True)
    assert f"“{OFFICE_NAME}”为这个账户生成了新的一次性链接" in page
    assert other_client.get("/office/accounts").status_code == 302  # not before it is acknowledged
    noted = other_client.post("/office/account/notices", data=hidden(page.split("去“我的账户”")[0].rsplit("<form", 1)[0]))
    assert noted.headers["Location"] == "/office/log"
    assert other_client.get("/office/log").status_code == 200
    assert "生成了新的一次性链接" in other_client.get(OWN).get_data(as_text=True)  # it stays to be read
    assert office_client.get("/office/log").status_code == 200  # nobody else is told


def test_a_new_browser_is_told_in_the_others_and_not_to_itself(app: Flask, office_client: FlaskClient) -> None:
    thief = app.test_client()
    sign_in(thief)
    page = office_client.get("/office/log", follow_redirects=True).get_data(as_text=True)
    assert "从一个没有用过的浏览器登录了（Firefox，Linux）" in page
    thief.post("/office/account/notices", data={"csrf_token": csrf(thief), "newest": "999"})
    assert "从一个没有用过的浏览器登录了" in office_client.get("/office/log", follow_redirects=True).get_data(as_text=True)
    assert sign_in(office_client).status_code == 302  # again, from a browser that is known: nothing new to tell
    with resources(app).reading() as look:
        assert look.scalar(select(func.count()).select_from(OwnerNotice)) == 2


def test_a_link_sets_a_password_and_does_not_stand_in_for_the_second_factor(
    app: Flask, fresh_office: FlaskClient, session: Session
) -> None:
    sign_in(fresh_office)
    shows, _codes = enrol(app, fresh_office)
    secret = accounts.new_link(session, session.scalars(select(Account)).one(), now=clock.now())
    session.commit()
    finder = app.test_client()
    form = {"password": NEW_PASSWORD, "again": NEW_PASSWORD, "csrf_token": csrf(finder)}
    answer = finder.post(f"/office/link/{secret}", data=form)
    assert answer.headers["Location"] == "/office/sign-in"
    assert "/office/sign-in" in finder.get("/office/log").headers["Location"]
    assert "/office/sign-in" in fresh_office.get("/office/log").headers["Location"]  # its sessions ended
    later(app, 60)
    assert sign_in(fresh_office, shows(), password=NEW_PASSWORD).status_code == 302
    assert "有人用一次性链接设了新口令" in fresh_office.get("/office/log", follow_redirects=True).get_data(as_text=True)


def test_the_command_line_resets_a_factor_tells_the_owner_and_leaves_a_line(
    app: Flask, fresh_office: FlaskClient, config: Config, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(fresh_office)
    enrol(app, fresh_office)
    for name, value in config.environment().items():
        if name.startswith("PINGYI_"):
            monkeypatch.setenv(name, value)
    unknown = CliRunner().invoke(cli, ["reset-factor", "没有此人"])
    assert (unknown.exit_code, factors.standing(session, 1).enrolled) == (1, True)
    session.rollback()
    done = CliRunner().invoke(cli, ["reset-factor", OFFICE_NAME])
    assert done.exit_code == 0, done.output
    assert not factors.standing(session, 1).enrolled
    line = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert line
    assert (line.account, line.action, line.detail) == ("command line", "factor-reset", OFFICE_NAME)
    session.rollback()
    assert "/office/sign-in" in fresh_office.get("/office/log").headers["Location"]
    sign_in(fresh_office)
    assert "/office/account/factors" in fresh_office.get("/office/log").headers["Location"]
    enrol(app, fresh_office)
    assert "清除了这个账户的验证器" in fresh_office.get("/office/log", follow_redirects=True).get_data(as_text=True)


@pytest.mark.parametrize(
    ("agent", "kind", "words"),
    [
        (FIREFOX, "firefox linux", "Firefox，Linux"),
        (PHONE, "wechat android", "微信，安卓"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/132.0 Safari/537.36 Edg/132.0", "edge windows", "Edge，Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "safari iphone", "Safari，iPhone"),
        ("Mozilla/5.0 (Phone; OpenHarmony 5.0) Chrome/114.0 HuaweiBrowser/5.0", "huawei harmony", "华为浏览器，鸿蒙"),
        ("curl/8.0", "other other", "别的浏览器"),
        ("", "other other", "别的浏览器"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_browser_is_told_by_make_and_system(agent: str, kind: str, words: str, app: Flask) -> None:
    with app.test_request_context():
        assert browsers.kind_of(agent) == kind
        assert browsers.in_words(kind) == words
