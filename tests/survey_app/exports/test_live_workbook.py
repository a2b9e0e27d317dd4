"""The workbook computes from the counts to the scores, to the figures of the report; and only where nothing is held back.

Figures are those of `two_towns`. The workbook is worked out anew by `tests.support.recalculated`, which never looks at the values
stored beside the formulas.
"""

from __future__ import annotations

import io
from fractions import Fraction

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.explaining.trace import TraceNode
from questionnaires.tables import xlsx
from questionnaires.tables.sheet import Number, Sheet, SheetSpot
from survey_app.exports import live_formulas, live_sheet, result_sheets
from survey_app.extensions import resources
from survey_app.services.campaign import campaigns
from survey_app.services.results import loaded as results
from tests.support.publishing import publish, signed_in
from tests.support.recalculated import Book
from tests.towns import two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def written(session: Session, *, open_to_all: bool = True) -> bytes:
    """The office's workbook of the two towns."""
    loaded = results.load(session, two_towns.build(session, open_to_all=open_to_all), language="zh-Hans")
    return xlsx.write(result_sheets.workbook(loaded, []))


def cell_of(book: Book, sheet: str, **wanted: str) -> str:
    """The address of the first cell in the row that holds all these, under the heading named last."""
    rows = list(book.sheet(sheet).iter_rows())
    head = next(row for row in rows if {str(cell.value) for cell in row} >= set(wanted))
    columns = {str(cell.value): at for at, cell in enumerate(head)}
    *where, (name, _) = wanted.items()
    row = next(row for row in rows if all(str(row[columns[key]].value) == value for key, value in where))
    return row[columns[name]].coordinate


def score(book: Book, name: str, of: str) -> float:
    """What a score on the first sheet comes to."""
    value = book.value("结果", cell_of(book, "结果", 编号=of, **{name: ""}))
    assert isinstance(value, float)
    return value


@on_sqlite
def test_every_formula_comes_to_what_stands_beside_it_and_the_scores_to_those_worked_out_by_hand(session: Session) -> None:
    book = Book(written(session))
    formulas = book.formulas()
    assert len(formulas) > 40
    for sheet, address in formulas:
        assert book.value(sheet, address) == pytest.approx(book.stored(sheet, address), abs=1e-9), (sheet, address)
    assert score(book, "民主得分", "EH") == pytest.approx(172 / 3)
    assert score(book, "民主得分", "WH") == pytest.approx(260 / 3)
    assert score(book, "满意指数", "ET") == pytest.approx(80)


@on_sqlite
def test_another_count_typed_into_the_sheet_moves_the_score(session: Session) -> None:
    """Peers of EH: 优秀 称职 不称职. With 优秀 twice and no 不称职 they give 280/3; 60 : 40 with residents' 160/3 is 232/3."""
    book = Book(written(session))
    for choice, count in (("优秀", 2), ("不称职", 0)):
        book.put("票数分布", cell_of(book, "票数分布", 编号="EH", 评议主体="同事", 选项=choice, 票数=""), count)
    assert score(book, "民主得分", "EH") == pytest.approx(232 / 3)
    assert score(book, "不称职率", "EH") == pytest.approx(1 / 6)


@on_sqlite
def test_the_exact_fraction_stands_beside_the_formula(session: Session) -> None:
    book = Book(written(session))
    exact = book.sheet("计算过程")[cell_of(book, "计算过程", 编号="EH", 计算="民主得分〔东镇镇长〕", 精确值="")].value
    assert Fraction(str(exact)) == Fraction(172, 3)


@on_sqlite
def test_where_answers_are_held_back_no_formula_leads_to_them_and_the_score_stays_a_number(session: Session) -> None:
    """Three colleagues and three residents: all answers are held back. No step under them has a row, no count stands anywhere."""
    book = Book(written(session, open_to_all=False))
    assert book.stored("结果", cell_of(book, "结果", 编号="EH", 民主得分="")) == "58±1"  # as announced; 172/3 does not leave
    assert not [at for at in book.formulas() if at[0] in ("结果", "计算过程")]
    assert not {cell.value for row in book.sheet("计算过程").iter_rows(min_col=4, max_col=5) for cell in row} & {
        "172/3",
        180,
        160,
    }


