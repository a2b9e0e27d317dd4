"""Signing in against somebody who guesses: slowed down, and nobody else locked out."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from survey_app import clock
from survey_app.costs import PasswordCost
from survey_app.extensions import resources
from survey_app.services.office import accounts, throttle
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, csrf, office_account
from tests.support.clock import NOON
from tests.survey_app.test_security import sign_in

pytestmark = pytest.mark.postgresql_later


def test_a_guess_that_comes_too_early_is_not_judged_but_the_owners_own_browser_still_gets_in(
    app: Flask, office_client: FlaskClient
) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON
    stranger = app.test_client()
    for _ in range(5):
        assert sign_in(stranger, OFFICE_NAME, "wrong wrong wrong") == 401
    assert sign_in(stranger, OFFICE_NAME, OFFICE_PASSWORD) == 429
    app.config["PINGYI_CLOCK"] = clock.now
    office_client.post("/office/sign-out", data={"csrf_token": csrf(office_client)})
    app.config["PINGYI_CLOCK"] = lambda: NOON
    assert sign_in(office_client, OFFICE_NAME, OFFICE_PASSWORD) == 302
    app.config["PINGYI_CLOCK"] = lambda: NOON + dt.timedelta(seconds=1)
    assert sign_in(stranger, OFFICE_NAME, OFFICE_PASSWORD) == 302


def test_the_wait_doubles_up_to_a_minute_and_a_stubborn_guesser_gets_some_1500_guesses_a_day(session: Session) -> None:
    """Tried every second of an hour: 5 free, waits of 1, 2, 4, 8, 16, 32 s, then 3,537 s at a minute each: 5 + 6 + 58 or so."""
    lane = throttle.Lane("test", free=5)
    assert [lane.wait(failures) for failures in (4, 5, 6, 7, 10, 11, 400)] == [0, 1, 2, 4, 32, 60, 60]
    judged = 0
    for passed in range(3600):
        try:
            throttle.spend(session, lane, "x", now=NOON + dt.timedelta(seconds=passed))
        except throttle.ThrottledError:
            continue
        judged += 1
    assert 60 <= judged <= 75
    throttle.spend(session, lane, "y", now=NOON)
    with pytest.raises(throttle.ThrottledError, match="秒"):
        throttle.spend(session, lane, "x", now=NOON + dt.timedelta(seconds=3600))
    throttle.forgive(session, lane, "x", now=NOON)
    throttle.spend(session, lane, "x", now=NOON)


def test_forty_spellings_of_one_name_are_one_name(app: Flask, office_client: FlaskClient, session: Session) -> None:
    office_account(app, "Office K1")
    app.config["PINGYI_CLOCK"] = lambda: NOON
    spelt = [
        "Office K1",
        "Ｏffice K1",
        "Office  K1",
        " office k1",
        "Oﬃce K1",
        "OFFICE K1",
        "Office K１",
        "ⓞffice K1",
        "Office\u3000K1",
    ]
    statuses = [sign_in(app.test_client(), one, "wrong wrong wrong") for one in spelt]
    assert statuses == [401] * 5 + [429] * 4


def test_hundreds_of_made_up_names_slow_strangers_down_and_lock_nobody_out(
    app: Flask, office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the attack went, with more names: on a slow machine one in four seconds is forgotten meanwhile. Then the office signs in
    from a browser that was never seen."""
    slept: list[float] = []
    monkeypatch.setattr(throttle, "DOOR", throttle.Door(sleep=slept.append))
    app.config["PINGYI_CLOCK"] = lambda: NOON
    stranger = app.test_client()
    token = csrf(stranger)
    for number in range(240):
        form = {"name": f"made up {number}", "password": "wrong wrong wrong", "csrf_token": token}
        assert stranger.post("/office/sign-in", data=form).status_code == 401
    assert slept == [3.0] * len(slept)
    assert 1 <= len(slept) <= 40  # beyond 200 that are free
    before = len(slept)
    assert sign_in(app.test_client(), OFFICE_NAME, OFFICE_PASSWORD) == 302
    assert len(slept) == before + 1
    office_client.post("/office/sign-out", data={"csrf_token": csrf(office_client)})
    assert sign_in(office_client, OFFICE_NAME, OFFICE_PASSWORD) == 302
    assert len(slept) == before + 1  # a browser that is known waits for no stranger


def test_a_password_is_checked_without_a_database_connection(
    app: Flask, office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = resources(app).engine.pool
    assert isinstance(pool, QueuePool)
    held: list[int] = []
    verify = accounts._verify

    def seen(cost: PasswordCost, digest: str | None, password: str) -> bool:
        held.append(pool.checkedout())
        return verify(cost, digest, password)

    monkeypatch.setattr(accounts, "_verify", seen)
    assert sign_in(app.test_client(), OFFICE_NAME, OFFICE_PASSWORD) == 302
    assert sign_in(app.test_client(), "nobody", OFFICE_PASSWORD) == 401
    assert held == [0, 0]
