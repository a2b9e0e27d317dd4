"""A used slip tells nobody how it was used: every variation of what can be asked with it, in every state a campaign goes through.

Same, other, missing or damaged submission id; same, other, false or missing marks; same, other or too long words; scanned or
typed; review or sending; signed or not. Compared: status, headers, bytes, the database's statements, and the time.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest import mock

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import ColumnElement, Engine, event, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from survey_app.changes import note_writing
from survey_app.config import cookie_key
from survey_app.extensions import current_config
from survey_app.models import Appeal, Ballot, Campaign, Rater
from survey_app.plain_sql import PlainRows, PlainTransaction
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting, destruction
from survey_app.services.log import epochs
from survey_app.services.sealing import tokens
from tests.support.archived import archived
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.towns.small_scheme import PASSPHRASE, Town, build
from tests.towns.wordy_town import ASKING

pytestmark = pytest.mark.postgresql_later

SENT = "5" * 32
#: The submission ids a request may bear.
IDS = {"same": SENT, "other": "7" * 32, "missing": None, "damaged": "5zz"}
FIRST = ("1", "1", "", "2", "3", "4", "2")  # one best, A1 known, no score
#: What each kind of marks puts into a guest's form. `FIRST` is what the first slip was used with, "other" what the second was.
GUESTS = {
    "same": FIRST,
    "other": ("2", "2", "", "2", "3", "4", "2"),
    "none": ("", "", "", "", "", "", ""),
    "one missing": ("1", "", "", "2", "3", "4", "2"),
    "no such choice": ("99", "1", "", "2", "3", "4", "2"),
    "no number": ("x", "1", "", "2", "3", "4", "2"),
    "three best": ("1", "1", "", "1", "1", "4", "2"),
}
MEMBERS = {
    "same": ("1", "1", "2", "3", "4"),
    "other": ("4", "4", "4", "4", "4"),
    "none": ("", "", "", "", ""),
    "one missing": ("1", "1", "2", "3", ""),
    "no such choice": ("1", "1", "2", "3", "99"),
    "a warning": ("1", "1", "2", "3", "3"),
}
#: What else a request may hold, beside the marks.
BESIDE: dict[str, dict[str, str]] = {
    "nothing": {"comment": "好"},
    "other words": {"comment": "不好"},
    "too many words": {"comment": "字" * 300},
    "no words": {"comment": ""},
    "an unknown field": {"comment": "好", "more": "1"},
    "a number off the scale": {"comment": "好", "n2": "250"},
    "a slot that does not exist": {"comment": "好", "m77": "1"},
}
NAMES: tuple[dict[str, str], ...] = ({"name": "王一"}, {"name": "李四"}, {"name": ""}, {"name": "王一", "ink": "1 1 9 9"})
STATES = ("open", "closed", "counted", "destroyed")


@dataclass(frozen=True)
class Answer:
    """All that somebody outside can see of an answer, and what the database was asked for it."""

    status: int
    headers: tuple[tuple[str, str], ...]
    page: bytes
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Hall:
    """The small town after two slips and two links were used, with other marks each; a third slip was not."""

    town: Town
    client: FlaskClient
    engine: Engine

    def ask(self, style: str, form: Mapping[str, str | None], *, doubled: str = "") -> Answer:
        data = MultiDict([(name, value) for name, value in form.items() if value is not None])
        if doubled:
            data.add(doubled, "4")
        note_writing()  # so that every request reads the form itself, and none differs by what another left at hand
        with heard(self.engine) as statements:
            answer = self.client.post(f"/v/{style}", data=data)
        return Answer(answer.status_code, tuple(sorted(answer.headers)), answer.get_data(), tuple(statements))

    def guest(
        self, marks: str, more: Mapping[str, str], *, number: int = 0, submission: str = "same", stage: str = "send"
    ) -> dict[str, str | None]:
        form = {"stage": stage, "submission": IDS[submission], "secret": tokens.secret_text(self.town.slips[number][0])}
        return {**form, **{f"m{place}": mark for place, mark in enumerate(GUESTS[marks])}, **more}

    def member(
        self, marks: str, more: Mapping[str, str], *, number: int = 0, submission: str = "same", stage: str = "send"
    ) -> dict[str, str | None]:
        form = {"stage": stage, "submission": IDS[submission], "secret": tokens.secret_text(self.town.links[number][0])}
        return {**form, **NAMES[0], **{f"m{place}": mark for place, mark in enumerate(MEMBERS[marks])}, **more}


@contextmanager
def heard(engine: Engine) -> Iterator[list[str]]:
    """The statements the database gets meanwhile."""
    said: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    send = PlainTransaction.send

    def note_plain(transaction: PlainTransaction, statement: str, given: tuple[object, ...]) -> PlainRows:
        said.append(statement)
        return send(transaction, statement, given)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with mock.patch.object(PlainTransaction, "send", note_plain):
            yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def _believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, a form is read once a request: `ask` notes a writing before each."""
    monkeypatch.setattr("survey_app.changes.BELIEVED_SECONDS", 3600.0)


