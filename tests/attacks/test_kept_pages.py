"""What is kept for everybody, or on the way: poisoned forms, tags that answer for another state, lengths that tell a secret."""

from __future__ import annotations

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app import assets
from survey_app.models import Campaign
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is the database's own

#: Headers whose words a careless page repeats; whatever is asked first is kept for the hall.
POISON = (
    {"Host": "evil.example"},
    {"Host": 'evil.example"><script>'},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "/evil", "X-Forwarded-Proto": "evil", "Forwarded": "host=evil"},
    {"X-Original-URL": "/evil", "X-Rewrite-URL": "/evil"},
    {"Cookie": "pingyi=evil; language=evil"},
    {"Accept-Language": "evil-EVIL, zh;q=0.1"},
    {"Referer": "http://evil.example/", "Origin": "http://evil.example"},
    {"User-Agent": "<evil>"},
    {"Accept": "application/evil"},
    {"Accept-Encoding": "evil, gzip;q=0"},
    {"If-None-Match": '"evil"', "If-Modified-Since": "evil", "Range": "bytes=0-3"},
)


@pytest.fixture
def town(session: Session) -> Town:
    made = build(session)
    session.close()
    return made


def test_a_form_first_asked_for_with_another_host_or_odd_headers_is_kept_as_if_it_had_been_asked_plainly(
    app: Flask, town: Town
) -> None:
    """The first request makes the page that three hundred phones get."""
    address = f"/v/{town.guests}"
    for headers in POISON:
        first = app.test_client().get(address, headers=headers)
        assert first.status_code in {200, 206}
        assert "evil" not in first.get_data(as_text=True).lower(), headers
    kept = app.test_client().get(address)
    assert kept.status_code == 200
    assert "evil" not in kept.get_data(as_text=True)
    assert "</html>" in kept.get_data(as_text=True)


@pytest.mark.parametrize(
    "query", ["?lang=evil", "?lang=zh-Hans&x=evil", "?x=evil&lang=zh-Hans", "?LANG=evil", "?lang=zh-Hans%00evil"]
)
def test_a_form_asked_for_with_more_behind_its_address_is_kept_for_nobody_else(app: Flask, town: Town, query: str) -> None:
    address = f"/v/{town.guests}"
    app.test_client().get(address + query)
    for plain in (address, f"{address}?lang=zh-Hans"):
        assert "evil" not in app.test_client().get(plain).get_data(as_text=True)


def test_made_up_addresses_of_a_form_fill_no_memory(app: Flask, town: Town) -> None:
    """Each was another page to compress and to keep: 256 of them a process, of a hundred kilobytes and more."""
    assets._squeezed.cache_clear()
    for number in range(300):
        app.test_client().get(f"/v/{town.guests}?made-up={number}", headers={"Accept-Encoding": "gzip"})
    assert assets._squeezed.cache_info().currsize < 5


def test_a_tag_answers_for_its_own_language_compression_and_state_alone(app: Flask, session: Session, town: Town) -> None:
    """A phone, or a cache on the way, that holds the open form is not told "still the same" once the round is closed."""
    address, seen = f"/v/{town.guests}", {}
    for language in ("zh-Hans", "en"):
        for coding in ("identity", "gzip"):
            asked = {"Accept-Language": language, "Accept-Encoding": coding}
            answer = app.test_client().get(address, headers=asked)
            assert {"Accept-Language", "Accept-Encoding"} <= set(answer.vary)
            seen[language, coding] = answer.headers["ETag"]
            assert app.test_client().get(address, headers=asked | {"If-None-Match": seen[language, coding]}).status_code == 304
    assert len(set(seen.values())) == 4
    for told in seen:
        for other, tag in seen.items():
            asked = {"Accept-Language": told[0], "Accept-Encoding": told[1], "If-None-Match": tag}
            assert (app.test_client().get(address, headers=asked).status_code == 304) is (told == other)
    session.execute(update(Campaign).values(state="closed"))
    session.commit()
    for tag in (*seen.values(), "*", 'W/"x"'):
        answer = app.test_client().get(address, headers={"If-None-Match": tag, "Accept-Language": "zh-Hans"})
        assert (answer.status_code, answer.headers["Cache-Control"]) == (410, "no-store")
        assert "ETag" not in answer.headers


def test_what_carries_anybodys_secret_or_repeats_what_was_sent_is_never_compressed(
    office_client: FlaskClient, app: Flask, town: Town
) -> None:
    """BREACH: a page that is compressed, holds a token and repeats a guess tells by its length when the guess is right."""
    asked = {"Accept-Encoding": "gzip, br, deflate, zstd"}
    for address in (
        "/office/sign-in?next=/office/log",
        "/office/account",
        "/office/campaigns",
        "/r",
        f"/v/{town.guests}?x=guess",
    ):
        with office_client.get(address, headers=asked) as answer:
            told = answer.get_data()
            if answer.content_encoding:
                told = gzip.decompress(told)
                assert b"csrf_token" not in told, address
                assert answer.cache_control.public, address
    typed = {"secret": "0" * 26, "stage": "review", "submission": "x"}
    name = {"name": "csrf_token", "password": "x"}
    for address, form in ((f"/v/{town.guests}", typed), ("/office/sign-in", name)):
        with app.test_client().post(address, data=form, headers=asked) as answer:
            assert answer.content_encoding is None, address


def test_no_page_that_is_anybodys_own_may_be_kept_by_a_cache_whatever_its_address_looks_like(
    office_client: FlaskClient, town: Town
) -> None:
    """Web cache deception: an address that ends like a picture, under a page of somebody's own."""
    for address in ("/office/account", "/office/campaigns", f"/office/campaigns/{town.key}"):
        for end in ("", "/x.css", "%2fx.css", ";x.css", "?x.css", "%0ax.css", "/..%2fx.js"):
            with office_client.get(address + end) as answer:
                if answer.status_code == 200:
                    assert answer.headers["Cache-Control"] == "no-store", address + end
                else:
                    assert "max-age" not in answer.headers.get("Cache-Control", ""), address + end
