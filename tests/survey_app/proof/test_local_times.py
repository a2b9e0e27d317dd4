"""Every page, sheet and file tells its times on the office's clock and says which: a morning in Beijing bears that day."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from survey_app import create_app
from survey_app.config import SECRET_KEY_FILE, Config
from survey_app.database import make_engine, scrub, session_factory
from survey_app.extensions import resources
from survey_app.models import AuditEvent, BallotStyle, Campaign, EvidenceEntry, Publication
from tests.support import pdf_reading as reading
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, QUICK_ALIAS, QUICK_PASSWORD, csrf
from tests.support.archived import archived
from tests.support.publishing import confirm_everything, publish
from tests.towns import hamlet

#: Seven in the morning in Beijing; in London and Los Angeles it is the day before.
MORNING = dt.datetime(2026, 11, 28, 23, 0, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Place:
    """A zone, and the moment above as it is told there: in a list, to the second, in a sentence; and tomorrow's day."""

    zone: str
    listed: str
    second: str
    sentence: str
    tomorrow: str


PLACES = (
    Place(
        "Asia/Shanghai", "2026-11-29 07:00 UTC+08:00", "2026-11-29 07:00:00 UTC+08:00", "2026年11月29日 07:00 UTC+08:00",
        "2026-11-30",
    ),
    Place(
        "America/Los_Angeles", "2026-11-28 15:00 UTC-08:00", "2026-11-28 15:00:00 UTC-08:00", "2026年11月28日 15:00 UTC-08:00",
        "2026-11-29",
    ),
)  # fmt: skip
#: A moment as any of the three ways writes it.
TOLD = re.compile(r"(?:20\d\d-\d\d-\d\d \d\d:\d\d(?::\d\d)?|20\d\d年\d+月\d+日 \d\d:\d\d)(?: UTC[+-]\d\d:\d\d| UTC)?")


@pytest.fixture(params=PLACES, ids=lambda place: place.zone)
def place(request: pytest.FixtureRequest) -> Place:
    """Where the office is."""
    found: Place = request.param
    return found