@pytest.fixture
def hall(app: Flask, session: Session, engine: Engine) -> Hall:
    """Used as said at `Hall`: the first of each with the marks called "same", the second with the others."""
    town = build(session, text=ASKING)
    epochs.begin(session, session.get_one(Campaign, town.campaign_id), secret=secret_of(app), now=NOON)
    session.commit()
    hall = Hall(town, app.test_client(), engine)
    for number, marks in enumerate(("same", "other")):
        for style, form in (
            (town.guests, hall.guest(marks, {"comment": "好"}, number=number)),
            (town.members, hall.member(marks, {"comment": "好"}, number=number)),
        ):
            assert hall.ask(style, form).status == 200
    return hall


def secret_of(app: Flask) -> str:
    with app.app_context():
        return cookie_key(current_config())


def bring(app: Flask, session: Session, town: Town, state: str) -> None:
    """The campaign from open to this state, by the services that do it."""
    campaign, steps, secret = session.get_one(Campaign, town.campaign_id), STATES.index(state), secret_of(app)
    if steps >= STATES.index("closed"):
        campaigns.close(session, campaign, now=NOON)
        epochs.add_close(session, campaign, secret=secret, now=NOON)
    if steps >= STATES.index("counted"):
        attend(session, campaign)
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="评议办", now=NOON)
    if steps >= STATES.index("destroyed"):
        session.add(Appeal(campaign_id=campaign.id, until=NOON, certificate=""))
        archived(session, campaign)
        session.flush()
        destruction.destroy(session, campaign, secret=secret, account="评议办", now=NOON + dt.timedelta(days=1))
    session.commit()


def code_of(session: Session, ballots: ColumnElement[bool]) -> bytes:
    """The receipt code, worked out from the stored leaf: its first 100 bits, five at a time."""
    leaf = int.from_bytes(session.scalars(select(Ballot.leaf).where(ballots)).one())
    session.rollback()
    plain = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[leaf >> (251 - 5 * at) & 31] for at in range(20))
    return "-".join(plain[at : at + 5] for at in range(0, 20, 5)).encode()


def contents(marks: Mapping[str, tuple[str, ...]]) -> list[tuple[str, dict[str, str]]]:
    """What a request may hold: every kind of marks, and with good ones and with none everything there can be beside."""
    return [(one, BESIDE["nothing"]) for one in marks] + [
        (one, beside) for one in ("same", "none") for name, beside in BESIDE.items() if name != "nothing"
    ]


def by_slip(hall: Hall, submission: str, stage: str, *, typed: bool) -> Iterator[Answer]:
    """The answers to everything that can be asked with the first slip and this submission id."""
    code = {"secret": "", "alias": str(hall.town.slips[0][1])} if typed else {}
    for marks, beside in contents(GUESTS):
        yield hall.ask(hall.town.guests, hall.guest(marks, {**beside, **code}, submission=submission, stage=stage))
    for name in ("m0", "comment"):
        form = hall.guest("same", {"comment": "好", **code}, submission=submission, stage=stage)
        yield hall.ask(hall.town.guests, form, doubled=name)


def by_link(hall: Hall, submission: str, stage: str) -> Iterator[Answer]:
    """The answers to everything that can be asked with the first link and this submission id."""
    for number, (marks, beside) in enumerate(contents(MEMBERS)):
        for name in (NAMES[0], NAMES[1 + number % (len(NAMES) - 1)]):
            form = hall.member(marks, {"version": str(number % 2), **beside, **name}, submission=submission, stage=stage)
            yield hall.ask(hall.town.members, form)
    yield hall.ask(hall.town.members, hall.member("same", {"version": "1"}, submission=submission, stage=stage), doubled="m0")


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("state", STATES)
def test_a_used_slip_gives_one_answer_to_a_repeat_and_one_to_all_else(
    app: Flask, hall: Hall, session: Session, state: str, typed: bool
) -> None:
    code = code_of(session, Ballot.key == tokens.slip_tag(hall.town.slips[0][0]))
    bring(app, session, hall.town, state)
    (repeat,) = set(by_slip(hall, "same", "send", typed=typed))
    (sent,) = {answer for other in ("other", "missing", "damaged") for answer in by_slip(hall, other, "send", typed=typed)}
    (reviewed,) = {answer for any_id in IDS for answer in by_slip(hall, any_id, "review", typed=typed)}
    assert (sent.status, reviewed.status) == (409, 409)
    assert (sent.headers, sent.page) == (reviewed.headers, reviewed.page)
    assert (repeat.status, code in repeat.page, code in sent.page) == (200 if state == "open" else 409, True, True)
    assert (repeat == sent) is (state != "open")  # after the close nothing knows a repeat


