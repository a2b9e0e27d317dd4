"""Whatever scheme there is can be opened at the desk: its forms stand for the text, and its whole method is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from questionnaires.editing.comparing import compare_rules
from questionnaires.editing.places import place
from questionnaires.loader import load_scheme
from questionnaires.shipped import HOME
from survey_app.i18n import speaking
from survey_app.services.scheme_desk import asked, judged, policy, raters
from survey_app.services.scheme_desk.fields import fields_of, write_fields
from survey_app.services.scheme_desk.regulation import recite

PATHS = sorted(HOME.rglob("scheme.yml"))


@pytest.mark.parametrize(
    "path", PATHS, ids=lambda path: path.parent.name if path.parent.parent.name == "published" else path.parts[-3]
)
def test_forms_stand_for_the_text_and_the_regulation_tells_every_quantity(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    root = place(text)
    for room in (asked, raters, judged, policy):
        panels = room.panels(root)
        fields = fields_of(panels)
        assert len(fields) == sum(len(row.fields) for panel in panels for row in panel.rows)  # no two fields of one name
        filled = {name: one for name, one in fields.items() if one.value and one.kind in ("text", "number")}
        assert compare_rules(text, write_fields(text, dict(list(filled.items())[-1:]))) == []  # what stands there, written again
    scheme = load_scheme(text, "scheme.yml")
    for tag in ("zh-Hans", "en"):
        with speaking(tag):
            chapters = recite(scheme)
        told = [article.about for chapter in chapters for article in chapter.articles]
        assert {one.title.in_(tag) for one in scheme.quantities.values()} <= set(told)
        assert all(article.says for chapter in chapters for article in chapter.articles)


def test_a_title_in_several_languages_is_changed_in_its_first_one_and_keeps_the_others() -> None:
    text = "评议主体:\n  甲: {标题: {zh-Hans: 同事, en: Colleagues}}\n"
    (field,) = [one for one in fields_of(raters.panels(place(text))).values() if one.value == "同事"]
    assert write_fields(text, {field.name: replace(field, value="同行")}) == text.replace("同事", "同行")
