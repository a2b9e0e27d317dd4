"""How many typed aliases are worked on at once: the throttle of the voter side.

What it answers to: an alias has 60 bits, and each guess costs argon2id work, so the danger is not that a guess succeeds
(100 a second for 14 days against 5,000 slips: 5 in 10 million) but that guessing eats the machine. What it must not
do: lock out a hall. Three hundred honest people share one address, so addresses are neither looked at nor kept, and a
correct alias passes however many wrong ones came before. Links with the 128-bit secret cost nothing and are not gated.

Whoever waits here holds no database connection (`credentials.find_holder` gives it back), the line is bounded, and who finds it
full is told at once. Kept in memory only, per process: a count of failures that drains with time. While it is high, aliases are
checked one at a time instead of `wide` at a time, so guessers queue among themselves and slips that were scanned go on as before.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from survey_app.i18n import N_
from survey_app.services.casting.refusals import BusyError
from survey_app.slow_hashing import CrowdedError, HashQueue
from survey_app.strain import Strain

_FULL = N_("现在输入编号的人太多，这一次还没有送出；请过几秒再按一次“送出”，或直接扫描凭条上的二维码。")


class AliasGate:
    """Admits typed aliases to the slow hash. `failed()` reports one that matched nothing."""

    def __init__(
        self,
        *,
        wide: int = min(4, os.cpu_count() or 1),
        waiting: int = 100,
        burst: int = 300,
        drain: float = 5.0,
        patience: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`burst` failures are free, `drain` of them forgotten a second; of `waiting` nobody waits over `patience` seconds."""
        self._wide = HashQueue(_FULL, wide=wide, waiting=waiting, patience=patience)
        self._narrow = HashQueue(_FULL, wide=1, waiting=waiting, patience=patience)
        self._failures = Strain(burst=burst, drain=drain, clock=clock)

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Hold a place while hashing. Raises BusyError when the line is full or no place came free in time."""
        queue = self._narrow if self.strained() else self._wide
        try:
            with queue.admitted():
                yield
        except CrowdedError as crowded:
            raise BusyError(crowded.sentence) from crowded

    def failed(self) -> None:
        """Count one alias that matched nothing."""
        self._failures.add()

    def strained(self) -> bool:
        """Whether so many aliases failed lately that they are checked one at a time."""
        return self._failures.high()


#: One gate a process. Campaigns share it: what it protects is the processor, which they share too.
GATE = AliasGate()
