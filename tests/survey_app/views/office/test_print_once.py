"""Printing once: one press, one archive; what it holds is in force, and nothing is before the last sheet is made."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from survey_app.models import Campaign, Headcount, Rater, Slip, SlipBatch
from survey_app.printing.meeting import wifi_text
from survey_app.services.sealing.tokens import parse_secret, slip_tag
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
def town(session: Session) -> Town:
    """The small town, its guests counted, nothing printed yet."""
    town = build(session)
    session.execute(update(Rater).values(tag=None, printings=0, alias_digest=None))
    session.execute(update(SlipBatch).values(void=True))
    session.add(Headcount(campaign_id=town.campaign_id, group_key="guests", entitled=12))
    session.commit()
    return town


def fields(page: str) -> dict[str, str]:
    """The form of the page as a browser would send it."""
    found = dict(re.findall(r'<input(?: type="hidden")? name="([\w-]+)" value="([^"]*)"', page))
    return found | ({"letters": "yes"} if 'value="yes" checked' in page else {})


def archive(page: str) -> Mapping[str, bytes]:
    found = re.search(r'href="data:application/zip;base64,([^"]+)"', page)
    assert found, page[-3000:]
    with zipfile.ZipFile(io.BytesIO(b64decode(found[1]))) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def test_one_press_prints_all_of_it_and_a_second_one_nothing_more(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    address = f"/office/campaigns/{town.key}/print/all/"
    form = fields(office_client.get(address).get_data(as_text=True))
    assert (form["count-0"], form["spare-0"], form["letters"]) == ("12", "2", "yes")
    form |= {"csrf_token": csrf(office_client), "network": "hall;1", "password": "p:w"}
    page = office_client.post(address, data=form).get_data(as_text=True)
    files = archive(page)
    assert len(files) == 2
    links = {link for name in files for link in reading.read_qr_from_pdf(files[name])}
    assert wifi_text("hall;1", "p:w") in links
    tags = {slip_tag(parse_secret(link.split("#")[1])) for link in links if "#" in link}
    stored = set(session.scalars(select(Slip.tag).join(SlipBatch).where(SlipBatch.void.is_(False))))
    letters = set(session.scalars(select(Rater.tag)))
    assert tags == stored | letters
    assert (len(stored), len(letters)) == (14, 2)
    session.rollback()
    again = office_client.post(address, data=form)
    assert again.status_code == 409  # the page is of before
    assert "12" not in fields(office_client.get(address).get_data(as_text=True))["count-0"]
    assert session.scalar(select(func.count()).select_from(Slip)) == 14 + 3


def test_nonsense_prints_nothing(office_client: FlaskClient, session: Session, town: Town) -> None:
    address = f"/office/campaigns/{town.key}/print/all/"
    good = fields(office_client.get(address).get_data(as_text=True)) | {"csrf_token": csrf(office_client)}
    for wrong in (
        {"count-0": "-1"}, {"count-0": "99999"}, {"count-0": "x"}, {"meeting-0": ""}, {"meeting-0": "会" * 200},
        {"style-0": "nothing"}, {"network": "n" * 200}, {"count-0": "0", "spare-0": "0", "letters": "no"},
    ):  # fmt: skip
        answer = office_client.post(address, data={**good, **wrong})
        assert answer.status_code in {400, 409, 422}, wrong
    assert session.scalars(select(SlipBatch).where(SlipBatch.void.is_(False))).all() == []


def test_a_round_closed_meanwhile_is_told_in_the_page_and_nothing_is_in_force(
    office_client: FlaskClient, session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/office/campaigns/{town.key}/print/all/"
    form = fields(office_client.get(address).get_data(as_text=True)) | {"csrf_token": csrf(office_client)}
    from survey_app.views.office import print_once  # noqa: PLC0415 - the module whose step is changed

    letters = print_once._make_letters

    def closing(campaign: Campaign, *rest: object) -> None:
        letters(campaign, *rest)  # type: ignore[arg-type]  # handed on as they came
        session.execute(update(Campaign).values(state="closed"))
        session.commit()

    monkeypatch.setattr(print_once, "_make_letters", closing)
    page = office_client.post(address, data=form).get_data(as_text=True)
    assert ("什么都没有印" in page, "base64" in page) == (True, False)
    assert session.scalars(select(SlipBatch).where(SlipBatch.void.is_(False))).all() == []
    assert set(session.scalars(select(Rater.tag))) == {None}
