"""Terms of keeping, legal holds, and purges with a certificate that outlives the round."""

from __future__ import annotations

import datetime as dt

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from survey_app.extensions import resources
from survey_app.models import Appeal, AuditEvent, Ballot, Campaign, KeepingTerm, LegalHold, PurgeCertificate
from survey_app.roles import Role
from survey_app.services.keeping import purge
from tests.support import pdf_reading as reading
from tests.support.application import OFFICE_PASSWORD, csrf, office_account
from tests.support.clock import NOON
from tests.support.printed import seen_on
from tests.survey_app.services.four_eyes.test_two_people import ask_of, confirm, page
from tests.survey_app.services.keeping.hamlet_later import app

__all__ = ["app"]

TITLE = "小村年度评议"


@pytest.fixture
def key(app: Flask) -> str:
    with resources(app).reading() as look:
        return look.scalars(select(Campaign.key)).one()


@pytest.fixture
def address(key: str) -> str:
    return f"/office/campaigns/{key}/keeping/"


def post(client: FlaskClient, path: str, **form: str) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf(client), **form})


def told(answer: TestResponse, word: str, status: int) -> bool:
    return (answer.status_code, word in answer.get_data(as_text=True)) == (status, True)


def test_a_term_is_said_with_its_rule_and_only_made_longer(app: Flask, office_client: FlaskClient, address: str) -> None:
    for part, until, basis, word in (
        ("records", "2029-12-31", "", "依据哪条规定"),
        ("records", "2029-12-31", "规" * 201, "依据哪条规定"),
        ("records", "someday", "规定", "2036-12-31"),
        ("records", "2020-01-01", "规定", "今后"),
        ("records", "2900-01-01", "规定", "今后"),
        ("records", "9999-12-31", "规定", "今后"),
        ("soul", "2029-12-31", "规定", "请选一部分"),
    ):
        answer = post(office_client, f"{address}term", part=part, until=until, basis=basis)
        assert told(answer, word, answer.status_code)
        assert 400 <= answer.status_code < 500
    form = {"part": "records", "until": "2038-12-31", "basis": "干部考核档案规定"}
    assert post(office_client, f"{address}term", **form).status_code == 302
    assert told(post(office_client, f"{address}term", **{**form, "until": "2037-12-31"}), "只能延长", 409)
    assert post(office_client, f"{address}term", **{**form, "until": "2048-12-31"}).status_code == 302
    shown = office_client.get(address).get_data(as_text=True)
    assert "到 2048-12-31 23:59 UTC，依据：干部考核档案规定" in shown
    with resources(app).reading() as look:
        assert len(look.scalars(select(KeepingTerm)).all()) == 2
    overview = office_client.get(address.replace("keeping/", "").rstrip("/")).get_data(as_text=True)
    assert "保存到 2048-12-31" in overview


def test_a_hold_blocks_every_destruction_until_it_is_lifted_with_a_reason(
    app: Flask, office_client: FlaskClient, address: str, key: str
) -> None:
    destroy = address.replace("keeping/", "appeal/destroy")
    assert post(office_client, f"{address}archive").status_code == 302
    assert told(post(office_client, f"{address}hold", reason="  "), "请写明理由", 400)
    assert told(post(office_client, f"{address}hold", reason="长" * 301), "最多", 400)
    assert post(office_client, f"{address}hold", reason="有人申诉").status_code == 302
    assert told(post(office_client, f"{address}hold", reason="有人申诉"), "已经冻结着", 409)
    assert told(post(office_client, destroy, title=TITLE), "有人申诉", 409)
    with resources(app).writing() as session:
        session.execute(update(Campaign).values(demo=True))
        session.commit()
    assert "冻结着" in office_client.get(address.replace("keeping/", "remove/")).get_data(as_text=True)
    assert "冻结着" in office_client.get("/office/demo/remove/").get_data(as_text=True)
    with resources(app).writing() as session:
        session.execute(update(Campaign).values(demo=False))
        hold = session.scalars(select(LegalHold.id)).one()
        session.commit()
    assert told(post(office_client, f"{address}lift", hold=str(hold), reason=""), "请写明理由", 400)
    assert post(office_client, f"{address}lift", hold="99", reason="x").status_code == 404
    assert post(office_client, f"{address}lift", hold=str(hold), reason="案件了结").status_code == 302
    assert told(post(office_client, f"{address}lift", hold=str(hold), reason="x"), "已经由", 409)
    assert post(office_client, destroy, title=TITLE).status_code == 302
    with resources(app).reading() as look:
        assert set(look.scalars(select(Ballot.sealed))) == {b""}
        acts = look.scalars(select(AuditEvent.detail).where(AuditEvent.action.in_(("hold-placed", "hold-lifted")))).all()
    assert acts == [f"{key} 有人申诉", f"{key} {hold} 案件了结"]


