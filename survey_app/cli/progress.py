"""How far long work is, on a terminal: a bar where there is a screen, one line a step where output goes into a file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from survey_app.i18n import gettext as _
from survey_app.services.counting.opening import STEPS, CountStep, Progress


def moving(bar: object) -> Callable[[int, int], None]:
    """Drive a click progress bar by (done, whole)."""

    def move(done: int, whole: int) -> None:
        setattr(bar, "length", whole)  # noqa: B010 - click types the bar by what it iterates over, here nothing
        bar.update(done - getattr(bar, "pos", 0))  # type: ignore[attr-defined]  # as above

    return move


@contextmanager
def count_shown() -> Iterator[Progress]:
    """A count's progress on the error stream: a bar while ballots are opened, then a line for each step."""
    with click.progressbar(length=1, label=_(STEPS[CountStep.OPENING]), file=sys.stderr) as bar:
        move, said = moving(bar), set[CountStep]()

        def show(step: CountStep, done: int, whole: int) -> None:
            if step == CountStep.OPENING:
                move(done, whole)
            elif step not in said:
                said.add(step)
                click.echo(("\n" if len(said) == 1 and sys.stderr.isatty() else "") + _(STEPS[step]), err=True)

        yield show
