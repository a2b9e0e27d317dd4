"""Other evidence: whole or not at all, every problem by row and column, nothing overwritten without a trace."""

from __future__ import annotations

import datetime as dt
import io
from fractions import Fraction

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from questionnaires.tables.typed import exact_value, iso_date
from survey_app import bridge
from survey_app.errors import NotFoundError, RefusedError, UserError
from survey_app.extensions import resources
from survey_app.models import Campaign, EvidenceEntry
from survey_app.services.evidence import entries
from survey_app.services.evidence.columns import Entry
from survey_app.services.evidence.entries import EvidenceProblemsError, EvidenceReport
from survey_app.services.evidence.listing import Wanted, find
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns import ledger_town, two_towns

#: The pages' and the sheet's words do not depend on the database.
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def campaign(session: Session) -> Campaign:
    return two_towns.build(session, count=False)


def sheet(*rows: str, head: str = "编号,姓名,目标得分") -> bytes:
    return "\r\n".join([head, *rows]).encode()


def bring(session: Session, campaign: Campaign, *rows: str, head: str = "编号,姓名,目标得分") -> EvidenceReport:
    report = entries.import_evidence(session, campaign, "材料.csv", sheet(*rows, head=head), account="评议办", now=NOON)
    session.commit()
    return report


def book(**sheets: list[list[str]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(row)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def live(session: Session, campaign: Campaign) -> list[tuple[str, str, str]]:
    return sorted((row.subject.code, row.name, row.value) for row in entries.live(session, campaign))


@pytest.mark.parametrize(
    ("text", "number"),
    [("87.50", "87.5"), ("８７．５", "87.5"), (" 090 ", "90"), ("-0", "0"), ("+3", "3"), ("0.000000000001", "0.000000000001")],
)
def test_a_number_is_kept_exactly_as_typed(text: str, number: str) -> None:
    assert exact_value(text) == number


@pytest.mark.parametrize("text", ["", "abc", "1e3", "12%", "1,000", "1/0", "NaN", "87.5.1", "=1+1", "九十"])
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    assert exact_value(text) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-05", "2026-03-05"),
        ("2026/3/5", "2026-03-05"),
        ("2026年3月5日", "2026-03-05"),
        ("2026-02-30", None),
        ("昨天", None),
    ],
)
def test_days_are_read_as_people_write_them(text: str, day: str | None) -> None:
    assert iso_date(text) == day


@on_sqlite
def test_the_template_names_every_subject_that_is_asked_and_no_other(session: Session, campaign: Campaign) -> None:
    page = openpyxl.load_workbook(io.BytesIO(entries.template_xlsx(session, campaign, "zh-Hans")))
    rows = list(page["材料"].iter_rows(values_only=True))
    assert rows[0] == ("编号", "姓名", "单位", "目标得分", "日期", "依据")
    assert [row[:4] for row in rows[1:]] == [("EH", "东镇镇长", "东镇", None), ("WH", "西镇镇长", "西镇", None)]
    assert [cell.value for cell in page["决定"][1]] == ["编号", "姓名", "事项", "结论", "决定人", "日期", "理由"]
    assert [cell.value for cell in page["事件"][1]] == ["编号", "姓名", "事项", "日期", "数量", "事由"]


def test_an_import_is_repeatable_and_a_correction_keeps_what_it_replaced(session: Session, campaign: Campaign) -> None:
    assert bring(session, campaign, "EH,东镇镇长,87.45", "WH,西镇镇长,") == EvidenceReport(1, 0, 0, 1)
    assert bring(session, campaign, "EH,东镇镇长,87.450", "WH,西镇镇长,90") == EvidenceReport(1, 0, 1, 0)
    assert bring(session, campaign, "EH,东镇镇长,88", "WH,,") == EvidenceReport(0, 1, 0, 1, 1)
    assert live(session, campaign) == [("EH", "目标得分", "88"), ("WH", "目标得分", "90")]
    assert [(row.subject.code, row.value) for row in entries.history(session, campaign)] == [("EH", "87.45")]


