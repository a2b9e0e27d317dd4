"""How far a process beside the server is: a note in the data folder, which every process of the server reads.

Lives here: the note as a file, and whether the process that wrote it still runs. May not live here: what is done there
(`counting.beside`, `publishing.letter_making`).
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Generic, TypeVar

from analysis.records import Record, RecordError, plain, read

NoteT = TypeVar("NoteT", bound=Record)


@dataclass(frozen=True)
class WorkingNotes(Generic[NoteT]):
    """The note on one campaign, as a file in the data folder that others of the machine cannot read. `kind`: what it holds."""

    folder: Path
    campaign: str
    kind: ClassVar[type[Record]]

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.folder / f"{self.campaign}.json"

    def find(self) -> NoteT | None:
        """What is known; None where nothing is under way and nothing ended badly."""
        try:
            return read(self.path.read_bytes(), self.kind)  # type: ignore[return-value]  # `kind` is NoteT, which a class cannot say
        except (OSError, RecordError):
            return None

    def write(self, note: NoteT) -> None:
        """Put it in place of the one before, whole or not at all."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(self.path, json.dumps(plain(note), ensure_ascii=False).encode())

    def forget(self) -> None:
        """Nothing is under way, and nothing is to be told."""
        self.path.unlink(missing_ok=True)


def write_private(path: Path, content: bytes) -> None:
    """A file that only we can read, in place of the one before, whole or not at all."""
    aside = path.parent / f".{secrets.token_hex(8)}"
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    aside.replace(path)


def born(process: int) -> str:
    """When a process began, in the kernel's own measure: with its number, it names the process. "" for one that has ended."""
    try:
        state, *others = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except (OSError, ValueError):
        return ""
    return "" if state == "Z" else others[18]
