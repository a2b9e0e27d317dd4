"""Starting the server, bringing the database up to date, and the one-time link for the first account."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from sqlalchemy import Engine

from survey_app import clock, schema
from survey_app.config import Config, make_data_folder
from survey_app.database import make_engine, session_factory
from survey_app.i18n import gettext as _
from survey_app.printing import qr
from survey_app.services import accounts

CONFIGURATION = Path(__file__).resolve().parent.parent / "gunicorn_conf.py"
ROOT = CONFIGURATION.parent.parent


def prepared(config: Config) -> Engine:
    """The data folder and the database at the newest revision, ready to use."""
    make_data_folder(config)
    engine = make_engine(config.database_url)
    schema.upgrade(engine)
    return engine


def first_link(config: Config, engine: Engine) -> str | None:
    """A fresh one-time link for the first office account; None when there is an account already."""
    with session_factory(engine)() as session:
        if not accounts.first_account_missing(session):
            return None
        secret = accounts.new_link(session, None, now=clock.now())
        session.commit()
    return f"{config.base_url}/office/link/{secret}"


def announce(config: Config, engine: Engine) -> None:
    """Say where we are: address, QR code, and the one-time link while nobody has an account."""
    click.echo(qr.terminal(config.base_url + "/"))
    click.echo(_("评议系统的网址：%(address)s", address=config.base_url + "/"))
    link = first_link(config, engine)
    if link:
        click.echo(_("还没有账户。请用这个一次性链接设置第一个主办单位账户和口令（72 小时内有效）："))
        click.echo(f"  {link}")
    if config.base_url.startswith(("http://127.0.0.1", "http://localhost")):
        click.echo(_("手机打不开这个网址；正式使用请把 PINGYI_BASE_URL 设为手机能打开的网址，PINGYI_BIND 设为 0.0.0.0:8000。"))
    click.echo(_("按 Ctrl+C 停止。数据在 %(folder)s。", folder=config.data))


def run_server(config: Config) -> None:
    """Become gunicorn. Does not return."""
    os.chdir(ROOT)
    command = [sys.executable, "-m", "gunicorn", "--config", str(CONFIGURATION), "wsgi:app"]
    sys.stdout.flush()
    os.execve(sys.executable, command, config.environment())  # noqa: S606 - our own interpreter, no shell


@click.command()
@click.pass_obj
def serve(data: Path | None) -> None:
    """Bring the database up to date, say the address, and serve until stopped."""
    config = Config.from_environment(data=data)
    engine = prepared(config)
    announce(config, engine)
    engine.dispose()
    run_server(config)


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
