"""A group that is not signed and too small to hide anybody: refused at approval, or open, and then form and slip say so (S3)."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.errors import RefusedError
from survey_app.models import BallotStyle, CampaignState
from survey_app.printing import SlipSheet, slips_pdf
from survey_app.services.release import approval, plan
from tests.support.clock import NOON
from tests.support.house import ROOT, sources
from tests.support.pdf_reading import text_of
from tests.towns import lone_leader

SMALL = "单位编号,评议主体,应到人数\nU,领导,1\nU,同事,15\nU,群众,40\n"
EDGE = "单位编号,评议主体,应到人数\nU,领导,5\nU,同事,15\nU,群众,40\n"


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """On SQLite only: nothing here is about the database."""
    shutil.copy(sqlite_template, tmp_path / "pingyi.db")
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


def test_a_group_of_one_keeps_the_campaign_from_being_approved(session: Session) -> None:
    """One leader, and five are the floor; five leaders may be promised what can be kept."""
    campaign = lone_leader.draft(session, heads=SMALL)
    (said,) = approval.objections(session, campaign)
    assert said.parts == {"group": "领导", "n": 1, "floor": 5}
    with pytest.raises(RefusedError, match="人数太少"):
        approval.approve(session, campaign, now=NOON)
    assert campaign.state == CampaignState.DRAFT
    assert approval.objections(session, lone_leader.draft(session, heads=EDGE)) == []


@pytest.mark.parametrize(
    ("tag", "true", "false"),
    [
        ("zh-Hans", "人少，可能认出来", "不记名"),
        ("zh-Hant", "人少，可能認出來", "不記名"),
        ("en", "A small group: your answer may be recognised", "Anonymous"),
        ("ug", "تونۇلۇپ قېلىشى مۇمكىن", "ئىسىمسىز"),
    ],
)
def test_an_open_group_is_approved_and_its_form_says_what_is_true(
    session: Session, client: FlaskClient, tag: str, true: str, false: str
) -> None:
    campaign = lone_leader.draft(session, heads=SMALL)
    plan.choose(session, campaign, floor=5, open_groups=["领导"], exits=[])
    approval.approve(session, campaign, now=NOON)
    styles = {one.group_key: one.id for one in session.scalars(select(BallotStyle))}
    session.commit()
    page = client.get(f"/v/{styles['领导']}?lang={tag}").get_data(as_text=True)
    assert true in page
    assert false not in page
    assert true not in client.get(f"/v/{styles['群众']}?lang={tag}").get_data(as_text=True)


def test_the_slip_of_an_open_group_says_so() -> None:
    sheet = SlipSheet(title="评议", meeting="大会", unit="街道", group="领导", address="http://x/v/1", exposed=True)
    told = "您这一类人少：您的答案可能被认出来"
    codes = [("http://x/v/1#s", "ABCD")]
    assert told in "".join(text_of(slips_pdf(sheet, codes)).split())
    other = SlipSheet(title="评议", meeting="大会", unit="街道", group="群众", address="http://x/v/1")
    assert told not in "".join(text_of(slips_pdf(other, codes)).split())


def test_nobody_approves_past_the_promise() -> None:
    """`campaigns.approve` freezes and promises nothing: only `release.approval` calls it."""
    callers = {
        str(path.relative_to(ROOT)) for path in sources("survey_app") if "campaigns.approve(" in path.read_text(encoding="utf-8")
    }
    assert callers == {"survey_app/services/release/approval.py"}
