"""A real PostgreSQL for one test process: made in a temporary folder, reachable by a socket there only, gone afterwards.

Run as root, it runs as the system's `postgres` user, because PostgreSQL refuses root. `fsync` is off: these tests ask what
PostgreSQL answers, not whether the disk keeps it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "48MB",  # tests read the whole cluster
    "min_wal_size": "32MB",
    "autovacuum": "off",
}


def binaries() -> Path:
    """The folder of the newest installed server. Raises FileNotFoundError naming the package."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise FileNotFoundError("PostgreSQL is not installed; run .ci/system-packages or install the package postgresql")
    return Path(on_path).parent


@dataclass
class Cluster:
    """A running server. `folder` holds its data and its socket."""

    folder: Path
    options: str = ""
    numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    @contextlib.contextmanager
    def started(cls, **settings: str) -> Iterator[Cluster]:
        """Make, start (with more or other settings), yield, stop, remove."""
        folder = Path(tempfile.mkdtemp(prefix="pingyi-pg-"))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        chosen = {**SETTINGS, **settings, "unix_socket_directories": str(folder)}
        cluster = cls(folder, " ".join(f"-c {name}='{value}'" for name, value in chosen.items()))
        try:
            _run("initdb", "-D", str(folder / "data"), "-U", "pingyi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
            cluster.start()
            try:
                yield cluster
            finally:
                _run("pg_ctl", *cluster._server(), "-m", "immediate", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, also after a kill: it then recovers what it had promised to keep."""
        _run("pg_ctl", *self._server(), "-o", self.options, "start")

    def kill(self) -> None:
        """Every process of it at once, without a word, as when the power goes."""
        first = int((self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
        processes = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split())]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in processes):
            time.sleep(0.02)

    def _server(self) -> list[str]:
        return ["-D", str(self.folder / "data"), "-s", "-w", "-l", str(self.folder / "log")]

    def url(self, name: str) -> str:
        """The address of a database, as a user would write it."""
        return f"postgresql://pingyi@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> None:
        """A new database."""
        _run("createdb", "-h", str(self.folder), "-U", "pingyi", "-T", template, "-E", "UTF8", name)

    @contextlib.contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """A copy of a database, dropped afterwards, with whatever is still connected."""
        name = f"{template}_{next(self.numbers)}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            _run("dropdb", "-h", str(self.folder), "-U", "pingyi", "--force", name)


def _run(program: str, *arguments: str) -> None:
    command = [str(binaries() / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # The server inherits what it is given: a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(command, stdout=told, stderr=told, stdin=subprocess.DEVNULL, check=False, cwd="/")
        if done.returncode:
            told.seek(0)
            raise RuntimeError(f"{program} failed: {told.read().decode(errors='replace')}")
