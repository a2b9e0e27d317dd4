"""Two clerks at one page: nobody overwrites anybody, and whoever comes second is told what changed, by whom, and decides."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey_app import access
from survey_app.extensions import SAFE_METHODS, resources
from survey_app.models import AuditEvent, Campaign, EvidenceEntry, Headcount
from survey_app.services import accounts, audit, release_plan
from tests.app import ledger_town, small_scheme
from tests.conftest import OFFICE_PASSWORD, QUICK_PASSWORD, csrf
from tests.support.clock import NOON

OTHER = "李四办"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def other_client(app: Flask, office_client: FlaskClient) -> FlaskClient:
    """A second clerk of the office, in a browser of their own."""
    with resources(app).writing() as session:
        accounts.create_account(session, name=OTHER, role="office", password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON)
        session.commit()
    client = app.test_client()
    client.post("/office/sign-in", data={"name": OTHER, "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
    return client


def fields_of(page: str, action: str) -> dict[str, Any]:
    """The fields of the form that goes to this address, as a browser would send them: boxes that are ticked, texts as filled."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"no form goes to {action}"
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        ticked = not re.search(r'type="(checkbox|radio)"', tag) or " checked" in tag
        if name and ticked and " disabled" not in tag:
            one = unescape(value[1]) if value else ""
            found[name[1]] = [*found.get("exit", []), one] if name[1] == "exit" else one
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', form[1]):
        found[name] = unescape(text).replace("\n", "\r\n")
    return found


def opened(client: FlaskClient, page: str, action: str = "") -> dict[str, Any]:
    return fields_of(client.get(page).get_data(as_text=True), action or page)


def sent(client: FlaskClient, address: str, form: dict[str, Any], **changes: str) -> tuple[int, str]:
    answer = client.post(address, data={**form, **changes})
    return answer.status_code, unescape(answer.get_data(as_text=True))


@dataclass(frozen=True)
class Fields:
    """A form whose fields are compared: its page (and address), and two fields with other values than they have."""

    state: str
    page: str
    first: tuple[str, str, str]
    second: tuple[str, str]


@dataclass(frozen=True)
class Act:
    """A form that does something: the kind of act that makes its page stale, with the rest of that act's line in the log."""

    path: str
    action: str
    rest: str = ""
    data: dict[str, str] = field(default_factory=dict)


