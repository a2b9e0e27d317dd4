"""Two clerks at one page: nobody overwrites anybody, and whoever comes second is told what changed, by whom, and decides."""

from __future__ import annotations

import ast
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import survey_app
from survey_app import access
from survey_app.extensions import SAFE_METHODS, resources
from survey_app.models import AuditEvent, Campaign, Headcount
from survey_app.services.office import acts, audit
from survey_app.services.release import plan
from tests.support.application import OTHER_NAME as OTHER
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.forms import fields_of, opened, sent
from tests.support.trustees import LINES
from tests.survey_app.services.editing import test_two_clerks_by_form
from tests.survey_app.services.slips import test_room_code
from tests.towns import ledger_town, small_scheme

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
    "hours.begin": Act("hours/begin", "voting-opened"),
    "hours.choose": Act("hours/", "hours-set", "- -", {"closes": "2099-01-01T08:00"}),
    "hours.pause": Act("hours/pause", "voting-paused", "停电", {"reason": "x"}),
    "counting.open_box": Act("count/", "count", "abc", {"passphrase": "x"}),
    "counting.recompute": Act("count/again", "recompute", "abc"),
    "custody.make_shares": Act("custody/shares", "custody-trustees", "2/3", {"holders": "甲\n乙\n丙", "needed": "2"}),
    "custody.set_passphrase": Act("custody/passphrase", "custody-passphrase"),
    "custody.rehearse": Act("custody/rehearse", "custody-passphrase", "", {"passphrase": "x"}),
    "destruction.fix": Act("appeal/fix", "appeal-fixed", "2027-01-01", {"until": "2026-12-20"}),
    "destruction.destroy": Act("appeal/destroy", "openings-destroyed", "3", {"title": "小镇年度评议"}),
    "keeping.archive": Act("keeping/archive", "archive-made", "a" * 64),
    "keeping.lift_hold": Act("keeping/lift", "hold-lifted", "1 完了", {"hold": "1", "reason": "x"}),
    "keeping.place_hold": Act("keeping/hold", "hold-placed", "有人申诉", {"reason": "x"}),
    "keeping.purge_round": Act("keeping/purge", "hold-placed", "有人申诉", {"title": "小镇年度评议"}),
    "keeping.say_term": Act("keeping/term", "keeping-said", "records 2036-12-31T15:59+00:00 规定", {"part": "records"}),
    "evidence.settle": Act("evidence/lacking", "evidence-imported", "+1 ~0 -2", {"row": "1", "do": "keep"}),
    "outcomes.rule": Act(
        "/office/results/K3Y/outcomes/",
        "outcome-ruled",
        "set_aside 约谈 P2",
        {"about": "约谈", "subject": "P2", "verdict": "confirmed"},
    ),
    "outcomes.confirm_all": Act("/office/results/K3Y/outcomes/all", "outcome-ruled", "set_aside 约谈 P2", {"about": "约谈"}),
    "publishing.publish": Act("publish/", "recompute", "abc", {"section": "scores", "unit": "A", "seen": "0-0-0"}),
    "publishing.stop": Act("publish/stop", "results-unpublished", "搞错了", {"reason": "x"}),
    "removal.keep": Act("remove/keep", "roster-kept", "1 rows that the file lacked"),
    "removal.remove_campaign": Act("remove/", "roster-imported", "+1 ~0"),
    "removal.remove_rows": Act("remove/rows", "roster-imported", "+1 ~0"),
    "reprinting.letters_again": Act("print/invitations/again", "invitations-printed", "委员: 2", {"group": "members"}),
    "reprinting.reissue": Act("print/batches/1/reissue", "slips-void", "batch 1, 3 slips"),
    "reprinting.void": Act("print/batches/1/void", "slips-printed", "东镇 来宾: 3, in place of batch 1"),
    "room.close_hall": Act("room/close", "room-opened", "STYLE"),
    "room.open_hall": Act("room/open", "room-closed", "STYLE", {"minutes": "30"}),
    "room.prepare": Act("room/", "room-prepared", "batch 2, 9 seats", {"seats": "1"}),
    "print_once.make": Act("print/all/", "slips-printed", "东镇 来宾: 5"),
    "printing.print_slips": Act("print/slips", "slips-printed", "东镇 来宾: 5", {"count": "1"}),
    "printing.take_digests": Act("print/digests", "slips-registered", "batch 2, 3 slips made elsewhere"),
    "printing.print_invitations": Act("print/invitations", "invitations-printed", "委员: 2", {"group": "members"}),
    "proof_log.add": Act("log/", "log-meeting", "1 abc", {"name": "年终大会"}),
    "proof_log.publish": Act("log/bundle", "bundle-published", "0 faults", {"passphrase": "x"}),
    "trustee_keys.answer": Act("custody/keys/answer", "custody-keys", "2/3", {"answer": "x"}),
    "trustee_keys.deal": Act("custody/keys/deal", "custody-keys", "2/3", {"holder_keys": LINES, "needed": "2"}),
    "roster_desk.back": Act("roster/desk/back", "roster-drafted", "2 sheets"),
    "roster_desk.bring": Act("roster/desk/bring", "roster-drafted", "2 sheets"),
    "roster_desk.columns": Act("roster/desk/columns", "roster-drafted", "2 sheets"),
    "roster_desk.drop": Act("roster/desk/drop", "roster-drafted", "2 sheets"),
    "roster_desk.remedy": Act("roster/desk/remedy", "roster-drafted", "2 sheets"),
    "roster_desk.upload": Act("roster/desk/", "roster-drafted", "2 sheets"),
    "roster_row.change": Act("roster/row/subject-1", "roster-imported", "+1 ~0", {"name": "张一"}),
    "who_rates.save": Act("forms/who/", "roster-imported", "+1 ~0", {"heads:guests:T": "5"}),
    "mail_reminders.send": Act("missing/mail/", "reminders-mailed", "2"),
    "late_changes.change": Act(
        "roster/late/rater-1",
        "roster-changed-late",
        "rater-1 1 respelt M1 汪1: 错字",
        {"act": "respelt", "name": "汪1", "reason": "错字"},
    ),
    "round_ready.clock": Act("ready/clock", "readiness-clock", "3", {"watch": "09:05"}),
    "round_ready.holders": Act("ready/holders", "holders-present", "1/3 00", {"holder": "1"}),
    "round_ready.read_back": Act("ready/sheet", "readiness-sheet", "qr", {"read": "x"}),
    "rosters.upload": Act("roster/", "roster-imported", "+1 ~0"),
}
STATES = dict.fromkeys(("campaigns.approve", "removal.keep", "removal.remove_campaign", "removal.remove_rows"), "draft")
#: Compared entry by entry (tests below), adding only what cannot collide, or ending one's own session.
OTHERWISE = {
    "account_endings.remove": "test_an_account_dealt_with_meanwhile",
    "account_roles.save": "asks by name and roles: services.four_eyes.test_two_people",
    "account_units.forget": "test_a_unit_or_code_taken_away_meanwhile",
    "account_units.remove": "test_a_unit_or_code_taken_away_meanwhile",
    "account_units.save": "test_units_bound_meanwhile",
    "accounts.create": "test_one_name_at_the_same_moment_goes_to_one",
    "accounts.lock": "test_an_account_dealt_with_meanwhile",
    "accounts.renew_link": "test_an_account_dealt_with_meanwhile",
    "accounts.sign_out": "ends one's own session",
    "asks.collect": "once: services.four_eyes.test_two_people",
    "asks.confirm": "goes by the digest of what its page showed, once: services.four_eyes.test_two_people",
    "asks.end": "once: services.four_eyes.test_two_people",
    "factors.add_passkey": "of one's own account; one passkey is kept once: test_passkeys",
    "factors.begin_totp": "of one's own account; the last one set up is in force: test_factors",
    "factors.end_passkey": "of one's own account; ended twice is refused",
    "factors.end_totp": "of one's own account; the second time there is nothing",
    "factors.renew_codes": "of one's own account; the last set shown is the one that works",
    "factors.state_without": "refused as soon as an account has a factor: test_factors",
    "factors.take_back": "the second time there is nothing to take back",
    "own_account.acknowledge": "only what the page showed: test_own_account",
    "own_account.change_password": "asks for the password in force: test_own_account",
    "own_account.end_others": "ends one's own sessions",
    "own_account.end_session": "ends one's own session; ended twice is refused: test_own_account",
    "proving.prove": "changes nothing but one's own session",
    "proving.prove_by_passkey": "changes nothing but one's own session",
    **dict.fromkeys(("again.make_next", "again.rehearse", "campaigns.create"), "adds a draft of its own"),
    "campaigns.scrub": "does nothing the second time",
    "comments.rule": "test_a_comment_ruled_on_meanwhile",
    "demo_removal.remove": "goes by the digest of what its page listed: test_removal",
    "earlier.take": "test_earlier_results_over_what_somebody_entered_meanwhile",
    "evidence.enter": "test_an_entry_that_somebody_else_made_meanwhile",
    "evidence.upload": "test_a_sheet_over_what_somebody_entered_meanwhile",
    "evidence.withdraw": "test_an_entry_corrected_meanwhile_is_not_withdrawn",
    "forms_table.shown": "a preview: what is sent there is thrown away",
    "letters.make": "one at a time, and told who began meanwhile: views.office.test_letters",
    "letters.bring": "told who changed the template meanwhile: views.office.test_letters",
    "letters.take": "once: views.office.test_letters",
    "letters.take_back": "told who changed the template meanwhile: views.office.test_letters",
    "matters.add": "adds one under a number of its own",
    "matters.write": "told who wrote to it meanwhile; closed once: services.publishing.test_matters",
    "own_results.make": "goes by the state of what its page listed: services.publishing.test_own_results",
    "paper_forms.add": "adds a stack under a number of its own",
    "paper_forms.again": "a sheet that is cast stays cast, begun anew twice is begun anew: services.paper.test_transcribing",
    "paper_forms.open_sheet": "shows lines; casts once what two had agreed on: services.paper.test_transcribing",
    "paper_forms.put": "two clerks are what it is for, each told whose turn it is: services.paper.test_transcribing",
    "viewing_links.end": "ended twice is refused, and told who ended it: services.publishing.test_viewing_links",
    "viewing_links.make": "adds one of its own, listed with for whom it is",
    "people.say": "adds a saying; towards one it is asked for",
    "readings.read": "adds a reading of its own",
    "scheme_desk.begin": "adds a draft of its own",
    "scheme_desk.remove": "goes by the text its page showed: views.office.test_scheme_desk",
    "scheme_forms.act": "adds or takes out one entry of whatever the text is now",
    "scheme_forms.save": "compares field by field with the text its page showed: views.office.test_scheme_desk",
    "scheme_shown.of_method": "a preview: what is sent there is thrown away",
    "scheme_shown.run": "a trial of whatever the text is now, in place of the last one",
    "scheme_shown.shown": "a preview: what is sent there is thrown away",
    "scheme_text.bring_back": "goes by the text its page showed: views.office.test_scheme_desk",
    "scheme_replacing.replace": "goes by the digest of what its page said: test_into_round",
    "scheme_text.look": "checks and writes nothing",
    "scheme_text.offers": "says what may be written and writes nothing",
    "scheme_text.save": "goes by the text its page showed: views.office.test_scheme_desk",
    "trustee_keys.compare": "shows fingerprints and writes nothing",
    "trustee_keys.prepare": "replaces a key that waits, and what was sealed to that is named: test_trustee_keys",
}


