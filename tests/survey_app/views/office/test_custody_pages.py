"""Trustees walked by the office: shares printed once, approval only after a rehearsal, opening on the page and offline."""

from __future__ import annotations

import dataclasses
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.cli import cli
from survey_app.config import Config
from survey_app.database import make_engine, session_factory
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, StoredTally
from survey_app.services.backups import keys, making
from survey_app.services.sealing import custody, opening_notes
from survey_app.services.sealing.custody import WrapCost
from tests.support import pdf_reading as reading
from tests.support.application import csrf
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.support.printed import pdf_of, seen_on
from tests.support.trustees import dealt
from tests.survey_app.services.counting.test_counting import cast
from tests.towns.small_scheme import PASSPHRASE, Town, build

pytestmark = pytest.mark.postgresql_later

NAMES = ("赵一", "钱二", "孙三")


def post(client: FlaskClient, address: str, **form: object) -> TestResponse:
    return client.post(address, data={"csrf_token": csrf(client), **form})


def changed(client: FlaskClient, address: str, act: str, **form: object) -> TestResponse:
    """The act as somebody does it who has looked at the page that says what it ends."""
    page = said(client.get(f"{address}/custody/{act}"))
    return post(client, f"{address}/custody/{act}", seen=seen_on(page), **form)


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def shares_of(answer: TestResponse) -> list[str]:
    """The shares as a phone reads them off the sheets."""
    assert answer.headers["Cache-Control"] == "no-store"
    return reading.read_qr_from_pdf(pdf_of(said(answer)))


def draft(app: Flask) -> str:
    with resources(app).writing() as session:
        town = build(session, state="draft")
    return f"/office/campaigns/{town.key}"


def kept(app: Flask) -> custody.Terms:
    with resources(app).reading() as session:
        return custody.terms_of(session.scalars(select(Campaign.wrapped_key)).one())


def test_shares_are_printed_rehearsed_and_only_then_is_approval_open(app: Flask, office_client: FlaskClient) -> None:
    address = draft(app)
    assert "还没有演练开启" in said(office_client.get(f"{address}/approve"))
    refused = post(office_client, f"{address}/approve")
    assert refused.status_code == 409
    made = changed(office_client, address, "shares", holders="赵一\n\n 钱二 \n孙三", needed="2")
    shares = shares_of(made)
    assert [len(share.split()) for share in shares] == [16, 16, 16]
    sheets = reading.text_of(pdf_of(said(made))).split("\f")
    for name, share, text in zip(NAMES, shares, sheets, strict=True):
        assert name in text
        assert all(group in text for group in share.split())
    assert kept(app) == custody.Terms("trustees", 2, NAMES)
    page = said(office_client.get(f"{address}/custody/"))
    assert not any(share.split()[5] in page for share in shares)  # nowhere to be had again
    wrong = post(office_client, f"{address}/custody/rehearse", share=[shares[0], shares[0]])
    assert "第 2 份密钥片：和第 1 份是同一份" in said(wrong)
    assert "还没有演练开启" in said(office_client.get(f"{address}/approve"))
    assert post(office_client, f"{address}/custody/rehearse", share=[shares[2], shares[0]]).status_code == 302
    assert "还没有演练开启" not in said(office_client.get(f"{address}/approve"))
    assert "2 位到场才能开启" in said(office_client.get(f"{address}/approve"))
    # Sheets made anew: a new key, which nobody has tried yet, and the old shares open nothing.
    changed(office_client, address, "shares", holders="赵一\n钱二\n孙三", needed="2")
    assert "还没有演练开启" in said(office_client.get(f"{address}/approve"))
    assert "属于另一次评议" in said(post(office_client, f"{address}/custody/rehearse", share=[shares[2], shares[0]]))
    with resources(app).reading() as session:
        told = [f"{one.action} {one.detail}" for one in session.scalars(select(AuditEvent))]
    assert [line.split()[0] for line in told][-3:] == ["custody-trustees", "opening-rehearsed", "custody-trustees"]
    assert not any(share.split()[5] in line for line in told for share in shares)


def test_back_to_one_passphrase_and_every_page_that_relies_on_it_says_so(app: Flask, office_client: FlaskClient) -> None:
    address = draft(app)
    changed(office_client, address, "shares", holders="\n".join(NAMES), needed="2")
    phrase = "新的一句话 nine red kites"
    differs = changed(office_client, address, "passphrase", new_passphrase=phrase, again="另一句")
    assert "不一样" in said(differs)
    assert kept(app).kind == "trustees"
    changed(office_client, address, "passphrase", new_passphrase=phrase, again=phrase)
    assert kept(app).kind == "passphrase"
    for page in ("", "/custody/", "/approve"):
        assert "只适合小范围使用" in said(office_client.get(address + page)), page


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("shares", {"holders": "李四\n周五\n吴六", "needed": "2"}),
        ("passphrase", {"new_passphrase": "新的一句话 nine red kites", "again": "新的一句话 nine red kites"}),
    ],
)
def test_shares_in_keepers_hands_die_only_after_a_page_has_named_them(
    app: Flask, office_client: FlaskClient, act: str, form: dict[str, str]
) -> None:
    address = draft(app)
    before_anybody = seen_on(said(office_client.get(f"{address}/custody/{act}")))
    changed(office_client, address, "shares", holders="\n".join(NAMES), needed="2")
    page = said(office_client.get(f"{address}/custody/{act}"))
    assert all(name in page for name in NAMES)
    assert "什么也打不开" in page
    assert "评议办" in page.split("会作废的：")[1].split("</div>")[0]  # who made them
    for seen in ({}, {"seen": before_anybody}):
        refused = post(office_client, f"{address}/custody/{act}", **form, **seen)
        assert (refused.status_code, "什么都没有作废" in said(refused)) == (409, True)
        assert kept(app) == custody.Terms("trustees", 2, NAMES)
    assert changed(office_client, address, act, **form).status_code in {200, 302}
    assert kept(app) != custody.Terms("trustees", 2, NAMES)


