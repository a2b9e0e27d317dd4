"""The key that signs the office's log: a fresh one for each line, in a file beside the data and never in a database or a backup.

Each line of the log names the public key of the line that this server writes next; once a line is committed, the key that signed
it is erased. So who has the database alone can sign nothing, and who takes the whole disk today cannot write a line of yesterday
again, nor cut lines off and go on from there: the key for going on is gone.

The file holds the key of a line being written beside the one before, because a crash may come on either side of the commit; and
the last committed line with its digest, by which lines missing at the end can be named. Marks of lines that the database once had
and no longer has are kept, whatever is written afterwards, until a person takes the file away.

Lives here: the file, its lock, making and erasing keys. May not live here: what a line says (`services.office.audit`).
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

from nacl.signing import SigningKey

from analysis.canonical import canonical_bytes
from analysis.records import Hex, Record, RecordError, plain, read
from survey_app.errors import UserError
from survey_app.i18n import N_

#: Hidden, so that no backup takes it along: a backup's thief could go on from where it was made.
NAME: Final = ".audit-key"
#: Where an engine's execution options keep the keys of its place.
OPTION: Final = "pingyi_audit_keys"
_PERSON = b"pingyi-audit-mac"
_SIGNER_BYTES = 8


class AuditKeyError(UserError):
    """The key file cannot be read or written. No act is done then: one that leaves no line is what nobody may have."""

    status = 500


class Mark(Record, frozen=True):
    """A committed line of the log: its number and its digest."""

    line: int
    digest: Hex


class KeptKeys(Record, frozen=True):
    """The file. `keys`: public to private key; `mark`: the last line known to be committed; `lost`: lines that are gone."""

    format: Literal["pingyi-audit-key/1"]
    signer: Hex
    keys: dict[str, Hex]
    mark: Mark | None
    lost: tuple[Mark, ...]


class AuditKeys:
    """The keys of one data folder."""

    def __init__(self, folder: Path, secret: Callable[[], str]) -> None:
        """`secret`: gives the server's secret, which vouches for the first key that a server uses."""
        self._folder, self._secret = folder, secret

    @property
    def path(self) -> Path:
        """The file."""
        return self._folder / NAME

    def kept(self) -> KeptKeys | None:
        """What the file says; None where this server has not signed yet. Raises AuditKeyError."""
        try:
            return read(self.path.read_bytes(), KeptKeys)
        except FileNotFoundError:
            return None
        except (OSError, RecordError) as problem:
            raise AuditKeyError(
                N_(
                    "操作记录的密钥文件 %(path)s 读不出来，没有做任何操作；请查明原因。"
                    "确实坏了的，把它移到别处再试，记录里会写明从哪一条重新开始。"
                ),
                path=self.path,
            ) from problem

    def write(self, kept: KeptKeys) -> None:
        """The file anew, whole or not at all, on the disk when this returns; the bytes of the one before are overwritten.

        Raises AuditKeyError.
        """
        aside = self._folder / f"{NAME}.new"
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(canonical_bytes(plain(kept)))
                file.flush()
                os.fsync(file.fileno())
            with _old_bytes_gone(self.path):
                aside.rename(self.path)
            folder = os.open(self._folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except OSError as problem:
            raise AuditKeyError(
                N_("操作记录的密钥写不进 %(path)s（%(what)s），没有做任何操作；请检查磁盘空间和文件夹的权限。"),
                path=self.path,
                what=problem.strerror or problem,
            ) from problem

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process of this machine at a time reads and writes the file anew. Held for moments, never while somebody waits."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(self._folder / f"{NAME}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def vouch(self, digest: bytes) -> bytes:
        """The server's word for a line that begins to sign: 32 bytes that nobody makes without the server's secret."""
        key = hashlib.blake2b(self._secret().encode(), digest_size=32, person=_PERSON).digest()
        return hmac.digest(key, digest, "sha256")

    def vouched(self, digest: bytes, word: bytes) -> bool:
        """Whether it is that word."""
        return hmac.compare_digest(self.vouch(digest), word)

    def settle(self, signer: bytes, used: list[bytes], mark: Mark) -> None:
        """After the commit: erase the keys that signed, and remember the line. Raises AuditKeyError."""
        with self.locked():
            kept = self.kept()
            if kept is None or kept.signer != signer:
                return
            gone = {one.hex() for one in used}
            keys = {public: secret for public, secret in kept.keys.items() if public not in gone}
            newest = mark if kept.mark is None or mark.line > kept.mark.line else kept.mark
            self.write(KeptKeys(kept.format, kept.signer, keys, newest, kept.lost))


def chosen(options: Mapping[str, object]) -> AuditKeys:
    """The keys that an engine's execution options name. Raises AuditKeyError where there are none."""
    keys = options.get(OPTION)
    if not isinstance(keys, AuditKeys):
        raise AuditKeyError(N_("这里没有操作记录的密钥，没有做任何操作；请在服务器的数据文件夹上运行。"))
    return keys


def signer_of(public: bytes) -> bytes:
    """The name of a server in the log: of the first key that it signs with."""
    return hashlib.sha256(b"pingyi/audit-signer/v1" + public).digest()[:_SIGNER_BYTES]


def fresh() -> SigningKey:
    """A new key."""
    return SigningKey.generate()


@contextmanager
def _old_bytes_gone(path: Path) -> Iterator[None]:
    """Overwrite what is replaced meanwhile, as far as anybody can: a copying file system and a flash disk keep old blocks."""
    try:
        old = os.open(path, os.O_WRONLY)
    except FileNotFoundError:
        yield
        return
    try:
        yield
        os.pwrite(old, bytes(os.fstat(old).st_size), 0)
        os.fsync(old)
    finally:
        os.close(old)
