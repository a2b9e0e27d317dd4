"""The memory of a running program stays in memory: no core file when it crashes, no debugger of another program of the same user.

Answers pass through the server in clear, and at the opening the key does; a core file would be both on disk. What an
administrator may look at anyway is not kept from them here.
"""

from __future__ import annotations

import ctypes
import resource
import sys

_SET_DUMPABLE, _GET_DUMPABLE = 4, 3  # prctl(2); "dumpable" is lost at exec, so every program of ours says it again


def keep_private() -> None:
    """From now on, for this process and what it forks. The limit also holds for what it executes, and cannot be raised again.

    The limit stops core files; the flag also stops a kernel that hands them to a program, which asks no limit (core(5)).
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)


def is_private() -> bool:
    """Whether a crash of this process leaves no core file."""
    dumpable = sys.platform == "linux" and ctypes.CDLL(None).prctl(_GET_DUMPABLE, 0, 0, 0, 0) != 0
    return resource.getrlimit(resource.RLIMIT_CORE) == (0, 0) and not dumpable
