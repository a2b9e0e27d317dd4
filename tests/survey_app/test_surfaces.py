"""Voting, office and public log on hosts of their own: what is where, what is not, and where links and codes lead."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Map, Rule

from survey_app import access, create_app, starting
from survey_app.cli import doctor_surfaces
from survey_app.config import SURFACES, Config, SettingError, cookie_key
from survey_app.extensions import resources
from survey_app.headers import CONTENT_SECURITY_POLICY
from survey_app.models import Campaign
from survey_app.services.log import epochs
from survey_app.surfaces import PLACES, full_address, surfaces_of
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later

VOTE, OFFICE, LOG = "https://vote.example", "https://office.example", "https://log.example"
#: One address of each room, typed by hand: who serves it.
SERVED = {
    "/": {"voter", "office", "public"},
    "/healthy": {"voter", "office", "public"},
    "/privacy": {"voter", "public"},
    "/r": {"voter"},
    "/copy": {"voter"},
    "/v/STYLE": {"voter"},
    "/log/KEY/": {"public"},
    "/log/KEY/leaves.txt": {"public"},
    "/office/sign-in": {"office"},
    "/office/campaigns/": {"office"},
    "/office/results/": {"office"},
    "/office/log": {"office"},
}


@pytest.fixture
def town(session: Session, config: Config) -> Town:
    """A campaign with a log."""
    town = build(session, slips=2)
    epochs.begin(session, session.get_one(Campaign, town.campaign_id), secret=cookie_key(config), now=NOON)
    session.commit()
    return town


@pytest.fixture
def apart(config: Config, town: Town) -> Iterator[dict[str, Flask]]:
    """Three applications on one database, each with its surface."""
    there = dataclasses.replace(config, base_url=VOTE, office_url=OFFICE, public_url=LOG)
    apps = {one: create_app(dataclasses.replace(there, surface=one)) for one in ("voter", "office", "public")}
    yield apps
    for one in apps.values():
        resources(one).engine.dispose()


def key_of(session: Session, town: Town) -> str:
    key = session.get_one(Campaign, town.campaign_id).key
    session.rollback()
    return key


def test_each_address_is_on_its_surface_and_on_no_other(apart: dict[str, Flask], session: Session, town: Town) -> None:
    key = key_of(session, town)
    for address, served in SERVED.items():
        real = address.replace("KEY", key).replace("STYLE", town.guests)
        for surface, app in apart.items():
            status = app.test_client().get(real).status_code
            assert (real, surface, status) == (real, surface, status if surface in served and status in {200, 302} else 404)


def test_to_a_surface_the_pages_of_the_others_do_not_exist_by_any_method(app: Flask, apart: dict[str, Flask]) -> None:
    """Not 403, 405, 308 or a page for signing in: the very answer of an address that nobody ever made."""
    for surface, one in apart.items():
        client, looked_at = one.test_client(), 0
        for rule in app.url_map.iter_rules():
            if surface in surfaces_of(rule.endpoint):
                continue
            address = re.sub(r"<any\((\w+).*?>", r"\1", rule.rule)  # the first of those it takes
            address = re.sub(r"<.*?>", "7", address)
            for method in ("GET", "POST", "DELETE", "OPTIONS"):
                answer = client.open(address, method=method)
                assert (surface, method, address, answer.status_code) == (surface, method, address, 404)
            looked_at += 1
        assert looked_at > 5
        assert {rule.endpoint for rule in one.url_map.iter_rules()} == {
            rule.endpoint for rule in app.url_map.iter_rules() if surface in surfaces_of(rule.endpoint)
        }


def test_every_place_that_is_named_exists_and_the_office_has_all_that_needs_a_sign_in(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {name for name in PLACES if name not in endpoints | {one.partition(".")[0] for one in endpoints}} == set()
    for endpoint in endpoints:
        if access.rule_of(app, endpoint) in {"office", "staff", "signed_in"}:
            assert surfaces_of(endpoint) == {"office"}
        if access.rule_of(app, endpoint) == "voter":
            assert surfaces_of(endpoint) & {"voter", "public"}, endpoint


def test_where_voters_come_no_page_at_all_sets_a_cookie(apart: dict[str, Flask], session: Session, town: Town) -> None:
    key = key_of(session, town)
    for surface in ("voter", "public"):
        client, looked_at = apart[surface].test_client(), 0
        for address in (*SERVED, "/nowhere", "/static/css/tokens.css", "/?lang=en", "/office/sign-in?lang=en"):
            with client.get(address.replace("KEY", key).replace("STYLE", town.guests)) as answer:
                assert (address, answer.headers.getlist("Set-Cookie")) == (address, [])
                looked_at += 1
        assert looked_at > 10


def test_the_office_cookie_is_bound_to_its_host(apart: dict[str, Flask]) -> None:
    (told,) = apart["office"].test_client().get("/office/sign-in").headers.getlist("Set-Cookie")
    assert told.startswith("__Host-pingyi=")
    assert "Domain" not in told
    assert "Secure" in told


def test_links_from_one_surface_lead_to_the_other_by_its_own_address(
    apart: dict[str, Flask], session: Session, town: Town
) -> None:
    key = key_of(session, town)
    page = apart["voter"].test_client().get(f"/privacy/{key}").get_data(as_text=True)
    assert f'href="{LOG}/log/{key}/' in page
    assert 'href="/r' in page  # what is here stays short
    assert "office" not in page
    log = apart["public"].test_client().get(f"/log/{key}/").get_data(as_text=True)
    assert f'href="/privacy/{key}"' in log
    assert "office.example" not in apart["voter"].test_client().get("/").get_data(
        as_text=True
    )  # the office's address is nobody's business


def test_what_is_printed_and_copied_bears_the_right_host(
    apart: dict[str, Flask], session: Session, town: Town, config: Config
) -> None:
    key = key_of(session, town)
    for app in apart.values():
        with app.test_request_context():
            assert full_address("public_log.index", key=key) == f"{LOG}/log/{key}/"
            assert full_address("ballot.form", style_id="S") == f"{VOTE}/v/S"
            assert full_address("accounts.link", secret="s") == f"{OFFICE}/office/link/s"
    office = dataclasses.replace(config, surface="office", base_url=VOTE, office_url=OFFICE, public_url=LOG)
    link = starting.first_link(office, resources(apart["office"]).engine)
    assert link is not None
    assert link.startswith(f"{OFFICE}/office/link/")


def test_a_form_from_another_surface_is_another_sites(apart: dict[str, Flask]) -> None:
    client = apart["office"].test_client()
    form = {"name": "x", "password": "x", "csrf_token": csrf(client)}
    assert client.post("/office/sign-in", data=form, headers={"Origin": VOTE}).status_code == 403
    assert client.post("/office/sign-in", data=form, headers={"Origin": OFFICE}).status_code == 401


def test_headers_by_surface(apart: dict[str, Flask], app: Flask) -> None:
    told = {name: one.test_client().get("/healthy").headers for name, one in (*apart.items(), ("all", app))}
    policies = {name: headers["Content-Security-Policy"] for name, headers in told.items()}
    assert policies["all"] == policies["voter"] == CONTENT_SECURITY_POLICY
    assert policies["office"] == CONTENT_SECURITY_POLICY.replace("worker-src 'self'", "worker-src 'none'")
    assert "data:" not in policies["public"]
    assert {name: headers.get("Strict-Transport-Security") for name, headers in told.items()} == {
        "voter": "max-age=31536000", "office": "max-age=31536000", "public": "max-age=31536000", "all": None,
    }  # fmt: skip
    assert {headers["Cross-Origin-Opener-Policy"] for headers in told.values()} == {"same-origin"}


def test_one_process_on_one_address_is_as_before(app: Flask, config: Config) -> None:
    assert (config.surface, config.own_url, config.address_of({"office"})) == ("all", config.base_url, config.base_url)
    with app.test_request_context():
        assert app.url_for("public_log.index", key="K") == "/log/K/"
        assert full_address("public_log.index", key="K") == "http://pingyi.test/log/K/"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"PINGYI_SURFACE": "admin"}, f"PINGYI_SURFACE 写的是“admin”，应是 {', '.join(SURFACES)} 之一"),
        ({"PINGYI_OFFICE_URL": "office"}, "PINGYI_OFFICE_URL 写的是“office”"),
        ({"PINGYI_PUBLIC_URL": "ftp://x"}, "PINGYI_PUBLIC_URL 写的是“ftp://x”"),
    ],
)
def test_settings_that_cannot_be_are_refused(environment: dict[str, str], said: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        Config.from_environment(environment, tmp_path)


def test_settings_are_handed_on_to_the_servers_processes(tmp_path: Path) -> None:
    told = {"PINGYI_SURFACE": "office", "PINGYI_OFFICE_URL": OFFICE, "PINGYI_PUBLIC_URL": LOG, "PINGYI_BASE_URL": VOTE}
    config = Config.from_environment(told, tmp_path)
    assert Config.from_environment(config.environment(), tmp_path) == config


@pytest.mark.parametrize(
    ("surface", "addresses", "fit", "said"),
    [
        ("all", (VOTE, "", ""), True, "都由这个进程在 https://vote.example 提供"),
        ("voter", (VOTE, "", ""), False, "三面却是同一个网址"),
        ("all", (VOTE, OFFICE, LOG), None, "这个进程却全都提供"),
        ("office", ("https://x.example", "https://x.example:8443", LOG), None, "只差端口"),
        ("office", (VOTE, "http://office.example", LOG), False, "http://office.example 没有加密"),
        ("office", (VOTE, OFFICE, LOG), True, "这个进程只提供“主办单位”"),
    ],
)
def test_doctor_says_who_serves_what(
    surface: str, addresses: tuple[str, str, str], fit: bool | None, said: str, tmp_path: Path
) -> None:
    vote, office, log = addresses
    config = Config(data=tmp_path, database_url="", surface=surface, base_url=vote, office_url=office, public_url=log)
    answer, sentence = doctor_surfaces.surface(config)
    assert answer is fit
    assert said in sentence


def test_an_address_that_is_learned_when_it_is_asked_for_reads_as_werkzeugs_own(app: Flask) -> None:
    for known in app.url_map.iter_rules():
        own = Rule(known.rule, endpoint=known.endpoint, methods=known.methods)
        Map([own], converters=app.url_map.converters)
        values = {name: min(getattr(known._converters[name], "items", [7])) for name in known.arguments}
        for more in ({}, {"more": "x y"}):
            for unknown in (True, False):
                assert known.build(values | more, unknown) == own.build(values | more, unknown), known.rule
