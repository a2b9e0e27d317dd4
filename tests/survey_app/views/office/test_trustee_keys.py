"""Trustees with keys of their own, walked from the first public key to the count: no share passes the office in any spelling.

Trustees work by the command line on folders of their own; what they open is opened a second time by the specification of age.
"""

from __future__ import annotations

import base64
import html
import io
import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select, update
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from survey_app.config import Config, cookie_key
from survey_app.extensions import resources
from survey_app.models import AuditEvent, Campaign, StoredTally
from survey_app.proof import checkpoints
from survey_app.services.log import epochs
from survey_app.services.sealing import custody, trustees
from tests.support import age_by_hand
from tests.support.application import csrf
from tests.support.attendance import end
from tests.support.clock import NOON
from tests.support.printed import seen_on
from tests.support.trustees import KEYS, LINES, NAMES, PHRASE, SECRETS, Machine, dealt, files_in, kept_in, letters, spellings
from tests.survey_app.services.counting.test_counting import cast
from tests.towns.small_scheme import Town, build

later = pytest.mark.postgresql_later


class Overheard:
    """Every byte that the office's browser was sent."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.heard = client, bytearray()

    def get(self, address: str) -> TestResponse:
        return self._kept(self.client.get(address))

    def post(self, address: str, **form: object) -> TestResponse:
        return self._kept(self.client.post(address, data={"csrf_token": csrf(self.client), **form}))

    def _kept(self, answer: TestResponse) -> TestResponse:
        self.heard += answer.get_data() + str(answer.headers).encode() + html.unescape(answer.get_data(as_text=True)).encode()
        return answer


@pytest.fixture
def office(office_client: FlaskClient) -> Overheard:
    return Overheard(office_client)


@pytest.fixture
def machines(tmp_path: Path) -> list[Machine]:
    return [Machine(tmp_path / f"trustee-{at}", at) for at in range(3)]


def said(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def draft(app: Flask, key: str = "K3Y") -> str:
    with resources(app).writing() as session:
        town = build(session, state="draft", key=key)
    return f"/office/campaigns/{town.key}"


def wrapped_in(app: Flask, key: str = "K3Y") -> bytes:
    with resources(app).reading() as session:
        return session.scalars(select(Campaign.wrapped_key).where(Campaign.key == key)).one()


def deal(office: Overheard, address: str, lines: str = LINES, needed: str = "2") -> TestResponse:
    """Enter, compare every fingerprint, deal."""
    page = said(office.post(f"{address}/custody/keys/compare", holder_keys=lines, needed=needed))
    compared = re.findall(r'name="compared" value="([0-9a-f]{32})"', page)
    return office.post(f"{address}/custody/keys/deal", holder_keys=lines, needed=needed, compared=compared, seen=seen_on(page))


def upload(*files: bytes) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), f"{at}.age") for at, content in enumerate(files)]


def rows_of(session: Session) -> bytes:
    """Everything in the database, as bytes: texts as they are, blobs raw and in hexadecimal digits."""
    tables = MetaData()
    tables.reflect(session.get_bind())
    found = bytearray()
    for table in tables.sorted_tables:
        for value in (one for row in session.execute(select(table)) for one in row):
            found += (value + value.hex().encode() if isinstance(value, bytes) else str(value).encode()) + b"\0"
    return bytes(found)


def test_from_the_first_key_to_the_count_no_share_passes_the_office(
    app: Flask, office: Overheard, machines: list[Machine], config: Config, capfd: pytest.CaptureFixture[str]
) -> None:
    with resources(app).writing() as session:
        town = build(session, state="draft")
    address, keys = f"/office/campaigns/{town.key}", f"/office/campaigns/{town.key}/custody/keys"
    page = said(office.post(f"{keys}/compare", holder_keys=LINES, needed="2"))
    assert all(name in page for name in NAMES)
    # a fingerprint in groups of four stands beside each name, and nobody deals before each was compared
    assert len(re.findall(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", page)) == 3
    compared = re.findall(r'name="compared" value="([0-9a-f]{32})"', page)
    form = {"holder_keys": LINES, "needed": "2", "seen": seen_on(page)}
    refused = office.post(f"{keys}/deal", **form, compared=compared[:2])
    assert (refused.status_code, "孙三 的公钥指纹还没有当面核对" in said(refused)) == (409, True)
    assert not custody.terms_of(wrapped_in(app)).keys
    assert office.post(f"{keys}/deal", **form, compared=compared).status_code == 302
    wrapped = wrapped_in(app)
    assert custody.terms_of(wrapped) == custody.Terms("trustees", 2, NAMES, KEYS)

    # Before the first vote: each trustee answers, and nobody types a share.
    page = said(office.get(f"{address}/custody/"))
    assert 'name="share"' not in page
    assert page.count("等回答") == 3
    assert "还没有演练开启" in said(office.get(f"{address}/approve"))
    for number, machine in enumerate(machines, 1):
        sealed = office.get(f"{keys}/{number}.age")
        assert sealed.headers["Cache-Control"] == "no-store"
        told = machine.run("answer", machine.put("share.age", sealed.get_data()))
        assert told.exit_code == 0, told.exception
        assert "小镇年度评议" in told.output
        answer = told.output.split()[-1]
        assert answer == letters(wrapped)[number - 1]["answer"]
        assert "还没有演练开启" in said(office.get(f"{address}/approve"))
        assert office.post(f"{keys}/answer", answer=answer.lower()).status_code == 302
    assert said(office.get(f"{address}/custody/")).count("已回答") == 3
    assert "还没有演练开启" not in said(office.get(f"{address}/approve"))

    # Approved, the set-up epoch fixes the keys; then a vote, and the close.
    with resources(app).writing() as session:
        session.execute(update(Campaign).values(state="open"))
        campaign = session.scalars(select(Campaign)).one()
        epochs.begin(session, campaign, secret=cookie_key(config), now=NOON)
        log = epochs.log_of(session, campaign)
        assert log is not None
        mark = checkpoints.fingerprint(log.public)
        (entry,) = [text for text in log.epochs[0].entries if '"record":"custody"' in text]
        assert all(fingerprint in entry for fingerprint in compared)
        assert '"dealt":"own keys"' in entry
        session.commit()
        cast(session, town, 0)
        cast(session, town, 1)
        end(session, town)

    # The opening: a one-time key, two trustees of three, each on a machine of their own.
    count = f"{address}/count/"
    assert "先制作一把一次性公钥" in said(office.get(count))
    early = office.post(count, released=upload(b"x"))
    assert (early.status_code, "没有为这一步准备好的一次性公钥" in said(early)) == (409, True)
    assert office.post(f"{keys}/one-time/count").status_code == 302
    page = said(office.get(count))
    (fingerprint,) = re.findall(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", page)
    assert fingerprint in said(app.test_client().get(f"/log/{town.key}/"))  # for everybody's own phone
    key_file = office.get(f"{keys}/one-time/count.txt").get_data()
    released = []
    for machine in (machines[2], machines[0]):
        out = machine.folder / "release.age"
        told = machine.run(
            "release", machine.folder / "share.age", machine.put("opening.txt", key_file), "--out", out, typed=f"{PHRASE}\ny\n"
        )
        assert told.exit_code == 0, told.exception
        assert fingerprint in told.output
        assert f"\n{trustees.in_fours(mark)}\n" in told.output  # the log of this campaign signed the file
        released.append(out.read_bytes())
    for files, why in (
        ([], "现在只有 0 份"),
        (released[:1], "现在只有 1 份"),
        ([released[0], released[0]], "第 2 份密钥片：和第 1 份是同一份"),
        ([released[0], b"a poem"], "第 2 份：不是一份完好的交付文件"),
        ([released[0], office.get(f"{keys}/2.age").get_data()], "第 2 份：不是封给现在这把一次性公钥的"),
    ):
        refused = office.post(count, released=upload(*files))
        assert why in said(refused), why
    assert office.post(count, released=upload(*released)).status_code == 302
    with resources(app).reading() as session:
        assert session.scalars(select(Campaign.state)).one() == "counted"
        assert session.scalars(select(StoredTally)).one()
    # What was handed on opens nothing a second time, and nothing else.
    again = office.post(count, released=upload(*released))
    assert (again.status_code, "没有为这一步准备好的一次性公钥" in said(again)) == (409, True)

    with resources(app).reading() as session:
        stored = [
            rows_of(session),
            *(path.read_bytes() for path in machines[0].folder.parent.glob("pingyi.db*")),
            *files_in(config.data),
        ]
    passed = [bytes(office.heard), *(text.encode() for text in capfd.readouterr())]
    sealed_lines = [line.encode() for line in kept_in(wrapped).sealed[0].splitlines()[1:3]]
    assert all(line in passed[0] and line in stored[0] for line in sealed_lines)  # what does pass is found
    for letter in letters(wrapped):
        for canary in (*spellings(letter["share"]), b"AGE-SECRET-KEY-1", *(one.encode() for one in SECRETS)):
            assert not any(canary in one for one in (*passed, *stored))


@later
def test_pasted_files_of_stock_age_open_as_well(app: Flask, office: Overheard, config: Config) -> None:
    with resources(app).writing() as session:
        town = build(session)
        by_trustees(session, town, config)
        cast(session, town, 0)
        end(session, town)
    address = f"/office/campaigns/{town.key}"
    office.post(f"{address}/custody/keys/one-time/count")
    (recipient,) = set(re.findall(r"age1[a-z0-9]{58}", said(office.get(f"{address}/count/"))))
    kept = kept_in(wrapped_in(app))
    # age -d -i key.age share.age | age -a -r age1… : the very letter, sealed anew; one binary file, one pasted
    inside = [age_by_hand.open_sealed(kept.sealed[at].encode(), SECRETS[at]) for at in (1, 2)]
    binary, pasted = (age_by_hand.seal(recipient, one) for one in inside)
    shown = office.post(f"{address}/count/", released=upload(binary), released_text=armoured(pasted).decode())
    assert shown.status_code == 302, said(shown)


def armoured(data: bytes) -> bytes:
    """A file as `age -a` writes it: base64 in lines of 64."""
    text = base64.b64encode(data).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN AGE ENCRYPTED FILE-----", *lines, "-----END AGE ENCRYPTED FILE-----", ""]).encode()


def by_trustees(session: Session, town: Town, config: Config) -> None:
    """The town's empty box handed to the three before anybody voted, and its log begun as approval begins it."""
    public, wrapped = dealt(town.key)
    session.execute(update(Campaign).where(Campaign.id == town.campaign_id).values(public_key=public, wrapped_key=wrapped))
    session.expire_all()
    epochs.begin(session, session.get_one(Campaign, town.campaign_id), secret=cookie_key(config), now=NOON)
    session.commit()