@pytest.fixture(scope="module")
def morning_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hamlet, all of it done at that moment, counted; beside it, in voting.db, the hamlet with the vote still open."""
    path = tmp_path_factory.mktemp("morning") / "morning.db"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    with pytest.MonkeyPatch.context() as patch, session_factory(engine)() as session:
        patch.setattr(hamlet, "NOON", MORNING)
        campaign = hamlet.vote(session)
        session.close()
        scrub(engine)
        shutil.copy(path, path.with_name("voting.db"))
        hamlet.finish(session, session.merge(campaign))
    scrub(engine)
    engine.dispose()
    return path


def serve(database: Path, data: Path, place: Place) -> Iterator[Flask]:
    data.mkdir(mode=0o700)
    shutil.copy(database, data / "pingyi.db")
    (data / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    app = create_app(
        Config(
            data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", base_url="http://pingyi.test",
            alias_cost=QUICK_ALIAS, password_cost=QUICK_PASSWORD, timezone=place.zone,
        )
    )  # fmt: skip
    app.config["PINGYI_CLOCK"] = lambda: MORNING
    yield app
    resources(app).engine.dispose()


@pytest.fixture
def state(request: pytest.FixtureRequest) -> str:
    """Which of the two files a test works on: "morning", counted, unless it asks for "voting"."""
    return str(getattr(request, "param", "morning"))


@pytest.fixture
def app(morning_file: Path, tmp_path: Path, place: Place, state: str) -> Iterator[Flask]:
    """The application of an office there, at that moment."""
    yield from serve(morning_file.with_name(f"{state}.db"), tmp_path / "data", place)


def key_of(app: Flask) -> str:
    with resources(app).reading() as look:
        return look.scalars(select(Campaign.key)).one()


def told_in(text: str) -> set[str]:
    """Every moment a text tells, with its zone if it says one."""
    return set(TOLD.findall(text))


@pytest.mark.parametrize(
    "address",
    [
        "/office/campaigns/{key}",
        "/office/campaigns/{key}/log/",
        "/office/campaigns/{key}/evidence/",
        "/office/results/{key}/",
        "/office/results/",
    ],
)
def test_a_page_tells_its_times_here_and_says_so(app: Flask, office_client: FlaskClient, place: Place, address: str) -> None:
    page = office_client.get(address.format(key=key_of(app)), follow_redirects=True)
    assert page.status_code == 200
    told = told_in(page.get_data(as_text=True))
    assert told <= {place.listed, place.sentence}
    assert place.listed in told


def test_a_field_for_a_time_says_whose_clock_it_is_on(app: Flask, office_client: FlaskClient, place: Place) -> None:
    _, _, offset = place.listed.partition(" UTC")
    new = office_client.get("/office/campaigns/new").get_data(as_text=True)
    assert f"时间是这里的钟点（UTC{offset}）" in new
    publishing = office_client.get(f"/office/campaigns/{key_of(app)}/publish/").get_data(as_text=True)
    assert f"（当地时间，UTC{offset}）" in publishing


def test_a_new_campaign_is_of_the_year_it_is_here(app: Flask, office_client: FlaskClient, place: Place) -> None:
    app.config["PINGYI_CLOCK"] = lambda: dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)
    there = {"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(office_client)}
    assert office_client.post("/office/sign-in", data=there).status_code == 302  # nobody stays signed in for a month
    page = office_client.get("/office/campaigns/new").get_data(as_text=True)
    year = {"Asia/Shanghai": "2027", "America/Los_Angeles": "2026"}[place.zone]
    assert re.search(rf'<input[^>]* name="period"[^>]* value="{year}"', page)


def test_the_log_of_acts_tells_seconds_here(app: Flask, office_client: FlaskClient, place: Place) -> None:
    assert told_in(office_client.get("/office/log").get_data(as_text=True)) == {place.second}
    with resources(app).reading() as look:
        assert {one.at for one in look.scalars(select(AuditEvent))} == {MORNING}  # as stored


def test_the_public_log_tells_when_it_was_signed_in_a_sentence(app: Flask, client: FlaskClient, place: Place) -> None:
    page = client.get(f"/log/{key_of(app)}/").get_data(as_text=True)
    assert place.sentence in told_in(page)
    assert all("UTC" in one for one in told_in(page))


def test_an_entry_bears_the_day_it_was_here_and_the_count_still_says_utc(
    app: Flask, office_client: FlaskClient, place: Place
) -> None:
    with resources(app).reading() as look:
        assert {one.entered for one in look.scalars(select(EvidenceEntry))} == {MORNING}
    page = office_client.get(f"/office/results/{key_of(app)}/subjects/A").get_data(as_text=True)
    assert f"评议办 {place.listed} 录入" in page or f"评议办 录入于 {place.listed}" in page


def test_the_page_of_publishing_offers_tomorrow_here_and_tells_each_act_here(
    app: Flask, office_client: FlaskClient, place: Place
) -> None:
    address = f"/office/campaigns/{key_of(app)}/publish/"
    page = office_client.get(address).get_data(as_text=True)
    assert f'name="day" type="date" value="{place.tomorrow}"' in page
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        confirm_everything(session, campaign)
        publish(session, campaign, now=MORNING)
    page = office_client.get(address).get_data(as_text=True)
    assert told_in(page) <= {place.listed, place.sentence}
    assert place.listed in page
    later = office_client.get(f"{address}confirm", query_string={
        "section": "scores", "unit": "U", "when": "later", "day": "2026-12-01", "hour": "9",
    }).get_data(as_text=True)  # fmt: skip
    offset = place.listed.partition(" UTC")[2]
    assert f"2026年12月1日 09:00 UTC{offset}" in told_in(later)


@pytest.mark.parametrize("state", ["voting"], indirect=True)
def test_the_page_of_printing_tells_here_when_slips_were_printed(app: Flask, office_client: FlaskClient, place: Place) -> None:
    with resources(app).reading() as look:
        style = look.scalars(select(BallotStyle.id).where(BallotStyle.group_key == "村民")).one()
    address = f"/office/campaigns/{key_of(app)}/print/"
    given = {"csrf_token": csrf(office_client), "style": style, "meeting": "年终大会", "count": "2"}
    assert office_client.post(f"{address}slips", data=given).status_code == 200
    assert place.listed in told_in(office_client.get(address).get_data(as_text=True))


def test_the_sheet_that_is_read_out_and_the_certificate_tell_their_times_here(
    app: Flask, office_client: FlaskClient, place: Place
) -> None:
    address = f"/office/campaigns/{key_of(app)}"
    sheet = reading.text_of(office_client.get(f"{address}/log/0.pdf").get_data())
    assert told_in(sheet) == {place.listed}
    with resources(app).writing() as session:
        archived(session, session.scalars(select(Campaign)).one())
        session.commit()
    given = {"csrf_token": csrf(office_client), "title": "小村年度评议"}
    assert office_client.post(f"{address}/appeal/destroy", data=given).status_code == 302
    made = office_client.get(f"{address}/appeal/certificate.pdf").get_data()
    assert told_in(reading.text_of(made)) == {place.listed}
    (signed,) = reading.read_qr_from_pdf(made)
    assert "2026-11-28T23:00Z" in signed  # what is signed stays in UTC


def test_the_workbook_tells_its_times_here(app: Flask, office_client: FlaskClient, place: Place) -> None:
    answer = office_client.get(f"/office/results/{key_of(app)}/results.xlsx", buffered=True)
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [str(cell) for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row if cell]
    assert told_in("\n".join(cells)) == {place.listed}
    assert not [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if getattr(cell, "is_date", False)]


def test_what_is_stored_of_a_publication_is_utc(app: Flask, place: Place) -> None:
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        confirm_everything(session, campaign)
        publish(session, campaign, now=MORNING, starts=MORNING.astimezone(dt.timezone(dt.timedelta(hours=8))))
        assert session.scalars(select(Publication.starts)).one() == MORNING
        (act,) = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "results-published"))
    assert act.endswith(" 2026-11-28T23:00:00+00:00")