#: Every address of the office that takes a form. A new one belongs here, with how it meets a second clerk.
FIELDS = {
    "headcounts.save": Fields("closed", "counts", ("spoiled::guests", "1", "2"), ("unused::guests", "7")),
    "release.choose": Fields("draft", "release", ("floor", "8", "9"), ("open", "guests")),
    "notice.reword": Fields("draft", "notice", ("asker", "镇办公室", "县办公室"), ("period", "2027")),
}
ACTS = {
    "campaigns.approve": Act("approve", "roster-imported", "+1 ~0"),
    "campaigns.close": Act("close", "campaign-closed", "", {"title": "小镇年度评议"}),
    "comments.rule": Act("/office/results/K3Y/comments/", "comment-hidden", "1 不雅", {"number": "1", "reason": "x"}),
    "counting.open_box": Act("count/", "count", "abc", {"passphrase": "x"}),
    "counting.recompute": Act("count/again", "recompute", "abc"),
    "custody.make_shares": Act("custody/shares", "custody-trustees", "2/3", {"holders": "甲\n乙\n丙", "needed": "2"}),
    "custody.set_passphrase": Act("custody/passphrase", "custody-passphrase"),
    "custody.rehearse": Act("custody/rehearse", "custody-passphrase", "", {"passphrase": "x"}),
    "destruction.fix": Act("appeal/fix", "appeal-fixed", "2027-01-01", {"until": "2026-12-20"}),
    "destruction.destroy": Act("appeal/destroy", "openings-destroyed", "3", {"title": "小镇年度评议"}),
    "outcomes.rule": Act(
        "/office/results/K3Y/outcomes/",
        "outcome-ruled",
        "set_aside 约谈 P2",
        {"about": "约谈", "subject": "P2", "verdict": "confirmed"},
    ),
    "outcomes.confirm_all": Act("/office/results/K3Y/outcomes/all", "outcome-ruled", "set_aside 约谈 P2", {"about": "约谈"}),
    "printing.print_slips": Act("print/slips", "slips-printed", "东镇 来宾: 5", {"count": "1"}),
    "printing.reissue": Act("print/batches/1/reissue", "slips-void", "batch 1, 3 slips"),
    "printing.void": Act("print/batches/1/void", "slips-void", "batch 1, 3 slips"),
    "printing.take_digests": Act("print/digests", "slips-registered", "batch 2, 3 slips made elsewhere"),
    "printing.print_invitations": Act("print/invitations", "invitations-printed", "委员: 2", {"group": "members"}),
    "proof_log.add": Act("log/", "log-meeting", "1 abc", {"name": "年终大会"}),
    "proof_log.publish": Act("log/bundle", "bundle-published", "0 faults", {"passphrase": "x"}),
    "rosters.upload": Act("roster/", "roster-imported", "+1 ~0"),
}
#: Compared entry by entry (tests below), adding only what cannot collide, or ending one's own session.
OTHERWISE = {
    "accounts.create": "a name is taken once",
    "accounts.lock": "test_an_account_dealt_with_meanwhile",
    "accounts.renew_link": "test_an_account_dealt_with_meanwhile",
    "accounts.sign_out": "ends one's own session",
    "campaigns.create": "adds a draft of its own",
    "campaigns.scrub": "does nothing the second time",
    "earlier.take": "as evidence.enter, by services.evidence.keep",
    "evidence.enter": "test_an_entry_that_somebody_else_made_meanwhile",
    "evidence.upload": "as evidence.enter, by services.evidence.keep",
    "evidence.withdraw": "test_an_entry_corrected_meanwhile_is_not_withdrawn",
    "readings.read": "adds a reading of its own",
    "room.prepare": "adds seats, and is held to acts by still_as_seen",
}


def test_every_form_of_the_office_says_how_it_meets_a_second_clerk(app: Flask) -> None:
    known = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and rule.methods - SAFE_METHODS and access.rule_of(app, rule.endpoint) in {"office", "staff", "signed_in"}
    }
    assert known == {*FIELDS, *ACTS, *OTHERWISE}


