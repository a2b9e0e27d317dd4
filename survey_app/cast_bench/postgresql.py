"""A PostgreSQL of one's own for as long as a block lasts: in a temporary folder, reachable by a socket there only.

Run as root, it runs as the system's `postgres` user, because PostgreSQL refuses root. It is as durable as it comes.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar, Self

from survey_app.errors import UserError
from survey_app.i18n import N_


class NoPostgresqlError(UserError):
    """No PostgreSQL server is installed here."""


def binaries() -> Path:
    """The folder of the newest installed server. Raises NoPostgresqlError."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise NoPostgresqlError(N_("这台机器没有安装 PostgreSQL；请安装软件包 postgresql 再测。"))
    return Path(on_path).parent


class ShortLivedPostgresql:
    """A running server. `folder` holds its data and its socket."""

    #: Beside what is given at its start; as few as there may be.
    SETTINGS: ClassVar[Mapping[str, str]] = {"listen_addresses": "", "max_connections": "60"}

    def __init__(self, folder: Path, options: str = "") -> None:
        self.folder = folder
        self.options = options

    @classmethod
    @contextlib.contextmanager
    def started(cls, **settings: str) -> Iterator[Self]:
        """Make, start (with more or other settings), yield, stop, remove."""
        folder = Path(tempfile.mkdtemp(prefix="pingyi-pg-"))
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        chosen = {**cls.SETTINGS, **settings, "unix_socket_directories": str(folder)}
        server = cls(folder, " ".join(f"-c {name}='{value}'" for name, value in chosen.items()))
        try:
            run_tool("initdb", "-D", str(folder / "data"), "-U", "pingyi", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
            server.start()
            try:
                yield server
            finally:
                run_tool("pg_ctl", *server.words(), "-m", "immediate", "stop")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        """Start it, also after a kill: it then recovers what it had promised to keep."""
        run_tool("pg_ctl", *self.words(), "-o", self.options, "start")

    def words(self) -> list[str]:
        """What pg_ctl is told of this server."""
        return ["-D", str(self.folder / "data"), "-s", "-w", "-l", str(self.folder / "log")]

    def url(self, name: str) -> str:
        """The address of a database, as a user would write it."""
        return f"postgresql://pingyi@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> None:
        """A new database."""
        run_tool("createdb", "-h", str(self.folder), "-U", "pingyi", "-T", template, "-E", "UTF8", name)

    def first_process(self) -> int:
        """The process whose children serve the connections."""
        return int((self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])


def run_tool(program: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs. Raises RuntimeError with what it said."""
    command = [str(binaries() / program), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    # The server inherits what it is given: a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile() as told:
        done = subprocess.run(command, stdout=told, stderr=told, stdin=subprocess.DEVNULL, check=False, cwd="/")  # noqa: S603 - our own words
        if done.returncode:
            told.seek(0)
            raise RuntimeError(f"{program} failed: {told.read().decode(errors='replace')}")
