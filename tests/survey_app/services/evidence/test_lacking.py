"""What a second evidence sheet lacks never stays, and never goes, without a word."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.models import AuditEvent, Campaign, EvidenceEntry
from survey_app.services.evidence import entries
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.survey_app.services.evidence.test_evidence import book, bring
from tests.towns import two_towns

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return two_towns.build(session, count=False)


def awaiting(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    rows = session.scalars(select(EvidenceEntry).where(EvidenceEntry.absent).order_by(EvidenceEntry.id)).all()
    found = [(row.subject.code, row.value) for row in rows]
    session.rollback()  # the pages' writer waits for no reader of the test's
    return found


def number_of(session: Session, value: str) -> int:
    found = session.scalars(select(EvidenceEntry.id).where(EvidenceEntry.value == value)).one()
    session.rollback()
    return found


def settle(client: FlaskClient, key: str, *rows: object, **form: str) -> TestResponse:
    return client.post(f"/office/campaigns/{key}/evidence/lacking", data={"csrf_token": csrf(client), "row": list(rows), **form})


def test_a_person_missing_from_the_second_sheet_is_listed_and_goes_on_counting_until_withdrawn(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    key = campaign.key
    bring(session, campaign, "EH,东镇镇长,90", "WH,西镇镇长,80")
    address = f"/office/campaigns/{key}/evidence/"
    assert "表里没有" not in office_client.get(address).get_data(as_text=True)
    file = {"csrf_token": csrf(office_client), "file": (io.BytesIO("编号,姓名,目标得分\nEH,东镇镇长,90".encode()), "材料.csv")}
    page = office_client.post(address, data=file, content_type="multipart/form-data").get_data(as_text=True)
    listed = page.split('id="lacking"')[1].split("</section>")[0]
    assert ("1 条" in listed, "西镇镇长" in listed, "80" in listed, "东镇镇长" in listed) == (True, True, True, False)
    assert awaiting(session) == [("WH", "80")]
    assert "1 条" in office_client.get(f"/office/campaigns/{key}/count/").get_data(as_text=True)
    row = number_of(session, "80")
    bare = settle(office_client, key, row, do="withdraw", why=" ")
    assert (bare.status_code, awaiting(session)) == (400, [("WH", "80")])
    assert settle(office_client, key, row, do="withdraw", why="报错了").status_code == 302
    ended = session.get_one(EvidenceEntry, row)
    assert (ended.withdrawn, ended.ended_by, ended.ended_why) == (True, "评议办", "报错了")
    assert [one.value for one in entries.live(session, session.get_one(Campaign, campaign.id))] == ["90"]
    told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "evidence-withdrawn")).one()
    assert told == f"{key} WH 目标得分 #{row}"
    session.rollback()
    assert "表里没有" not in office_client.get(address).get_data(as_text=True)


def test_what_is_kept_stays_in_force_and_is_asked_about_no_more(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    bring(session, campaign, "EH,东镇镇长,90", "WH,西镇镇长,80")
    assert bring(session, campaign, "EH,东镇镇长,91").absent == 1
    key = campaign.key
    assert settle(office_client, key, number_of(session, "80"), do="keep").status_code == 302
    assert awaiting(session) == []
    assert [row.value for row in entries.live(session, campaign)] == ["91", "80"]


def test_a_third_sheet_that_has_it_again_takes_the_question_back(session: Session, campaign: Campaign) -> None:
    bring(session, campaign, "EH,东镇镇长,90", "WH,西镇镇长,80")
    bring(session, campaign, "EH,东镇镇长,90")
    assert bring(session, campaign, "EH,东镇镇长,90", "WH,西镇镇长,80").absent == 0
    assert awaiting(session) == []


def test_an_event_whose_reason_was_reworded_does_not_count_twice_in_silence(session: Session, campaign: Campaign) -> None:
    head = ["编号", "事项", "日期", "数量", "事由"]

    def events(reason: str) -> int:
        data = book(事件=[head, ["EH", "通报批评", "2026-03-01", "1", reason]])
        found = entries.import_evidence(session, campaign, "a.xlsx", data, account="评议办", now=NOON)
        session.commit()
        return found.absent

    bring(session, campaign, "EH,东镇镇长,90")
    assert [events("迟到"), events("迟到早退")] == [0, 1]
    lacking = session.scalars(select(EvidenceEntry).where(EvidenceEntry.absent)).one()
    assert (lacking.kind, lacking.reason) == ("event", "迟到")  # and the number, of a table not in this file, is not asked about


def test_what_was_taken_over_from_an_earlier_count_is_not_asked_about(session: Session, campaign: Campaign) -> None:
    bring(session, campaign, "EH,东镇镇长,90", "WH,西镇镇长,80")
    session.execute(update(EvidenceEntry).where(EvidenceEntry.value == "80").values(origin={"key": "K"}))
    session.commit()
    assert bring(session, campaign, "EH,东镇镇长,90").absent == 0


def test_nonsense_decides_nothing(office_client: FlaskClient, session: Session, campaign: Campaign) -> None:
    bring(session, campaign, "EH,东镇镇长,90", "WH,西镇镇长,80")
    bring(session, campaign, "EH,东镇镇长,90")
    asked, other = number_of(session, "80"), number_of(session, "90")
    key = campaign.key
    session.rollback()
    assert settle(office_client, key, do="keep").status_code == 400
    assert settle(office_client, key, "x", "-1", "9.5", do="withdraw", why="w").status_code == 400
    assert settle(office_client, key, asked, 999, do="keep").status_code == 404
    assert settle(office_client, key, asked, other, do="withdraw", why="w").status_code == 409  # nobody was asked about the other
    assert awaiting(session) == [("WH", "80")]
    assert settle(office_client, key, asked, do="keep").status_code == 302
    again = settle(office_client, key, asked, do="withdraw", why="w")  # a colleague's page, of before
    assert (again.status_code, "已经有人决定过了" in again.get_data(as_text=True)) == (409, True)
    assert len(entries.live(session, campaign)) == 2
