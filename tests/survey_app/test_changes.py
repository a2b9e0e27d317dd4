"""What is kept of a form is read anew as soon as this server wrote something, whichever of its processes it was."""

from __future__ import annotations

import os
from itertools import count

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from survey_app.changes import BELIEVED_SECONDS, CASTING, Shelf, mark, note_writing
from survey_app.models import Campaign
from survey_app.services.casting.forms_at_hand import form_at_hand
from tests.support.sending import send, set_state
from tests.towns.small_scheme import build


def test_every_commit_but_a_ballots_leaves_another_mark(session: Session) -> None:
    town = build(session)
    before = mark()
    session.get_one(Campaign, town.campaign_id).title = "新的题目"
    session.commit()
    after = mark()
    assert after != before
    send(session, town)
    assert mark() == after


def test_the_mark_stands_when_the_commit_is_over_and_not_before(engine: Engine) -> None:
    before = mark()
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
        connection.rollback()
    assert mark() == before
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT 1")
        assert mark() == before
    assert mark() != before
    stands = mark()
    with engine.connect().execution_options(**{CASTING: True}) as casting:
        casting.exec_driver_sql("SELECT 1")
        casting.commit()
    assert mark() == stands


def test_another_process_of_the_server_is_heard() -> None:
    before = mark()
    child = os.fork()
    if child == 0:
        note_writing()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert mark() != before


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_what_is_kept_is_made_once_and_anew_after_a_writing_or_two_seconds() -> None:
    clock, numbers = Clock(), count(1)
    shelf = Shelf[str, int](lambda _key: next(numbers), most=9, clock=clock)
    assert [shelf.of("a"), shelf.of("a"), shelf.of("b")] == [1, 1, 2]
    note_writing()
    assert shelf.of("a") == 3
    clock.now += BELIEVED_SECONDS
    assert shelf.of("a") == 3
    clock.now += 0.1
    assert shelf.of("a") == 4


def test_what_was_written_while_it_was_read_makes_it_old() -> None:
    def make(key: str) -> str:
        note_writing()
        return key

    shelf = Shelf[str, str](make, most=9)
    shelf.of("a")
    assert shelf.at_hand("a") is None


def test_no_more_is_kept_than_was_said_and_no_failure() -> None:
    made = list[str]()

    def make(key: str) -> str:
        made.append(key)
        if key == "bad":
            raise LookupError(key)
        return key

    shelf = Shelf[str, str](make, most=2)
    for key in "abc":
        shelf.of(key)
    assert [key for key in "abc" if shelf.at_hand(key)] == ["b", "c"]
    for _ in range(2):
        with pytest.raises(LookupError):
            shelf.of("bad")
    assert made == ["a", "b", "c", "bad", "bad"]


def test_the_form_is_the_same_bytes_with_one_tag_until_the_office_changes_a_word(client: FlaskClient, session: Session) -> None:
    town = build(session)
    first = client.get(f"/v/{town.guests}", headers={"Accept-Encoding": "gzip"})
    tag = first.headers["ETag"]
    again = client.get(f"/v/{town.guests}", headers={"Accept-Encoding": "gzip", "If-None-Match": tag})
    assert (again.status_code, again.get_data()) == (304, b"")
    plain = client.get(f"/v/{town.guests}")
    assert plain.headers["ETag"] != tag
    session.get_one(Campaign, town.campaign_id).title = "改过的题目"
    session.commit()
    changed = client.get(f"/v/{town.guests}", headers={"If-None-Match": plain.headers["ETag"]})
    assert changed.status_code == 200
    assert "改过的题目" in changed.get_data(as_text=True)


def test_a_form_in_another_language_is_another_page(client: FlaskClient, session: Session) -> None:
    town = build(session)
    chinese = client.get(f"/v/{town.guests}").get_data(as_text=True)
    english = client.get(f"/v/{town.guests}?lang=en").get_data(as_text=True)
    assert ('lang="zh-Hans"' in chinese, 'lang="en"' in english) == (True, True)
    assert client.get(f"/v/{town.guests}").get_data(as_text=True) == chinese


def test_made_up_addresses_are_answered_and_not_kept(client: FlaskClient, session: Session) -> None:
    town = build(session)
    for asked in ("", "?x=1", "?lang=xx", "?lang=en&x=2", "?lang=en"):
        assert client.get(f"/v/{town.guests}{asked}").status_code == 200
    kept = form_at_hand(session, town.guests).kept
    pages = {key[1:] for key in kept if isinstance(key, tuple) and key[0] == "page"}
    assert pages == {("zh-Hans", b""), ("en", b"lang=en")}


def test_a_closed_round_shows_its_end_at_once(client: FlaskClient, session: Session) -> None:
    town = build(session)
    assert client.get(f"/v/{town.guests}").status_code == 200
    set_state(session, town, "closed")
    assert client.get(f"/v/{town.guests}").status_code == 410
