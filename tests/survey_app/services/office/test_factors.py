"""An authenticator's codes, recovery codes and the office's statement: each code good once, whoever sends it and how often."""

from __future__ import annotations

import datetime as dt
import re
import threading

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from survey_app.database import session_factory
from survey_app.errors import RefusedError
from survey_app.models import Account, RecoveryCode, TotpSecret
from survey_app.roles import EVERYTHING
from survey_app.services.office import accounts, factors, recovery_codes, signing_in, totp
from survey_app.services.office.accounts import SignInError
from survey_app.services.office.factors import CodeError
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_PASSWORD
from tests.support.clock import NOON

SECRET = "the server's own secret, 32 characters"
KEY = b"12345678901234567890"  # of RFC 6238, appendix B
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
#: RFC 6238, appendix B, the rows of SHA-1: seconds since the epoch -> eight digits.
RFC_6238 = {
    59: "94287082",
    1111111109: "07081804",
    1111111111: "14050471",
    1234567890: "89005924",
    2000000000: "69279037",
    20000000000: "65353130",
}


@pytest.mark.parametrize(("second", "digits"), RFC_6238.items())
def test_the_vectors_of_rfc_6238(second: int, digits: str) -> None:
    moment = EPOCH + dt.timedelta(seconds=second)
    assert totp.code_at(KEY, totp.step_at(moment), digits=8) == digits
    assert totp.code_at(KEY, totp.step_at(moment)) == digits[2:]  # six digits are the last six of eight


@pytest.mark.parametrize(("seconds", "right"), [(-31, False), (-30, True), (0, True), (59, True), (60, False)])
def test_a_phone_may_be_half_a_minute_wrong_and_no_more(seconds: int, right: bool) -> None:
    """1111111109 = 30 * 37037036 + 29: the last second of its step, whose code counts from 30 s before to 30 s after it."""
    now = EPOCH + dt.timedelta(seconds=1111111109 - 29 + seconds)  # the step's first second, moved
    assert (totp.matching_step(KEY, "081804", now=now, after=0) == 37037036) is right


def test_the_secret_is_written_for_apps_and_for_people() -> None:
    # base32 of "12345678901234567890" (RFC 4648): GEZDGNBV GY3TQOJQ, twice.
    assert totp.written(KEY) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    assert totp.address(KEY, "王 五", "a.cn") == (
        "otpauth://totp/Pingyi%20a.cn:%E7%8E%8B%20%E4%BA%94?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Pingyi%20a.cn"
    )


def test_a_sealed_secret_opens_for_its_account_and_this_server_alone() -> None:
    sealed = totp.seal(KEY, 7, SECRET)
    assert KEY not in sealed
    assert totp.unseal(sealed, 7, SECRET) == KEY
    for account, secret in ((8, SECRET), (7, SECRET + "x")):
        with pytest.raises(totp.BrokenSealError):
            totp.unseal(sealed, account, secret)
    offered = totp.offer(KEY, 7, SECRET, now=NOON)
    assert totp.taken_up(offered, 7, SECRET, now=NOON + dt.timedelta(minutes=30)) == KEY
    for account, minutes, text in ((8, 1, offered), (7, 31, offered), (7, -1, offered), (7, 1, "é"), (7, 1, "")):
        with pytest.raises(totp.BrokenSealError):
            totp.taken_up(text, account, SECRET, now=NOON + dt.timedelta(minutes=minutes))


@pytest.fixture
def account(session: Session) -> Account:
    made = accounts.create_account(
        session, name=OFFICE_NAME, roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
    )
    session.commit()
    return made


def code(*, minutes: float = 0) -> str:
    return totp.code_at(KEY, totp.step_at(NOON + dt.timedelta(minutes=minutes)))


def enrolled(session: Session, account: Account) -> None:
    factors.begin_totp(session, account, KEY, code(minutes=-2), secret=SECRET, now=NOON - dt.timedelta(minutes=2))
    session.commit()


def get_in(session: Session, typed: str, *, minutes: float = 0, password: str = OFFICE_PASSWORD, name: str = OFFICE_NAME) -> str:
    """What it was that let somebody in, beside the password."""
    now = NOON + dt.timedelta(minutes=minutes)
    how = signing_in.admit(session, name, password, typed, cost=QUICK_PASSWORD, secret=SECRET, now=now)[1]
    session.commit()
    return how


def test_a_code_opens_once(session: Session, account: Account) -> None:
    enrolled(session, account)
    assert get_in(session, code()) == "authenticator"
    for again in (code(), code(minutes=-0.5)):  # the same, and the one before it
        with pytest.raises(SignInError):
            get_in(session, again)
        session.rollback()
    assert get_in(session, f" {code(minutes=1)[:3]} {code(minutes=1)[3:]}", minutes=1) == "authenticator"  # as apps show it
    assert get_in(session, code(minutes=2).translate({48 + n: 0xFF10 + n for n in range(10)}), minutes=2)  # full width


