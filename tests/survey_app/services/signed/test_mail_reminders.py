"""Reminders by mail: signed raters alone, once a day, no link and no address left lying about, and each refusal kept and told."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.config import Config, SettingError
from survey_app.extensions import resources
from survey_app.mail_settings import PLAIN, STARTTLS, TLS, MailServer, is_address
from survey_app.models import AuditEvent, Campaign, MailedReminder, Rater
from survey_app.services.casting import cast
from survey_app.services.casting.credentials import Credential
from survey_app.services.sealing.sealed_content import Signature
from survey_app.services.signed import mail_reminders, mailing
from survey_app.services.signed.mail_reminders import MailServerError
from tests.support.application import csrf
from tests.support.clock import NOON
from tests.support.mail_server import Mailbox, mail_server
from tests.towns import small_scheme
from tests.towns.small_scheme import MEMBER_MARKS, QUICK, Town

pytestmark = pytest.mark.postgresql_later
DAY = NOON.date()
ADDRESSES = {"M1": "wang.yi@example.cn", "M2": "wang.er@example.cn"}


@pytest.fixture
def town(session: Session) -> Town:
    made = small_scheme.build(session)
    for rater in session.scalars(select(Rater)):
        rater.mail = ADDRESSES[rater.code]
    session.commit()
    return made


def at(box: Mailbox, protection: str = PLAIN, user: str = "", file: Path | None = None) -> MailServer:
    return MailServer(
        host="127.0.0.1",
        port=box.port,
        protection=protection,
        user=user,
        password_file=file,
        sender="office@example.cn",
    )


def send(session: Session, town: Town, server: MailServer, day: dt.date = DAY) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    campaign = session.get_one(Campaign, town.campaign_id)
    mail_reminders.send_all(session, campaign, server, now=lambda: NOON, day=day, told=lambda *one: told.append(one))
    return told


def kept(session: Session) -> list[tuple[str, str, str]]:
    rows = session.execute(
        select(Rater.code, MailedReminder.standing, MailedReminder.told).join(Rater, Rater.id == MailedReminder.rater_id)
    )
    return sorted((code, standing, told) for code, standing, told in rows)


def test_each_who_has_sent_nothing_gets_one_mail_a_day_without_a_link(session: Session, town: Town) -> None:
    with mail_server(Mailbox()) as box:
        assert send(session, town, at(box)) == [(0, 2), (1, 2), (2, 2)]
        assert send(session, town, at(box)) == [(0, 0)]
        assert send(session, town, at(box), DAY + dt.timedelta(days=1))[-1] == (2, 2)
    assert [to for to, _data in box.taken] == [*ADDRESSES.values()] * 2
    first = box.mails()[0]
    text = first.get_content()
    assert "王1，您好" in text
    assert "小镇年度评议" in str(first["Subject"])
    assert (first["From"], first["To"]) == ("office@example.cn", "wang.yi@example.cn")
    assert not any(sign in text for sign in ("http", "/v/", "#", town.members))


def test_whoever_has_sent_a_form_or_has_no_letter_or_no_address_gets_none(session: Session, town: Town) -> None:
    cast.cast(
        session, style_id=town.members, credential=Credential(secret=town.links[0][0]), submission_id=bytes(16),
        marks=MEMBER_MARKS, signature=Signature("王1", ""), alias_cost=QUICK,
    )  # fmt: skip
    campaign = session.get_one(Campaign, town.campaign_id)
    second = session.scalars(select(Rater).where(Rater.code == "M2")).one()
    state = mail_reminders.state_of(session, campaign, day=DAY)
    assert [one.code for one in state.waiting] == ["M2"]
    second.mail = "wang.er@example.cn\r\nBcc: all@example.cn"
    session.flush()
    assert mail_reminders.state_of(session, campaign, day=DAY).without == 1
    second.mail, second.tag = ADDRESSES["M2"], None
    session.flush()
    assert list(mail_reminders.state_of(session, campaign, day=DAY).waiting) == []


def test_a_name_with_line_ends_writes_no_header(session: Session, town: Town) -> None:
    campaign, rater = session.get_one(Campaign, town.campaign_id), session.scalars(select(Rater)).first()
    assert rater is not None
    rater.name, campaign.title = "王\r\nBcc: all@example.cn", "评议\nX-Evil: 1"
    with mail_server(Mailbox()) as box:
        made = mail_reminders.message_to(campaign, rater, at(box), now=NOON)
    assert (made["Bcc"], made["X-Evil"], made["Subject"]) == (None, None, "提醒：评议 X-Evil: 1")
    assert "王 Bcc: all@example.cn，您好" in made.get_content()


def test_a_refused_address_is_kept_by_number_and_one_put_off_is_asked_again(session: Session, town: Town) -> None:
    answers = {ADDRESSES["M1"]: f"550 no such user {ADDRESSES['M1']}", ADDRESSES["M2"]: "451 later"}
    with mail_server(Mailbox(answers=answers)) as box:
        send(session, town, at(box))
        assert kept(session) == [("M1", "refused", "550"), ("M2", "later", "451")]
        box.answers = {}
        assert send(session, town, at(box))[-1] == (1, 1)
    assert kept(session) == [("M1", "refused", "550"), ("M2", "sent", "")]
    campaign = session.get_one(Campaign, town.campaign_id)
    assert [one.code for one, _s, _t in mail_reminders.state_of(session, campaign, day=DAY).failed] == ["M1"]


def test_a_connection_that_breaks_leaves_what_was_sent_sent(session: Session, town: Town) -> None:
    with mail_server(Mailbox(break_after=1)) as box:
        with pytest.raises(MailServerError, match="中途断了"):
            send(session, town, at(box))
        session.rollback()
        box.break_after = 99
        send(session, town, at(box))
    assert [to for to, _data in box.taken] == [*ADDRESSES.values()]


def test_nobody_there_and_a_server_that_hangs_or_speaks_no_tls_stop_it_in_one_sentence(
    session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_reminders, "PATIENCE_SECONDS", 0.3)
    with mail_server(Mailbox()) as box:
        with pytest.raises(MailServerError):
            send(session, town, at(box, protection=STARTTLS))  # offers none: nothing goes in clear
        with pytest.raises(MailServerError):
            send(session, town, at(box, protection=TLS))
        box.hang = True
        with pytest.raises(MailServerError):
            send(session, town, at(box))
    with pytest.raises(MailServerError):
        send(session, town, at(box))  # nobody listens any more
    assert (box.taken, kept(session)) == ([], [])


def test_a_wrong_password_is_said_and_nothing_is_sent(session: Session, town: Town, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("secret\n")
    with mail_server(Mailbox(offered=("AUTH PLAIN LOGIN",))) as box, pytest.raises(MailServerError, match="用户名或密码不对"):
        send(session, town, at(box, user="office", file=file))
    assert box.taken == []


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"PINGYI_MAIL_SERVER": "smtp.example.cn"}, "PINGYI_MAIL_SERVER"),
        ({"PINGYI_MAIL_SENDER": "a@example.cn"}, "PINGYI_MAIL_SERVER"),
        ({"PINGYI_MAIL_SERVER": "smtp.example.cn:25", "PINGYI_MAIL_TLS": "none"}, "PINGYI_MAIL_TLS"),
        ({"PINGYI_MAIL_SERVER": "smtp.example.cn:587", "PINGYI_MAIL_SENDER": "评议办"}, "PINGYI_MAIL_SENDER"),
        (
            {"PINGYI_MAIL_SERVER": "smtp.example.cn:587", "PINGYI_MAIL_SENDER": "a@b.cn", "PINGYI_MAIL_USER": "a"},
            "PINGYI_MAIL_PASSWORD_FILE",
        ),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(given: dict[str, str], wrong: str, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match=wrong):
        Config.from_environment(given, tmp_path)


def test_settings_reach_the_process_beside_the_server(tmp_path: Path) -> None:
    given = {
        "PINGYI_MAIL_SERVER": "smtp.example.cn:465",
        "PINGYI_MAIL_TLS": "tls",
        "PINGYI_MAIL_USER": "office",
        "PINGYI_MAIL_PASSWORD_FILE": "/run/secrets/mail",
        "PINGYI_MAIL_SENDER": "office@example.cn",
    }
    config = Config.from_environment(given, tmp_path)
    assert {name: value for name, value in config.environment().items() if name in given} == given


@pytest.mark.parametrize("text", ["a@b", "a.b+c@d-e.example.cn"])
def test_addresses(text: str) -> None:
    assert is_address(text)


@pytest.mark.parametrize(
    "text", ["", "a", "a@", "@b.cn", "a b@c.cn", "a@b.cn,c@d.cn", "a@b.cn\n", "王@b.cn", "a..b@c.cn", "a" * 300 + "@b.cn"]
)
def test_no_addresses(text: str) -> None:
    assert not is_address(text)


def test_the_page_shows_the_text_before_and_its_press_sends_and_logs_no_address(
    app: Flask, office_client: FlaskClient, session: Session, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/office/campaigns/{town.key}/missing/mail/"
    session.close()
    page = office_client.get(address).get_data(as_text=True)
    assert "王1，您好" in page
    assert "PINGYI_MAIL_SERVER" in page
    assert "Reminder:" in office_client.get(address + "?language=en").get_data(as_text=True)
    refused = office_client.post(address, data={"csrf_token": csrf(office_client)})
    assert refused.status_code == 409
    began: list[str] = []
    monkeypatch.setattr(mailing, "start", lambda _config, _campaign, *, account, language: began.append(language))
    assert office_client.post(address, data={"csrf_token": csrf(office_client), "language": "en"}).status_code == 302
    assert began == ["en"]
    with resources(app).reading() as look:
        told = look.scalars(select(AuditEvent.detail).where(AuditEvent.action == "reminders-mailed")).all()
    assert told == [f"{town.key} 2"]
    assert not any(one in page for one in ADDRESSES.values())


def test_the_process_beside_the_server_sends_and_says_so(app: Flask, session: Session, town: Town, tmp_path: Path) -> None:
    with mail_server(Mailbox()) as box:
        config = resources(app).config
        given = {**config.environment(), **at(box).environment()}
        with_mail = Config.from_environment(given, config.data)
        campaign = session.get_one(Campaign, town.campaign_id)
        session.commit()
        mailing.start(with_mail, campaign, account="评议办", language="zh-Hans")
        mailing._STARTED[-1].wait(60)
        note = mailing.notes_of(with_mail, campaign).find()
    assert note is not None
    assert (note.done, note.whole, note.ready, note.sentence) == (2, 2, True, "")
    assert [to for to, _data in box.taken] == [*ADDRESSES.values()]
