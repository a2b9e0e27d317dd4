"""Nothing promises what there is not: until paper ballots are counted, no page, document or translation speaks of them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

ROOT = Path(__file__).resolve().parents[1]
#: A ballot on paper, or answering on paper, in the languages of the house. Slips, letters, shares and copies are on paper indeed.
PROMISE = re.compile(
    r"纸票|纸质选票|纸质票|用纸(作答|投票|填)|紙票|用紙(作答|投票|填)|قەغەز بېلەت|paper ballots?|ballot papers?|\bor use paper"
    r"|QR codes? (and|or) on paper|(vote|answer|cast|fill in)\w* on paper",
    re.IGNORECASE,
)
TEXTS = (
    *(ROOT / name for name in ("README.md", "pyproject.toml")),
    *sorted((ROOT / "docs").glob("*.md")),
    *sorted((ROOT / "survey_app").rglob("*.html")),
    *sorted((ROOT / "survey_app").rglob("*.typ")),
    *sorted((ROOT / "survey_app").rglob("*.py")),
)
CATALOGUES = sorted((ROOT / "survey_app/locale").rglob("messages.po"))


def test_no_document_page_or_sheet_promises_paper_ballots() -> None:
    found = {str(path.relative_to(ROOT)): PROMISE.findall(path.read_text(encoding="utf-8")) for path in TEXTS}
    assert {path: words for path, words in found.items() if words} == {}
    assert len(TEXTS) > 100


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_no_catalogue_promises_paper_ballots(path: Path) -> None:
    with path.open("rb") as file:
        messages = [(message.id, message.string) for message in read_po(file) if message.id]
    assert [pair for pair in messages if any(PROMISE.search(str(words)) for words in pair)] == []
    assert len(messages) > 100


@pytest.mark.postgresql_later
@pytest.mark.parametrize("tag", ["zh-Hans", "zh-Hant", "en", "ug"])
def test_the_front_page_promises_phones_only(client: FlaskClient, tag: str) -> None:
    page = client.get("/", query_string={"lang": tag}).get_data(as_text=True)
    assert f'lang="{tag}"' in page
    assert not PROMISE.search(page)


@pytest.mark.parametrize(
    "sentence",
    [
        "评议：扫码或用纸票，请大家说话算数",
        "by QR code and on paper, what they think",
        "Scan the QR code on a slip, or use paper, and say",
        "掃憑條上的QR 碼，或用紙票",
        "QR كود ياكى قەغەز بېلەت بىلەن",
    ],
)
def test_the_promises_of_before_would_be_found(sentence: str) -> None:
    assert PROMISE.search(sentence)
