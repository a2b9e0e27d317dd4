"""A one-time key that comes as a file says whose log signed it, and one put in its place says so too."""

from __future__ import annotations

from pathlib import Path

import pytest

from survey_app.proof import checkpoints
from survey_app.services.sealing import opening_notes
from survey_app.services.sealing.one_time_keys import OneTimeKey, OpeningAct
from survey_app.services.sealing.share_letters import LetterError
from tests.support import age_by_hand
from tests.support.clock import NOON
from tests.support.trustees import PHRASE, Machine, dealt, kept_in

SECRET = "the server's own secret, 32 characters"


@pytest.fixture(scope="module")
def log_key() -> bytes:
    """A campaign's log key as it is kept."""
    return checkpoints.new_key(SECRET)[1]


def note(log_key: bytes | None, recipient: str, act: OpeningAct = OpeningAct.COUNT) -> str:
    return opening_notes.write("K3Y", act, OneTimeKey(recipient, NOON), sealed=log_key, secret=SECRET)


def test_what_was_written_is_read_with_the_fingerprint_of_its_log(log_key: bytes) -> None:
    recipient = age_by_hand.identity()[0]
    public, _ = checkpoints.sign_bytes(b"x", log_key, SECRET)
    read = opening_notes.read(note(log_key, recipient).replace("\n", "\r\n"))
    assert (read.recipient, read.campaign, read.log) == (recipient, "K3Y", checkpoints.fingerprint(public))


def test_the_key_of_a_draft_says_that_nobody_signed_it() -> None:
    recipient = age_by_hand.identity()[0]
    text = note(None, recipient)
    assert "# unsigned " in text
    read = opening_notes.read(text)
    assert (read.recipient, read.campaign, read.log) == (recipient, "K3Y", "")


def test_an_exchanged_key_campaign_act_signer_or_signature_is_refused(log_key: bytes) -> None:
    recipient, other = age_by_hand.identity()[0], age_by_hand.identity()[0]
    text = note(log_key, recipient)
    strange = note(checkpoints.new_key(SECRET)[1], recipient)
    signer = next(line for line in strange.splitlines() if line.startswith("# log-key "))
    own = next(line for line in text.splitlines() if line.startswith("# log-key "))
    for forged in (
        text.replace(recipient, other),
        text.replace("campaign K3Y", "campaign K4Y"),
        text.replace("for count", "for reading"),
        text.replace(own, signer),
        text.replace(own + "\n", ""),
        "\n".join(line for line in text.splitlines() if not line.startswith("# signature")),
        text.replace("# signature ", "# signature 0"),
    ):
        with pytest.raises(LetterError, match="签名不对"):
            opening_notes.read(forged)
    assert opening_notes.read(recipient).log == ""  # said aloud and typed: nobody's word but the screen's


def test_a_trustee_hands_on_to_the_log_they_know_and_to_no_other(log_key: bytes, tmp_path: Path) -> None:
    machine = Machine(tmp_path / "own", 0)
    share = machine.put("share.age", kept_in(dealt("K3Y")[1]).sealed[0].encode())
    recipient = age_by_hand.identity()[0]
    opening = machine.put("opening.txt", note(log_key, recipient).encode())
    mark = opening_notes.read(note(log_key, recipient)).log
    out, yes = machine.folder / "out.age", f"{PHRASE}\ny\n"
    for wrong in ("0" * 64, mark[:-1], "x"):
        refused = machine.run("release", share, opening, "--out", out, "--log-key", wrong, typed=yes)
        assert "不是由这个指纹" in str(refused.exception)
    plain = machine.put("plain.txt", f"# campaign K3Y\n{recipient}\n".encode())
    assert "不是由这个指纹" in str(machine.run("release", share, plain, "--out", out, "--log-key", mark, typed=yes).exception)
    assert not out.exists()
    done = machine.run("release", share, opening, "--out", out, "--log-key", mark.upper(), typed=yes)
    assert done.exit_code == 0, done.exception
    assert "".join(mark[:4]) in done.output
