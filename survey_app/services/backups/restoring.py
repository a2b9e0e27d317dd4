"""Bringing a backup back into an empty place, after all of it was checked."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from survey_app.config import Config
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.services.backups import archive, copying, restored
from survey_app.services.backups.archive import Manifest
from survey_app.services.backups.refusals import BackupError
from survey_app.services.backups.sealed_stream import SealedReader, is_sealed
from survey_app.services.backups.spool import NAME, spool
from survey_app.services.sealing.custody import OpeningKey

_FILES = "files/"


def read(config: Config, source: Path, *, key: OpeningKey | None = None) -> list[str]:
    """Bring a backup back into an empty place. Gives the names of what was restored.

    Parameters
    ----------
    config
        The empty place.
    source
        The backup's file.
    key
        The opened backup key; None for an unsealed backup.

    Raises
    ------
    RefusedError
        The data folder or the database is not empty.
    BackupError
        Not a backup of ours, sealed to another key, of the other kind of database, cut, altered, or no room for it.
    """
    refuse_full(config)
    config.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with spool(config) as folder:
            manifest = opened(source, folder, key)
            names = list(manifest.members)
            _settle(config, folder, names)
        restored.leave_word(config, source, manifest.made)
    except OSError as problem:
        raise BackupError(
            N_("恢复没有做成（%(what)s）；请检查磁盘空间和文件夹的权限后再试。"), what=problem.strerror or problem
        ) from problem
    return sorted(names)


def opened(source: Path, folder: Path, key: OpeningKey | None) -> Manifest:
    """The backup unpacked into the folder, every byte of it checked. Raises BackupError."""
    with source.open("rb") as file:
        if not is_sealed(source):
            return archive.unpack(file, source, folder)
        if key is None:
            raise BackupError(N_("备份 %(path)s 是加密的；请给出备份密钥文件和它的口令。"), path=source)
        return archive.unpack(SealedReader(file, source, key), source, folder)


def refuse_full(config: Config) -> None:
    """Raise RefusedError unless the place is empty."""
    if config.data.exists() and any(path.name != NAME for path in config.data.iterdir()):
        raise RefusedError(N_("数据文件夹 %(path)s 不是空的，没有恢复；请用 --data 指定一个新文件夹。"), path=config.data)
    copying.refuse_full(config)


def _settle(config: Config, folder: Path, names: Iterable[str]) -> None:
    """Files first: a database without its server's secret would have a new one made, which opens none of its log keys."""
    placed: list[Path] = []
    try:
        for name in names:
            if not copying.is_database(name):
                place = config.data / name.removeprefix(_FILES)
                place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                placed.append((folder / name).rename(place))
        copying.load(config, folder, names)
    except BaseException:
        for place in placed:
            place.unlink()
        raise
