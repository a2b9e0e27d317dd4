"""Opening and counting without a browser, for a laptop that is on no network: restore, count, back up again."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock
from survey_app.cli import asking
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.i18n import gettext as _
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.starting import prepared

ACCOUNT = "command line"


@click.command("count")
@click.argument("campaign")
@click.pass_obj
def count(data: Path | None, campaign: str) -> None:
    """Open the closed CAMPAIGN with its passphrase or its trustees' shares, and count. On a counted one: count again and compare.

    Offline: `pingyi backup` on the server after the close; `pingyi restore` and `pingyi count` on a laptop without network;
    `pingyi backup` there, and `pingyi restore` of that file on the server, which meanwhile takes nothing new.
    """
    config = Config.from_environment(data=data)
    engine = prepared(config)
    try:
        with session_factory(engine)() as session:
            here = campaigns.by_key(session, campaign)
            session.commit()  # no lock while somebody types
            report = counting.open_and_count(
                session, here, passphrase=asking.ask_to_open(here, OpeningAct.COUNT), account=ACCOUNT, now=clock.now()
            )
            session.commit()
            opening = counting.stored_opening(session, here)
            click.echo(_("计票完成：收到 %(cast)s 张。", cast=sum(book.cast for book in opening.tally.books)))
            click.echo(_("票数的摘要：%(digest)s", digest=opening.digest))
            click.echo(_("结果的摘要：%(digest)s", digest=report.digest))
            click.echo(_("没有计入的票：%(n)s 张。", n=len(opening.remarks)))
    finally:
        engine.dispose()
    click.echo(_("请抄下两个摘要；在离线电脑上计票的，现在运行 pingyi backup，把备份带回服务器恢复。"))
