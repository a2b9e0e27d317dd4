"""Passkeys: an answer opens once, to its own challenge, from our own address, with its holder's finger on it; else nothing."""

from __future__ import annotations

import datetime as dt
import json
import threading

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from survey_app.database import session_factory
from survey_app.errors import RefusedError, UserError
from survey_app.models import Account, AccountRole, Passkey, SpentChallenge
from survey_app.roles import EVERYTHING, WITH_PASSKEY, Role
from survey_app.services.office import accounts, factors, passkeys, recovery_codes, totp
from survey_app.services.office.passkeys import PasskeyError, RelyingParty
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, OTHER_NAME, QUICK_PASSWORD
from tests.support.authenticator import PRESENT, VERIFIED, Authenticator
from tests.support.clock import NOON

SECRET = "the server's own secret, 32 characters"
PARTY = RelyingParty("pingyi.test", "https://pingyi.test")


@pytest.mark.parametrize(
    ("address", "party"),
    [
        ("https://pingyi.example.cn", RelyingParty("pingyi.example.cn", "https://pingyi.example.cn")),
        ("https://pingyi.example.cn:8443", RelyingParty("pingyi.example.cn", "https://pingyi.example.cn:8443")),
        ("http://localhost:8000", RelyingParty("localhost", "http://localhost:8000")),
        ("http://pingyi.example.cn", None),
        ("http://127.0.0.1:8000", None),
        ("https://192.168.1.5", None),
        ("https://[fd00::1]:8443", None),
    ],
)
def test_passkeys_are_offered_where_browsers_make_them(address: str, party: RelyingParty | None) -> None:
    assert passkeys.relying_party(address) == party


@pytest.fixture
def account(session: Session) -> Account:
    made = accounts.create_account(
        session, name=OFFICE_NAME, roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
    )
    session.commit()
    return made


def added(session: Session, account: Account, key: Authenticator | None = None) -> Authenticator:
    """The account with this passkey. Committed."""
    key = key or Authenticator(PARTY.origin)
    asked = passkeys.challenge(passkeys.purpose_of_adding(account.id), SECRET, now=NOON)
    options = json.loads(json.dumps(passkeys.making(PARTY, asked, account, [])))
    passkeys.add(session, account, key.make(options), title=" 办公室  电脑 ", party=PARTY, secret=SECRET, now=NOON)
    session.commit()
    return key


def asked(purpose: str = passkeys.SIGNING_IN, *, minutes: float = 0) -> dict[str, object]:
    now = NOON + dt.timedelta(minutes=minutes)
    told: dict[str, object] = json.loads(json.dumps(passkeys.asking(PARTY, passkeys.challenge(purpose, SECRET, now=now), [])))
    return told


def check(session: Session, answer: str, *, purpose: str = passkeys.SIGNING_IN, minutes: float = 1) -> str:
    """The name of whoever is let in. Committed."""
    now = NOON + dt.timedelta(minutes=minutes)
    name = passkeys.check(session, answer, purpose=purpose, party=PARTY, secret=SECRET, now=now).name
    session.commit()
    return name


def test_a_passkey_says_who_it_is_and_its_answer_opens_once(session: Session, account: Account) -> None:
    key = added(session, account)
    assert session.scalars(select(Passkey.title)).one() == "办公室 电脑"
    answer = key.answer(asked())
    assert check(session, answer) == OFFICE_NAME
    with pytest.raises(PasskeyError):
        check(session, answer)
    session.rollback()
    assert check(session, key.answer(asked())) == OFFICE_NAME


