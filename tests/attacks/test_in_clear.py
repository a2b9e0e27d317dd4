"""Nothing in clear: what an address with https brings, and what is said of one without."""

from __future__ import annotations

from dataclasses import replace

import pytest

from survey_app import create_app
from survey_app.cli import doctor
from survey_app.config import Config
from survey_app.extensions import resources

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PAGES = ("/", "/office/sign-in", "/r", "/nowhere", "/static/css/tokens.css", "/office/accounts")


@pytest.mark.parametrize(("address", "told"), [("https://vote.example.cn", "max-age=31536000"), ("http://vote.example.cn", None)])
def test_over_https_browsers_are_told_to_stay_there(config: Config, address: str, told: str | None) -> None:
    """On every answer, refusals and redirects included; without https it would be a promise nobody keeps."""
    app = create_app(replace(config, base_url=address))
    for page in PAGES:
        with app.test_client().get(page, base_url=address) as answer:
            assert answer.headers.get("Strict-Transport-Security") == told, page
            assert not answer.headers.get("Location", "").startswith("http://")
            assert all("Secure" in one for one in answer.headers.getlist("Set-Cookie")) or told is None
    resources(app).engine.dispose()


@pytest.mark.parametrize(
    ("address", "good"),
    [
        ("http://vote.example.cn", False),
        ("http://192.168.1.5:8000", False),
        ("http://127.0.0.1.example.cn", False),  # a name that only begins like this machine
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("https://vote.example.cn", True),
    ],
)
def test_the_doctor_does_not_pass_an_address_in_clear(config: Config, address: str, good: bool) -> None:
    assert doctor._address(replace(config, base_url=address))[0] is good
