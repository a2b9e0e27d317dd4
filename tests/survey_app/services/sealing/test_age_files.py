"""Trustees' files are age files: an opener written from the specification reads ours, and we read those of another program."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from survey_app.services.sealing import age_files, trustees
from survey_app.services.sealing.age_files import AgeError, NotForThisKeyError, PrivateKeyShownError
from survey_app.services.sealing.custody import WeakPassphraseError
from tests.support import age_by_hand

VECTORS = Path("tests/vectors")
PHRASE = "trustee of the vector 2026"
#: Made with age-keygen and age 1.1.1 of Debian: the key, the key under a passphrase, and a file sealed to it.
STOCK_PUBLIC = "age1qfy8afml68ptpn3mhnpmdftvmxe0tjmdnn4arrajmdyafu8upamqjzhvm4"
STOCK_SECRET = "AGE-SECRET-KEY-1XA9SM95MY2Q5R3LRMG952386SG0SL5NLWDXTAPYC994VJLMLW4LQE3SZXS"


def test_what_another_program_made_opens() -> None:
    sealed = (VECTORS / "age_file_of_stock_age.age").read_bytes()
    assert age_files.public_of(STOCK_SECRET) == STOCK_PUBLIC
    assert age_files.open_with(STOCK_SECRET, sealed) == "一份\n".encode()
    assert age_by_hand.open_sealed(sealed, STOCK_SECRET) == "一份\n".encode()


def test_a_key_file_of_another_program_opens_with_its_passphrase() -> None:
    locked = (VECTORS / "age_key_of_stock_age.age").read_bytes()
    assert age_files.read_key_file(locked, PHRASE) == STOCK_SECRET
    assert STOCK_SECRET.encode() in age_by_hand.open_locked(locked, PHRASE)


def test_what_we_seal_opens_by_the_specification_alone() -> None:
    public, secret = age_by_hand.identity()
    assert age_files.public_of(secret) == public  # Bech32 and X25519 agree
    sealed = age_files.seal_to(public, b"share")
    assert sealed.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
    assert age_by_hand.open_sealed(sealed, secret) == b"share"
    assert age_files.open_with(secret, age_by_hand.seal(public, b"back")) == b"back"


def test_a_key_file_of_ours_opens_by_the_specification_alone() -> None:
    secret = age_files.make_identity()[1]
    with pytest.raises(WeakPassphraseError):
        age_files.write_key_file(secret, "short")
    locked = age_files.write_key_file(secret, "春江水暖鸭先知 ２０２６")
    inside = age_by_hand.open_locked(locked, "春江水暖鸭先知 2026").decode()  # full-width digits are the same phrase
    assert inside == f"# public key: {age_files.public_of(secret)}\n{secret}\n"


def test_the_fingerprint_is_what_sha256sum_prints() -> None:
    # printf %s age1qfy8… | sha256sum | cut -c1-32
    spoken = trustees.in_fours(trustees.fingerprint_of(STOCK_PUBLIC))
    assert spoken.replace(" ", "") == hashlib.sha256(STOCK_PUBLIC.encode()).hexdigest()[:32]
    assert [len(group) for group in spoken.split()] == [4] * 8


def test_a_public_key_is_read_out_of_its_surroundings_and_nothing_else_is() -> None:
    for text in (STOCK_PUBLIC, f"  {STOCK_PUBLIC.upper()}\n", f"# public key: {STOCK_PUBLIC}\r\n", f"王五 {STOCK_PUBLIC}"):
        assert age_files.read_recipient(text) == STOCK_PUBLIC
    mistyped = STOCK_PUBLIC[:-1] + ("q" if STOCK_PUBLIC[-1] != "q" else "p")
    other = age_by_hand.identity()[0]
    for text in ("", "age1", mistyped, STOCK_PUBLIC[:-1], f"{STOCK_PUBLIC} {other}", "ssh-ed25519 AAAA", "age1pq1qqqq"):
        with pytest.raises(AgeError, match="62 个字符"):
            age_files.read_recipient(text)
    for text in (STOCK_SECRET, f"{STOCK_PUBLIC}\n{STOCK_SECRET.lower()}"):
        with pytest.raises(PrivateKeyShownError) as caught:
            age_files.read_recipient(text)
        assert "9SM95MY" not in str(caught.value).upper()


def test_each_thing_that_can_be_wrong_with_a_key_file_has_its_sentence() -> None:
    locked = age_by_hand.lock(STOCK_SECRET, PHRASE)
    assert age_files.read_key_file(locked, PHRASE) == STOCK_SECRET
    for content, phrase, why in (
        (locked, PHRASE + "x", "口令不对"),
        (STOCK_SECRET.encode(), PHRASE, "不是带口令的钥匙文件"),
        (age_by_hand.lock("a poem", PHRASE), PHRASE, "没有一把 age 私钥"),
        (age_by_hand.seal(STOCK_PUBLIC, b"x"), PHRASE, "不是用口令锁的"),
        (locked[:60], PHRASE, "已损坏"),
    ):
        with pytest.raises(AgeError, match=why):
            age_files.read_key_file(content, phrase)


def test_a_strangers_and_a_damaged_file_are_told_apart() -> None:
    sealed = age_files.seal_to(STOCK_PUBLIC, b"share")
    with pytest.raises(NotForThisKeyError):
        age_files.open_with(age_by_hand.identity()[1], sealed)
    for bad in (b"", b"share", sealed[:-60], sealed.replace(b"Y", b"Z", 1)):
        with pytest.raises(AgeError, match="完好"):
            age_files.open_with(STOCK_SECRET, bad)
    assert age_files.pieces(sealed + b"\n" + sealed.replace(b"\n", b"\r\n")) == [sealed, sealed]
    assert age_files.pieces(b"text") == []
