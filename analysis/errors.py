"""What the count can refuse, each as one sentence: what is wrong and where. Nothing is ever half counted."""

from __future__ import annotations


class AnalysisError(Exception):
    """The count cannot go on. `step` is the plan's step it stopped at ("" when none), `line` its line in the scheme file."""

    def __init__(self, sentence: str, *, step: str = "", line: int = 0) -> None:
        """Keep the sentence, and where it happened."""
        where = f" (step {step}" + (f", line {line})" if line else ")") if step else ""
        super().__init__(sentence + where)
        self.sentence = sentence
        self.step = step
        self.line = line

    def at(self, step: str, line: int) -> AnalysisError:
        """The same error, placed at a step; an error that already knows its step keeps it."""
        return self if self.step else type(self)(self.sentence, step=step, line=line)


class PlanError(AnalysisError):
    """The plan itself is malformed: an unknown step, parameter, reference or literal."""


class EvidenceError(AnalysisError):
    """The evidence contradicts itself or the plan: two values for one cell, a mark outside its scale."""


class ConservationError(AnalysisError):
    """Ballots got lost or appeared: the books do not add up."""
