"""The voter's pages over HTTP, as a browser without scripts uses them: what is kept, what is said, what is not stored."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.models import Ballot, Campaign, Subject
from survey_app.services.sealing import tokens
from tests.towns.small_scheme import GOOD_MARKS, MEMBER_MARKS, Town, build

pytestmark = pytest.mark.postgresql_later

ID = "5" * 32


class _Form(HTMLParser):
    """What a browser would post: every checked, selected or typed value of the page's ballot form."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name")
        if tag == "input" and name and (values.get("type") not in ("radio", "checkbox") or "checked" in values):
            self.fields[name] = values.get("value") or ""


def posted_by(page: str) -> dict[str, str]:
    parser = _Form()
    parser.feed(page)
    return parser.fields


def fields(town: Town, marks: Sequence[int] = GOOD_MARKS, *, stage: str = "send", number: int = 0, **more: str) -> dict[str, str]:
    """A guest's form; a mark of 0 is sent as a browser sends it: not at all."""
    base = {"stage": stage, "submission": ID, "secret": tokens.secret_text(town.slips[number][0])}
    return {**base, **{f"m{place}": str(mark) for place, mark in enumerate(marks) if mark}, **more}


def signed_fields(town: Town, *, stage: str = "review", **more: str) -> dict[str, str]:
    marks = {f"m{place}": str(mark) for place, mark in enumerate(MEMBER_MARKS)}
    return {"stage": stage, "secret": tokens.secret_text(town.links[0][0]), "name": "王1", **marks, **more}


def send(client: FlaskClient, style: str, data: Mapping[str, str]) -> TestResponse:
    return client.post(f"/v/{style}", data=dict(data))


def stored(session: Session) -> int:
    session.rollback()
    count = session.scalar(select(func.count()).select_from(Ballot)) or 0
    session.rollback()
    return count


def receipt(answer: TestResponse) -> str:
    found = re.search(r'class="receipt-code"[^>]*>([0-9A-Z-]{23})<', answer.get_data(as_text=True))
    assert found, answer.get_data(as_text=True)
    return found.group(1)


def test_the_form_is_the_same_for_all_cacheable_and_sets_no_cookie(client: FlaskClient, session: Session) -> None:
    town = build(session)
    answer = client.get(f"/v/{town.guests}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "public" in answer.headers["Cache-Control"]
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers
    assert client.get(f"/v/{town.guests}").get_data(as_text=True) == page
    for said in ("小镇年度评议", "镇评议办公室请您评议", "11 月 30 日", "不记名", "张1", "总的来看怎么样？"):
        assert said in page
    assert page.count('type="radio" name="m0"') == 4
    assert not re.search(r"<(?:script|link|img)[^>]+(?:https?:)?//", page)
    assert not re.search(r"<[^>]+ style=|<style|<script(?![^>]*(?: src=|application/json))", page)


def test_a_guest_without_scripts_fills_reviews_and_sends_by_typed_alias(client: FlaskClient, session: Session) -> None:
    town = build(session)
    typed = {
        "stage": "review",
        "alias": town.slips[0][1].lower(),
        **{f"m{n}": str(m) for n, m in enumerate(GOOD_MARKS) if m},
        "n2": "87",
    }
    review = send(client, town.guests, typed)
    page = review.get_data(as_text=True)
    assert review.status_code == 200
    assert "还没有送出" in page
    assert ">87<" in page
    assert stored(session) == 0
    sent = send(client, town.guests, {**posted_by(page), "stage": "send"})
    assert sent.status_code == 200
    assert "已记录" in sent.get_data(as_text=True)
    assert sent.headers["Cache-Control"] == review.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in sent.headers
    assert stored(session) == 1
    again = send(client, town.guests, {**posted_by(page), "stage": "send"})
    assert receipt(again) == receipt(sent)
    looked = client.post("/r", data={"code": receipt(sent).lower().replace("-", " ")})
    assert "已记录" in looked.get_data(as_text=True)


def test_going_back_to_edit_keeps_every_answer(client: FlaskClient, session: Session) -> None:
    town = build(session)
    review = send(client, town.guests, fields(town, stage="review", n2="50")).get_data(as_text=True)
    form = send(client, town.guests, {**posted_by(review), "stage": "edit"}).get_data(as_text=True)
    again = posted_by(form)
    assert {name: value for name, value in again.items() if name.startswith("m")} == {
        "m0": "1",
        "m1": "1",
        "m3": "2",
        "m4": "3",
        "m5": "4",
        "m6": "2",
    }
    assert again["n2"] == "50"
    assert again["secret"] == tokens.secret_text(town.slips[0][0])


def test_a_missing_item_is_named_linked_and_everything_else_kept(client: FlaskClient, session: Session) -> None:
    town = build(session)
    for stage in ("review", "send"):
        answer = send(client, town.guests, fields(town, (1, 0, 0, 2, 3, 4, 2), stage=stage))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert '<a href="#f1">张1 · 您了解他吗？：这一项还没有填；请填上。</a>' in page
        assert posted_by(page)["m4"] == "3"
    assert stored(session) == 0


def test_too_many_of_the_best_grade_is_refused_with_what_to_change(client: FlaskClient, session: Session) -> None:
    town = build(session)
    for stage in ("review", "send"):
        answer = send(client, town.guests, fields(town, (1, 1, 0, 1, 3, 4, 2), stage=stage))
        assert answer.status_code == 422
        assert "最多给 1 个，现在给了 2 个；请把其中至少 1 个改为别的选项" in answer.get_data(as_text=True)
    assert stored(session) == 0


@pytest.mark.parametrize("number", ["101", "-1", "8.5", "八十", "1e2", "NaN", "<b>"])
def test_a_number_off_the_scale_is_told_beside_its_field(client: FlaskClient, session: Session, number: str) -> None:
    town = build(session)
    answer = send(client, town.guests, fields(town, stage="review", n2=number))
    assert answer.status_code == 422
    assert "请填 0 到 100 之间的数，最小单位 1" in answer.get_data(as_text=True)
    assert "<b>”" not in answer.get_data(as_text=True)
    assert stored(session) == 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"m99": "1"}, "不认识的字段“m99”"),
        ({"admin": "1"}, "不认识的字段“admin”"),
        ({"m01": "1"}, "不认识的字段“m01”"),
        ({"n0": "1"}, "不认识的字段“n0”"),
        ({"m0": "9"}, "不是表上的选项"),
        ({"m0": "１"}, "不是表上的选项"),
        ({"m0": "1' OR 1=1"}, "不是表上的选项"),
        ({"version": "x"}, "不完整"),
        ({"submission": "zz"}, "不完整"),
        ({"stage": "count"}, "不完整"),
        ({"name": "x" * 201}, "太长"),
    ],
)
def test_a_form_that_is_not_ours_is_refused_whole(
    client: FlaskClient, session: Session, more: Mapping[str, str], said: str
) -> None:
    town = build(session)
    answer = send(client, town.guests, {**fields(town), **more})
    assert answer.status_code == 400
    assert said in answer.get_data(as_text=True)
    assert stored(session) == 0


