"""A whole demo round: the figures of the report stand on the page, in the recalculated workbook, in Word and in PDF."""

from __future__ import annotations

import importlib
import io
import re
from collections.abc import Iterator
from fractions import Fraction

import docx
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.values import Missing
from questionnaires.shipped import shipped
from questionnaires.tables import xlsx
from survey_app import clock, schema
from survey_app.database import make_engine, session_factory
from survey_app.exports import result_sheets, word, word_default
from survey_app.models import Campaign, CampaignState
from survey_app.presenting import figures
from survey_app.printing.papers import report_pdf
from survey_app.services.results import loaded as results
from survey_app.services.results import overview, paper_fields
from tests.support.pdf_reading import text_of
from tests.support.recalculated import Book

pytestmark = pytest.mark.slow
#: Composites, tables, classes and pay in a system in which nothing is held back, so that every score is worked out live.
SYSTEM = "zhangcunping-village-cadres"
command = importlib.import_module("survey_app.cli.demo")


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, Campaign]]:
    """A demo round, counted."""
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('round') / 'demo.db'}")
    schema.upgrade(engine)
    command.make_rounds(engine, next(one for one in shipped() if one.key.startswith(f"{SYSTEM}/")))
    with session_factory(engine)() as session:
        wanted = select(Campaign).where(Campaign.state == CampaignState.COUNTED).order_by(Campaign.id.desc())
        yield session, session.scalars(wanted).first() or pytest.fail("nothing was counted")
    engine.dispose()


def test_the_figures_of_the_report_stand_in_every_file(counted: tuple[Session, Campaign]) -> None:
    loaded = results.load(*counted, language="zh-Hans")
    content = xlsx.write(result_sheets.workbook(loaded, []))
    book, shown = Book(content), figures_of(loaded)
    wrong = [at for at in book.formulas() if not alike(book.value(*at), book.stored(*at))]
    assert wrong == []
    assert len(book.formulas()) > 4000

    first = list(book.sheet("结果").iter_rows())
    titles = {str(cell.value): at for row in first for at, cell in enumerate(row) if row[2].value == "编号"}
    live = 0
    for row in first:
        for key in loaded.scheme.layout.columns:
            exact = loaded.report.tables[key].cells.get((str(row[2].value),))
            cell = row[titles[loaded.view.title(key)]]
            if isinstance(exact, Fraction) and cell.data_type == "f":
                live += 1
                assert book.value("结果", cell.coordinate) == pytest.approx(float(exact), rel=1e-9), (key, row[2].value)
    assert live > 500

    on_page = {cell.text.rstrip("%") for pool in overview.overview(loaded) for row in pool.rows for cell in row.cells}
    assert shown <= on_page

    report = paper_fields.of_report(loaded, made=clock.now())
    document = docx.Document(io.BytesIO(next(word.filled(word_default.report(), [report]))))
    in_word = {number for table in document.tables for row in table.rows for cell in row.cells for number in numbers(cell.text)}
    in_pdf = numbers(text_of(report_pdf(report)))
    assert shown <= in_word
    assert shown <= in_pdf


def alike(one: object, other: object) -> bool:
    if isinstance(one, int | float) and isinstance(other, int | float):
        return abs(one - other) < 1e-8
    return one == other


def figures_of(loaded: results.Loaded) -> set[str]:
    """Scores of the report that may leave whole, as they are written, without the view."""
    found = set()
    for key in loaded.scheme.layout.columns:
        info = loaded.scheme.quantities[key]
        for cell, value in loaded.report.tables[key].cells.items():
            labels = {"subject": cell[0]}
            whole = not isinstance(value, Missing) and loaded.view.gate.digits(key, labels) is None
            if whole and isinstance(value, Fraction) and not loaded.view.hidden(key, labels) and info.kind in ("number", "share"):
                number = figures.share(value, info.digits) if info.kind == "share" else figures.number(value, info.digits)
                found.add(number.shown)
    assert found
    return found


def numbers(text: str) -> set[str]:
    return set(re.findall(r"-?\d+(?:\.\d+)?", text))
