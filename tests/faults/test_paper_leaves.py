"""What typing from paper leaves behind, and what a kill in the middle of it loses: nothing, in both cases."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from survey_app.config import Config
from survey_app.database import scrub
from survey_app.models import Ballot, Campaign, PaperTyping
from survey_app.services.campaign import campaigns
from survey_app.services.paper import transcribing
from survey_app.services.paper.transcribing import SheetOutcome
from survey_app.services.sealing import tokens
from tests.faults.finder import spellings
from tests.faults.test_cast_leaves import files_of
from tests.support.clock import NOON
from tests.support.paper_desk import PaperDesk, begin_desk
from tests.towns.small_scheme import GOOD_MARKS, QUICK

ROOT = Path(__file__).resolve().parents[2]
OTHER = (3, *GOOD_MARKS[1:])


@pytest.fixture
def desk(session: Session) -> PaperDesk:
    return begin_desk(session)


def found(needles: dict[str, bytes], kept: bytes) -> list[str]:
    return [name for name, needle in needles.items() if any(one in kept for one in spellings(needle))]


def test_no_file_holds_a_code_a_key_or_an_answer_and_after_the_close_nothing_that_was_typed(
    desk: PaperDesk, engine: Engine, tmp_path: Path
) -> None:
    session = desk.session
    salt = session.get_one(Campaign, desk.town.campaign_id).salt
    secrets = {}
    for at, (_secret, alias) in enumerate(desk.town.slips):
        secrets[f"alias {at}"] = alias.encode()
        secrets[f"typed {at}"] = alias.replace("-", "").encode()
        secrets[f"key {at}"] = tokens.typing_key(alias, salt, QUICK)
    desk.put(0, GOOD_MARKS)  # cast
    desk.put(0, GOOD_MARKS, 2, slip=1)  # waits for ever
    desk.put(0, GOOD_MARKS, 3, slip=2)
    desk.put(1, OTHER, 3, slip=2)  # in dispute
    session.rollback()
    typed = {f"typing {at}": bytes(box) for at, box in enumerate(session.scalars(select(PaperTyping.sealed))) if box}
    session.rollback()
    kept = files_of(engine, tmp_path / "data")
    assert len(found(typed, kept)) == len(typed) == 4  # the search finds what is there
    assert found(secrets, kept) == []
    assert desk.put(1, GOOD_MARKS).outcome == SheetOutcome.CAST
    campaigns.close(session, session.get_one(Campaign, desk.town.campaign_id), now=NOON)
    session.commit()
    session.close()
    scrub(engine)
    kept = files_of(engine, tmp_path / "data")
    assert found(secrets | typed, kept) == []
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM paper_typing")).scalar_one() == 0
        assert connection.execute(text("SELECT progress FROM paper_stack")).scalar_one() == "+.."
        leaf, key = connection.execute(select(Ballot.leaf, Ballot.key)).one()
    assert found({"leaf": bytes(leaf)}, kept) == ["leaf"]
    assert bytes(key) in kept


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_kill_between_comparing_and_forgetting_loses_nothing_and_casts_once(
    desk: PaperDesk, engine: Engine, config: Config, where: str
) -> None:
    desk.put(0, GOOD_MARKS)
    desk.session.rollback()
    alias, account = desk.town.slips[0][1], str(desk.clerks[1])
    command = [sys.executable, "-m", "tests.faults.paper_killed", config.database_url, desk.town.guests, alias, account, where]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == -signal.SIGKILL
    assert (desk.count(Ballot), desk.count(PaperTyping), desk.progress) == (int(where == "after"), 2, "...")
    opened = transcribing.open_sheet(desk.session, desk.sheet(2))
    assert opened.done is not None
    assert opened.done.outcome == SheetOutcome.CAST
    assert (desk.count(Ballot), desk.count(PaperTyping), desk.progress) == (1, 0, "+..")