def test_a_hold_takes_two_people_and_so_does_lifting_it(app: Flask, address: str) -> None:
    clients = {}
    for name, role in (("王", Role.CLERK), ("李", Role.HEAD)):
        office_account(app, name, {role})
        clients[name] = app.test_client()
        form = {"name": name, "password": OFFICE_PASSWORD, "csrf_token": csrf(clients[name])}
        clients[name].post("/office/sign-in", data=form)
    clerk, head = clients["王"], clients["李"]
    ask = ask_of(post(clerk, f"{address}hold", reason="监察调查"))
    with resources(app).reading() as look:
        assert look.scalars(select(LegalHold)).all() == []
    assert "监察调查" in page(head, ask)
    assert confirm(head, ask).status_code == 302
    with resources(app).reading() as look:
        hold = look.scalars(select(LegalHold)).one()
        assert (hold.reason, hold.lifted) == ("监察调查", None)
    ask = ask_of(post(clerk, f"{address}lift", hold=str(hold.id), reason="调查结束"))
    assert all(word in page(head, ask) for word in ("监察调查", "调查结束"))
    assert confirm(head, ask).status_code == 302
    with resources(app).reading() as look:
        assert look.scalars(select(LegalHold.lifted_why)).one() == "调查结束"


def test_the_ballots_term_keeps_them_longer_than_the_appeal_period(office_client: FlaskClient, address: str) -> None:
    destroy = address.replace("keeping/", "appeal/destroy")
    assert post(office_client, f"{address}archive").status_code == 302
    assert post(office_client, f"{address}term", part="forms", until="2030-01-01", basis="选举法").status_code == 302
    assert told(post(office_client, destroy, title=TITLE), "选举法", 409)
    assert "选举法" in office_client.get(address.replace("keeping", "appeal")).get_data(as_text=True)


def test_what_is_due_stands_on_one_list(app: Flask, office_client: FlaskClient, address: str) -> None:
    listed = office_client.get("/office/keeping").get_data(as_text=True)
    for waits in ("可以销毁选票内容和开启密钥", "还没有定保存期限", "还没有归档"):
        assert waits in listed
    assert post(office_client, f"{address}archive").status_code == 302
    assert post(office_client, f"{address}term", part="records", until="2030-01-01", basis="规定").status_code == 302
    with resources(app).writing() as session:
        session.execute(update(Appeal).values(until=NOON + dt.timedelta(days=600)))
        session.commit()
    assert "现在没有要办的" in office_client.get("/office/keeping").get_data(as_text=True)


def test_a_round_kept_long_enough_is_purged_and_its_certificate_stays(
    app: Flask, office_client: FlaskClient, address: str, key: str
) -> None:
    early = post(office_client, f"{address}purge", title=TITLE)
    assert told(early, "还没有定保存期限", 409)
    assert post(office_client, f"{address}term", part="records", until="2030-01-01", basis="规定").status_code == 302
    assert told(post(office_client, f"{address}purge", title=TITLE), "要保存到", 409)
    app.config["PINGYI_CLOCK"] = lambda: NOON + dt.timedelta(days=1500)
    client = app.test_client()
    client.post("/office/sign-in", data={"name": "评议办", "password": OFFICE_PASSWORD, "csrf_token": csrf(client)})
    assert told(post(client, f"{address}purge", title=TITLE), "还没有销毁", 409)
    assert post(client, f"{address}archive").status_code == 302
    assert post(client, address.replace("keeping/", "appeal/destroy"), title=TITLE).status_code == 302
    assert told(post(client, f"{address}purge", title="小村"), "不一样", 422)
    gone = post(client, f"{address}purge", title=TITLE)
    assert gone.status_code == 302
    with resources(app).reading() as look:
        assert look.scalars(select(Campaign)).all() == []
        row = look.scalars(select(PurgeCertificate)).one()
        certificate = purge.told(row)
        assert (certificate.holds, certificate.said.why, certificate.said.rows["ballot"]) == (True, "kept long enough", 30)
    assert "签名对" in client.get(gone.headers["Location"]).get_data(as_text=True)
    sheet = client.get(f"{gone.headers['Location']}.pdf").get_data()
    assert all(word in reading.text_of(sheet) for word in (TITLE, "保存期满", "评议办", "30"))
    assert reading.read_qr_from_pdf(sheet) == [row.text.strip()] or key in reading.read_qr_from_pdf(sheet)[0]
    assert not (resources(app).config.data / "archives" / f"{key}.zip").exists()


def test_a_demo_leaves_a_certificate_and_an_altered_one_is_found_out(
    app: Flask, office_client: FlaskClient, address: str
) -> None:
    with resources(app).writing() as session:
        session.execute(update(Campaign).values(demo=True, title="【演练 TEST】小村年度评议"))
        session.commit()
    remove = address.replace("keeping/", "remove/")
    seen = seen_on(office_client.get(remove).get_data(as_text=True))
    done = post(office_client, remove, seen=seen)
    assert done.status_code == 302
    shown = office_client.get(done.headers["Location"]).get_data(as_text=True)
    assert all(
        word in shown
        for word in (
            "演练，不算数",
            "签名对",
            '<dt>凭条</dt><dd class="numbers">30</dd>',
            '<dt>选票</dt><dd class="numbers">30</dd>',
        )
    )
    assert "【演练 TEST】小村年度评议" in office_client.get("/office/keeping").get_data(as_text=True)
    with resources(app).writing() as session:
        row = session.scalars(select(PurgeCertificate)).one()
        row.text = row.text.replace('"ballot":30', '"ballot":29')
        session.commit()
    assert "签名不对" in office_client.get(done.headers["Location"]).get_data(as_text=True)
    assert office_client.get("/office/keeping/purged/99").status_code == 404
