"""The archive of a round as one file: a ZIP file without compression, whose manifest names every other member and is signed.

Without compression, and every byte of the shell fixed by names and contents: the file can be laid out again from what it holds
and compared with itself, so that no byte of it can be changed unseen, by whatever program it is read in whatever year. Any
program for ZIP files opens it. Nothing here knows a database; what the members mean is said in the manifest and by `keeping`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import nacl.exceptions
from nacl.signing import VerifyKey

from analysis import records
from analysis.records import Digest, Hex, Record, RecordError, plain
from survey_app.errors import RefusedError
from survey_app.i18n import N_

FORMAT: Final = "pingyi-archive/1"
SIGNED_AS: Final = b"pingyi/archive/v1\n"
MANIFEST, SIGNATURE = "manifest.json", "signature.txt"
#: More than this and a ZIP file needs another layout; a round of a million ballots makes a tenth of it.
MOST_BYTES = 2**31 - 1
_LOCAL, _CENTRAL, _END = struct.Struct("<IHHHHHIIIHH"), struct.Struct("<IHHHHHHIIIHHHHHII"), struct.Struct("<IHHHHIIH")
#: Names in UTF-8; the first day there is.
_UTF8, _DAY = 0x0800, 0x21
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")


class ArchiveError(RefusedError):
    """A file that is no archive of a round, or one that was altered or cut."""


class ArchivedFile(Record, frozen=True):
    """A member as the manifest tells it. `holds`, `english`: what is in it."""

    bytes: int
    sha256: Digest
    holds: str
    english: str


class ArchiveManifest(Record, frozen=True, kw_only=True):
    """What the archive holds and of what. `key` signs; `root` is the log's last, `result` the digest of the report."""

    format: Literal["pingyi-archive/1"]
    about: tuple[str, str]
    campaign: str
    title: str
    period: str
    scheme: str
    scheme_version: str
    scheme_digest: Digest
    counted: str
    made: str
    made_by: str
    key: Hex
    root: Digest
    result: Digest
    members: dict[str, ArchivedFile]
    left_out: tuple[tuple[str, str], ...]


class _AnyFormat(Record, frozen=True, forbid_unknown_fields=False):
    """What every manifest says of itself, also one of years to come."""

    format: str


@dataclass(frozen=True)
class OpenedArchive:
    """An archive of which every byte fits: its manifest, its members, and its own SHA-256."""

    manifest: ArchiveManifest
    members: Mapping[str, bytes]
    digest: str


