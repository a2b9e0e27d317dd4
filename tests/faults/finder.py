"""Finds secrets in files, however they may be spelled there. Shown able to find by test_finder.py.

Spellings: as they are, hexadecimal, base 64 (at any offset), percent-encoded, escaped in JSON, two-byte text; each of them also
inside zlib and gzip. Not found: a spelling nobody thought of, and anything encrypted, which is what it is there for.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import numpy as np

START = 8  # a needle is looked up by its first eight bytes; shorter ones would be found by chance
PIECE = 4 * 1024 * 1024
MOST_UNPACKED = 16 * 1024 * 1024
_PACKED = re.compile(rb"\x1f\x8b\x08|\x78[\x01\x5e\x9c\xda]")


def spellings(secret: bytes) -> set[bytes]:
    """The secret as it may stand in a file."""
    found = {secret, secret.hex().encode(), secret.hex().upper().encode(), quote(secret).encode()}
    for offset in range(3):  # what stands before it shifts the groups of three; the characters that depend on it are cut off
        shifted = base64.b64encode(b"\0" * offset + secret)[-(-offset * 8 // 6) :].rstrip(b"=")
        whole = shifted[: (offset + len(secret)) * 8 // 6 - (-(-offset * 8 // 6))]
        found |= {whole, whole.translate(bytes.maketrans(b"+/", b"-_"))}
    try:
        text = secret.decode()
    except UnicodeDecodeError:
        return found
    return found | {text.encode("utf-16-le"), json.dumps(text)[1:-1].encode()}


def spelled_marks(marks: Iterable[int]) -> set[bytes]:
    """A ballot's answers as a program may write them: bytes, two bytes each, lists, digits, form fields."""
    codes = list(marks)
    found = {bytes(codes).hex(" ").encode(), "".join(map(str, codes)).encode()}
    found |= {sign.join(map(str, codes)).encode() for sign in (", ", ",", " ", "\n", ";")}
    fields = [f"m{place}={code}" for place, code in enumerate(codes) if code]
    found.add("&".join(fields).encode())
    return found | spellings(bytes(codes)) | spellings(b"".join(code.to_bytes(2, "big") for code in codes))


class Finder:
    """Looks for many needles at once. `needles`: what a secret is called -> its spellings."""

    def __init__(self, needles: Mapping[str, Iterable[bytes]]) -> None:
        self._by_start: dict[bytes, list[tuple[bytes, str]]] = {}
        self._first = np.zeros(1 << 24, dtype=bool)  # whether some needle begins with these three bytes
        self._longest = 0
        for name, needle in ((name, needle) for name, spelled in needles.items() for needle in spelled):
            if len(needle) < START:
                raise ValueError(f"{name}: {needle!r} is so short that it is found everywhere")
            self._by_start.setdefault(needle[:START], []).append((needle, name))
            self._first[int.from_bytes(needle[:3], "big")] = True
            self._longest = max(self._longest, len(needle))

    def in_bytes(self, data: bytes) -> set[str]:
        """The names of what stands in the data, packed or not."""
        return set(itertools.chain(self._plain(data), *(self._plain(inside) for inside in _unpacked(data))))

    def in_files(self, *places: Path) -> dict[str, set[str]]:
        """File -> names of what it holds, for every file in these folders (or these files) that holds anything."""
        found = {}
        for path in (path for place in places for path in ([place] if place.is_file() else sorted(place.rglob("*")))):
            if path.is_file() and (names := self.in_bytes(path.read_bytes())):
                found[str(path)] = names
        return found

    def _plain(self, data: bytes) -> Iterator[str]:
        for begin in range(0, max(1, len(data) - 2), PIECE):
            piece = np.frombuffer(data[begin : begin + PIECE + 2], dtype=np.uint8).astype(np.uint32)
            threes = piece[:-2] << 16 | piece[1:-1] << 8 | piece[2:]
            for at in (np.flatnonzero(self._first[threes]) + begin).tolist():
                for needle, name in self._by_start.get(data[at : at + START], ()):
                    if data.startswith(needle, at):
                        yield name


def _unpacked(data: bytes) -> Iterator[bytes]:
    """What inflates from wherever in the data a packed stream may begin."""
    for found in _PACKED.finditer(data):
        machine = zlib.decompressobj(47)  # zlib or gzip, by its head
        try:
            inside = machine.decompress(memoryview(data)[found.start() :], MOST_UNPACKED)
        except zlib.error:
            continue
        if inside:
            yield inside
