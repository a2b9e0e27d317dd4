"""Unit accounts stand for units of campaigns: named before they are saved, refused where there is none, equal codes apart."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

import fastparquet
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import AnyConverter, Rule

from survey_app import access
from survey_app.extensions import resources
from survey_app.models import Account, AccountRole, AuditEvent, Campaign, Subject, UnboundCode, Unit
from survey_app.roles import Role
from survey_app.services.office import account_units
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.pdf_reading import text_of
from tests.support.publishing import confirm_everything, publish, signed_in
from tests.towns import ledger_town, two_towns

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def keys(app: Flask) -> tuple[str, str]:
    """Two counted campaigns in which the units bear the same codes and other names: 01 and 02. All is published."""
    app.config["PINGYI_CLOCK"] = lambda: NOON
    with resources(app).writing() as session:
        towns, ledgers = two_towns.build(session), ledger_town.build(session)
        for campaign in (towns, ledgers):
            units = select(Unit).where(Unit.campaign_id == campaign.id).order_by(Unit.place)
            for number, unit in enumerate(session.scalars(units)):
                unit.code = f"0{number + 1}"
        session.commit()
        # the stored count names units by their codes of before: nothing in this file looks at its books
        for campaign in (towns, ledgers):
            confirm_everything(session, campaign)
            publish(session, campaign)
        return towns.key, ledgers.key


def steps_to(client: FlaskClient, name: str, campaign: str, codes: str) -> tuple[str, dict[str, str]]:
    """The page that asks for confirmation, and the fields of its form."""
    page = client.get("/office/accounts/units/confirm", query_string={"name": name, "campaign": campaign, "codes": codes})
    text = page.get_data(as_text=True)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    return text, fields


def test_making_one_shows_campaign_and_name_before_anything_is_saved(
    app: Flask, office_client: FlaskClient, keys: tuple[str, str], session: Session
) -> None:
    start = office_client.get("/office/accounts").get_data(as_text=True)
    assert "两镇年度评议" in start
    chosen = office_client.get("/office/accounts/units", query_string={"name": "东镇办", "campaign": keys[0]})
    assert re.search(r'name="unit" value="01"> <span>东镇', chosen.get_data(as_text=True))
    page, fields = steps_to(office_client, "东镇办", keys[0], "０１")
    assert all(word in page for word in ("东镇办", "两镇年度评议", "2026", "东镇", "编号 01"))
    assert "甲镇" not in page  # what 01 means in the other campaign
    assert session.scalar(select(Account).where(Account.name == "东镇办")) is None
    session.rollback()
    made = office_client.post("/office/accounts/units", data=fields)
    assert "/office/link/" in made.get_data(as_text=True)
    listed = office_client.get("/office/accounts").get_data(as_text=True)
    assert re.search(r"两镇年度评议 <span class=\"soft\">2026</span>：东镇", listed)
    told = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "account-created")).all()
    assert told == [f"东镇办 (staff) {keys[0]} 01"]


@pytest.mark.parametrize(
    "case",
    [
        ("first", "99", "的名册里没有编号为 99 的单位"),
        ("first", "01，TA，88", "没有编号为 88、TA 的单位"),
        ("nosuch", "01", "没有这次评议"),
        ("first", "", "还没有选单位"),
        ("first", "\x00" * 4 + "9" * 4000, "没有编号为"),
    ],
)
def test_what_is_not_there_is_refused_in_one_sentence_and_nothing_is_saved(
    office_client: FlaskClient, keys: tuple[str, str], session: Session, case: tuple[str, str, str]
) -> None:
    campaign, codes, sentence = case
    where = keys[0] if campaign == "first" else campaign
    answer = office_client.get("/office/accounts/units/confirm", query_string={"name": "某办", "campaign": where, "codes": codes})
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (400, True)
    form = {"name": "某办", "campaign": where, "codes": codes, "seen": "", "csrf_token": csrf(office_client)}
    answer = office_client.post("/office/accounts/units", data=form)
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (400, True)
    assert session.scalar(select(Account).where(Account.name == "某办")) is None


def test_a_name_that_changed_since_it_was_read_is_shown_again(
    office_client: FlaskClient, keys: tuple[str, str], session: Session
) -> None:
    _page, fields = steps_to(office_client, "东镇办", keys[0], "01")
    unit = session.scalars(select(Unit).where(Unit.name == "东镇")).one()
    unit.name = "东港镇"
    session.commit()
    answer = office_client.post("/office/accounts/units", data=fields)
    assert (answer.status_code, "变了" in answer.get_data(as_text=True)) == (409, True)
    assert session.scalar(select(Account).where(Account.name == "东镇办")) is None


def test_a_binding_is_added_and_taken_away_later(app: Flask, office_client: FlaskClient, keys: tuple[str, str]) -> None:
    staff = signed_in(app, "东镇办", (keys[0], "01"))
    assert staff.get(f"/office/results/{keys[1]}/").status_code == 404
    with resources(app).reading() as look:
        number = look.scalars(select(Account.id).where(Account.name == "东镇办")).one()
    query = {"account": number, "campaign": keys[1], "unit": "01"}
    page = office_client.get("/office/accounts/units/confirm", query_string=query).get_data(as_text=True)
    assert ("甲镇" in page, "班子连带 2026" in page) == (True, True)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert office_client.post("/office/accounts/units", data=fields).status_code == 302
    assert office_client.post("/office/accounts/units", data=fields).status_code == 302  # twice is once
    assert staff.get(f"/office/results/{keys[1]}/").status_code == 200
    assert staff.get("/office/account").get_data(as_text=True).count("甲镇") == 1
    with resources(app).reading() as look:
        unit = look.scalars(select(Unit.id).where(Unit.name == "甲镇")).one()
    form = {"unit": unit, "csrf_token": csrf(office_client)}
    assert office_client.post(f"/office/accounts/{number}/units/remove", data=form).status_code == 302
    assert staff.get(f"/office/results/{keys[1]}/").status_code == 404
    assert staff.get(f"/office/results/{keys[0]}/").status_code == 200
    again = office_client.post(f"/office/accounts/{number}/units/remove", data=form)
    assert (again.status_code, "可能已被取消" in again.get_data(as_text=True)) == (400, True)


def test_an_old_code_that_fits_nothing_is_shown_to_the_office_opens_nothing_and_can_be_bound(
    app: Flask, office_client: FlaskClient, keys: tuple[str, str]
) -> None:
    with resources(app).writing() as session:
        account = Account(name="老账户", given_roles=[AccountRole(role=Role.STAFF)], created=NOON, bound_units=[])
        session.add(account)
        session.flush()
        number = account.id
        session.add(UnboundCode(account_id=number, unit_code="01"))
        session.commit()
    assert "没有对应上：01" in office_client.get("/office/accounts").get_data(as_text=True)
    with resources(app).writing() as session:
        account_units.bind(session, session.get_one(Account, number), account_units.choose(session, keys[1], ["01"]))
        session.commit()
    assert "没有对应上" not in office_client.get("/office/accounts").get_data(as_text=True)


def test_only_the_office_binds(app: Flask, client: FlaskClient, keys: tuple[str, str]) -> None:
    staff = signed_in(app, "东镇办", (keys[0], "01"))
    with resources(app).reading() as look:
        number = look.scalars(select(Account.id)).one()
    for page in ("units", "units/confirm", f"{number}/units"):
        assert staff.get(f"/office/accounts/{page}").status_code == 404
        assert client.get(f"/office/accounts/{page}").status_code == 302
    for page in ("units", f"{number}/units/remove", f"{number}/units/forget"):
        assert staff.post(f"/office/accounts/{page}", data={"csrf_token": csrf(staff)}).status_code == 404


def addresses(app: Flask, key: str, codes: list[str]) -> Iterator[tuple[str, str]]:
    """Every address under a campaign's key that anybody with an account may ask for: method and path, for every subject."""
    for rule in app.url_map.iter_rules():
        if "key" in rule.arguments and access.needs_account(app, rule.endpoint):
            for code in codes if "code" in rule.arguments else [""]:
                for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                    yield method, filled(app, rule, key, code)


