"""The page of the text: what the editor asks for while somebody types, and the same page without script."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from questionnaires.language.nodes import MOST_CHARACTERS
from tests.survey_app.views.office.test_scheme_desk import REGULATION, begin, send

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_problems_come_with_line_column_and_remedy_and_nothing_is_saved(office_client: FlaskClient) -> None:
    address = begin(office_client, lines=REGULATION)
    before = office_client.get(f"{address}/scheme.yml").data
    wrong = before.decode().replace("按主体加权: 主体得分", "按主体加权: 主题得分")
    told = send(office_client, f"{address}/check", text=wrong.replace("\n", "\r\n")).get_json()  # as a browser sends it
    line = next(number for number, text in enumerate(wrong.splitlines(), start=1) if "主题得分" in text)
    (problem,) = [one for one in told["problems"] if one["line"] == line]
    assert wrong.splitlines()[line - 1][problem["column"] - 1 :].startswith("主题得分")
    assert "主题得分" in problem["what"]
    assert problem["remedy"]
    assert told["words"] == "有 1 处要改。"
    assert office_client.get(f"{address}/scheme.yml").data == before


def test_what_may_be_written_is_offered_in_the_readers_language_and_too_long_a_text_gets_nothing(
    office_client: FlaskClient,
) -> None:
    address = begin(office_client, lines=REGULATION)
    text = office_client.get(f"{address}/scheme.yml").data.decode()
    before, after = text.split("平均分: ", 1)
    found = send(office_client, f"{address}/offers", before=f"{before}平均分: [业务", after=after).get_json()
    assert (found["typed"], [one["word"] for one in found["offers"]]) == ("业务", ["业务能力", "专科业务水平"])
    rules = send(office_client, f"{address}/offers", before=f"{before}按主", after=after).get_json()["offers"]
    assert [(one["word"], one["detail"], one["put"]) for one in rules] == [("按主体加权", "规则", "按主体加权: ")]
    assert "权重" in rules[0]["says"]
    long = send(office_client, f"{address}/offers", before="x" * MOST_CHARACTERS, after="y")
    assert long.get_json() == {"typed": "", "offers": []}
    assert send(office_client, "/office/schemes/nowhere/offers", before="").status_code == 404


def test_without_script_the_page_is_a_field_and_a_list_of_problems(office_client: FlaskClient) -> None:
    address = begin(office_client, lines=REGULATION)
    send(office_client, f"{address}/text", seen="1", text="方案：坏的")
    page = office_client.get(f"{address}/text").get_data(as_text=True)
    assert 'class="editor" hidden' in page
    assert "方案：坏的\n</textarea>" in page
    assert 'id="problems"' in page
    assert "第 1 行" in page
    assert "<style" not in page
    assert page.count("<script ") == 2  # the editor and what joins it to the page; no other page of the desk loads either
    assert "vendor/" not in office_client.get(f"{address}/items").get_data(as_text=True)
