"""The tally conserves ballots, and whole-ballot rules say the same of a million ballots as of one."""

from dataclasses import replace
from fractions import Fraction
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import ConservationError, EvidenceError, canonical, evaluate
from analysis.evidence import BallotBatch, Evidence, Marks, RatedSubject, Slot, StyleBooks, Tally
from analysis.limits import Effect, Kind, LimitTable, broken_all, judge
from analysis.tally import count
from tests.analysis.cases import HEAD, WORLD

KINDS: tuple[Kind, ...] = get_args(Kind)
EFFECTS: tuple[Effect, ...] = get_args(Effect)
Cell = tuple[str, str, str]


@st.composite
def marks(draw: st.DrawFn, most: int = 30) -> Marks:
    slots, ballots = draw(st.integers(1, 6)), draw(st.integers(0, 40))
    rows = draw(st.lists(st.lists(st.integers(0, most), min_size=slots, max_size=slots), min_size=ballots, max_size=ballots))
    narrow = np.array(rows, dtype=np.uint8).reshape(ballots, slots)
    return narrow.astype(np.uint16) if draw(st.booleans()) else narrow


@given(marks())
@settings(deadline=None)
def test_counts_are_those_of_counting_one_by_one_and_lose_no_ballot(drawn: Marks) -> None:
    slots = tuple(Slot("s", f"i{n}") for n in range(drawn.shape[1]))
    tally = count([BallotBatch("style", "g", "", slots, drawn)], invalid={"style": 2}, superseded={"style": 1})
    rows = [row for row in drawn.tolist() if any(row)]
    book = tally.books[0]
    assert (book.cast, book.valid, book.blank, book.invalid, book.superseded) == (
        len(drawn) + 3,
        len(rows),
        len(drawn) - len(rows),
        2,
        1,
    )
    for place, slot in enumerate(slots):
        codes = [row[place] for row in rows]
        assert list(tally.counts["s", "g", slot.item]) == [codes.count(code) for code in range(max(codes, default=-1) + 1)]


@pytest.mark.parametrize("ballots", [34, 255 * 34, 255 * 34 + 1, 20_000])
def test_counting_in_blocks_loses_nothing_at_their_edges(ballots: int) -> None:
    drawn = np.random.default_rng(ballots).integers(0, 5, (ballots, 60), dtype=np.uint8)
    slots = tuple(Slot("s", f"i{n}") for n in range(60))
    tally = count([BallotBatch("style", "g", "", slots, drawn)])
    for place, slot in enumerate(slots):
        assert tally.counts["s", "g", slot.item] == tuple(int((drawn[:, place] == code).sum()) for code in range(5))


BOOK = StyleBooks(style="s", group="g", unit="", slots=(Slot("a", "q"),), cast=5, valid=3, blank=1, invalid=1, superseded=0)


@pytest.mark.parametrize(
    ("counts", "books", "code"),
    [
        ({("a", "g", "q"): (1, 2)}, replace(BOOK, cast=6), "books-do-not-add-up"),  # 3 + 1 + 1 + 0 are 5, not 6
        ({("a", "g", "q"): (1, 1)}, BOOK, "marks-and-ballots-differ"),  # 3 valid ballots, 2 marks
        ({("a", "g", "q"): (4, -1)}, BOOK, "marks-and-ballots-differ"),  # nobody casts minus one
        ({}, BOOK, "only-counts-or-books"),  # the cell is in the books alone
        ({("a", "g", "q"): (1, 2), ("b", "g", "q"): ()}, BOOK, "only-counts-or-books"),  # and here in the counts alone
    ],
)
def test_a_tally_that_loses_or_invents_a_ballot_cannot_exist(
    counts: dict[Cell, tuple[int, ...]], books: StyleBooks, code: str
) -> None:
    assert Tally({("a", "g", "q"): (1, 2)}, (BOOK,)).books[0].valid == 3
    with pytest.raises(ConservationError, match=code):
        Tally(counts, (books,))


