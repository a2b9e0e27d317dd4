"""The log of acts without a browser: checking it, with a printed head or without."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from survey_app import schema
from survey_app.config import Config
from survey_app.database import audit_keys, make_engine, session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.log import audit_heads
from survey_app.services.office import audit_check
from survey_app.services.office.audit_check import CheckedLog

BROKEN, UNREADABLE = 1, 2


@click.group("audit")
def audit() -> None:
    """The log of what the office did."""


@audit.command("verify")
@click.option("--head", "head", default="", metavar="HEX", help="The head printed on a checkpoint sheet, 64 digits.")
@click.pass_obj
def verify(data: Path | None, head: str) -> None:
    """Check chain, signatures, keys, and heads in checkpoints. Exit 0: all holds; 1: something does not; 2: cannot tell."""
    try:
        found = _checked(Config.from_environment(data=data), head)
    except UserError as error:
        click.echo(_(error.sentence, **error.parts), err=True)
        sys.exit(UNREADABLE)
    for sentence in found.notes:
        click.echo(sentence)
    for sentence in found.faults:
        click.echo(sentence, err=True)
    if found.faults:
        sys.exit(BROKEN)
    click.echo(_("记录的头：%(head)s", head=found.head.hex()))
    click.echo(_("整本记录核对无误。"))


def _checked(config: Config, typed: str) -> CheckedLog:
    wanted = audit_check.read_head(typed) if typed else None
    if typed and wanted is None:
        raise UserError(N_("给出的头不是 64 位十六进制数字；请照存证单逐字输入。"))
    if not config.data.is_dir():
        raise UserError(N_("没有数据文件夹 %(path)s，没有可核对的记录；请检查 --data。"), path=config.data)
    engine = make_engine(config.database_url, keys=audit_keys(config))
    try:
        if schema.current(engine) != schema.head():
            raise UserError(N_("数据库还不是这个版本的；请先运行 pingyi migrate，再核对操作记录。"))
        with session_factory(engine, reading=True)() as session:
            return audit_check.check(session, heads=audit_heads.printed(session), wanted=wanted)
    finally:
        engine.dispose()