def test_a_doubled_field_is_refused_whole(client: FlaskClient, session: Session) -> None:
    town = build(session)
    answer = client.post(f"/v/{town.guests}", data={**fields(town), "m0": ["1", "2"]})
    assert answer.status_code == 400
    assert "“m0”出现了两次" in answer.get_data(as_text=True)
    assert stored(session) == 0


def test_a_body_that_is_no_form_or_too_large_is_refused(client: FlaskClient, session: Session) -> None:
    town = build(session)
    assert client.post(f"/v/{town.guests}", json={"m0": 1}).status_code == 400
    assert client.post(f"/v/{town.guests}", data={"ink": "1" * 70_000}).status_code == 413
    assert stored(session) == 0


@pytest.mark.parametrize("alias", ["", "ABC", "0000-0000-0000-1", "0000-0000-000U-0"])
def test_a_mistyped_alias_keeps_the_answers_and_says_what_is_wrong(client: FlaskClient, session: Session, alias: str) -> None:
    town = build(session)
    answer = send(client, town.guests, {**fields(town, stage="review"), "secret": "", "alias": alias})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'id="alias-error"' in page
    assert posted_by(page)["m3"] == "2"


def test_an_unknown_foreign_or_void_slip_keeps_the_answers_and_offers_the_alias_field(
    client: FlaskClient, session: Session
) -> None:
    town, other = build(session), build(session, key="FAR")
    for secret in (tokens.mint_secret(), other.slips[0][0], town.links[0][0]):
        answer = send(client, town.guests, {**fields(town), "secret": tokens.secret_text(secret)})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert posted_by(page)["m3"] == "2"
        assert posted_by(page)["secret"] == ""
        assert 'id="alias-error"' in page
    assert stored(session) == 0


def test_a_spent_slip_shows_the_receipt_of_what_was_recorded(client: FlaskClient, session: Session) -> None:
    town = build(session)
    first = receipt(send(client, town.guests, fields(town)))
    for stage in ("review", "send"):
        answer = send(client, town.guests, {**fields(town, stage=stage), "submission": "6" * 32})
        assert answer.status_code == 409
        assert receipt(answer) == first
    assert stored(session) == 1