@later
def test_what_was_handed_on_for_the_count_reads_no_signed_form(app: Flask, office: Overheard, config: Config) -> None:
    with resources(app).writing() as session:
        town = build(session)
        by_trustees(session, town, config)
        end(session, town)
    address = f"/office/campaigns/{town.key}"
    office.post(f"{address}/custody/keys/one-time/bundle")
    recipient = key_in(office, address, "bundle")
    kept = kept_in(wrapped_in(app))
    files = [age_by_hand.seal(recipient, age_by_hand.open_sealed(kept.sealed[at].encode(), SECRETS[at])) for at in (0, 1)]
    refused = office.post(f"{address}/count/", released=upload(*files))
    assert "没有为这一步准备好的一次性公钥" in said(refused)
    assert office.get(f"{address}/custody/keys/one-time/count.txt").status_code == 404


def key_in(office: Overheard, address: str, act: str) -> str:
    text = said(office.get(f"{address}/custody/keys/one-time/{act}.txt"))
    (found,) = re.findall(r"age1[a-z0-9]{58}", text)
    return str(found)


@later
def test_what_was_sealed_for_another_campaign_or_another_opening_is_named(app: Flask, office: Overheard, config: Config) -> None:
    with resources(app).writing() as session:
        towns = [build(session, key=key) for key in ("K3Y", "0THER")]
        for town in towns:
            by_trustees(session, town, config)
        end(session, *towns)
    address = f"/office/campaigns/{towns[0].key}"

    def handed_on(key: str, at: int, recipient: str) -> bytes:
        kept = kept_in(wrapped_in(app, key))
        return age_by_hand.seal(recipient, age_by_hand.open_sealed(kept.sealed[at].encode(), SECRETS[at]))

    office.post(f"{address}/custody/keys/one-time/count")
    stale = handed_on("K3Y", 0, key_in(office, address, "count"))
    office.post(f"{address}/custody/keys/one-time/count")
    fresh = key_in(office, address, "count")
    told = said(
        office.post(f"{address}/count/", released=upload(stale, handed_on("0THER", 1, fresh), handed_on("K3Y", 2, fresh)))
    )
    assert "第 1 份：不是封给现在这把一次性公钥的，是给上一次的" in told
    assert "第 2 份：属于另一次评议“小镇年度评议”" in told
    assert "第 3 份" not in told


