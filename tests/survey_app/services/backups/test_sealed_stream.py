"""The seal around a backup: whole or refused, wherever it is cut and whichever byte is altered."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest

from survey_app.services.backups.refusals import BackupError
from survey_app.services.backups.sealed_stream import MAGIC, PIECE, SealedReader, SealedWriter
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey, WrapCost

PHRASE = "a phrase nobody guesses"
NAME = Path("somewhere.backup")
#: Before the first piece: the line, the public key, the sealed key of the stream, the stream's head.
HEAD = 23 + 32 + 80 + 24
PIECE_AND_TAG = 65_536 + 17


@pytest.fixture(scope="module")
def key() -> OpeningKey:
    _, wrapped = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    return custody.unwrap(wrapped, PHRASE)


def sealed(key: OpeningKey, content: bytes, *, steps: int = 10_000) -> bytes:
    file = io.BytesIO()
    writer = SealedWriter(file, key.public())
    for start in range(0, len(content), steps):
        writer.write(content[start : start + steps])
    writer.finish()
    return file.getvalue()


def opened(key: OpeningKey, data: bytes, *, steps: int = 10_000) -> bytes:
    reader = SealedReader(io.BytesIO(data), NAME, key)
    found = b""
    while piece := reader.read(steps):
        found += piece
    return found


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 3 * PIECE + 5])
def test_content_of_every_length_comes_back(key: OpeningKey, length: int) -> None:
    content = random.Random(length).randbytes(length)
    made = sealed(key, content)
    pieces = max(1, -(-length // 65_536))
    assert len(made) == HEAD + length + 17 * pieces
    assert opened(key, made) == content
    assert opened(key, made, steps=PIECE * 2) == content


def test_nothing_of_the_content_is_seen_and_the_same_twice_looks_different(key: OpeningKey) -> None:
    content = b"secret words " * 10_000
    one, other = sealed(key, content), sealed(key, content)
    assert b"secret" not in one
    assert one[:55] == other[:55]  # format and public key
    assert one[55:] != other[55:]


def test_a_cut_at_any_place_is_refused_also_between_two_pieces(key: OpeningKey) -> None:
    made = sealed(key, random.Random(1).randbytes(2 * PIECE + 100))
    between = [HEAD, HEAD + PIECE_AND_TAG, HEAD + 2 * PIECE_AND_TAG]
    for size in (0, 10, len(MAGIC), HEAD - 1, *between, *(one + 1 for one in between), len(made) - 1):
        with pytest.raises(BackupError, match="不完整或被改动过"):
            opened(key, made[:size])


def test_a_byte_altered_at_any_place_is_refused(key: OpeningKey) -> None:
    made = sealed(key, random.Random(2).randbytes(PIECE + 100))
    for at in (0, 22, 23, 54, 55, 100, HEAD - 1, HEAD, HEAD + 1, HEAD + 500, HEAD + PIECE_AND_TAG - 1, len(made) - 1):
        altered = bytearray(made)
        altered[at] ^= 1
        with pytest.raises(BackupError):
            opened(key, bytes(altered))


def test_pieces_exchanged_left_out_doubled_or_added_are_refused(key: OpeningKey) -> None:
    made = sealed(key, random.Random(3).randbytes(3 * PIECE))
    head, pieces = made[:HEAD], [made[start : start + PIECE_AND_TAG] for start in range(HEAD, len(made), PIECE_AND_TAG)]
    other = sealed(key, random.Random(3).randbytes(3 * PIECE))[HEAD:]
    for wrong in (
        [pieces[1], pieces[0], pieces[2]],
        [pieces[0], pieces[2]],
        [pieces[0], pieces[0], pieces[1], pieces[2]],
        [*pieces, b"x"],
        [*pieces, pieces[2]],
        [other],
    ):
        with pytest.raises(BackupError, match="不完整或被改动过"):
            opened(key, head + b"".join(wrong))


def test_another_key_is_told_which_one_is_needed(key: OpeningKey) -> None:
    _, wrapped = custody.create_keys(PHRASE, cost=WrapCost(1, 8))
    with pytest.raises(BackupError, match=key.public().hex()[:16]):
        opened(custody.unwrap(wrapped, PHRASE), sealed(key, b"content"))
