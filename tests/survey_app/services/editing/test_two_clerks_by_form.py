"""Two clerks at the forms that are no table of fields: each act done by a real second clerk, and told to the first by name."""

from __future__ import annotations

import contextlib
import io
import threading
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app.models import Account, AccountUnit, AuditEvent, Campaign, EvidenceEntry, Slip, Subject, UnboundCode
from survey_app.roles import EVERYTHING
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting
from survey_app.services.office import accounts
from tests.support import publishing
from tests.support.application import OTHER_NAME as OTHER
from tests.support.application import QUICK_PASSWORD, csrf
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.support.forms import fields_of, opened, sent
from tests.survey_app.services.slips import test_room_code
from tests.towns import ledger_town, small_scheme, wordy_town

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("act", ["link", "lock", "remove"])
def test_an_account_dealt_with_meanwhile(
    act: str, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    third = accounts.create_account(session, name="王 五", roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON)
    session.commit()
    link, mine = (f"/office/accounts/{third.id}/{one}" for one in ("link", act))
    stale = opened(office_client, mine)
    assert sent(other_client, link, opened(other_client, link))[0] == 200
    status, told = sent(office_client, mine, stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert "生成了新的一次性链接" in told
    assert sent(office_client, mine, fields_of(told, mine))[0] == {"link": 200, "lock": 302, "remove": 302}[act]  # told, one may


@on_sqlite
def test_an_account_enabled_or_disabled_meanwhile(
    office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    third = accounts.create_account(session, name="王 五", roles=EVERYTHING, cost=QUICK_PASSWORD, now=NOON)
    third.disabled = True
    session.commit()
    lock, page = f"/office/accounts/{third.id}/lock", "/office/accounts"
    stale = opened(office_client, page, lock)
    assert sent(other_client, lock, opened(other_client, page, lock))[0] == 302
    status, told = sent(office_client, lock, stale)
    assert status == 409
    assert f"{OTHER}（" in told


def test_one_name_at_the_same_moment_goes_to_one(
    office_client: FlaskClient, other_client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = "/office/accounts"
    forms = [(one, opened(one, page)) for one in (office_client, other_client)]
    before, looked = accounts.free_name, threading.Barrier(2)

    def both_find_it_free(db: Session, name: str) -> str:
        found = before(db, name)
        with contextlib.suppress(threading.BrokenBarrierError):  # SQLite lets one writer in at a time
            looked.wait(timeout=1)
        return found

    monkeypatch.setattr(accounts, "free_name", both_find_it_free)
    found: list[tuple[int, str]] = []

    def press(client: FlaskClient, form: dict[str, Any]) -> None:
        found.append(sent(client, page, form, name="王五", role="head"))

    threads = [threading.Thread(target=press, args=one) for one in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _page in found) == [200, 409]
    assert "已有名为“王五”的账户" in next(page for status, page in found if status == 409)
    assert session.scalar(select(func.count()).where(Account.name == "王五")) == 1


def bound(session: Session) -> tuple[Campaign, Account]:
    """A campaign and an account of its unit A, with an old code that says nothing."""
    campaign = ledger_town.build(session, count=False)
    account = publishing.unit_account(session, "甲镇办", (campaign.key, "A"))
    session.add(UnboundCode(account_id=account.id, unit_code="01"))
    session.commit()
    return campaign, account


@on_sqlite
@pytest.mark.parametrize(("act", "says"), [("remove", "取消了这个账户对应的单位"), ("forget", "去掉了这个账户的一个旧编号")])
def test_a_unit_or_code_taken_away_meanwhile(
    act: str, says: str, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    _campaign, account = bound(session)
    page = f"/office/accounts/{account.id}/units"
    stale = opened(office_client, page, f"{page}/{act}")
    assert sent(other_client, f"{page}/{act}", opened(other_client, page, f"{page}/{act}"))[0] == 302
    status, told = sent(office_client, f"{page}/{act}", stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert says in told


def test_units_bound_meanwhile(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    campaign, account = bound(session)
    address = "/office/accounts/units"
    page = f"{address}/confirm?account={account.id}&campaign={campaign.key}&unit=B"
    stale = opened(office_client, page, address)
    assert sent(other_client, address, opened(other_client, page, address))[0] == 302
    status, told = sent(office_client, address, stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert session.scalar(select(func.count()).where(AccountUnit.account_id == account.id)) == 2


@on_sqlite
def test_a_unit_renamed_before_it_is_bound(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, state="draft")
    page, address = f"/office/accounts/units/confirm?name=甲&campaign={town.key}&unit=T", "/office/accounts/units"
    stale = opened(office_client, page, address)
    roster = f"/office/campaigns/{town.key}/roster/"
    file = (io.BytesIO("单位编号,单位名称\nT,西镇\n".encode()), "units.csv")
    upload = {**opened(other_client, roster), "files": file}
    assert other_client.post(roster, data=upload).status_code == 200
    status, told = sent(office_client, address, stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert "导入了名册" in told


@on_sqlite
def test_a_comment_ruled_on_meanwhile(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, slips=12, text=wordy_town.ASKING)
    for number in range(12):
        wordy_town.cast(session, town, number, f"第 {number} 条", submission=bytes([number]) * 16)
    campaign = session.get_one(Campaign, town.campaign_id)
    campaigns.close(session, campaign, now=NOON)
    attend(session, campaign)
    counting.open_and_count(session, campaign, passphrase=small_scheme.PASSPHRASE, account="评议办", now=NOON)
    session.commit()
    page = f"/office/results/{town.key}/comments/"
    stale = opened(office_client, page)
    assert sent(other_client, page, opened(other_client, page), reason="不雅")[0] == 302
    status, told = sent(office_client, page, stale, reason="涉及隐私")
    assert status == 409
    assert f"{OTHER}（" in told
    assert "隐去了这条意见" in told
    hidden = select(AuditEvent.account).where(AuditEvent.action == "comment-hidden")
    assert session.scalars(hidden).all() == [OTHER]


@on_sqlite
def test_a_sheet_over_what_somebody_entered_meanwhile(
    office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    campaign = ledger_town.build(session, count=False)
    page = f"/office/campaigns/{campaign.key}/evidence/"
    session.rollback()

    def upload(client: FlaskClient, form: dict[str, Any], score: str) -> tuple[int, str]:
        answer = client.post(page, data={**form, "file": (io.BytesIO(f"对象,得分\nP1,{score}\n".encode()), "components.csv")})
        return answer.status_code, unescape(answer.get_data(as_text=True))

    stale = opened(office_client, page)
    assert upload(other_client, opened(other_client, page), "61")[0] == 200
    status, told = upload(office_client, stale, "62")
    assert status == 409
    assert f"{OTHER}（" in told
    assert "“61”" in told
    assert "“62”" in told
    assert upload(office_client, fields_of(told, page), "62")[0] == 200


@on_sqlite
def test_earlier_results_over_what_somebody_entered_meanwhile(
    office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    old, new = ledger_town.build(session), ledger_town.build(session, period="2027", count=False)
    session.commit()
    address = f"/office/campaigns/{new.key}/earlier/"
    stale = opened(office_client, f"{address}?from={old.key}", address)
    evidence = f"/office/campaigns/{new.key}/evidence"
    form = opened(other_client, f"{evidence}/?kind=past", f"{evidence}/entry")
    entry = {"subject": "P1", "name": "总分", "on": "2026", "value": "61", "reason": "核对"}
    assert sent(other_client, f"{evidence}/entry", form, **entry)[0] == 302
    status, told = sent(office_client, address, stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert "“61”" in told


@on_sqlite
def test_seats_prepared_meanwhile(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, text=test_room_code.SHARED, slips=0)
    page = f"/office/campaigns/{town.key}/room/"
    stale = opened(office_client, page)
    seats = {"style": town.guests, "meeting": "大会", "seats": "3"}
    assert sent(other_client, page, opened(other_client, page), **seats)[0] == 302
    status, told = sent(office_client, page, stale, **seats)
    assert status == 409
    assert f"{OTHER}（" in told
    assert session.scalar(select(func.count()).select_from(Slip)) == 3


@on_sqlite
@pytest.mark.parametrize("act", ["void", "reissue"])
def test_a_batch_made_void_meanwhile(act: str, office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session)
    batch = f"/office/campaigns/{town.key}/print/batches/1"
    stale = opened(office_client, f"{batch}/void")
    assert sent(other_client, f"{batch}/{act}", opened(other_client, f"{batch}/{act}"))[0] in (200, 302)
    status, told = sent(office_client, f"{batch}/void", stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert {"void": "作废了一批凭条", "reissue": "印了凭条"}[act] in told


@on_sqlite
def test_letters_printed_again_meanwhile(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session)
    address = f"/office/campaigns/{town.key}/print/invitations/again"
    page = f"{address}?group=members"
    stale = opened(office_client, page, address)
    assert sent(other_client, address, opened(other_client, page, address))[0] == 200
    status, told = sent(office_client, address, stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert "印了这些邀请函" in told


@on_sqlite
def test_what_is_published_or_stopped_meanwhile(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    campaign = ledger_town.build(session)
    address = f"/office/campaigns/{campaign.key}/publish/"
    page = f"{address}confirm?section=scores&unit=A&when=now"
    session.rollback()
    stale = opened(office_client, page, address)
    assert sent(other_client, address, opened(other_client, page, address))[0] == 302
    status, told = sent(office_client, address, stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert "公布了结果" in told
    stale = opened(office_client, address, f"{address}stop")
    assert sent(other_client, f"{address}stop", opened(other_client, address, f"{address}stop"), reason="搞错了")[0] == 302
    status, told = sent(office_client, f"{address}stop", stale, reason="再停")
    assert status == 409
    assert f"{OTHER}（" in told
    assert "停止公布了结果" in told


@on_sqlite
def test_rows_and_drafts_changed_meanwhile_are_not_removed(
    office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    town = small_scheme.build(session, state="draft")
    remove = f"/office/campaigns/{town.key}/remove/"
    person = session.scalars(select(Subject.id).order_by(Subject.id)).first()
    session.rollback()
    page = f"{remove}rows?row=subject-{person}"
    stale, whole = opened(office_client, page, f"{remove}rows"), opened(office_client, remove)
    assert sent(other_client, f"{remove}rows", opened(other_client, page, f"{remove}rows"))[0] == 302
    status, told = sent(office_client, f"{remove}rows", stale)
    assert status == 409
    assert f"{OTHER}（" in told
    assert "从名册删去了几行" in told
    status, told = sent(office_client, remove, whole)
    assert status == 409
    assert f"{OTHER}（" in told
    assert session.scalar(select(func.count()).select_from(Campaign)) == 1


@on_sqlite
def test_an_entry_that_somebody_else_made_meanwhile(
    office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    campaign = ledger_town.build(session)
    name = session.scalars(select(EvidenceEntry.name).where(EvidenceEntry.kind == "component")).first()
    base, subject = f"/office/campaigns/{campaign.key}/evidence", "P1"
    session.rollback()
    page, address = f"{base}/?kind=component", f"{base}/entry"
    entry = {"subject": subject, "name": str(name), "reason": "核对"}
    stale = opened(office_client, page, address)
    assert sent(other_client, address, opened(other_client, page, address), **entry, value="61")[0] == 302
    status, told = sent(office_client, address, stale, **entry, value="62")
    assert status == 409
    assert OTHER in told
    assert "“61”" in told
    assert "“62”" in told
    assert fields_of(told, address)["value"] == "62"
    live = select(EvidenceEntry.value).where(EvidenceEntry.replaced.is_(False), EvidenceEntry.entered_by == OTHER)
    assert session.scalars(live).all() == ["61"]
    session.rollback()
    assert sent(office_client, address, fields_of(told, address), **entry, value="62")[0] == 302


@on_sqlite
def test_an_entry_corrected_meanwhile_is_not_withdrawn(office_client: FlaskClient, session: Session) -> None:
    campaign = ledger_town.build(session)
    row = session.scalars(select(EvidenceEntry).where(EvidenceEntry.kind == "component")).first()
    assert row is not None
    row.replaced, row.ended_by, row.ended = True, OTHER, NOON
    session.commit()
    address = f"/office/campaigns/{campaign.key}/evidence/entry/{row.id}/withdraw"
    status, told = sent(office_client, address, {"csrf_token": csrf(office_client), "why": "错了"})
    assert status == 409
    assert OTHER in told
