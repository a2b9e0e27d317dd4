"""Every shipped system and every published method can be tried: made-up people and made-up evidence fill its whole result."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires.loader import load_scheme
from questionnaires.shipped import HOME
from survey_app.models import EvidenceEntry
from survey_app.services.results.loaded import load
from survey_app.services.scheme_desk import drafts, invented, samples, trial
from tests.survey_app.services.scheme_desk.test_every_scheme import PATHS

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
#: One of each kind for every run: nobody fills it in; ballots, ledgers, earlier results and decisions together.
EVERY_RUN = ("int-hdi", "qixingguan")


def name_of(path: Path) -> str:
    """The method's name, or the system's."""
    return path.parent.name if path.parent.parent.name == "published" else path.parts[-3]


@on_sqlite
@pytest.mark.parametrize(
    "path",
    [pytest.param(path, marks=() if name_of(path) in EVERY_RUN else pytest.mark.slow, id=name_of(path)) for path in PATHS],
)
def test_whatever_the_scheme_a_trial_shows_a_figure_in_each_of_its_columns(path: Path, session: Session) -> None:
    scheme = load_scheme(path.read_text(encoding="utf-8"), "scheme.yml")
    draft = drafts.begin(session, title=name_of(path), origin="test", text=scheme.text, account="desk", now=NOW)
    session.commit()
    campaign = trial.run(session, draft, scheme, now=NOW)
    loaded = load(session, campaign, language="zh-Hans")
    shown = [*scheme.layout.columns, *scheme.layout.tiers]
    tables = loaded.counted.report.tables
    empty = [name for name in shown if not any(value is not None for value in tables[name].cells.values())]
    assert empty == []
    entries = session.scalars(select(EvidenceEntry).where(EvidenceEntry.campaign_id == campaign.id)).all()
    asked = (scheme.components, scheme.event_kinds, scheme.earlier, scheme.decisions)
    assert bool(entries) == any(asked)
    assert {entry.reason.startswith("编造的") for entry in entries} <= {True}


def test_evidence_is_the_same_each_time_and_differs_between_people() -> None:
    scheme = load_scheme((HOME / "qixingguan" / "2026-01-01" / "scheme.yml").read_text(encoding="utf-8"), "scheme.yml")
    roster = samples.roster_of(scheme)
    tables = invented.evidence_of(scheme, roster)
    assert tables == invented.evidence_of(scheme, roster)
    assert len(tables) == 4
    numbers = [tuple(row[1:-1]) for row in tables["材料"][1:]]
    assert len(set(numbers)) > len(numbers) / 3
