"""The copy that the author of a signed form keeps: what stands in it, what its seal says, and what becomes of altered ones.

The town of `small_scheme`: member 王1 gives A1 … A5 best best good fair low, codes 1 1 2 3 4, so his marks are 0101020304.
"""

from __future__ import annotations

import hashlib
import html
import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.signing import SigningKey, VerifyKey
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.config import cookie_key
from survey_app.extensions import current_config, resources
from survey_app.models import Ballot, Campaign, LogKey
from survey_app.services.campaign import campaigns
from survey_app.services.log import epochs
from survey_app.services.sealing import tokens
from survey_app.services.sealing.sealed_content import receipt_code
from tests.support import pdf_reading as reading
from tests.support.clock import NOON
from tests.towns.small_scheme import Town, build

INK = "1 1 9 9"
MARKS = (1, 1, 2, 3, 4)
SEALED_AS = b"pingyi/signed-form/v1\n"


pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # a file is tested, not an engine


@pytest.fixture
def town(app: Flask, session: Session) -> Town:
    """An open town with a log, whose key is boxed under the application's own secret."""
    town = build(session)
    campaign = session.get_one(Campaign, town.campaign_id)
    epochs.begin(session, campaign, secret=secret_of(app), now=NOON)
    session.commit()
    return town


def secret_of(app: Flask) -> str:
    with app.app_context():
        return cookie_key(current_config())


def sign(
    client: FlaskClient, town: Town, *, version: int = 0, name: str = "王一", marks: tuple[int, ...] = MARKS
) -> TestResponse:
    data = {
        "stage": "send", "secret": tokens.secret_text(town.links[0][0]), "submission": f"{version + 1:032x}",
        "version": str(version), "name": name, "ink": INK, **{f"m{place}": str(mark) for place, mark in enumerate(marks)},
    }  # fmt: skip
    return client.post(f"/v/{town.members}", data=data)


def copy_on(answer: TestResponse) -> str:
    page = answer.get_data(as_text=True)
    found = re.search(r'<textarea name="text" hidden>([^<]+)</textarea>', page)
    assert found, page
    return html.unescape(found.group(1))


def put_in(client: FlaskClient, text: str, address: str = "/copy") -> str:
    data = {"file": (io.BytesIO(text.encode()), "copy.json")}
    return client.post(address, data=data, content_type="multipart/form-data").get_data(as_text=True)


def canonical(record: object) -> bytes:
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sealed_by(key: SigningKey, record: dict[str, Any]) -> str:
    """The record with another's seal."""
    record = {name: value for name, value in record.items() if name != "seal"} | {"key": bytes(key.verify_key).hex()}
    return canonical({**record, "seal": key.sign(SEALED_AS + canonical(record)).signature.hex()}).decode()


def test_the_copy_holds_what_was_signed_under_the_seal_of_the_logs_key(client: FlaskClient, town: Town, session: Session) -> None:
    text = copy_on(sign(client, town))
    record = json.loads(text)
    ballot, key = session.scalars(select(Ballot)).one(), session.scalars(select(LogKey)).one()
    question = "总的来看怎么样？"
    assert record == {
        "format": "pingyi-signed-form/1", "campaign": "K3Y", "title": "小镇年度评议", "period": "2026",
        "form": town.members, "group": "委员", "rater": "M1", "invited": "王1", "name": "王一", "version": 1,
        "leaf": ballot.leaf.hex(), "marks": "0101020304", "ink": hashlib.sha256(b"1 1 9 9").hexdigest(),
        "answers": [
            ["A1", "张1", [[question, "best"]]], ["A2", "张2", [[question, "best"]]], ["A3", "张3", [[question, "good"]]],
            ["A4", "张4", [[question, "fair"]]], ["A5", "张5", [[question, "low"]]],
        ],
        "key": key.public.hex(), "seal": record["seal"],
    }  # fmt: skip
    assert text.encode() == canonical(record)
    unsealed = {name: value for name, value in record.items() if name != "seal"}
    VerifyKey(key.public).verify(SEALED_AS + canonical(unsealed), bytes.fromhex(record["seal"]))


def test_the_page_says_in_one_line_what_the_copy_proves_and_what_not(client: FlaskClient, town: Town) -> None:
    page = sign(client, town).get_data(as_text=True)
    assert "以“王一”的名义收下的，正是这些内容、这一版；它不证明填表的是本人" in page
    text = html.unescape(page.partition('<textarea name="text" hidden>')[2].partition("</textarea>")[0])
    assert json.loads(text)["version"] == 1
    assert f'<p class="digits" dir="ltr">{json.loads(text)["seal"]}</p>' in page


def test_the_file_comes_back_as_it_was_and_the_server_keeps_no_trace_of_it(
    client: FlaskClient, town: Town, session: Session
) -> None:
    text = copy_on(sign(client, town))
    answer = client.post("/copy/file", data={"text": text})
    code = re.sub(r"[^0-9A-Z-]", "", answer.headers["Content-Disposition"].split("pingyi-")[1].removesuffix(".json"))
    assert (answer.get_data(as_text=True), len(code), answer.headers["Cache-Control"]) == (text + "\n", 23, "no-store")
    seal = bytes.fromhex(json.loads(text)["seal"])
    stored = b"".join(
        value for row in session.connection().exec_driver_sql("SELECT * FROM ballot") for value in row if isinstance(value, bytes)
    )
    assert seal not in stored


