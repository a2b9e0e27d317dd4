"""Ways into an account that are none: links used twice at once, tossed and forged cookies, planted rows, codes of others."""

from __future__ import annotations

import datetime as dt
import re
import secrets
import threading

import pytest
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from survey_app import access, create_app
from survey_app.config import Config, cookie_key
from survey_app.database import session_factory
from survey_app.errors import UserError
from survey_app.extensions import resources
from survey_app.models import Account, OneTimeLink, SignInSession, TotpSecret
from survey_app.roles import EVERYTHING, Role
from survey_app.services.office import accounts, factors, recovery_codes, totp
from survey_app.services.office.accounts import session_digest
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_ALIAS, QUICK_PASSWORD, csrf, office_account
from tests.support.clock import NOON
from tests.survey_app.test_security import sign_in

SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
KEY = b"12345678901234567890"


@pytest.mark.parametrize("whose", ["the first account", "somebody's"])
def test_of_two_who_use_one_link_at_the_same_moment_one_gets_in(session: Session, engine: Engine, whose: str) -> None:
    """The owner and whoever read the letter over the shoulder; or two who both have the address on the server's screen."""
    owner = None
    if whose == "somebody's":
        owner = accounts.create_account(session, name="王", roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON)
    secret = accounts.new_link(session, owner, now=NOON)
    session.commit()
    begin, found = threading.Barrier(2), []

    def use(name: str) -> None:
        with session_factory(engine)() as own:
            begin.wait()
            try:
                accounts.use_link(own, secret, name=name, password=f"{OFFICE_PASSWORD} {name}", cost=QUICK_PASSWORD, now=NOON)
                own.commit()
            except UserError:
                own.rollback()
                found.append("refused")
            else:
                found.append("in")

    both = [threading.Thread(target=use, args=(name,)) for name in ("甲", "乙")]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(found) == ["in", "refused"]
    assert len(session.scalars(select(Account.id)).all()) == 1
    assert session.scalars(select(OneTimeLink)).all() == []


@SQLITE
def test_a_cookie_signed_by_another_key_or_for_another_purpose_is_no_session(app: Flask, office_client: FlaskClient) -> None:
    true = office_client.get_cookie("pingyi")
    browser = office_client.get_cookie("pingyi-browser")
    assert true is not None
    assert browser is not None
    with office_client.session_transaction() as cookie:
        content = dict(cookie)
    forged = []
    for key in ("", "x" * 32, "dev", "secret-key"):
        other = Flask("other")
        other.secret_key = key or "0"
        signer = SecureCookieSessionInterface().get_signing_serializer(other)
        assert signer is not None
        forged.append(str(signer.dumps(content)))
    body, stamp, mark = true.value.rsplit(".", 2)
    forged += [
        browser.value,
        f"{body}.{stamp}",
        f"{body}.{stamp}.",
        f"{body}..{mark}",
        f".{body}.{stamp}.{mark}",
        body,
        "null",
        "",
    ]
    for value in forged:
        thief = app.test_client()
        thief.set_cookie("pingyi", value)
        assert thief.get("/office/accounts").status_code == 302, value
    for name in ("__Host-pingyi", "Pingyi", "pingyi-browser", "session"):
        thief = app.test_client()
        thief.set_cookie(name, true.value)
        assert thief.get("/office/accounts").status_code == 302, name


@SQLITE
def test_over_https_a_neighbours_cookie_is_not_read(config: Config) -> None:
    """Cookie tossing: another host of the same domain, or a page over http, plants a session of its own under our name. Names
    that begin with `__Host-` no neighbour can set, and cookies under any other name are not looked at."""
    config = Config(**{**vars(config), "base_url": "https://office.example.cn"})
    app = create_app(config)
    office_account(app, OFFICE_NAME)
    client = app.test_client()
    first = client.get("/office/sign-in", base_url="https://office.example.cn")
    cookies = first.headers.getlist("Set-Cookie")
    assert cookies
    token = re.search(r'name="csrf_token" value="([^"]+)"', first.get_data(as_text=True))
    entry = {"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": token[1] if token else ""}
    answer = client.post("/office/sign-in", data=entry, base_url="https://office.example.cn")
    assert answer.status_code == 302
    for cookie in [*cookies, *answer.headers.getlist("Set-Cookie")]:
        name, _, rest = cookie.partition("=")
        assert name.startswith("__Host-")
        assert "Secure" in rest
        assert "Path=/" in rest
        assert "Domain" not in rest
    kept = client.get_cookie("__Host-pingyi", domain="office.example.cn")
    assert kept is not None
    tossed = app.test_client()
    tossed.set_cookie("pingyi", kept.value, domain="office.example.cn")
    assert tossed.get("/office/accounts", base_url="https://office.example.cn").status_code == 302
    resources(app).engine.dispose()


