"""Bad news about a file: every problem at once, with place, what is wrong, and what to do, in Chinese and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a file. `line` and `column` count from 1; 0 when the place is the whole file."""

    origin: str
    line: int
    column: int
    code: str
    zh: str
    en: str
    zh_remedy: str
    en_remedy: str

    def sentence(self, language: str = "zh") -> str:
        """`file:line:column: CODE what is wrong. Remedy.` in Chinese or English."""
        what, remedy = (self.zh, self.zh_remedy) if language.startswith("zh") else (self.en, self.en_remedy)
        return f"{self.origin}:{self.line}:{self.column}: {self.code} {what} {remedy}".rstrip()


class SchemeProblems(ValueError):  # noqa: N818 - the name says what it carries: all problems of one file
    """A file cannot be used; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(problem.sentence("en") for problem in self.problems))
