"""Long work on the command line: nothing is said of what is done at once; after that, how far it is, and when to stop."""

from __future__ import annotations

import click

from survey_app import clock

AT_ONCE = 2  # seconds in which nobody wonders
EVERY = 2


class Patience:
    """How long a piece of work may take, told on the way. `seconds` None: as long as it takes."""

    def __init__(self, sentence: str, seconds: int | None = None) -> None:
        self.sentence, self.seconds = sentence, seconds
        self._begun = clock.now()
        self._told: float = AT_ONCE - EVERY

    @property
    def spent(self) -> float:
        """Seconds since it began."""
        return (clock.now() - self._begun).total_seconds()

    def going_on(self, done: int, whole: int) -> bool:
        """Whether there is time left; says how far it is, every few seconds.

        Parameters
        ----------
        done, whole
            How many pieces of how many.
        """
        spent = self.spent
        if spent >= self._told + EVERY:
            self._told = spent
            click.echo(self.sentence % {"done": done, "all": whole}, err=True)
        return self.seconds is None or spent < self.seconds

    def tell(self, done: int, whole: int) -> None:
        """How far it is, of work that goes on whatever the time."""
        self.going_on(done, whole)
