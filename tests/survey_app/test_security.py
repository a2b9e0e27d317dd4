"""What holds on every page: headers, cookies, forgery, limits, signing in."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

import survey_app
from survey_app import access, clock
from survey_app.extensions import resources
from survey_app.headers import HEADERS
from survey_app.models import Account, AuditEvent, SignInSession
from survey_app.roles import Role
from survey_app.services.office import account_units, accounts, audit
from survey_app.views.office.accounts import internal_address
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.support.printed import seen_on
from tests.support.publishing import somewhere

pytestmark = pytest.mark.postgresql_later

PAGES = ("/", "/office/sign-in", "/nowhere", "/office/accounts", "/static/css/tokens.css", "/healthy")


def sign_in(client: FlaskClient, name: str, password: str, **more: str) -> int:
    return client.post(
        "/office/sign-in", data={"name": name, "password": password, "csrf_token": csrf(client), **more}
    ).status_code


def staff_account(app: Flask, name: str = "李四") -> None:
    with resources(app).writing() as session:
        unit = account_units.choose(session, somewhere(session), ["X"]).units
        accounts.create_account(
            session, name=name, roles={Role.STAFF}, units=unit, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
        )
        session.commit()


@pytest.mark.parametrize("address", PAGES)
def test_every_answer_carries_the_headers(client: FlaskClient, address: str) -> None:
    answer = client.get(address, buffered=True)
    for name, value in HEADERS.items():
        assert answer.headers[name] == value
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("address", ["/", "/office/sign-in", "/nowhere"])
def test_no_page_has_inline_script_or_style(client: FlaskClient, address: str) -> None:
    page = client.get(address).get_data(as_text=True)
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_unknown_addresses_wrong_methods_and_mistakes_answer_with_a_sentence_and_no_trace(
    app: Flask, client: FlaskClient
) -> None:
    assert "没有这个页面" in client.get("/nowhere").get_data(as_text=True)
    wrong = client.delete("/healthy")
    assert (wrong.status_code, "不能这样使用" in wrong.get_data(as_text=True)) == (405, True)
    app.view_functions["home.healthy"] = access.public(lambda: str(1 // 0))
    broken = client.get("/healthy")
    assert broken.status_code == 500
    assert "系统出错了" in broken.get_data(as_text=True)
    assert "ZeroDivision" not in broken.get_data(as_text=True)
    assert not app.debug


def test_a_voters_page_that_touches_the_cookie_fails_instead_of_setting_one(app: Flask) -> None:
    def view() -> str:
        from flask import session  # noqa: PLC0415 - a view of this test's own

        session["who"] = "me"
        return "x"

    app.add_url_rule("/voter-test", "voter-test", access.voter(view))
    answer = app.test_client().get("/voter-test")
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (500, False)


def test_no_voter_page_sets_a_cookie(app: Flask) -> None:
    seen = 0
    for rule in app.url_map.iter_rules():
        if access.rule_of(app, rule.endpoint) == "voter":
            _domain, path = rule.build(dict.fromkeys(rule.arguments, "0000000000")) or ("", "")
            for method in {"GET", "POST"} & (rule.methods or set()):
                answer = app.test_client().open(path, method=method)
                assert "Set-Cookie" not in answer.headers, (method, path)
                seen += 1
    assert seen > 0


def test_a_strangers_body_is_small_everywhere(app: Flask, client: FlaskClient) -> None:
    app.add_url_rule("/voter-test", "voter-test", access.voter(lambda: "taken"), methods=["POST"])
    for address in ("/voter-test", "/office/sign-in", "/office/accounts"):
        assert client.post(address, data={"x": "y" * 60_000}).status_code != 413
        answer = client.post(address, data={"x": "y" * 70_000})
        assert (answer.status_code, "发来的内容太大" in answer.get_data(as_text=True)) == (413, True)


def test_an_office_sends_5_mb_and_a_form_that_waited_comes_back_with_the_password(office_client: FlaskClient) -> None:
    assert office_client.post("/office/sign-in", data={"kept": "y" * 1_500_000}).status_code != 413
    assert office_client.post("/office/sign-in", data={"kept": "y" * 2_500_000}).status_code == 413
    assert office_client.post("/office/accounts", data={"x": "y" * (5 * 1024 * 1024 - 10)}).status_code != 413
    answer = office_client.post("/office/accounts", data={"x": "y" * (5 * 1024 * 1024 + 1)})
    assert (answer.status_code, "超过 5 MB" in answer.get_data(as_text=True)) == (413, True)


def test_a_form_without_its_token_changes_nothing(office_client: FlaskClient, session: Session) -> None:
    answer = office_client.post("/office/accounts", data={"name": "张三", "role": "head"})
    assert (answer.status_code, "页面已过期" in answer.get_data(as_text=True)) == (400, True)
    assert session.scalars(select(Account.name)).all() == [OFFICE_NAME]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 401),  # a browser too old to say: the token decides
        ({"Origin": "http://pingyi.test"}, 401),  # the address in the settings, which a proxy may hide from the request
        ({"Origin": "http://localhost"}, 401),  # the host that was asked
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "https://pingyi.test"}, 403),  # another scheme is another origin
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind.proxy"}, 401),
        ({"Sec-Fetch-Site": "none"}, 401),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://pingyi.test"}, 403),
    ],
)
def test_what_another_site_makes_a_browser_send_is_refused_even_with_a_good_token(
    client: FlaskClient, sent: dict[str, str], status: int
) -> None:
    form = {"name": "x", "password": "y", "csrf_token": csrf(client)}
    assert client.post("/office/sign-in", data=form, headers=sent).status_code == status


def choice_or_one(rule: Rule, name: str) -> str:
    """What an address may have at this place."""
    converter = rule._converters[name]
    return min(converter.items) if isinstance(converter, AnyConverter) else "1"


def test_no_page_that_takes_anything_takes_it_from_another_site(app: Flask, office_client: FlaskClient) -> None:
    seen = 0
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or set()):
            _domain, path = rule.build({name: choice_or_one(rule, name) for name in rule.arguments}) or ("", "")
            for browser in (app.test_client(), office_client):
                answer = browser.post(path, headers={"Sec-Fetch-Site": "cross-site"})
                assert (answer.status_code, "不是从本系统的页面发出的" in answer.get_data(as_text=True)) == (403, True), path
            seen += 1
    assert seen > 30


def test_links_come_from_the_settings_whatever_host_is_claimed(office_client: FlaskClient) -> None:
    data = {"name": "张三", "role": "head", "csrf_token": csrf(office_client)}
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    page = office_client.post("/office/accounts", data=data, headers=headers).get_data(as_text=True)
    # The cookie belongs to another host, so the request is refused; nothing of the claimed host may be shown either way.
    assert "evil.example" not in page
    page = office_client.post("/office/accounts", data=data, headers={"X-Forwarded-Host": "evil.example"}).get_data(as_text=True)
    assert "http://pingyi.test/office/link/" in page
    assert "evil.example" not in page


def test_the_session_cookie_is_for_servers_eyes_and_this_site_only(client: FlaskClient) -> None:
    cookie = client.get("/office/sign-in").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_signing_in_makes_a_new_session_and_signing_out_ends_it(app: Flask, office_client: FlaskClient, session: Session) -> None:
    first = session.scalars(select(SignInSession.digest)).one()
    session.rollback()
    assert sign_in(office_client, OFFICE_NAME, OFFICE_PASSWORD) == 302
    second = session.scalars(select(SignInSession.digest)).one()
    session.rollback()
    assert first != second
    old = office_client.get_cookie("pingyi")
    assert old is not None
    office_client.post("/office/sign-out", data={"csrf_token": csrf(office_client)})
    stolen = app.test_client()
    stolen.set_cookie("pingyi", old.value)
    assert stolen.get("/office/accounts").status_code == 302


@pytest.mark.parametrize(("idle", "works"), [(29, True), (31, False)])
def test_half_an_hour_of_silence_signs_out(app: Flask, office_client: FlaskClient, idle: int, works: bool) -> None:
    later = clock.now() + dt.timedelta(minutes=idle)
    app.config["PINGYI_CLOCK"] = lambda: later
    assert (office_client.get("/office/accounts").status_code == 200) is works


def test_eight_hours_sign_out_even_somebody_who_never_rests(app: Flask, office_client: FlaskClient) -> None:
    start = clock.now()
    for quarter in range(1, 32):
        app.config["PINGYI_CLOCK"] = lambda passed=quarter: start + dt.timedelta(minutes=15 * passed)
        assert office_client.get("/office/accounts").status_code == 200
    app.config["PINGYI_CLOCK"] = lambda: start + dt.timedelta(hours=8, minutes=1)
    assert office_client.get("/office/accounts").status_code == 302


def asked(client: FlaskClient, number: int) -> dict[str, str]:
    """What the page sends on that says what the disabling ends."""
    page = client.get(f"/office/accounts/{number}/lock").get_data(as_text=True)
    return {"disabled": "yes", "csrf_token": csrf(client), "seen": seen_on(page)}


def test_a_disabled_account_is_out_at_once(app: Flask, office_client: FlaskClient, session: Session) -> None:
    staff_account(app)
    other = app.test_client()
    assert sign_in(other, "李四", OFFICE_PASSWORD) == 302
    assert other.get("/office/account").status_code == 200
    number = session.scalars(select(Account.id).where(Account.name == "李四")).one()
    session.rollback()
    office_client.post(f"/office/accounts/{number}/lock", data=asked(office_client, number))
    assert other.get("/office/account").status_code == 302
    assert sign_in(other, "李四", OFFICE_PASSWORD) == 401


def test_the_last_office_account_cannot_lock_itself_out(office_client: FlaskClient, session: Session) -> None:
    number = session.scalars(select(Account.id)).one()
    session.rollback()
    answer = office_client.post(f"/office/accounts/{number}/lock", data=asked(office_client, number))
    assert (answer.status_code, "最后一个" in answer.get_data(as_text=True)) == (409, True)


def test_unit_staff_find_no_office_page(app: Flask) -> None:
    staff_account(app)
    client = app.test_client()
    assert sign_in(client, "李四", OFFICE_PASSWORD) == 302
    for address in ("/office/accounts", "/office/log"):
        assert client.get(address).status_code == 404


def test_an_unknown_name_and_a_wrong_password_read_the_same(app: Flask, office_client: FlaskClient) -> None:
    pages = []
    for name, password in ((OFFICE_NAME, "wrong wrong wrong"), ("没有此人", "wrong wrong wrong")):
        client = app.test_client()
        answer = client.post("/office/sign-in", data={"name": name, "password": password, "csrf_token": csrf(client)})
        assert answer.status_code == 401
        pages.append(re.sub(r'(name="csrf_token" value|id="name"[^>]* value)="[^"]*"', "", answer.get_data(as_text=True)))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/nowhere", "", "/static/css/base.css"],
)
def test_next_leads_nowhere_but_to_our_own_pages(app: Flask, wanted: str) -> None:
    with app.test_request_context("/"):
        assert internal_address(wanted) is None
        assert internal_address("/office/accounts") == "/office/accounts"


def test_the_first_account_comes_from_a_link_that_works_once(app: Flask, client: FlaskClient) -> None:
    with resources(app).writing() as session:
        secret = accounts.new_link(session, None, now=clock.now())
        session.commit()
    address = f"/office/link/{secret}"
    for _ in range(3):
        page = client.get(address).get_data(as_text=True)
        assert "建立第一个评议办账户" in page  # looking does not use it up
    form = {"name": "王小红", "password": OFFICE_PASSWORD, "again": OFFICE_PASSWORD, "csrf_token": csrf(client)}
    assert client.post(address, data={**form, "again": "another"}).status_code == 400
    assert client.post(address, data={**form, "password": "short", "again": "short"}).status_code == 400
    assert client.post(address, data=form).status_code == 302
    assert client.get("/office/account").status_code == 200
    assert client.get(address).status_code == 404


def test_only_digests_of_sessions_links_and_passwords_are_stored(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    secret = accounts.new_link(session, session.scalars(select(Account)).one(), now=NOON)
    session.commit()
    with office_client.session_transaction() as cookie:
        signed_in = cookie[access.SESSION_KEY]
    dump = " ".join(
        repr(row) for table in ("account", "sign_in_session", "one_time_link", "audit_event", "attempts")
        for row in session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608 - names of this test's own
    )  # fmt: skip
    for hidden in (secret, signed_in, OFFICE_PASSWORD):
        assert hidden not in dump
        assert repr(hidden.encode()) not in dump


def test_a_changed_or_removed_event_breaks_the_chain(session: Session) -> None:
    for number in range(4):
        audit.record(session, account="王", action="act", detail=f"{number}\n", now=NOON)
    session.flush()
    assert audit.broken_at(session) is None
    third = session.scalars(select(AuditEvent).order_by(AuditEvent.id).offset(2)).first()
    assert third is not None
    third.detail = "something else"
    session.flush()
    assert audit.broken_at(session) == third.id
    after = third.id + 1
    session.delete(third)
    session.flush()
    assert audit.broken_at(session) == after


def test_no_form_that_only_asks_carries_the_forgery_token() -> None:
    """A form sent by GET puts its fields into an address, and addresses end in histories and logs."""
    found = []
    for path in sorted((Path(survey_app.__file__).parent / "templates").rglob("*.html")):
        for form in re.findall(r'<form[^>]*method="get"[^>]*>.*?</form>', path.read_text(encoding="utf-8"), re.DOTALL):
            hidden = re.sub(r"<button[^>]*formmethod=\"post\"[^>]*>", "", form)  # sent only by the button that acts
            found += [path.name for word in ("token()", "csrf_token") if word in hidden]
    assert found == []
