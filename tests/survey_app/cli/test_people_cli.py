"""Where the second person is gone for good, whoever runs the server can help the office on; the log says that it was so."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey_app.cli import cli
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.models import Account, AuditEvent
from survey_app.roles import EVERYTHING
from survey_app.services.four_eyes import office_size
from survey_app.services.office import accounts
from survey_app.starting import prepared
from tests.support.application import OFFICE_PASSWORD, QUICK_PASSWORD
from tests.support.clock import NOON


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A data folder with two accounts, one of them disabled."""
    with opened(tmp_path / "d") as session:
        for name in ("王一", "李二"):
            accounts.create_account(
                session, name=name, roles=EVERYTHING, password=OFFICE_PASSWORD, cost=QUICK_PASSWORD, now=NOON
            ).disabled = name == "李二"
        session.commit()
    return tmp_path / "d"


def opened(folder: Path) -> Session:
    return session_factory(prepared(Config.from_environment(data=folder)))()


def run(place: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["--data", str(place), *arguments])
    return done.exit_code, done.output if done.exception is None else str(done.exception)


def test_the_server_says_one_and_the_log_tells_of_it(place: Path) -> None:
    assert run(place, "people") == (0, "要两个人。\n  李二（已停用）\n  王一\n")
    assert run(place, "people", "one")[1].startswith("一个人就能办成。")
    with opened(place) as session:
        assert office_size.is_alone(session)
        assert session.execute(select(AuditEvent.account, AuditEvent.action)).all() == [("pingyi people", "office-one")]
    status, told = run(place, "people", "two")  # the other one cannot sign in
    assert (status, "什么也办不成" in told) == (1, True)


def test_a_link_from_the_server_is_for_an_account_that_can_sign_in(place: Path) -> None:
    status, told = run(place, "new-link", "王一")
    secret = told.strip().rsplit("/", 1)[1]
    with opened(place) as session:
        owner = accounts.look_at_link(session, secret, now=NOON)
        assert (status, owner.name if owner else "") == (0, "王一")
        assert session.scalars(select(Account.password).where(Account.name == "王一")).one()  # still the old one
        assert session.scalars(select(AuditEvent.detail)).all() == ["王一"]
    for name in ("李二", "nobody"):
        assert run(place, "new-link", name)[0] == 1
