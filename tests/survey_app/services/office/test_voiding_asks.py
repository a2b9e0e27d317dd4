"""Nothing already printed dies by one click: a page says first what dies, and a stale page never voids what it did not show."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Route
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from survey_app import access
from survey_app.extensions import SAFE_METHODS
from survey_app.models import AuditEvent, Campaign, EvidenceEntry, Rater, SlipBatch, Subject
from survey_app.roles import GRANTS, Capability, Role
from survey_app.services.sealing.tokens import parse_secret, slip_tag
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.printed import pdf_of, seen_on
from tests.support.webkit import webkit
from tests.survey_app.services.office.acts_that_end import ASKS, ENDS_NOTHING, TYPED
from tests.survey_app.views.office.test_printing_pages import asked, post, print_slips, sheet, town
from tests.towns.small_scheme import Town

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

pytestmark = pytest.mark.postgresql_later
__all__ = ["town"]

GROUP = {"group": "members", "unit": ""}


def tags(session: Session) -> dict[str, bytes | None]:
    """Whose link is in force; the session keeps no lock."""
    found = dict(session.execute(select(Rater.code, Rater.tag).order_by(Rater.code)).all())
    session.rollback()
    return found


def nobody_has_a_letter(session: Session) -> None:
    session.execute(update(Rater).values(tag=None, alias_digest=None, printings=0))
    session.commit()


def at(client: FlaskClient, town: Town, path: str, **query: str) -> str:
    return client.get(f"/office/campaigns/{town.key}/print/{path}", query_string=query).get_data(as_text=True)


def test_after_the_first_printing_the_same_answer_says_so_and_a_second_click_kills_nothing(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    nobody_has_a_letter(session)
    first = post(office_client, town, "invitations", **GROUP)
    page = first.get_data(as_text=True)
    assert page.count('<td class="number">2</td>') == 2  # raters, and printed
    assert "评议办" in page.split('id="invitations-title"')[1].split("</section>")[0]  # by whom
    in_force = tags(session)
    assert {slip_tag(parse_secret(link.split("#")[1])) for link in reading.read_qr_from_pdf(pdf_of(page))} == set(
        in_force.values()
    )
    again = post(office_client, town, "invitations", **GROUP)
    assert (again.status_code, "都已经印过" in again.get_data(as_text=True)) == (409, True)
    assert tags(session) == in_force


def test_only_those_who_have_none_are_printed_without_a_question(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    session.execute(update(Rater).where(Rater.code == "M2").values(tag=None, printings=0))
    session.commit()
    before = tags(session)
    answer = post(office_client, town, "invitations", **GROUP)
    assert len(reading.read_qr_from_pdf(sheet(answer))) == 1
    after = tags(session)
    assert (after["M1"] == before["M1"], after["M2"] is None) == (True, False)


def test_the_question_names_every_letter_that_dies_and_changes_nothing(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    before = tags(session)
    page = at(office_client, town, "invitations/again", **GROUP)
    assert "会作废的：2 份" in page
    assert all(name in page for name in ("王1", "M1", "王2", "M2"))
    assert "时间没有记下" in page
    assert "不足 10 份" in page  # turnout as the progress page tells it, and no more
    assert tags(session) == before


def test_a_reissue_without_the_question_or_from_a_stale_page_kills_nothing(
    office_client: FlaskClient, session: Session, town: Town
) -> None:
    before = tags(session)
    bare = post(office_client, town, "invitations/again", **GROUP)
    assert (bare.status_code, "会作废的：2 份" in bare.get_data(as_text=True), tags(session)) == (409, True, before)
    stale = seen_on(at(office_client, town, "invitations/again", **GROUP))
    assert asked(office_client, town, "invitations/again", person="M1", **GROUP).status_code == 200  # a colleague meanwhile
    between = tags(session)
    answer = post(office_client, town, "invitations/again", seen=stale, **GROUP)
    assert (answer.status_code, "什么都没有作废" in answer.get_data(as_text=True)) == (409, True)
    assert tags(session) == between


def test_one_persons_letter_is_made_anew_alone(office_client: FlaskClient, session: Session, town: Town) -> None:
    before = tags(session)
    found = at(office_client, town, "invitations/people", q="王2", **GROUP)
    assert (">M2<" in found, ">M1<" in found, "已印" in found) == (True, False, True)
    answer = asked(office_client, town, "invitations/again", person="M2", **GROUP)
    (link,) = reading.read_qr_from_pdf(sheet(answer))
    after = tags(session)
    assert after == {"M1": before["M1"], "M2": slip_tag(parse_secret(link.split("#")[1]))}
    assert after["M2"] != before["M2"]
    people = at(office_client, town, "invitations/people", **GROUP)
    assert people.count("重印过，共印 2 次") == 1


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"group": "members", "unit": "", "person": "M9"}, 404),
        ({"group": "guests", "unit": ""}, 404),
        ({"group": "members", "unit": "x"}, 404),
    ],
)
def test_nobody_else_can_be_chosen(office_client: FlaskClient, town: Town, query: dict[str, str], status: int) -> None:
    address = f"/office/campaigns/{town.key}/print/invitations/"
    assert office_client.get(f"{address}again", query_string=query).status_code == status
    assert post(office_client, town, "invitations/again", **query).status_code == status


@pytest.mark.parametrize("act", ["void", "reissue"])
def test_a_batch_dies_only_after_its_question(office_client: FlaskClient, session: Session, town: Town, act: str) -> None:
    print_slips(office_client, town)
    batch = session.scalars(select(SlipBatch.id).order_by(SlipBatch.id.desc())).first()
    session.rollback()
    page = at(office_client, town, f"batches/{batch}/{act}")
    for told in ("3 张", "来宾", "年终大会", "评议办", "恢复不了", "不足 10 份"):
        assert told in page
    for seen in ({}, {"seen": ""}, {"seen": "0" * 64}):
        refused = post(office_client, town, f"batches/{batch}/{act}", **seen)
        assert refused.status_code == 409
        assert seen_on(refused.get_data(as_text=True)) == seen_on(page)
    assert session.scalars(select(SlipBatch.id).where(SlipBatch.void)).all() == []
    session.rollback()
    assert post(office_client, town, f"batches/{batch}/{act}", seen=seen_on(page)).status_code in {200, 302}
    assert session.scalars(select(SlipBatch.id).where(SlipBatch.void)).all() == [batch]


def test_no_question_is_put_after_the_close(office_client: FlaskClient, session: Session, town: Town) -> None:
    session.execute(update(Campaign).values(state="closed"))
    session.commit()
    assert 'name="seen"' not in at(office_client, town, "invitations/again", **GROUP)


@pytest.mark.parametrize("scripts", [False, True])
def test_a_browser_shows_what_is_printed_and_saves_the_sheet(
    office_client: FlaskClient, session: Session, town: Town, browser: Browser, scripts: bool
) -> None:
    nobody_has_a_letter(session)
    page_text = post(office_client, town, "invitations", **GROUP).get_data(as_text=True)
    context = browser.new_context(accept_downloads=True, java_script_enabled=scripts)
    page = context.new_page()
    script = Path("static/js/printed.js").read_text(encoding="utf-8")

    def answer(route: Route) -> None:
        if route.request.url.endswith("/print/invitations"):
            route.fulfill(body=page_text, content_type="text/html")
        else:
            route.fulfill(body=script if "printed" in route.request.url else "", content_type="text/javascript")

    page.route("**/*", answer)
    with page.expect_download() as download:
        page.goto("http://pingyi.test/print/invitations", wait_until="commit")
        if not scripts:
            page.click("#printed")
    assert len(reading.read_qr_from_pdf(Path(download.value.path()).read_bytes())) == 2
    assert download.value.suggested_filename.endswith(".pdf")
    if scripts:
        assert page.url.endswith(f"/office/campaigns/{town.key}/print/")  # loading it again prints nothing
    context.close()


@pytest.fixture
def downloads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where WebKit saves: the reader's own folder, of a home made for the test."""
    folder, settings = tmp_path / "home" / "Downloads", tmp_path / "home" / ".config"
    for each in (folder, settings):
        each.mkdir(parents=True)
    (settings / "user-dirs.dirs").write_text('XDG_DOWNLOAD_DIR="$HOME/Downloads"\n', encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(settings))
    return folder


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.browser
def test_webkit_saves_the_sheet_by_itself_and_again_from_the_button(
    office_client: FlaskClient, session: Session, town: Town, downloads: Path
) -> None:
    """The engine of Safari takes the PDF out of the page's own link, under our policy header."""
    nobody_has_a_letter(session)
    answer = post(office_client, town, "invitations", **GROUP)
    page = Response(answer.get_data(), headers=dict(answer.headers))

    def made_or_ours(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        serve = page if environ["PATH_INFO"] == "/made" else office_client.application
        return serve(environ, start)

    server = make_server("127.0.0.1", 0, made_or_ours, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with webkit() as window:
            window.open(f"http://127.0.0.1:{server.port}/made")
            assert len(reading.read_qr_from_pdf(saved(downloads, 1)[0])) == 2
            assert window.run("return window.location.pathname") == f"/office/campaigns/{town.key}/print/"
            for one in downloads.iterdir():
                one.unlink()
            window.click("#printed")
            assert len(reading.read_qr_from_pdf(saved(downloads, 1)[0])) == 2
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def saved(folder: Path, number: int) -> list[bytes]:
    """So many whole PDFs in the folder, as soon as they are there."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        found = [one.read_bytes() for one in folder.glob("*.pdf")]
        if len(found) == number and all(one.rstrip().endswith(b"%%EOF") for one in found):
            return found
        time.sleep(0.1)
    raise AssertionError(f"{number} PDFs expected in the folder of downloads, found {sorted(folder.iterdir())}")


def writing(app: Flask) -> set[str]:
    """Every endpoint that takes more than looking, from the routing table."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if (rule.methods or set()) - SAFE_METHODS}


def test_every_act_says_whether_it_ends_something(app: Flask) -> None:
    """Whoever adds an act puts it into one of the three lists above: it asks, it is typed, or it ends nothing and says why."""
    assert not ASKS & TYPED
    assert not (ASKS | TYPED) & set(ENDS_NOTHING)
    assert writing(app) == ASKS | TYPED | set(ENDS_NOTHING)
    assert all(ENDS_NOTHING.values())


def test_an_act_that_nobody_listed_is_found(app: Flask) -> None:
    app.url_map.add(Rule("/office/campaigns/<key>/print/all/void", endpoint="reprinting.void_all", methods=["DELETE"]))
    assert writing(app) - ASKS - TYPED - set(ENDS_NOTHING) == {"reprinting.void_all"}


@pytest.mark.parametrize(
    "case",
    [
        ("campaigns/{}/close", "title", "", 422),
        ("campaigns/{}/close", "title", "小镇", 422),
        ("campaigns/{}/appeal/destroy", "title", "", 422),
        ("campaigns/{}/evidence/entry/1/withdraw", "why", " ", 400),
        ("campaigns/{}/evidence/lacking", "why", "", 400),
        ("campaigns/{}/publish/stop", "reason", "", 0),
    ],
)
def test_what_must_be_typed_is_asked_for_and_nothing_ends_without_it(
    office_client: FlaskClient, session: Session, town: Town, case: tuple[str, str, str, int]
) -> None:
    path, field, sent, status = case
    subject = session.scalars(select(Subject)).first()
    assert subject is not None
    session.add(
        EvidenceEntry(
            campaign_id=town.campaign_id,
            subject_id=subject.id,
            kind="event",
            name="n",
            value="1",
            entered_by="o",
            entered=NOON,
            absent=True,
        )
    )
    session.commit()
    form = {"csrf_token": csrf(office_client), field: sent, "do": "withdraw", "row": "1"}
    answer = office_client.post(f"/office/{path.format(town.key)}", data=form)
    assert answer.status_code == status if status else 400 <= answer.status_code < 500
    session.expire_all()
    assert session.scalars(select(Campaign.state)).all() == ["open"]
    assert session.scalars(select(EvidenceEntry.replaced)).all() == [False]
    ended = {"campaign-closed", "openings-destroyed", "evidence-withdrawn", "results-unpublished"}
    assert not ended & set(session.scalars(select(AuditEvent.action)).all())
    session.rollback()


@pytest.mark.parametrize("endpoint", sorted(ASKS))
def test_every_act_that_voids_has_a_page_that_asks(app: Flask, endpoint: str) -> None:
    """The act and its question have one address: what is asked is what is done."""
    (rule,) = [one for one in app.url_map.iter_rules(endpoint) if "POST" in (one.methods or ())]
    adapter = app.url_map.bind("pingyi.test")
    values = {"key": "K3Y", "batch_id": 1, "account_id": 1, "row": "rater-1"}
    address = adapter.build(endpoint, {name: values[name] for name in rule.arguments}, method="POST")
    question, _ = adapter.match(address, method="GET")
    asks, acts = access.rule_of(app, question), access.rule_of(app, endpoint)
    assert {role for role in Role if acts in GRANTS[role]} <= {role for role in Role if asks in GRANTS[role]}
    assert {acts, asks} <= set(Capability)