@later
def test_a_trustee_is_replaced_before_approval_and_all_answer_anew(app: Flask, office: Overheard) -> None:
    address = draft(app)
    assert deal(office, address).status_code == 302
    first = letters(wrapped_in(app))
    for one in first:
        assert office.post(f"{address}/custody/keys/answer", answer=one["answer"]).status_code == 302
    assert "还没有演练开启" not in said(office.get(f"{address}/approve"))
    # the page that asks says what ends; without having seen it nothing ends
    fresh, _ = age_by_hand.identity()
    lines = LINES.replace(KEYS[2], fresh).replace(NAMES[2], "李四")
    page = said(office.post(f"{address}/custody/keys/compare", holder_keys=lines, needed="2"))
    assert all(name in page for name in (*NAMES, "李四"))
    assert "已经演练过，换了要重新演练" in page
    compared = re.findall(r'name="compared" value="([0-9a-f]{32})"', page)
    unseen = office.post(f"{address}/custody/keys/deal", holder_keys=lines, needed="2", compared=compared)
    assert (unseen.status_code, "什么都没有作废" in said(unseen)) == (409, True)
    assert custody.terms_of(wrapped_in(app)).holders == NAMES
    assert deal(office, address, lines).status_code == 302
    assert custody.terms_of(wrapped_in(app)).holders == (*NAMES[:2], "李四")
    assert "还没有演练开启" in said(office.get(f"{address}/approve"))
    old = office.post(f"{address}/custody/keys/answer", answer=first[0]["answer"])
    assert "重新分发以前的文件" in said(old)
    assert said(office.get(f"{address}/custody/")).count("等回答") == 3
    with resources(app).reading() as session:
        acts = [one.action for one in session.scalars(select(AuditEvent))]
    assert acts.count("custody-keys") == 2
    assert acts.count("trustee-answered") == 3


