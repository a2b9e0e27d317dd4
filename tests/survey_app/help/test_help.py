"""Help stands in both languages alike, every page of the office leads to the part about it, and words are found."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.help import places, texts
from survey_app.help.texts import HelpTopic
from survey_app.roles import Capability
from tests.towns import small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def by_name(language: str) -> dict[str, HelpTopic]:
    return {one.name: one for one in texts.topics(language)}


def test_every_topic_stands_in_every_language_with_the_same_headings() -> None:
    assert texts.languages() == ["en", "zh-Hans"]
    assert [texts.language_for(tag) for tag in ("zh-Hans", "zh-Hant", "en", "ug")] == ["zh-Hans", "zh-Hans", "en", "zh-Hans"]
    ours = {name: topic.names for name, topic in by_name("zh-Hans").items()}
    assert len(ours) >= 10
    assert all(len(names) == len(set(names)) >= 2 for names in ours.values())
    assert {name: topic.names for name, topic in by_name("en").items()} == ours


@pytest.mark.parametrize("language", ["zh-Hans", "en"])
def test_every_link_inside_the_help_leads_to_a_part_of_it(language: str) -> None:
    topics = by_name(language)
    links = [link for one in topics.values() for link in re.findall(r'href="([^"]+)"', one.html)]
    assert len(links) > 5
    for link in links:
        name, _sign, section = link.partition("#")
        assert name in topics
        assert not section or section in topics[name].names


def test_every_place_names_a_part_of_the_help() -> None:
    topics = by_name("zh-Hans")
    for place in places.PLACES.values():
        name, _sign, section = place.partition("#")
        assert section in topics[name].names, place


@on_sqlite
def test_every_page_of_the_office_has_its_place_in_the_help(app: Flask) -> None:
    asked = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if access.rule_of(app, rule.endpoint) in {*Capability, "signed_in"} and "GET" in (rule.methods or ())
    }
    lost = {one for one in asked if not places.place_of(one) and not one.startswith("help_pages.")}
    assert lost == set()
    known = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {one.partition(".")[0] for one in places.PLACES} <= {one.partition(".")[0] for one in known}
    assert {one for one in places.PLACES if "." in one} <= known


@on_sqlite
def test_a_page_links_to_the_part_about_it_and_the_part_is_there(office_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, state="draft")
    for page, topic, section in (("ready/", "ready", "report"), ("keeping/", "after", "archive"), ("roster/", "roster", "bring")):
        shown = office_client.get(f"/office/campaigns/{town.key}/{page}").get_data(as_text=True)
        assert f'class="help-link" href="/office/help/{topic}#{section}"' in shown
        text = office_client.get(f"/office/help/{topic}").get_data(as_text=True)
        assert f'<h2 id="{section}">' in text
    english = office_client.get("/office/help/after?lang=en").get_data(as_text=True)
    assert "Reading it years later" in english


@on_sqlite
def test_words_are_found_and_nonsense_is_not(office_client: FlaskClient) -> None:
    found = office_client.get("/office/help?q=样张").get_data(as_text=True)
    assert ("<mark>样张</mark>" in found, "/office/help/ready#sheet" in found) == (True, True)
    both = office_client.get("/office/help", query_string={"q": "冻结 两个人"}).get_data(as_text=True)
    assert "/office/help/after#hold" in both
    for query in ("没有这个词", "<script>alert(1)</script>", "%" * 500, "\x00"):
        answer = office_client.get("/office/help", query_string={"q": query})
        assert (answer.status_code, "没有找到" in answer.get_data(as_text=True)) == (200, True), query
        assert "<script>alert" not in answer.get_data(as_text=True)
    assert office_client.get("/office/help/nothing").status_code == 404
