"""`pingyi demo`: a counted campaign beside an open one, so that there is something to look at within a minute."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from questionnaires.language.problems import SchemeProblems
from questionnaires.shipped import ShippedScheme, shipped
from survey_app import clock
from survey_app.cli.progress import count_shown, moving
from survey_app.config import Config, cookie_key
from survey_app.costs import AliasCost
from survey_app.database import session_factory
from survey_app.errors import UserError
from survey_app.i18n import N_, language, say
from survey_app.i18n import gettext as _
from survey_app.models import Campaign, CampaignState
from survey_app.services.campaign import campaigns
from survey_app.services.counting import counting
from survey_app.services.demo import people
from survey_app.services.demo import rounds as demo_round
from survey_app.services.demo.folder import DemoFolder, Round, rounds_of
from survey_app.services.demo.place import refuse_beside_real
from survey_app.services.evidence.entries import EvidenceProblemsError
from survey_app.services.log import epochs
from survey_app.services.publishing import publications
from survey_app.services.roster.importing import RosterProblemsError
from survey_app.starting import prepared

FOLDER = Path("var-demo")
#: A demo folder with this file in it is the one shown when none is named.
FIRST = "FIRST"
PASSPHRASE = "demo: anybody may open this box"  # noqa: S105 - printed on purpose; a demo protects nobody
#: Aliases of a demo protect nothing, so their digests are cheap; the server is started with the same figure.
COST = AliasCost(time=1, memory=64)
SEED = 20_260_101


def with_data() -> dict[str, ShippedScheme]:
    """Shipped schemes that bring a demo roster, by name; of several versions the newest."""
    return {_name(one): one for one in shipped() if (one.path.parent / "demo").is_dir()}


def first_demo(available: Mapping[str, ShippedScheme]) -> ShippedScheme:
    """The demo made when nobody names one: the one whose folder says so, else the first by name."""
    marked = [one for one in available.values() if (one.path.parent / "demo" / FIRST).is_file()]
    return (marked or list(available.values()))[0]


def _name(one: ShippedScheme) -> str:
    return one.key.split("/", maxsplit=1)[0]


@click.command()
@click.argument("name", required=False)
@click.option("--serve/--no-serve", default=True, help="Start the server afterwards.")
@click.pass_obj
def demo(data: Path | None, name: str | None, *, serve: bool) -> None:
    """Make a demo of the system NAME (the first shipped one when left out) in a folder of its own, and serve it."""
    config = dataclasses.replace(Config.from_environment(data=data, default=FOLDER), alias_cost=COST)
    available = with_data()
    if name is not None and name not in available:
        listed = "\n".join(f"  {key}  {one.title.in_(language())}" for key, one in available.items())
        raise click.BadParameter(_("没有叫 %(name)s 的演示；有：", name=name) + "\n" + listed)
    chosen = available[name] if name else first_demo(available)
    refuse_beside_real(config.database_url)
    engine = prepared(config)
    try:
        make_rounds(engine, chosen)
    except (EvidenceProblemsError, RosterProblemsError) as refused:
        for one in refused.problems:
            click.echo(f"{one.sheet} {one.row} {one.column}: {one.what} {one.remedy}", err=True)
        raise
    except SchemeProblems as refused:
        for problem in refused.problems:
            click.echo(problem.sentence(say), err=True)
        raise click.ClickException(_("共 %(n)s 处问题，没有计算。", n=len(refused.problems))) from refused
    make_logs(engine, cookie_key(config))
    if serve:
        click.echo(_("演示的开启口令：%(passphrase)s", passphrase=PASSPHRASE))
        _invite(config, engine)
        engine.dispose()
        _serve(config)


def _invite(config: Config, engine: Engine) -> None:
    """An account for every role, to look at the demo with its eyes."""
    with session_factory(engine)() as session:
        found = people.links(session, cost=config.password_cost, now=clock.now())
        session.commit()
    if found:
        click.echo(_("每个角色一个演示账户，用一次性链接设口令（72 小时内有效）："))
    for name, secret in found:
        click.echo(f"  {name}: {config.base_url}/office/link/{secret}")


def _serve(config: Config) -> NoReturn:
    """Become `pingyi serve`, in a new interpreter: making the rounds loaded much that a waiting server does not need."""
    sys.stdout.flush()
    os.execve(sys.executable, [sys.executable, "-m", "survey_app.cli", "serve"], config.environment())  # noqa: S606 - our own


def make_rounds(engine: Engine, chosen: ShippedScheme, *, most: int | None = None) -> None:
    """The rounds the demo lists (a counted and an open one when it lists none), unless they are there already."""
    home = chosen.path.parent / "demo"
    schemes = {_name(one): one for one in shipped()}
    rounds = rounds_of(home) or [
        Round(period="2026", title=_("演示：已计票的一轮"), state=CampaignState.COUNTED),
        Round(period="2026", title=_("演示：进行中的一轮"), state=CampaignState.OPEN),
    ]
    with session_factory(engine)() as session:
        first = schemes[rounds[0].scheme or _name(chosen)]
        digest = hashlib.sha256(first.path.read_bytes()).hexdigest()
        if demo_round.is_made(session, digest):
            click.echo(_("演示数据已经在了。"))
            return
        counted: list[Campaign] = []
        for one in rounds:
            if one.scheme and one.scheme not in schemes:
                raise UserError(N_("演示的轮次表里没有叫 %(name)s 的方案；请改正。"), name=one.scheme)
            scheme = schemes[one.scheme or _name(chosen)]
            campaign = _make(session, one, scheme, DemoFolder(home, home / one.folder), most=most, counted=counted)
            if one.state == CampaignState.COUNTED:
                counted.append(campaign)


def make_logs(engine: Engine, secret: str) -> None:
    """The proof log of every demo round. A real round's begins at its approval; here it only shows what one looks like."""
    with session_factory(engine)() as session:
        for campaign in demo_round.all_rounds(session):
            epochs.begin(session, campaign, secret=secret, now=clock.now())
            if campaign.state.at_least(CampaignState.CLOSED):
                epochs.add_close(session, campaign, secret=secret, now=clock.now())
            session.commit()


