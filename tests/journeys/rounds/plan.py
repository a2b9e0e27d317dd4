"""What a walked round consists of. Everything in it is text an office or a rater would type; nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Table = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Typed:
    """One entry written into the form of the evidence page: its kind and the fields of that form, by their names."""

    kind: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Round:
    """A round: `answer(group, subject, item, number)` is the label the rater chooses, `voters` how many fill each group's form in
    each unit, `numbers` and `tiers` what a subject's page shows beside a title, `raised` and `clear` the flags by subject."""

    scheme: str
    period: str
    roster: Mapping[str, Table]
    answer: Callable[[str, str, str, int], str]
    voters: Mapping[tuple[str, str], int]
    evidence: Mapping[str, Table] = field(default_factory=dict)
    typed: Sequence[Typed] = ()
    takes_earlier: bool = False
    shows: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    raised: Mapping[str, Sequence[str]] = field(default_factory=dict)
    clear: Mapping[str, Sequence[str]] = field(default_factory=dict)
    says: Mapping[str, Sequence[str]] = field(default_factory=dict)
