"""The backup key: its private part in a file under a passphrase, kept away from the server; its public part on the server.

Whoever can replace the public part can read the backups made afterwards: the act stands in the log of acts, and every backup
says which key it was sealed to.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final, Literal

from analysis.records import Hex, Record, RecordError, plain, read
from survey_app.config import Config, make_data_folder
from survey_app.i18n import N_
from survey_app.services.backups.refusals import BackupError
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey, WrapCost

#: In the data folder; restored with it, so that the next backup is sealed to the same key.
PUBLIC_FILE: Final = "backup-key"
KEY_FORMAT: Final = "pingyi-backup-key/1"
_DIGITS = 64


class _BackupKeyFile(Record, frozen=True):
    """The backup key as kept away from the server."""

    format: Literal["pingyi-backup-key/1"]
    public: Hex
    wrapped: Hex


def create(passphrase: str, *, cost: WrapCost | None = None) -> tuple[bytes, bytes]:
    """A new pair: (public key, content of the key file). Raises WeakPassphraseError."""
    public, wrapped = custody.create_keys(passphrase, cost=cost)
    return public, json.dumps(plain(_BackupKeyFile(KEY_FORMAT, Hex(public), Hex(wrapped)))).encode()


def opening_key(path: Path, passphrase: str) -> OpeningKey:
    """The private key in a key file. Raises BackupError for another file, and as `custody.unwrap`."""
    try:
        kept = read(path.read_bytes(), _BackupKeyFile)
    except RecordError as wrong:
        raise BackupError(N_("%(path)s 不是备份密钥文件；请用 pingyi backup-key 做出的那个文件。"), path=path) from wrong
    return custody.unwrap(bytes(kept.wrapped), passphrase)


def use(config: Config, text: str) -> bytes:
    """Seal the backups of this place to this public key from now on; the key. Raises BackupError for what is none."""
    public = _public(text)
    make_data_folder(config)
    aside = config.data / f".{PUBLIC_FILE}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(public.hex() + "\n")
        file.flush()
        os.fsync(file.fileno())
    aside.rename(config.data / PUBLIC_FILE)
    return public


def public_key(config: Config) -> bytes | None:
    """The key to which backups of this place are sealed; None where none was named. Raises BackupError for a damaged one."""
    path = config.data / PUBLIC_FILE
    return _public(path.read_text(encoding="ascii", errors="replace")) if path.is_file() else None


def _public(text: str) -> bytes:
    digits = text.strip()
    try:
        key = bytes.fromhex(digits) if len(digits) == _DIGITS else b""
    except ValueError:
        key = b""
    if not key:
        raise BackupError(N_("“%(text)s”不是备份公钥：应是 64 位十六进制数字；请照抄做密钥时印出的那一行。"), text=digits)
    custody.seal(key, b"")  # refuses digits that are no key
    return key
