"""Slips of a clerk's hand, planted one by one into a folder that is right: each is told by the reading or by the count.

The folder without a slip, and folders changed in ways that are right, stay silent. What no reader of the files could know is
listed below, with why; a slip that is told after all has to leave that list.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from analysis import AnalysisError, evaluate
from questionnaires.folder.reader import read_folder
from questionnaires.language.problems import SchemeProblems
from questionnaires.shipped import HOME
from tests.towns.planted_clean import CLEAN, clean
from tests.towns.planted_slips import SLIPS, planted
from tests.towns.planted_town import SCHEME, TABLES

#: Files that say something else and are as right as the one that was meant.
NOT_TOLD = {
    "a base that nobody counted": "those present were counted too: the file says another base, and it is there",
    "a group given nothing": "a weight of nought is the word for it",
    "a cap of ten times": "events have no most, so nobody knows that the points stay below it",
    "a case over another quantity": "the two quantities agree for everybody in these tables",
    "a ballot rule that never binds": "a larger village could have so many",
    "a post the other has": "a village may have two principals",
}


def told(folder: Path, scheme: str, tables: dict[str, str], period: str = "") -> list[str]:
    """The codes of all problems and findings of such a folder."""
    (folder / "scheme.yml").write_text(scheme, encoding="utf-8")
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    try:
        read = read_folder(folder, period)
        return [one.code for one in evaluate(read.scheme.plan, read.evidence).findings]
    except SchemeProblems as bad:
        return [one.code for one in bad.problems]
    except AnalysisError as error:
        return [error.code]


@pytest.mark.parametrize("slip", SLIPS, ids=[f"{row[0]}: {row[1]}" for row in SLIPS])
def test_a_slip_is_told(slip: tuple[str, str, str, str, str], tmp_path: Path) -> None:
    _, what, *change = slip
    assert bool(told(tmp_path, *planted(*change))) == (what not in NOT_TOLD)


def test_there_are_slips_of_every_kind() -> None:
    kinds = Counter(row[0] for row in SLIPS)
    large = {"heads", "ballots", "shares", "weights", "cases", "keys", "events", "past", "other", "roster", "files"}
    assert all(kinds[kind] >= 8 for kind in large)
    assert kinds.keys() - large == {"names", "quotas", "decisions"}
    assert len(NOT_TOLD) < len(SLIPS) / 20


@pytest.mark.parametrize("period", ["", "2026"])
def test_the_folder_without_a_slip_is_silent(period: str, tmp_path: Path) -> None:
    assert told(tmp_path, SCHEME, TABLES, period) == []


@pytest.mark.parametrize(("what", "changes"), CLEAN, ids=[row[0] for row in CLEAN])
def test_a_folder_that_is_right_is_silent(what: str, changes: dict[str, tuple[tuple[str, str], ...]], tmp_path: Path) -> None:
    assert told(tmp_path, *clean(changes), "2026") == [], what


PUBLISHED = sorted(path.parent for path in (HOME / "published").glob("*/scheme.yml"))


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda path: path.name)
def test_the_published_methods_are_silent(folder: Path) -> None:
    read = read_folder(folder)
    assert evaluate(read.scheme.plan, read.evidence).findings == ()
