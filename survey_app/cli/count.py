"""Opening and counting without a browser, for a laptop that is on no network: restore, count, back up again."""

from __future__ import annotations

from pathlib import Path

import click

from survey_app import clock
from survey_app.cli import asking
from survey_app.cli.progress import count_shown
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.i18n import gettext as _
from survey_app.services.campaign import campaigns
from survey_app.services.counting import cluster, counting
from survey_app.services.counting.crews import Alone, Crew, Processes
from survey_app.services.sealing.one_time_keys import OpeningAct
from survey_app.starting import prepared

ACCOUNT = "command line"
_pem = click.Path(path_type=Path, dir_okay=False)


@click.command("count")
@click.argument("campaign")
@click.option("--workers", type=click.IntRange(1, 256), help="So many processes open ballots (as a rule one a processor).")
@click.option("--cluster", "address", metavar="tls://HOST:PORT", help="Open on the machines behind this Dask scheduler.")
@click.option("--cluster-ca", type=_pem, help="PEM: the authority that signed the cluster's certificates.")
@click.option("--cluster-cert", type=_pem, help="PEM: our own certificate.")
@click.option("--cluster-key", type=_pem, help="PEM: its private key.")
@click.pass_obj
def count(
    data: Path | None,
    campaign: str,
    *,
    workers: int | None,
    address: str | None,
    cluster_ca: Path | None,
    cluster_cert: Path | None,
    cluster_key: Path | None,
) -> None:
    """Open the closed CAMPAIGN with its passphrase or its trustees' shares, and count. On a counted one: count again and compare.

    Offline: `pingyi backup` on the server after the close; `pingyi restore` and `pingyi count` on a laptop without network;
    `pingyi backup` there, and `pingyi restore` of that file on the server, which meanwhile takes nothing new.
    """
    config = Config.from_environment(data=data)
    crew = _crew(workers, address, (cluster_ca, cluster_cert, cluster_key))
    engine = prepared(config)
    try:
        with session_factory(engine)() as session:
            here = campaigns.by_key(session, campaign)
            session.commit()  # no lock while somebody types
            said = asking.ask_to_open(here, OpeningAct.COUNT)
            with session_factory(engine, reading=True)() as reading, count_shown() as progress:
                report = counting.open_and_count(
                    session,
                    here,
                    passphrase=said,
                    account=ACCOUNT,
                    now=clock.now(),
                    progress=progress,
                    reading=reading,
                    crew=crew,
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


def _crew(workers: int | None, address: str | None, pem: tuple[Path | None, Path | None, Path | None]) -> Crew | None:
    """Who opens, as told; None where nothing was said. Raises ClusterError."""
    if address is None:
        return None if workers is None else Alone() if workers == 1 else Processes(workers)
    return cluster.cluster(address, cluster.certificates(*pem))
