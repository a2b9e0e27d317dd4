"""The pages of the log: the public one answers without a cookie and gives nothing away; the office makes epochs and sheets."""

from __future__ import annotations

import dataclasses
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update

from survey_app.config import Config
from survey_app.extensions import resources
from survey_app.models import Ballot, Campaign, Headcount, Slip
from survey_app.proof import verify
from survey_app.services.log import epochs
from survey_app.services.sealing.sealed_content import receipt_code
from survey_app.services.sealing.tokens import alias_digest, mint_alias
from tests.support.application import csrf
from tests.support.pdf_reading import read_qr_from_pdf, text_of
from tests.towns import hamlet

pytestmark = pytest.mark.postgresql_later


@pytest.fixture
def database_url(hamlet_file: Path, tmp_path: Path) -> str:
    """The hamlet's database instead of an empty one."""
    (tmp_path / "pingyi.db").write_bytes(hamlet_file.read_bytes())
    return f"sqlite:///{tmp_path / 'pingyi.db'}"


@pytest.fixture
def config(config: Config) -> Config:
    """The server that made the hamlet's log: same secret."""
    return dataclasses.replace(config, secret_key=hamlet.SECRET, alias_cost=hamlet.QUICK)


@pytest.fixture
def key(app: Flask) -> str:
    """The campaign's key."""
    with resources(app).reading() as session:
        return session.scalars(select(Campaign.key)).one()