def test_a_wrong_sheet_is_refused_whole_with_every_problem(session: Session, campaign: Campaign) -> None:
    rows = [
        "EH,东镇镇长,90",  # right, and yet nothing of this sheet is kept
        "WH,西镇镇长,120.01",  # out of bounds
        "ZZ,某人,80",  # not on the roster
        "EH,东镇镇长,70",  # twice
        "ET,东镇班子,60",  # not asked of a team
        "WT,西镇镇长,",  # the name of another row: shifted
    ]
    with pytest.raises(EvidenceProblemsError) as refused:
        bring(session, campaign, *rows)
    session.rollback()
    found = [(one.row, one.column) for one in refused.value.problems]
    assert found == [(3, "目标得分"), (4, "编号"), (5, "编号"), (6, "目标得分"), (7, "姓名")]
    assert "0 到 120" in refused.value.problems[0].what
    assert live(session, campaign) == []


@on_sqlite
@pytest.mark.parametrize(
    ("head", "column"),
    [("编号,姓名,目标得分,别的", "别的"), ("编号,姓名,目标得分,目标得分", "目标得分"), ("姓名,目标得分", "编号")],
)
def test_unknown_doubled_and_missing_columns_are_named(session: Session, campaign: Campaign, head: str, column: str) -> None:
    with pytest.raises(EvidenceProblemsError) as refused:
        bring(session, campaign, "EH,东镇镇长,90,1", head=head)
    assert [one.column for one in refused.value.problems] == [column]


def test_two_events_on_one_day_are_two_events_and_the_same_line_twice_is_a_problem(session: Session, campaign: Campaign) -> None:
    head = ["编号", "姓名", "事项", "日期", "数量", "事由"]
    first = ["EH", "", "通报批评", "2026年3月5日", "", "迟报"]
    second = ["EH", "", "通报批评", "2026-03-05", "2", "漏报"]
    data = book(事件=[head, first, second])
    report = entries.import_evidence(session, campaign, "a.xlsx", data, account="评议办", now=NOON)
    session.commit()
    assert report == EvidenceReport(2, 0, 0, 0)
    again = entries.import_evidence(session, campaign, "a.xlsx", data, account="评议办", now=NOON)
    assert again == EvidenceReport(0, 0, 2, 0)
    assert sorted((row.on, row.value, row.reason) for row in entries.live(session, campaign)) == [
        ("2026-03-05", "1", "迟报"),
        ("2026-03-05", "2", "漏报"),
    ]
    with pytest.raises(EvidenceProblemsError) as refused:
        entries.import_evidence(session, campaign, "a.xlsx", book(事件=[head, first, first]), account="评议办", now=NOON)
    assert [(one.row, one.column) for one in refused.value.problems] == [(3, "事由")]


@on_sqlite
def test_events_of_unknown_kind_or_day_are_named(session: Session, campaign: Campaign) -> None:
    head = ["编号", "姓名", "事项", "日期", "数量", "事由"]
    rows = [head, ["EH", "", "升迁", "2026-02-30", "三", ""]]
    with pytest.raises(EvidenceProblemsError) as refused:
        entries.import_evidence(session, campaign, "a.xlsx", book(事件=rows), account="评议办", now=NOON)
    assert [one.column for one in refused.value.problems] == ["事项", "日期", "数量"]


def test_a_single_entry_needs_a_reason_a_known_subject_and_a_number_within_bounds(session: Session, campaign: Campaign) -> None:
    def enter(subject: str, value: str, reason: str = "上报更正") -> str:
        entry = Entry(subject=subject, kind="component", name="目标得分", value=value, on="", reason=reason)
        return entries.enter(session, campaign, entry, account="评议办", now=NOON)

    with pytest.raises(UserError, match="理由"):
        enter("EH", "90", " ")
    with pytest.raises(NotFoundError):
        enter("ET", "90")
    with pytest.raises(UserError, match="0 到 120"):
        enter("EH", "121")
    with pytest.raises(UserError, match="要填数字"):
        enter("EH", "很好")
    assert (enter("EH", "90"), enter("EH", "90"), enter("EH", "91")) == ("added", "unchanged", "replaced")
    session.commit()
    assert live(session, campaign) == [("EH", "目标得分", "91")]


