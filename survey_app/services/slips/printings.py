"""Who printed something and when, and the state of what was printed as somebody saw it who now asks for its end.

Threat answered to: a stale page. Its form carries the digest of what it showed; what was printed since is not in it, and nothing
that was not shown is ever made void.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.models import Rater, SlipBatch


class StalePrintingError(RefusedError):
    """What is in force is not what the page showed; nothing was made void."""


@dataclass(frozen=True)
class Stamp:
    """One act of printing."""

    at: dt.datetime
    by: str


def state_of_batch(batch: SlipBatch) -> str:
    """A batch as a page shows it."""
    return _digest([f"batch {batch.id} {batch.issued} {batch.void} {batch.printed} {batch.printed_by}"])


def state_of_letters(raters: Iterable[Rater]) -> str:
    """Whose letters are in force, and which: any printing in between changes it."""
    return _digest(sorted(f"letter {rater.id} {rater.tag.hex() if rater.tag else ''}" for rater in raters))


def refuse_unless_seen(seen: str, state: str) -> None:
    """Raise StalePrintingError unless the page showed exactly what is in force."""
    if seen != state:
        raise StalePrintingError(N_("这一页显示之后情况变了，或者还没有看过会作废什么；什么都没有作废。请看下面，再决定一次。"))


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
