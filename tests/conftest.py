"""What every test begins with. Pure rooms are collected without browser, Flask and database.

The application's fixtures stand in `tests.support.application`. They are loaded when the first test outside the pure rooms is
collected, once for all rooms, so that a process starts one PostgreSQL and one browser.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
PURE = frozenset({"analysis", "questionnaires"})


@pytest.hookimpl(tryfirst=True)
def pytest_make_collect_report(collector: pytest.Collector) -> None:
    """The application's fixtures, before the first module that may ask for them."""
    if isinstance(collector, pytest.Module) and collector.path.relative_to(HERE).parts[0] not in PURE:
        collector.config.pluginmanager.import_plugin("tests.support.application")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is marked so runs on PostgreSQL with the slow ones: storage itself is held to both databases every time."""
    for item in items:
        chosen = getattr(item, "callspec", None)
        if chosen and chosen.params.get("database_url") == "postgresql" and item.get_closest_marker("postgresql_later"):
            item.add_marker(pytest.mark.slow)
