"""What the result view may hand out: figures the disclosure test looked at, and those it need not look at, for a named reason.

Threat answered to: a page or a file that shows one number more than the test was told of. Whatever the test decided holds for
the numbers it looked at; one more beside them may give away what it held back. Such a number is refused, not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from analysis.explaining.trace import TraceNode
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.services.release.withholding import Held


class UnseenFigureError(RefusedError):
    """A page or a file asked for a figure that the disclosure test did not look at."""


class NoTest(StrEnum):
    """Why a figure may be handed out untested; the sentence says who answers for it."""

    FOLDER = "counted from a folder on the office's own machine: there is no release plan, and nothing leaves by this way"
    TAKEN_OVER = "becomes evidence of the same office's next round, typed in as from a paper: nobody else is shown it"
    BUNDLE = "goes into a bundle, which cuts the counts of small places first and gives only what follows from the rest"


class Gate(Protocol):
    """Which figures may be handed out. Every method raises UnseenFigureError where the test did not look."""

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this value of a quantity is held back."""

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """Whether this number, by which the flag `key` was decided, is held back."""

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """Whether these answers are held back."""

    def hides_step(self, node: TraceNode, subject: str) -> bool:
        """Whether a step of a calculation about a subject is: it rests on answers that are. Others follow from what is shown."""

    def let_whole(self) -> None:
        """Pass where the whole report may be taken as it is."""


@dataclass(frozen=True, eq=False)
class Tested:
    """The gate of a campaign: what the test held back under its release plan stays back, what it did not look at is refused."""

    held: Held

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether the test held this value back."""
        if not self.held.looks_at(key):
            raise _unseen(key)
        return self.held.value(key, labels)

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """Whether the test held the flag's numbers back."""
        if key not in self.held.scheme.layout.flags or step not in self.held.books(key):
            raise _unseen(step)
        return self.held.value(key, labels)

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """Whether the test held these answers back; it looks at all there are."""
        if (subject, group, item) not in self.held.report.tally.counts:
            raise _unseen(f"{subject} {group} {item}")
        return self.held.cell(subject, group, item)

    def hides_step(self, node: TraceNode, subject: str) -> bool:
        """Whether it rests on answers held back of this subject; what others got is looked at with them."""
        return self.held.under(node, subject)

    def let_whole(self) -> None:
        """Never: what the test holds back stands in a report like everything else."""
        raise UnseenFigureError(N_("整份结果里有不能公布的数，不能照原样拿出来；请用结果的各页和文件。"))


@dataclass(frozen=True)
class Untested:
    """A gate without a test, for the reason given."""

    why: NoTest

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Nothing is hidden."""
        return False

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """Nothing is hidden."""
        return False

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """Nothing is hidden."""
        return False

    def hides_step(self, node: TraceNode, subject: str) -> bool:
        """Nothing is hidden."""
        return False

    def let_whole(self) -> None:
        """Whoever has a reason takes the whole."""


def _unseen(what: str) -> UnseenFigureError:
    return UnseenFigureError(
        N_("“%(what)s”没有查过会不会露出少数几个人的答案，不能显示；请在方案的“结果”里列出它，或者告诉维护系统的人。"), what=what
    )
