"""A voter's request keeps one connection at most: where each of ten keeps one and waits for a second, all wait for ever.

Found on PostgreSQL, where 64 phones that looked over their ballots at once stood still for half a minute at a time. SQLite hides
it, because nothing waits there while a connection is held; counting connections finds it on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.services.sealing import tokens
from tests.towns.small_scheme import GOOD_MARKS, Town, build

pytestmark = pytest.mark.postgresql_later
INK = "10 10 20 20 30 10 40 20 50 10 60 20"


@pytest.fixture(params=[3600.0, -1.0], ids=["form at hand", "form read anew"])
def town(session: Session, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Town:
    monkeypatch.setattr("survey_app.changes.BELIEVED_SECONDS", request.param)
    return build(session, slips=4)


@contextmanager
def counted(app: Flask) -> Iterator[SimpleNamespace]:
    """How many connections were held at once."""
    seen = SimpleNamespace(held=0, most=0)

    def taken(*_given: object) -> None:
        seen.held += 1
        seen.most = max(seen.most, seen.held)

    def given_back(*_given: object) -> None:
        seen.held -= 1

    pool = resources(app).engine.pool
    event.listen(pool, "checkout", taken)
    event.listen(pool, "checkin", given_back)
    try:
        yield seen
    finally:
        event.remove(pool, "checkout", taken)
        event.remove(pool, "checkin", given_back)


def filled(secret: str, alias: str, stage: str, **more: str) -> dict[str, str]:
    marks = {f"m{place}": str(mark) for place, mark in enumerate(GOOD_MARKS) if mark}
    return {"secret": secret, "alias": alias, "version": "0", "submission": "ab" * 16, "stage": stage, **marks, **more}


def test_an_anonymous_ballot_from_form_to_receipt(app: Flask, client: FlaskClient, town: Town) -> None:
    scanned, typed = tokens.secret_text(town.slips[0][0]), str(town.slips[1][1])
    for round_ in range(2):  # the second time all that can be kept is kept
        for secret, alias in ((scanned, ""), ("", typed)):
            with counted(app) as connections:
                assert client.get(f"/v/{town.guests}").status_code == 200
                for stage in ("review", "edit", "review", "send", "send"):
                    answer = client.post(f"/v/{town.guests}", data=filled(secret, alias, stage))
                    assert answer.status_code in (200, 409), (round_, stage)
            assert connections.most == 1


def test_a_signed_form_from_link_to_receipt(app: Flask, client: FlaskClient, town: Town) -> None:
    secret = tokens.secret_text(town.links[0][0])
    with counted(app) as connections:
        for stage in ("review", "send", "review"):
            answer = client.post(f"/v/{town.members}", data=filled(secret, "", stage, name="王1", ink=INK))
            assert answer.status_code in (200, 400, 409, 422), stage
        assert client.get(f"/v/{town.members}").status_code == 200
    assert connections.most == 1


def test_looking_up_a_receipt_and_a_slip_of_nobody(app: Flask, client: FlaskClient, town: Town) -> None:
    stranger = tokens.secret_text(tokens.mint_secret())
    with counted(app) as connections:
        client.post(f"/v/{town.guests}", data=filled(stranger, "", "review"))
        client.post(f"/v/{town.guests}", data=filled(stranger, "", "send"))
        client.post("/r", data={"code": "AAAA-BBBB-CCCC-DDDD"})
        client.get(f"/privacy/{town.key}")
    assert connections.most == 1
