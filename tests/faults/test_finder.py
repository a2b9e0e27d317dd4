"""The search on which "nothing leaks" rests finds what is planted, in every spelling, and nothing else."""

from __future__ import annotations

import base64
import gzip
import secrets
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.finder import PIECE, Finder, spelled_marks, spellings

SECRET = bytes.fromhex("f00dcafe8badc0de1badb002feedface")
WORDS = "金丝雀-Canary/7"
MARKS = [2, 3, 4, 2, 1, 3, 3, 2, 4, 4, 2, 3]
FINDER = Finder({"secret": spellings(SECRET), "words": spellings(WORDS.encode()), "marks": spelled_marks(MARKS)})


@pytest.mark.parametrize(
    "write",
    [
        bytes,
        lambda secret: secret.hex().encode(),
        lambda secret: secret.hex().upper().encode(),
        base64.b64encode,
        lambda secret: base64.urlsafe_b64encode(b"x" + secret + b"yz"),
        lambda secret: base64.b64encode(b"xy" + secret + b"z"),
        lambda secret: zlib.compress(b"before" * 99 + secret),
        lambda secret: gzip.compress(secret.hex().encode()),
    ],
)
def test_a_planted_secret_is_found_in_every_spelling(write: Callable[[bytes], bytes]) -> None:
    for before in (b"", secrets.token_bytes(1001), bytes(PIECE - 5)):  # the last lies across two pieces
        assert FINDER.in_bytes(before + write(SECRET) + b"behind") == {"secret"}


def test_planted_words_are_found_as_text_in_addresses_in_json_and_in_two_byte_text() -> None:
    written = (
        WORDS.encode(),
        b"?q=%E9%87%91%E4%B8%9D%E9%9B%80-Canary/7",
        b'{"who": "\\u91d1\\u4e1d\\u96c0-Canary/7"}',
        WORDS.encode("utf-16-le"),
    )
    for text in written:
        assert FINDER.in_bytes(b"ab" + text) == {"words"}


def test_planted_answers_are_found_as_bytes_lists_and_form_fields() -> None:
    written = (
        bytes(MARKS),
        b"\0\2\0\3\0\4\0\2\0\1\0\3\0\3\0\2\0\4\0\4\0\2\0\3",
        b"[2, 3, 4, 2, 1, 3, 3, 2, 4, 4, 2, 3]",
        b"(2,3,4,2,1,3,3,2,4,4,2,3)",
        b"stage=send&m0=2&m1=3&m2=4&m3=2&m4=1&m5=3&m6=3&m7=2&m8=4&m9=4&m10=2&m11=3",
        b'{"marks":"020304020103030204040203"}',
    )
    for text in written:
        assert FINDER.in_bytes(b"before " + text) == {"marks"}


def test_nothing_is_found_where_nothing_was_planted(tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(secrets.token_bytes(3 * PIECE) + bytes(1000))
    (tmp_path / "near").write_bytes(SECRET[:-1] + b"\0" + WORDS[:-1].encode())
    (tmp_path / "small").write_bytes(b"x")
    assert FINDER.in_files(tmp_path) == {}
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "leak").write_bytes(SECRET)
    assert FINDER.in_files(tmp_path) == {str(tmp_path / "deep" / "leak"): {"secret"}}


def test_a_needle_that_would_be_found_by_chance_is_refused() -> None:
    with pytest.raises(ValueError, match="so short"):
        Finder({"pin": [b"1234567"]})
