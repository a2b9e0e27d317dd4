"""The last few of things that are dear to make and never change once made: kept for the requests that follow, safe for threads.

May not live here: what is kept. A value is named by everything it depends on, so nothing kept can be out of date.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Slot(Generic[V]):
    """A place for one value: empty until the first who asked has made it, while others who ask wait."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.made: list[V] = []


class Bounded(Generic[K, V]):
    """At most `most` values by key; the one not asked for longest makes room."""

    def __init__(self, most: int) -> None:
        """Nothing is kept yet."""
        self._most = most
        self._lock = threading.Lock()
        self._slots: dict[K, _Slot[V]] = {}

    def of(self, key: K, make: Callable[[], V]) -> V:
        """The value of this key, made if it is not kept; made once, however many ask. What `make` raises is not kept."""
        with self._lock:
            slot = self._slots.pop(key, None) or _Slot[V]()
            self._slots[key] = slot
            while len(self._slots) > self._most:
                del self._slots[next(iter(self._slots))]
        with slot.lock:
            if not slot.made:
                slot.made.append(make())
            return slot.made[0]

    def __len__(self) -> int:
        """How many are kept."""
        return len(self._slots)
