"""The desk at which forms of paper are typed, without script: three clerks, each with a browser of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.models import Account, Ballot, Campaign, PaperStack, PaperTyping
from survey_app.roles import Role
from tests.support import pdf_reading as reading
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, csrf, office_account, take_note
from tests.support.sending import set_state
from tests.towns.small_scheme import GOOD_MARKS, Town, build

pytestmark = pytest.mark.postgresql_later
#: What is typed for GOOD_MARKS, line by line: the third line asks for a number, of which code n + 1 stands for n.
ANSWERS = tuple("-" if mark == 0 else str(mark - 1) if at == 2 else str(mark) for at, mark in enumerate(GOOD_MARKS))


@dataclass(frozen=True)
class Clerks:
    """The office, with a stack of three sheets registered."""

    town: Town
    session: Session
    browsers: Sequence[FlaskClient]

    @property
    def desk(self) -> str:
        return f"/office/campaigns/{self.town.key}/paper/"

    def post(self, clerk: int, where: str, **fields: str) -> TestResponse:
        client = self.browsers[clerk]
        return client.post(self.desk + where, data={"csrf_token": csrf(client), **fields})

    def take(self, clerk: int, sheet: int = 1, slip: int = 0) -> TestResponse:
        return self.post(clerk, "1/open", sheet=str(sheet), slip=self.town.slips[slip][1].lower())

    def put(
        self, clerk: int, answers: Sequence[str] = ANSWERS, sheet: int = 1, slip: int = 0, act: str = "whole"
    ) -> TestResponse:
        lines = {f"k{at}": one for at, one in enumerate(answers)}
        return self.post(clerk, "1/put", sheet=str(sheet), slip=self.town.slips[slip][1], act=act, **lines)

    def told(self, clerk: int) -> str:
        page = self.browsers[clerk].get(self.desk + "1").get_data(as_text=True)
        return " ".join(re.findall(r'role="status"><p>([^<]*)', page))

    def rows(self, table: type[Ballot] | type[PaperTyping] | type[PaperStack]) -> int:
        found = self.session.scalar(select(func.count()).select_from(table)) or 0
        self.session.rollback()  # an open one would hold the write lock
        return found

    @property
    def ballots(self) -> int:
        return self.rows(Ballot)

    @property
    def progress(self) -> str:
        found = self.session.scalars(select(PaperStack.progress)).one()
        self.session.rollback()
        return found


@pytest.fixture
def clerks(app: Flask, session: Session) -> Clerks:
    town = build(session)
    names = (OFFICE_NAME, "李录入", "张复核")
    browsers = []
    for name in names:
        office_account(app, name, {Role.CLERK})
        client = app.test_client()
        client.post("/office/sign-in", data={"name": name, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
        browsers.append(client)
    take_note(app)
    made = Clerks(town, session, browsers)
    assert made.post(0, "stacks", style=town.guests, sheets="3").status_code == 302
    return made


def test_two_type_the_same_and_the_receipt_is_shown_once(clerks: Clerks) -> None:
    page = clerks.take(0).get_data(as_text=True)
    assert re.findall(r'<input id="k(\d)" name="k\d" value=""', page) == [str(at) for at in range(7)]
    assert clerks.put(0).status_code == 302
    assert "等第二个人录" in clerks.told(0)
    assert clerks.take(1).status_code == 200
    answer = clerks.put(1)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert re.search(r"<strong class=\"code\">[0-9A-Z]{5}(-[0-9A-Z]{5}){3}</strong>", shown)
    assert clerks.ballots == 1
    again = clerks.put(1)  # the same answer sent once more, as a browser's "reload" does
    assert (again.status_code, clerks.ballots) == (409, 1)
    assert "已经投出" in again.get_data(as_text=True)


def test_what_differs_goes_to_a_third_who_sees_both_and_only_those_lines(clerks: Clerks) -> None:
    clerks.put(0)
    other = ("3" if ANSWERS[0] != "3" else "2", *ANSWERS[1:])
    page = clerks.take(1).get_data(as_text=True)
    assert 'value="' + ANSWERS[0] + '" maxlength="12"' not in page  # blind
    clerks.put(1, other)
    assert "等第三个人定" in clerks.told(1)
    page = clerks.take(2).get_data(as_text=True)
    assert re.findall(r'<input id="k(\d)"', page) == ["0"]
    assert len(re.findall(r'class="read"', page)) == 1
    assert clerks.put(2, ANSWERS[:1]).status_code == 200
    assert clerks.ballots == 1


def test_what_is_missing_or_strange_comes_back_marked_with_all_that_was_typed(clerks: Clerks) -> None:
    answer = clerks.put(0, ("9", "", *ANSWERS[2:]))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert len(re.findall(r'aria-invalid="true"', page)) == 2
    assert 'value="9"' in page
    assert "这一行还没有录" in page
    for hostile in ("<script>", "\x00\x01", "9" * 5000, "１"):
        assert clerks.put(0, (hostile, "", *ANSWERS[2:])).status_code == 422
    assert clerks.rows(PaperTyping) == 0


def test_a_sheet_that_breaks_a_rule_is_told_so_and_set_aside_by_two(clerks: Clerks) -> None:
    broken = ("1", ANSWERS[1], ANSWERS[2], "1", *ANSWERS[4:])  # two of the best, where one is allowed
    answer = clerks.put(0, broken)
    assert answer.status_code == 422
    assert "不合这张表的规则" in answer.get_data(as_text=True)
    for clerk in (0, 1):
        alias = clerks.town.slips[0][1]
        assert clerks.post(clerk, "1/put", sheet="1", slip=alias, act="aside", reason="r").status_code == 302
    assert clerks.progress == "r.."
    page = clerks.browsers[0].get(clerks.desk).get_data(as_text=True)
    assert "搁置 1 张（不合这张表的规则（漏填、超限））" in page
    assert clerks.post(0, "1/put", sheet="2", slip="", act="aside", reason="x").status_code == 409
    assert clerks.post(0, "1/again", sheet="1").status_code == 302
    assert clerks.progress == "..."


def test_who_stores_half_goes_on_with_it_after_typing_the_slip_again(clerks: Clerks) -> None:
    assert clerks.put(0, (ANSWERS[0], *[""] * 6), act="later").status_code == 302
    assert "先存着了" in clerks.told(0)
    page = clerks.take(0).get_data(as_text=True)
    assert re.findall(r'<input id="k0" name="k0" value="([^"]*)"', page) == [ANSWERS[0]]
    refused = clerks.take(1)
    assert (refused.status_code, "同事正录到一半" in refused.get_data(as_text=True)) == (409, True)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"sheet": "9"}, "1 到 3"),
        ({"sheet": "x"}, "请填纸上写的张号"),
        ({"slip": ""}, "没有凭条的，在下面搁置"),
        ({"slip": "K7QX-9PMT-2WBR-6"}, "编号里有字符打错了"),
        ({"slip": "短"}, "不会出现在编号里"),
    ],
)
def test_a_wrong_number_or_slip_is_told_and_what_was_typed_stays(clerks: Clerks, fields: dict[str, str], told: str) -> None:
    sent = {"sheet": "1", "slip": clerks.town.slips[0][1], **fields}
    answer = clerks.post(0, "1/open", **sent)
    page = answer.get_data(as_text=True)
    assert answer.status_code in (400, 409, 422)
    assert told in page
    assert f'name="slip" type="text" value="{sent["slip"]}"' in page


def test_nonsense_makes_no_stack_and_another_campaigns_is_not_found(clerks: Clerks) -> None:
    for style, sheets in ((clerks.town.guests, "0"), (clerks.town.guests, "三"), (clerks.town.guests, "999"), ("NOSUCH", "3")):
        assert clerks.post(0, "stacks", style=style, sheets=sheets).status_code in (400, 404, 422)
    assert clerks.post(0, "stacks", style=clerks.town.members, sheets="3").status_code == 409  # signed by their own hand
    build(clerks.session, key="OTHER")
    client = clerks.browsers[0]
    assert client.get("/office/campaigns/OTHER/paper/1").status_code == 404
    assert client.get(f"/office/campaigns/OTHER/paper/sheet?style={clerks.town.guests}").status_code == 404
    assert clerks.rows(PaperStack) == 1


def test_no_address_and_no_cookie_holds_a_slip_or_a_receipt(clerks: Clerks) -> None:
    clerks.put(0)
    answer = clerks.put(1)
    code = re.findall(r"<strong class=\"code\">([^<]+)<", answer.get_data(as_text=True))[0]
    for client in clerks.browsers[:2]:
        cookies = " ".join(str(cookie.value) for cookie in (client._cookies or {}).values())
        assert clerks.town.slips[0][1] not in cookies
        assert code not in cookies
    assert answer.headers["Cache-Control"] == "no-store"


def test_too_few_accounts_are_told_at_once(clerks: Clerks) -> None:
    assert "能录的账户只有" not in clerks.browsers[0].get(clerks.desk).get_data(as_text=True)
    for left, told in ((2, "没有第三个人来定"), (1, "录不成")):
        clerks.session.execute(update(Account).where(Account.name == ("张复核", "李录入")[2 - left]).values(disabled=True))
        clerks.session.commit()
        page = clerks.browsers[0].get(clerks.desk).get_data(as_text=True)
        assert (told in page, f"只有 {left} 个" in page) == (True, True)


def test_the_close_and_the_log_say_that_sheets_wait_and_the_round_says_where(clerks: Clerks) -> None:
    client, round_ = clerks.browsers[0], f"/office/campaigns/{clerks.town.key}"
    assert "还有纸质表没有录完" in client.get(f"{round_}/close").get_data(as_text=True)
    assert "还有纸质表没有录完" in client.get(f"{round_}/log/").get_data(as_text=True)
    overview = client.get(round_).get_data(as_text=True)
    assert f'href="{clerks.desk}"' in overview
    assert "结束以前要录完" in overview
    set_state(clerks.session, clerks.town, "closed")
    page = client.get(clerks.desk).get_data(as_text=True)
    assert "纸质表不能录入" in page
    assert clerks.take(0).status_code == 409


def test_the_sheet_is_printed_in_the_language_that_was_asked_for(clerks: Clerks) -> None:
    client = clerks.browsers[0]
    for tag, words in (("zh-Hans", "怎么填"), ("en", "How to fill it in")):
        answer = client.get(f"{clerks.desk}sheet?style={clerks.town.guests}&language={tag}")
        assert answer.mimetype == "application/pdf"
        assert words in reading.text_of(answer.get_data())
    campaign = clerks.session.scalars(select(Campaign)).one()
    assert campaign.title in reading.text_of(answer.get_data())
