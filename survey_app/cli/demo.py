"""`pingyi demo`: a counted campaign beside an open one, so that there is something to look at within a minute."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import click
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from questionnaires.shipped import ShippedScheme, shipped
from survey_app.cli.server import announce, prepared, run_server
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.i18n import gettext as _
from survey_app.models import Campaign
from survey_app.services import campaigns, counting, evidence
from survey_app.services import demo as demo_round
from survey_app.services.spreadsheets import Upload
from survey_app.services.tokens import AliasCost

FOLDER = Path("var-demo")
PASSPHRASE = "demo: anybody may open this box"  # noqa: S105 - printed on purpose; a demo protects nobody
#: Aliases of a demo protect nothing, so their digests are cheap; the server is started with the same figure.
COST = AliasCost(time=1, memory=64)
SEED = 20_260_101


def with_data() -> list[ShippedScheme]:
    """Shipped schemes that bring a demo roster."""
    return [one for one in shipped() if (one.path.parent / "demo").is_dir()]


@click.command()
@click.argument("name", required=False)
@click.option("--serve/--no-serve", default=True, help="Start the server afterwards.")
@click.pass_obj
def demo(data: Path | None, name: str | None, *, serve: bool) -> None:
    """Make a demo of the system NAME (the first shipped one when left out) in a folder of its own, and serve it."""
    config = dataclasses.replace(Config.from_environment(data=data, default=FOLDER), alias_cost=COST)
    available = {one.key.split("/", maxsplit=1)[0]: one for one in with_data()}
    if name is not None and name not in available:
        raise click.BadParameter(_("没有叫 %(name)s 的演示；有：%(names)s。", name=name, names="、".join(available)))
    chosen = available[name] if name else next(iter(available.values()))
    engine = prepared(config)
    make_rounds(engine, chosen)
    if serve:
        announce(config, engine)
        click.echo(_("演示的开启口令：%(passphrase)s", passphrase=PASSPHRASE))
        engine.dispose()
        run_server(config)


def make_rounds(engine: Engine, chosen: ShippedScheme, *, most: int | None = None) -> None:
    """The counted round and the open one, unless they are there already."""
    scheme_text, folder = chosen.path.read_text(encoding="utf-8"), chosen.path.parent / "demo"
    now = dt.datetime.now(dt.UTC)
    asks = _("这是演示：名册和答案都是编造的。")
    with session_factory(engine)() as session:
        if session.scalar(select(Campaign.id).where(Campaign.demo.is_(True)).limit(1)):
            click.echo(_("演示数据已经在了。"))
            return
        rounds = []
        for title, ballots in ((_("演示：已计票的一轮"), most), (_("演示：进行中的一轮"), 5)):
            campaign = demo_round.make(
                session,
                scheme_text=scheme_text,
                folder=folder,
                title=title,
                period="2026",
                passphrase=PASSPHRASE,
                until=_("演示不截止"),
                asks=asks,
                now=now,
            )
            session.commit()
            with click.progressbar(length=1, label=title) as bar:
                demo_round.fill(session, campaign, seed=SEED, cost=COST, most=ballots, progress=_on(bar))
            rounds.append(campaign)
        _count(session, rounds[0], folder, now)


def _on(bar: object) -> demo_round.Progress:
    """Drive a click progress bar by (done, total)."""

    def move(done: int, total: int) -> None:
        setattr(bar, "length", total)  # noqa: B010 - click types the bar by what it iterates over, here nothing
        bar.update(done - getattr(bar, "pos", 0))  # type: ignore[attr-defined]  # as above

    return move


def _count(session: Session, campaign: Campaign, folder: Path, now: dt.datetime) -> None:
    """Close, count the boxes, bring the other evidence, open and count: the road of a real campaign."""
    campaigns.close(session, campaign, now=now)
    session.commit()
    demo_round.count_boxes(session, campaign)
    components = folder / demo_round.COMPONENTS_FILE
    if components.exists():
        upload = Upload(components.name, components.read_bytes())
        evidence.import_evidence(session, campaign, upload.name, upload.data, account="demo", now=now)
    session.commit()
    with click.progressbar(length=1, label=_("开箱计票")) as bar:
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account="demo", now=now, progress=_on(bar))
    session.commit()