def test_a_stored_tally_that_the_ballots_contradict_is_refused() -> None:
    stored = count(WORLD.batches)
    changed = dict(stored.counts)
    changed["a", "up", "q"] = (0, 1, 2)  # the ballots say 2 good and 1 fair
    plan = canonical({**HEAD, "steps": []})
    evaluate(plan, Evidence(subjects=WORLD.subjects, batches=WORLD.batches, tally=stored))
    with pytest.raises(ConservationError, match="tally-differs"):
        evaluate(plan, Evidence(subjects=WORLD.subjects, batches=WORLD.batches, tally=Tally(changed, stored.books)))


def test_a_mark_outside_its_scale_stops_the_count() -> None:
    batch = BallotBatch("s", "up", "", (Slot("a", "q"),), np.array([[5]], dtype=np.uint8))
    with pytest.raises(EvidenceError, match="mark-outside-scale"):
        evaluate(canonical({**HEAD, "steps": []}), Evidence(subjects=(RatedSubject("a"),), batches=(batch,)))


MEAN = canonical(
    {
        **HEAD,
        "steps": [
            {"name": "points", "op": "tally", "what": "points"},
            {"name": "answered", "op": "tally", "what": "answered"},
            {"name": "mean", "op": "calc", "expr": ["/", ["ref", "points"], ["ref", "answered"]]},
        ],
    }
)


@given(st.lists(st.integers(1, 3), min_size=1, max_size=12), st.data())
@settings(max_examples=50, deadline=None)
def test_raising_a_mark_never_lowers_a_mean(codes: list[int], data: st.DataObject) -> None:
    def mean(given_codes: list[int]) -> Fraction:
        batch = BallotBatch("s", "up", "", (Slot("a", "q"),), np.array([[code] for code in given_codes], dtype=np.uint8))
        report = evaluate(MEAN, Evidence(subjects=(RatedSubject("a"),), batches=(batch,)))
        found = report.value("mean", subject="a", group="up", item="q")
        assert isinstance(found, Fraction)
        return found

    place = data.draw(st.integers(0, len(codes) - 1))
    raised = [*codes[:place], max(codes[place] - 1, 1), *codes[place + 1 :]]  # code 1 is the best
    points = [100, 60, 0]
    assert mean(codes) == Fraction(sum(points[code - 1] for code in codes), len(codes))
    assert mean(raised) >= mean(codes)


@st.composite
def limits_and_marks(draw: st.DrawFn) -> tuple[list[LimitTable], Marks]:
    drawn = draw(marks(most=4))
    width = drawn.shape[1]
    tables = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(KINDS))
        slots = tuple(draw(st.lists(st.integers(0, width - 1), min_size=1, unique=True)))
        bound = st.tuples(st.integers(0, 3), st.integers(0, 6))
        bounds = tuple(draw(st.lists(bound, min_size=len(slots) + 1, max_size=len(slots) + 1)))
        codes = tuple(draw(st.lists(st.integers(1, 4), unique=True)))
        effect = draw(st.sampled_from(EFFECTS))
        tables.append(
            LimitTable(
                rule="r",
                kind=kind,
                effect=effect,
                slots=slots,
                codes=codes,
                bounds=bounds,
                per_answered=draw(st.booleans()),
                weights=(0, 5, 3, 1, 0),
            )
        )
    return tables, drawn


@given(limits_and_marks())
@settings(deadline=None)  # a busy machine is no mistake
def test_judging_all_ballots_at_once_says_what_judging_each_says(drawn: tuple[list[LimitTable], Marks]) -> None:
    tables, ballots = drawn
    broken = broken_all(tables, ballots)
    for row, ballot in enumerate(ballots.tolist()):
        verdicts = judge(tables, ballot)
        assert broken[row].tolist() == [one.broken for one in verdicts]
