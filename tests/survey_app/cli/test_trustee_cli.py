"""A trustee's commands: a key in a standard format, and for each mistake one sentence, with nothing handed on."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import update

from survey_app.cli import cli
from survey_app.database import make_engine, session_factory
from survey_app.models import Campaign
from survey_app.services.sealing import custody, share_letters, trustees
from tests.support import age_by_hand
from tests.support.attendance import attend
from tests.support.clock import NOON
from tests.support.trustees import PHRASE, SECRETS, Machine, dealt, files_in, kept_in, letters, spellings
from tests.survey_app.services.counting.test_counting import cast
from tests.towns.small_scheme import build


def sentences(result: Result) -> str:
    return str(result.exception)


def test_each_mistake_of_a_trustee_has_its_sentence_and_hands_on_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "own", 0)
    kept = kept_in(dealt("K3Y")[1])
    out = machine.folder / "out.age"
    share = machine.put("share.age", kept.sealed[0].encode())
    recipient = age_by_hand.identity()[0]
    opening = machine.put("opening.txt", f"# campaign 0THER\n# for count\n{recipient}\n".encode())
    poem, yes = machine.put("poem", b"a poem"), f"{PHRASE}\ny\n"
    assert "口令不对" in sentences(machine.run("answer", share, typed="wrong phrase\n"))
    assert "不是一份完好的密钥片文件" in sentences(machine.run("answer", poem))
    assert "不是封给您这把钥匙的" in sentences(machine.run("answer", machine.put("his.age", kept.sealed[1].encode())))
    assert "另一次评议" in sentences(machine.run("release", share, opening, "--out", out, typed=yes))
    assert "没有这个文件" in sentences(machine.run("release", share, "nowhere.txt", "--out", out, typed=yes))
    assert "62 个字符" in sentences(machine.run("release", share, recipient[:-1], "--out", out, typed=yes))
    assert "没有交付" in sentences(machine.run("release", share, recipient, "--out", out, typed=f"{PHRASE}\nn\n"))
    assert not out.exists()
    machine.key.write_bytes(b"a poem")
    assert "不是带口令的钥匙文件" in sentences(machine.run("answer", share))
    machine.key.write_bytes(SECRETS[0].encode())  # a key that stock age-keygen left without a passphrase
    assert "不是带口令的钥匙文件" in sentences(machine.run("answer", share))
    machine.key.write_bytes(age_by_hand.lock(SECRETS[0], PHRASE))
    done = machine.run("release", share, recipient, "--out", out, typed=yes)
    assert done.exit_code == 0, done.exception
    assert oct(out.stat().st_mode & 0o777) == "0o600"
    assert "已经存在" in sentences(machine.run("release", share, recipient, "--out", out, typed=yes))
    leftovers = [content for content in files_in(tmp_path) if any(one in content for one in spellings(letters_of(kept)))]
    assert leftovers == []


def letters_of(kept: custody.BySealedShares) -> str:
    return str(json.loads(age_by_hand.open_sealed(kept.sealed[0].encode(), SECRETS[0]))["share"])


def test_a_trustee_makes_a_key_that_the_office_takes_and_the_specification_opens(tmp_path: Path) -> None:
    typed = f"{PHRASE}\n{PHRASE}\n"
    made = CliRunner().invoke(cli, ["trustee", "new", str(tmp_path / "my-key.age"), "--name", " 王 五 "], input=typed)
    assert made.exit_code == 0, made.exception
    line = (tmp_path / "my-key.age.pub").read_text(encoding="utf-8")
    (public,) = re.findall(r"age1[a-z0-9]{58}", line)
    assert line == f"王 五 {public}\n"
    assert public in made.output
    assert "AGE-SECRET-KEY" not in made.output
    assert oct((tmp_path / "my-key.age").stat().st_mode & 0o777) == "0o600"
    inside = age_by_hand.open_locked((tmp_path / "my-key.age").read_bytes(), PHRASE).decode()
    (secret,) = re.findall(r"AGE-SECRET-KEY-1[A-Z0-9]{58}", inside)
    assert age_by_hand.open_sealed(age_by_hand.seal(public, b"to me"), secret) == b"to me"
    again = CliRunner().invoke(cli, ["trustee", "new", str(tmp_path / "my-key.age"), "--name", "王五"], input=typed)
    assert "已经存在" in sentences(again)


def test_the_count_without_a_browser_takes_what_trustees_hand_on_to_its_own_process(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = tmp_path / "server"
    data.mkdir(mode=0o700)
    shutil.copy(sqlite_template, data / "pingyi.db")
    engine = make_engine(f"sqlite:///{data / 'pingyi.db'}")
    with session_factory(engine)() as session:
        town, (public, wrapped) = build(session), dealt("K3Y")
        session.execute(update(Campaign).values(public_key=public, wrapped_key=wrapped))
        session.commit()
        session.expire_all()
        cast(session, town, 0)
        session.execute(update(Campaign).values(state="closed", closed=NOON))
        session.expire_all()
        attend(session, session.get_one(Campaign, town.campaign_id))
        session.commit()
    engine.dispose()
    machines = [Machine(tmp_path / f"own-{at}", at) for at in range(3)]
    shown: list[str] = []
    monkeypatch.setattr("survey_app.cli.asking.click.echo", lambda text="", **_: shown.append(str(text)))
    turns = iter(
        ("nowhere.age", 1, 1, 2, 1)
    )  # a name that is none: asked again from the first; then one twice; then two trustees

    def prompt(*_: object, **__: object) -> str:
        """A trustee's turn while the process waits: the key is on its screen."""
        turn = next(turns)
        if isinstance(turn, str):
            return turn
        machine, out = machines[turn], machines[turn].folder / f"release-{len(shown)}.age"
        share = machine.put("share.age", kept_in(wrapped).sealed[turn].encode())
        (recipient,) = [line for line in shown if line.startswith("age1")]
        seen = trustees.in_fours(trustees.fingerprint_of(recipient))
        assert seen in shown
        out.write_bytes(share_letters.hand_on(share_letters.open_letter(SECRETS[turn], share.read_bytes()), recipient))
        return str(out)

    monkeypatch.setattr("survey_app.cli.asking.click.prompt", prompt)
    done = CliRunner().invoke(cli, ["--data", str(data), "count", town.key])
    assert done.exit_code == 0, done.exception
    told = "\n".join(shown)
    assert "没有 nowhere.age" in told
    assert "第 2 份密钥片：和第 1 份是同一份" in told
    assert "收到 1 张" in told
    assert not any(spelling in content for content in files_in(data) for spelling in spellings(letters(wrapped)[1]["share"]))