@pytest.mark.parametrize("state", STATES)
def test_a_link_gives_one_answer_to_a_repeat_and_after_the_close_to_all_else(
    app: Flask, hall: Hall, session: Session, state: str
) -> None:
    first = select(Rater.id).where(Rater.code == "M1").scalar_subquery()
    code = code_of(session, Ballot.rater_id == first)
    bring(app, session, hall.town, state)
    (repeat,) = set(by_link(hall, "same", "send"))
    assert (repeat.status, code in repeat.page) == (200 if state == "open" else 410, True)
    for shown in ("<textarea", "存根文件", "<dl>", "王一"):  # neither copy nor answers: they could be others than those recorded
        assert shown.encode() not in repeat.page
    if state != "open":
        (sent,) = {answer for other in ("other", "missing", "damaged") for answer in by_link(hall, other, "send")}
        (reviewed,) = {answer for any_id in IDS for answer in by_link(hall, any_id, "review")}
        assert sent == repeat
        assert (reviewed.status, reviewed.headers, reviewed.page) == (sent.status, sent.headers, sent.page)


@pytest.mark.parametrize("state", STATES)
def test_two_that_were_used_differently_answer_alike_but_for_their_own_codes(
    app: Flask, hall: Hall, session: Session, state: str
) -> None:
    """Also where a form is echoed, as a link's is that can still be used: of what is recorded nothing is in it."""
    own = []
    for number, secret in enumerate((hall.town.slips[0][0], hall.town.slips[1][0])):
        own.append((tokens.secret_text(secret), code_of(session, Ballot.key == tokens.slip_tag(secret)), f"王{number + 1}"))
    links = []
    for number, rater in enumerate(("M1", "M2")):
        first = select(Rater.id).where(Rater.code == rater).scalar_subquery()
        links.append(
            (tokens.secret_text(hall.town.links[number][0]), code_of(session, Ballot.rater_id == first), f"王{number + 1}")
        )
    bring(app, session, hall.town, state)
    asked = list(itertools.product(("same", "other"), ("send", "review", "edit")))
    for (submission, stage), (marks, beside) in itertools.product(asked, contents(GUESTS)):
        slips = [hall.guest(marks, beside, number=n, submission=submission, stage=stage) for n in (0, 1)]
        told = [bare(hall.ask(hall.town.guests, form), *own[n]) for n, form in enumerate(slips)]
        assert told[0] == told[1], (marks, submission, stage, beside)
    for (submission, stage), (marks, beside) in itertools.product(asked, contents(MEMBERS)):
        forms = [  # the version it would replace is none, so that no request is taken in
            hall.member(marks, {"version": "5", **beside}, number=n, submission=submission, stage=stage) for n in (0, 1)
        ]
        told = [bare(hall.ask(hall.town.members, form), *links[n]) for n, form in enumerate(forms)]
        assert told[0] == told[1], (marks, submission, stage, beside)


def bare(answer: Answer, secret: str, code: bytes, name: str) -> Answer:
    """Without what is this slip's own, the lengths that follow from it, and the id the server draws where none was sent."""
    page = answer.page.replace(secret.encode(), b"SECRET").replace(code, b"CODE").replace(name.encode(), b"NAME")
    page = re.sub(rb'name="submission" value="[0-9a-f]{32}"', b'name="submission"', page)
    return replace(answer, page=page)


def test_the_answer_comes_before_the_marks_are_looked_at(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is judged, committed to or sealed for it, so there is nothing whose time could tell anything."""

    def never(*_given: object, **_more: object) -> None:
        raise AssertionError("the marks of a used slip were looked at")

    for place, name in (("cast", "check"), ("cast", "commit"), ("comment_box", "seal")):
        monkeypatch.setattr(f"survey_app.services.casting.{place}.{name}", never)
    monkeypatch.setattr("survey_app.services.sealing.custody.seal", never)
    for submission, (marks, beside) in itertools.product(IDS, contents(GUESTS)):
        assert hall.ask(hall.town.guests, hall.guest(marks, beside, submission=submission)).status in (200, 409)


def test_the_work_of_the_answer_does_not_hang_on_the_marks(hall: Hall) -> None:
    """The least of fifteen, in turn, in this thread's own time: what the machine does besides is not in it."""
    least: dict[tuple[str, str], float] = {}
    for _round, asked in itertools.product(range(15), itertools.product(("same", "other"), GUESTS)):
        form = hall.guest(asked[1], {"comment": "好"}, submission=asked[0])
        began = time.thread_time()
        hall.client.post(f"/v/{hall.town.guests}", data=form)
        least[asked] = min(time.thread_time() - began, least.get(asked, 60.0))
    for submission in ("same", "other"):
        works = [work for (said, _marks), work in least.items() if said == submission]
        assert max(works) < 1.5 * min(works), least


def test_the_variations_are_told_apart_while_the_slip_is_unused(hall: Hall) -> None:
    """So that one answer to them all says something: with the third slip, which nobody used, they are answered otherwise."""

    def status(marks: str, beside: str) -> int:
        return hall.ask(hall.town.guests, hall.guest(marks, BESIDE[beside], number=2, submission="other")).status

    assert [status(marks, "nothing") for marks in GUESTS if marks not in ("same", "other")] == [422, 422, 400, 400, 422]
    told = {beside: status("same", beside) for beside in BESIDE if beside not in ("nothing", "other words", "no words")}
    assert told == {
        "too many words": 422, "an unknown field": 400, "a number off the scale": 422, "a slot that does not exist": 400,
    }  # fmt: skip
    assert status("same", "nothing") == 200
