"""What few people stand behind stays back, also where others fill in other forms at their place; the checker sees to it."""

from __future__ import annotations

import copy
from fractions import Fraction

import pytest

from analysis import Report, parse_plan
from analysis.disclosure import floors
from analysis.evidence import Slot, StyleBooks, Tally
from analysis.values import Table
from survey_app.proof import verify
from survey_app.services.bundle import withholding
from survey_app.services.bundle.withholding import Content
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.withholding import Held
from tests.survey_app.proof.test_bundle import Hamlet, content_of, public
from tests.survey_app.services.release.test_release import SCHEME

CHOICES = [{"code": code, "key": f"c{code}", "value": str(code), "kind": "grade"} for code in (1, 2)]
PLAN = {
    "format": "pingyi-plan/1",
    "scales": {"s": CHOICES},
    "item_scale": {"i": "s", "j": "s"},
    "steps": [{"name": "points", "op": "tally", "what": "points"}, {"name": "valid", "op": "heads", "what": "valid"}],
    "outputs": ["points", "valid"],
}
#: One place: thirty teachers are asked about A, three of the school's heads about B as well. All forms are valid.
BOOKS = (
    StyleBooks(
        style="teachers", group="staff", unit="U", slots=(Slot("A", "i"),), cast=30, valid=30, blank=0, invalid=0, superseded=0
    ),
    StyleBooks(
        style="heads",
        group="staff",
        unit="U",
        slots=(Slot("A", "i"), Slot("B", "j")),
        cast=3,
        valid=3,
        blank=0,
        invalid=0,
        superseded=0,
    ),
)
COUNTS = {("A", "staff", "i"): (0, 20, 13), ("B", "staff", "j"): (0, 1, 2)}


def shown(promised: int, **release: object) -> Content:
    """The public part of the school's content under this promise."""
    tally = Tally(COUNTS, BOOKS)
    number = {("A", "staff", "i"): 46, ("B", "staff", "j"): 5}  # 20 + 2 × 13, and 1 + 2 × 2
    tables = {
        "points": Table("points", ("subject", "group", "item"), {key: Fraction(one) for key, one in number.items()}),
        "valid": Table("valid", ("subject", "group"), {("A", "staff"): Fraction(33), ("B", "staff"): Fraction(3)}),
    }
    report = Report(plan=parse_plan(PLAN), subjects=(), tally=tally, tables=tables)
    plan = ReleasePlan(floor=promised, exits=frozenset(), floors=release.get("floors", {}))  # type: ignore[arg-type]  # typed by hand
    held = Held(report=report, scheme=SCHEME, plan=plan, kept={})
    content = {
        "campaign": {"period": ""},
        "floor": 10,
        "release": {"floor": promised, "exits": [], **release},
        "books": [[one.style, one.cast, 0, one.valid, 0, 0] for one in BOOKS],
        "places": [["staff", "U", 33, 0, 0]],
        "counts": [[*cell, list(row)] for cell, row in COUNTS.items()],
        "tables": {"points": [], "valid": []},
    }
    return withholding.public(content, held, ())


def test_three_peoples_marks_stay_back_though_thirty_others_voted_at_their_place() -> None:
    content = shown(5)
    assert content["places"] == [["staff", "U", 33, 0, 0]]
    assert content["counts"] == [["A", "staff", "i", [0, 20, 13]], ["B", "staff", "j", None]]
    assert content["tables"]["points"] == [["A", "staff", "i", ["num", "46"]], ["B", "staff", "j", None]]
    # How many were asked about B cannot be told either: the place's number is that of both forms.
    assert content["tables"]["valid"] == [["A", "staff", ["num", "33"]], ["B", "staff", None]]


@pytest.mark.parametrize(("release", "kept"), [({"floors": {"staff": 2}}, False), ({"floors": {"staff": 3}}, True)])
def test_a_groups_own_floor_is_the_one_that_counts(release: dict[str, object], kept: bool) -> None:
    """Three are too few where nothing of three was to be shown, and enough where nothing of two was."""
    assert (shown(5, **release)["counts"][1][3] is None) is kept


def beside(content: Content, row: list[int] | None, cast: int = 3) -> Content:
    """The hamlet with a second form of the villagers, on which a few are asked something of their own about A."""
    content = copy.deepcopy(content)
    form = copy.deepcopy(next(one for one in content["styles"] if one["group"] == "村民"))
    form["style"], form["content"]["slots"] = "few", [["A", "另一项"]]
    content["styles"].append(form)
    content["books"].append(["few", cast, 0, None, None, None])
    content["counts"].append(["A", "村民", "另一项", row])
    for place in content["places"]:
        if place[0] == "村民":
            place[2] += cast
    return content


def said_of(content: Content) -> list[str]:
    """What the checker says of the cell that few stand behind, without what the made-up form is wrong in besides."""
    found = [english for _, english in verify.Checker(content, "", "").wrong]
    return [one for one in found if "'另一项')" in one]


def test_the_checker_names_a_shown_cell_of_too_few_and_takes_a_withheld_one_for_right(counted: Hamlet) -> None:
    content = content_of(public(counted))
    at = "('A', '村民', '另一项')"
    few = [f"{at} shows the marks of 3 ballots, and of 5 or fewer nothing was to be shown"]
    assert said_of(beside(content, [0, 1, 2])) == few
    assert said_of(beside(content, None)) == []
    assert said_of(beside(content, [0, 0, 0], cast=0)) == []  # nobody said anything: nobody is shown
    assert said_of(beside(content, [0, 4, 2], cast=6)) == []


def test_the_checker_reads_the_floor_in_the_bundle(counted: Hamlet) -> None:
    content = content_of(public(counted))
    for plan, faults in (
        ({"floor": 2}, 0),
        ({"floor": 2, "floors": {"村民": 3}}, 1),
        ({"floor": 9, "open": ["村民"]}, 0),  # promised nothing
    ):
        given = beside(content, [0, 1, 2])
        given["release"] |= plan
        assert len(said_of(given)) == faults, plan
    unplanned = beside(content, [0, 1, 2])
    unplanned["release"] = None
    assert said_of(unplanned) == []


def test_a_cell_that_many_stand_behind_is_not_withheld_unnoticed(counted: Hamlet) -> None:
    """Seven were asked, and at most one of the hamlet's forms was not valid: six are left, and five is the floor."""
    content = content_of(public(counted))
    said = said_of(beside(content, None, cast=7))
    assert said == ["('A', '村民', '另一项') is withheld or shown against the rule"]


def test_the_checkers_own_least_floor_is_the_houses() -> None:
    """It is the format's, and typed there by hand: a doubter's file takes nothing of ours."""
    assert (verify.LEAST, floors.PUBLISHED) == (10, 10)
    assert floors.PROMISED < floors.PUBLISHED
    assert floors.WAITING - floors.EPOCH >= floors.EPOCH  # what an epoch takes is no fewer than what it leaves
