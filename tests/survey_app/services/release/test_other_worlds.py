"""The search for other worlds (`tests.load.other_worlds`), which knows nothing of the decision, over everything that leaves."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from analysis.evaluate import evaluate
from analysis.evidence import Evidence
from questionnaires.worlds.measuring import small_groups
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from tests.load import other_worlds

SUBJECTS = 3


@cache
def village() -> tuple[Held, Evidence]:
    """Three people ranked beside each other, four colleagues each, with tiers and a flag."""
    scheme, evidence = small_groups(SUBJECTS)
    return Held(report=evaluate(scheme.plan, evidence), scheme=scheme, plan=ReleasePlan()), evidence


def test_for_every_answer_held_back_there_is_another_world_in_which_all_that_leaves_is_the_same() -> None:
    found = other_worlds.search(*village())
    assert found.missing == set()
    assert found.found == {(f"s{n:04d}", "同事", item) for n in range(SUBJECTS) for item in "德能勤绩"}


def test_the_search_finds_none_where_ranks_and_all_digits_leave_beside_what_is_held_back() -> None:
    """The same cells held back and nothing given up for it: then some answers are left without another world."""
    held, evidence = village()
    bare = {
        subject: replace(one, cells=frozenset(cell for cell in one.cells if cell[1] == "同事"), digits={}, values=frozenset())
        for subject, one in held.decided.items()
    }
    whole = Held(report=held.report, scheme=held.scheme, plan=held.plan, kept=bare)
    assert other_worlds.search(whole, evidence).missing