@pytest.mark.parametrize(
    ("state", "said", "status"), [("draft", "还没有开始", 200), ("closed", "已经结束", 410), ("counted", "已经结束", 410)]
)
def test_a_campaign_that_takes_no_ballots_says_so_kindly(
    client: FlaskClient, session: Session, state: str, said: str, status: int
) -> None:
    town = build(session)
    session.execute(update(Campaign).values(state=state))
    session.commit()
    answer = client.get(f"/v/{town.guests}")
    assert (answer.status_code, said in answer.get_data(as_text=True)) == (status, True)
    for stage in ("review", "send"):
        assert said in send(client, town.guests, fields(town, stage=stage)).get_data(as_text=True)
    assert stored(session) == 0


def test_an_unknown_form_says_what_to_do(client: FlaskClient) -> None:
    for path in ("/v/0000000000", "/v/'%20OR%201=1", "/v/" + "A" * 300):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "重新扫描凭条上的二维码" in answer.get_data(as_text=True)


def test_a_member_signs_gets_a_copy_and_replaces_it(client: FlaskClient, session: Session) -> None:
    town = build(session)
    ink = "10 10 200 300;500 20 510 30"
    review = send(client, town.members, signed_fields(town, ink=ink)).get_data(as_text=True)
    assert "M10 10L200 300" in review
    copy = send(client, town.members, {**posted_by(review), "stage": "send"})
    page = copy.get_data(as_text=True)
    assert "第 1 版" in page
    assert "M500 20L510 30" in page
    first = receipt(copy)
    again = send(client, town.members, {**posted_by(page), "stage": "edit"}).get_data(as_text=True)
    assert posted_by(again)["m3"] == "3"
    # opened anew from the link, the form knows no version: the review binds it to the one in force
    fresh = send(client, town.members, signed_fields(town)).get_data(as_text=True)
    assert posted_by(fresh)["version"] == "1"
    second = send(client, town.members, {**posted_by(fresh), "stage": "send"})
    assert "第 2 版" in second.get_data(as_text=True)
    assert receipt(second) != first
    stale = send(client, town.members, {**signed_fields(town, stage="send"), "version": "1", "submission": "7" * 32})
    assert stale.status_code == 409
    assert posted_by(stale.get_data(as_text=True))["version"] == "2"
    assert stored(session) == 2


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "王\n1"])
def test_a_signed_form_without_a_proper_name_is_not_sent(client: FlaskClient, session: Session, name: str) -> None:
    town = build(session)
    answer = send(client, town.members, {**signed_fields(town, stage="send", submission=ID, version="0"), "name": name})
    assert answer.status_code == (200 if name == "王\n1" else 422)  # a line break is white space: it becomes one blank
    assert stored(session) == (1 if name == "王\n1" else 0)


@pytest.mark.parametrize("ink", ["M0 0", "1", "1 2 3", "1 2;", "1001 0", "0 401", "1 2 " * 4000, "<svg>"])
def test_a_drawing_that_is_none_is_refused_and_never_drawn(client: FlaskClient, session: Session, ink: str) -> None:
    town = build(session)
    answer = send(client, town.members, signed_fields(town, ink=ink))
    assert answer.status_code in {400, 422}
    assert "<svg>" not in answer.get_data(as_text=True)
    assert '<path d="M' not in answer.get_data(as_text=True)


def test_a_soft_limit_is_confirmed_on_the_review_page(client: FlaskClient, session: Session) -> None:
    town = build(session)
    none_low = {**signed_fields(town), "m4": "3"}
    review = send(client, town.members, none_low).get_data(as_text=True)
    assert "“low”至少给 1 个，现在给了 0 个" in review
    unread = send(client, town.members, {**posted_by(review), "stage": "send"})
    assert unread.status_code == 422
    assert stored(session) == 0
    read = send(client, town.members, {**posted_by(review), "confirm": "some low", "stage": "send"})
    assert read.status_code == 200
    assert stored(session) == 1


def test_a_receipt_that_is_none_or_not_recorded_is_told(client: FlaskClient) -> None:
    assert "现在读到 3 个" in client.post("/r", data={"code": "ABC"}).get_data(as_text=True)
    assert "没有找到" in client.post("/r", data={"code": "00000-00000-00000-00000"}).get_data(as_text=True)
    assert client.post("/r", data={"code": "1", "x": "2"}).status_code == 400


def test_names_with_quotes_markup_and_direction_marks_stay_text(client: FlaskClient, session: Session) -> None:
    town = build(session)
    session.execute(update(Subject).where(Subject.code == "A1").values(name="O'\"<b>{{7*7}}</b>\u202e=1+1"))
    session.commit()
    page = client.get(f"/v/{town.guests}").get_data(as_text=True)
    assert "<b>{{7*7}}" not in page
    assert "&lt;b&gt;{{7*7}}" in page
    assert "=1+1</bdi>" in page  # what turns the direction ends with the name
