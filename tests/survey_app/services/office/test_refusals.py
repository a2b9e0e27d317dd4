"""Who was turned away from the office's pages stands in the log of acts: without voters, without what was typed, in few lines."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.models import AuditEvent, RefusalCount
from survey_app.services.office import audit_check, refusals
from survey_app.services.office.refusals import UnwrittenRefusals
from tests.support.application import OFFICE_NAME, OFFICE_PASSWORD, csrf
from tests.support.clock import NOON
from tests.survey_app.test_security import sign_in, staff_account

MINUTE = dt.timedelta(minutes=1)


def acts(session: Session) -> list[tuple[str, str, str]]:
    found = [(line.account, line.action, line.detail) for line in session.scalars(select(AuditEvent).order_by(AuditEvent.id))]
    session.rollback()
    return found


def answered(client: FlaskClient, form: dict[str, str]) -> int:
    """The status of a sign-in whose answer was read to its end: then the line is written."""
    with client.post("/office/sign-in", data=form | {"csrf_token": csrf(client)}) as answer:
        return answer.status_code


def refused(session: Session) -> list[tuple[str, str, str]]:
    return [one for one in acts(session) if one[1] in refusals.KINDS]


def test_a_wrong_password_is_told_by_the_accounts_name_and_never_by_what_was_typed(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    assert answered(app.test_client(), {"name": OFFICE_NAME, "password": "my wife's name is Lan"}) == 401
    assert refused(session) == [("", "sign-in-failed", f"1 {OFFICE_NAME}")]
    dump = repr(session.execute(select(AuditEvent.detail)).all()) + repr(session.execute(select(RefusalCount.account)).all())
    session.rollback()
    assert "Lan" not in dump


def test_names_that_do_not_exist_are_counted_and_not_kept(app: Flask, office_client: FlaskClient, session: Session) -> None:
    """Whoever types the password into the field of the name finds it in no table."""
    for name in ("hunter2 hunter2", "root", "窗外的梧桐"):
        assert answered(app.test_client(), {"name": name, "password": "x"}) == 401
    assert refused(session) == [("", "sign-in-failed", "1")]
    assert refusals.uncounted(session) == [UnwrittenRefusals("sign-in-failed", "", 2)]
    for table in ("audit_event", "refusal_count"):
        dump = repr(session.connection().exec_driver_sql(f"SELECT * FROM {table}").all())  # noqa: S608 - names of ours
        assert "hunter2" not in dump
        assert "root" not in dump
        assert "梧桐" not in dump
    session.rollback()


def test_a_page_of_another_role_a_false_link_and_another_sites_form_are_told(app: Flask, session: Session) -> None:
    staff_account(app)
    staff = app.test_client()
    assert sign_in(staff, "李四", OFFICE_PASSWORD) == 302
    stranger = app.test_client()
    with staff.get("/office/accounts") as foreign, stranger.get("/office/link/0123456789abcdef") as false:
        assert (foreign.status_code, false.status_code) == (404, 404)
    with stranger.post("/office/sign-in", data={"name": "李四"}, headers={"Sec-Fetch-Site": "cross-site"}) as forged:
        assert forged.status_code == 403
    assert sorted(refused(session)) == [
        ("", "link-refused", "1"),
        ("", "origin-refused", "1"),
        ("李四", "page-refused", "1 accounts.index"),
    ]


def test_no_voter_is_ever_in_the_log(app: Flask, client: FlaskClient, session: Session) -> None:
    for address in ("/v/nowhere", "/r", "/privacy/nowhere", "/"):
        client.post(address, data={"secret": "x"}, headers={"Sec-Fetch-Site": "cross-site"}).close()
        client.post(address, data={"secret": "x"}).close()
        client.get(address).close()
    assert acts(session) == []
    assert session.scalars(select(RefusalCount)).all() == []


def test_a_thousand_guesses_at_one_account_leave_few_lines_and_are_all_counted(session: Session) -> None:
    """One every six seconds for 100 minutes: a line at once and one each ten minutes, ten; the last nine minutes are counted.

    Guess n comes at 6n s, n = 0 … 999; lines at 0, 600 … 5,400 s; each tells those since the line before: 1, then 9 × 100.
    After 5,400 s (guess 900) come 99 more.
    """
    for number in range(1000):
        refusals.note(session, "sign-in-failed", name="nobody", now=NOON + dt.timedelta(seconds=6 * number))
    session.commit()
    assert [detail for _, _, detail in acts(session)] == ["1", *["100"] * 9]
    assert refusals.uncounted(session) == [UnwrittenRefusals("sign-in-failed", "", 99)]


def test_however_many_accounts_are_tried_an_hour_has_its_lines_and_no_more(
    app: Flask, office_client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "LINES_AN_HOUR", 2)
    for kind in ("link-refused", "origin-refused", "sign-in-failed", "sign-in-throttled"):
        refusals.note(session, kind, name="", now=NOON)
    session.commit()
    assert [kind for _, kind, _ in refused(session)] == ["link-refused", "origin-refused"]
    assert refusals.uncounted(session) == [
        UnwrittenRefusals("sign-in-failed", "", 1),
        UnwrittenRefusals("sign-in-throttled", "", 1),
    ]
    refusals.note(session, "sign-in-failed", name=OFFICE_NAME, now=NOON + 61 * MINUTE)
    refusals.note(session, "sign-in-failed", name="", now=NOON + 61 * MINUTE)
    session.commit()
    assert refused(session)[2:] == [("", "sign-in-failed", f"1 {OFFICE_NAME}"), ("", "sign-in-failed", "2")]
    assert audit_check.check(session, heads=[]).faults == ()


def test_a_right_password_is_no_refusal(app: Flask, office_client: FlaskClient, session: Session) -> None:
    assert answered(app.test_client(), {"name": OFFICE_NAME, "password": OFFICE_PASSWORD}) == 302
    assert refused(session) == []


def test_a_failed_proof_of_who_one_is_stands_in_the_log_under_the_accounts_name(
    app: Flask, office_client: FlaskClient, session: Session
) -> None:
    """Whoever sits down at an unattended desk and guesses: as if they had not got in, first by name, then as a number."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    office_client.post(
        "/office/sign-in", data={"name": OFFICE_NAME, "password": OFFICE_PASSWORD, "csrf_token": csrf(office_client)}
    )
    found = []
    for password in [*(f"my dog is called Rex {n}" for n in range(6)), OFFICE_PASSWORD]:
        with office_client.post(
            "/office/account/prove", data={"password": password, "csrf_token": csrf(office_client)}
        ) as answer:
            found.append(answer.status_code)
    assert found == [401] * 5 + [429] * 2
    told = refused(session)
    assert told == [("", "sign-in-failed", f"1 {OFFICE_NAME}"), ("", "sign-in-throttled", f"1 {OFFICE_NAME}")]
    assert refusals.uncounted(session) == [
        UnwrittenRefusals("sign-in-failed", OFFICE_NAME, 4),
        UnwrittenRefusals("sign-in-throttled", OFFICE_NAME, 1),
    ]
    session.rollback()
    assert "Rex" not in repr(session.execute(select(AuditEvent.detail)).all())
    assert audit_check.check(session, heads=[]).faults == ()
