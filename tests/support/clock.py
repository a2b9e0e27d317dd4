"""A moment for tests that do not care which."""

from __future__ import annotations

import datetime as dt

NOON = dt.datetime(2026, 11, 21, 12, 0, tzinfo=dt.UTC)
