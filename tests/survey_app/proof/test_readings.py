"""Reading a single signed form: never before the count, never without a reason, never unseen by its author.

In the hamlet L1 丁 (镇领导, not rated) sent 不称职 不称职 不称职 and then 优秀 称职 称职; L2 戊 sent 称职 称职 不称职.
PA and PB are rated themselves, PC sent nothing.
"""

from __future__ import annotations

import datetime as dt
import html
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app import clock
from survey_app.cli import cli
from survey_app.errors import RefusedError
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Ballot, Campaign, CampaignState, FormReading, Rater
from survey_app.proof import checkpoints
from survey_app.services.bundle import making as bundles
from survey_app.services.casting import cast
from survey_app.services.counting import destruction
from survey_app.services.sealing import custody, sealed_content, tokens
from survey_app.services.signed import own, readings
from tests.support.application import OFFICE_NAME, csrf
from tests.support.archived import archived
from tests.support.clock import NOON
from tests.support.publishing import signed_in
from tests.towns import hamlet, small_scheme

WHY = "本人要求打印一份手签"


@pytest.fixture
def app(hamlet_server: Flask) -> Flask:
    """The hamlet's own server, a few hours after the count."""
    hamlet_server.config["PINGYI_CLOCK"] = lambda: NOON + dt.timedelta(hours=3)
    return hamlet_server


def rater(app: Flask, code: str) -> int:
    with resources(app).reading() as session:
        return session.scalars(select(Rater.id).where(Rater.code == code)).one()


def address(app: Flask, code: str = "") -> str:
    with resources(app).reading() as session:
        key = session.scalars(select(Campaign.key).where(Campaign.title == "小村年度评议")).one()
    return f"/office/campaigns/{key}/signed/{rater(app, code) if code else ''}"


def read(client: FlaskClient, at: str, *, reason: str = WHY, passphrase: str = hamlet.PASSPHRASE) -> TestResponse:
    return client.post(at, data={"csrf_token": csrf(client), "reason": reason, "passphrase": passphrase})


def rows(app: Flask) -> list[tuple[str, str, str, int]]:
    with resources(app).reading() as session:
        found = session.execute(
            select(FormReading.kind, FormReading.reader, FormReading.reason, FormReading.version).order_by(FormReading.id)
        )
        return [(kind, reader, reason, version) for kind, reader, reason, version in found]


def told_to(app: Flask, code: str) -> str:
    """What the author's link shows."""
    secret = tokens.Secret(f"a new link of {code}".encode())  # 16 bytes, as a reprinted invitation has
    with resources(app).writing() as session:
        session.execute(update(Rater).where(Rater.code == code).values(tag=tokens.slip_tag(secret)))
        style = session.scalars(select(Rater.style_id).where(Rater.code == code)).one()
        session.commit()
    link = f"http://pingyi.test/v/{style}#{tokens.secret_text(secret)}"
    return app.test_client().post(f"/v/{style}/own", data={"code": link}).get_data(as_text=True)


def test_the_form_is_shown_sealed_as_its_author_has_it_and_the_author_is_told_who_when_and_why(
    app: Flask, office_client: FlaskClient
) -> None:
    assert "至今没有人查阅过" in told_to(app, "L1")
    answer = read(office_client, address(app, "L1"))
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    shown = re.findall(r'<tr><th scope="row">总体评价</th><td>(\w+)</td></tr>', page)
    assert shown == ["优秀", "称职", "称职"]  # the version in force, not the first
    found = re.search(r'<textarea name="text" hidden>([^<]+)</textarea>', page)
    assert found
    assert "封印完好" in office_client.post("/copy", data={"text": html.unescape(found.group(1))}).get_data(as_text=True)
    assert rows(app) == [("office", OFFICE_NAME, WHY, 2)]
    told = told_to(app, "L1")
    for said in (OFFICE_NAME, "2026年11月21日 15:00 UTC", f"理由：{WHY}", "第 2 版"):
        assert said in told, said
    assert "至今没有人查阅过" in told_to(app, "L2")
    with resources(app).reading() as session:
        acts = session.scalars(select(AuditEvent.detail).where(AuditEvent.action == "signed-form-read")).all()
    assert [WHY in detail for detail in acts] == [True]


def test_without_a_reason_or_the_passphrase_nothing_opens_and_nothing_is_written(app: Flask, office_client: FlaskClient) -> None:
    right = hamlet.PASSPHRASE
    for reason, passphrase, status in (
        ("", right, 422), ("   看看  ", right, 422), ("x" * 301, right, 422), ("看\u202e一看行不行啊", right, 422),
        (WHY, "not the passphrase", 403), (WHY, "", 403),
    ):  # fmt: skip
        answer = read(office_client, address(app, "L1"), reason=reason, passphrase=passphrase)
        assert (answer.status_code, "优秀" in answer.get_data(as_text=True)) == (status, False)
    assert rows(app) == []


