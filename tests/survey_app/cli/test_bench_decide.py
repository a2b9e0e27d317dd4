"""`pingyi bench decide`, in small: every subject of the made-up round is decided about, and the figures are there."""

from __future__ import annotations

import json

from click.testing import CliRunner

from survey_app.cli import cli


def test_the_decisions_time_is_told_for_every_subject_of_a_made_up_round() -> None:
    ran = CliRunner().invoke(
        cli, ["bench", "decide", "--subjects", "2", "--quick", "--json"], standalone_mode=False, catch_exceptions=False
    )
    (found,) = json.loads(ran.stdout)
    assert (found["round"], found["subjects"], found["decided"]) == ("2 small groups", 2, 2)
    assert 0 < found["median_ms"] <= found["p95_ms"] <= found["worst_ms"]
    assert 1000 * found["seconds"] >= found["worst_ms"]
