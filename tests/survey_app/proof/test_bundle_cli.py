"""A bundle on the command line: made, checked, sealed to an auditor, opened by them; openings destroyed when time is over."""

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
from sqlalchemy.orm import Session

from survey_app import clock
from survey_app.cli import bundle, cli
from survey_app.config import SECRET_KEY_FILE
from survey_app.database import make_engine, session_factory
from survey_app.errors import UserError
from survey_app.models import Appeal, Ballot, Campaign, Headcount
from survey_app.services.counting import destruction
from survey_app.services.counting.destruction import AppealError
from survey_app.services.sealing import custody
from tests.support.clock import NOON
from tests.towns import hamlet

Run = Callable[..., Result]


@pytest.fixture
def data(hamlet_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the hamlet in it, whose appeal period is not over (the command line reads the clock)."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(hamlet_file, folder / "pingyi.db")
    (folder / SECRET_KEY_FILE).write_text(hamlet.SECRET, encoding="ascii")
    monkeypatch.setattr(custody, "WrapCost", lambda: dataclasses.replace(COST))
    _until(folder, clock.now() + dt.timedelta(days=1))
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
    return _until(data, clock.now() + dt.timedelta(days=1))


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


def test_a_bundle_made_before_a_correction_is_called_out_of_date_where_the_campaign_is(
    data: Path, run: Run, tmp_path: Path
) -> None:
    out = tmp_path / "public.zip"
    run("bundle", key_of(data), out, typed=hamlet.PASSPHRASE + "\n")
    fresh = run("verify", out)
    assert (fresh.exit_code, "已经过时" in fresh.output) == (0, False)
    engine = make_engine(f"sqlite:///{data / 'pingyi.db'}")
    with session_factory(engine)() as session:
        session.execute(update(Headcount).where(Headcount.group_key == "村民").values(present=25))
        session.commit()
    engine.dispose()
    stale = run("verify", out)
    assert (stale.exit_code, "已经过时" in stale.output) == (0, True)  # what it says of its time still holds
    elsewhere = CliRunner().invoke(cli, ["--data", str(tmp_path / "none"), "verify", str(out)])
    assert (elsewhere.exit_code, "已经过时" in elsewhere.output) == (0, False)
    assert not (tmp_path / "none").exists()


HEX = "0" * 64


@pytest.mark.parametrize(
    "arguments",
    [(), ("--root",), ("{out}", "--root"), ("{out}", "--root", "0"), ("{out}", "--rot", HEX), ("{out}", "{out}")],
)
def test_the_checker_refuses_arguments_it_would_not_check(tmp_path: Path, run: Run, arguments: tuple[str, ...]) -> None:
    """A mistyped option silently left out would look like a root that was compared."""
    out = tmp_path / "a.zip"
    out.write_bytes(b"")
    said = run("verify", *(str(out) if one == "{out}" else one for one in arguments))
    assert (said.exit_code, said.output.startswith("用法")) == (2, True)


def test_nonsense_is_refused_in_a_sentence_before_anybody_types_a_passphrase(data: Path, run: Run, tmp_path: Path) -> None:
    key, out = key_of(data), tmp_path / "x"
    for arguments, words in (
        (("bundle", "nobody", out), "没有这次评议"),
        (("bundle", key, tmp_path / "no" / "x"), "没有文件夹"),
        (("bundle", key, out, "--auditor", "zz"), "不是审计员的公钥"),
        (("bundle", key, out, "--auditor", HEX), "不是一把可以封存的公钥"),
        (("bundle", key, out, "--auditor", HEX[1:] + "9", "--publish"), "不公布"),
        (("auditor-key", tmp_path / "no" / "x"), "没有文件夹"),
    ):
        refused = run(*arguments)
        assert isinstance(refused.exception, UserError), refused.output
        assert words in refused.exception.sentence
    assert list(tmp_path.glob("x*")) == []
    sealed = tmp_path / "sealed"
    sealed.write_bytes(bytes(range(256)) * 40)
    said = run("verify", sealed)
    assert said.exit_code == 2
    assert len(said.output) < 400  # what is in the file is not poured over the reader


def test_an_auditor_makes_a_key_gets_a_sealed_bundle_and_opens_it(data: Path, run: Run, tmp_path: Path) -> None:
    phrase = "审计员的一句话 seven\n"
    made = run("auditor-key", tmp_path / "mine.json", typed=phrase * 2)
    assert made.exit_code == 0, made.output
    public = made.output.split()[-1]
    done = run("bundle", key_of(data), tmp_path / "sealed", "--auditor", public, typed=hamlet.PASSPHRASE + "\n")
    assert done.exit_code == 0, done.output
    sealed = tmp_path / "sealed-1"
    assert b"json" not in sealed.read_bytes()
    assert run("auditor-open", sealed, tmp_path / "mine.json", tmp_path / "opened", typed=phrase).exit_code == 0
    checked = run("verify", tmp_path / "opened")
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
    _until(data, clock.now() - dt.timedelta(seconds=1))
    without = run("destroy-openings", key, tmp_path / "certificate.txt", typed="y\n")
    assert (without.exit_code, "还没有归档" in str(without.exception or without.output)) == (1, True)
    assert run("archive", key, tmp_path / "round.zip").exit_code == 0
    done = run("destroy-openings", key, tmp_path / "certificate.txt", typed="y\n")
    assert done.exit_code == 0, done.output
    assert "30 ballots" in (tmp_path / "certificate.txt").read_text(encoding="utf-8")
    for path in data.glob("pingyi.db*"):
        assert sealed[:40] not in path.read_bytes()
        assert wrapped[:60] not in path.read_bytes()
    refused = run("bundle", key, tmp_path / "late.zip", typed=hamlet.PASSPHRASE + "\n")
    assert refused.exit_code != 0
    assert isinstance(refused.exception, custody.DestroyedKeyError)


def test_the_appeal_period_is_fixed_once(counted: tuple[Session, Campaign]) -> None:
    session, campaign = counted
    with pytest.raises(AppealError, match="不能再改"):
        destruction.fix(session, campaign, NOON + dt.timedelta(days=30), account="评议办", now=NOON)


def test_trustees_are_asked_for_as_many_shares_as_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    public, wrapped, shares = custody.create_shared_keys(("赵一", "钱二", "孙三"), needed=2)
    asked: list[str] = []

    def prompt(text: str, *, hide_input: bool = False) -> str:
        asked.append(text)
        assert not hide_input  # nobody types 80 characters blind
        return shares[len(asked)]  # the second and the third

    monkeypatch.setattr(click, "prompt", prompt)
    assert bundle._opening(Campaign(wrapped_key=wrapped)).public() == public
    assert asked == ["第 1 份密钥片", "第 2 份密钥片"]
