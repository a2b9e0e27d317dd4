"""The server's counts as Prometheus reads them. What stands in them, and what does not, is decided in `measuring`.

Sizes are told in steps, too: a disk that has four kilobytes less than a moment ago has taken a ballot.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from analysis.late import late
from survey_app.measuring import BOUNDS, Kind, Outcome, Reading
from survey_app.services.operating.readiness import Part, Readiness
from survey_app.services.operating.standing import Standing

if TYPE_CHECKING:
    from prometheus_client import core, exposition
else:
    core, exposition = late("prometheus_client.core"), late("prometheus_client.exposition")

TYPE = "text/plain; version=0.0.4; charset=utf-8"
_MEGABYTE = 1024 * 1024
#: The step in which the disk's free space is told: hundreds of thousands of ballots.
_DISK_STEP = 64 * _MEGABYTE


def text(reading: Reading | None, readiness: Readiness, standing: Standing) -> bytes:
    """All of it in the text format. `reading` is None where no server of ours counts (the application under another one)."""
    registry = core.CollectorRegistry()
    registry.register(_Told(reading, readiness, standing))
    return exposition.generate_latest(registry)


class _Told:
    """One moment's figures, as the library wants to collect them."""

    def __init__(self, reading: Reading | None, readiness: Readiness, standing: Standing) -> None:
        self._reading, self._readiness, self._standing = reading, readiness, standing

    def collect(self) -> Iterator[Any]:
        """Every family of figures."""
        if self._reading is not None:
            yield from _waits(self._reading)
            yield from _now(self._reading)
        lacking = {one.part for one in self._readiness.lacks}
        ready = core.GaugeMetricFamily("pingyi_ready", "1 where this part would let a ballot be taken", labels=["part"])
        for part in Part:
            ready.add_metric([part], float(part not in lacking))
        yield ready
        if self._readiness.write_seconds is not None:
            written = round(self._readiness.write_seconds, 3)
            yield core.GaugeMetricFamily("pingyi_disk_write_seconds", "a synced write of one page", value=written)
        free = self._standing.free - self._standing.free % _DISK_STEP
        yield core.GaugeMetricFamily("pingyi_disk_free_bytes", "free on the data folder's disk, in steps of 64 MiB", value=free)
        for name, age in (("backup", self._standing.backup_age), ("drill", self._standing.drill_age)):
            if age is not None:
                hours = int(age.total_seconds() // 3600)
                yield core.GaugeMetricFamily(f"pingyi_{name}_age_hours", f"hours since the last {name}", value=hours)


def _waits(reading: Reading) -> Iterator[Any]:
    seconds = core.HistogramMetricFamily(
        "pingyi_request_seconds", "until the answer was ready; added in tens except for the office", labels=["kind"]
    )
    answers = core.CounterMetricFamily(
        "pingyi_answers", "answers; added in tens except for the office", labels=["kind", "outcome"]
    )
    for kind in Kind:
        waits = reading.waits[kind]
        ends = [*map(str, BOUNDS), "+Inf"]
        buckets = [(end, float(count)) for end, count in zip(ends, accumulate(waits.steps), strict=True)]
        seconds.add_metric([kind], buckets, sum_value=waits.seconds)
        for outcome in Outcome:
            answers.add_metric([kind, outcome], waits.outcomes[outcome])
    yield seconds
    yield answers


def _now(reading: Reading) -> Iterator[Any]:
    connections = core.GaugeMetricFamily("pingyi_connections", "connections, in tens", labels=["state"])
    connections.add_metric(["waited for"], reading.waited_for)
    connections.add_metric(["answering"], reading.answering)
    yield connections
    yield core.GaugeMetricFamily(
        "pingyi_late_seconds", "the most that a worker was late in the last minute", value=round(reading.late_seconds, 1)
    )
    yield core.GaugeMetricFamily("pingyi_workers", "workers that are alive", value=len(reading.memory))
    memory = core.GaugeMetricFamily("pingyi_worker_memory_bytes", "proportional set size, in MiB", labels=["worker"])
    for number, size in enumerate(reading.memory):
        memory.add_metric([str(number)], size - size % _MEGABYTE)
    yield memory
