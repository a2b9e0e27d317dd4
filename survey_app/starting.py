"""Before and after the server starts: the data folder and the database made ready, and what is said once it answers.

Lives here: what every command does first, and the announcement with the first account's one-time link. May not live here: serving
(`serving`), commands (`cli`).
"""

from __future__ import annotations

import click
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from survey_app import clock, schema
from survey_app.config import ALL, OFFICE, Config, cookie_key, make_data_folder
from survey_app.database import audit_keys, make_engine, scrub, session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.printing import qr
from survey_app.services.backups import restored
from survey_app.services.office import accounts, audit, passkeys, stolen_passwords


class UnfitPlaceError(UserError):
    """The data folder or the database cannot be used here."""


def prepared(config: Config) -> Engine:
    """The data folder and the database at the newest revision, ready to use.

    Raises:
        UnfitPlaceError: a folder nobody may write, a database that cannot be reached, is none, or lacks its driver.
        StolenListError: a list of stolen passwords that cannot be searched.
    """
    if config.require_passkey and config.surface in (ALL, OFFICE) and passkeys.relying_party(config.own_url) is None:
        raise UnfitPlaceError(
            N_("PINGYI_REQUIRE_PASSKEY 要求用通行密钥，可是 %(address)s 不是 https 加域名，浏览器在那里不给；请先改网址。"),
            address=config.own_url,
        )
    try:
        make_data_folder(config)
        cookie_key(config)
    except OSError as error:
        sentence = N_("数据文件夹 %(folder)s 不能用（%(what)s）；请用 PINGYI_DATA 或 --data 指定一个能写的文件夹。")
        raise UnfitPlaceError(sentence, folder=config.data, what=error.strerror or error) from error
    if config.stolen_passwords is not None:
        stolen_passwords.refuse_unfit(config.stolen_passwords)
    try:
        engine = make_engine(config.database_url, keys=audit_keys(config))
        before = schema.current(engine)
        schema.upgrade(engine)
    except (SQLAlchemyError, ImportError) as error:
        sentence = N_("数据库不能用：%(what)s；请检查 PINGYI_DATABASE_URL。")
        raise UnfitPlaceError(sentence, what=str(error).splitlines()[0]) from error
    if before not in (None, schema.head()):
        _leave_nothing_old(engine)
    _begin_to_sign(engine)
    _say_what_was_restored(config, engine)
    return engine


def _begin_to_sign(engine: Engine) -> None:
    """A log of acts from before there were keys is signed from here on, and says so itself."""
    with session_factory(engine, reading=True)() as look:
        if not audit.is_unsigned(look):
            return
    with session_factory(engine)() as session:
        if audit.is_unsigned(session):
            audit.record(session, account=audit.SERVER, action="audit-signed", detail="", now=clock.now())
            session.commit()


def _say_what_was_restored(config: Config, engine: Engine) -> None:
    """Only now: a restored database may have been an older program's."""
    if (config.data / restored.NAME).exists():
        with session_factory(engine)() as session:
            restored.enter(session, config, now=clock.now())
            session.commit()
        restored.forget_word(config)


def _leave_nothing_old(engine: Engine) -> None:
    """What a revision took out of the tables goes from the file and its log, too; where others are at it, it is said."""
    try:
        scrub(engine)
    except OperationalError:
        click.echo(_("数据库已更新，但正忙，旧痕迹还没有清理；请停下其他程序，在评议结束后点“清理数据库痕迹”。"), err=True)


def first_link(config: Config, engine: Engine) -> str | None:
    """A fresh one-time link for the first office account; None when there is an account already."""
    with session_factory(engine)() as session:
        if not accounts.first_account_missing(session):
            return None
        secret = accounts.new_link(session, None, now=clock.now())
        session.commit()
    return f"{config.address_of({OFFICE})}/office/link/{secret}"


def announce(config: Config, engine: Engine) -> None:
    """Say where we are: address, QR code, and the one-time link while nobody has an account."""
    click.echo(qr.terminal(config.own_url + "/"))
    click.echo(_("评议系统的网址：%(address)s", address=config.own_url + "/"))
    link = first_link(config, engine) if config.surface in {ALL, OFFICE} else None
    if link:
        click.echo(_("还没有账户。请用这个一次性链接设置第一个主办单位账户和口令（72 小时内有效）："))
        click.echo(f"  {link}")
    if config.base_url.startswith(("http://127.0.0.1", "http://localhost")):
        click.echo(_("手机打不开这个网址；正式使用请把 PINGYI_BASE_URL 设为手机能打开的网址，PINGYI_BIND 设为 0.0.0.0:8000。"))
    click.echo(_("按 Ctrl+C 停止。数据在 %(folder)s。", folder=config.data))
