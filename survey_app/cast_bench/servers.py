"""Servers as an office starts them, and beside them a bare Flask page under the same gunicorn: started, weighed, stopped.

Processor seconds and memory are read from /proc, of all processes of a server together or of one worker.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from survey_app.config import Config
from survey_app.errors import UserError
from survey_app.i18n import N_

#: Longer than any start, even on a crowded machine.
_PATIENCE = 120
#: `pingyi serve`. Another program of the same user may not look into our memory (`private_memory`); this server holds nothing and
#: is started without that, so that it can be weighed. With a folder given, each worker writes there what it was doing.
_OURS = """
import sys
from survey_app import private_memory
private_memory.keep_private = lambda: None
if len(sys.argv) > 1:
    from survey_app.cast_bench import sampling
    sampling.watch_workers(sys.argv[1])
from survey_app.cli import main
sys.argv[1:] = ["serve"]
main()
"""
_BARE = """
import os, sys
from gunicorn.app.wsgiapp import WSGIApplication
sys.argv[1:] = ["--bind", os.environ["PINGYI_BIND"], "--workers", os.environ["PINGYI_WORKERS"], "--worker-class", "gevent",
                "--worker-connections", "2000", "--keep-alive", "5", "--timeout", "120", "--preload", "--no-control-socket",
                "--log-level", "warning", "bare:app"]
WSGIApplication().run()
"""
#: As many requests, as many bytes in and out; nothing read, nothing kept.
_BARE_PAGE = """
from pathlib import Path
from flask import Flask, request
app = Flask(__name__)
sizes = dict(line.split() for line in (Path(__file__).parent / "sizes").read_text().splitlines())
pages = {kind: b"x" * int(size) for kind, size in sizes.items()}
@app.route("/bare/<kind>", methods=["GET", "POST"])
def page(kind):
    request.get_data()
    return pages[kind]
"""


@dataclass(frozen=True)
class BenchServer:
    """A running server."""

    host: str
    port: int
    first: int

    def workers(self) -> list[int]:
        """The processes that answer."""
        return [one for one in _children(self.first) if _is_alive(one)]

    def processor(self) -> float:
        """Seconds of processor so far, of all its processes."""
        return sum(map(processor_of, [self.first, *self.workers()]))

    def heaviest_worker(self) -> int:
        """Bytes of proportional set size (pages shared by several processes count once) of the worker that has most."""
        return max(map(_memory, self.workers()))


@contextlib.contextmanager
def ours(config: Config, sampled: Path | None = None) -> Iterator[BenchServer]:
    """`pingyi serve` with these settings. `sampled`: a folder for what its workers were doing."""
    with _started([sys.executable, "-c", _OURS, *([str(sampled)] if sampled else [])], config, config.data.parent) as server:
        yield server


@contextlib.contextmanager
def bare(config: Config, folder: Path, sizes: Mapping[str, int]) -> Iterator[BenchServer]:
    """A page for each kind of request, with answers of these sizes, under the same settings of the same gunicorn."""
    (folder / "bare.py").write_text(_BARE_PAGE, encoding="utf-8")
    (folder / "sizes").write_text("".join(f"{kind} {size}\n" for kind, size in sizes.items()), encoding="ascii")
    with _started([sys.executable, "-c", _BARE], config, folder) as server:
        yield server


def samples_in(folder: Path) -> Counter[str]:
    """What the workers were doing, by part, in samples."""
    found: Counter[str] = Counter()
    for one in folder.glob("*.json"):
        found.update(json.loads(one.read_text(encoding="utf-8")))
    return found


@contextlib.contextmanager
def _started(command: list[str], config: Config, folder: Path) -> Iterator[BenchServer]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    bind = f"127.0.0.1:{port}"
    environment = replace(config, bind=bind, base_url=f"http://{bind}").environment()
    log = folder / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)  # noqa: S603 - our own words
    try:
        server = BenchServer("127.0.0.1", port, process.pid)
        _until_answered(process, server, config.workers, log)
        yield server
    finally:
        process.terminate()
        process.wait(timeout=_PATIENCE)


def _until_answered(process: subprocess.Popen[bytes], server: BenchServer, workers: int, log: Path) -> None:
    begun = time.monotonic()
    while process.poll() is None and time.monotonic() - begun < _PATIENCE:
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection(server.host, server.port, timeout=_PATIENCE)
            connection.request("GET", "/")
            connection.getresponse().read()
            connection.close()
            if len(server.workers()) == workers:  # the announcement is over
                return
        time.sleep(0.05)
    process.kill()
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    raise UserError(N_("服务器没有启动，无法测量：%(what)s"), what=lines[-1] if lines else "")


def processor_of(process: int) -> float:
    """Seconds of processor so far, of one process and of children it has seen end."""
    after_name = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")


def family_processor(first: int) -> float:
    """Seconds of processor of a process and of all its children."""
    return sum(processor_of(one) for one in [first, *_children(first)] if _is_alive(one))


def _children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii").split()]


def _is_alive(process: int) -> bool:
    return Path(f"/proc/{process}/stat").exists()


def _memory(process: int) -> int:
    lines = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