@on_sqlite
def test_a_decision_is_one_of_the_choices_the_scheme_gives(session: Session, campaign: Campaign) -> None:
    def decide(choice: str) -> str:
        entry = Entry(
            subject="EH", kind="decision", name="是否提醒", value=choice, on="2026-12-01", reason="会议纪要", decider="领导小组"
        )
        return entries.enter(session, campaign, entry, account="评议办", now=NOON + dt.timedelta(days=1))

    with pytest.raises(UserError, match="没有这个选择"):
        decide("免职")
    assert decide("提醒") == "added"
    session.flush()
    assert [(row.value, row.decider, row.entered_by, row.reason) for row in entries.live(session, campaign)] == [
        ("提醒", "领导小组", "评议办", "会议纪要")
    ]


@on_sqlite
def test_the_office_uploads_on_a_page_and_reads_every_problem(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session, count=False).key
    address = f"/office/campaigns/{key}/evidence/"

    def upload(data: bytes) -> tuple[int, str]:
        form = {"csrf_token": csrf(office_client), "file": (io.BytesIO(data), "材料.csv")}
        answer = office_client.post(address, data=form, content_type="multipart/form-data")
        return answer.status_code, answer.get_data(as_text=True)

    status, page = upload(sheet("EH,东镇镇长,很好", "QQ,,1"))
    assert status == 422
    assert "“很好”不是数" in page
    assert "名册里没有编号“QQ”" in page
    status, page = upload(sheet("EH,东镇镇长,90"))
    assert (status, "新增 1" in page) == (200, True)
    with resources(app).reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceEntry)) == 1


def withdraw(session: Session, campaign: Campaign, number: int, why: str = "录错了对象") -> EvidenceEntry:
    row = entries.withdraw(session, campaign, number, why, account="纪检组", now=NOON + dt.timedelta(days=1))
    session.commit()
    return row


def test_a_withdrawn_entry_stays_on_record_and_no_count_looks_at_it(session: Session, campaign: Campaign) -> None:
    bring(session, campaign, "EH,东镇镇长,87.45", "WH,西镇镇长,90")
    wrong = next(row for row in entries.live(session, campaign) if row.subject.code == "EH")
    withdraw(session, campaign, wrong.id)
    assert live(session, campaign) == [("WH", "目标得分", "90")]
    assert [one.subject for one in bridge.evidence_of(session, campaign).components] == ["WH"]
    (ended,) = entries.history(session, campaign)
    assert (ended.withdrawn, ended.ended_by, ended.ended_why, ended.entered_by) == (True, "纪检组", "录错了对象", "评议办")


@on_sqlite
def test_withdrawing_needs_a_reason_the_right_campaign_and_an_entry_in_force(session: Session, campaign: Campaign) -> None:
    bring(session, campaign, "EH,东镇镇长,87.45")
    (row,) = entries.live(session, campaign)
    other = two_towns.build(session, count=False)
    with pytest.raises(NotFoundError):
        withdraw(session, other, row.id)
    with pytest.raises(NotFoundError):
        withdraw(session, campaign, 10**9)
    for why in ("", "   ", "长" * 501):
        with pytest.raises(UserError, match="为什么"):
            withdraw(session, campaign, row.id, why)
    withdraw(session, campaign, row.id)
    with pytest.raises(RefusedError, match="已经"):
        withdraw(session, campaign, row.id)


def test_tables_of_a_folder_are_read_as_they_stand(session: Session) -> None:
    town = ledger_town.build(session, count=False)
    decisions = "对象,事项,结论,决定人,理由,日期\nP2,是否约谈,约谈,镇党委会,两次通报,2026-07-01\n"
    history = "周期,对象,结果,数值\n2025,P1,总分,269/3\n2025,TA,总分,51\n"
    for name, table in (("集体研究.csv", decisions), ("history.csv", history)):
        entries.import_evidence(session, town, name, table.encode(), account="评议办", now=NOON)
    session.commit()
    read = bridge.evidence_of(session, town)
    assert sorted((one.subject, one.period, one.value) for one in read.past) == [
        ("P1", "2025", Fraction(269, 3)),
        ("TA", "2025", Fraction(51)),
    ]
    (decided,) = read.decisions
    assert (decided.choice, decided.decider, decided.on) == ("约谈", "镇党委会", "2026-07-01")
    assert (decided.reason, decided.entered.by, decided.entered.at) == ("两次通报", "评议办", "2026-11-21T12:00:00+00:00")


