"""Whoever is on a page of the office sees in which room it stands."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.navigation import ROOMS
from survey_app.roles import Capability
from tests.towns import small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite
def test_every_page_of_the_office_stands_in_exactly_one_room(app: Flask) -> None:
    lost = []
    for rule in app.url_map.iter_rules():
        of_office = access.rule_of(app, rule.endpoint) in set(Capability)
        if of_office and "GET" in (rule.methods or ()):
            rooms = [title for _endpoint, title, addresses in ROOMS if rule.rule.startswith(addresses)]
            lost += [rule.endpoint] if len(rooms) != 1 else []
    assert lost == []


@on_sqlite
@pytest.mark.parametrize(
    ("page", "room"),
    [("", "评议活动"), ("release/", "评议活动"), ("notice/", "评议活动"), ("remove/", "评议活动"), ("publish/", "评议活动")],
)
def test_the_room_of_a_page_is_marked(page: str, room: str, office_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, state="draft")
    answer = office_client.get(f"/office/campaigns/{town.key}{'/' + page if page else ''}", follow_redirects=True)
    marked = re.findall(r'<a [^>]*aria-current="(?:page|true)"[^>]*>([^<]*)</a>', answer.get_data(as_text=True))
    assert answer.status_code == 200
    assert room in [one.strip() for one in marked]