def page(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.get_data(as_text=True)


def leaves_of(app: Flask) -> list[bytes]:
    with resources(app).reading() as session:
        return list(session.scalars(select(Ballot.leaf).order_by(Ballot.leaf)))


def ask(client: FlaskClient, key: str, code: str) -> str:
    return client.post(f"/log/{key}/", data={"code": code}).get_data(as_text=True)


def test_every_leaf_every_root_and_the_books_stand_on_the_public_page(app: Flask, client: FlaskClient, key: str) -> None:
    front = page(client, f"/log/{key}/")
    log_text = page(client, f"/log/{key}/leaves.txt")
    with resources(app).reading() as session:
        log = epochs.log_of(session, session.scalars(select(Campaign)).one())
    assert log is not None
    for epoch in log.epochs:
        spaced = " ".join(re.findall(".{8}", epoch.root.hex()))
        assert spaced in front
        listed = page(client, f"/log/{key}/{epoch.number}")
        for leaf in epoch.leaves:
            assert leaf.hex() in listed
            assert leaf.hex() in log_text
        assert page(client, f"/log/{key}/{epoch.number}/checkpoint.txt") == epoch.text
    # The villagers' line: 26 came, 30 printed, 24 in, 2 spoiled, 4 unused; min(30 - 6, 26) - 24 = 0 more would have fitted.
    cells = re.findall(r'<td class="number">(\d+|—)', front[front.index("小村 · 村民") :])[:6]
    assert cells == ["0", "26", "30", "24", "2", "4"]


def test_a_receipt_a_printed_alias_and_a_scanned_link_are_found_and_nothing_is_said_of_the_answers(
    app: Flask, client: FlaskClient, key: str
) -> None:
    leaf = leaves_of(app)[0]
    answer = ask(client, key, receipt_code(leaf).lower())
    assert "在。" in answer
    assert " ".join(re.findall(".{8}", leaf.hex())) in answer
    assert "称职" not in answer
    assert "优秀" not in answer
    alias = mint_alias()
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        used = session.scalars(select(Slip).join(Ballot, Ballot.key == Slip.tag)).first()
        assert used is not None
        used.alias_digest = alias_digest(alias, campaign.salt, hamlet.QUICK)
        session.commit()
    assert "在。" in ask(client, key, alias)
    assert "没有找到" in ask(client, key, mint_alias())
    assert "没有找到" in ask(client, key, "http://pingyi.test/v/ABC#" + "0" * 26)
    assert "认不出这个码" in ask(client, key, "七嘴八舌")
    assert "没有找到" in ask(client, key, "00000-00000-00000-00000")


def test_a_ballot_that_vanished_from_the_box_is_still_in_the_log_and_the_page_says_so(
    app: Flask, client: FlaskClient, office_client: FlaskClient, key: str
) -> None:
    leaf = leaves_of(app)[0]
    with resources(app).writing() as session:
        session.execute(delete(Ballot).where(Ballot.leaf == leaf))
        session.commit()
    assert "票箱里已经没有这张票了" in ask(client, key, receipt_code(leaf))
    assert "有 1 张票已经不在票箱里" in page(office_client, f"/office/campaigns/{key}/log/")


def test_the_public_pages_set_no_cookie_and_change_nothing(client: FlaskClient, key: str) -> None:
    for answer in (client.get(f"/log/{key}/"), client.post(f"/log/{key}/", data={"code": "x"}), client.get(f"/log/{key}/0")):
        assert "Set-Cookie" not in answer.headers
    assert client.get("/log/nobody/").status_code == 404
    assert client.get(f"/log/{key}/9").status_code == 404
    assert client.get(f"/log/{key}/bundle.zip").status_code == 404
    assert client.post(f"/log/{key}/", data={"code": "x", "more": "y"}).status_code == 400


def test_a_slip_scanned_after_the_close_leads_on_to_the_log(app: Flask, client: FlaskClient, key: str) -> None:
    with resources(app).reading() as session:
        style = session.scalars(select(Slip.style_id)).first()
    stop = client.get(f"/v/{style}")
    assert stop.status_code == 410
    assert re.search(rf'data-log href="/log/{key}/[^"]*"', stop.get_data(as_text=True))
    assert "js/log.js" in stop.get_data(as_text=True)
    front = page(client, f"/log/{key}/")
    assert "data-scanned" in front
    assert "js/log.js" in front


def test_the_office_publishes_a_bundle_that_the_checker_accepts(
    app: Flask, client: FlaskClient, office_client: FlaskClient, key: str, tmp_path: Path
) -> None:
    address = f"/office/campaigns/{key}/log/bundle"
    token = csrf(office_client)
    wrong = office_client.post(address, data={"csrf_token": token, "passphrase": "not the one at all"})
    assert wrong.status_code == 403
    done = office_client.post(address, data={"csrf_token": token, "passphrase": hamlet.PASSPHRASE})
    assert done.status_code == 302
    archive = client.get(f"/log/{key}/bundle.zip").data
    path = tmp_path / "fetched.zip"
    path.write_bytes(archive)
    assert verify.main([str(path)]) == 0
    assert set(zipfile.ZipFile(io.BytesIO(archive)).namelist()) == {"public.json", "verify.py", "README.txt", "STATE.txt"}
    for shown in (page(client, f"/log/{key}/"), page(office_client, f"/office/campaigns/{key}/log/")):
        assert "过时" not in shown
    assert "下载公开核对包" in page(client, f"/log/{key}/")
    with resources(app).writing() as session:  # one of 26 was counted twice
        session.execute(update(Headcount).where(Headcount.group_key == "村民").values(present=25))
        session.commit()
    assert "这个核对包已经过时" in page(client, f"/log/{key}/")
    assert "公布着的核对包已经过时" in page(office_client, f"/office/campaigns/{key}/log/")


def test_a_sheet_shows_all_64_digits_and_its_code_holds_the_signed_text(office_client: FlaskClient, app: Flask, key: str) -> None:
    sheet = office_client.get(f"/office/campaigns/{key}/log/2.pdf").data
    with resources(app).reading() as session:
        log = epochs.log_of(session, session.scalars(select(Campaign)).one())
    assert log is not None
    printed = "".join(text_of(sheet).split())
    assert log.epochs[2].root.hex() in printed
    assert f"http://pingyi.test/log/{key}/" in printed
    assert log.epochs[2].text in read_qr_from_pdf(sheet)


@pytest.fixture
def young(app: Flask) -> Iterator[str]:
    """An open campaign beside the counted one."""
    with resources(app).writing() as session:
        from tests.towns.small_scheme import build  # noqa: PLC0415

        yield build(session, key="y0ung").key


def test_the_office_makes_a_meetings_epoch_only_when_it_hides_everybody(office_client: FlaskClient, young: str) -> None:
    address = f"/office/campaigns/{young}/log/"
    token = csrf(office_client)
    refused = office_client.post(address, data={"csrf_token": token, "name": "年终大会"})
    assert refused.status_code == 409
    assert "不到 20 张" in refused.get_data(as_text=True)


def test_closing_a_campaign_makes_its_last_epoch(office_client: FlaskClient, client: FlaskClient, young: str) -> None:
    token = csrf(office_client)
    office_client.post(f"/office/campaigns/{young}/close", data={"csrf_token": token, "title": "小镇年度评议"})
    front = page(client, f"/log/{young}/")
    assert "结束时" in front
    assert "批准时" in front


def test_the_office_page_is_for_the_office(client: FlaskClient, key: str) -> None:
    assert client.get(f"/office/campaigns/{key}/log/").status_code == 302
    assert client.get(f"/office/campaigns/{key}/log/0.pdf").status_code == 302
