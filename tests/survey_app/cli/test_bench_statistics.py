"""`pingyi bench statistics`, in small: everything the page says is made, and the figures are there."""

from __future__ import annotations

import json

from click.testing import CliRunner

from survey_app.cli import cli


def test_the_time_of_the_eight_outputs_is_told_with_how_much_was_made() -> None:
    asked = ["bench", "statistics", "--subjects", "8", "--raters", "40", "--json"]
    ran = CliRunner().invoke(cli, asked, standalone_mode=False, catch_exceptions=False)
    found = json.loads(ran.stdout)
    assert (found["subjects"], found["groups"], found["raters"]) == (8, 6, 40)
    # eight with places, eight in both rounds; five groups were asked in full, so five verdicts a subject are bounded
    assert (found["ranked"], found["compared"], found["bounded"]) == (8, 8, 40)
    assert found["seconds"] >= found["statistics_seconds"] > 0
    assert found["firm_seconds"] > 0
