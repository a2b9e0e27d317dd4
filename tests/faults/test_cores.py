"""A crash leaves no core file: answers pass through the server's memory, and at the opening the key does."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.conftest import ROOT, serving

PATTERN = Path("/proc/sys/kernel/core_pattern")
UNLIMITED = resource.RLIM_INFINITY
pytestmark = pytest.mark.skipif(
    not PATTERN.exists()
    or PATTERN.read_text().startswith(("|", "/"))
    or resource.getrlimit(resource.RLIMIT_CORE)[1] != UNLIMITED,
    reason="this machine makes no core files where a test could see them",
)


def crash(folder: Path, *before: str) -> tuple[bool, list[str]]:
    """A program that says `before` and crashes, without a limit of its own: whether the kernel made a core, and what is there."""
    lines = (
        f"import os, resource, signal, sys; sys.path.insert(0, {str(ROOT)!r})",
        f"resource.setrlimit(resource.RLIMIT_CORE, ({UNLIMITED}, {UNLIMITED}))",
        *before,
        "os.kill(os.getpid(), signal.SIGABRT)",
    )
    process = subprocess.Popen([sys.executable, "-c", "\n".join(lines)], cwd=folder)
    _pid, status, _usage = os.wait4(process.pid, 0)
    process.returncode = -signal.SIGABRT
    left = [path.name for path in folder.iterdir()]
    for name in left:
        (folder / name).unlink()
    return os.WCOREDUMP(status), left


def test_a_program_that_keeps_its_memory_private_leaves_no_core_and_another_one_does(tmp_path: Path) -> None:
    made, left = crash(tmp_path)
    assert (made, len(left)) == (True, 1)
    private = "from survey_app import private_memory as p; p.keep_private(); assert p.is_private()"
    assert crash(tmp_path, private) == (False, [])
    # The flag alone does it too: where somebody lifts the limit again, or the kernel asks for none (core(5)).
    assert crash(tmp_path, "import ctypes; ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)") == (False, [])


def test_every_process_of_the_server_runs_without_cores(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        first = server.process.pid
        workers = [int(pid) for pid in Path(f"/proc/{first}/task/{first}/children").read_text().split()]
        assert len(workers) >= 2
        for process in (first, *workers):
            assert resource.prlimit(process, resource.RLIMIT_CORE) == (0, 0)