def _make(
    session: Session, one: Round, scheme: ShippedScheme, folder: DemoFolder, *, most: int | None, counted: Sequence[Campaign]
) -> Campaign:
    """One round, cast, and counted when it is not to stay open."""
    now, is_open = clock.now(), one.state == CampaignState.OPEN
    click.echo(_("%(title)s：导入名册和材料……", title=one.title))
    words = demo_round.Words(
        title=one.title,
        period=one.period,
        until=_("演示不截止"),
        asker=_("评议演示"),
        purpose=_("请大家看看，一次评议是怎么走完的。"),
        asks=_("这是演示：名册和答案都是编造的。"),
    )
    text = scheme.path.read_text(encoding="utf-8")
    campaign = demo_round.make(session, scheme_text=text, folder=folder, words=words, passphrase=PASSPHRASE, now=now)
    if not is_open:
        demo_round.bring_evidence(session, campaign, folder, now=now)
        if one.take:
            demo_round.take_earlier(session, campaign, counted, now=now)
    session.commit()
    few = demo_round.open_most(session, campaign) if is_open else most
    with click.progressbar(length=1, label=one.title) as bar:
        demo_round.fill(session, campaign, folder, seed=SEED, cost=COST, most=few, progress=moving(bar))
    if not is_open:
        _count(session, campaign, now)
    return campaign


def _count(session: Session, campaign: Campaign, now: dt.datetime) -> None:
    """Close, count the boxes, open and count, publish: the road of a real campaign."""
    campaigns.close(session, campaign, now=now)
    session.commit()
    demo_round.count_boxes(session, campaign)
    session.commit()
    with count_shown() as progress:
        account = demo_round.ACCOUNT
        counting.open_and_count(session, campaign, passphrase=PASSPHRASE, account=account, now=now, progress=progress)
    session.commit()
    _publish(session, campaign, now)


def _publish(session: Session, campaign: Campaign, now: dt.datetime) -> None:
    """Everything to the staff of every unit, so that a unit account made in the demo has something to read."""
    sections = tuple(one.key for one in publications.offered(session, campaign))
    wish = publications.Wish(sections, tuple(unit.code for unit in campaigns.units_of(session, campaign)), now)
    seen = publications.seen_mark(session, campaign)
    publications.publish(session, campaign, wish, seen=seen, account=demo_round.ACCOUNT, now=now)
    session.commit()
