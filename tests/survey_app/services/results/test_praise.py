"""Praise stands apart from what calls somebody to account: by a word, an order and a place of its own, not by colour alone.

From `ledger_town`: P2 was criticised twice and is called in for a talk. Whoever has 90 or more is praised here: P1 95, TB 90.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.records import shaped
from survey_app.printing import papers
from survey_app.services.results import loaded as results
from survey_app.services.results import outcomes, paper_fields
from tests.support.clock import NOON
from tests.towns import ledger_town

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def praised(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ledger_town.TEXT.replace("  名额等次:", "  表扬信: {判断: 总分 >= 90, 后果: 通报表扬, 显示为: 表扬}\n  名额等次:")
    monkeypatch.setattr(ledger_town, "TEXT", text.replace("提示: [约谈]", "提示: [表扬信, 约谈]"))


def test_praise_comes_last_and_says_what_it_is(app: Flask, office_client: FlaskClient, session: Session) -> None:
    app.config["PINGYI_CLOCK"] = lambda: NOON
    campaign = ledger_town.build(session)
    loaded = results.load(session, campaign, language="zh-Hans")
    found = [(one.person.code, one.title, one.praise) for one in outcomes.apart(outcomes.all_of(loaded))]
    assert found == [("P1", "定等", False), ("P2", "约谈", False), ("P1", "表扬信", True), ("TB", "表扬信", True)]
    key = campaign.key
    session.close()
    page = unescape(office_client.get(f"/office/results/{key}/outcomes/").get_data(as_text=True))
    heading = page.index("表扬和奖励</h3>")
    entries = [(at.start(), at.group(1)) for at in re.finditer(r'<li class="card entry proposal ([^"]*)"', page)]
    assert [("praise" in names, place > heading) for place, names in entries] == [
        (False, False), (False, False), (True, True), (True, True),
    ]  # fmt: skip
    assert page.count('<span class="badge good">表扬</span>') == 2


def test_paper_keeps_the_two_in_tables_of_their_own(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = results.load(session, ledger_town.build(session), language="zh-Hans")
    content = paper_fields.of_letter(loaded, loaded.people["P1"], made=NOON, note="")
    rows = shaped(content["结论"], list[dict[str, str]])
    assert [(row["性质"], row["名称"]) for row in rows] == [("", "定等"), ("表扬", "表扬信")]
    given: dict[str, object] = {}
    monkeypatch.setattr(papers, "pdf", lambda _name, words, **_more: given.update(words) or b"")
    papers.letters_pdf([content])
    (letter,) = shaped(given["letters"], list[dict[str, Any]])
    titles = {table["title"]: table["rows"] for table in letter["tables"]}
    assert ([row[0] for row in titles["结论"]], titles["表扬和奖励"]) == (["定等"], [["表扬信", "通报表扬"]])
