"""The trace of an error as it may stand in a log: an error's message may quote what was sent, so no message is in it."""

from __future__ import annotations

import traceback


def bare(error: BaseException) -> str:
    """The error and those it came from, first cause first: places in the code and names of classes, no messages."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__))
    told = "".join(frames.format()) + type(error).__qualname__
    return f"{bare(before)}\nwhich led to\n{told}" if before is not None else told
