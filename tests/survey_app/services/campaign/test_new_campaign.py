"""The page of a new campaign: refused whole, with everything named and nothing typed or chosen for nothing."""

from __future__ import annotations

import hashlib
import io
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.shipped import HOME as SHIPPED
from survey_app.models import Campaign
from survey_app.views.office import scheme_upload
from tests.support.application import csrf
from tests.survey_app.views.office.test_campaign_pages import PASSPHRASE, TITLE, look, new_form, quick_key, text_of

__all__ = ["look", "quick_key"]  # fixtures, by their names

pytestmark = pytest.mark.postgresql_later


def test_the_key_is_asked_for_on_a_page_of_its_own_and_no_passphrase_is_ever_sent_back(
    office_client: FlaskClient, look: Session
) -> None:
    assert 'type="password"' not in text_of(office_client.get("/office/campaigns/new"))
    answer = office_client.post("/office/campaigns/new", data=new_form(office_client))
    custody = answer.headers["Location"]
    assert custody.endswith("/custody/")
    assert "丢了钥匙，选票就永远打不开" in text_of(office_client.get(custody))
    wrong = {"csrf_token": csrf(office_client), "new_passphrase": PASSPHRASE, "again": "另一句话 another phrase"}
    refused = office_client.post(f"{custody}passphrase", data=wrong)
    assert refused.status_code == 400
    assert "两次输入的开启口令不一样" in text_of(refused)
    assert PASSPHRASE not in text_of(refused)
    assert look.scalars(select(Campaign.wrapped_key)).all() == [b""]


def kept_by(page: str) -> dict[str, str]:
    """What the form on the page sends again by itself: its hidden fields and the scheme chosen."""
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    chosen = re.search(r'<option value="([^"]*)" selected', page)
    return {**hidden, "scheme": chosen[1] if chosen else ""}


def test_a_good_file_refused_for_something_else_need_not_be_chosen_again(office_client: FlaskClient, look: Session) -> None:
    text = (SHIPPED / "bortala/2026-01-01/scheme.yml").read_text(encoding="utf-8")
    mine = text.replace("版本: 2026-01-01", "版本: 2026-03-01").replace("\n", "\r\n")  # as an editor on Windows writes it
    sent = new_form(office_client, asker=" ", file=(io.BytesIO(mine.encode()), "我的<方案>.yml"), scheme="")
    refused = office_client.post("/office/campaigns/new", data=sent)
    page = text_of(refused)
    assert refused.status_code == 400
    assert "请写明谁在问" in page
    assert "刚才上传的“我的&lt;方案&gt;.yml”，不用再选文件" in page
    assert f'value="{TITLE}"' in page
    assert look.scalars(select(Campaign)).all() == []
    again = office_client.post("/office/campaigns/new", data={**new_form(office_client), **kept_by(page)})
    assert again.status_code == 302
    look.rollback()
    assert look.scalars(select(Campaign.scheme_digest)).one() == hashlib.sha256(mine.encode()).hexdigest()


def test_file_and_words_are_refused_together(office_client: FlaskClient, look: Session) -> None:
    sent = new_form(office_client, asker="", file=(io.BytesIO(b"\xff\xfe\x00"), "a.yml"))
    page = text_of(office_client.post("/office/campaigns/new", data=sent))
    assert "不是 UTF-8" in page
    assert "请写明谁在问" in page
    for kept in ("", "!!", "/" * 20):  # a field somebody changed
        answer = office_client.post("/office/campaigns/new", data=new_form(office_client, scheme="kept", kept_file=kept))
        assert answer.status_code in {400, 422}
    assert look.scalars(select(Campaign)).all() == []


def test_another_scheme_by_the_same_name_and_version_is_refused_and_says_whose_it_is(
    office_client: FlaskClient, look: Session
) -> None:
    text = (SHIPPED / "bortala/2026-01-01/scheme.yml").read_text(encoding="utf-8")
    shipped = new_form(office_client, file=(io.BytesIO((text + "# 改过\n").encode()), "a.yml"))
    refused = office_client.post("/office/campaigns/new", data=shipped)
    assert refused.status_code == 409
    assert "随系统提供的方案里已有“bortala”版本 2026-01-01，内容与这一份不同；请在文件里写一个新的版本" in text_of(refused)
    own = text.replace("版本: 2026-01-01", "版本: 2026-03-01")
    for content, status in ((own, 302), (own, 302), (own + "# 改过\n", 409)):  # the same content again is no other scheme
        sent = new_form(office_client, file=(io.BytesIO(content.encode()), "a.yml"))
        answer = office_client.post("/office/campaigns/new", data=sent)
        assert answer.status_code == status
    assert f"“{TITLE}”用的方案也叫“bortala”、也是版本 2026-03-01，内容却与这一份不同" in text_of(answer)
    assert len(look.scalars(select(Campaign)).all()) == 2


def test_a_broken_scheme_file_is_refused_with_every_place(office_client: FlaskClient, look: Session) -> None:
    broken = "方案: 试\n版本: 昨天\n标题: 试\n没有这个: 1\n".encode()
    answer = office_client.post("/office/campaigns/new", data=new_form(office_client, file=(io.BytesIO(broken), "试.yml")))
    page = text_of(answer)
    assert answer.status_code == 422
    assert "没有建立评议" in page
    assert re.search(r"第 4 行第 \d+ 列", page)  # the unknown key stands on line 4
    assert look.scalars(select(Campaign)).all() == []


@pytest.mark.parametrize(("data", "sentence"), [(b"\xff\xfe\x00", "不是 UTF-8"), (b"a" * 101, "超过 1 MB")])
def test_a_file_that_is_no_scheme_is_refused_in_one_sentence(
    office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch, data: bytes, sentence: str
) -> None:
    monkeypatch.setattr(scheme_upload, "SCHEME_BYTES", 100)  # so that the test need not send a megabyte
    answer = office_client.post("/office/campaigns/new", data=new_form(office_client, file=(io.BytesIO(data), "a.yml")))
    assert answer.status_code == 400
    assert sentence in text_of(answer)
