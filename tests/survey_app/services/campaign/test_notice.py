"""What a campaign says of itself may be reworded until it is approved, by the office alone, and never says too little."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.support.application import csrf
from tests.support.forms import fields_of
from tests.survey_app.views.office.test_campaign_pages import approved, create, look, quick_key, text_of

__all__ = ["look", "quick_key"]  # fixtures: a cheap opening key, a session that only reads
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # nothing here is the database's own
WORDS = {
    "title": "2026 年度  民主评议",
    "period": "2026",
    "asker": "区委考核办",
    "purpose": "请大家说说一年的工作",
    "asks": "年度考核",
    "until": "2026-12-20 17:00",
}


def reword(client: FlaskClient, address: str, **changes: str) -> tuple[int, str]:
    page = f"{address}/notice/"
    shown = client.get(page).get_data(as_text=True)
    form = fields_of(shown, page) if "edit_base" in shown else {"csrf_token": csrf(client)}  # approved: no form is offered
    answer = client.post(page, data={**form, **WORDS, **changes})
    return answer.status_code, text_of(answer)


def test_a_draft_is_reworded_and_says_so_from_then_on(office_client: FlaskClient) -> None:
    address = create(office_client)
    assert "改告诉大家的话" in text_of(office_client.get(address))
    status, _ = reword(office_client, address)
    assert status == 302
    page = text_of(office_client.get(address))
    assert "<h1>2026 年度 民主评议" in page
    assert "请大家说说一年的工作" in page
    assert 'value="2026-12-20 17:00"' in text_of(office_client.get(f"{address}/notice/"))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"asker": " "}, "请写明谁在问、为什么问、结果怎么用"),
        ({"title": ""}, "请给这次评议起一个名称"),
        ({"period": "一" * 21}, "请写明评议的年度或时段"),
        ({"until": "一" * 41}, "截止时间最多 40 个字"),
    ],
)
def test_words_that_are_missing_or_too_long_are_refused_and_kept_on_the_page(
    office_client: FlaskClient, changes: dict[str, str], told: str
) -> None:
    address = create(office_client)
    status, page = reword(office_client, address, **changes)
    assert status == 400
    assert told in page
    assert "年度考核" in page  # what was typed right stands in the form
    assert "请大家说说一年的工作" not in text_of(office_client.get(address))


def test_after_approval_nothing_of_it_changes(office_client: FlaskClient) -> None:
    address = approved(office_client)
    status, page = reword(office_client, address)
    assert status == 409
    assert "不能再改" in page
    assert "改告诉大家的话" not in text_of(office_client.get(address))


def test_without_an_account_there_is_no_such_page(office_client: FlaskClient, client: FlaskClient) -> None:
    address = create(office_client)
    assert client.get(f"{address}/notice/").status_code in (302, 401, 403, 404)
    assert client.post(f"{address}/notice/", data=WORDS).status_code in (302, 400, 401, 403, 404)
    assert "请大家说说一年的工作" not in text_of(office_client.get(address))
