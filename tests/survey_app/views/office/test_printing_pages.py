"""Printing from the office: one PDF in one answer, kept nowhere, every code in it worth exactly one stored digest."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, Rater, Slip, SlipBatch
from survey_app.services.sealing.tokens import Secret, alias_digest, parse_alias, parse_secret, slip_tag
from survey_app.services.slips import slips
from tests.support import pdf_reading as reading
from tests.support.application import QUICK_ALIAS, csrf
from tests.support.printed import pdf_of, seen_on
from tests.support.publishing import signed_in
from tests.towns.small_scheme import Town, build

pytestmark = pytest.mark.postgresql_later

STAFF_PASSWORD = "河对岸的石桥 nine slow boats"
ALIAS = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]")


@pytest.fixture
def town(session: Session) -> Town:
    """An open campaign with slips and links of its own; nothing is left open that could hold a lock."""
    town = build(session)
    session.close()
    return town


def post(client: FlaskClient, town: Town, path: str, **fields: object) -> TestResponse:
    return client.post(f"/office/campaigns/{town.key}/print/{path}", data={"csrf_token": csrf(client), **fields})


def asked(client: FlaskClient, town: Town, path: str, **fields: str) -> TestResponse:
    """The act as somebody does it who has looked at the page that asks."""
    page = client.get(f"/office/campaigns/{town.key}/print/{path}", query_string=fields).get_data(as_text=True)
    return post(client, town, path, seen=seen_on(page), **fields)


def sheet(answer: TestResponse) -> bytes:
    return pdf_of(answer.get_data(as_text=True))


def print_slips(client: FlaskClient, town: Town, **changes: object) -> TestResponse:
    return post(client, town, "slips", **({"style": town.guests, "meeting": "年终大会", "count": "3"} | changes))


def batches(session: Session) -> list[SlipBatch]:
    """Every batch, read and let go, so that the test's own session holds no lock against the next request."""
    found = list(session.scalars(select(SlipBatch).order_by(SlipBatch.id)))
    session.expunge_all()
    session.rollback()
    return found


def secrets_in(pdf: bytes, style: str) -> list[Secret]:
    links = reading.read_qr_from_pdf(pdf)
    assert all(link.startswith(f"http://pingyi.test/v/{style}#") for link in links)
    return [parse_secret(link.split("#")[1]) for link in links]


def test_every_printed_code_is_worth_one_stored_slip(office_client: FlaskClient, session: Session, town: Town) -> None:
    answer = print_slips(office_client, town)
    assert answer.status_code == 200
    secrets = secrets_in(sheet(answer), town.guests)
    aliases = ALIAS.findall(reading.text_of(sheet(answer)))
    batch = batches(session)[-1]
    stored = {slip.tag: slip.alias_digest for slip in session.scalars(select(Slip).where(Slip.batch_id == batch.id))}
    salt = session.get_one(Campaign, town.campaign_id).salt
    assert len(secrets) == len(aliases) == 3
    assert {slip_tag(secret) for secret in secrets} == set(stored)
    for secret, alias in zip(secrets, aliases, strict=True):  # the QR and the alias of one slip are of one slip
        assert stored[slip_tag(secret)] == alias_digest(parse_alias(alias), salt, QUICK_ALIAS)


def test_the_pdf_is_not_to_be_kept_and_its_name_is_harmless(office_client: FlaskClient, session: Session, town: Town) -> None:
    session.execute(update(Campaign).values(title='../"评议"\r\n; x=1/../2026'))
    session.commit()
    answer = print_slips(office_client, town)
    assert sheet(answer).startswith(b"%PDF-")
    assert "no-store" in answer.headers["Cache-Control"]
    (name,) = re.findall(r'download="([^"]*)"', answer.get_data(as_text=True))
    assert re.fullmatch(r"[\w.-]+\.pdf", name)
    assert not name.startswith(".")
    assert "2026" in name


