"""Letters to those who sign and forms for the code on the wall take two people, as slips do."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app.extensions import resources
from survey_app.models import Rater, Room
from tests.support import pdf_reading as reading
from tests.support.printed import pdf_of, seen_on
from tests.survey_app.services.four_eyes.test_two_people import ask_of, batches, confirm, page, people, post
from tests.towns import small_scheme

__all__ = ["people"]
pytestmark = pytest.mark.postgresql_later


def test_letters_and_forms_for_the_wall_are_made_by_two(app: Flask, people: dict[str, FlaskClient], session: Session) -> None:
    """A letter lets whoever holds it sign in somebody's name; forms for the wall are slips that nobody draws."""
    shared = small_scheme.TEXT.replace("en: Guests}}", "en: Guests}, admission: shared code}")
    town = small_scheme.build(session, key="WALL", text=shared)
    session.execute(update(Rater).values(tag=None, printings=0))
    session.commit()
    session.close()
    base = f"/office/campaigns/{town.key}"
    ask = ask_of(post(people["王"], f"{base}/print/invitations", group="members", unit=""))
    told = page(people["李"], ask)
    assert all(word in told for word in ("印邀请函", ">2<", "王1、王2", "只能办一次"))
    assert confirm(people["李"], ask).status_code == 302
    assert post(people["李"], f"{ask}/collect").status_code == 404
    got = post(people["王"], f"{ask}/collect")
    assert len(reading.read_qr_from_pdf(pdf_of(got.get_data(as_text=True)))) == 2
    assert post(people["王"], f"{ask}/collect").status_code == 409
    again = f"{base}/print/invitations/again?group=members&unit=&person=M1"
    sent = {"group": "members", "unit": "", "person": "M1", "seen": seen_on(page(people["王"], again))}
    ask = ask_of(post(people["王"], f"{base}/print/invitations/again", **sent))
    assert "会作废的" in page(people["李"], ask)
    with resources(app).reading() as look:
        before = look.scalars(select(Rater.tag).where(Rater.campaign_id == town.campaign_id, Rater.code == "M1")).one()
    assert confirm(people["李"], ask).status_code == 302
    assert post(people["王"], f"{ask}/collect").status_code == 200
    with resources(app).reading() as look:
        assert look.scalars(select(Rater.tag).where(Rater.campaign_id == town.campaign_id, Rater.code == "M1")).one() != before
    ask = ask_of(post(people["王"], f"{base}/room/", style=town.guests, seats="4", meeting="年终大会"))
    assert all(word in page(people["李"], ask) for word in ("来宾", ">4<", "年终大会"))
    assert batches(app) == 1
    assert confirm(people["李"], ask).status_code == 302
    assert batches(app) == 2
    with resources(app).reading() as look:
        assert look.scalars(select(Room.handed)).all() == [0]
