"""What the count can refuse, each a code with its parts: what is wrong and where. Nothing is ever half counted.

May not live here: sentences (`refusals`). Whoever shows an error tells it with a `Say`.
"""

from __future__ import annotations

from typing import Self

from analysis.refusals import AT_LINE, AT_STEP, LISTED, REFUSALS, WORDS
from analysis.saying import Say


class AnalysisError(Exception):
    """The count cannot go on. `step` is the plan's step it stopped at ("" when none), `line` its line in the scheme file.

    `code` is a row of `refusals.REFUSALS`, `parts` are what that sentence names: texts, numbers, lists of texts (tuples), and
    codes of words (`refusals.WORDS`).
    """

    def __init__(self, code: str, /, **parts: object) -> None:
        """Keep what is wrong; `at` says where."""
        super().__init__(code)
        self.code = code
        self.parts = parts
        self.step = ""
        self.line = 0

    def __str__(self) -> str:
        """Code, parts and place, for developers."""
        parts = ", ".join(f"{name}={part!r}" for name, part in self.parts.items())
        where = f" (step {self.step}" + (f", line {self.line})" if self.line else ")") if self.step else ""
        return self.code + (f": {parts}" if parts else "") + where

    def tell(self, say: Say) -> str:
        """The sentence with its place, as `say` tells it."""
        text = say(REFUSALS[self.code], **{name: _part(name, part, say) for name, part in self.parts.items()})
        if not self.step:
            return text
        return text + (say(AT_LINE, step=self.step, line=self.line) if self.line else say(AT_STEP, step=self.step))

    def at(self, step: str, line: int) -> Self:
        """The same error, placed at a step; an error that already knows its step keeps it.

        Parameters
        ----------
        step
            The step's name.
        line
            Its line in the scheme file, 0 when none is known.
        """
        if self.step:
            return self
        placed = type(self)(self.code, **self.parts)
        placed.step, placed.line = step, line
        return placed


class PlanError(AnalysisError):
    """The plan itself is malformed: an unknown step, parameter, reference or literal."""


class EvidenceError(AnalysisError):
    """The evidence contradicts itself or the plan: two values for one cell, a mark outside its scale."""


class ConservationError(AnalysisError):
    """Ballots got lost or appeared: the books do not add up."""


def _part(name: str, part: object, say: Say) -> object:
    if name in WORDS:
        return say(WORDS[name][str(part)])
    return say(LISTED).join(map(str, part)) if isinstance(part, tuple) else part
