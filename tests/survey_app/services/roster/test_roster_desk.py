"""The roster desk: a sheet as the office has it becomes the roster, one remedy a cause, and nobody lands in another unit."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import xlsxwriter
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.loader import load_scheme
from survey_app.models import Campaign, Headcount, Rater, RosterDraft, Subject, Unit
from survey_app.services.campaign import campaigns
from survey_app.services.roster import importing
from survey_app.services.roster.as_it_is import SheetAsIs, read_as_is
from survey_app.services.roster.causes import Cause, exact_causes
from survey_app.services.roster.draft import DraftRoster, Known, applied
from survey_app.services.roster.ground import Ground, ground_of
from survey_app.services.roster.mapping import SheetPlan, guess
from survey_app.services.roster.settling import sheets_of
from survey_app.services.roster.unknown import open_causes, placed
from survey_app.services.sealing import custody
from survey_app.services.uploads import SpreadsheetError, Upload
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns.hamlet import PASSPHRASE, TEXT

pytestmark = pytest.mark.postgresql_later
SCHEME = load_scheme(TEXT, "hamlet.yml")
#: As an office has it: a title, merged units, a sum, blanks in names, full-width numbers, words for numbers.
PEOPLE = [
    ["2026 年干部花名册"],
    ["序号", "单位", "姓名", "职务"],
    ["1", "城关镇", "张  三", "正职"],
    ["2", "", "李四", "正职"],
    ["合计", "", "2人", ""],
    ["３", "东 乡", "王五", "正职"],
]
HEADS = [["单位", "身份", "人数"], ["城关镇", "村民", "３０人"], ["东乡", "村民", "25"]]


def book(*, merged: bool = True) -> bytes:
    """The office's workbook."""
    target = io.BytesIO()
    made = xlsxwriter.Workbook(target, {"in_memory": True})
    for name, rows in (("干部花名册", PEOPLE), ("人数", HEADS)):
        page = made.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                page.write_string(at, column, text)
        if merged and name == "干部花名册":
            page.merge_range(2, 1, 3, 1, "城关镇")
            page.write_string(2, 1, "城关镇")
    made.close()
    return target.getvalue()


def ground(
    *sheets: tuple[str, list[list[str]]], known: Known | None = None, plans: tuple[SheetPlan, ...] | None = None
) -> Ground:
    """Sheets of text as the desk reads them."""
    read = tuple(SheetAsIs("a.xlsx", name, tuple(map(tuple, rows))) for name, rows in sheets)
    return ground_of(DraftRoster(read, plans or guess(SCHEME, read), True), known or Known(), SCHEME)  # noqa: FBT003 - confirmed


def cause(of: Ground, key: str) -> Cause:
    return {one.key: one for one in [*exact_causes(of), *open_causes(of)]}[key]


def test_full_width_and_eaten_zeros_lead_to_the_same_unit_and_to_no_other() -> None:
    """`３０` is 30 and never 23; 3 is 03 because nothing else can be meant; 4 is nobody, and nobody is guessed for it."""
    known = Known(units={f"{n:02}": f"第{n}单位" for n in range(1, 31) if n != 4})
    rows = [["单位编号", "姓名"], ["３０", "甲"], ["3", "乙"], ["4", "丙"], ["２３", "丁"]]
    here = ground(("名单", rows), known=known, plans=(SheetPlan("评价对象", 0, ("unit", "name")),))
    wide = cause(here, "wide")
    assert [(one.before, one.after) for one in wide.places] == [("３０", "30"), ("２３", "23")]
    assert [(one.before, one.after) for one in cause(here, "zeros").places] == [("3", "03")]
    here = ground_of(applied(applied(here.draft, wide.fix()), cause(here, "zeros").fix()), known, SCHEME)
    assert [row[2] for row in sheets_of(here)[0]["评价对象"][1:]] == ["30", "03", "4", "23"]
    lost = cause(here, "unit")
    assert lost.words == (("4", 1),)
    assert not any(choice == "" for choice, _title in lost.options)  # nothing is chosen beforehand
    gone = placed(lost, {"4": "-", "30": "=01", "nobody": "=02"})
    assert (gone.cells, gone.dropped) == ((), ((0, 3),))  # and only what was asked about can be placed