def test_every_form_of_the_office_says_how_it_meets_a_second_clerk(app: Flask) -> None:
    known = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.methods and rule.methods - SAFE_METHODS and access.needs_account(app, rule.endpoint)
    }
    assert known == {*FIELDS, *ACTS, *OTHERWISE}
    named = {told for told in OTHERWISE.values() if told.startswith("test_")}
    assert named <= set(vars(test_two_clerks_by_form))


def test_every_act_in_the_log_has_words() -> None:
    written = set()
    for path in Path(survey_app.__file__).parent.rglob("*.py"):
        for scope in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(scope, ast.FunctionDef):
                written |= set(_acts_written_in(scope))
    assert {"roster-removed", "account-bound", "comment-shown", "campaign-removed"} <= written  # by each way of writing one
    assert written <= set(acts.WORDS)


def _acts_written_in(scope: ast.FunctionDef) -> Iterator[str]:
    """The kinds of act that this function hands to `record`: a text, one of two, or a name that it gave a text."""
    for call in ast.walk(scope):
        if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] not in ("record", "_record"):
            continue
        given = next((one.value for one in call.keywords if one.arg == "action"), call.args[0] if call.args else None)
        if isinstance(given, ast.Name):
            name, assigned = given.id, [one for one in ast.walk(scope) if isinstance(one, ast.Assign)]
            values = [one.value for one in assigned if ast.unparse(one.targets[0]) == name]
            given = values[0] if values else None  # a parameter: the callers are looked at
        if given is not None:
            found = [one.value for one in ast.walk(given) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            yield from (one for one in found if re.fullmatch(r"[a-z]+(-[a-z]+)*", one))


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
        assert plan.plan_of(look, look.get_one(Campaign, town.campaign_id)).floor == 5


@on_sqlite
@pytest.mark.parametrize("endpoint", FIELDS)
def test_fields_sent_without_what_was_shown_overwrite_nothing(
    endpoint: str, office_client: FlaskClient, other_client: FlaskClient, session: Session
) -> None:
    case = FIELDS[endpoint]
    town = small_scheme.build(session, state=case.state)
    page, (name, theirs, mine) = f"/office/campaigns/{town.key}/{case.page}/", case.first
    extra = {} if endpoint != "notice.reword" else {"asker": "镇政府", "purpose": "问一问", "asks": "公布"}
    left_open = {**opened(office_client, page), **extra}
    del left_open["edit_base"], left_open["seen_act"]
    assert sent(other_client, page, opened(other_client, page), **{**extra, name: theirs})[0] == 302
    status, told = sent(office_client, page, left_open, **{name: mine})
    assert status == 409
    assert f">{theirs}<" in told
    assert fields_of(told, page)[name] == mine  # what was typed stands in the form
    assert opened(office_client, page)[name] == theirs


@on_sqlite
@pytest.mark.parametrize("endpoint", ACTS)
def test_an_act_on_a_page_of_before_is_told_who_did_what_and_does_nothing(
    endpoint: str, app: Flask, office_client: FlaskClient, session: Session
) -> None:
    case = ACTS[endpoint]
    if endpoint.partition(".")[0] in ("outcomes", "publishing"):
        campaign = ledger_town.build(session)
        campaign.key = "K3Y"
        session.commit()
        style = ""
    else:
        text = test_room_code.SHARED if endpoint.startswith("room.") else small_scheme.TEXT
        style = small_scheme.build(session, state=STATES.get(endpoint, "open"), text=text).guests
    seen = session.scalar(select(func.max(AuditEvent.id))) or 0
    audit.record(session, account=OTHER, action=case.action, detail=f"K3Y {case.rest.replace('STYLE', style)}".rstrip(), now=NOON)
    session.commit()
    before = session.scalar(select(func.count()).select_from(AuditEvent))
    session.rollback()
    path = case.path if case.path.startswith("/") else f"/office/campaigns/K3Y/{case.path}"
    form = {"csrf_token": csrf(office_client), "seen_act": str(seen), "style": style, **case.data}
    answer = office_client.post(path, data=form)
    assert answer.status_code == 409, answer.get_data(as_text=True)
    assert OTHER in answer.get_data(as_text=True)
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == before


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