@on_sqlite
@pytest.mark.parametrize("endpoint", FIELDS)
def test_what_the_other_changed_stays_and_is_told_and_a_conflict_writes_nothing(
    endpoint: str, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    case = FIELDS[endpoint]
    town = small_scheme.build(session, state=case.state)
    page = f"/office/campaigns/{town.key}/{case.page}/"
    name, theirs, mine = case.first
    extra = {} if endpoint != "notice.reword" else {"asker": "镇政府", "purpose": "问一问", "asks": "公布"}
    if extra:
        assert sent(other_client, page, opened(other_client, page), **extra)[0] == 302

    stale, twice = opened(office_client, page), opened(office_client, page)
    assert sent(other_client, page, opened(other_client, page), **{name: theirs})[0] == 302

    status, told = sent(office_client, page, stale, **{case.second[0]: case.second[1]})
    assert status == 200
    assert OTHER in told
    now = opened(office_client, page)
    assert (now[name], now[case.second[0]]) == (theirs, case.second[1])

    status, told = sent(office_client, page, twice, **{name: mine, case.second[0]: case.second[1]})
    assert status == 409
    assert OTHER in told
    assert f">{theirs}<" in told
    assert f">{mine}<" in told
    assert opened(office_client, page)[name] == theirs  # nothing was written
    again = fields_of(told, page)
    assert again[name] == mine  # what was typed stands in the form
    assert sent(office_client, page, again)[0] == 409  # without a choice nothing happens
    choice = re.findall(r'name="(keep:[^"]*)"', told)[0]
    assert sent(office_client, page, again, **{choice: "mine"})[0] in (200, 302)
    assert opened(office_client, page)[name] == mine


@on_sqlite
def test_a_forged_or_foreign_base_is_as_if_nothing_had_been_shown(office_client: FlaskClient, session: Session) -> None:
    town = small_scheme.build(session, state="draft")
    page = f"/office/campaigns/{town.key}/release/"
    form = opened(office_client, page)
    foreign = opened(office_client, f"/office/campaigns/{town.key}/notice/")["edit_base"]
    for base in ("nonsense", form["edit_base"] + "x", foreign):
        assert sent(office_client, page, form, edit_base=base, floor="9")[0] == 409
    with resources(office_client.application).reading() as look:
        assert release_plan.plan_of(look, look.get_one(Campaign, town.campaign_id)).floor == 5


@on_sqlite
@pytest.mark.parametrize("endpoint", ACTS)
def test_an_act_on_a_page_of_before_is_told_who_did_what_and_does_nothing(
    endpoint: str, app: Flask, office_client: FlaskClient, session: Session
) -> None:
    case = ACTS[endpoint]
    if case.path.startswith("/office/results"):
        campaign = ledger_town.build(session)
        campaign.key = "K3Y"
        session.commit()
        if endpoint == "comments.rule":
            pytest.skip("the ledgers' scheme asks for no comments; the rule is the same line in the view")
        style = ""
    else:
        style = small_scheme.build(session, state={"campaigns.approve": "draft"}.get(endpoint, "open")).guests
    seen = session.scalar(select(func.max(AuditEvent.id))) or 0
    audit.record(session, account=OTHER, action=case.action, detail=f"K3Y {case.rest}".rstrip(), now=NOON)
    session.commit()
    before = session.scalar(select(func.count()).select_from(AuditEvent))
    session.rollback()
    path = case.path if case.path.startswith("/") else f"/office/campaigns/K3Y/{case.path}"
    form = {"csrf_token": csrf(office_client), "seen_act": str(seen), "style": style, **case.data}
    answer = office_client.post(path, data=form)
    assert answer.status_code == 409, answer.get_data(as_text=True)
    assert OTHER in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before


@on_sqlite
def test_an_account_dealt_with_meanwhile(office_client: FlaskClient, other_client: FlaskClient, session: Session) -> None:
    third = accounts.create_account(session, name="王 五", role="office", cost=QUICK_PASSWORD, now=NOON)
    session.commit()
    link = f"/office/accounts/{third.id}/link"
    stale = opened(office_client, "/office/accounts", link)
    assert sent(other_client, link, opened(other_client, "/office/accounts", link))[0] == 200
    status, told = sent(office_client, link, stale)
    assert status == 409
    assert OTHER in told
    assert sent(office_client, link, fields_of(told, link))[0] == 200  # told, one may still




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
def test_an_entry_corrected_meanwhile_is_not_withdrawn(
    office_client: FlaskClient, session: Session
) -> None:
    campaign = ledger_town.build(session)
    row = session.scalars(select(EvidenceEntry).where(EvidenceEntry.kind == "component")).first()
    assert row is not None
    row.replaced, row.ended_by, row.ended = True, OTHER, NOON
    session.commit()
    address = f"/office/campaigns/{campaign.key}/evidence/entry/{row.id}/withdraw"
    status, told = sent(office_client, address, {"csrf_token": csrf(office_client), "why": "错了"})
    assert status == 409
    assert OTHER in told


def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(
    app: Flask, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    town = small_scheme.build(session, state="closed")
    page = f"/office/campaigns/{town.key}/counts/"
    forms = [(one, opened(one, page)) for one in (office_client, other_client)]
    found: list[int] = []
    ready = threading.Barrier(2)

    def press(client: FlaskClient, form: dict[str, Any], value: str) -> None:
        ready.wait()
        found.append(sent(client, page, form, **{"spoiled::guests": value})[0])

    threads = [threading.Thread(target=press, args=(*one, str(at))) for at, one in enumerate(forms, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [302, 409]
    assert session.scalars(select(Headcount.spoiled).where(Headcount.spoiled.is_not(None))).one() in (1, 2)
