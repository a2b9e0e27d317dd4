"""Charts in Word: a picture with what it shows as its alternative text, in place of its field, out of reach of the template."""

from __future__ import annotations

import io
import zipfile
from fractions import Fraction

import docx
import pytest

from survey_app.exports import word, word_default
from survey_app.exports.word import TemplateRefusedError
from survey_app.presenting.charts import strips
from survey_app.printing import drawings
from survey_app.services.results.paper_fields import LETTER

CHART = strips.strip("综合得分", "九十分 & 六个", [Fraction(60), Fraction(90)], own=Fraction(90), own_text="90")


def template(text: str) -> bytes:
    """A Word file of one paragraph."""
    document, target = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.save(target)
    return target.getvalue()


def test_a_chart_is_a_picture_told_to_whoever_cannot_see_it() -> None:
    content = {**word.sample(LETTER), "位置图": CHART, "得分图": ""}
    (made,) = word.filled(word_default.letter(), [content])
    with zipfile.ZipFile(io.BytesIO(made)) as opened:
        pictures = [opened.read(name) for name in opened.namelist() if name.startswith("word/media/")]
        body = opened.read("word/document.xml").decode()
    assert [one[:8] for one in pictures] == [b"\x89PNG\r\n\x1a\n"]
    assert 'descr="综合得分：九十分 &amp; 六个"' in body


def test_every_drawing_of_a_run_has_its_own_picture_as_high_as_it_is() -> None:
    other = strips.strip("另一个", "", [Fraction(1)] * 30)
    first, second = drawings.png([CHART, other])
    sizes = [tuple(int.from_bytes(one[at : at + 4], "big") for at in (16, 20)) for one in (first, second)]
    # 656 px of 96 to the inch at 144 dots to the inch, and eight pixels around
    assert sizes == [(984, (CHART.height + 16) * 3 // 2), (984, (other.height + 16) * 3 // 2)]
    assert drawings.png([]) == []


@pytest.mark.parametrize(
    "text", ["{{ 位置图._made }}", "{{ 位置图.__class__ }}", "{{ 位置图.docx }}", "{{ 位置图.tpl.docx.save('/tmp/x') }}"]
)
def test_a_template_reaches_nothing_of_a_picture_but_the_picture(text: str) -> None:
    with pytest.raises(TemplateRefusedError):
        word.check(template(text), LETTER)