@pytest.mark.parametrize("counts", [True, False])
def test_of_five_who_send_one_answer_at_once_one_gets_in(
    session: Session, engine: Engine, account: Account, counts: bool
) -> None:
    """Also where the authenticator does not count its uses, as synchronised ones do not."""
    key = added(session, account, Authenticator(PARTY.origin, uses=1 if counts else 0))
    key.uses = 7 if counts else 0
    answer, ready, found = key.answer(asked()), threading.Barrier(5), []

    def press() -> None:
        with session_factory(engine)() as own:
            ready.wait()
            try:
                check(own, answer)
                found.append(True)
            except PasskeyError:
                own.rollback()
                found.append(False)

    threads = [threading.Thread(target=press) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 4 + [True]


def test_what_is_not_exactly_right_opens_nothing(session: Session, account: Account) -> None:
    other = accounts.create_account(session, name=OTHER_NAME, roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON)
    key = added(session, account)
    proving = passkeys.purpose_of_proving(account.id)
    wrong = {
        "another purpose": key.answer(asked(proving)),
        "too old": key.answer(asked(minutes=-10)),
        "of tomorrow": key.answer(asked(minutes=1440)),
        "another party": key.answer(asked(), rp="evil.example"),
        "a registration's kind": key.answer(asked(), kind="webauthn.create"),
        "a challenge of nobody": key.answer({**asked(), "challenge": "AAAA" * 19}),
        "a short challenge": key.answer({**asked(), "challenge": "AAAA"}),
        "no JSON": "nonsense",
        "no object": "[1, 2]",
        "empty": "",
    }
    for told in (
        {"origin": "https://evil.example"},
        {"origin": "http://pingyi.test"},
        {"flags": PRESENT},  # nobody proved who they are
        {"flags": VERIFIED},
        {"handle": passkeys.handle(other.id, PARTY)},
        {"credential": b"another credential's name of 32."},
    ):
        wrong[repr(told)] = Authenticator(**{**vars(key), "uses": 50, **told}).answer(asked())
    wrong["another key"] = Authenticator(PARTY.origin, uses=50, handle=key.handle).answer(asked())
    for name, answer in wrong.items():
        with pytest.raises(PasskeyError):
            check(session, answer)
        session.rollback()
        assert session.scalar(select(func.count()).select_from(SpentChallenge)) == 1, name  # of the adding alone
        session.rollback()
    assert check(session, Authenticator(**{**vars(key), "uses": 51}).answer(asked(proving)), purpose=proving) == OFFICE_NAME


def test_a_counter_that_goes_back_is_a_copied_key(session: Session, account: Account) -> None:
    key = added(session, account)
    key.uses = 9
    assert check(session, key.answer(asked())) == OFFICE_NAME
    key.uses = 9
    with pytest.raises(PasskeyError):
        check(session, key.answer(asked()))


def test_a_disabled_account_is_not_let_in(session: Session, account: Account) -> None:
    key = added(session, account)
    account.disabled = True
    session.commit()
    with pytest.raises(PasskeyError):
        check(session, key.answer(asked()))


def test_a_passkey_is_made_for_its_account_and_once(session: Session, account: Account) -> None:
    key = added(session, account)
    asked_again = passkeys.challenge(passkeys.purpose_of_adding(account.id), SECRET, now=NOON)
    options = json.loads(json.dumps(passkeys.making(PARTY, asked_again, account, [key.credential])))
    assert options["excludeCredentials"][0]["type"] == "public-key"
    made = key.make(options)

    def add(answer: str, *, account: Account = account, title: str = "") -> None:
        passkeys.add(session, account, answer, title=title, party=PARTY, secret=SECRET, now=NOON)

    with pytest.raises(RefusedError):
        add(made)
    session.rollback()
    with pytest.raises(UserError):
        add(made, title="长" * 61)
    other = accounts.create_account(session, name=OTHER_NAME, roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON)
    for answer in (made, key.make({**options, "challenge": "AAAA" * 19}), "", "{}", key.make(options, rp="evil.example")):
        with pytest.raises(PasskeyError):
            add(answer, account=other)


PARTS = ("clientDataJSON", "authenticatorData", "signature", "userHandle", "rawId", "id", "response")
ODD: st.SearchStrategy[object] = (
    st.none() | st.integers() | st.text(max_size=40) | st.lists(st.integers(), max_size=2) | st.just({})
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_a_stranger_sends_the_answer_is_no(session: Session, account: Account, data: st.DataObject) -> None:
    """One byte of a good answer changed, one part of it left out or replaced: never an error, never a way in."""
    key: Authenticator = session.info.get("key") or added(session, account)
    session.info["key"] = key
    part, changed = data.draw(st.sampled_from(PARTS)), data.draw(st.booleans())
    at, letter, odd = data.draw(st.integers(0, 10_000)), data.draw(st.sampled_from("AZaz09-_")), data.draw(ODD)
    told = json.loads(key.answer(asked()))
    holder = told if part in told else told["response"]
    if changed and isinstance(holder[part], str):
        at %= len(holder[part]) - 1  # of the last letter some bits mean nothing
        holder[part] = holder[part][:at] + ("B" if holder[part][at] == letter else letter) + holder[part][at + 1 :]
    else:
        holder[part] = odd
    harmless = part == "userHandle" and holder[part] is None  # an authenticator need not name the account
    try:
        assert check(session, json.dumps(told)) == OFFICE_NAME
        assert harmless
    except PasskeyError:
        session.rollback()
        assert not harmless


@pytest.mark.parametrize(
    ("setting", "role", "only"),
    [
        ("", Role.HEAD, False),
        ("heads", Role.HEAD, True),
        ("heads", Role.CLERK, False),
        ("office", Role.CLERK, True),
        ("office", Role.STAFF, False),
    ],
)
def test_where_a_passkey_is_required_an_authenticators_code_opens_nothing_any_more(
    session: Session, account: Account, setting: str, role: Role, *, only: bool
) -> None:
    """Not for this role: everything as before. For it: enrolled only with a passkey; from then on that, or a recovery code."""
    account.given_roles = [AccountRole(role=role)]
    session.flush()
    roles = WITH_PASSKEY[setting]
    key = b"12345678901234567890"
    factors.begin_totp(session, account, key, totp.code_at(key, totp.step_at(NOON)), secret=SECRET, now=NOON)
    (recovery, *_others) = recovery_codes.renew(session, account)
    later = NOON + dt.timedelta(minutes=5)
    code = totp.code_at(key, totp.step_at(later))

    def right(typed: str) -> bool:
        found = factors.load(session, account.id, typed, with_passkey=roles)
        return factors.judge(found, typed, secret=SECRET, now=later).right

    assert factors.must_enrol(session, account, with_passkey=roles) is only
    assert right(code)  # before there is one, or nobody could come in to add it
    added(session, account)
    assert factors.must_enrol(session, account, with_passkey=roles) is False
    assert right(code) is not only
    assert right(recovery)
    assert not right("000000")
