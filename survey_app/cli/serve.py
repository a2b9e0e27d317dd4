"""`pingyi serve`: gevent takes hold of the standard library before ours is loaded, so that all workers can share what is."""

from __future__ import annotations

import gc
from pathlib import Path

import click
from gevent import monkey


@click.command()
@click.pass_obj
def serve(data: Path | None) -> None:
    """Bring the database up to date, serve, and say the address once the server answers; until stopped."""
    gc.disable()  # nothing is thrown away while everything is loaded; switched on again before a worker is made
    monkey.patch_all()
    from survey_app import serving  # noqa: PLC0415 - a lock or a socket made before the line above would stop all voters of a worker

    serving.serve(data)
