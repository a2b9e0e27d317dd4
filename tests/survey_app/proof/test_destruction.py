"""The end of the openings on the office's pages: never early, only by title, once, with a certificate; results and log stay."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from survey_app import clock, create_app
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.extensions import resources
from survey_app.models import Appeal, AuditEvent, Ballot, Campaign
from survey_app.services.counting import counting
from survey_app.services.log import epochs
from tests.support import pdf_reading as reading
from tests.support.application import QUICK_ALIAS, QUICK_PASSWORD, csrf
from tests.towns import hamlet

TITLE = "小村年度评议"
DAY = dt.timedelta(days=1)


@pytest.fixture
def app(hamlet_file: Path, tmp_path: Path) -> Iterator[Flask]:
    """The application on a copy of the counted hamlet."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    shutil.copy(hamlet_file, data / "pingyi.db")
    (data / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    app = create_app(
        Config(
            data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", base_url="http://pingyi.test",
            alias_cost=QUICK_ALIAS, password_cost=QUICK_PASSWORD, timezone="UTC",
        )
    )  # fmt: skip
    yield app
    resources(app).engine.dispose()


def ends(app: Flask, until: dt.datetime) -> str:
    """Let the appeal period end then; the address of the page."""
    with resources(app).writing() as session:
        session.execute(update(Appeal).values(until=until))
        session.commit()
        return f"/office/campaigns/{session.scalars(select(Campaign.key)).one()}/appeal/"


def destroy(client: FlaskClient, address: str, title: str = TITLE) -> TestResponse:
    return client.post(f"{address}destroy", data={"csrf_token": csrf(client), "title": title})


def test_openings_are_destroyed_after_the_day_by_title_once_and_for_good(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).reading() as look:
        campaign = look.scalars(select(Campaign)).one()
        kept, report = counting.stored_opening(look, campaign), counting.newest_report(look, campaign)
        tally, result = kept.digest, report.digest
        sealed, wrapped = look.scalars(select(Ballot.sealed)).first(), campaign.wrapped_key
        root = epochs.log_of(look, campaign).epochs[-1].root.hex()  # type: ignore[union-attr]  # the hamlet has a log
    assert sealed
    early = ends(app, clock.now() + DAY)
    assert office_client.get(f"{early}certificate.pdf").status_code == 404
    refused = destroy(office_client, early)
    assert refused.status_code == 409
    assert "才结束" in refused.get_data(as_text=True)
    address = ends(app, clock.now() - DAY)
    assert destroy(office_client, address, "小村").status_code == 422
    with resources(app).reading() as look:
        assert look.scalars(select(Ballot.sealed)).first() == sealed
    without = destroy(office_client, address)
    assert (without.status_code, "还没有归档" in without.get_data(as_text=True)) == (409, True)
    keeping = address.replace("appeal", "keeping")
    assert office_client.post(f"{keeping}archive", data={"csrf_token": csrf(office_client)}).status_code == 302
    done = destroy(office_client, address)
    assert done.status_code == 302
    with resources(app).reading() as look:
        assert set(look.scalars(select(Ballot.sealed))) == {b""}
        campaign = look.scalars(select(Campaign)).one()
        assert counting.stored_opening(look, campaign).digest == tally
        assert counting.newest_report(look, campaign).digest == result
        assert epochs.missing(look, campaign) == (0, 0)
        assert look.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "openings-destroyed"
    for path in (Path(resources(app).config.data)).glob("pingyi.db*"):
        assert sealed[:40] not in path.read_bytes()
        assert wrapped[:60] not in path.read_bytes()
    sheet = office_client.get(f"{address}certificate.pdf").get_data()
    text, (signed,) = reading.text_of(sheet), reading.read_qr_from_pdf(sheet)
    assert TITLE in text
    assert "30 张选票" in text  # 24 villagers and six signed versions, as counted in test_bundle_cli
    assert "评议办" in text
    for digest in (root, tally, result):
        assert digest in signed
        assert digest[:8] in text
    assert destroy(office_client, address).status_code == 409
    typed = {"csrf_token": csrf(office_client), "passphrase": hamlet.PASSPHRASE}
    again = office_client.post(address.replace("appeal", "count"), data=typed)
    assert "已销毁" in again.get_data(as_text=True)


def test_the_day_is_said_once_and_has_to_lie_ahead(app: Flask, office_client: FlaskClient) -> None:
    address = ends(app, clock.now() + DAY)

    def fix(day: str) -> int:
        return office_client.post(f"{address}fix", data={"csrf_token": csrf(office_client), "until": day}).status_code

    assert fix("2999-01-01") == 409
    with resources(app).writing() as session:
        session.query(Appeal).delete()
        session.commit()
    assert [fix(day) for day in ("morgen", "2020-01-01", "2999-01-01")] == [400, 400, 400]
    tomorrow = (clock.now() + DAY).date()
    assert fix(tomorrow.isoformat()) == 302
    with resources(app).reading() as look:
        assert look.scalars(select(Appeal.until)).one() == dt.datetime.combine(tomorrow, dt.time(23, 59, 59), dt.UTC)
