"""Names that are instructions, other people's names, or nobody's: accounts, campaigns, meetings, subjects."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from survey_app.models import Account, AuditEvent, Campaign, Subject, Unit
from survey_app.roles import Role
from survey_app.services.office import accounts, audit_check
from tests.support.application import OFFICE_NAME, QUICK_PASSWORD, csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import build

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

#: What formats, templates, shells, spreadsheets, type-setters, databases and logs take for an instruction.
INSTRUCTIONS = (
    "%(name)s %s %n %1000000d",
    "{0.__class__.__mro__} {name}",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    '#read("/etc/passwd") $1/0$',
    "'; DROP TABLE ballot; --",
    '=HYPERLINK("http://evil.example","x")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "</title><script>alert(1)</script>",
    "$(touch /tmp/pwned) `id`",
    "[link](javascript:alert(1))",
    "\\u0000 \\x00 \\N",
    "ـــــ ٪s ％（name）ｓ",
)


def add(client: FlaskClient, name: str, **more: object) -> int:
    data = {"csrf_token": csrf(client), "name": name, "role": "clerk", **more}
    return client.post("/office/accounts", data=data).status_code


@pytest.mark.parametrize(
    "name",
    [
        "评议\u200b办",
        "评议办\u202e",
        "评\u00ad议办",
        "\ufeff评议办",
        "评议\u2060办",
        "评议办\x07",
        "评议办\x00",
        "评议\x1b[31m办",
        "评议办\U000e0041",
        "评议办\ue000",
    ],
    ids=ascii,
)
def test_a_name_that_looks_like_anothers_by_what_cannot_be_seen_is_not_taken(
    office_client: FlaskClient, session: Session, name: str
) -> None:
    """Two accounts that read alike are one person to whoever confirms, and to the log of acts."""
    assert add(office_client, name) == 400
    assert session.scalars(select(Account.name)).all() == [OFFICE_NAME]


@pytest.mark.parametrize("name", ["command line", "server", "Command  Line", "ｓｅｒｖｅｒ", "命令行", "服务器", "没有登录的人"])
def test_nobody_is_called_as_the_log_of_acts_calls_the_machine(office_client: FlaskClient, session: Session, name: str) -> None:
    """An account "command line" would have its acts told as the machine's own, and its owner could say it was somebody else."""
    assert add(office_client, name) == 400
    assert session.scalars(select(Account.name)).all() == [OFFICE_NAME]


def test_names_that_are_instructions_are_text_on_every_page_and_in_every_file(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    town = build(session, state="open")
    for number, name in enumerate(INSTRUCTIONS):
        accounts.create_account(session, name=f"{number} {name}", roles={Role.CLERK}, cost=QUICK_PASSWORD, now=NOON)
    session.execute(
        update(Campaign).values(title=INSTRUCTIONS[0] + INSTRUCTIONS[7], period=INSTRUCTIONS[1], asks=INSTRUCTIONS[4])
    )
    session.execute(update(Unit).values(name=INSTRUCTIONS[2]))
    for number, name in zip(range(1, 6), INSTRUCTIONS[3:], strict=False):
        session.execute(update(Subject).where(Subject.code == f"A{number}").values(name=name))
    session.commit()
    ids = session.scalars(select(Account.id)).all()
    session.rollback()
    base = f"/office/campaigns/{town.key}"
    pages = [
        "/office/accounts",
        "/office/log",
        "/office/campaigns",
        "/",
        f"/privacy/{town.key}",
        base,
        *(f"{base}/{end}" for end in ("roster/", "print/", "counts/", "count/", "log/", "appeal/", "release/", "forms/")),
        f"/v/{town.guests}",
        f"/v/{town.members}",
        *(f"/office/accounts/{one}/{end}" for one in ids for end in ("link", "lock", "roles")),
    ]
    for address in pages:
        with office_client.get(address, follow_redirects=True) as answer:
            page = answer.get_data(as_text=True)
            assert answer.status_code in {200, 409}, (address, answer.status_code)
            assert "<script>alert" not in page, address
            assert "{{49" not in page and "49 49" not in unescape(page), address  # noqa: PT018 - one word of the template's
    printed = office_client.post(
        f"{base}/print/slips",
        data={"csrf_token": csrf(office_client), "style": town.guests, "meeting": INSTRUCTIONS[3], "count": "2"},
    )
    assert printed.status_code == 200
    with office_client.get("/office/log/log.csv") as table:
        rows = list(csv.reader(io.StringIO(table.get_data(as_text=True).lstrip("\ufeff"))))
    assert len(rows) > 1
    assert not [cell for row in rows for cell in row if cell[:1] in {"=", "@", "+", "\t", "\r"}]


def test_no_name_breaks_a_line_of_the_log_of_acts_in_two(office_client: FlaskClient, session: Session) -> None:
    before = len(session.scalars(select(AuditEvent.id)).all())
    session.rollback()
    assert add(office_client, "张三\r\n2026-01-01 李四 结束了评议\n") == 200  # blanks, as typed by whoever pasted a line
    lines = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()[before:]
    assert [line.action for line in lines] == ["account-created"]
    assert "\n" not in lines[0].detail
    assert audit_check.check(session, heads=[]).faults == ()