@on_sqlite
def test_one_subjects_calculation_has_the_counts_and_no_other_subject(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        key = two_towns.build(session).key
    answer = office_client.get(f"/office/results/{key}/files/calculations/EH.xlsx")
    assert answer.status_code == 200
    book = Book(answer.data)
    assert book.value("计算过程", cell_of(book, "计算过程", 编号="EH", 计算="民主得分〔东镇镇长〕", 数值="")) == pytest.approx(
        172 / 3
    )
    text = {str(cell.value) for name in ("计算过程", "票数分布") for row in book.sheet(name).iter_rows() for cell in row}
    assert not [one for one in text if "西镇" in one]
    assert office_client.get(f"/office/results/{key}/files/calculations/NOBODY.xlsx").status_code == 404


@on_sqlite
def test_staff_take_the_calculations_of_their_own_unit_and_only_when_counts_were_published(app: Flask) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        publish(session, campaign, sections=["scores", "files"])
        key = campaign.key
    staff = signed_in(app, "东镇办", (key, "E"))
    assert staff.get(f"/office/results/{key}/files/calculations/EH.xlsx").status_code == 404
    with resources(app).writing() as session:
        publish(session, campaigns.by_key(session, key))
    assert staff.get(f"/office/results/{key}/files/calculations/EH.xlsx").status_code == 200
    assert staff.get(f"/office/results/{key}/files/calculations/WH.xlsx").status_code == 404
    page = staff.get(f"/office/results/{key}/files/").get_data(as_text=True)
    assert "calculations/EH.xlsx" in page
    assert "西镇" not in page


@on_sqlite
def test_of_too_many_subjects_the_sheet_says_where_the_formulas_are(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = results.load(session, two_towns.build(session), language="zh-Hans")
    monkeypatch.setattr(live_sheet, "MOST_ROWS", 5)
    first = result_sheets.workbook(loaded, [])[0]
    assert first.about[-1] == "带公式的算式请在每个对象的页面上下载。"
    assert not first.live


def test_a_grade_of_the_scheme_cannot_end_its_quotes_and_run() -> None:
    """Grades stand inside formulas as texts; a scheme may come from anywhere."""
    hostile = '优秀"&HYPERLINK("http://x","y")&"'
    assert xlsx.in_formula(hostile) == '"优秀""&HYPERLINK(""http://x"",""y"")&"""'
    sheet = Sheet("计算过程", ("a",), ((hostile,),), live={(0, 0): (xlsx.in_formula(hostile),)})
    assert Book(xlsx.write([sheet])).value("计算过程", "A2") == hostile


def test_a_table_prints_on_a4_with_its_heading_on_every_page_as_wide_as_the_page() -> None:
    wide = Sheet("宽表", tuple(f"第{n}列的标题很长很长很长" for n in range(12)), ((1,) * 12,), ("说明",))
    narrow = Sheet("窄表", ("a", "b"), ((1, Number("0.33", Fraction(1, 3))),), live={(0, 1): ("1/", SheetSpot("宽表", 0, 0))})
    book = openpyxl.load_workbook(io.BytesIO(xlsx.write([wide, narrow])))
    for sheet, way, head in ((book["宽表"], "landscape", "$3:$3"), (book["窄表"], "portrait", "$1:$1")):
        assert sheet.page_setup.paperSize == 9
        assert (sheet.page_setup.orientation or "portrait") == way
        assert sheet.print_title_rows == head
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)  # one is what is meant by nothing
        assert sheet.auto_filter.ref
    assert book["窄表"]["B2"].value == "=1/'宽表'!A4"


@on_sqlite
def test_a_step_without_a_formula_is_none_and_never_a_wrong_one(session: Session) -> None:
    """ "综合" of EH lacks the target: no number, and so nothing a spreadsheet could compute."""
    loaded = results.load(session, two_towns.build(session), language="zh-Hans")
    node = loaded.view.node("综合", {"subject": "EH"})
    assert isinstance(node, TraceNode)
    assert live_formulas.formula(node) is None
