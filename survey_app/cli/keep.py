"""The archive of a round without a browser: making it, and bringing it back to read; `verify` stands with the bundles."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from survey_app import clock
from survey_app.cli.new_files import refuse_unless_new, write_new
from survey_app.config import Config, cookie_key
from survey_app.database import session_factory
from survey_app.errors import UserError
from survey_app.exports import kept_round
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.campaign import campaigns
from survey_app.services.keeping import archiving, reading
from survey_app.services.keeping.archiving import ArchiveStep
from survey_app.services.keeping.reading import ArchiveReading
from survey_app.starting import prepared

ACCOUNT = "command line"
#: Where archives are brought back to, in the data folder.
FOLDER = "read-archives"


@click.command("archive")
@click.argument("campaign")
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def archive(data: Path | None, campaign: str, out: Path) -> None:
    """Write the archive of the counted CAMPAIGN (its key) to OUT: one signed file, read years later by verify and restore."""
    refuse_unless_new(out)
    config = Config.from_environment(data=data)
    engine = prepared(config)
    try:
        with session_factory(engine)() as session:
            here = campaigns.by_key(session, campaign)
            session.refresh(here, with_for_update=True)
            secret, now = cookie_key(config), clock.now()
            made = kept_round.make(session, config, here, secret=secret, account=ACCOUNT, now=now, progress=_tell)
            write_new(out, made.data)
            session.commit()
    finally:
        engine.dispose()
    click.echo(_("档案已写到 %(path)s，共 %(n)s 字节，SHA-256：", path=out, n=len(made.data)))
    click.echo(made.digest)


def verify_archive(path: Path, *, key: str, root: str) -> int:
    """Say what holds in this archive and what does not; the exit code, as of a bundle."""
    try:
        found = reading.examine(path.read_bytes(), key=key, root=root)
    except UserError as wrong:
        click.echo(_(wrong.sentence, **wrong.parts), err=True)
        return 1
    _say(found)
    return 1 if found.faults else 3 if found.notes else 0


def restore_archive(config: Config, path: Path) -> None:
    """Lay the files of an archive, all of it checked, into a new folder of the data folder. Raises UserError."""
    found = reading.examine(path.read_bytes())
    if found.faults:
        _say(found)
        sys.exit(1)
    folder = config.data / FOLDER / path.stem
    if folder.exists():
        raise UserError(N_("文件夹 %(path)s 已经存在，没有覆盖；请先移开它。"), path=folder)
    try:
        folder.mkdir(mode=0o700, parents=True)
        for name, content in found.opened.members.items():
            write_new(folder / name, content)
    except OSError as problem:
        raise UserError(
            N_("档案没有取出来（%(what)s）；请检查磁盘空间和文件夹的权限后再试。"), what=problem.strerror or problem
        ) from problem
    _say(found)
    click.echo(_("%(n)s 个文件取到 %(path)s；先看其中的 index.html。", n=len(found.opened.members), path=folder))


def _say(found: ArchiveReading) -> None:
    told = found.opened.manifest
    for sentence in (*found.faults, *found.notes):
        click.echo(sentence, err=True)
    if not found.faults:
        about = {"title": told.title, "period": told.period, "made": told.made, "n": len(told.members)}
        click.echo(_("“%(title)s”（%(period)s）的档案，%(made)s 做的，%(n)s 个文件，逐字节都对，签名也对。", **about))


def _tell(step: ArchiveStep) -> None:
    """Each step, on the error stream: of a large round it takes a while."""
    click.echo(_(archiving.STEPS[step]) + "……", err=True)
