"""How fast the server starts and what it holds before the first voter, measured beside a bare Flask page under the same gunicorn.

Seconds run from the command to the first answer. Memory is the proportional set size (pages shared by several processes count
once) of all processes together, a second after the answer. Both servers are started in turn, several times; medians are told,
and the processor's seconds, which a busy machine changes least. Nothing here is asserted: a benchmark tells, a test decides.
"""

from __future__ import annotations

import http.client
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from survey_app.config import Config
from survey_app.errors import UserError
from survey_app.i18n import N_

RUNS = 5
#: Longer than any start, even on a crowded machine.
_PATIENCE = 120
#: Another program of the same user may not look into our memory (`private_memory`); this server holds nothing and is started
#: without that, so that its memory can be added up.
_OURS = """
import sys
from survey_app import private_memory
private_memory.keep_private = lambda: None
from survey_app.cli import main
sys.argv[1:] = ["serve"]
main()
"""
_BARE = """
import os, sys
from gunicorn.app.wsgiapp import WSGIApplication
sys.argv[1:] = ["--bind", os.environ["PINGYI_BIND"], "--workers", os.environ["PINGYI_WORKERS"], "--worker-class", "gevent",
                "--preload", "--no-control-socket", "--log-level", "error", "bare:app"]
WSGIApplication().run()
"""
_BARE_PAGE = """
from flask import Flask
app = Flask(__name__)
@app.get("/")
def page():
    return "a page"
"""


@dataclass(frozen=True)
class Start:
    """One start: seconds to the first answer, seconds of processor, bytes of all processes."""

    seconds: float
    processor: float
    memory: int


def run(runs: int = RUNS) -> dict[str, float]:
    """Measure, and return medians and ratios by name."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "bare.py").write_text(_BARE_PAGE, encoding="utf-8")
        config = Config(data=place / "data", database_url=f"sqlite:///{place / 'data' / 'pingyi.db'}")
        _one(_OURS, config)  # makes the database: what is measured starts on one that is up to date
        ours, bare = [], []
        for _ in range(runs):
            ours.append(_one(_OURS, config))
            bare.append(_one(_BARE, config))
    return {
        "runs": runs,
        **_told_of("", ours),
        **_told_of("bare_", bare),
        "seconds_over_bare": _median(ours, "seconds") / _median(bare, "seconds"),
        "memory_over_bare": _median(ours, "memory") / _median(bare, "memory"),
    }


def describe(figures: Mapping[str, float]) -> str:
    """The figures as lines for a person."""
    lines = [f"{figures['runs']:.0f} starts each; medians (best)"]
    for title, name in (("pingyi serve", ""), ("a bare Flask page, same gunicorn", "bare_")):
        lines.append(
            f"{title}: {figures[name + 'seconds']:.2f} s ({figures[name + 'best_seconds']:.2f} s) to the first answer, "
            f"{figures[name + 'processor_seconds']:.2f} s of processor, "
            f"{figures[name + 'memory_bytes'] / 1e6:.0f} MB in all processes"
        )
    lines.append(f"ratio: {figures['seconds_over_bare']:.1f} times the time, {figures['memory_over_bare']:.1f} times the memory")
    return "\n".join(lines)


def _told_of(name: str, starts: Sequence[Start]) -> dict[str, float]:
    return {
        f"{name}seconds": _median(starts, "seconds"),
        f"{name}best_seconds": min(one.seconds for one in starts),
        f"{name}processor_seconds": _median(starts, "processor"),
        f"{name}memory_bytes": _median(starts, "memory"),
    }


def _median(starts: Sequence[Start], what: str) -> float:
    return float(statistics.median(getattr(one, what) for one in starts))


def _one(program: str, config: Config) -> Start:
    """Start it, ask until it answers, look at it, stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    bind = f"127.0.0.1:{port}"
    environment = replace(config, bind=bind, base_url=f"http://{bind}").environment()
    begun = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - our own interpreter and words
        [sys.executable, "-c", program],
        cwd=config.data.parent,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as process:
        try:
            _until_answered(process, port, begun)
            seconds = time.perf_counter() - begun
            time.sleep(1)
            while len(processes := _family(process.pid)) != 1 + config.workers:
                time.sleep(0.2)  # a worker is still to come, or the announcement is not over
            return Start(seconds, sum(map(_processor, processes)), sum(map(_memory, processes)))
        finally:
            process.terminate()
            process.wait(timeout=_PATIENCE)


def _until_answered(process: subprocess.Popen[bytes], port: int, begun: float) -> None:
    while process.poll() is None and time.perf_counter() - begun < _PATIENCE:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.005)
        else:
            return
        finally:
            connection.close()
    process.kill()
    why = process.stderr.read().decode(errors="replace").strip().splitlines() if process.stderr else []
    raise UserError(N_("服务器没有启动，无法测量：%(what)s"), what=why[-1] if why else "")


def _family(first: int) -> list[int]:
    found = [first]
    for one in found:
        found += map(int, Path(f"/proc/{one}/task/{one}/children").read_text(encoding="ascii").split())
    return found


def _processor(process: int) -> float:
    """Seconds of processor so far, of the process and of children it has seen end."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def _memory(process: int) -> int:
    """Bytes of proportional set size."""
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