@later
def test_a_private_key_sent_by_mistake_is_refused_and_never_repeated(app: Flask, office: Overheard) -> None:
    address = draft(app)
    lines = LINES.replace(KEYS[1], SECRETS[1])
    for sent in ({"holder_keys": lines}, {"holder_keys": "", "file": (io.BytesIO(lines.encode()), "钱二.pub")}):
        refused = office.post(f"{address}/custody/keys/compare", needed="2", **sent)
        assert (refused.status_code, "钱二：这里收到的是私钥" in said(refused)) == (422, True)
    assert SECRETS[1].encode() not in office.heard
    assert b"SECRET-KEY-1" not in office.heard
    assert KEYS[0].encode() in office.heard  # the other lines need not be typed again


@later
@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("", "3 到 15 位"),
        (f"赵一 {KEYS[0]}\n钱二", "第 2 位保管人这一行要有姓名和一把 age1 开头的公钥"),
        (f"{KEYS[0]}", "第 1 位保管人这一行"),
        (LINES.replace(KEYS[1], KEYS[0]), "赵一 和 钱二 交来的是同一把公钥"),
        (LINES.replace("钱二", "赵一"), "姓名不能重复"),
        (LINES.replace(KEYS[1], KEYS[1][:-1] + ("q" if KEYS[1][-1] != "q" else "p")), "钱二：这不是一把 age 公钥"),
    ],
)
def test_lines_that_cannot_be_are_named(app: Flask, office: Overheard, lines: str, why: str) -> None:
    address = draft(app)
    refused = office.post(f"{address}/custody/keys/compare", holder_keys=lines, needed="2")
    assert (refused.status_code, why in said(refused)) == (422, True)
    assert 'name="compared"' not in said(refused)


