"""Bringing the database up to date, and the one-time link for the first account."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from survey_app import schema
from survey_app.config import Config
from survey_app.i18n import gettext as _
from survey_app.starting import first_link, prepared


@click.command()
@click.pass_obj
def migrate(data: Path | None) -> None:
    """Bring the database up to date and say where it stands."""
    engine = prepared(Config.from_environment(data=data))
    click.echo(_("数据库已是最新：%(revision)s", revision=schema.current(engine)))


@click.command("set-up-link")
@click.pass_obj
def set_up_link(data: Path | None) -> None:
    """Print a one-time link for the first office account."""
    config = Config.from_environment(data=data)
    link = first_link(config, prepared(config))
    if link is None:
        click.echo(_("已经有主办单位账户；忘记口令时请让另一个主办单位账户在“账户”页换发链接。"), err=True)
        sys.exit(1)
    click.echo(link)
