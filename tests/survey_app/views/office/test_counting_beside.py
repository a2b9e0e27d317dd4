"""A count that takes longer than a page may: beside the server, told on the page, and nothing of it left where it stopped."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.extensions import resources
from survey_app.models import Campaign, StoredTally
from survey_app.services.counting import beside
from survey_app.services.counting.beside import CountNote, Notes
from survey_app.services.counting.opening import CountStep
from survey_app.services.working_notes import born
from tests.support.application import csrf
from tests.survey_app.services.counting.test_counting import cast, closed
from tests.towns.small_scheme import PASSPHRASE, Town, build

PATIENCE = 120


@pytest.fixture
def town(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A closed campaign with two ballots, which is many here."""
    monkeypatch.setattr(beside, "MANY_BALLOTS", 2)
    with resources(app).writing() as session:
        town = build(session, slips=3)
        cast(session, town, 0)
        cast(session, town, 1)
        closed(session, town)
    return town


def notes(app: Flask, town: Town) -> Notes:
    return Notes(resources(app).config.data / "counts", town.key)


def open_box(client: FlaskClient, town: Town, said: str = PASSPHRASE) -> tuple[int, str]:
    address = f"/office/campaigns/{town.key}/count/"
    answer = client.post(address, data={"passphrase": said, "csrf_token": csrf(client)})
    return answer.status_code, answer.get_data(as_text=True)


def page(client: FlaskClient, town: Town) -> tuple[str, str]:
    answer = client.get(f"/office/campaigns/{town.key}/count/")
    return answer.get_data(as_text=True), answer.headers.get("Refresh", "")


def state(app: Flask, town: Town) -> tuple[str, bool]:
    with resources(app).reading() as session:
        return session.get_one(Campaign, town.campaign_id).state, session.get(StoredTally, town.campaign_id) is not None


def test_a_long_count_goes_on_beside_the_page_and_one_that_is_killed_leaves_nothing(
    app: Flask, office_client: FlaskClient, town: Town, tmp_path: Path
) -> None:
    assert open_box(office_client, town)[0] == 302
    note = notes(app, town).find()
    assert note is not None
    assert note.running
    for file in ("cmdline", "environ") if os.geteuid() == 0 else ("cmdline",):
        assert PASSPHRASE.encode() not in Path(f"/proc/{note.process}/{file}").read_bytes()
    os.kill(note.process, signal.SIGKILL)
    wait_until(lambda: not note.running)
    text, refresh = page(office_client, town)
    assert "上一次开箱中途停了，什么也没有存" in text
    assert refresh == ""
    assert state(app, town) == ("closed", False)
    assert open_box(office_client, town)[0] == 302
    text, refresh = page(office_client, town)
    assert ("正在开启选票" in text and refresh == "2") or state(app, town) == ("counted", True)
    wait_until(lambda: state(app, town) == ("counted", True) and notes(app, town).find() is None)
    assert "收到 = 有效 + 空白 + 无效 + 被取代" in page(office_client, town)[0]
    left = [path for path in tmp_path.rglob("*") if path.is_file() and PASSPHRASE.encode() in path.read_bytes()]
    assert left == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_wrong_passphrase_is_told_at_once_and_starts_nothing(app: Flask, office_client: FlaskClient, town: Town) -> None:
    status, text = open_box(office_client, town, PASSPHRASE + "?")
    assert (status, "开启口令不对" in text) == (403, True)
    assert notes(app, town).find() is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_shows_how_far_it_is_and_nobody_begins_a_second_time(app: Flask, office_client: FlaskClient, town: Town) -> None:
    ours = born(os.getpid())
    notes(app, town).write(
        CountNote(account="张三", process=os.getpid(), born=ours, step=CountStep.OPENING, done=4_000, whole=10_000)
    )
    text, refresh = page(office_client, town)
    assert "4000 / 10000 张" in text
    assert '<progress max="10000" value="4000"' in text
    assert 'name="passphrase"' not in text
    assert refresh == "2"
    still = office_client.get(f"/office/campaigns/{town.key}/count/?reload=no")
    assert "Refresh" not in still.headers
    status, text = open_box(office_client, town)
    assert (status, "正在开箱，请等它做完" in text) == (409, True)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_count_beside_the_server_refused_stands_on_the_page(app: Flask, office_client: FlaskClient, town: Town) -> None:
    notes(app, town).write(
        CountNote(
            account="张三", process=1, born="", sentence="计票停下了，什么也没有存：%(reason)s", parts={"reason": "<b>因为</b>"}
        )
    )
    text, refresh = page(office_client, town)
    assert "计票停下了，什么也没有存：&lt;b&gt;因为&lt;/b&gt;" in text
    assert 'name="passphrase"' in text
    assert refresh == ""
    notes(app, town).path.write_text("no note at all")
    assert "计票停下了" not in page(office_client, town)[0]


def wait_until(so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not so():
        assert time.monotonic() < until
        time.sleep(0.2)
