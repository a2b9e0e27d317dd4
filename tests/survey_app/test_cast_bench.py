"""The benchmark of casting, as small as it gets: it tells everything, and loses and doubles nothing. No speed is asserted."""

from __future__ import annotations

import json

import pytest

from survey_app.cast_bench import telling
from survey_app.cast_bench.hall import CHOICES, ITEMS, SUBJECTS, marks_of
from survey_app.cast_bench.measuring import TINY, measure


@pytest.mark.slow
def test_a_tiny_run_is_whole_and_loses_nothing() -> None:
    (run,) = [measure("sqlite", 1, TINY)]
    told = telling.describe([run])
    for name in ("form, send", "form, review, send"):
        assert run[name]["ratio"] > 0
        assert run[name]["ours"]["responses"] > 0
        for server in ("ours", "bare"):
            assert set(run[name][server]["requests"]) == set(name.split(", "))
            assert all(one["p50"] <= one["p95"] <= one["p99"] <= one["longest"] for one in run[name][server]["requests"].values())
    assert "10 within 0.5 s, beside 4 half-sent and 2 guessing" in run
    assert run["worker_bytes"] > 10_000_000
    ballots = run["ballots"]
    assert (ballots["lost"], ballots["double"], ballots["astray"]) == (0, 0, 0)
    assert ballots["counted"] == ballots["acknowledged"] > 40
    assert f"{ballots['acknowledged']} acknowledged, 0 unanswered, {ballots['counted']} counted: 0 lost, 0 double" in told
    json.dumps(run)


def test_what_is_skipped_says_why() -> None:
    assert telling.describe([{"database": "postgresql", "workers": 2, "skipped": "none here"}]).endswith("skipped: none here")


def test_voters_mark_differently_and_only_choices_there_are() -> None:
    marks = [tuple(marks_of(number)) for number in range(50)]
    assert {len(one) for one in marks} == {SUBJECTS * ITEMS}
    assert {mark for one in marks for mark in one} == set(range(1, CHOICES + 1))
    assert len(set(marks)) > 4
