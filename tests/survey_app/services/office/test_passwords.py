"""Which passwords may be chosen, and that what was chosen before stays good."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.models import Account, AccountRole
from survey_app.roles import EVERYTHING
from survey_app.services.office import accounts, passwords
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import build

TITLE = "小镇年度评议"  # of `small_scheme`


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "至少要 15 个字符"),
        ("x" * 129, "最多 128 个字符"),
        ("passwordpassword1", "太常见"),
        ("aaaaaaaaaaaaaaaaaaaa", "太常见"),
        ("123456789012345678", "太常见"),
        ("abcdefghijklmnopqrstuvwxyz", "太常见"),
        ("correct horse battery staple", "太常见"),
        ("Correct-Horse-Battery-Staple!", "太常见"),
        ("ｃｏｒｒｅｃｔhorsebatterystaple", "太常见"),
        ("床前明月光，疑是地上霜。。。。。", "太常见"),
        ("1qazxsw23edcvfr4", "太常见"),  # on the list as it stands
        ("momsanaladventure", "太常见"),
        ("iloveyou!iloveyou!", "太常见"),
        ("Pingyi-Pingyi-2026", "太常见"),
        ("评议评议评议评议评议评议评议评议", "太常见"),
        ("dragon monkey shadow", "太常见"),  # three of the first few dozen
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, reason: str) -> None:
    with pytest.raises(passwords.PasswordError, match=reason):
        passwords.check_strength(password)


@pytest.mark.parametrize(
    "password",
    [
        OFFICE_PASSWORD,
        "violet tractor seventy ponds",
        "梧桐树下的自行车和三只橘猫在睡觉",
        "h7Kq2mZx9Lw4Tp8",
        "dragon monkey shadow 梧桐树下 bicycle",
    ],
)
def test_unrelated_words_and_random_characters_are_taken(password: str) -> None:
    passwords.check_strength(password)


def test_the_guesses_are_the_product_of_the_easiest_pieces() -> None:
    """The list's first three are 123456, password and 12345678. A follower or repetition costs 2, a digit 10, a letter 26."""
    assert passwords.guesses("123456") == 1
    assert passwords.guesses("Pass-Word") == 2
    assert passwords.guesses("12345678password") == 3 * 2
    assert passwords.guesses("password7") == 2 * 10
    assert passwords.guesses("评议password") == 1 * 2
    assert passwords.guesses("龘password") == 1000 * 2
    assert passwords.guesses("zhao liu password", ["Zhao Liu"]) == 1 * 2


def test_names_from_here_are_refused(session: Session) -> None:
    build(session)
    account = Account(name="李四的大办公室", given_roles=[AccountRole(role=one) for one in EVERYTHING], created=NOON)
    for password in (f"{TITLE}{TITLE}{TITLE}", f"{TITLE} 12345678910", "李四的大办公室 李四的大办公室！"):
        with pytest.raises(passwords.PasswordError, match="太常见"):
            accounts.set_password(session, account, password, QUICK_PASSWORD)
    accounts.set_password(session, account, OFFICE_PASSWORD, QUICK_PASSWORD)


def test_an_account_of_before_signs_in_with_what_could_not_be_chosen_today(app: Flask) -> None:
    old = "correct horse battery staple"
    with resources(app).writing() as session:
        hashed = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(old)
        session.add(
            Account(name=OFFICE_NAME, given_roles=[AccountRole(role=one) for one in EVERYTHING], created=NOON, password=hashed)
        )
        session.commit()
    client = app.test_client()
    answer = client.post("/office/sign-in", data={"name": OFFICE_NAME, "password": old, "csrf_token": csrf(client)})
    assert answer.status_code == 302
    with resources(app).reading() as look:
        assert look.scalars(select(Account.password)).one() == hashed
