"""The head of the log of acts leaves the house in every checkpoint, and `pingyi audit verify` holds the log against it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from survey_app.cli import cli
from survey_app.config import Config, cookie_key
from survey_app.database import audit_keys, session_factory
from survey_app.models import AuditEvent, Campaign, LogEpoch
from survey_app.printing.checkpoint import CheckpointSheet, checkpoint_pdf
from survey_app.services.campaign import campaigns
from survey_app.services.log import audit_heads, epochs
from survey_app.services.office import audit, audit_check
from survey_app.starting import prepared
from tests.support.clock import NOON
from tests.support.pdf_reading import text_of
from tests.towns.small_scheme import build


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Config]:
    """A place with two acts, a campaign approved and closed after the first and the second, and one act more."""
    config = Config.from_environment({}, tmp_path / "var")
    engine = prepared(config)
    with session_factory(engine)() as session:
        campaign = session.get_one(Campaign, build(session).campaign_id)
        audit.record(session, account="王", action="campaign-approved", detail=campaign.key, now=NOON)
        epochs.begin(session, campaign, secret=cookie_key(config), now=NOON)
        session.commit()
        audit.record(session, account="王", action="campaign-closed", detail=campaign.key, now=NOON)
        campaigns.close(session, campaign, now=NOON)
        epochs.add_close(session, campaign, secret=cookie_key(config), now=NOON)
        session.commit()
        audit.record(session, account="王", action="count", detail=campaign.key, now=NOON)
        session.commit()
    yield config
    engine.dispose()


@pytest.fixture
def look(place: Config) -> Iterator[Session]:
    """A session on that place."""
    engine = prepared(place)
    with session_factory(engine)() as session:
        yield session
    engine.dispose()


def verify(place: Config, *options: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(place.data), "audit", "verify", *options])


def heads(session: Session) -> list[bytes]:
    found = [one.head for one in audit_heads.printed(session)]
    session.rollback()
    return found


def test_each_checkpoint_holds_the_head_of_its_moment_under_its_signed_root(look: Session) -> None:
    digests = look.scalars(select(AuditEvent.digest).order_by(AuditEvent.id)).all()
    assert heads(look) == [digests[0], digests[1]]
    campaign = look.scalars(select(Campaign)).one()
    log = epochs.log_of(look, campaign)
    assert log is not None
    for epoch, head in zip(log.epochs, digests, strict=False):
        assert audit_heads.head_of(epoch) == head.hex()
        assert (
            sum(json.loads(entry) == {"record": "audit", "epoch": epoch.number, "head": head.hex()} for entry in epoch.entries)
            == 1
        )


def test_the_sheet_and_the_public_log_show_it(look: Session, place: Config) -> None:
    facts = {"title": "年度评议", "epoch": "第 0 节", "made": "", "leaves": 1, "text": "x", "address": "http://x"}
    sheet = CheckpointSheet(root="a" * 64, fingerprint="b" * 64, audit_head="0123cdef" * 8, **facts)  # type: ignore[arg-type]  # facts of a test
    words = text_of(checkpoint_pdf(sheet))
    assert words.count("0123cdef") == 8
    assert "操作记录的头" in words
    before = CheckpointSheet(root="a" * 64, fingerprint="b" * 64, audit_head="", **facts)  # type: ignore[arg-type]  # facts of a test
    assert "操作记录的头" not in text_of(checkpoint_pdf(before))


def test_verify_says_that_all_holds_and_where_a_printed_head_stands(place: Config, look: Session) -> None:
    printed = heads(look)
    said = verify(place, "--head", printed[1].hex().upper())
    assert said.exit_code == 0, said.output
    assert "3 条记录都有签名。" in said.output
    assert "存证单上的 2 个头都在记录里。" in said.output
    assert "给出的头是第 2 条" in said.output
    assert "整本记录核对无误。" in said.output


def test_verify_names_the_first_line_that_does_not_fit_and_exits_1(place: Config, look: Session) -> None:
    look.execute(text("UPDATE audit_event SET detail = detail || 'x' WHERE id >= 2"))
    look.commit()
    said = verify(place)
    assert (said.exit_code, said.stderr) == (1, "第 2 条的内容与它的摘要不符：这一条被改过。\n")


def test_verify_finds_a_cut_tail_and_a_false_head(place: Config, look: Session) -> None:
    last = audit.head(look).hex()
    look.execute(text("DELETE FROM audit_event WHERE id = 3"))
    look.commit()
    said = verify(place, "--head", last)
    assert said.exit_code == 1
    assert said.stderr.splitlines() == [
        "记录有 2 条，而这台服务器至少写到过第 3 条：末尾被截掉了，或换上了旧的数据库。",
        f"没有被改动的记录里找不到给出的头 {last[:16]}…：印它之后，记录被截短或重写过。",
    ]


@pytest.mark.parametrize("options", [("--head", "abc"), ("--head", "g" * 64)])
def test_verify_exits_2_where_it_cannot_tell(place: Config, options: tuple[str, ...]) -> None:
    assert verify(place, *options).exit_code == 2
    assert verify(Config.from_environment({}, place.data / "nowhere")).exit_code == 2


def test_a_log_begun_anew_on_a_stolen_disk_contradicts_the_checkpoints_it_leaves(place: Config, look: Session) -> None:
    """The thief has everything and writes a blameless log with keys of their own; the epochs still say what was."""
    look.execute(text("DELETE FROM audit_event"))
    look.commit()
    audit_keys(place).path.unlink()
    for _ in range(3):
        audit.record(look, account="王", action="sign-in", detail="", now=NOON)
        look.commit()
    said = verify(place)
    assert said.exit_code == 1
    title = look.scalars(select(Campaign.title)).one()
    first = heads(look)[0].hex()
    assert f"“{title}”第 0 节存证记下的头 {first[:16]}…，记录里没有：存证之后，以前的记录被重写或截短过。" in said.stderr


def test_checkpoints_whose_heads_go_backwards_are_found(place: Config, look: Session) -> None:
    one, two = (row.entries for row in look.scalars(select(LogEpoch).order_by(LogEpoch.number)))
    printed = audit_heads.printed(look)
    swapped = [audit_check.PrintedHead(one.campaign, at, one.head) for at, one in enumerate(reversed(printed))]
    (said,) = audit_check.check(look, heads=swapped).faults
    assert said.endswith("第 1 节存证的头比前一节的还早：存证被换过。")
    assert one != two
