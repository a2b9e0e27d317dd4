"""Real threads for work that would hold everybody up.

Under a gevent server `threading` makes greenlets, all on one thread: a thousand slow hashes, or four seconds of type
setting, would stop every voter on that worker. These pools are operating-system threads in both worlds, and waiting for
them lets other requests go on.
"""

from __future__ import annotations

import ctypes
import os
import sys
from concurrent.futures import Executor, ThreadPoolExecutor

from gevent import monkey
from gevent.threadpool import ThreadPoolExecutor as NativeThreadPoolExecutor

#: One hash of a printed alias needs 19 MiB: four at once are fast enough and stay small.
MOST = 4
#: glibc's name for "from this size on a piece of memory is asked of the system by itself"; given, it is no longer adapted.
_M_MMAP_THRESHOLD = -3
_LARGE = 1 << 20


def give_large_pieces_back() -> None:
    """Memory of a hash goes back to the system when the hash is over.

    Left to itself glibc learns from the first 19 MiB that come back to keep such pieces, one for each thread that ever hashed:
    a worker among guessers held 171 MB. Elsewhere than under glibc nothing is done.
    """
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "mallopt"):
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)


def native_pool() -> Executor:
    """A pool of at most four real threads; use it as a context manager."""
    size = min(MOST, os.cpu_count() or 1)
    if monkey.is_module_patched("threading"):
        pool: Executor = NativeThreadPoolExecutor(size)
        return pool
    return ThreadPoolExecutor(size)
