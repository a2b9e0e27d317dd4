"""A real PostgreSQL for one test process (`survey_app.cast_bench.postgresql`), and copies of its databases.

`fsync` is off: these tests ask what PostgreSQL answers, not whether the disk keeps it.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import ClassVar

from survey_app.cast_bench.postgresql import ShortLivedPostgresql, run_tool

_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "max_wal_size": "48MB",  # tests read the whole cluster
    "min_wal_size": "32MB",
    "autovacuum": "off",
}


class Cluster(ShortLivedPostgresql):
    """A running server of which databases can be copied."""

    SETTINGS: ClassVar[Mapping[str, str]] = _SETTINGS

    def __init__(self, folder: Path, options: str = "") -> None:
        super().__init__(folder, options)
        self.numbers = count()

    def kill(self) -> None:
        """Every process of it at once, without a word, as when the power goes."""
        first = self.first_process()
        processes = [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text(encoding="ascii").split())]
        for process in processes:
            with contextlib.suppress(ProcessLookupError):  # it ended by itself just now
                os.kill(process, signal.SIGKILL)
        while any(Path(f"/proc/{process}").exists() for process in processes):
            time.sleep(0.02)

    @contextlib.contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """A copy of a database, dropped afterwards, with whatever is still connected."""
        name = f"{template}_{next(self.numbers)}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            run_tool("dropdb", "-h", str(self.folder), "-U", "pingyi", "--force", name)
