"""A bundle on the command line: made, checked, sealed to an auditor, opened by him; openings destroyed when time is over."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, update

from survey_app.cli import bundle, cli
from survey_app.config import SECRET_KEY_FILE
from survey_app.database import make_engine, session_factory
from survey_app.models import Appeal, Ballot, Campaign
from survey_app.services import appeal, custody
from survey_app.services.appeal import AppealError
from tests.proof import hamlet
from tests.support.clock import NOON

Run = Callable[..., Result]


@pytest.fixture
def data(hamlet_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the hamlet in it, whose appeal period is not over (the command line reads the real clock)."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(hamlet_file, folder / "pingyi.db")
    (folder / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    monkeypatch.setattr(custody, "WrapCost", lambda: dataclasses.replace(COST))
    _until(folder, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
    return folder


COST = custody.WrapCost(time=1, memory=64)


def _until(folder: Path, moment: dt.datetime) -> str:
    engine = make_engine(f"sqlite:///{folder / 'pingyi.db'}")
    with session_factory(engine)() as session:
        session.execute(update(Appeal).values(until=moment))
        session.commit()
        key = session.scalars(select(Campaign.key)).one()
    engine.dispose()
    return key


@pytest.fixture
def run(data: Path) -> Run:
    """`pingyi --data …` with what is typed in."""
    return lambda *arguments, typed="": CliRunner().invoke(cli, ["--data", str(data), *map(str, arguments)], input=typed)


def key_of(data: Path) -> str:
    return _until(data, dt.datetime.now(dt.UTC) + dt.timedelta(days=1))


def test_a_public_bundle_is_made_checked_and_published(data: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "public.zip"
    made = run("bundle", key_of(data), out, "--publish", typed=hamlet.PASSPHRASE + "\n")
    assert made.exit_code == 0, made.output
    assert (data / "bundles" / f"{key_of(data)}.zip").read_bytes() == out.read_bytes()
    assert run("verify", out).exit_code == 0
    assert run("verify", out, "--root", "00" * 32).exit_code == 1
    assert run("verify", tmp_path / "nothing.zip").exit_code == 2
    again = run("bundle", key_of(data), out, typed=hamlet.PASSPHRASE + "\n")
    assert again.exit_code == 1  # nothing is overwritten


def test_an_auditor_makes_a_key_gets_a_sealed_bundle_and_opens_it(data: Path, run: Run, tmp_path: Path) -> None:
    phrase = "审计员的一句话 seven\n"
    made = run("auditor-key", tmp_path / "mine.json", typed=phrase * 2)
    assert made.exit_code == 0, made.output
    public = made.output.split()[-1]
    done = run("bundle", key_of(data), tmp_path / "sealed", "--auditor", public, typed=hamlet.PASSPHRASE + "\n")
    assert done.exit_code == 0, done.output
    sealed = tmp_path / "sealed-1"
    assert b"json" not in sealed.read_bytes()
    assert run("auditor-open", sealed, tmp_path / "mine.json", tmp_path / "open.zip", typed=phrase).exit_code == 0
    checked = run("verify", tmp_path / "open.zip")
    assert (checked.exit_code, "auditors" in checked.output) == (0, True)
    assert run("bundle", key_of(data), tmp_path / "x", "--auditor", "abcd", typed=hamlet.PASSPHRASE + "\n").exit_code != 0


def test_after_the_appeal_period_the_openings_are_destroyed_for_good(data: Path, run: Run, tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{data / 'pingyi.db'}")
    with session_factory(engine)() as session:
        sealed = session.scalars(select(Ballot.sealed)).first()
        wrapped = session.scalars(select(Campaign.wrapped_key)).one()
    engine.dispose()
    assert sealed
    assert sealed[:40] in (data / "pingyi.db").read_bytes()
    key = key_of(data)
    early = run("destroy-openings", key, tmp_path / "certificate.txt", typed="y\n")
    assert early.exit_code != 0
    assert not (tmp_path / "certificate.txt").exists()
    _until(data, dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1))
    done = run("destroy-openings", key, tmp_path / "certificate.txt", typed="y\n")
    assert done.exit_code == 0, done.output
    assert "30 ballots" in (tmp_path / "certificate.txt").read_text(encoding="utf-8")
    for path in data.glob("pingyi.db*"):
        assert sealed[:40] not in path.read_bytes()
        assert wrapped[:60] not in path.read_bytes()
    refused = run("bundle", key, tmp_path / "late.zip", typed=hamlet.PASSPHRASE + "\n")
    assert refused.exit_code != 0
    assert isinstance(refused.exception, custody.DestroyedKeyError)


def test_the_appeal_period_is_fixed_once(counted: tuple) -> None:  # type: ignore[type-arg]
    session, campaign = counted
    with pytest.raises(AppealError, match="不能再改"):
        appeal.fix(session, campaign, NOON + dt.timedelta(days=30), account="评议办", now=NOON)




def test_trustees_are_asked_for_as_many_shares_as_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    public, wrapped, shares = custody.create_shared_keys(("赵一", "钱二", "孙三"), needed=2)
    asked: list[str] = []

    def prompt(text: str, *, hide_input: bool) -> str:
        asked.append(text)
        assert hide_input
        return shares[len(asked)]  # the second and the third

    monkeypatch.setattr(click, "prompt", prompt)
    assert bundle._opening(Campaign(wrapped_key=wrapped)).public() == public
    assert asked == ["密钥片 1/2", "密钥片 2/2"]