@later
def test_keys_come_as_files_with_remarks_and_in_either_order(app: Flask, office: Overheard) -> None:
    address = draft(app)
    files = [
        (io.BytesIO(f"# 备注\r\n{key}  {name}\r\n".encode("utf-8-sig")), f"{name}.pub")
        for name, key in zip(NAMES, KEYS, strict=True)
    ]
    page = said(office.post(f"{address}/custody/keys/compare", holder_keys="", needed="2", file=files))
    assert page.count('name="compared"') == 3


@later
def test_after_approval_nothing_of_it_changes_and_files_can_be_had_again(app: Flask, office: Overheard, config: Config) -> None:
    with resources(app).writing() as session:
        town = build(session)
        by_trustees(session, town, config)
    address, before = f"/office/campaigns/{town.key}", wrapped_in(app)
    page = said(office.get(f"{address}/custody/keys/deal"))
    sent = {"holder_keys": LINES, "needed": "2", "compared": re.findall(r"[0-9a-f]{32}", page), "seen": "x"}
    assert office.post(f"{address}/custody/keys/deal", **sent).status_code == 409
    answer = letters(before)[0]["answer"]
    assert office.post(f"{address}/custody/keys/answer", answer=answer).status_code == 409
    assert wrapped_in(app) == before
    assert office.get(f"{address}/custody/keys/3.age").status_code == 200
    assert office.get(f"{address}/custody/keys/4.age").status_code == 409


@later
def test_shares_on_paper_are_called_the_weaker_way_and_have_no_one_time_key(app: Flask, office: Overheard) -> None:
    with resources(app).writing() as session:
        town = build(session)
        public, wrapped, _ = custody.create_shared_keys(NAMES, needed=2)
        session.execute(update(Campaign).values(public_key=public, wrapped_key=wrapped))
        session.commit()
    address = f"/office/campaigns/{town.key}"
    assert "印在纸上，较弱" in said(office.get(f"{address}/custody/"))
    for act in ("count", "bundle"):
        assert office.post(f"{address}/custody/keys/one-time/{act}").status_code == 409
    assert office.get(f"{address}/custody/keys/1.age").status_code == 409


@later
def test_a_share_that_arrives_unsealed_is_named_as_seen(app: Flask, office: Overheard, config: Config) -> None:
    with resources(app).writing() as session:
        town = build(session)
        by_trustees(session, town, config)
        end(session, town)
    address = f"/office/campaigns/{town.key}"
    office.post(f"{address}/custody/keys/one-time/count")
    kept = kept_in(wrapped_in(app))
    plain = age_by_hand.open_sealed(kept.sealed[0].encode(), SECRETS[0])
    assert "第 1 份：没有封" in said(office.post(f"{address}/count/", released=upload(plain)))
