"""Where the running server keeps its one-time keys. Lives here: nothing but the place; what they are is `one_time_keys`."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from survey_app.services.sealing.one_time_keys import OneTimeKeys

_NAME = "pingyi-one-time-keys"


def init_opening_memory(app: Flask) -> None:
    """Make the memory now: processes forked later share it."""
    app.extensions[_NAME] = OneTimeKeys()


def opening_memory() -> OneTimeKeys:
    """The one-time keys of the running application."""
    return cast("OneTimeKeys", current_app.extensions[_NAME])
