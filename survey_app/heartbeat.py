"""Each worker's pulse: once a second it says how many connections it has and how late it was, every half minute how much memory.

How late: a worker that is busy with one thing gets to the others late; that is what a starving hall feels, and it is told as the
worst of the last minute. Lives here: the pulse. May not live here: requests (`measuring`).
"""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

import gevent

from survey_app.measuring import Gauge, Recorder
from survey_app.waiting_line import WaitingLine

EVERY_SECONDS = 1.0
_MINUTE = 60
_MEMORY_EVERY = 30


def beat(recorder: Recorder, line: WaitingLine) -> None:
    """Go on until the worker ends."""
    late: deque[float] = deque(maxlen=_MINUTE)
    beats = 0
    while True:
        if beats % _MEMORY_EVERY == 0:
            recorder.tell(Gauge.MEMORY, own_memory())
        recorder.tell(Gauge.ALIVE, 1)
        recorder.tell(Gauge.WAITED_FOR, len(line))
        recorder.tell(Gauge.ANSWERING, recorder.answering)
        recorder.tell(Gauge.LATE_MICROSECONDS, int(max(late, default=0.0) * 1_000_000))
        begun = time.perf_counter()
        gevent.sleep(EVERY_SECONDS)
        late.append(max(0.0, time.perf_counter() - begun - EVERY_SECONDS))
        beats += 1


def own_memory() -> int:
    """Bytes of this process, what it shares with others counted in parts; 0 where the system does not say."""
    try:
        lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
