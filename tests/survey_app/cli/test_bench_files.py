"""`pingyi bench files` walks the whole way it measures, on a town of a size that a test can wait for."""

from __future__ import annotations

import pytest

from survey_app.cli import bench_files


@pytest.mark.slow  # a demo is made and counted
def test_the_large_files_of_a_round_are_made_and_told() -> None:
    told: list[str] = []
    figures = bench_files.run(told.append, town="zhangcunping-members")
    assert told == ["made"]
    assert figures["subjects"] > 0
    assert figures["bundle_bytes"] > 0
    assert figures["bundle_faults"] == 0
    assert "workbook" in bench_files.describe(figures)
