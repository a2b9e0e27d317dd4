"""Whoever approves sees what the scheme took from its policy and what it says in made-up situations; writing one has a page."""

from __future__ import annotations

import io
import json

from flask.testing import FlaskClient

from questionnaires.loader import load_scheme
from questionnaires.rules.table import RULES
from survey_app.services.results.scheme_reading import reading_of
from tests.support.application import csrf

SCHEME = """
方案: 小评
版本: 2026-01-01
约定: 常用约定
选项: {总体: {优秀: 100, 称职: 80, 不称职: 0}}
评议主体: {领导: {署名: 是}, 同事: {只评本单位: 是}}
测评内容: {总体评价: 总体}
测评表: [{主体: [领导, 同事], 填: 总体评价}]
计算:
  均分: {平均分: 总体评价}
  得分: {按主体加权: 均分, 权重: {领导: 60, 同事: 40}}
  等次: {分段: 得分, 各段: {80 以上: 好, 其余: 差}}
结果: {列: [得分], 等次: [等次]}
"""


def test_each_choice_of_the_policy_is_shown_with_a_case_in_which_another_answer_gives_something_else() -> None:
    # Colleagues hand in nothing, leaders all tick the best: of the weights left, 100; as a nought, 60; not rated, nothing.
    found = reading_of(load_scheme(SCHEME, "s.yml"))
    (told,) = [one for one in found.settled if one[0].startswith("缺主体")]
    assert any("计零" in other and "例如" in other for other in told[1:])
    situations = {one.world: one.says for one in found.situations}
    assert "得分：100.00" in situations["人人都选最好的一项，各项材料都是最高"]
    assert situations["没有一个人交票"]
    assert found.whole


def test_the_pages_show_it_to_whoever_may_approve(office_client: FlaskClient) -> None:
    form = {
        "csrf_token": csrf(office_client),
        "scheme": "",
        "title": "小评",
        "period": "2026",
        "asker": "考评办",
        "purpose": "了解看法",
        "asks": "结果用于考核",
        "until": "12 月 20 日 17:00",
        "file": (io.BytesIO(SCHEME.encode()), "s.yml"),
    }
    made = office_client.post("/office/campaigns/new", data=form, content_type="multipart/form-data")
    address = made.headers["Location"].removesuffix("/custody/")
    for page in ("approve", "scheme/reading/"):
        text = office_client.get(f"{address}/{page}").get_data(as_text=True)
        assert "在这些情形下，本方案这样说" in text
        assert "没有一个人交票" in text
        assert "改取“计零”：例如" in text
        assert "写了而没有用到的" in text


def test_the_page_on_writing_a_scheme_has_every_rule_and_the_schema_for_editors(office_client: FlaskClient) -> None:
    text = office_client.get("/office/scheme-language").get_data(as_text=True)
    assert [rule.words for rule in RULES if f"<strong>{rule.words[0]}</strong>" not in text] == []
    schema = office_client.get("/office/scheme-language/schema.json")
    assert json.loads(schema.get_data(as_text=True))["type"] == "object"
