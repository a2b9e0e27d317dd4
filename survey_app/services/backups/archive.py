"""The archive inside the seal: a tar file whose first member `manifest.json` names every other with its length and SHA-256.

It is read front to back, once, so that it need not lie anywhere unsealed. What the manifest does not name is not unpacked.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Literal, Protocol, cast

from analysis import records
from analysis.records import Record, RecordError, plain
from survey_app.i18n import N_
from survey_app.services.backups.refusals import BackupError
from survey_app.services.backups.sealed_stream import SealedReader

_PIECE = 1024 * 1024


class Writer(Protocol):
    """Where an archive goes."""

    def write(self, data: bytes) -> int:
        """Take all of it."""
        ...


class Facts(Record, frozen=True):
    """What the copied database holds: rows by table, and of each campaign's log the newest signed checkpoint."""

    rows: dict[str, int]
    checkpoints: dict[str, str]


class _Member(Record, frozen=True):
    bytes: int
    sha256: str


class Manifest(Record, frozen=True):
    """What the archive holds beside it, by name. Archives of format 1, never sealed, did not say what their database holds."""

    format: Literal["pingyi-backup/1", "pingyi-backup/2"]
    made: str
    members: dict[str, _Member]
    facts: Facts | None = None


def pack(out: Writer, made: str, facts: Facts, members: Mapping[str, Path]) -> None:
    """Write the archive of these files."""
    described = {name: _Member(path.stat().st_size, _digest(path)) for name, path in members.items()}
    manifest = Manifest(format="pingyi-backup/2", made=made, members=described, facts=facts)
    text = json.dumps(plain(manifest), ensure_ascii=False, indent=1, sort_keys=True).encode()
    with tarfile.open(fileobj=cast("IO[bytes]", out), mode="w|", format=tarfile.PAX_FORMAT) as archive:
        _add(archive, "manifest.json", len(text), io.BytesIO(text))
        for name, path in members.items():
            with path.open("rb") as content:
                _add(archive, name, path.stat().st_size, content)


def unpack(source: IO[bytes] | SealedReader, name: Path, folder: Path) -> Manifest:
    """Unpack what the manifest names into the folder, checking lengths and digests; reads the source to its end.

    Raises BackupError, and then nothing in the folder may be used.
    """
    try:
        with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r|") as archive:
            manifest = _manifest(archive)
            missing = dict(manifest.members)
            while (member := archive.next()) is not None:
                told = missing.pop(member.name, None)
                content = archive.extractfile(member) if told else None
                if told is None or content is None:
                    raise BackupError(N_("备份 %(path)s 里的 %(name)s 不对，没有恢复。"), path=name, name=member.name)
                _keep(content, told, folder, member.name, source=name)
            if missing:
                raise BackupError(N_("备份 %(path)s 里没有清单上的 %(name)s，没有恢复。"), path=name, name=min(missing))
        while source.read(_PIECE):  # a seal is whole only at its end
            pass
    except (tarfile.TarError, RecordError, ValueError, TypeError, EOFError) as bad:
        raise BackupError(N_("%(path)s 不是完整的评议备份，没有恢复；请换一个备份文件。"), path=name) from bad
    return manifest


def _keep(content: IO[bytes], told: _Member, folder: Path, member: str, *, source: Path) -> None:
    place = folder / member
    # Every part a plain name: "files//etc/x" lies in this folder, and its end is an address of its own in the next one.
    if not {"", ".", ".."}.isdisjoint(member.split("/")) or not place.resolve().is_relative_to(folder.resolve()):
        raise BackupError(N_("备份 %(path)s 里的 %(name)s 不对，没有恢复。"), path=source, name=member)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with place.open("xb") as file:
        shutil.copyfileobj(content, file, _PIECE)
    place.chmod(0o600)
    if place.stat().st_size != told.bytes or _digest(place) != told.sha256:
        raise BackupError(N_("备份 %(path)s 里的 %(name)s 与清单不符，可能已损坏，没有恢复。"), path=source, name=member)


def _manifest(archive: tarfile.TarFile) -> Manifest:
    first = archive.next()
    file = archive.extractfile(first) if first is not None and first.name == "manifest.json" else None
    return records.read(file.read() if file else b"", Manifest)


def _add(archive: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    archive.addfile(member, content)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
