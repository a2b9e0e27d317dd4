"""The voter's pages where no script runs: what they say agrees with itself, and with what will happen."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from survey_app.models import SlipBatch
from survey_app.services.sealing import tokens
from tests.survey_app.views.voter.test_pages import fields, posted_by, receipt, send, stored
from tests.towns import four_tongues
from tests.towns.small_scheme import GOOD_MARKS, build

pytestmark = pytest.mark.postgresql_later

#: What the review says of a soft rule; then the one note on top, before and after sending without the tick.
SOFT = {
    "zh-Hans": (
        "“不称职”至少给 1 个，现在给了 0 个。 不称职不少于两成。 可以照样送出，但要先确认您看到了这条提示。",
        "还没有送出。",
        "还没有送出：您没有勾选确认。",
        "最下面有提示：要么“返回修改”，要么勾选确认，再按“确认送出”。",
    ),
    "zh-Hant": (
        "“不稱職”至少給 1 個，現在給了 0 個。 不稱職不少於兩成。 可以照樣送出，但要先確認您看到了這條提示。",
        "還沒有送出。",
        "還沒有送出：您沒有勾選確認。",
        "最下面有提示：要麼“返回修改”，要麼勾選確認，再按“確認送出”。",
    ),
    "en": (
        ("“Not competent”: at least 1 expected, 0 given. At least a fifth should be not competent. You may send it like this, "
        "but please confirm first that you have seen this note."),
        "Not sent yet. ",
        "Not sent yet: the box was not ticked. ",
        "There is a note at the bottom: either go back and change it, or tick to confirm and press “Confirm and send”.",
    ),
    "ug": (
        ("«لاياقەتسىز» ئاز دېگەندە 1 بېرىلىدۇ، ھازىر 0 بېرىلدى. لاياقەتسىز بەشتىن بىرىدىن ئاز بولمىسۇن. "
        "شۇ پېتى ئەۋەتسىڭىز بولىدۇ، لېكىن ئاۋۋال بۇ ئەسكەرتىشنى كۆرگەنلىكىڭىزنى جەزملەڭ."),
        "تېخى ئەۋەتىلمىدى. ",
        "تېخى ئەۋەتىلمىدى: جەزملەش بەلگىسى قويۇلمىدى. ",
        "ئەڭ ئاستىدا ئەسكەرتىش بار: يا قايتىپ ئۆزگەرتىڭ، يا بەلگە قويۇپ جەزملەپ، «جەزملەپ ئەۋەتىش» نى بېسىڭ.",
    ),
}  # fmt: skip


def words(page: str, mark: str) -> list[str]:
    """The text of every element of this class, tags cut off."""
    found = re.findall(rf'<(\w+) class="{mark}"[^>]*>(.*?)</\1>', page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split()) for _tag, text in found]


@pytest.mark.parametrize("tag", SOFT)
def test_a_soft_limit_demands_nothing_and_is_told_the_same_way_all_over_the_page(
    client: FlaskClient, session: Session, tag: str
) -> None:
    town = build(session, text=four_tongues.TEXT)
    address = f"/v/{town.members}?lang={tag}"
    marks = {f"m{n}": "1" for n in range(5)}
    filled = {"stage": "review", "secret": tokens.secret_text(town.links[0][0]), "name": "王1", **marks}
    warning, note, unticked, choice = SOFT[tag]
    review = client.post(address, data=filled).get_data(as_text=True)
    assert words(review, "warning") == [warning]
    assert words(review, "unsent-note") == [note + choice]
    refused = client.post(address, data={**posted_by(review), "stage": "send"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert words(page, "problems") == [unticked + choice]
    assert words(page, "unsent-note") == []  # "not sent yet" is said once
    assert words(page, "warning") == [warning]


@pytest.mark.parametrize("stage", ["review", "send"])
def test_a_dead_slip_is_told_at_the_review_and_never_called_recognised(client: FlaskClient, session: Session, stage: str) -> None:
    town = build(session)
    session.execute(update(SlipBatch).values(void=True))
    session.commit()
    form = client.get(f"/v/{town.guests}").get_data(as_text=True)
    assert "已读到凭条上的码，送出时核对" in form
    assert "已识别" not in form
    answer = send(client, town.guests, fields(town, stage=stage))
    assert answer.status_code == 410
    assert "这批凭条已声明作废并换发" in answer.get_data(as_text=True)
    assert posted_by(answer.get_data(as_text=True))["m3"] == str(GOOD_MARKS[3])
    assert stored(session) == 0


def test_a_ballot_recorded_before_its_batch_was_declared_void_is_still_told(client: FlaskClient, session: Session) -> None:
    town = build(session)
    first = receipt(send(client, town.guests, fields(town)))
    session.execute(update(SlipBatch).values(void=True))
    session.commit()
    assert receipt(send(client, town.guests, fields(town, stage="review", submission="6" * 32))) == first


@pytest.mark.parametrize("stage", ["review", "edit"])
def test_another_language_after_a_post_keeps_what_was_typed_and_sends_nothing(
    client: FlaskClient, session: Session, stage: str
) -> None:
    town = build(session, text=four_tongues.TEXT)
    marks = {f"m{n}": "2" for n in (0, 2, 3, 4, 5)}
    filled = {"stage": stage, "alias": town.slips[0][1], **marks, "n1": "87", "comment": "一句话"}
    page = client.post(f"/v/{town.guests}", data=filled).get_data(as_text=True)
    to_english = re.search(r'<button form="ballot" formaction="([^"]+)" name="stage" value="(\w+)" data-tongue lang="en">', page)
    assert to_english
    assert re.search(r'<form id="ballot"', page)
    english = client.post(to_english[1], data={**typed_on(page), "stage": to_english[2]}).get_data(as_text=True)
    assert '<html lang="en"' in english
    assert {name: value for name, value in typed_on(english).items() if name[0] in "mn"} == {
        name: value for name, value in typed_on(page).items() if name[0] in "mn"
    }
    assert "一句话" in english
    assert town.slips[0][1] in english
    assert stored(session) == 0


def test_another_language_after_the_receipt_still_says_that_the_ballot_is_recorded(client: FlaskClient, session: Session) -> None:
    town = build(session, text=four_tongues.TEXT)
    sent = {"secret": tokens.secret_text(town.slips[0][0]), "submission": "5" * 32, "stage": "send"}
    answer = client.post(f"/v/{town.guests}", data={**sent, **{f"m{n}": "2" for n in (0, 2, 3, 4, 5)}})
    page = answer.get_data(as_text=True)
    to_uyghur = re.search(r'<button form="look-up" formaction="(/r\?lang=ug)" data-tongue', page)
    assert to_uyghur
    assert 'name="m0"' not in page  # the phone has no answers any more, in no field either
    told = client.post(to_uyghur[1], data={"code": receipt(answer)}).get_data(as_text=True)
    assert '<html lang="ug"' in told
    assert 'class="found"' in told


def typed_on(page: str) -> dict[str, str]:
    """What a browser would post, the comment included; doubled names (both ways of a number) as the browser has them."""
    words = re.search(r'<textarea id="comment"[^>]*>(.*?)</textarea>', page, re.DOTALL)
    return {**posted_by(page.partition('<form id="look-up"')[0]), **({"comment": words[1]} if words else {})}