@SQLITE
def test_a_session_row_planted_in_the_database_opens_nothing_without_the_servers_key(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    """Who writes into the database knows the secret of the row they planted, and cannot sign the cookie that carries it."""
    secret = secrets.token_hex(16)
    head = session.scalars(select(Account.id)).one()
    row = SignInSession(digest=session_digest(secret), account_id=head, browser="", mark=None)
    good = session.scalars(select(SignInSession)).first()
    assert good is not None
    row.created = row.seen = row.confirmed = good.seen
    session.add(row)
    session.commit()
    for value in (secret, f'{{"sign_in":"{secret}"}}'):
        thief = app.test_client()
        thief.set_cookie("pingyi", value)
        assert thief.get("/office/accounts").status_code == 302
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie[access.SESSION_KEY] = secret  # with the key it would
    assert thief.get("/office/accounts").status_code == 200


@SQLITE
@pytest.mark.parametrize("planted", [0, 1, True, [], {}, "", "0" * 32, None, 3.5, "x" * 4000])
def test_a_cookie_of_ours_with_another_kind_of_value_is_nobody(app: Flask, office_client: FlaskClient, planted: object) -> None:
    thief = app.test_client()
    with thief.session_transaction() as cookie:
        cookie[access.SESSION_KEY], cookie["account"], cookie["language"] = planted, planted, planted
    assert thief.get("/office/accounts").status_code == 302
    assert thief.post("/office/accounts", data={"csrf_token": csrf(thief)}).status_code in {302, 401}


@SQLITE
def test_one_accounts_authenticator_and_codes_are_good_for_no_other(app: Flask, session: Session) -> None:
    """Its row copied onto another account by who owns the database, its recovery code typed for another name."""
    secret, config = cookie_key(resources(app).config), resources(app).config
    assert config is not None
    own, other = (accounts.create_account(session, name=name, roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON) for name in "甲乙")
    session.flush()
    factors.begin_totp(session, own, KEY, totp.code_at(KEY, totp.step_at(NOON)), secret=secret, now=NOON)
    (code, *_rest) = recovery_codes.renew(session, own)
    sealed = session.get_one(TotpSecret, own.id).sealed
    session.add(TotpSecret(account_id=other.id, sealed=sealed, last_step=0, since=NOON))
    session.commit()
    later = NOON + dt.timedelta(minutes=5)
    typed = totp.code_at(KEY, totp.step_at(later))
    assert factors.judge(factors.load(session, own.id, typed), typed, secret=secret, now=later).right
    assert not factors.judge(factors.load(session, other.id, typed), typed, secret=secret, now=later).right
    assert factors.judge(factors.load(session, own.id, code), code, secret=secret, now=later).right
    assert not factors.judge(factors.load(session, other.id, code), code, secret=secret, now=later).right
    decoy = totp.code_at(bytes(totp.KEY_BYTES), totp.step_at(later))  # of the key that is reckoned with where there is none
    assert not factors.judge(factors.load(session, other.id, decoy), decoy, secret=secret, now=later).right


@SQLITE
def test_a_link_to_somebody_disabled_or_of_before_a_new_one_is_no_way_in(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    owner = accounts.create_account(session, name="王", roles={Role.CLERK}, cost=QUICK_PASSWORD, now=NOON)
    first = accounts.new_link(session, owner, now=NOON)
    second = accounts.new_link(session, owner, now=NOON)
    session.commit()
    app.config["PINGYI_CLOCK"] = lambda: NOON
    form = {"password": OFFICE_PASSWORD, "again": OFFICE_PASSWORD}
    for spelling in (first, second.upper(), second + "0", second[:-1], f"{second}%20", f"%20{second}"):
        answer = client.post(f"/office/link/{spelling}", data={**form, "csrf_token": csrf(client)})
        assert answer.status_code == 404, spelling
    session.execute(update(Account).values(disabled=True))
    session.commit()
    assert client.post(f"/office/link/{second}", data={**form, "csrf_token": csrf(client)}).status_code == 404
    app.config["PINGYI_CLOCK"] = lambda: NOON + dt.timedelta(hours=73)
    session.execute(update(Account).values(disabled=False))
    session.commit()
    assert client.post(f"/office/link/{second}", data={**form, "csrf_token": csrf(client)}).status_code == 404


@SQLITE
@pytest.mark.parametrize(
    "name", ["评议办\x00", "评议办' OR '1'='1", "评议办%", "*", "评议办\n", "ＡＤＭＩＮ", "评议办\u200b", "a" * 60_000]
)
def test_a_name_that_is_nearly_an_accounts_signs_nobody_in(app: Flask, office_client: FlaskClient, name: str) -> None:
    """A line's end and blanks around a name are what a paste leaves; everything else is another name."""
    assert sign_in(app.test_client(), name, OFFICE_PASSWORD) == (302 if name == "评议办\n" else 401)


@SQLITE
def test_a_password_is_not_cut_short(app: Flask, office_client: FlaskClient, session: Session) -> None:
    """bcrypt cuts at 72 bytes and at a NUL; a hash over a cut password takes any that begins alike."""
    long = "窗外的梧桐 seven green kites 河边的石头 under nine bridges 山上的云 and then some more words to reach it"
    assert len(long.encode()) > 72
    accounts.create_account(session, name="长", roles={Role.CLERK}, password=long, cost=QUICK_PASSWORD, now=NOON)
    session.commit()
    assert sign_in(app.test_client(), "长", long) == 302
    for other in (long[:-1], long + "x", long[:40], long.replace("kites", "kites\x00"), "", long.upper()):
        assert sign_in(app.test_client(), "长", other) in {401, 429}


@SQLITE
def test_a_bound_cost_and_an_old_digest_let_nobody_in(config: Config) -> None:
    """A place whose settings say another cost hashes anew at the next sign-in, and takes no weaker word for it."""
    weaker = Config(**{**vars(config), "alias_cost": QUICK_ALIAS})
    app = create_app(weaker)
    with resources(app).writing() as session:
        one = accounts.create_account(
            session, name="王", roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
        )
        session.commit()
        one.password = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
        session.commit()
    factors_off = app.test_client()
    assert sign_in(factors_off, "王", OFFICE_PASSWORD) == 401
    assert sign_in(app.test_client(), "王", "") == 401
    resources(app).engine.dispose()
