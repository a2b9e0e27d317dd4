"""The last resort for an account: whoever has the server's disk lets somebody in again who lost phone, key and recovery codes."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.i18n import gettext as _
from survey_app.services.office import accounts, audit, factors, owner_notices
from survey_app.starting import prepared

ACCOUNT = "command line"


@click.command("reset-factor")
@click.argument("login")
@click.pass_obj
def reset_factor(data: Path | None, login: str) -> None:
    """Clear authenticator, passkeys and recovery codes of the account LOGIN; its sessions end, its password stays."""
    engine = prepared(Config.from_environment(data=data))
    try:
        with session_factory(engine)() as session:
            account, now = accounts.account_by_name(session, login), clock.now()
            factors.reset(session, account)
            accounts.close_sessions(session, account)
            owner_notices.tell(session, account, "factor-reset", now=now, by=ACCOUNT)
            audit.record(session, account=ACCOUNT, action="factor-reset", detail=account.name, now=now)
            session.commit()
            name = account.name
    finally:
        engine.dispose()
    click.echo(_("“%(name)s”的验证器、通行密钥和恢复码已清除，登录着的都已退出；口令没有变，下次登录时重新绑定。", name=name))
