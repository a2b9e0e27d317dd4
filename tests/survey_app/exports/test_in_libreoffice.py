"""The workbook in the program that offices without Excel open it with: every formula worked out anew, and what its printer gets.

What each score comes to is worked out by hand in `test_live_workbook` (two towns: EH 172/3, WH 260/3), whose own reader is quick;
here a program that nobody of us wrote says the same.
"""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from openpyxl.workbook import Workbook
from sqlalchemy.orm import Session

from questionnaires.tables import xlsx
from survey_app.exports import result_sheets
from survey_app.services.results import loaded as results
from tests.support.libreoffice import convert
from tests.support.recalculated import Book
from tests.towns import two_towns

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
#: 210 × 297 mm in points.
A4 = (595, 842)


@pytest.fixture
def workbook(session: Session) -> bytes:
    """The office's workbook of the two towns."""
    loaded = results.load(session, two_towns.build(session, open_to_all=True), language="zh-Hans")
    return xlsx.write(result_sheets.workbook(loaded, []))


def emptied(content: bytes) -> bytes:
    """The same without any value stored beside a formula, as openpyxl writes it: only who works it out anew has figures."""
    book, written = openpyxl.load_workbook(io.BytesIO(content)), io.BytesIO()
    book.save(written)
    return written.getvalue()


def values(content: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=True)


def test_every_formula_comes_to_the_figure_of_the_report(workbook: bytes, tmp_path: Path) -> None:
    formulas = Book(workbook).formulas()
    assert len(formulas) > 40
    stored, without = values(workbook), values(emptied(workbook))
    again = values(convert(emptied(workbook), tmp_path, "xlsx"))
    for sheet, address in formulas:
        assert without[sheet][address].value is None  # nothing to read off but what is worked out
        told, found = stored[sheet][address].value, again[sheet][address].value
        if isinstance(told, float | int) and not isinstance(told, bool):
            assert found == pytest.approx(told, abs=1e-9), (sheet, address)
        else:
            assert found == told, (sheet, address)
    rows = list(again["结果"].iter_rows(values_only=True))
    head = next(row for row in rows if "民主得分" in row)
    at, code = head.index("民主得分"), head.index("编号")
    scores = {row[code]: row[at] for row in rows if row[code] in ("EH", "WH")}
    assert scores == {"EH": pytest.approx(172 / 3), "WH": pytest.approx(260 / 3)}


def test_the_workbook_prints_on_few_sheets_of_a4_with_its_headings_on_each(workbook: bytes, tmp_path: Path) -> None:
    pages = list(pypdfium2.PdfDocument(convert(workbook, tmp_path, "pdf")))
    assert all(sorted(page.get_size()) == pytest.approx(A4, abs=2) for page in pages)
    texts = [page.get_textpage().get_text_range() for page in pages]
    counts = [text for text in texts if "评议主体" in text and "票数" in text]
    assert counts
    assert all("编号" in text for text in counts)  # a table of several pages has its headings on each
    assert len(pages) < 2 * len(openpyxl.load_workbook(io.BytesIO(workbook)).sheetnames) + 4
