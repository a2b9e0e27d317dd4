"""What `pingyi bench cast` runs, one after another: databases, numbers of workers; what cannot be run says why."""

from __future__ import annotations

from collections.abc import Sequence

from survey_app.cast_bench.measuring import QUICK, BenchEffort, Json, measure
from survey_app.cast_bench.postgresql import NoPostgresqlError
from survey_app.i18n import gettext as _


def run(databases: Sequence[str], workers: Sequence[int], effort: BenchEffort) -> list[Json]:
    """The figures of each, in turn."""
    found: list[Json] = []
    for database in databases:
        for number in workers:
            try:
                found.append(measure(database, number, effort))
            except NoPostgresqlError as missing:
                found.append({"database": database, "workers": number, "skipped": _(missing.sentence)})
    return found


def effort_of(*, quick: bool, rounds: int, seconds: float, arrivals: bool) -> BenchEffort:
    """How much is done, from what was asked for."""
    if quick:
        return QUICK
    return (
        BenchEffort(rounds=rounds, seconds=seconds)
        if arrivals
        else BenchEffort(rounds=rounds, seconds=seconds, arrivals=(), beside=())
    )
