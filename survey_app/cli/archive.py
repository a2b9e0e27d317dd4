"""Backup and restore, the key between them, and the drill."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock, schema, times
from survey_app.cli import asking, keep
from survey_app.cli.new_files import refuse_unless_new, write_new
from survey_app.config import Config
from survey_app.database import audit_keys, make_engine, session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.backups import drill, keys, making, restoring
from survey_app.services.backups.sealed_stream import is_sealed
from survey_app.services.keeping import reading
from survey_app.services.office import audit
from survey_app.services.sealing.custody import OpeningKey
from survey_app.starting import prepared

ACCOUNT = "command line"
_file = click.Path(path_type=Path, dir_okay=False)
_there = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("backup-key")
@click.argument("file", type=_file, required=False)
@click.option("--use", "public", metavar="PUBLIC", help="Seal the backups of this place to this public key from now on.")
@click.pass_obj
def backup_key(data: Path | None, file: Path | None, public: str | None) -> None:
    """Make a backup key: FILE keeps its private part under a passphrase. Keep FILE off the server; --use the public part."""
    config = Config.from_environment(data=data)
    if (file is None) == (public is None):
        raise UserError(N_("请写一样：要做一把新密钥，写密钥文件的名字；要让这台服务器用它，写 --use 公钥。"))
    if public is not None:
        _use(config, public)
    elif file is not None:
        _make(config, file)


@click.command("backup")
@click.argument("file", type=_file)
@click.option("--unsealed", is_flag=True, help="Without a backup key: whoever gets FILE can read it, the server's key included.")
@click.pass_obj
def backup(data: Path | None, file: Path, *, unsealed: bool) -> None:
    """Write database, keys and files into FILE, sealed to the backup key; one consistent moment, also while people vote."""
    names = making.write(Config.from_environment(data=data), file, now=clock.now(), unsealed=unsealed)
    click.echo(_("已备份 %(n)s 个文件到 %(path)s。", n=len(names), path=file))
    if unsealed:
        click.echo(_("注意：%(path)s 没有加密，谁拿到它，谁就能读到里面的一切，还能冒用服务器的密钥。", path=file), err=True)


@click.command("restore")
@click.argument("file", type=_there)
@click.option("--key", "key_file", type=_there, help="The backup key's file; asked for where FILE is sealed.")
@click.option("--drill", "only_drill", is_flag=True, help="Restore aside, check, throw away, and write down that it holds.")
@click.option("--database", default="", metavar="URL", help="With --drill on PostgreSQL: an empty database, emptied afterwards.")
@click.pass_obj
def restore(data: Path | None, file: Path, key_file: Path | None, database: str, *, only_drill: bool) -> None:
    """Bring the backup FILE back into an empty data folder (and an empty database), after checking every byte; or lay the
    files of a round's archive FILE into a new folder to read, with nothing else on this machine."""
    config = Config.from_environment(data=data)
    if reading.looks_like_one(file):
        if only_drill or key_file or database:
            raise UserError(N_("这是一次评议的档案，不是备份：不用密钥，也不演练；请去掉 --key、--drill 和 --database。"))
        keep.restore_archive(config, file)
        return
    if not only_drill:
        restoring.refuse_full(config)  # before anybody types a passphrase
    key = _opening_key(file, key_file)
    if only_drill:
        _drill(config, file, key, database)
        return
    names = restoring.read(config, file, key=key)
    click.echo(_("已恢复 %(n)s 个文件到 %(path)s。", n=len(names), path=config.data))


def _make(config: Config, file: Path) -> None:
    refuse_unless_new(file)
    if file.resolve().is_relative_to(config.data.resolve()):
        raise UserError(N_("密钥文件不能放在数据文件夹里：偷走服务器的人就有了它；请放到优盘或另一台电脑上。"))
    public, content = keys.create(asking.ask_backup(new=True))
    write_new(file, content)
    click.echo(_("请把密钥文件放到服务器以外的地方，口令另外抄写封存：两样缺一，备份就打不开。在服务器上运行："))
    click.echo(f"pingyi backup-key --use {public.hex()}")


def _use(config: Config, public: str) -> None:
    engine = prepared(config)
    try:
        with session_factory(engine)() as session:
            key = keys.use(config, public)
            audit.record(session, account=ACCOUNT, action="backup-key-set", detail=key.hex(), now=clock.now())
            session.commit()
    finally:
        engine.dispose()
    click.echo(_("从现在起，备份用这把密钥加密；先前的备份仍要用先前的密钥。做一次备份，再用 pingyi restore --drill 演练一次。"))


def _opening_key(file: Path, key_file: Path | None) -> OpeningKey | None:
    if not is_sealed(file):
        click.echo(
            _("注意：%(path)s 没有加密，读过它的人都看得到里面的一切；恢复以后请销毁它，改用备份密钥。", path=file), err=True
        )
        return None
    path = key_file or Path(click.prompt(_("备份密钥文件"), type=_there))
    return keys.opening_key(path, asking.ask_backup())


def _drill(config: Config, file: Path, key: OpeningKey | None, database: str) -> None:
    engine = make_engine(config.database_url, keys=audit_keys(config))
    try:
        if not config.data.is_dir() or schema.current(engine) != schema.head():
            raise UserError(N_("演练要在正在使用的数据文件夹上做，并记在那里；请检查 --data，或先运行 pingyi migrate。"))
        with session_factory(engine, reading=True)() as look:
            found = drill.drill(look, config, file, key=key, database=database)
        with session_factory(engine)() as session:
            drill.note(session, file, found, account=ACCOUNT, now=clock.now())
            session.commit()
    finally:
        engine.dispose()
    click.echo(
        _(
            "演练通过：%(made)s 的备份能恢复，%(rows)s 行数据和 %(files)s 个文件都在，存证的根与正在使用的一致。",
            made=times.moment(found.made),
            rows=found.rows,
            files=found.files,
        )
    )
    for campaign, root in found.roots.items():
        if root:
            click.echo(f"{campaign} {root}")
