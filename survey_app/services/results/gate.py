"""What the result view may hand out, by which way out: figures that were decided about, and those that need no decision, for a
named reason.

Threat answered to: a way out that prints one number more than was decided about. Whatever was decided holds for all that leaves;
one more beside it may give away what is held back. Such a number is refused, not shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from analysis.explaining.trace import TraceNode
from questionnaires.model import Scheme
from survey_app.errors import RefusedError
from survey_app.i18n import N_
from survey_app.presenting import figures
from survey_app.services.release.readers import ANSWERS, FLAG, PAGES, WayOut
from survey_app.services.release.withholding import Held


class UnseenFigureError(RefusedError):
    """A way out asked for a figure that nobody decided about, or that does not leave by it."""


class NoTest(StrEnum):
    """Why a figure may be handed out untested; the sentence says who answers for it."""

    FOLDER = "counted from a folder on the office's own machine: there is no release plan, and nothing leaves by this way"
    BUNDLE = "goes into a bundle: an auditor's is sworn, the public one is cut by the decision before it is signed"


class Gate(Protocol):
    """Which figures may be handed out. Every method raises UnseenFigureError where the test did not look."""

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this value of a quantity is held back."""

    def digits(self, key: str, labels: Mapping[str, str]) -> int | None:
        """With how many digits a value leaves whose exact value does not; None where it leaves as it is."""

    def hides_verdict(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether not even whether this flag is up may be said."""

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """Whether this number, by which the flag `key` was decided, is held back."""

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """Whether these answers are held back."""

    def hides_step(self, node: TraceNode) -> bool:
        """Whether a step of a calculation is: it rests on answers that are. Others follow from what is shown."""

    def let_whole(self) -> None:
        """Pass where the whole report may be taken as it is."""


@dataclass(frozen=True, eq=False)
class Tested:
    """The gate of a campaign at one way out: what is held back stays back, what was not decided about or leaves by another way
    is refused."""

    held: Held
    way: WayOut = PAGES
    _lets: dict[str, bool] = field(default_factory=dict)

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this value is held back."""
        lets = self._lets.get(key)
        if lets is None:  # the same at every subject, and asked at each
            lets = self._lets[key] = not self.held.looks_at(key).isdisjoint(self.way.prints)
        if not lets:
            raise _unseen(key)
        return self.held.value(key, labels)

    def digits(self, key: str, labels: Mapping[str, str]) -> int | None:
        """With how many digits it leaves, where it rests on anything held back."""
        return self.held.announced(key, labels)

    def hides_verdict(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether not even whether this flag is up may be said."""
        return self.held.verdict(key, labels)

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """Whether the flag's numbers are held back."""
        if key not in self.held.scheme.layout.flags or step not in self.held.books(key) or FLAG not in self.way.prints:
            raise _unseen(step)
        return self.held.value(key, labels)

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """Whether these answers are held back; all there are were decided about."""
        if (subject, group, item) not in self.held.report.tally.counts or ANSWERS not in self.way.prints:
            raise _unseen(f"{subject} {group} {item}")
        return self.held.cell(subject, group, item)

    def hides_step(self, node: TraceNode) -> bool:
        """Whether it rests on answers that are held back, whoever they are about."""
        return self.held.under(node)

    def let_whole(self) -> None:
        """Never: what the test holds back stands in a report like everything else."""
        raise UnseenFigureError(N_("整份结果里有不能公布的数，不能照原样拿出来；请用结果的各页和文件。"))


@dataclass(frozen=True, eq=False)
class TakenOver:
    """The gate of the same office's next round, which reads any quantity, as it left this one: `results.earlier` sees to it."""

    held: Held

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this value is held back."""
        return self.held.value(key, labels)

    def digits(self, key: str, labels: Mapping[str, str]) -> int | None:
        """With how many digits it leaves, where it rests on anything held back."""
        return self.held.announced(key, labels)

    def hides_verdict(self, key: str, labels: Mapping[str, str]) -> bool:
        """No flag is taken over."""
        raise _unseen(key)

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """No flag is taken over."""
        raise _unseen(step)

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """No answers are taken over."""
        raise _unseen(f"{subject} {group} {item}")

    def hides_step(self, node: TraceNode) -> bool:
        """No calculation is taken over."""
        raise _unseen(node.name)

    def let_whole(self) -> None:
        """Cell by cell only: each is asked about before it is stored."""


@dataclass(frozen=True, eq=False)
class Supposed:
    """The gate of figures that were supposed under another scheme: of subjects on whose answers nothing is held back, and no
    others. `results.other_scheme` sees to who they are."""

    held: Held
    scheme: Scheme
    open: frozenset[str]

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether it is about anybody else."""
        return labels.get("subject", "") not in self.open

    def digits(self, key: str, labels: Mapping[str, str]) -> int | None:
        """As many as are announced, while anything at all is held back: exact values would tell more of those beside them."""
        info = self.scheme.quantities.get(key)
        kind, digits = (info.kind, info.digits) if info else ("number", None)
        return figures.announced_digits(kind, digits) if self.held.hidden and kind in ("number", "share") else None

    def hides_verdict(self, key: str, labels: Mapping[str, str]) -> bool:
        """No flag is supposed."""
        raise _unseen(key)

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """No flag is supposed."""
        raise _unseen(step)

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """No answers are supposed: they are what they are."""
        raise _unseen(f"{subject} {group} {item}")

    def hides_step(self, node: TraceNode) -> bool:
        """No calculation is shown of it."""
        return True

    def let_whole(self) -> None:
        """Never."""
        raise UnseenFigureError(N_("假设的结果不能整份拿出来；它不是谁的结果。"))


@dataclass(frozen=True)
class Untested:
    """A gate without a test, for the reason given."""

    why: NoTest

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Nothing is hidden."""
        return False

    def digits(self, key: str, labels: Mapping[str, str]) -> int | None:
        """Every value as it is."""

    def hides_verdict(self, key: str, labels: Mapping[str, str]) -> bool:
        """Nothing is hidden."""
        return False

    def hides_book(self, key: str, step: str, labels: Mapping[str, str]) -> bool:
        """Nothing is hidden."""
        return False

    def hides_answers(self, subject: str, group: str, item: str) -> bool:
        """Nothing is hidden."""
        return False

    def hides_step(self, node: TraceNode) -> bool:
        """Nothing is hidden."""
        return False

    def let_whole(self) -> None:
        """Whoever has a reason takes the whole."""


def _unseen(what: str) -> UnseenFigureError:
    return UnseenFigureError(
        N_("“%(what)s”没有查过会不会露出少数几个人的答案，不能显示；请在方案的“结果”里列出它，或者告诉维护系统的人。"), what=what
    )