def test_a_kept_copy_is_in_force_until_another_version_replaces_it(client: FlaskClient, town: Town) -> None:
    first = copy_on(sign(client, town))
    page = put_in(client, first)
    assert ("封印完好" in page, "现在有效的一版" in page, "还没有列入存证日志" in page) == (True, True, True)
    second = copy_on(sign(client, town, version=1, marks=(4, 4, 4, 4, 4)))
    assert "已被第 2 版取代" in put_in(client, first)
    assert "现在有效的一版" in put_in(client, second)


def test_after_the_close_the_copy_is_found_in_the_log(app: Flask, client: FlaskClient, town: Town, session: Session) -> None:
    text = copy_on(sign(client, town))
    campaign = session.get_one(Campaign, town.campaign_id)
    campaigns.close(session, campaign, now=NOON)
    epochs.add_close(session, campaign, secret=secret_of(app), now=NOON)
    session.commit()
    assert "第 1 节第 " in put_in(client, text)
    session.execute(delete(Ballot))
    session.commit()
    assert "票箱里已经没有这张表了" in put_in(client, text)


def test_a_changed_answer_a_foreign_seal_and_another_servers_copy_are_each_told_apart(client: FlaskClient, town: Town) -> None:
    text = copy_on(sign(client, town))
    record = json.loads(text)
    improved = canonical({**record, "marks": "0404040404"}).decode()
    forged = sealed_by(SigningKey.generate(), {**record, "marks": "0404040404"})
    elsewhere = sealed_by(SigningKey.generate(), {**record, "campaign": "OTHER"})
    for wrong in (improved, forged):
        assert "封印不对" in put_in(client, wrong)
        for address in ("/copy/file", "/copy/sheet"):
            answer = client.post(address, data={"text": wrong})
            assert (answer.status_code, "不能下载或打印" in answer.get_data(as_text=True)) == (422, True)
    assert "不是本服务器的存根" in put_in(client, elsewhere)
    # What another key sealed may hold anything.
    anything = {**record, "campaign": "<b>" * 5000, "version": -1}
    assert "不是本服务器的存根" in put_in(client, sealed_by(SigningKey.generate(), anything))
    for leaf in ("AB" * 32, " " * 62 + "ab", "zz" * 32, "ab" * 31):
        assert "不是记名评议表的存根文件" in put_in(client, sealed_by(SigningKey.generate(), {**record, "leaf": leaf}))


def test_what_is_no_copy_is_refused_with_a_sentence(client: FlaskClient) -> None:
    form = '"format":"pingyi-signed-form/1"'
    for nonsense in ("", "{}", "[]", "null", f"{{{form}}}", f'{{{form},"answers":[1]}}', "[" * 20_000, "\x00\x01"):
        answer = client.post("/copy", data={"text": nonsense})
        assert (answer.status_code, "不是记名评议表的存根文件" in answer.get_data(as_text=True)) == (422, True), nonsense[:50]


def test_a_copy_written_otherwise_is_refused_though_it_says_the_same(client: FlaskClient, town: Town) -> None:
    text = copy_on(sign(client, town))
    assert "写法被改动过" in put_in(client, json.dumps(json.loads(text), ensure_ascii=False))
    assert "封印完好" in put_in(client, "\ufeff" + text + "\r\n")  # an editor's mark and line end change nothing that is sealed
    binary = client.post("/copy", data={"file": (io.BytesIO(b"\xff\xfe\x00"), "x")}, content_type="multipart/form-data")
    assert binary.status_code == 422
    assert client.post("/copy", data={"text": text, "more": "1"}).status_code == 400


def test_a_repeat_gets_its_ballot_code_and_no_copy_whatever_it_holds(client: FlaskClient, town: Town) -> None:
    """A copy of other marks or under another name would be the server's seal on what was never recorded."""
    code = json.loads(copy_on(sign(client, town)))["leaf"]
    for other in (sign(client, town), sign(client, town, name="李四"), sign(client, town, marks=(4, 4, 4, 4, 4))):
        page = other.get_data(as_text=True)
        assert (other.status_code, "textarea" in page, "第 1 版先前已经收到" in page) == (200, False, True)
        assert receipt_code(bytes.fromhex(code)) in page
    assert json.loads(copy_on(sign(client, town, version=1)))["version"] == 2  # sent once more, as a new version, it has its copy


def test_a_key_that_does_not_open_stops_no_receipt(client: FlaskClient, town: Town, session: Session) -> None:
    key = session.scalars(select(LogKey)).one()
    key.sealed = b"x" * 72
    session.commit()
    answer = sign(client, town)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, "已记录，谢谢您" in page, "这份存根没有封印" in page) == (200, True, True)


def test_the_sheet_for_ink_bears_code_answers_and_the_line_on_every_reading_of_it(
    app: Flask, client: FlaskClient, town: Town
) -> None:
    answer = sign(client, town)
    found = re.search(r'class="receipt-code"[^>]*>([0-9A-Z-]{23})<', answer.get_data(as_text=True))
    assert found
    made = client.post("/copy/sheet", data={"text": copy_on(answer)}).get_data()
    text = reading.text_of(made)
    for said in ("小镇年度评议", "王1", "王一", "张5", "low", found.group(1), "本人签名", "不证明填表的是本人"):
        assert said in text, said
    assert reading.read_qr_from_pdf(made) == [f"http://pingyi.test/log/K3Y/#{found.group(1)}"]
    assert resources(app).config.base_url == "http://pingyi.test"
