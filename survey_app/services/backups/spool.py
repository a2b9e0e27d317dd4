"""The folder in which copies lie while a backup is made or read: inside the data folder, where the same rows lie anyway.

What is in it is not sealed, so it is emptied before and after; what a killed process left is gone with the next backup, and
`pingyi doctor` points at it until then. Beside the target, which may be a stick, never lies anything but the sealed file.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from survey_app.config import Config
from survey_app.i18n import N_
from survey_app.services.backups.refusals import BackupError

#: Hidden, so that no backup holds it.
NAME = ".backup"


@contextmanager
def spool(config: Config) -> Iterator[Path]:
    """The empty folder, for one at a time. Raises BackupError while another one is at it."""
    folder = config.data / NAME
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as busy:
            raise BackupError(N_("另一个备份、恢复或演练还在进行；请等它做完再试。")) from busy
        _empty(folder)
        try:
            yield folder
        finally:
            _empty(folder)
            folder.rmdir()
    finally:
        os.close(held)


def left_over(config: Config) -> bool:
    """Whether a process that died left copies behind."""
    folder = config.data / NAME
    return folder.is_dir() and any(folder.iterdir())


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
