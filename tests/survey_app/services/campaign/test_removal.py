"""What may be removed before it counts, what goes with it, and what never goes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.models import Account, AuditEvent, Base, Campaign, EvidenceEntry, FormReading, Headcount, Rater, Subject, Unit
from survey_app.roles import EVERYTHING
from survey_app.services.campaign import campaigns
from survey_app.services.campaign.campaigns import scheme_of
from survey_app.services.office import accounts
from survey_app.services.roster.columns import SUBJECTS, columns_of
from survey_app.services.roster.importing import import_roster
from survey_app.services.uploads import Upload
from tests.support.application import QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.support.printed import seen_on
from tests.survey_app.services.counting.test_counting import cast
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
def town(session: Session) -> Town:
    town = build(session, state="draft")
    campaign = session.get_one(Campaign, town.campaign_id)
    subjects = session.scalars(select(Subject).order_by(Subject.id)).all()
    for number in (1, 2):
        session.add(
            EvidenceEntry(
                campaign_id=campaign.id,
                subject_id=subjects[0].id,
                kind="event",
                name="n",
                value=str(number),
                entered_by="评议办",
                entered=NOON,
            )
        )
    session.add(Headcount(campaign_id=campaign.id, unit_id=subjects[0].unit_id, group_key="guests", entitled=9))
    session.scalars(select(Rater).limit(1)).one().subject_id = subjects[0].id
    session.commit()
    session.close()
    return town


def left(session: Session) -> dict[str, int]:
    """How many rows every table with campaigns has."""
    session.rollback()
    tables = [table for table in Base.metadata.sorted_tables if "campaign_id" in table.c or table.name in {"campaign", "slip"}]
    found = {table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables}
    session.rollback()
    return {name: number for name, number in found.items() if number}


def do(client: FlaskClient, address: str, rows: Sequence[str] = (), **form: object) -> TestResponse:
    """As somebody does it who has looked at the page."""
    page = client.get(address, query_string={"row": rows}).get_data(as_text=True)
    return client.post(address, data={"csrf_token": csrf(client), "seen": seen_on(page), "row": list(rows), **form})


def test_a_draft_goes_with_everything_after_its_page_has_said_what(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    other = build(session, key="TH3R3", state="draft")
    before = left(session)
    address = f"/office/campaigns/{town.key}/remove/"
    page = office_client.get(address).get_data(as_text=True)
    for kind, number in (("评价对象", 5), ("署名评价人", 2), ("材料，连同更正和撤回过的", 2), ("应到人数", 1)):
        assert f'<dt>{kind}</dt><dd class="numbers">{number}</dd>' in page
    for seen in ("", "0" * 64):
        refused = office_client.post(address, data={"csrf_token": csrf(office_client), "seen": seen})
        assert (refused.status_code, "什么都没有删" in refused.get_data(as_text=True)) == (409, True)
    assert left(session) == before
    assert do(office_client, address).status_code == 302
    assert session.scalars(select(Campaign.key)).all() == [other.key]
    assert left(session)["subject"] == 5  # the other campaign's
    assert "evidence_entry" not in left(session)
    told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "campaign-removed")).one()
    assert town.key in told
    assert "评价对象 5" in told


def test_a_real_campaign_stays_after_approval_and_the_page_says_why(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    session.execute(update(Campaign).values(state="counted"))
    session.commit()
    address = f"/office/campaigns/{town.key}/remove/"
    page = office_client.get(address).get_data(as_text=True)
    assert ("不能删除" in page, 'name="seen"' in page) == (True, False)
    assert office_client.post(address, data={"csrf_token": csrf(office_client)}).status_code == 409
    assert left(session)["campaign"] == 1


@pytest.mark.parametrize(("state", "gone"), [("open", False), ("closed", True), ("counted", True)])
def test_a_demo_goes_when_it_is_closed_with_its_ballots(
    office_client: FlaskClient, session: Session, town: Town, state: str, gone: bool
) -> None:
    session.execute(update(Campaign).values(state="open"))
    session.commit()
    cast(session, town, 0)
    session.execute(update(Campaign).values(state=state, demo=True))
    session.commit()
    session.close()
    address = f"/office/campaigns/{town.key}/remove/"
    if gone:
        assert do(office_client, address).status_code == 302
        assert left(session) == {}
    else:
        assert office_client.post(address, data={"csrf_token": csrf(office_client)}).status_code == 409
        assert left(session)["campaign"] == 1


def demo(session: Session, key: str, state: str) -> Town:
    found = build(session, key=key, state=state)
    session.execute(update(Campaign).where(Campaign.key == key).values(demo=True))
    session.commit()
    return found


def read_a_form(session: Session, town: Town) -> None:
    rater = session.scalars(select(Rater.id).where(Rater.campaign_id == town.campaign_id)).first()
    row = FormReading(
        campaign_id=town.campaign_id, rater_id=rater, version=1, leaf=b"l" * 32, kind="office", reader="o", reason="why", at=NOON
    )
    session.add(row)
    session.commit()


def test_the_whole_demo_goes_in_one_act_and_the_real_campaign_stays(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    demo(session, "DEM01", "open")
    cast(session, demo(session, "DEM02", "open"), 0)
    session.execute(update(Campaign).where(Campaign.key.in_(("DEM01", "DEM02"))).values(state="counted"))
    session.commit()
    before = left(session)
    page = office_client.get("/office/demo/remove/").get_data(as_text=True)
    assert ("会删去的：2 次" in page, "现在不能删的" in page, page.count("<dt>评价对象</dt>")) == (True, False, 2)
    for seen in ("", "0" * 64):
        refused = office_client.post("/office/demo/remove/", data={"csrf_token": csrf(office_client), "seen": seen})
        assert (refused.status_code, "什么都没有删" in refused.get_data(as_text=True)) == (409, True)
    assert left(session) == before
    assert do(office_client, "/office/demo/remove/").status_code == 302
    assert session.scalars(select(Campaign.key)).all() == [town.key]
    assert (left(session)["subject"], left(session)["evidence_entry"], "ballot" in left(session)) == (5, 2, False)
    told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "campaign-removed").order_by(AuditEvent.id)).all()
    assert [one.split(" ")[0] for one in told] == ["DEM01", "DEM02"]


def test_what_of_a_demo_stays_is_said_first_and_goes_when_it_is_closed(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    demo(session, "DEM01", "open")
    read_a_form(session, demo(session, "DEM02", "counted"))
    demo(session, "DEM03", "closed")
    page = office_client.get("/office/demo/remove/").get_data(as_text=True)
    assert ("会删去的：1 次" in page, "现在不能删的：2 次" in page) == (True, True)
    assert ("请先结束它" in page, "删去演示的文件夹" in page) == (True, True)
    seen = seen_on(page)
    session.execute(update(Campaign).where(Campaign.key == "DEM01").values(state="closed"))
    session.commit()
    form = {"csrf_token": csrf(office_client), "seen": seen}
    assert office_client.post("/office/demo/remove/", data=form).status_code == 409  # the page did not show that one
    assert do(office_client, "/office/demo/remove/").status_code == 302
    assert set(session.scalars(select(Campaign.key)).all()) == {town.key, "DEM02"}
    session.rollback()
    page = office_client.get("/office/demo/remove/").get_data(as_text=True)
    assert ("没有可以删去的演示评议" in page, 'name="seen"' in page) == (True, False)
    nothing = office_client.post("/office/demo/remove/", data={"csrf_token": csrf(office_client), "seen": ""})
    assert nothing.status_code == 409
    assert left(session)["form_reading"] == 1


def test_the_list_leads_to_the_demos_removal_only_where_there_is_one(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    assert "/office/demo/remove/" not in office_client.get("/office/campaigns").get_data(as_text=True)
    demo(session, "DEM01", "closed")
    assert "/office/demo/remove/" in office_client.get("/office/campaigns").get_data(as_text=True)
    assert town.key in office_client.get("/office/campaigns").get_data(as_text=True)


def test_a_head_count_goes_by_its_link_on_the_roster_page(office_client: FlaskClient, session: Session, town: Town) -> None:
    head = session.scalars(select(Headcount.id)).one()
    session.rollback()
    address = f"/office/campaigns/{town.key}/remove/rows"
    link = f'href="{address}?row=head-{head}"'
    assert link in office_client.get(f"/office/campaigns/{town.key}/roster/").get_data(as_text=True)
    page = office_client.get(f"{address}?row=head-{head}").get_data(as_text=True)
    assert '<dt>应到人数</dt><dd class="numbers">1</dd>' in page
    assert do(office_client, address, [f"head-{head}"]).status_code == 302
    assert ("headcount" in left(session), left(session)["subject"], left(session)["rater"]) == (False, 5, 2)
    session.execute(update(Campaign).values(state="open"))
    session.commit()
    assert "remove/rows?row=" not in office_client.get(f"/office/campaigns/{town.key}/roster/").get_data(as_text=True)


def test_a_person_goes_with_the_material_and_the_rater_stays_untied(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    first = session.scalars(select(Subject.id).where(Subject.code == "A1")).one()
    session.rollback()
    address = f"/office/campaigns/{town.key}/remove/rows"
    page = office_client.get(address, query_string={"row": f"subject-{first}"}).get_data(as_text=True)
    assert all(word in page for word in ("张1", "A1", "王1", "材料"))
    assert do(office_client, address, [f"subject-{first}"]).status_code == 302
    assert (left(session)["subject"], left(session)["rater"], "evidence_entry" in left(session)) == (4, 2, False)
    assert session.scalars(select(Rater.subject_id)).all() == [None, None]


def test_a_unit_goes_with_its_people(office_client: FlaskClient, session: Session, town: Town) -> None:
    unit = session.scalars(select(Unit.id)).one()
    session.rollback()
    assert do(office_client, f"/office/campaigns/{town.key}/remove/rows", [f"unit-{unit}"]).status_code == 302
    assert not {"unit", "subject", "headcount", "evidence_entry"} & set(left(session))
    assert left(session)["rater"] == 2  # of no unit


def test_no_row_goes_after_approval_nor_from_another_campaign(office_client: FlaskClient, session: Session, town: Town) -> None:
    other = build(session, key="TH3R3", state="draft")
    rater = session.scalars(select(Rater.id).where(Rater.campaign_id == town.campaign_id)).first()
    session.rollback()
    for row in (f"rater-{rater}", "rater-x", "campaign-1", "unit-99999"):
        assert office_client.get(f"/office/campaigns/{other.key}/remove/rows?row={row}").status_code == 404
    seen = seen_on(office_client.get(f"/office/campaigns/{town.key}/remove/rows?row=rater-{rater}").get_data(as_text=True))
    session.execute(update(Campaign).values(state="open"))
    session.commit()
    form = {"csrf_token": csrf(office_client), "seen": seen, "row": f"rater-{rater}"}
    answer = office_client.post(f"/office/campaigns/{town.key}/remove/rows", data=form)
    assert (answer.status_code, "已冻结" in answer.get_data(as_text=True)) == (409, True)
    assert left(session)["rater"] == 4


def test_rows_a_new_file_lacks_are_listed_hold_up_approval_and_are_kept_or_removed(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    campaign = session.get_one(Campaign, town.campaign_id)
    file = "编号,姓名或名称,单位编号,rank\nA1,张一,T,first\nA2,张2,T,other\n"
    heads = next(iter(_heads(session, campaign)))
    report = import_roster(
        session, campaign, [Upload("评价对象.csv", file.replace("编号,姓名或名称,单位编号,rank", heads).encode())]
    )
    session.commit()
    assert report.absent == 3
    assert any("最近一次导入的文件里没有" in one.what for one in campaigns.objections(session, campaign))
    page = office_client.get(f"/office/campaigns/{town.key}/roster/").get_data(as_text=True)
    listed = page.split('id="absent"')[1].split("</section>")[0]
    assert [name in listed for name in ("张一", "张2", "张3", "张4", "张5")] == [False, False, True, True, True]
    ids = dict(session.execute(select(Subject.code, Subject.id)).all())
    session.rollback()
    form = {"csrf_token": csrf(office_client), "row": f"subject-{ids['A3']}"}
    assert office_client.post(f"/office/campaigns/{town.key}/remove/keep", data=form).status_code == 302
    gone = [f"subject-{ids['A4']}", f"subject-{ids['A5']}"]
    assert do(office_client, f"/office/campaigns/{town.key}/remove/rows", gone).status_code == 302
    session.expire_all()
    assert session.scalars(select(Subject.code).order_by(Subject.code)).all() == ["A1", "A2", "A3"]
    assert campaigns.absent_rows(session, session.get_one(Campaign, town.campaign_id)) == 0


def _heads(session: Session, campaign: Campaign) -> list[str]:
    """The headings of the template's sheet, for number, name, unit and rank."""
    titles = {column.key: column.title for column in columns_of(scheme_of(campaign), SUBJECTS)}
    return [",".join(titles[key] for key in ("code", "name", "unit", "fact:rank"))]


def test_an_unused_account_goes_and_a_used_one_is_only_disabled(app: Flask, office_client: FlaskClient, session: Session) -> None:
    fresh = accounts.create_account(session, name="新来的", roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON)
    number, me = fresh.id, session.scalars(select(Account.id).where(Account.name == "评议办")).one()
    session.commit()
    session.close()
    address = f"/office/accounts/{number}/remove"
    assert office_client.post(address, data={"csrf_token": csrf(office_client)}).status_code == 409
    assert do(office_client, address).status_code == 302
    assert session.scalars(select(Account.name)).all() == ["评议办"]
    session.rollback()
    page = office_client.get(f"/office/accounts/{me}/remove").get_data(as_text=True)
    assert ("不能删除" in page, "停用" in page, 'name="seen"' in page) == (True, True, False)
