"""How long answers take and how many wait, counted in memory that the server's processes share and that ends with them.

Threat answered to: a count that moves with each ballot, read every second, is a list of when each ballot came; so is a file
that holds one. What voters do is therefore kept by each process to itself until ten of one kind have come (`floors.TURNOUT`, the
step of the turnout pages), and only then added, all ten at once. Nothing is written to a disk. No campaign, form, address or
person is in it.

Lives here: the shared memory, and who adds to it. May not live here: how it is told (`metrics`, `views.office.machine`).
"""

from __future__ import annotations

import mmap
import time
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from analysis.disclosure import floors

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
#: Upper ends of the histogram's steps, in seconds; what took longer stands in one more.
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Sixty-four workers twice, as while one set gives way to the next, and some to spare.
SLOTS = 160
#: Where the application finds the counts of its server.
ENVIRON = "pingyi.measures"


class Kind(StrEnum):
    """What was asked for, as coarsely as it is told."""

    FORM = "form"
    SEND = "send"
    VOTER = "voter"
    LOG = "log"
    OTHER = "other"
    OFFICE = "office"


class Outcome(StrEnum):
    """How it was answered: below 400, below 500, or by an error of ours."""

    OK = "ok"
    REFUSED = "refused"
    FAILED = "failed"


class Gauge(StrEnum):
    """What is so at this moment, of one process."""

    ALIVE = "alive"
    WAITED_FOR = "waited for"
    ANSWERING = "answering"
    LATE_MICROSECONDS = "late"
    MEMORY = "memory"


_KINDS, _OUTCOMES, _GAUGES = tuple(Kind), tuple(Outcome), tuple(Gauge)
_PER_KIND = len(BOUNDS) + 1 + len(_OUTCOMES) + 1
_WIDTH = len(_KINDS) * _PER_KIND + len(_GAUGES)


@dataclass(frozen=True)
class Waits:
    """Answers of one kind: how many in each step of `BOUNDS` and beyond, how they ended, seconds in all."""

    steps: tuple[int, ...]
    outcomes: dict[Outcome, int]
    seconds: float

    @property
    def count(self) -> int:
        """How many in all."""
        return sum(self.steps)

    def within(self, share: float) -> float | None:
        """The least bound within which this share was answered; None where some took longer than all of them, or none came."""
        wanted, seen = share * self.count, 0
        for bound, here in zip(BOUNDS, self.steps, strict=False):
            seen += here
            if seen and seen >= wanted:
                return bound
        return None


@dataclass(frozen=True)
class Reading:
    """All counts at one moment. `waited_for` and `answering` are connections, in tens; `memory` bytes of each worker."""

    waits: dict[Kind, Waits]
    waited_for: int
    answering: int
    late_seconds: float
    memory: tuple[int, ...]