def test_a_number_that_two_could_mean_is_not_given_its_zeros() -> None:
    known = Known(units={"03": "甲", "003": "乙"})
    here = ground(("名单", [["单位编号", "姓名"], ["3", "丙"]]), known=known, plans=(SheetPlan("评价对象", 0, ("unit", "name")),))
    assert "zeros" not in {one.key for one in exact_causes(here)}
    assert cause(here, "unit").words == (("3", 1),)


def test_names_keep_their_rare_characters_and_lose_only_their_blanks() -> None:
    rows = [["单位", "姓名"], ["甲乡", "张\u3000𬭎"], ["甲乡", "﨑 山"], ["甲乡", "Ann Lee"]]
    here = ground(("名单", rows), plans=(SheetPlan("评价对象", 0, ("unit", "name")),))
    for key in ("wide", "blanks"):
        found = [one for one in exact_causes(here) if one.key == key]
        here = ground_of(applied(here.draft, found[0].fix()), Known(), SCHEME) if found else here
    assert [row.cells["name"] for row in here.rows["评价对象"]] == ["张𬭎", "﨑山", "Ann Lee"]


def test_people_without_numbers_keep_those_they_have_and_namesakes_stay_two() -> None:
    known = Known(units={"01": "甲乡"}, subjects={"P07": ("张三", "01", "正职"), "P08": ("李四", "01", "")})
    rows = [
        ["单位", "姓名", "职务名称"],
        ["甲乡", "李四", "主任"],
        ["甲乡", "张三", "正职"],
        ["甲乡", "王五", ""],
        ["甲乡", "王五", ""],
    ]
    here = ground(("名单", rows), known=known, plans=(SheetPlan("评价对象", 0, ("unit", "name", "duty")),))
    codes = [row[0] for row in sheets_of(here)[0]["评价对象"][1:]]
    assert codes[:2] == ["P08", "P07"]
    assert len(set(codes)) == 4


def test_old_formats_and_encodings_are_read_and_what_is_none_is_refused() -> None:
    text = "单位,姓名\n城关镇,张三\n"
    for data in (text.encode("gb18030"), text.encode("utf-16"), text.encode("utf-8-sig"), text.replace(",", "\t").encode()):
        (sheet,) = read_as_is([Upload("名单.csv", data)])
        assert sheet.rows == (("单位", "姓名"), ("城关镇", "张三"))
    (sheet,) = read_as_is([Upload("名单.ods", ods([["单位", "姓名"], ["城关镇", "张三"]]))])
    assert sheet.rows == (("单位", "姓名"), ("城关镇", "张三"))
    for wrong in (b"", b"\xd0\xcf\x11\xe0" + b"x" * 600, b"PK\x03\x04" + b"y" * 50, ods([])[:-40]):
        with pytest.raises(SpreadsheetError):
            read_as_is([Upload("x.xls", wrong)])


def ods(rows: list[list[str]]) -> bytes:
    """The least OpenDocument sheet there is."""
    table = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row)
        + "</table:table-row>"
        for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{space}:office:1.0"'
        f' xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
        f'<table:table table:name="名单">{table}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    return target.getvalue()


@pytest.fixture
def campaign(session: Session) -> Campaign:
    made = campaigns.create(session, scheme_text=TEXT, title="小村年度评议", period="2026", passphrase=PASSPHRASE,
                            wrap_cost=custody.WrapCost(time=1, memory=64), now=NOON)  # fmt: skip
    session.commit()
    return made


