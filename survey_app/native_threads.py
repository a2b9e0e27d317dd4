"""Real threads for work that would hold everybody up.

Under a gevent server `threading` makes greenlets, all on one thread: a thousand slow hashes, or four seconds of type
setting, would stop every voter on that worker. These pools are operating-system threads in both worlds, and waiting for
them lets other requests go on.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ThreadPoolExecutor

from gevent import monkey
from gevent.threadpool import ThreadPoolExecutor as NativeThreadPoolExecutor

#: One hash of a printed alias needs 19 MiB: four at once are fast enough and stay small.
MOST = 4


def native_pool() -> Executor:
    """A pool of at most four real threads; use it as a context manager."""
    size = min(MOST, os.cpu_count() or 1)
    if monkey.is_module_patched("threading"):
        pool: Executor = NativeThreadPoolExecutor(size)
        return pool
    return ThreadPoolExecutor(size)