def filled(app: Flask, rule: Rule, key: str, code: str) -> str:
    one_of = {name: one.items for name, one in rule._converters.items() if isinstance(one, AnyConverter)}
    others = {name: sorted(one_of[name])[0] if name in one_of else 1 for name in rule.arguments - {"key", "code"}}
    with app.test_request_context():
        values = {"key": key, **({"code": code} if code else {}), **others}
        return app.url_map.bind("").build(rule.endpoint, values, append_unknown=False)


def answered(client: FlaskClient, method: str, address: str, key: str, token: str) -> tuple[int, str]:
    """Status and words, the campaign's key and the page's own tokens taken out."""
    form = {"csrf_token": token} if method == "POST" else None
    answer = client.open(address, method=method, data=form, buffered=True)
    text = answer.get_data(as_text=True)
    return answer.status_code, re.sub(r'name="csrf_token" value="[^"]*"', "", text).replace(key, "KEY")


def test_no_address_of_a_campaign_answers_an_account_of_another_one(app: Flask, keys: tuple[str, str]) -> None:
    """Generated from the table of routes, so that a new page is walked by itself. Codes of units are equal in both."""
    accounts = {key: signed_in(app, f"{key} 办", (key, "01")) for key in keys}
    with resources(app).reading() as look:
        query = select(Subject.code).join(Campaign, Campaign.id == Subject.campaign_id)
        subjects = {key: list(look.scalars(query.where(Campaign.key == key))) for key in keys}
    walked = 0
    for own, other in (keys, keys[::-1]):
        client, nowhere = accounts[own], "x" * len(other)
        token = csrf(client)
        for method, address in addresses(app, other, subjects[other]):
            walked += 1
            there = answered(client, method, address, other, token)
            assert there == answered(client, method, address.replace(other, nowhere), nowhere, token), address
            assert there[0] == 404, address
        assert client.get(f"/office/results/{own}/").status_code == 200
    assert walked > 150


def test_no_address_shows_an_account_another_unit_of_its_campaign(app: Flask, keys: tuple[str, str]) -> None:
    """The east asks for everything of its own campaign; nowhere does it meet the west's name."""
    client = signed_in(app, "东镇办", (keys[0], "01"))
    seen = 0
    for method, address in addresses(app, keys[0], ["EH", "ET", "WH", "WT"]):
        if method == "GET":
            answer = client.get(address, buffered=True)
            assert answer.status_code in (200, 404), address
            assert answer.status_code == 404 or "/W" not in address, address
            seen += answer.status_code == 200
            assert "西镇" not in text_in(address, answer.get_data()), address
    assert seen == 16  # overview, map, outcomes, satisfaction, xlsx, csv; two subjects with page, sheet, workbook; four more


def text_in(address: str, content: bytes) -> str:
    """What somebody reads who opens the answer with the program it is for."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    if content.startswith(b"PAR1"):
        return str(fastparquet.ParquetFile(io.BytesIO(content)).to_pandas().to_csv())
    return text_of(content) if content.startswith(b"%PDF") else content.decode()