def test_nothing_is_left_on_disk(
    office_client: FlaskClient, app: Flask, town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "temporary"
    folder.mkdir()
    for variable in ("TMPDIR", "TMP", "TEMP"):
        monkeypatch.setenv(variable, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    secrets = secrets_in(sheet(print_slips(office_client, town)), town.guests)
    assert asked(office_client, town, "invitations/again", group="members", unit="").status_code == 200
    resources(app).engine.dispose()
    assert list(folder.rglob("*")) == []
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not [secret for secret in secrets if bytes(secret) in content or secret.hex().encode() in content]


def test_the_log_holds_counts_and_no_code(office_client: FlaskClient, session: Session, town: Town) -> None:
    pdf = sheet(print_slips(office_client, town))
    asked(office_client, town, "invitations/again", group="members", unit="")
    asked(office_client, town, f"batches/{batches(session)[-1].id}/void")
    kinds = ("slips-printed", "invitations-printed", "slips-void")
    events = list(session.scalars(select(AuditEvent).where(AuditEvent.action.in_(kinds)).order_by(AuditEvent.id)))
    assert [event.action for event in events] == list(kinds)
    told = " ".join(event.detail for event in events)
    assert "来宾: 3" in told
    assert "委员: 2" in told
    assert not ALIAS.search(told)
    assert not [link for link in reading.read_qr_from_pdf(pdf) if link.split("#")[1] in told]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"count": "0"}, "1 到 2000 张"),
        ({"count": "2001"}, "1 到 2000 张"),
        ({"count": "很多"}, "1 到 2000 张"),
        ({"count": "-3"}, "1 到 2000 张"),
        ({"meeting": "  "}, "请写明会议"),
        ({"meeting": "会" * 121}, "最多 120 个"),
    ],
)
def test_a_bad_wish_is_answered_with_a_sentence_and_prints_nothing(
    office_client: FlaskClient, session: Session, town: Town, fields: dict[str, str], sentence: str
) -> None:
    answer = print_slips(office_client, town, **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page
    assert len(batches(session)) == 1  # the town's own
    if "meeting" not in fields:
        assert 'value="年终大会"' in page  # what was typed is not lost


def test_slips_for_a_signed_group_or_another_campaign_fail(office_client: FlaskClient, session: Session, town: Town) -> None:
    other = build(session, key="TH3R3")
    session.close()
    assert print_slips(office_client, town, style=other.guests).status_code == 404
    assert print_slips(office_client, town, style="nothing").status_code == 404
    answer = print_slips(office_client, town, style=town.members)
    assert answer.status_code == 422
    assert "个人邀请函" in answer.get_data(as_text=True)
    theirs = batches(session)[-1].id
    assert post(office_client, town, f"batches/{theirs}/void").status_code == 404
    assert post(office_client, town, f"batches/{theirs}/reissue").status_code == 404
    assert not any(batch.void for batch in batches(session))


def test_a_lost_print_is_voided_and_printed_again_in_one_act(office_client: FlaskClient, session: Session, town: Town) -> None:
    first = secrets_in(sheet(print_slips(office_client, town)), town.guests)
    lost = batches(session)[-1]
    answer = asked(office_client, town, f"batches/{lost.id}/reissue")
    again = secrets_in(sheet(answer), town.guests)
    assert len(again) == 3
    assert not set(first) & set(again)
    assert [(batch.issued, batch.void) for batch in batches(session)[1:]] == [(3, True), (3, False)]
    twice = post(office_client, town, f"batches/{lost.id}/reissue")
    assert twice.status_code == 409
    assert "已经作废" in twice.get_data(as_text=True)
    assert len(batches(session)) == 3


def test_the_page_says_what_voiding_does_and_shows_it(office_client: FlaskClient, session: Session, town: Town) -> None:
    batch = batches(session)[0].id
    answer = asked(office_client, town, f"batches/{batch}/void")
    assert answer.status_code == 302
    page = office_client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "作废只影响还没有用的凭条" in page
    assert "已作废" in page
    assert f"/batches/{batch}/void" not in page


def test_an_invitation_page_bears_the_raters_own_link(office_client: FlaskClient, session: Session, town: Town) -> None:
    before = {rater.id: rater.tag for rater in session.scalars(select(Rater))}
    session.rollback()
    session.expire_all()
    answer = asked(office_client, town, "invitations/again", group="members", unit="")
    secrets = secrets_in(sheet(answer), town.members)
    pages = reading.text_of(sheet(answer)).split("\f")
    raters = list(session.scalars(select(Rater).order_by(Rater.id)))
    assert [rater.tag for rater in raters] == [slip_tag(secret) for secret in secrets]
    assert not {rater.tag for rater in raters} & set(before.values())  # printing again voids the links before
    for rater, page in zip(raters, pages, strict=True):
        assert rater.name in page


@pytest.mark.parametrize("fields", [{"group": "nobody", "unit": ""}, {"group": "members", "unit": "x"}])
def test_invitations_of_no_such_group_are_not_found(office_client: FlaskClient, town: Town, fields: dict[str, str]) -> None:
    assert post(office_client, town, "invitations", **fields).status_code == 404


def test_a_unit_without_signed_raters_gets_a_sentence(office_client: FlaskClient, town: Town) -> None:
    answer = post(office_client, town, "invitations", group="members", unit="999999")
    assert answer.status_code == 422
    assert "选了 0 份" in answer.get_data(as_text=True)


def test_a_poster_says_meeting_and_network_and_holds_no_code(office_client: FlaskClient, town: Town) -> None:
    address = f"/office/campaigns/{town.key}/print/poster"
    answer = office_client.get(address, query_string={"style": town.guests, "meeting": "年终大会", "network": "Wi-Fi 会场 8888"})
    said = reading.text_of(answer.data)
    assert answer.status_code == 200
    for expected in ("小镇年度评议", "年终大会", "Wi-Fi 会场 8888", "11 月 30 日"):
        assert expected in said
    assert reading.read_qr_from_pdf(answer.data) == []
    assert office_client.get(address, query_string={"style": "nothing"}).status_code == 404


def test_nothing_is_printed_after_the_close(office_client: FlaskClient, session: Session, town: Town) -> None:
    session.execute(update(Campaign).values(state="closed"))
    session.commit()
    for answer in (print_slips(office_client, town), post(office_client, town, "invitations", group="members", unit="")):
        assert answer.status_code == 409
        assert "已经结束" in answer.get_data(as_text=True)


def test_hashing_and_type_setting_hold_no_lock(
    office_client: FlaskClient, session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    minting = slips.digest_aliases

    def while_hashing(*arguments: object, **keywords: object) -> list[bytes]:
        session.execute(update(Campaign).values(period="2026"))  # would wait 15 s and fail if the page held the write lock
        session.commit()
        return minting(*arguments, **keywords)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr("survey_app.services.slips.slips.digest_aliases", while_hashing)
    monkeypatch.setattr("survey_app.services.slips.invitations.digest_aliases", while_hashing)
    assert print_slips(office_client, town).status_code == 200
    assert asked(office_client, town, "invitations/again", group="members", unit="").status_code == 200


def test_only_the_office_prints(app: Flask, client: FlaskClient, town: Town) -> None:
    address = f"/office/campaigns/{town.key}/print/"
    assert client.get(address).status_code == 302
    client = signed_in(app, "东镇", (town.key, "T"))
    assert client.get(address).status_code == 404
    assert print_slips(client, town).status_code == 404


def test_a_printing_without_the_forgery_token_is_refused(office_client: FlaskClient, session: Session, town: Town) -> None:
    fields = {"style": town.guests, "meeting": "大会", "count": "1"}
    assert office_client.post(f"/office/campaigns/{town.key}/print/slips", data=fields).status_code == 400
    assert len(batches(session)) == 1
