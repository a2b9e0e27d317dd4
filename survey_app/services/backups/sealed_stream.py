"""A file of any length sealed to a public key: whoever writes it cannot read it, and no piece can be cut off, moved or altered.

Layout: a line that names the format, the public key (32 bytes), a fresh key in a libsodium sealed box to it (80), the head of a
libsodium secretstream (XChaCha20-Poly1305, 24), then its pieces, each of `PIECE` bytes of content but the last, each 17 longer.
The last piece bears the stream's final tag, so that a file which ends earlier is known to be cut; every piece is bound to all
that stands before the stream. Anybody can seal to a public key: a seal that opens does not say who made the file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, Final

import nacl.exceptions
from nacl import bindings

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.services.backups.refusals import BackupError
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey

MAGIC: Final = b"pingyi-sealed-backup/1\n"
PIECE: Final = 64 * 1024
_PUBLIC: Final = 32
_BOX: Final = 48 + bindings.crypto_secretstream_xchacha20poly1305_KEYBYTES
_HEAD: Final = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_SEALED_PIECE: Final = PIECE + bindings.crypto_secretstream_xchacha20poly1305_ABYTES
_MORE: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_LAST: Final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL


def is_sealed(path: Path) -> bool:
    """Whether the file says that it is one of these."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


class SealedWriter:
    """Seals what is written to it into a file; complete only after `finish`."""

    def __init__(self, file: IO[bytes], public: bytes) -> None:
        key = bindings.crypto_secretstream_xchacha20poly1305_keygen()
        self._file, self._waiting = file, bytearray()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        before = MAGIC + public + custody.seal(public, key)
        before += bindings.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._bound = hashlib.sha256(before).digest()
        file.write(before)

    def write(self, data: bytes) -> int:
        """Seal what fills a piece, keep the rest."""
        self._waiting += data
        while len(self._waiting) > PIECE:  # a full piece may turn out to be the last one, so it waits for a byte more
            self._push(bytes(self._waiting[:PIECE]), _MORE)
            del self._waiting[:PIECE]
        return len(data)

    def finish(self) -> None:
        """Seal what is left as the last piece."""
        self._push(bytes(self._waiting), _LAST)

    def _push(self, piece: bytes, kind: int) -> None:
        self._file.write(bindings.crypto_secretstream_xchacha20poly1305_push(self._state, piece, self._bound, kind))


class SealedReader:
    """Reads such a file front to back. `BackupError` at the first piece that is missing, altered or too much."""

    def __init__(self, file: IO[bytes], name: Path, key: OpeningKey) -> None:
        self._file, self._name, self._content, self._whole = file, name, bytearray(), False
        before = file.read(len(MAGIC) + _PUBLIC + _BOX + _HEAD)
        if len(before) < len(MAGIC) + _PUBLIC + _BOX + _HEAD or not before.startswith(MAGIC):
            raise self._broken()
        public, box, head = before[len(MAGIC) :][:_PUBLIC], before[-_BOX - _HEAD : -_HEAD], before[-_HEAD:]
        if public != key.public():
            raise BackupError(
                N_("备份 %(path)s 是用另一把备份密钥加密的（公钥 %(public)s…）；请用它的密钥文件。"),
                path=name,
                public=public.hex()[:16],
            )
        self._bound = hashlib.sha256(before).digest()
        self._state = bindings.crypto_secretstream_xchacha20poly1305_state()
        try:
            bindings.crypto_secretstream_xchacha20poly1305_init_pull(self._state, head, key.open(box))
        except (RefusedError, nacl.exceptions.CryptoError, ValueError) as problem:
            raise self._broken() from problem

    def read(self, size: int) -> bytes:
        """The next bytes, at most `size`; none at the end, which is reached only where the file is whole."""
        while len(self._content) < size and not self._whole:
            self._content += self._pull()
        given = bytes(self._content[:size])
        del self._content[:size]
        return given

    def _pull(self) -> bytes:
        piece = self._file.read(_SEALED_PIECE)
        try:
            content, kind = bindings.crypto_secretstream_xchacha20poly1305_pull(self._state, piece, self._bound)
        except (nacl.exceptions.CryptoError, ValueError) as problem:
            raise self._broken() from problem
        self._whole = kind == _LAST
        if self._whole and self._file.read(1):
            raise self._broken()
        return content

    def _broken(self) -> BackupError:
        return BackupError(N_("备份 %(path)s 不完整或被改动过，没有恢复；请换一个备份文件。"), path=self._name)
