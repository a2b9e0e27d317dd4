"""Slips made on another machine: the server sees digests only, the slips vote as any other, and no wrong file gets in."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.cli import cli
from survey_app.extensions import resources
from survey_app.models import AuditEvent, BallotStyle, Slip, SlipBatch
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.casting.refusals import VoidSlipError
from survey_app.services.log import voids
from survey_app.services.sealing import tokens
from survey_app.services.slips import offline, slips
from survey_app.services.slips.offline import OfflineSlipsError
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.towns.small_scheme import GOOD_MARKS, QUICK, Town, build

SECRET = "a server's own secret, for logs in tests"


def order_of(client: FlaskClient, town: Town) -> bytes:
    answer = client.get(f"/office/campaigns/{town.key}/print/order.json?style={town.guests}")
    assert answer.status_code == 200
    return answer.get_data()


def hand_in(client: FlaskClient, town: Town, data: bytes) -> TestResponse:
    form = {"csrf_token": csrf(client), "file": (io.BytesIO(data), "digests.json")}
    return client.post(f"/office/campaigns/{town.key}/print/digests", data=form)


def made_elsewhere(order: bytes, folder: Path, count: int = 3) -> tuple[list[str], bytes]:
    """Links as a phone reads them off the sheet, and the file of digests, made by the command on another machine."""
    (folder / "order.json").write_bytes(order)
    files = [str(folder / name) for name in ("order.json", "slips.pdf", "digests.json")]
    done = CliRunner().invoke(cli, ["slips", *files, "--count", str(count), "--meeting", "年终大会"])
    assert done.exit_code == 0, (done.output, done.exception)
    assert ((folder / "slips.pdf").stat().st_mode & 0o777) == 0o600
    return reading.read_qr_from_pdf((folder / "slips.pdf").read_bytes()), (folder / "digests.json").read_bytes()


def test_slips_of_another_machine_vote_and_the_server_never_sees_a_code(
    app: Flask, office_client: FlaskClient, tmp_path: Path
) -> None:
    with resources(app).writing() as session:
        town = build(session, slips=1)
    links, digests = made_elsewhere(order_of(office_client, town), tmp_path)
    assert len(links) == 3
    assert all(link.startswith(f"http://pingyi.test/v/{town.guests}#") for link in links)
    secrets = [tokens.parse_secret(link.partition("#")[2]) for link in links]
    for secret in secrets:  # what travels to the server has neither the code nor what is printed of it
        assert tokens.secret_text(secret).encode() not in digests
        assert secret.hex().encode() not in digests
    assert hand_in(office_client, town, digests).status_code == 302
    with resources(app).writing() as session:
        batch = session.scalars(select(SlipBatch).order_by(SlipBatch.id.desc())).first()
        assert batch is not None
        assert (batch.style_id, batch.meeting, batch.issued) == (town.guests, "年终大会", 3)
        assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first() == "slips-registered"

        def vote(number: int) -> None:
            cast.cast(
                session, style_id=town.guests, credential=Credential(secret=secrets[number]), submission_id=bytes([number]) * 16,
                marks=GOOD_MARKS, alias_cost=QUICK,
            )  # fmt: skip

        vote(0)
        batch_id = batch.id
        voids.void_batch(session, session.get_one(SlipBatch, batch_id), secret=SECRET, now=NOON)
        session.commit()
        with pytest.raises(VoidSlipError):
            vote(1)
    again = hand_in(office_client, town, digests)
    assert again.status_code == 422
    assert "已经登记过" in again.get_data(as_text=True)


def test_the_printed_alias_is_found_as_well(session: Session) -> None:
    town = build(session, slips=1)
    style = session.get_one(BallotStyle, town.guests)
    order = offline.read_order(offline.order_text(style, unit="东镇", group="来宾", base_url="http://x", cost=QUICK))
    codes, digests = offline.make(order, count=2, meeting="大会")
    slips.store(session, offline.take(session, style.campaign, digests, cost=QUICK))
    session.commit()
    receipt = cast.cast(
        session, style_id=town.guests, credential=Credential(alias=codes[1][1]), submission_id=b"s" * 16, marks=GOOD_MARKS,
        alias_cost=QUICK,
    )  # fmt: skip
    assert receipt.code


def test_no_file_gets_in_that_is_damaged_foreign_or_made_for_other_settings(session: Session) -> None:
    town = build(session, slips=1)
    other = build(session, slips=1, key="OTHER")
    style = session.get_one(BallotStyle, town.guests)
    campaign = style.campaign
    order = offline.read_order(offline.order_text(style, unit="", group="来宾", base_url="http://x", cost=QUICK))
    _, data = offline.make(order, count=2, meeting="大会")
    good = json.loads(data)
    first, second = good["slips"]
    before = session.scalar(select(func.count()).select_from(Slip))
    bad: dict[str, list[bytes | dict[str, object]]] = {
        "不是评议系统的凭条文件": [b"", b"\x00", b"[1]", b"{}", b"[" * 2000, json.dumps({**good, "format": "x"}).encode()],
        "另一次评议或另一张表": [{"campaign": "OTHER"}, {"style": other.guests}, {"style": "nothing"}],
        "另一张印制单": [{"salt": "00" * 16}, {"cost": [1, 65]}],
        "不用凭条": [{"style": town.members}],
        "会议": [{"meeting": ""}],
        "不完整或被改动过": [
            {"style": None}, {"meeting": 7}, {"cost": [1, 64, 0]}, {"more": 1},
            {"slips": None}, {"slips": [["zz", "zz"]]}, {"slips": [first, first]}, {"slips": [first[:1]]},
            {"slips": [first, [second[0], first[1]]]}, {"slips": [[first[0][:-2], first[1]]]},
        ],
    }  # fmt: skip
    for why, files in bad.items():
        for change in files:
            sent = change if isinstance(change, bytes) else json.dumps({**good, **change}).encode()
            with pytest.raises((OfflineSlipsError, slips.BatchError), match=why):
                offline.take(session, campaign, sent, cost=QUICK)
    with pytest.raises(slips.BatchError, match="1 到 2000"):
        offline.take(session, campaign, json.dumps({**good, "slips": []}).encode(), cost=QUICK)
    assert session.scalar(select(func.count()).select_from(Slip)) == before
