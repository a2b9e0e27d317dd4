"""Backup and restore."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock
from survey_app.config import Config
from survey_app.i18n import gettext as _
from survey_app.services.office import backup as archives


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(data: Path | None, file: Path) -> None:
    """Write database, keys and files into FILE, one consistent moment, also while people vote. Keep it as safe as the keys."""
    names = archives.write(Config.from_environment(data=data), file, now=clock.now())
    click.echo(_("已备份 %(n)s 个文件到 %(path)s。", n=len(names), path=file))


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def restore(data: Path | None, file: Path) -> None:
    """Bring FILE back into an empty data folder (and an empty database), after checking every digest."""
    config = Config.from_environment(data=data)
    names = archives.read(config, file)
    click.echo(_("已恢复 %(n)s 个文件到 %(path)s。", n=len(names), path=config.data))