def test_after_approval_the_custody_is_fixed(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = build(session)
    address = f"/office/campaigns/{town.key}/custody"
    before = kept(app)
    for act, form in (("shares", {"holders": "\n".join(NAMES), "needed": "2"}), ("rehearse", {"passphrase": PASSPHRASE})):
        assert post(office_client, f"{address}/{act}", **form).status_code == 409
    assert kept(app) == before


def by_trustees(session: Session, town: Town) -> tuple[str, ...]:
    """The town's empty box handed to trustees before anybody voted; their shares."""
    public, wrapped, shares = custody.create_shared_keys(NAMES, needed=2)
    session.execute(update(Campaign).where(Campaign.id == town.campaign_id).values(public_key=public, wrapped_key=wrapped))
    session.commit()
    session.expire_all()
    return shares


def close(session: Session) -> None:
    session.execute(update(Campaign).values(state="closed", closed=NOON))
    session.commit()
    session.expire_all()
    attend(session, session.scalars(select(Campaign)).one())
    session.commit()


def test_the_box_is_opened_by_shares_on_the_count_page(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = build(session)
        shares = by_trustees(session, town)
        cast(session, town, 0)
        close(session)
    address = f"/office/campaigns/{town.key}/count/"
    page = said(office_client.get(address))
    assert page.count('name="share"') == 2
    assert 'name="passphrase"' not in page
    mistyped = shares[1][:-1] + ("7" if shares[1][-1] != "7" else "8")
    answer = post(office_client, address, share=[shares[2], mistyped])
    assert "第 2 份密钥片：第 16 组抄错了" in said(answer)
    assert shares[2] in said(answer)  # the right one need not be typed again
    assert post(office_client, address, share=[shares[2], shares[1]]).status_code == 302
    with resources(app).reading() as look:
        assert look.scalars(select(Campaign.state)).one() == "counted"


@pytest.fixture
def server(sqlite_template: Path, tmp_path: Path) -> Config:
    """A server's data folder on SQLite."""
    data = tmp_path / "server"
    data.mkdir(mode=0o700)
    shutil.copy(sqlite_template, data / "pingyi.db")
    return Config(data=data, database_url=f"sqlite:///{data / 'pingyi.db'}", base_url="http://pingyi.test")


def test_a_laptop_without_network_counts_and_the_server_takes_it_over(server: Config, tmp_path: Path) -> None:
    engine = make_engine(server.database_url)
    with session_factory(engine)() as session:
        town = build(session)
        shares = by_trustees(session, town)
        cast(session, town, 0)
        cast(session, town, 1)
        close(session)
    engine.dispose()
    public, wrapped = keys.create(PASSPHRASE, cost=WrapCost(1, 8))
    keys.use(server, public.hex())
    (tmp_path / "key.json").write_bytes(wrapped)
    making.write(server, tmp_path / "closed.backup", now=NOON)

    def run(data: Path, *arguments: object, typed: str = "") -> str:
        done = CliRunner().invoke(cli, ["--data", str(data), *map(str, arguments)], input=typed)
        assert done.exit_code == 0, (done.output, done.exception)
        return done.output

    laptop, back = tmp_path / "laptop", tmp_path / "back"
    unlock = ("--key", tmp_path / "key.json")
    run(laptop, "restore", tmp_path / "closed.backup", *unlock, typed=f"{PASSPHRASE}\n")
    refused = CliRunner().invoke(cli, ["--data", str(laptop), "count", town.key], input=f"{shares[0]}\n{shares[0]}\n")
    assert "同一份" in str(refused.exception)
    told = run(laptop, "count", town.key, typed=f"{shares[0]}\n{shares[2]}\n")
    assert "收到 2 张" in told
    run(laptop, "backup", tmp_path / "counted.backup")
    run(back, "restore", tmp_path / "counted.backup", *unlock, typed=f"{PASSPHRASE}\n")
    engine = make_engine(dataclasses.replace(server, database_url=f"sqlite:///{back / 'pingyi.db'}").database_url)
    with session_factory(engine)() as session:
        assert session.scalars(select(Campaign.state)).one() == "counted"
        assert session.scalars(select(StoredTally.digest)).one() in told
    engine.dispose()


def test_a_one_time_key_of_a_draft_says_that_no_log_signed_it(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = build(session, state="draft")
        public, wrapped = dealt(town.key)
        session.execute(update(Campaign).values(public_key=public, wrapped_key=wrapped))
        session.commit()
    keys = f"/office/campaigns/{town.key}/custody/keys/one-time/count"
    assert post(office_client, keys).status_code == 302
    note = opening_notes.read(said(office_client.get(f"{keys}.txt")))
    assert (note.campaign, note.log) == (town.key, "")