@on_sqlite
def test_wrong_decisions_and_earlier_results_are_named_by_row_and_column(session: Session) -> None:
    town = ledger_town.build(session, count=False)
    decisions = "对象,事项,结论,决定人,理由,日期\nP2,是否升职,约谈,会,因,2026-07-01\nP2,是否约谈,开除,,,昨天\n"
    history = "周期,对象,结果,数值\n,P1,总分,1\n2025,P1,别的,1\n2025,P1,总分,\n2025,P1,总分,1\n2025,P1,总分,2\n"

    def wrong(name: str, table: str) -> list[tuple[int, str]]:
        with pytest.raises(EvidenceProblemsError) as refused:
            entries.import_evidence(session, town, name, table.encode(), account="评议办", now=NOON)
        session.rollback()
        return [(one.row, one.column) for one in refused.value.problems]

    assert wrong("decisions.csv", decisions) == [(2, "事项"), (3, "结论"), (3, "决定人"), (3, "日期"), (3, "事由")]
    assert wrong("往期结果.csv", history) == [(2, "时期"), (3, "结果"), (4, "数值"), (6, "时期")]


@on_sqlite
def test_thousands_of_entries_are_shown_a_page_at_a_time_and_found_by_unit_and_name(session: Session, campaign: Campaign) -> None:
    events = [
        Entry(subject="EH" if n % 3 else "WH", kind="event", name="立功", value="1", on="2026-03-05", reason=f"第 {n} 件")
        for n in range(3000)
    ]
    entries.keep(session, campaign, events, account="评议办", now=NOON)
    session.commit()
    first = find(session, campaign, Wanted())
    assert (len(first.entries), first.total, first.pages, first.entries[0].reason) == (50, 3000, 60, "第 2999 件")
    assert find(session, campaign, Wanted(unit="W")).total == 1000
    assert find(session, campaign, Wanted(text="东镇", page=9999)).page == 40  # 2000 of the east, fifty a page
    assert find(session, campaign, Wanted(text="EH")).total == 2000
    assert find(session, campaign, Wanted(text="%")).total == 0
    assert find(session, campaign, Wanted(kind="component")).entries == []
    assert find(session, campaign, Wanted(ended=True)).total == 0


@on_sqlite
def test_the_office_enters_and_withdraws_on_a_page(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key, other = two_towns.build(session, count=False).key, two_towns.build(session, count=False).key
    base = f"/office/campaigns/{key}/evidence/"
    token = {"csrf_token": csrf(office_client)}
    form = {**token, "kind": "event", "name": "通报批评", "subject": "EH", "on": "2026-03-05", "reason": "<i>迟报</i>"}
    assert office_client.post(base + "entry", data={**form, "on": "昨天"}).status_code == 400
    assert office_client.post(base + "entry", data={**form, "kind": "spell"}).status_code == 400
    assert office_client.post(base + "entry", data=form).status_code == 302
    page = office_client.get(base + "?kind=event&page=x").get_data(as_text=True)
    assert "&lt;i&gt;迟报&lt;/i&gt;" in page
    number = page.split("/entry/")[1].split("/")[0]
    way = f"entry/{number}/withdraw"
    assert office_client.post(f"/office/campaigns/{other}/evidence/{way}", data={**token, "why": "错"}).status_code == 404
    assert office_client.post(base + way, data={**token, "why": ""}).status_code == 400
    assert office_client.post(base + way, data={**token, "why": "记错了人"}).status_code == 302
    assert office_client.post(base + way, data={**token, "why": "再来一次"}).status_code == 409
    ended = office_client.get(base + "?ended=1").get_data(as_text=True)
    assert "已撤回" in ended
    assert "记错了人" in ended
