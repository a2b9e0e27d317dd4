"""What a worker spends its processor time on, by part: looked at a few hundred times for each second of it.

A look costs microseconds and changes nothing, so it can be taken in a real server under load. Who was at work is the innermost
frame that the table knows: time in a library belongs to the part that the library is.
"""

from __future__ import annotations

import json
import os
import signal
from collections import Counter
from pathlib import Path
from types import FrameType

SECONDS_APART = 0.002
_EVERY = 50  # looks between two writings of the file
#: Part -> pieces of a file's path, or of "path:function"; the first part that fits a frame has it.
PARTS = {
    "commit": ("plain_sql.py:commit", "engine/default.py:do_commit", "cast_together.py:_commit"),
    "sealing": ("/nacl/", "sealing/custody.py"),
    "hashing": ("sealing/sealed_content.py", "casting/commitments.py", "analysis/canonical.py", "sealing/tokens.py"),
    "database": (
        "/sqlalchemy/",
        "/psycopg",
        "plain_sql.py",
        "casting/settled.py",
        "casting/cast_together.py",
        "survey_app/changes.py",
    ),
    "page": (
        "/jinja2/",
        "ballot_page.py",
        "<template>",
        "/templates/",
        "survey_app/assets.py",
        "ballot_shape.py",
        "/markupsafe/",
    ),
    "reading the form": ("ballot_form.py", "casting/rules.py", "analysis/limits.py", "formparser.py", "urllib/parse.py"),
    "Flask and routing": ("/flask", "/werkzeug/", "survey_app/access.py", "survey_app/i18n.py", "survey_app/headers.py"),
    "server": (
        "/gunicorn/",
        "/gevent/",
        "survey_app/patient_worker.py",
        "survey_app/body_reading.py",
        "survey_app/waiting_line.py",
    ),
}
OTHER = "other"


def part_of(frame: FrameType | None) -> str:
    """The part at work."""
    while frame is not None:
        code = frame.f_code
        place = f"{code.co_filename}:{code.co_name}"
        for part, pieces in PARTS.items():
            if any(piece in place for piece in pieces):
                return part
        frame = frame.f_back
    return OTHER


def watch_workers(folder: str) -> None:
    """From now on every process forked from this one writes there what it is doing."""
    os.register_at_fork(after_in_child=lambda: _watch(Path(folder)))


def _watch(folder: Path) -> None:
    seen: Counter[str] = Counter()
    looks = 0

    def look(_signal: int, frame: FrameType | None) -> None:
        nonlocal looks
        looks += 1
        seen[part_of(frame)] += 1
        if looks % _EVERY == 0:
            aside = folder / f".{os.getpid()}"
            aside.write_text(json.dumps(seen), encoding="utf-8")
            aside.replace(folder / f"{os.getpid()}.json")

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, SECONDS_APART, SECONDS_APART)
