"""Where nobody is left to be the second person: what whoever runs the server may say for the office. It stands in its log."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.errors import NotFoundError
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.four_eyes import office_size
from survey_app.services.office import account_names, accounts, audit, owner_notices
from survey_app.starting import prepared

#: In the log, in place of an account: the server's command line.
COMMAND_LINE = "pingyi people"


@click.command()
@click.argument("said", type=click.Choice(["show", "one", "two"]), default="show")
@click.pass_obj
def people(data: Path | None, said: str) -> None:
    """Say, or show, whether one person does here what otherwise takes two. For when the second person is gone for good."""
    with session_factory(prepared(Config.from_environment(data=data)))() as session:
        if said != "show":
            alone = said == "one"
            office_size.say(session, alone=alone, account=COMMAND_LINE, now=clock.now())
            action = "office-one" if alone else "office-two"
            audit.record(session, account=COMMAND_LINE, action=action, detail="", now=clock.now())
            session.commit()
        click.echo(_("一个人就能办成。") if office_size.is_alone(session) else _("要两个人。"))
        for one in office_size.seconds(session):
            click.echo(f"  {one.name}" + (_("（已停用）") if one.disabled else ""))


@click.command("new-link")
@click.argument("name")
@click.pass_obj
def new_link(data: Path | None, name: str) -> None:
    """Print a one-time link for the account NAME, where nobody is left who could confirm one on the pages."""
    config = Config.from_environment(data=data)
    with session_factory(prepared(config))() as session:
        account = accounts.account_named(session, account_names.tidy_name(name))
        if account is None or account.disabled:
            raise NotFoundError(N_("没有名为“%(name)s”、能登录的账户；请检查名字。"), name=name)
        secret = accounts.new_link(session, account, now=clock.now())
        audit.record(session, account=COMMAND_LINE, action="link-created", detail=account.name, now=clock.now())
        if account.password is not None:
            owner_notices.tell(session, account, "link-made", now=clock.now(), by=COMMAND_LINE)
        session.commit()
    click.echo(f"{config.base_url}/office/link/{secret}")
