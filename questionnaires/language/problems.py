"""Bad news about a file: every problem at once, with place, what is wrong, and what to do, told in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from analysis.saying import N_, Say, in_source
from questionnaires.telling import Listed, Said, tell

Message = tuple[str, str]  # what is wrong, and what to do: sentences of the source language with parts in braces


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in a file. `line` and `column` count from 1; 0 when the place is the whole file.

    `parts` fill the two sentences of `message`; `also` are further lines where the same is wrong.
    """

    origin: str
    line: int
    column: int
    code: str
    message: Message
    parts: tuple[tuple[str, object], ...] = ()
    also: tuple[int, ...] = ()

    def what(self, say: Say = in_source) -> str:
        """What is wrong."""
        wrong = Said(self.message[0], self.parts).tell(say)
        if not self.also:
            return wrong
        return say(N_("{wrong}（第 {lines} 行也有。）"), wrong=wrong, lines=tell(Listed(_stretches(self.also)), say))

    def remedy(self, say: Say = in_source) -> str:
        """What to do about it."""
        return Said(self.message[1], self.parts).tell(say)

    def sentence(self, say: Say = in_source) -> str:
        """`file:line:column: CODE what is wrong. Remedy.`"""
        return f"{self.origin}:{self.line}:{self.column}: {self.code} {self.what(say)} {self.remedy(say)}".rstrip()

    def order(self) -> tuple[str, int, int, str, str, str]:
        """Problems stand in the order of the file, and always in the same."""
        return self.origin, self.line, self.column, self.code, self.what(), self.remedy()


def _stretches(lines: Sequence[int]) -> tuple[str, ...]:
    """Lines for a sentence: three or more in a row as a stretch."""
    found: list[list[int]] = []
    for line in sorted(lines):
        if found and line == found[-1][-1] + 1:
            found[-1].append(line)
        else:
            found.append([line])
    return tuple(part for run in found for part in ([f"{run[0]}–{run[-1]}"] if len(run) > 2 else map(str, run)))


def once(problems: Iterable[Problem]) -> list[Problem]:
    """The same slip of one file in several rows as one problem, at the first of them, that names the others."""
    told: dict[tuple[str, str, str, str], list[Problem]] = {}
    for one in problems:
        told.setdefault((one.origin, one.code, one.what(), one.remedy()), []).append(one)
    return [replace(first, also=tuple(sorted({one.line for one in rest} - {first.line}))) for first, *rest in told.values()]


def problem_of(messages: dict[str, Message], origin: str, line: int, column: int, code: str, /, **parts: object) -> Problem:
    """The problem `code` of a table of messages at a place. KeyError for a code not in the table."""
    return Problem(origin=origin, line=line, column=column, code=code, message=messages[code], parts=tuple(parts.items()))


class SchemeProblems(ValueError):  # noqa: N818 - the name says what it carries: all problems of one file
    """A file cannot be used; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=Problem.order))
        super().__init__("\n".join(problem.sentence() for problem in self.problems))
