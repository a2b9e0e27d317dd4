"""Who gets in: every route of the table, by every role and by nobody, into their own campaign and into somebody else's.

What is expected is typed here, route by route and role by role, and never read from the code under test: a route that moves to
another capability, a role that gains one and a route that nobody entered here each fail.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from survey_app import access, create_app
from survey_app.config import Config
from survey_app.extensions import resources
from survey_app.models import BallotStyle, Campaign, EvidenceEntry, Rater, SlipBatch, Subject, SubjectLink, Unit
from survey_app.roles import Role
from survey_app.services.office import accounts, factors
from tests.support.application import QUICK_ALIAS, QUICK_PASSWORD
from tests.support.clock import NOON
from tests.support.publishing import publish
from tests.towns import ledger_town, small_scheme

#: Capability -> who has it. "unit": staff bound to a unit of the campaign; "elsewhere": staff bound to a unit of another one.
STAFF = {"unit", "elsewhere"}
OFFICE = {"head", "clerk"}
EXPECTED = {
    "signed_in": {"head", "clerk", "key_holder", "monitor", *STAFF},
    "see procedure": {"head", "clerk", "key_holder", "monitor"},
    "see roster": {"head", "clerk", "monitor"},
    "see log": {"head", "clerk", "monitor"},
    "see published results": {"head", "clerk", "monitor", *STAFF},
    "see results before publication": OFFICE,
    "prepare": {"clerk"},
    "print": {"clerk"},
    "count": {"clerk"},
    "open": {"clerk", "key_holder"},
    "propose": OFFICE,
    "decide": {"head"},
    "witness": OFFICE,
    "confirm outcomes": {"head"},
    "read signed forms": {"head"},
    "keep accounts": {"head"},
}
#: Capability -> the routes that ask for it.
ROUTES = {
    "public": """
        accounts.link accounts.sign_in accounts.sign_in_by_passkey accounts.sign_in_now accounts.use_link assets.get home.front
        home.healthy mine.door mine.enter static watching.counts watching.lives watching.ready
    """,
    "voter": """
        slip_check.check
        ballot.form ballot.look_up ballot.looked_up ballot.post privacy.anywhere privacy.of_campaign
        public_log.bundle public_log.checkpoint public_log.epoch public_log.find public_log.index
        public_log.leaves public_round.index public_round.method viewing.index viewing.subject
        room.door room.enter signed_forms.check signed_forms.download signed_forms.index
        signed_forms.own signed_forms.sheet
    """,
    "subject": """
        mine.leave mine.page
    """,
    "signed_in": """
        accounts.sign_out factors.add_passkey factors.begin_totp factors.end_passkey factors.end_totp
        factors.index factors.passkey factors.renew_codes factors.totp_page help_pages.index help_pages.one home.work
        own_account.acknowledge own_account.change_password own_account.end_others
        own_account.end_session own_account.index own_account.notices proving.ask proving.prove
        proving.prove_by_passkey
    """,
    "see procedure": """
        campaigns.approval campaigns.index campaigns.overview campaigns.progress campaigns.scheme
        campaigns.scheme_file counting.index custody.index destruction.certificate destruction.index
        forms_table.index forms_table.preview forms_table.shown hall_screen.index headcounts.index hours.index
        keeping.index kept_rounds.index kept_rounds.purged kept_rounds.sheet round_ready.index round_ready.report
        language_help.index language_help.schema proof_log.index proof_log.sheet release.index scheme_reading.index
        scheme_shown.of_campaign trustee_keys.enter trustee_keys.one_time
    """,
    "see roster": """
        late_changes.index rosters.index who_rates.index
    """,
    "see log": """
        asks.index asks.one audit_log.as_csv audit_log.as_xlsx audit_log.index machine.index
    """,
    "see published results": """
        files.calculation files.figures_csv files.figures_parquet files.index files.report
        item_map.index outcomes.index results.as_csv results.as_xlsx results.index results.overview results.satisfied
        results.subject results.subject_calculation
    """,
    "see results before publication": """
        comments.as_xlsx comments.index evidence.index keeping.download matters.add matters.index matters.write over_years.index
        over_years.subject results.few
        results.statistics whatif.ask whatif.firm
    """,
    "prepare": """
        again.index again.make_next again.rehearse
        campaigns.create campaigns.new custody.make_shares custody.question custody.set_passphrase
        late_changes.change late_changes.question who_rates.save
        demo_removal.question demo_removal.remove notice.index notice.reword release.choose removal.campaign
        removal.keep removal.remove_campaign removal.remove_rows removal.rows rosters.template rosters.upload
        scheme_replacing.index scheme_replacing.replace
        scheme_desk.begin scheme_desk.index scheme_desk.method scheme_desk.methods_page scheme_desk.new
        scheme_desk.remove scheme_forms.act scheme_forms.page scheme_forms.save scheme_shown.of_method scheme_shown.picture
        scheme_shown.phone scheme_shown.regulation scheme_shown.run scheme_shown.shown scheme_shown.trial
        scheme_text.bring_back scheme_text.file scheme_text.look scheme_text.offers scheme_text.page scheme_text.save
        scheme_text.versions
        roster_desk.back roster_desk.bring roster_desk.columns roster_desk.drop roster_desk.index
        round_ready.clock round_ready.holders round_ready.read_back round_ready.trial
        roster_desk.marked roster_desk.remedy roster_desk.upload roster_row.change roster_row.index
        trustee_keys.answer trustee_keys.compare trustee_keys.deal trustee_keys.sealed
    """,
    "print": """
        letters.bring letters.index letters.make letters.one letters.take letters.take_back letters.template
        missing.as_csv missing.as_pdf missing.as_xlsx missing.index paper_forms.sheet
        mail_reminders.index mail_reminders.send own_results.index own_results.make
        posting.index posting.sheet print_once.index print_once.make printing.index printing.order printing.poster
        printing.print_invitations printing.print_slips printing.take_digests reprinting.batch
        reprinting.letters reprinting.letters_again reprinting.people reprinting.reissue reprinting.void
        room.close_hall room.index room.open_hall room.prepare room.wall
    """,
    "count": """
        counting.recompute earlier.index earlier.take evidence.enter evidence.settle evidence.template
        evidence.upload evidence.withdraw headcounts.save paper_forms.add paper_forms.again paper_forms.desk
        paper_forms.index paper_forms.open_sheet paper_forms.put proof_log.add
    """,
    "open": """
        counting.open_box custody.rehearse trustee_keys.prepare
    """,
    "propose": """
        campaigns.approve campaigns.close campaigns.closing campaigns.scrub destruction.destroy
        hours.begin hours.choose hours.pause keeping.archive keeping.lift_hold keeping.place_hold keeping.purge_round
        proof_log.publish publishing.confirm publishing.index publishing.publish release.scores
        viewing_links.end viewing_links.index viewing_links.make
    """,
    "decide": """
        destruction.fix keeping.say_term publishing.stop
    """,
    "witness": """
        asks.collect asks.confirm asks.end
    """,
    "confirm outcomes": """
        comments.rule outcomes.confirm_all outcomes.rule
    """,
    "read signed forms": """
        readings.ask readings.index readings.read
    """,
    "keep accounts": """
        account_endings.question account_endings.remove account_roles.index account_roles.save
        account_units.choose account_units.confirm account_units.forget account_units.index
        account_units.remove account_units.save accounts.create accounts.index accounts.lock
        accounts.renew_link factors.state_without factors.take_back people.index people.say
    """,
}
CALLERS = ("head", "clerk", "key_holder", "monitor", "unit", "elsewhere", "subject", "nobody")
#: Those without an account: on a visit to their own results, and without anything.
STRANGERS = {"subject", "nobody"}
#: The secret of the rated person's visit.
VISIT = "0123456789abcdef" * 2


class Place:
    """One application with an account for every role and two campaigns, one counted and one open, made once for all tests."""

    def __init__(self, folder: Path, template: Path) -> None:
        shutil.copy(template, folder / "pingyi.db")
        config = Config(
            data=folder / "data",
            database_url=f"sqlite:///{folder / 'pingyi.db'}",
            base_url="http://localhost",
            timezone="UTC",
            alias_cost=QUICK_ALIAS,
            password_cost=QUICK_PASSWORD,
        )
        self.app = create_app(config)
        self.app.config.update(PINGYI_CLOCK=lambda: NOON, WTF_CSRF_ENABLED=False)
        with resources(self.app).writing() as session:
            self.counted = ledger_town.build(session).key
            self.town = small_scheme.build(session, key="OPEN1")
            self.foreign = small_scheme.build(session, key="OPEN2")
            factors.state_without(session, by="head", now=NOON)
            units = {key: _unit(session, key) for key in (self.counted, self.town.key, self.foreign.key)}
            self.clients = {who: self._client(session, who, units) for who in CALLERS}
            session.commit()

    def _client(self, session: Session, who: str, units: dict[str, Unit]) -> FlaskClient:
        client = self.app.test_client()
        if who == "subject":
            rated = session.scalars(
                select(Subject).join(Campaign).where(Campaign.key == self.counted, Subject.code == "P1")
            ).one()
            digest = hashlib.sha256(f"pingyi/own-visit/v1\0{VISIT}".encode()).digest()
            link = {"digest": b"d" * 32, "expires": NOON, "printed": NOON, "printed_by": "clerk", "used": NOON, "visit": digest}
            session.add(SubjectLink(subject_id=rated.id, **link))
            client.set_cookie("pingyi-own", VISIT)
        if who in STRANGERS:
            return client
        role = Role.STAFF if who in STAFF else Role(who)
        bound = {"unit": [units[self.counted], units[self.town.key]], "elsewhere": [units[self.foreign.key]]}.get(who, [])
        account = accounts.create_account(session, name=who, roles={role}, units=bound, cost=QUICK_PASSWORD, now=NOON)
        account.password = "never asked for"
        secret = accounts.open_session(session, account, now=NOON)
        with client.session_transaction() as cookie:
            cookie[access.SESSION_KEY] = secret
        return client

    def rules(self, *, keyed: bool = False) -> Iterator[tuple[Rule, str]]:
        """Every route that needs an account, with every method."""
        for rule in self.app.url_map.iter_rules():
            if access.needs_account(self.app, rule.endpoint) and (not keyed or "key" in rule.arguments):
                yield from ((rule, method) for method in sorted((rule.methods or set()) & {"GET", "POST"}))

    def address(self, rule: Rule, method: str, **given: object) -> str:
        """An address of the route; every argument that is not given is one that fits its pattern."""
        one_of = {name: one.items for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
        values = {name: sorted(one_of[name])[0] if name in one_of else given.get(name, 1) for name in rule.arguments}
        return self.app.url_map.bind("").build(rule.endpoint, values, method=method, append_unknown=False)


def _unit(session: Session, key: str) -> Unit:
    query = select(Unit).join(Campaign, Campaign.id == Unit.campaign_id).where(Campaign.key == key).order_by(Unit.id)
    return session.scalars(query).first() or pytest.fail("a campaign without a unit")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Place]:
    made = Place(tmp_path_factory.mktemp("who"), sqlite_template)
    yield made
    resources(made.app).engine.dispose()


def test_every_route_stands_in_the_table_under_what_it_asks_for(place: Place) -> None:
    found: dict[str, set[str]] = {}
    for rule in place.app.url_map.iter_rules():
        found.setdefault(str(access.rule_of(place.app, rule.endpoint)), set()).add(rule.endpoint)
    assert found == {capability: set(routes.split()) for capability, routes in ROUTES.items()}


@pytest.fixture
def entered(place: Place) -> Iterator[Callable[[], bool]]:
    """Whether the request came as far as the view: every view is taken out, so that nothing is done by asking for it."""
    came: list[str] = []
    views = dict(place.app.view_functions)

    def stub(endpoint: str, view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def answer(**_arguments: object) -> str:
            came.append(endpoint)
            return "let in"

        return answer

    place.app.view_functions.update({endpoint: stub(endpoint, view) for endpoint, view in views.items()})
    yield lambda: bool(came) and bool(came.pop())
    place.app.view_functions.update(views)


@pytest.mark.parametrize("who", CALLERS)
def test_a_route_lets_in_whom_the_table_names_and_nobody_else(place: Place, entered: Callable[[], bool], who: str) -> None:
    allowed = {endpoint for capability, whom in EXPECTED.items() if who in whom for endpoint in ROUTES[capability].split()}
    client, walked = place.clients[who], 0
    for rule, method in place.rules():
        answer = client.open(place.address(rule, method, key=place.counted), method=method)
        let_in = entered()
        if rule.endpoint in allowed:
            assert (answer.status_code, let_in) == (200, True), (who, method, rule.rule)
        elif who in STRANGERS:
            assert (answer.status_code, let_in) == (302, False), (method, rule.rule)
            assert answer.headers["Location"].startswith("/office/sign-in"), rule.rule
        else:
            assert (answer.status_code, let_in) == (404, False), (who, method, rule.rule)
        walked += 1
    assert walked > 110


def test_every_role_is_walked() -> None:
    assert {*CALLERS} - {*STRANGERS, "unit", "elsewhere"} == {role.value for role in Role} - {"staff"}
    assert set().union(*EXPECTED.values()) == {*CALLERS} - STRANGERS


def test_a_visit_is_for_ones_own_page_and_no_account_is_a_visit(place: Place, entered: Callable[[], bool]) -> None:
    for who in CALLERS:
        for address, method in (("/mine/", "GET"), ("/mine/leave", "POST")):
            status = place.clients[who].open(address, method=method).status_code
            assert (status, entered()) == ((200, True) if who == "subject" else (404, False)), (who, address)


@pytest.mark.parametrize("who", [one for one in CALLERS if one not in STRANGERS])
def test_a_campaign_that_is_not_there_answers_as_one_that_is_somebody_elses(place: Place, who: str) -> None:
    client, seen = place.clients[who], 0
    for rule, method in place.rules(keyed=True):
        answer = client.open(place.address(rule, method, key="NOWHERE"), method=method)
        assert answer.status_code == 404, (who, method, rule.rule)
        seen += 1
    assert seen > 80


def test_staff_of_a_unit_elsewhere_meet_nothing_of_this_campaign(place: Place) -> None:
    with resources(place.app).writing() as session:
        campaign = session.scalars(select(Campaign).where(Campaign.key == place.counted)).one()
        publish(session, campaign)
    for rule, method in place.rules(keyed=True):
        answer = place.clients["elsewhere"].open(place.address(rule, method, key=place.counted, code="TA"), method=method)
        assert answer.status_code == 404, (method, rule.rule)
    assert place.clients["unit"].get(f"/office/results/{place.counted}/").status_code == 200


def test_whoever_monitors_sees_results_once_they_are_published_and_not_before(place: Place) -> None:
    client = place.clients["monitor"]
    with resources(place.app).writing() as session:
        campaign = ledger_town.build(session, period="2027")
        pages = [
            f"/office/results/{campaign.key}/{page}" for page in ("", "subjects/P1", "outcomes/", "results.xlsx", "results.csv")
        ]
        assert [client.get(page).status_code for page in pages] == [404] * 5
        assert "总分" not in client.get("/office/results/").get_data(as_text=True)
        publish(session, campaign)
    assert [client.get(page, buffered=True).status_code for page in pages] == [200] * 5
    assert place.clients["key_holder"].get(pages[0]).status_code == 404


#: Argument -> what of the other campaign stands there, for a caller who may open this campaign's pages.
def _of(session: Session, campaign_id: int) -> dict[str, object]:
    style = session.scalars(select(BallotStyle.id).where(BallotStyle.campaign_id == campaign_id).order_by(BallotStyle.id)).first()
    batch = session.scalars(select(SlipBatch.id).where(SlipBatch.campaign_id == campaign_id)).first()
    rater = session.scalars(select(Rater.id).where(Rater.campaign_id == campaign_id).order_by(Rater.id)).first()
    assert None not in (style, batch, rater)
    return {"style_id": style, "form": style, "batch_id": batch, "rater": rater}


@pytest.mark.parametrize("who", ["head", "clerk"])
def test_what_belongs_to_another_campaign_is_not_found_under_this_one(place: Place, who: str) -> None:
    with resources(place.app).writing() as session:
        foreign = _of(session, place.foreign.campaign_id)
        subject = session.scalars(select(Subject).where(Subject.campaign_id == place.foreign.campaign_id)).first()
        entry = EvidenceEntry(
            campaign_id=place.foreign.campaign_id, subject_id=subject.id if subject else 0, kind="component", name="x", value="1",
            entered_by="a", entered=NOON, on="", reason="",
        )  # fmt: skip
        session.add(entry)
        session.commit()
        foreign["entry"] = entry.id
    walked, style = set(), {"style": str(foreign["style_id"])}
    for rule, method in place.rules(keyed=True):
        if not rule.arguments & set(foreign):
            continue
        values = {"key": place.town.key, "tag": "zh-Hans", **foreign}
        answer = place.clients[who].open(place.address(rule, method, **values), method=method, data=style)
        assert answer.status_code == 404, (who, method, rule.rule)
        walked.add(rule.endpoint)
    assert {"reprinting.void", "readings.read", "room.wall", "forms_table.shown", "evidence.withdraw"} <= walked
    for address in ("print/slips", "room/", "room/open", "room/close"):
        answer = place.clients[who].post(f"/office/campaigns/{place.town.key}/{address}", data=style)
        assert answer.status_code == 404, address
