"""A real PostgreSQL for one test process (`survey_app.cast_bench.postgresql`), and copies of its databases.

`fsync` is off: these tests ask what PostgreSQL answers, not whether the disk keeps it.
"""

from __future__ import annotations

import contextlib
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

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.numbers = count()

    @contextlib.contextmanager
    def clone(self, template: str) -> Iterator[str]:
        """A copy of a database, dropped afterwards, with whatever is still connected."""
        name = f"{template}_{next(self.numbers)}"
        self.create(name, template)
        try:
            yield self.url(name)
        finally:
            run_tool("dropdb", "-h", str(self.folder), "-U", "pingyi", "--force", name)
