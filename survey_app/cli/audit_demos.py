"""`pingyi audit-demos`: every round of the shipped demos counted, and what all that leaves it lets each kind of reader infer."""

from __future__ import annotations

import dataclasses
import io
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import click

from analysis.evidence import Evidence
from questionnaires.shipped import ShippedScheme
from survey_app import bridge
from survey_app.cli import demo
from survey_app.config import Config
from survey_app.database import session_factory
from survey_app.i18n import language
from survey_app.models import CampaignState
from survey_app.services.counting import counting
from survey_app.services.demo import rounds as demo_round
from survey_app.services.release import measuring
from survey_app.services.release.auditing import INSIDER, VERDICTS
from survey_app.services.release.deciding import LeftBefore
from survey_app.services.release.measuring import RoundAudit
from survey_app.services.release.readers import ReaderKind
from survey_app.services.release.withholding import Held
from survey_app.services.results import loaded as results
from survey_app.starting import prepared

#: The office last: it has its own standing, and decides what becomes of what it can infer.
_READERS = (ReaderKind.PUBLIC.value, ReaderKind.SUBJECT.value, ReaderKind.UNIT.value, INSIDER, ReaderKind.OFFICE.value)
_HEAD = ("round", "subjects", "groups (held)", "figures", *_READERS, "ms a subject: median · p95 · worst")


@dataclass(frozen=True)
class CountedRound:
    """A counted round of a demo: the decision as kept, what left before it, and what it was counted from."""

    period: str
    held: Held
    left: LeftBefore
    evidence: Evidence


@click.command("audit-demos")
@click.argument("names", nargs=-1)
def audit_demos(names: tuple[str, ...]) -> None:
    """Make, count and audit the demos NAMES (all when left out); exit 1 where anybody but the office can infer too much.

    A reader's column says how many held groups are known / narrow / unproven / safe.
    """
    available = demo.with_data()
    if unknown := sorted(set(names) - available.keys()):
        raise click.BadParameter(f"{', '.join(unknown)}; there are: {', '.join(sorted(available))}")
    click.echo(f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}")
    bad = 0
    for name in names or sorted(available):
        for one in counted_rounds(available[name]):
            audit = measuring.measure(one.held, one.left)
            click.echo(f"| {' | '.join(_row(f'{name} {one.period}', audit))} |")
            others = {reader: found for reader, found in audit.verdicts.items() if reader != ReaderKind.OFFICE}
            bad += sum(number for found in others.values() for verdict, number in found.items() if verdict != "safe")
    if bad:
        raise SystemExit(1)


def counted_rounds(chosen: ShippedScheme) -> Iterator[CountedRound]:
    """The counted rounds of one demo, made in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as spare:
        folder = Path(spare)
        config = dataclasses.replace(
            Config.from_environment(data=folder), alias_cost=demo.COST, database_url=f"sqlite:///{folder / 'pingyi.db'}"
        )
        engine = prepared(config)
        try:
            with redirect_stdout(io.StringIO()):  # progress belongs to `pingyi demo`; here it would stand in the table
                demo.make_rounds(engine, chosen)
            with session_factory(engine)() as session:
                for campaign in demo_round.all_rounds(session):
                    if campaign.state.at_least(CampaignState.COUNTED):
                        loaded = results.load(session, campaign, language=language())
                        left = counting.left_before(session, campaign, loaded.stored)
                        evidence = bridge.evidence_of(session, campaign, loaded.report.tally)
                        yield CountedRound(campaign.period, loaded.counted.held, left, evidence)
        finally:
            engine.dispose()


def _row(name: str, audit: RoundAudit) -> list[str]:
    readers = [" / ".join(str(audit.verdicts.get(one, {}).get(verdict, 0)) for verdict in VERDICTS) for one in _READERS]
    took = (
        " · ".join(f"{1000 * audit.seconds.at(share):.0f}" for share in (0.5, 0.95, 1.0))
        if audit.seconds.each
        else "none to decide"
    )
    groups = f"{sum(audit.groups.values()):,} ({audit.groups.get('held', 0):,})"
    return [name, f"{audit.subjects:,}", groups, f"{audit.figures:,}", *readers, took]