def test_the_row_stands_before_the_box_is_opened(app: Flask, office_client: FlaskClient) -> None:
    """A form that does not open was still asked for: its author is told."""
    with resources(app).writing() as session:
        session.execute(update(Ballot).where(Ballot.rater_id == rater(app, "L1")).values(sealed=b"x" * 90))
        session.commit()
    answer = read(office_client, address(app, "L1"))
    assert (answer.status_code, "密封的选票打不开" in answer.get_data(as_text=True)) == (409, True)
    assert [row[0] for row in rows(app)] == ["office"]


def test_an_exchanged_form_is_shown_as_exchanged_and_gets_no_seal(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        other = sealed_content.OpenedBallot((4, 4, 4), b"r" * 32, sealed_content.Signature("张三"))
        box = custody.seal(campaign.public_key, sealed_content.write_content(other, wide=False))
        session.execute(update(Ballot).where(Ballot.rater_id == rater(app, "L1"), Ballot.version == 2).values(sealed=box))
        session.commit()
    page = read(office_client, address(app, "L1")).get_data(as_text=True)
    assert ("不是当时收下的那张表" in page, "textarea" in page) == (True, False)


def test_forms_of_raters_who_are_rated_are_not_on_the_list_and_never_shown_whole(app: Flask, office_client: FlaskClient) -> None:
    page = office_client.get(address(app)).get_data(as_text=True)
    assert [name in page for name in ("丁", "戊", "甲", "乙")] == [True, True, False, False]
    for code in ("PA", "PC"):  # rated; nothing sent
        assert office_client.get(address(app, code)).status_code == 404
        assert read(office_client, address(app, code)).status_code == 404
    assert rows(app) == []


def test_who_may_not_finds_no_page_whatever_the_route(app: Flask, client: FlaskClient, office_client: FlaskClient) -> None:
    staff = signed_in(app, "李四", (address(app).split("/")[3], "U"))
    with resources(app).writing() as session:
        small_scheme.build(session, state="counted")
    for at in (address(app), address(app, "L1")):
        assert client.get(at).status_code == 302  # to the sign-in
        assert staff.get(at).status_code == 404
    assert read(staff, address(app, "L1")).status_code == 404
    assert read(client, address(app, "L1")).status_code == 302
    for foreign in ("none", "K3Y"):  # no campaign, and another one, counted like this
        at = f"/office/campaigns/{foreign}/signed/{rater(app, 'L1')}"
        assert office_client.get(at).status_code == 404
        assert read(office_client, at, passphrase=small_scheme.PASSPHRASE).status_code == 404
    assert office_client.post(address(app, "L1"), data={"reason": WHY, "passphrase": hamlet.PASSPHRASE}).status_code == 400
    assert rows(app) == []


def test_before_the_count_and_after_the_appeal_period_nothing_is_read(counted: tuple[Session, Campaign]) -> None:
    session, campaign = counted
    one = session.scalars(select(Rater.id).where(Rater.code == "L1")).one()
    with pytest.raises(RefusedError, match="申诉期已过"):
        readings.record(session, campaign, one, reader="o", reason=WHY, now=hamlet.APPEAL_ENDS + dt.timedelta(seconds=1))
    campaign.state = CampaignState.CLOSED
    with pytest.raises(RefusedError, match="还没有计票"):
        readings.record(session, campaign, one, reader="o", reason=WHY, now=NOON)


def test_after_the_destruction_nothing_can_be_read_and_the_readings_stay(app: Flask, office_client: FlaskClient) -> None:
    assert read(office_client, address(app, "L1")).status_code == 200
    with resources(app).writing() as session:
        campaign = session.scalars(select(Campaign)).one()
        after = hamlet.APPEAL_ENDS + dt.timedelta(days=1)
        archived(session, campaign)
        destruction.destroy(session, campaign, secret=hamlet.SECRET, account="评议办", now=after)
        session.commit()
    assert "都已销毁" in read(office_client, address(app, "L1")).get_data(as_text=True)
    told = told_to(app, "L1")
    assert (WHY in told, "内容已经销毁" in told, len(rows(app))) == (True, True, 1)


def test_a_reading_is_neither_changed_nor_removed(app: Flask, office_client: FlaskClient) -> None:
    read(office_client, address(app, "L1"))
    for statement in (update(FormReading).values(reason="x"), delete(FormReading), delete(Rater).where(Rater.code == "L1")):
        with resources(app).writing() as session, pytest.raises(DBAPIError):
            session.execute(statement)
    assert rows(app) == [("office", OFFICE_NAME, WHY, 2)]


def test_what_auditors_are_given_is_a_reading_of_every_form_in_it(counted: tuple[Session, Campaign], tmp_path: Path) -> None:
    session, campaign = counted
    key, database = campaign.key, str(session.get_bind().engine.url)
    session.close()
    auditor = custody.create_keys("审计员的一句口令 2026", cost=custody.WrapCost(time=1, memory=64))[0]
    with clock.stop_at(hamlet.APPEAL_ENDS):  # the last moment at which auditors are given anything
        made = CliRunner(env={"PINGYI_DATABASE_URL": database, "PINGYI_SECRET_KEY": hamlet.SECRET}).invoke(
            cli,
            ["--data", str(tmp_path / "d"), "bundle", key, str(tmp_path / "b.zip"), "--auditor", auditor.hex()],
            input=f"{hamlet.PASSPHRASE}\n",
        )
    assert made.exit_code == 0, made.output
    session.expire_all()
    found = session.execute(
        select(Rater.code, FormReading.kind, FormReading.reader, FormReading.version).join(Rater).order_by(FormReading.id)
    )
    assert [tuple(row) for row in found] == [("L1", "auditor", auditor.hex(), 2), ("L2", "auditor", auditor.hex(), 1)]


def test_a_wrong_code_an_unsent_form_and_an_open_round_tell_nobody_anything(app: Flask, client: FlaskClient) -> None:
    assert "没有送出过评议表" in told_to(app, "PC")
    with resources(app).reading() as session:
        style = session.scalars(select(Rater.style_id).where(Rater.code == "L1")).one()
        villagers = session.scalars(select(Ballot.style_id).where(Ballot.kind == "anonymous")).first()
    wrong = client.post(f"/v/{style}/own", data={"code": f"#{'0' * 26}"})
    assert (wrong.status_code, "认不出" in wrong.get_data(as_text=True)) == (403, True)
    assert client.post(f"/v/{style}/own", data={"code": ""}).status_code == 400
    assert client.post(f"/v/{style}/own", data={"code": "x", "more": "y"}).status_code == 400
    assert client.post(f"/v/{villagers}/own", data={"code": "x"}).status_code == 404
    with resources(app).writing() as session:
        session.execute(update(Campaign).values(state="open"))
        session.commit()
    assert client.post(f"/v/{style}/own", data={"code": "x"}).status_code == 404


def test_a_server_that_counts_another_form_than_it_sealed_is_convicted_by_its_own_seal(
    counted: tuple[Session, Campaign], tmp_path: Path
) -> None:
    """L2 sent 称职 称职 不称职 (020204). The copy in his hand says so; a dishonest one says 优秀 (01…) of the same leaf."""
    session, campaign = counted
    ballot = session.scalars(select(Ballot).join(Rater, Rater.id == Ballot.rater_id).where(Rater.code == "L2")).one()
    key = custody.unwrap(campaign.wrapped_key, hamlet.PASSPHRASE)
    given, bundle = tmp_path / "copy.json", tmp_path / "bundle.zip"
    bundle.write_bytes(bundles.auditors_bundle(session, campaign, key, secret=hamlet.SECRET, now=NOON).archive)
    outcomes = {}
    for marks in ((2, 2, 4), (1, 2, 4)):
        form = own.describe(session, ballot, marks, sealed_content.Signature("戊"))
        copy = own.sealed(session, form, campaign.id, secret=hamlet.SECRET)
        assert copy is not None
        given.write_text(copy.text() + "\n", encoding="utf-8")
        checked = CliRunner().invoke(cli, ["check-copy", str(given), "--bundle", str(bundle)])
        outcomes[copy.form.marks] = (checked.exit_code, "票箱里这张表的内容与服务器自己封的存根不同" in checked.output)
    assert outcomes == {"020204": (0, False), "010204": (1, True)}
    assert copy is not None
    print_ = checkpoints.fingerprint(copy.key)
    for arguments, code in (
        (["--key", print_], 0), (["--key", print_[:-1] + "g"], 1),
        (["--bundle", str(given)], 1), (["--bundle", str(tmp_path)], 2),
    ):  # fmt: skip
        assert CliRunner().invoke(cli, ["check-copy", str(given), *arguments]).exit_code == code, arguments
    given.write_text(copy.text().replace("称职", "优秀", 1), encoding="utf-8")
    assert CliRunner().invoke(cli, ["check-copy", str(given)]).exit_code == 1
    given.write_bytes(b"\xff\xfe")
    assert CliRunner().invoke(cli, ["check-copy", str(given)]).exit_code == 2


def test_two_of_three_trustees_open_a_form_and_one_alone_does_not(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        town = small_scheme.build(session)
        campaign = session.get_one(Campaign, town.campaign_id)
        campaign.public_key, campaign.wrapped_key, shares = custody.create_shared_keys(["赵一", "钱二", "孙三"], needed=2)
        session.commit()
        cast.cast(
            session, style_id=town.members, credential=cast.Credential(secret=town.links[0][0]), submission_id=b"s" * 16,
            marks=(1, 1, 2, 3, 4), signature=sealed_content.Signature("王一"), alias_cost=hamlet.QUICK,
        )  # fmt: skip
        campaign.state = CampaignState.COUNTED
        session.commit()
    at = f"/office/campaigns/K3Y/signed/{rater(app, 'M1')}"
    found = []
    for typed in ((shares[0], ""), (shares[0], shares[0]), (shares[2], shares[0])):
        answer = office_client.post(at, data={"csrf_token": csrf(office_client), "reason": WHY, "share": list(typed)})
        found.append((answer.status_code < 400, "<td>best</td>" in answer.get_data(as_text=True), len(rows(app))))
    assert found == [(False, False, 0), (False, False, 0), (True, True, 1)]
