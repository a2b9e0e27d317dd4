"""The opening key: sealing needs nothing secret, opening needs the passphrase, and nothing else will do."""

from __future__ import annotations

import json

import pytest

from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import UnopenableError, WeakPassphraseError, WrapCost, WrongPassphraseError

CHEAP = WrapCost(time=1, memory=64)
PHRASE = "春江水暖鸭先知 2026 年"


def test_what_is_sealed_opens_with_the_passphrase_and_only_with_it() -> None:
    public, wrapped = custody.create_keys(PHRASE, cost=CHEAP)
    sealed = custody.seal(public, b"answers")
    assert b"answers" not in sealed
    assert custody.open_sealed(custody.unwrap(wrapped, PHRASE), sealed) == b"answers"
    assert custody.unwrap(wrapped, PHRASE).public() == public
    with pytest.raises(WrongPassphraseError, match="开启口令不对"):
        custody.unwrap(wrapped, PHRASE + "x")


def test_the_same_phrase_from_another_keyboard_opens() -> None:
    # NFKC: full-width digits and a trailing space from an input method are the same phrase.
    _, wrapped = custody.create_keys("passphrase 2026", cost=CHEAP)
    custody.unwrap(wrapped, "passphrase ２０２６ ")


def test_the_wrapped_key_carries_its_cost_and_not_the_key() -> None:
    _, wrapped = custody.create_keys(PHRASE, cost=CHEAP)
    blob = json.loads(wrapped)
    assert (blob["kdf"], blob["time"], blob["memory"]) == ("argon2id", 1, 64)
    private = bytes(custody.unwrap(wrapped, PHRASE)._key)
    assert private not in wrapped
    assert private.hex().encode() not in wrapped


def test_an_altered_or_foreign_box_does_not_open() -> None:
    public, wrapped = custody.create_keys(PHRASE, cost=CHEAP)
    other, _ = custody.create_keys(PHRASE, cost=CHEAP)
    key = custody.unwrap(wrapped, PHRASE)
    sealed = custody.seal(public, b"answers")
    for bad in (sealed[:-1] + bytes([sealed[-1] ^ 1]), custody.seal(other, b"answers"), b"", b"short"):
        with pytest.raises(UnopenableError):
            custody.open_sealed(key, bad)


@pytest.mark.parametrize("bad", [b"", b"{}", b"[]", b'{"v":1,"kdf":"argon2id","time":9999,"memory":64,"salt":"00","box":"00"}'])
def test_a_damaged_wrapped_key_is_told_apart_from_a_wrong_passphrase(bad: bytes) -> None:
    with pytest.raises(UnopenableError):
        custody.unwrap(bad, PHRASE)


@pytest.mark.parametrize("bad", [b"{}", b"[]", b"\xff", b'{"kdf":"shares"}', b'{"v":9,"kdf":"moon"}'])
def test_of_a_damaged_key_nobody_is_told_that_a_passphrase_opens_it(bad: bytes) -> None:
    assert custody.terms_of(bad).kind == "damaged"
    with pytest.raises(UnopenableError):  # what the public log says it says for ever
        custody.public_record(bad)


@pytest.mark.parametrize("phrase", ["", "short", "           ", "十一个字符的口令还差一", "aaaaaaaaaaaaaaaa"])
def test_a_weak_passphrase_is_refused_before_any_key_is_made(phrase: str) -> None:
    with pytest.raises(WeakPassphraseError):
        custody.create_keys(phrase, cost=CHEAP)


def test_a_key_never_shows_itself_in_text() -> None:
    _, wrapped = custody.create_keys(PHRASE, cost=CHEAP)
    key = custody.unwrap(wrapped, PHRASE)
    assert repr(key) == f"{key}" == "OpeningKey(…)"