class Measures:
    """The shared counts. Made in the first process; each worker has a row of its own, so that nobody waits for anybody."""

    def __init__(self) -> None:
        self._cells = memoryview(mmap.mmap(-1, SLOTS * _WIDTH * 8)).cast("q")
        self._free = list(range(SLOTS - 1, -1, -1))

    def take(self) -> int:
        """A row for a worker that is about to start; what others counted in it before stays counted. Raises IndexError."""
        return self._free.pop()

    def give_back(self, slot: int) -> None:
        """The worker has ended."""
        for gauge in Gauge:
            self.set(slot, gauge, 0)
        self._free.append(slot)

    def set(self, slot: int, gauge: Gauge, value: int) -> None:
        """What is so now."""
        self._cells[slot * _WIDTH + len(_KINDS) * _PER_KIND + _GAUGES.index(gauge)] = value

    def add(self, slot: int, kind: Kind, step: int, outcome: Outcome, microseconds: int) -> None:
        """One answer more."""
        start = slot * _WIDTH + _KINDS.index(kind) * _PER_KIND
        self._cells[start + step] += 1
        self._cells[start + len(BOUNDS) + 1 + _OUTCOMES.index(outcome)] += 1
        self._cells[start + _PER_KIND - 1] += microseconds

    def read(self) -> Reading:
        """Everything, of all workers that are and were."""
        rows = [self._cells[slot * _WIDTH : (slot + 1) * _WIDTH].tolist() for slot in range(SLOTS)]
        sums = [sum(column) for column in zip(*rows, strict=True)]
        at = len(_KINDS) * _PER_KIND

        def gauge(name: Gauge) -> list[int]:
            return [row[at + _GAUGES.index(name)] for row in rows if row[at + _GAUGES.index(Gauge.ALIVE)]]

        return Reading(
            {kind: _waits(sums[n * _PER_KIND : (n + 1) * _PER_KIND]) for n, kind in enumerate(_KINDS)},
            _coarse(sum(gauge(Gauge.WAITED_FOR))),
            _coarse(sum(gauge(Gauge.ANSWERING))),
            max(gauge(Gauge.LATE_MICROSECONDS), default=0) / 1_000_000,
            tuple(gauge(Gauge.MEMORY)),
        )


class Recorder:
    """One worker's hand: holds back what voters do until ten of a kind have come."""

    def __init__(self, measures: Measures, slot: int) -> None:
        self.measures, self._slot = measures, slot
        self._held: dict[Kind, list[tuple[int, Outcome, int]]] = {kind: [] for kind in Kind}
        self.answering = 0

    def note(self, kind: Kind, seconds: float, status: int) -> None:
        """An answer was given."""
        outcome = Outcome.FAILED if status >= 500 else Outcome.REFUSED if status >= 400 else Outcome.OK
        held = self._held[kind]
        held.append((bisect_left(BOUNDS, seconds), outcome, int(seconds * 1_000_000)))
        # What the office does stands in the log of acts with its time; everything else is somebody's visit.
        if kind is Kind.OFFICE or len(held) >= floors.TURNOUT:
            for one in held:
                self.measures.add(self._slot, kind, *one)
            held.clear()

    def tell(self, gauge: Gauge, value: int) -> None:
        """What is so now in this worker."""
        self.measures.set(self._slot, gauge, value)


def kind_of(method: str, path: str) -> Kind | None:
    """What a request is counted as; None for whoever only looks whether we are there."""
    if path in {"/healthy", "/healthz", "/readyz", "/metrics"}:
        return None
    if path.startswith("/v/"):
        return Kind.SEND if method == "POST" else Kind.FORM
    if path in {"/r", "/copy", "/privacy"}:
        return Kind.VOTER
    if path.startswith("/office"):
        return Kind.OFFICE
    return Kind.LOG if path.startswith("/log") else Kind.OTHER


def measured(wsgi: Wsgi, recorder: Recorder) -> Wsgi:
    """The application, its answers counted. Time runs until the answer is ready; how slowly it is taken is not ours."""

    def serve(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ[ENVIRON] = recorder.measures
        kind = kind_of(environ["REQUEST_METHOD"], environ.get("PATH_INFO", ""))
        if kind is None:
            return wsgi(environ, start_response)
        status, begun = [500], time.perf_counter()

        def started(line: str, *more: Any) -> Any:
            status[0] = int(line[:3])
            return start_response(line, *more)

        recorder.answering += 1
        try:
            return wsgi(environ, started)
        finally:
            recorder.answering -= 1
            recorder.note(kind, time.perf_counter() - begun, status[0])

    return serve


def _waits(cells: list[int]) -> Waits:
    steps, rest = tuple(cells[: len(BOUNDS) + 1]), cells[len(BOUNDS) + 1 :]
    return Waits(steps, dict(zip(_OUTCOMES, rest, strict=False)), rest[-1] / 1_000_000)


def _coarse(count: int) -> int:
    return count - count % floors.TURNOUT
