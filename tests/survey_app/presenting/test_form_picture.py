"""The small picture of a form: well-formed whatever a title holds, and drawn for every kind of answer."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from survey_app.presenting.form_picture import PicturedForm, PicturedLine, draw

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("kind", ["grades", "numbers", "ranks", "points", "cell"])
def test_words_of_any_kind_stay_inside_and_are_no_markup(kind: str) -> None:
    line = PicturedLine("<b>很长的问题" * 9 + "&", kind, ("优秀", "良好" * 30, "一般", "较差", "第五", "第六"))
    drawn = ET.fromstring(draw(PicturedForm(title="<svg>&" * 20, about="甲", lines=(line,) * 5, more="共 5 处")))  # noqa: S314 - our own
    words = [one.text or "" for one in drawn.iter(f"{SVG}text")]
    assert words[0].startswith("<svg>&")
    assert words[0].endswith("…")
    assert all(len(one) < 40 for one in words)
    assert len([one for one in words if one.startswith("<b>很长")]) == 3


def test_numbers_are_told_from_the_least_to_the_most() -> None:
    drawn = draw(PicturedForm(title="分", about="甲", lines=(PicturedLine("打分", "numbers", ("10", "9", "0")),)))
    assert "0 – 10" in drawn