def manifest_bytes(manifest: ArchiveManifest) -> bytes:
    """The manifest as it is signed and packed."""
    return json.dumps(plain(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def pack(manifest: ArchiveManifest, members: Mapping[str, bytes], sign: Callable[[bytes], bytes]) -> bytes:
    """The file. `sign` makes the 64 bytes of signature over what it is given. Raises ArchiveError when it grows too large."""
    told = manifest_bytes(manifest)
    signature = sign(SIGNED_AS + told).hex().encode() + b"\n"
    return _laid_out({MANIFEST: told, SIGNATURE: signature, **dict(sorted(members.items()))})


def is_archive(head: bytes) -> bool:
    """Whether a file that begins so says that it is an archive of a round."""
    return head[:4] == b"PK\x03\x04" and head[30 : 30 + len(MANIFEST)] == MANIFEST.encode()


def read(data: bytes) -> OpenedArchive:
    """Everything in the file, every byte of it checked. Raises ArchiveError with the sentence that says what does not fit."""
    files = _taken_apart(data)
    manifest, told = _manifest(files), files[MANIFEST]
    if not _is_signed(files.get(SIGNATURE, b""), bytes(manifest.key), told):
        raise ArchiveError(N_("档案的签名与清单不符：清单或签名被改动过，不能采信；请换一份没有改动过的。"))
    members = {name: content for name, content in files.items() if name not in (MANIFEST, SIGNATURE)}
    for name in sorted({*members, *manifest.members}):
        if name not in members:
            raise ArchiveError(
                N_("档案里没有清单上的“%(name)s”：有人拿走了它，或改了它的名字；请换一份没有改动过的。"), name=name
            )
        if name not in manifest.members:
            raise ArchiveError(N_("档案里的“%(name)s”不在清单上：是后来放进去的；请换一份没有改动过的。"), name=name)
        if not hmac.compare_digest(hashlib.sha256(members[name]).hexdigest(), manifest.members[name].sha256):
            raise ArchiveError(N_("档案里的“%(name)s”与清单不符：内容被改动过或已损坏；请换一份没有改动过的。"), name=name)
    if _laid_out(files) != data:
        raise ArchiveError(N_("档案的内容都对，外壳有几个字节不对：文件被改动过或已损坏；请换一份没有改动过的。"))
    return OpenedArchive(manifest, members, hashlib.sha256(data).hexdigest())


def _manifest(files: Mapping[str, bytes]) -> ArchiveManifest:
    if next(iter(files)) != MANIFEST:
        raise ArchiveError(N_("这不是评议的档案：开头没有清单；请选评议办做的档案文件。"))
    try:
        said = records.read(files[MANIFEST], _AnyFormat).format
        if said != FORMAT:
            raise ArchiveError(
                N_("这份档案的格式是“%(format)s”，这个程序只读 %(ours)s；请用更新的版本来读。"), format=said, ours=FORMAT
            )
        return records.read(files[MANIFEST], ArchiveManifest)
    except RecordError as wrong:
        raise ArchiveError(N_("档案的清单读不出来：被改动过或已损坏；请换一份没有改动过的。")) from wrong


def _is_signed(line: bytes, key: bytes, told: bytes) -> bool:
    if not re.fullmatch(rb"[0-9a-f]{128}\n", line):
        return False
    try:
        VerifyKey(key).verify(SIGNED_AS + told, bytes.fromhex(line.decode("ascii").strip()))
    except (nacl.exceptions.BadSignatureError, ValueError, TypeError):
        return False
    return True


def _laid_out(files: Mapping[str, bytes]) -> bytes:
    """The ZIP file of these members: one after the other as they are, then the list of them, then the end."""
    parts, listed, at = list[bytes](), list[bytes](), 0
    for name, content in files.items():
        raw, crc, size = name.encode(), zlib.crc32(content), len(content)
        local = _LOCAL.pack(0x04034B50, 20, _UTF8, 0, 0, _DAY, crc, size, size, len(raw), 0) + raw
        listed.append(_CENTRAL.pack(0x02014B50, 20, 20, _UTF8, 0, 0, _DAY, crc, size, size, len(raw), 0, 0, 0, 0, 0, at) + raw)
        parts += (local, content)
        at += len(local) + size
        if at > MOST_BYTES:
            raise ArchiveError(N_("这一轮的档案超过 2 GB，放不进一个文件；请先把核对包另存，再联系管理员。"))
    central = b"".join(listed)
    end = _END.pack(0x06054B50, 0, 0, len(files), len(files), len(central), at, 0)
    return b"".join((*parts, central, end))


def _taken_apart(data: bytes) -> dict[str, bytes]:
    """The members in their order, by what stands before each. Raises ArchiveError."""
    found, at = dict[str, bytes](), 0
    while data[at : at + 4] == b"PK\x03\x04" and at + _LOCAL.size <= len(data):
        _sig, _version, _flags, method, _time, _day, _crc, packed, size, length, extra = _LOCAL.unpack_from(data, at)
        begins = at + _LOCAL.size + length + extra
        name = data[at + _LOCAL.size : at + _LOCAL.size + length].decode("utf-8", "replace")
        if method or packed != size or begins + size > len(data) or name in found or not _NAME.fullmatch(name):
            raise _broken()
        found[name], at = data[begins : begins + size], begins + size
    if not found or data[at : at + 4] != b"PK\x01\x02":
        raise _broken()
    return found


def _broken() -> ArchiveError:
    return ArchiveError(N_("这不是完整的评议档案：文件被截断、改动过，或是别的文件；请换一份没有改动过的。"))
