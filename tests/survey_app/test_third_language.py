"""A third language for offices is one catalogue file: nothing else of the house is told of it."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.shipped import HOME as SHIPPED
from survey_app import languages
from survey_app.i18n import say, speaking
from survey_app.languages import LOCALE
from tests.survey_app.views.office.test_campaign_pages import new_form, text_of

pytestmark = pytest.mark.postgresql_later

CATALOGUE = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"X-Own-Name: Қазақша\n"
"X-Pages: office\n"

msgid "第 %(line)s 行第 %(column)s 列 · %(code)s"
msgstr "%(line)s-жол, %(column)s-баған · %(code)s"

msgid "这里不认识“{key}”。"
msgstr "Бұл жерде «{key}» белгісіз."

msgid "是否想写“{name}”？"
msgstr "«{name}» деп жазғыңыз келді ме?"

msgid "{where}缺少“{key}”。"
msgstr "{where}: «{key}» жоқ."

msgid "方案"
msgstr "Схема"

msgid "{chinese}"
msgstr "{english} ({chinese})"

msgid "{mode}，{digits} 位小数"
msgstr "{mode}, үтірден кейін {digits} таңба"
"""


@pytest.fixture
def with_kazakh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The house's catalogues and one more."""
    beside = shutil.copytree(LOCALE, tmp_path / "locale") / "kk" / "LC_MESSAGES"
    beside.mkdir(parents=True)
    (beside / "messages.po").write_text(CATALOGUE, encoding="utf-8")
    monkeypatch.setattr(languages, "LOCALE", tmp_path / "locale")


def test_the_languages_are_those_that_have_a_catalogue_and_stand_in_their_order() -> None:
    assert list(languages.languages()) == ["zh-Hans", "zh-Hant", "en", "ug"]
    assert languages.languages_of("office") == ("zh-Hans", "en")
    assert languages.languages_of("voters") == ("zh-Hans", "zh-Hant", "en", "ug")
    assert [one.own_name for one in languages.languages().values()] == ["简体中文", "繁體中文", "English", "ئۇيغۇرچە"]
    assert [one.direction for one in languages.languages().values()] == ["ltr", "ltr", "ltr", "rtl"]


@pytest.mark.usefixtures("with_kazakh")
def test_the_switch_offers_it_where_its_pages_are_kept(client: FlaskClient, office_client: FlaskClient) -> None:
    assert languages.languages_of("office") == ("zh-Hans", "en", "kk")
    assert 'hreflang="kk">Қазақша<' in text_of(office_client.get("/office/campaigns"))
    assert 'hreflang="kk"' not in text_of(client.get("/"))
    page = text_of(office_client.get("/office/campaigns?lang=kk"))
    assert '<html lang="kk" dir="ltr">' in page
    assert 'hreflang="zh-Hans">简体中文<' in page


@pytest.mark.usefixtures("with_kazakh")
def test_what_is_wrong_with_an_uploaded_scheme_is_told_in_it_and_the_rest_of_the_page_stays_in_the_source_language(
    office_client: FlaskClient,
) -> None:
    text = (SHIPPED / "bortala/2026-01-01/scheme.yml").read_text(encoding="utf-8")
    line = 1 + text[: text.index("\n评议主体:")].count("\n") + 1
    slip = text.replace("\n评议主体:", "\n评议主休:")
    sent = new_form(office_client, file=(io.BytesIO(slip.encode()), "a.yml"), scheme="")
    page = text_of(office_client.post("/office/campaigns/new?lang=kk", data=sent))
    assert f"{line}-жол, 1-баған · unknown-key" in page
    assert "Бұл жерде «评议主休» белгісіз." in page
    assert "«评议主体» деп жазғыңыз келді ме?" in page
    assert "建立评议</button>" in page  # which the catalogue does not hold


@pytest.mark.usefixtures("with_kazakh")
def test_a_language_chooses_the_spelling_of_keywords_and_lacks_what_its_catalogue_lacks() -> None:
    with pytest.raises(SchemeProblems) as caught:
        load_scheme("方案: 甲\n约定: 常用约定\n计算: {}\n结果: {}\n", "x.yml")
    lacking = next(one for one in caught.value.problems if "version" in repr(one.parts))
    with speaking("kk"):
        assert lacking.what(say) == "Схема: «version (版本)» жоқ."
        assert lacking.remedy(say) == "请补上这一项。"


@pytest.mark.usefixtures("with_kazakh")
def test_the_policy_printed_with_results_is_told_in_it() -> None:
    text = (SHIPPED / "bortala/2026-01-01/scheme.yml").read_text(encoding="utf-8")
    with speaking("kk"):
        told = dict(load_scheme(text, "x.yml").policy_told(say))
    assert told["display (显示)"] == "half up (四舍五入), үтірден кейін 2 таңба"