def test_the_code_of_the_setting_up_opens_nothing_afterwards(session: Session, account: Account) -> None:
    factors.begin_totp(session, account, KEY, code(), secret=SECRET, now=NOON)
    session.commit()
    with pytest.raises(SignInError):
        get_in(session, code())


def test_whatever_is_wrong_the_sentence_is_one(session: Session, account: Account) -> None:
    enrolled(session, account)
    told = set()
    for name, password, typed in (
        (OFFICE_NAME, OFFICE_PASSWORD, ""),
        (OFFICE_NAME, OFFICE_PASSWORD, "000000"),
        (OFFICE_NAME, OFFICE_PASSWORD, "ABCD" * 6),
        (OFFICE_NAME, "wrong", code()),
        ("没有此人", OFFICE_PASSWORD, code()),
    ):
        with pytest.raises(SignInError) as refused:
            get_in(session, typed, password=password, name=name)
        told.add((refused.value.sentence, refused.value.status))
        session.rollback()
    assert told == {("账户名、口令或验证码不对；请检查后再试。", 401)}
    assert get_in(session, code()) == "authenticator"  # a wrong password used no code up


def test_an_account_without_a_factor_needs_no_code(session: Session, account: Account) -> None:
    assert get_in(session, "") == ""
    assert get_in(session, "123456") == ""


def test_another_servers_secret_leaves_the_recovery_codes(session: Session, account: Account) -> None:
    """The key file was lost and made anew: no code of the authenticator fits, not even one reckoned from nothing."""
    enrolled(session, account)
    (first, *_rest) = recovery_codes.renew(session, account)
    session.commit()
    for typed, right in ((code(), False), (totp.code_at(bytes(20), totp.step_at(NOON)), False), (first, True)):
        loaded = factors.load(session, account.id, typed)
        assert factors.judge(loaded, typed, secret=SECRET + "new", now=NOON).right is right


def test_a_recovery_code_opens_once_and_only_digests_are_kept(session: Session, account: Account) -> None:
    enrolled(session, account)
    codes = recovery_codes.renew(session, account)
    session.commit()
    assert len({*codes}) == 10
    assert all(re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{4}-){5}[0-9A-HJKMNP-TV-Z]{4}", one) for one in codes)
    kept = b"".join(session.scalars(select(RecoveryCode.digest)))
    assert not any(one.replace("-", "").encode() in kept for one in codes)
    assert get_in(session, codes[3].lower().replace("-", " ")) == "recovery code"
    with pytest.raises(SignInError):
        get_in(session, codes[3])
    session.rollback()
    assert recovery_codes.left(session, account.id) == 9
    recovery_codes.renew(session, account)
    session.commit()
    with pytest.raises(SignInError):  # new ones void the old
        get_in(session, codes[4])


def test_a_recovery_code_of_somebody_else_opens_nothing(session: Session, account: Account) -> None:
    other = accounts.create_account(
        session, name="李四", roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
    )
    enrolled(session, account)
    codes = recovery_codes.renew(session, other)
    session.commit()
    with pytest.raises(SignInError):
        get_in(session, codes[0])


@pytest.mark.parametrize("kind", ["recovery", "authenticator"])
def test_of_ten_who_send_one_code_at_once_one_gets_in(session: Session, engine: Engine, account: Account, kind: str) -> None:
    enrolled(session, account)
    typed = recovery_codes.renew(session, account)[0] if kind == "recovery" else code()
    session.commit()
    ready = threading.Barrier(10)
    found: list[bool] = []

    def press() -> None:
        with session_factory(engine)() as own:
            loaded = factors.load(own, account_id, typed)
            own.rollback()
            verdict = factors.judge(loaded, typed, secret=SECRET, now=NOON)
            ready.wait()  # everybody was told "right" by now
            try:
                factors.spend(own, account_id, verdict)
                own.commit()
                found.append(verdict.right)
            except CodeError:
                own.rollback()
                found.append(False)

    account_id = account.id
    session.commit()
    threads = [threading.Thread(target=press) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False] * 9 + [True]


def test_a_wrong_first_code_sets_nothing_up(session: Session, account: Account) -> None:
    with pytest.raises(CodeError):
        factors.begin_totp(session, account, KEY, "000000", secret=SECRET, now=NOON)
    assert session.get(TotpSecret, account.id) is None
    assert not factors.standing(session, account.id).enrolled


def test_the_office_states_that_it_does_without_only_before_anybody_has_a_factor(session: Session, account: Account) -> None:
    assert factors.must_enrol(session, account)
    factors.state_without(session, by=OFFICE_NAME, now=NOON)
    assert not factors.must_enrol(session, account)
    factors.take_back(session)
    enrolled(session, account)
    assert not factors.must_enrol(session, account)
    with pytest.raises(RefusedError):
        factors.state_without(session, by=OFFICE_NAME, now=NOON)


def test_recovery_codes_go_with_the_last_factor(session: Session, account: Account) -> None:
    enrolled(session, account)
    recovery_codes.renew(session, account)
    factors.end_totp(session, account)
    assert recovery_codes.left(session, account.id) == 0
    assert factors.must_enrol(session, account)
