"""The front door, sign-in and error pages of the core."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.application import OFFICE_NAME

pytestmark = pytest.mark.postgresql_later


def test_a_visitor_reads_what_this_is_and_gets_no_cookie(client: FlaskClient) -> None:
    answer = client.get("/")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert "没有人知道是谁答的" in answer.get_data(as_text=True)


def test_the_signed_in_office_sees_its_name(office_client: FlaskClient) -> None:
    assert OFFICE_NAME in office_client.get("/office/accounts").get_data(as_text=True)
