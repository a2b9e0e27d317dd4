"""The form on paper: what a camera finds in its corners, what people read on it, and that no sheet differs from another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from questionnaires.shipped import load_shipped
from survey_app.forms import paper_form
from survey_app.forms.paper_form import PaperBlock, PaperLine, read_line
from survey_app.printing.paper_form import PaperForm, paper_form_pdf
from survey_app.services.casting.forms_at_hand import FormAtHand
from survey_app.services.scheme_desk import specimens
from tests.support import pdf_reading as reading

STYLE = "7Q2M9K4TZX"


def form_at(scheme: str, group: str) -> FormAtHand:
    loaded = load_shipped(scheme)
    return specimens.form_of(loaded, next(one for one in specimens.styles_of(loaded) if one.group == group))


def sheet(here: FormAtHand) -> PaperForm:
    return PaperForm(
        style=STYLE, title="年度民主评议", place="云龙镇 · 来宾", asked=[("谁在问", "区考核办")],
        blocks=paper_form.blocks(here, "zh-Hans"), rules=["“优秀”至多 1 个"],
    )  # fmt: skip


def test_each_corner_of_each_page_says_which_form_which_page_and_which_corner_and_nothing_more() -> None:
    made = paper_form_pdf(sheet(form_at("yinzhou", "机关干部")))
    pages = reading.page_count(made)
    assert pages > 1
    expected = [f"PY1:{STYLE}:{page}:{corner}" for page in range(1, pages + 1) for corner in ("TL", "TR", "BL", "BR")]
    assert reading.read_qr_from_pdf(made) == expected
    assert set(reading.read_qr_with_zbar(made)) == set(expected)


def test_every_copy_is_the_same_to_the_byte_and_no_picture_is_made_of_pixels() -> None:
    form = sheet(form_at("qixingguan", "群众代表"))
    made = paper_form_pdf(form)
    assert made == paper_form_pdf(form)
    assert reading.raster_images(made) == 0
    assert reading.missing_glyphs(made) == []


def test_the_sheet_reads_as_the_questionnaire_does_with_its_lines_numbered_through() -> None:
    here = form_at("yinzhou", "机关干部")
    text = reading.text_of(paper_form_pdf(sheet(here)))
    lines = paper_form.lines(here, "zh-Hans")
    assert [line.number for line in lines] == list(range(1, len(here.paper.slots) + 1))
    assert sorted(line.place for line in lines) == list(range(len(here.paper.slots)))
    expected = [
        "年度民主评议",
        "云龙镇·来宾",
        "区考核办",
        "“优秀”至多1个",
        "家庭和睦",
        "基本称职",
        "不写姓名",
        "没有凭条的表不能计入",
    ]
    plain = text.replace("\r\n", "").replace(" ", "")
    assert [words for words in expected if words not in plain] == []


def test_names_that_are_instructions_are_text_and_long_ones_stay_on_the_paper() -> None:
    line = PaperLine(number=1, place=0, text='#eval("1") $x$ ' + "长" * 200, help="", choices=())
    choices = tuple(paper_form.PaperChoice(str(at), "很长很长的一个选项" * 3, at) for at in range(1, 10))
    block = PaperBlock("#pagebreak()", "", (line, replace(line, number=2, choices=choices)))
    made = paper_form_pdf(
        PaperForm(style=STYLE, title="长" * 100, place="地", asked=(), blocks=[block], comment=("说说", "怎么办"))
    )
    text = reading.text_of(made).replace("\r\n", "")
    assert '#eval("1") $x$' in text
    assert "#pagebreak()" in text
    for _text, left, _bottom, right, _top in reading.text_boxes(made):
        assert left >= 0
        assert right <= 596  # points: A4 is 595.3 wide


@pytest.mark.parametrize(
    ("typed", "mark"),
    [("1", 1), ("４", 4), (" 2 ", 2), ("-", 0), ("－", 0), ("—", 0)],
)  # fmt: skip
def test_a_line_of_words_is_typed_by_the_number_in_its_box(typed: str, mark: int) -> None:
    here = form_at("yinzhou", "机关干部")
    assert read_line(here.paper, 0, typed, "zh-Hans") == paper_form.LineRead(mark)
    assert read_line(here.paper, 0, paper_form.key_of(here.paper, 0, mark, "zh-Hans"), "zh-Hans").mark == mark


@pytest.mark.parametrize("typed", ["", "0", "5", "12", "a", "优秀", "1.0", "1" * 30, "*", "<b>"])
def test_anything_else_is_told_beside_its_line(typed: str) -> None:
    here = form_at("yinzhou", "机关干部")
    found = read_line(here.paper, 0, typed, "zh-Hans")
    assert found.mark == 0
    assert found.problem