def test_a_clerk_brings_a_messy_workbook_as_it_is(office_client: FlaskClient, session: Session, campaign: Campaign) -> None:
    desk, token = f"/office/campaigns/{campaign.key}/roster/desk/", csrf(office_client)

    def send(path: str, **form: object) -> str:
        data = {"csrf_token": token, **form}
        answer = office_client.post(f"{desk}{path}", data=data, content_type="multipart/form-data", follow_redirects=True)
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    page = send("", files=(io.BytesIO(book()), "名册.xlsx"))
    assert "这张表是" in page
    page = send("columns", **{"kind-0": "评价对象", "head-0": "2", "kind-1": "应到人数", "head-1": "1", **columns_of(page)})
    for _press in range(8):
        keys = re.findall(r'name="cause" value="(\w+)"', page)
        exact = [key for key in keys if key in {"wide", "blanks", "sums", "merged", "below", "heads"}]
        if not exact:
            break
        page = send("remedy", cause=exact[0])
    assert "退回上一步改动" in page
    assert session.scalars(select(Unit)).all() == []  # nothing is in the roster before it is brought
    session.rollback()
    send("bring")
    units = {unit.code: unit.name for unit in session.scalars(select(Unit))}
    assert units == {"01": "城关镇", "02": "东乡"}
    people = {one.name: one.unit.name for one in session.scalars(select(Subject))}
    assert people == {"张三": "城关镇", "李四": "城关镇", "王五": "东乡"}
    assert sorted(head.entitled or 0 for head in session.scalars(select(Headcount))) == [25, 30]
    assert session.scalars(select(RosterDraft)).all() == []


def columns_of(page: str) -> dict[str, str]:
    """What stands chosen for each column."""
    found = {}
    for name, options in re.findall(r'<select name="(column-\d+-\d+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def test_nonsense_changes_nothing_and_the_marked_copy_shows_what_is_in_question(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    desk, token = f"/office/campaigns/{campaign.key}/roster/desk/", csrf(office_client)
    for path, form in (
        ("", {}), ("columns", {}), ("remedy", {"cause": "wide"}), ("back", {}), ("bring", {}),
        ("", {"files": (io.BytesIO(b""), "x.xlsx")}), ("", {"files": (io.BytesIO(b"\xff" * 99), "..\\..\\x.csv")}),
    ):  # fmt: skip
        answer = office_client.post(desk + path, data={"csrf_token": token, **form}, content_type="multipart/form-data")
        assert answer.status_code in {400, 409, 422}, (path, answer.status_code)
    office_client.post(desk, data={"csrf_token": token, "files": (io.BytesIO(book(merged=False)), "<b>.xlsx")},
                       content_type="multipart/form-data")  # fmt: skip
    wild = {"kind-0": "evil", "head-0": "99999999", "column-0-0": "<script>", "column-0-1": "unit"}
    assert office_client.post(f"{desk}columns", data={"csrf_token": token, **wild}).status_code in {302, 409}
    page = office_client.get(f"{desk}?columns=yes").get_data(as_text=True)
    assert ("<b>.xlsx" in page, "&lt;b&gt;.xlsx" in page) == (False, True)
    copy = load_workbook(io.BytesIO(office_client.get(f"{desk}marked.xlsx").get_data()))
    assert copy["干部花名册"]["C3"].value == "张  三"
    assert session.scalars(select(Subject)).all() == []
    assert session.scalars(select(Rater)).all() == []


def test_one_row_is_put_right_by_hand_and_no_other_moves(
    office_client: FlaskClient, session: Session, campaign: Campaign
) -> None:
    token = csrf(office_client)
    sheets = {"单位": [["单位编号", "单位名称"], ["01", "城关镇"], ["02", "东乡"]],
              "评价对象": [["编号", "姓名或名称", "单位编号", "职务"], *([code, name, unit, "正职"] for code, name, unit in
                                                           (("A", "张三", "01"), ("B", "李四", "02")))]}  # fmt: skip
    importing.import_sheets(session, campaign, sheets)
    session.commit()
    first = session.scalars(select(Subject).where(Subject.code == "A")).one()
    address, place = f"/office/campaigns/{campaign.key}/roster/row/subject-{first.id}", first.place
    session.rollback()
    for wrong in ({"name": ""}, {"name": "长" * 130}, {"unit": "99"}, {"fact:职务": "皇帝"}):
        answer = office_client.post(address, data={"csrf_token": token, "name": "张三", "unit": "01", **wrong})
        assert answer.status_code == 422, wrong
    assert office_client.get(f"{address}99999").status_code == 404
    assert office_client.get(f"{address}x").status_code == 404
    assert office_client.post(address, data={"csrf_token": token, "name": "张珊", "unit": "02"}).status_code == 302
    people = {one.code: (one.name, one.unit.code, one.place) for one in session.scalars(select(Subject))}
    assert people == {"A": ("张珊", "02", place), "B": ("李四", "02", 2)}
