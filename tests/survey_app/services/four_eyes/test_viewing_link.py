"""A link to read what was published is made by two: one asks, another reads for whom and confirms, the first collects it."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.models import ViewingLink
from tests.support import pdf_reading as reading
from tests.support.printed import pdf_of
from tests.support.publishing import confirm_everything, publish
from tests.survey_app.services.four_eyes.test_two_people import ask_of, confirm, page, people, post
from tests.towns import ledger_town

__all__ = ["people"]
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_viewing_link_is_made_by_two(app: Flask, people: dict[str, FlaskClient], session: Session) -> None:
    campaign = ledger_town.build(session)
    confirm_everything(session, campaign)
    publish(session, campaign)
    address = f"/office/campaigns/{campaign.key}/viewing-links/"
    session.close()
    ask = ask_of(post(people["王"], address, reader="组织部 部长", unit=["A"], until="2026-12-20"))
    with resources(app).reading() as look:
        assert look.scalar(select(func.count()).select_from(ViewingLink)) == 0
    told = page(people["李"], ask)
    assert all(word in told for word in ("做一个查看链接", "组织部 部长", "甲镇", "2026-12-20"))
    assert confirm(people["李"], ask).status_code == 302
    assert post(people["李"], f"{ask}/collect").status_code == 404
    (link,) = reading.read_qr_from_pdf(pdf_of(post(people["王"], f"{ask}/collect").get_data(as_text=True)))
    assert app.test_client().get(str(link).removeprefix("http://pingyi.test")).status_code == 200
    assert post(people["王"], f"{ask}/collect").status_code == 409
    assert people["钱"].get(address).status_code == 404  # who monitors neither makes nor sees any
