"""A checkpoint reads back as signed, and not otherwise."""

from __future__ import annotations

import datetime as dt

import pytest

from survey_app.proof import checkpoints
from survey_app.proof.checkpoints import Checkpoint, SigningKeyError

SECRET = "a secret of the server, long enough"
SAID = Checkpoint(origin="pingyi/abc", size=57, root=bytes(range(32)), epoch=1, kind="meeting", made="2026-11-21T12:00Z")


def test_a_checkpoint_is_five_lines_a_blank_and_a_signature() -> None:
    public, sealed = checkpoints.new_key(SECRET)
    text = checkpoints.sign(SAID, sealed, SECRET)
    head, signature = text.split("\n\n")
    assert head.splitlines() == [
        "pingyi/abc", "57", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "epoch 1 meeting", "made 2026-11-21T12:00Z",
    ]  # fmt: skip
    assert signature.startswith("— pingyi/abc ")
    assert checkpoints.read(text, public) == SAID


@pytest.mark.parametrize(("old", "new"), [
    ("57", "58"), ("AAEC", "BBEC"), ("meeting", "close"), ("12:00", "12:01"), ("pingyi/abc\n57", "pingyi/abd\n57"),
    ("\n\n", "\nmore\n\n"), ("— ", "- "), ("57\n", "057\n"), ("Z\n\n", "Z\n"),
])  # fmt: skip
def test_a_changed_text_is_no_checkpoint(old: str, new: str) -> None:
    public, sealed = checkpoints.new_key(SECRET)
    text = checkpoints.sign(SAID, sealed, SECRET)
    assert old in text
    assert checkpoints.read(text.replace(old, new, 1), public) is None


def test_another_keys_signature_is_none() -> None:
    _, sealed = checkpoints.new_key(SECRET)
    other, _ = checkpoints.new_key(SECRET)
    assert checkpoints.read(checkpoints.sign(SAID, sealed, SECRET), other) is None


def test_the_key_opens_with_the_servers_secret_only_and_does_not_stand_in_the_box_plainly() -> None:
    public, sealed = checkpoints.new_key(SECRET)
    assert public not in sealed
    with pytest.raises(SigningKeyError):
        checkpoints.sign(SAID, sealed, SECRET + "!")


def test_moments_are_told_to_the_minute_in_utc() -> None:
    beijing = dt.timezone(dt.timedelta(hours=8))
    assert checkpoints.minute(dt.datetime(2026, 11, 21, 20, 0, 59, tzinfo=beijing)) == "2026-11-21T12:00Z"
