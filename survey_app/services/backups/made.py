"""When the last backup was made: one line in the data folder, for whoever asks how much would be lost today."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from survey_app.config import Config

#: Hidden, so that no backup holds it: a restored place has not been backed up.
NAME = ".last-backup"


def remember(config: Config, now: dt.datetime) -> None:
    """A backup is whole and on its disk. Raises OSError where the data folder cannot be written."""
    path = config.data / NAME
    half = path.with_name(f"{NAME}.part")
    half.write_text(now.astimezone(dt.UTC).isoformat(timespec="seconds") + "\n", encoding="ascii")
    half.chmod(0o600)
    half.replace(path)


def last(config: Config) -> dt.datetime | None:
    """When it was; None where there was none, or where nobody can tell."""
    with suppress(OSError, ValueError):
        found = dt.datetime.fromisoformat((config.data / NAME).read_text(encoding="ascii").strip())
        return found if found.tzinfo else None
    return None
