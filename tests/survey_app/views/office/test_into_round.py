"""A draft's text into a round that is not approved yet: nothing of the roster goes that was not named first."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import AuditEvent, Campaign, CampaignState, Headcount, Rater, Subject, Unit
from survey_app.services.scheme_desk import drafts
from tests.survey_app.views.office.test_scheme_desk import begin, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
LINES = "1．廉洁（60分）\n2．实绩（40分）\n上级评议占60%，同事占40%。\n得分90分以上为优秀，其余为合格。"
GROUPS = "上级 60 署名\n同事 40"
WORDS = {"title": "年度评议", "period": "2026", "asker": "办", "purpose": "问", "asks": "用"}


def edit(client: FlaskClient, session: Session, draft: str, old: str, new: str) -> None:
    """Change the draft's text."""
    session.rollback()
    found = drafts.by_key(session, draft)
    number, text = found.number, drafts.newest(session, found).text
    session.rollback()
    assert old in text
    assert send(client, f"/office/schemes/{draft}/text", seen=str(number), text=text.replace(old, new)).status_code == 302


@pytest.fixture
def draft(office_client: FlaskClient) -> str:
    """A draft of the desk."""
    return begin(office_client, title="年度评议", lines=LINES, groups=GROUPS).rpartition("/")[2]


@pytest.fixture
def round_of(office_client: FlaskClient, session: Session, draft: str) -> str:
    """A round made of it, with somebody on its roster."""
    assert send(office_client, "/office/campaigns/new", scheme=f"draft:{draft}", **WORDS).status_code == 302
    session.rollback()
    campaign = session.scalars(select(Campaign)).one()
    unit = Unit(campaign_id=campaign.id, code="U1", name="一院", place=0, facts={})
    session.add(unit)
    session.flush()
    session.add(Subject(campaign_id=campaign.id, unit_id=unit.id, code="P1", name="张三", place=0, facts={}))
    session.add(Rater(campaign_id=campaign.id, code="R1", name="李四", group_key="上级"))
    session.add(Headcount(campaign_id=campaign.id, group_key="同事", entitled=12))
    session.commit()
    key = campaign.key
    session.rollback()
    return f"/office/campaigns/{key}/scheme/replace/"


def test_what_no_longer_fits_is_named_and_then_goes_and_everything_else_stays(
    office_client: FlaskClient, session: Session, draft: str, round_of: str
) -> None:
    edit(office_client, session, draft, "署名: 是", "署名: 否")
    number = drafts.by_key(session, draft).number
    session.rollback()
    assert number == 2
    same = office_client.get(f"{round_of}?draft=draft:{draft}")
    assert "内容却与" not in same.get_data(as_text=True)  # the round's own text is what is replaced: it stands in nobody's way
    page = same.get_data(as_text=True)
    assert "李四 R1" in page
    assert "换了以后有" in page
    assert "署名" in page
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen
    answer = send(office_client, round_of, draft=f"draft:{draft}", seen=seen[1])
    assert answer.status_code == 302
    session.rollback()
    campaign = session.scalars(select(Campaign)).one()
    assert "署名: 否" in campaign.scheme_text
    assert session.scalars(select(Rater)).all() == []
    assert [one.entitled for one in session.scalars(select(Headcount))] == [12]
    assert [one.name for one in session.scalars(select(Subject))] == ["张三"]
    acts = [one.detail for one in session.scalars(select(AuditEvent).where(AuditEvent.action == "campaign-replaced-scheme"))]
    assert acts == [f"{campaign.key} {campaign.scheme_key}/{campaign.scheme_version} {campaign.scheme_digest}"]
    session.rollback()
    again = office_client.get(f"{round_of}?draft=draft:{draft}").get_data(as_text=True)
    assert "不用换" in again


def test_a_value_the_new_scheme_does_not_know_is_told_emptied_and_asked_for(
    office_client: FlaskClient, session: Session, draft: str, round_of: str
) -> None:
    subject = session.scalars(select(Subject)).one()
    subject.facts = {"旧栏": "甲"}
    session.commit()
    edit(office_client, session, draft, "评议主体:\n", "名册栏目:\n  职务: {取值: [正职, 副职]}\n\n评议主体:\n")
    page = office_client.get(f"{round_of}?draft={draft}").get_data(as_text=True)
    assert "张三 · 旧栏 甲" in page
    assert "张三 · 职务" in page
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen
    assert send(office_client, round_of, draft=draft, seen=seen[1]).status_code == 302
    session.rollback()
    assert session.scalars(select(Subject)).one().facts == {}
    session.rollback()


def test_an_old_page_a_wrong_text_and_an_approved_round_are_refused(
    office_client: FlaskClient, session: Session, draft: str, round_of: str
) -> None:
    edit(office_client, session, draft, "署名: 是", "署名: 否")
    page = office_client.get(f"{round_of}?draft={draft}").get_data(as_text=True)
    seen = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert seen
    session.add(Rater(campaign_id=session.scalars(select(Campaign.id)).one(), code="R2", name="王五", group_key="上级"))
    session.commit()
    stale = send(office_client, round_of, draft=draft, seen=seen[1])  # somebody else would go too
    assert (stale.status_code, "什么都没有换" in stale.get_data(as_text=True)) == (409, True)
    edit(office_client, session, draft, "署名: 否", "署名: 也许")
    wrong = office_client.get(f"{round_of}?draft={draft}")
    assert (wrong.status_code, "还有要改的地方" in wrong.get_data(as_text=True)) == (422, True)
    assert office_client.get(f"{round_of}?draft=nowhere").status_code == 404
    edit(office_client, session, draft, "署名: 也许", "署名: 否")
    campaign = session.scalars(select(Campaign)).one()
    campaign.state = CampaignState.OPEN
    session.commit()
    late = send(office_client, round_of, draft=draft, seen=seen[1])
    assert "已经批准" in html.unescape(late.get_data(as_text=True))
    session.rollback()
    assert len(session.scalars(select(Rater)).all()) == 2
    session.rollback()


def test_a_name_and_version_that_another_round_has_with_other_content_is_refused(
    office_client: FlaskClient, session: Session, draft: str, round_of: str
) -> None:
    assert (
        send(office_client, "/office/campaigns/new", scheme=f"draft:{draft}", **{**WORDS, "title": "另一次"}).status_code == 302
    )
    edit(office_client, session, draft, "署名: 是", "署名: 否")
    refused = office_client.get(f"{round_of}?draft={draft}")
    assert (refused.status_code, "内容却与这一份不同" in refused.get_data(as_text=True)) == (409, True)
