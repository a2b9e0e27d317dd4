"""How long the large files of a large round take: the public bundle and the workbook of the shipped round with most subjects.

The round is the demo of `zhangcunping-households`, 6,363 subjects, made anew in a temporary folder; every proposed outcome is
confirmed, because no bundle is made before. What is told is seconds, and the processor's seconds, which a busy machine changes
least. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from questionnaires.tables import xlsx
from survey_app import clock
from survey_app.cli import demo
from survey_app.config import Config, cookie_key
from survey_app.database import session_factory
from survey_app.exports import result_sheets
from survey_app.i18n import language
from survey_app.models import Campaign, CampaignState
from survey_app.services.books import headcounts
from survey_app.services.bundle import making
from survey_app.services.bundle.making import BundleStep
from survey_app.services.demo import rounds
from survey_app.services.results import loaded, outcomes, satisfaction
from survey_app.services.sealing import custody
from survey_app.services.sealing.custody import OpeningKey
from survey_app.starting import prepared

TOWN = "zhangcunping-households"
Figures = dict[str, float]


class Stopwatch:
    """Seconds since the last look, by the wall and by the processor."""

    def __init__(self) -> None:
        self.figures: Figures = {}
        self._at = (time.perf_counter(), time.process_time())

    def took(self, what: str) -> None:
        """What has just been done took this long."""
        now = (time.perf_counter(), time.process_time())
        self.figures[f"{what}_seconds"], self.figures[f"{what}_processor_seconds"] = now[0] - self._at[0], now[1] - self._at[1]
        self._at = now


def run(told: Callable[[str], None] = lambda _: None, town: str = TOWN) -> Figures:
    """Make the round, then its files; seconds by what was done. `town`: the demo it is made of."""
    with TemporaryDirectory(prefix="pingyi-bench-") as folder:
        config = Config.from_environment(data=Path(folder))
        config = replace(config, database_url=f"sqlite:///{folder}/pingyi.db", alias_cost=demo.COST)
        engine, watch = prepared(config), Stopwatch()
        try:
            demo.make_rounds(engine, demo.with_data()[town])
            demo.make_logs(engine, cookie_key(config))
            told("made")
            with session_factory(engine)() as session:
                campaign = next(one for one in rounds.all_rounds(session) if one.state == CampaignState.COUNTED)
                watch.took("making_the_round")
                _confirm(session, campaign)
                watch.took("confirming")
                read = loaded.load(session, campaign, language=language())
                watch.took("reading_the_result")
                questions = satisfaction.questions(read, campaign, headcounts.rows_of(session, campaign))
                xlsx.write(result_sheets.workbook(read, questions))
                watch.took("workbook")
                key = custody.unwrap(campaign.wrapped_key, demo.PASSPHRASE)
                watch.took("unwrapping_the_key")
                _bundle(session, campaign, key, cookie_key(config), watch)
                watch.figures["subjects"] = len(read.people)
        finally:
            engine.dispose()
    return watch.figures


def describe(figures: Figures) -> str:
    """The figures as lines for a person."""
    lines = [f"{figures['subjects']:,.0f} subjects"]
    for name, seconds in figures.items():
        if name.endswith("_processor_seconds"):
            what = name.removesuffix("_processor_seconds")
            lines.append(f"{what.replace('_', ' '):<24} {figures[what + '_seconds']:7.1f} s  {seconds:7.1f} s CPU")
    return "\n".join(lines)


def _confirm(session: Session, campaign: Campaign) -> None:
    """Say yes to everything the count proposes."""
    read = loaded.load(session, campaign, language=language())
    for about in sorted({one.spot.about for one in outcomes.all_of(read)}):
        outcomes.confirm_all(session, read, about, reason="bench", account=rounds.ACCOUNT, now=clock.now())
    session.commit()


def _bundle(session: Session, campaign: Campaign, key: OpeningKey, secret: str, watch: Stopwatch) -> None:
    """The public bundle, each step by itself."""
    begun: list[BundleStep] = []

    def step(one: BundleStep) -> None:
        if begun:
            watch.took(f"bundle_{begun[-1].value}")
        begun.append(one)

    made = making.public_bundle(session, campaign, key, secret=secret, progress=step)
    watch.took(f"bundle_{begun[-1].value}")
    watch.figures["bundle_bytes"] = len(made.archive)
    watch.figures["bundle_faults"] = len(made.faults)
