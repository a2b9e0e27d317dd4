"""What the office should look at first: outcomes that hang on a vote or two, flags raised, quotas, groups that kept silent.

Made once of a report and kept with its view: six thousand subjects are as quick as twenty. What is near is decided on the votes
that flags are shown with; a flag whose numbers are held back is on no list.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey_app.i18n import gettext as _
from survey_app.models import Headcount
from survey_app.services.results import findings, outcomes
from survey_app.services.results.cells import FlagShown
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.outcomes import ExplainableFinding

#: An outcome that so many votes would turn is near its line.
NEAR = 2
#: A group of whom less than this part answered is silent.
SILENT = Fraction(1, 2)
#: Findings about places in a quota that several subjects stand level for.
_TIES = frozenset({"tie_at_edge", "tie_unbroken", "remainders_equal"})


@dataclass(frozen=True)
class NearFlag:
    """A flag about somebody that so few votes would turn; `votes` below zero: fewer of them."""

    person: Person
    flag: FlagShown

    @property
    def votes(self) -> int:
        """How many votes, whichever way."""
        return abs(self.flag.votes or 0)

    @property
    def sentence(self) -> str:
        """Whether it is raised, and what would turn it."""
        more = (self.flag.votes or 0) > 0
        if self.flag.raised:
            told = _("成立，再多 %(n)s 票就不成立") if more else _("成立，再少 %(n)s 票就不成立")
        else:
            told = _("不成立，再多 %(n)s 票就成立") if more else _("不成立，再少 %(n)s 票就成立")
        return told % {"n": self.votes}


@dataclass(frozen=True)
class FlagCount:
    """One kind of flag: about how many subjects it is raised."""

    key: str
    title: str
    raised: int


@dataclass(frozen=True, kw_only=True)
class SilentGroup:
    """A group of a unit of whom few answered."""

    group: str
    unit: str
    answered: int
    asked: int


@dataclass(frozen=True, kw_only=True)
class Attention:
    """What to look at first. `near`: nearest first, those raised before those not; `withheld`: subjects of whom figures are kept
    back."""

    near: tuple[NearFlag, ...]
    flags: tuple[FlagCount, ...]
    ties: tuple[str, ...]
    silent: tuple[SilentGroup, ...]
    waiting: tuple[ExplainableFinding, ...]
    withheld: int

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing."""
        return not (self.near or self.flags or self.ties or self.silent or self.waiting or self.withheld)


def of_report(loaded: Loaded, heads: Callable[[], Sequence[Headcount]]) -> Attention:
    """What the office should look at first in this report. `heads`: the head-counts, read once a report."""
    return Attention(
        near=near(loaded),
        flags=_flags(loaded),
        ties=tuple(sentence for one, sentence in findings.tell(loaded) if one.code in _TIES),
        silent=loaded.view.once("silent", lambda: _silent(loaded, heads())),
        waiting=tuple(outcomes.unexplained(loaded)),
        withheld=sum(bool(one.cells or one.values) for one in loaded.counted.held.decided.values()),
    )


def near(loaded: Loaded) -> tuple[NearFlag, ...]:
    """Every flag of everybody shown that a vote or two would turn, the nearest first."""
    return _looked_through(loaded)[0]


def raised(loaded: Loaded) -> Mapping[str, frozenset[str]]:
    """About whom each flag is raised, by flag, as far as whoever reads may know of it."""
    return _looked_through(loaded)[1]


def _looked_through(loaded: Loaded) -> tuple[tuple[NearFlag, ...], Mapping[str, frozenset[str]]]:
    """All flags of everybody shown, looked at once."""
    return loaded.view.once(("flags", loaded.allowed), lambda: _look_through(loaded))


def _look_through(loaded: Loaded) -> tuple[tuple[NearFlag, ...], Mapping[str, frozenset[str]]]:
    close: list[NearFlag] = []
    about: dict[str, set[str]] = {key: set() for key in loaded.scheme.layout.flags}
    for person in loaded.visible():
        for key, codes in about.items():
            for flag in loaded.view.flags(key, person.code):
                if flag.raised:
                    codes.add(person.code)
                if flag.votes is not None and abs(flag.votes) <= NEAR and flag.whole:
                    close.append(NearFlag(person, flag))
    close.sort(key=lambda one: (one.votes, one.flag.raised is not True))
    return tuple(close), {key: frozenset(codes) for key, codes in about.items()}


def _flags(loaded: Loaded) -> tuple[FlagCount, ...]:
    found = (FlagCount(key, loaded.view.title(key), len(who)) for key, who in raised(loaded).items() if who)
    return tuple(sorted(found, key=lambda one: -one.raised))


def _silent(loaded: Loaded, heads: Sequence[Headcount]) -> tuple[SilentGroup, ...]:
    """Groups of which less than half answered, the most silent first; only those somebody counted."""
    entitled = {(head.unit.code if head.unit else "", head.group_key): head.entitled for head in heads}
    cast: Counter[tuple[str, str]] = Counter()
    for book in loaded.view.books():
        cast[book.unit, book.group] += book.cast - book.superseded
    names = {person.unit: person.unit_name for person in loaded.people.values()}
    found = [
        SilentGroup(
            group=loaded.scheme.groups[group].title.in_(loaded.view.language),
            unit=names.get(unit, unit),
            answered=cast[unit, group],
            asked=asked,
        )
        for (unit, group), asked in entitled.items()
        if asked and group in loaded.scheme.groups and cast[unit, group] < SILENT * asked and _was_asked(loaded, group)
    ]
    return tuple(sorted(found, key=lambda one: Fraction(one.answered, one.asked)))


def _was_asked(loaded: Loaded, group: str) -> bool:
    """Whether everybody entitled was asked: of a public that is only sampled, most are not."""
    one = loaded.scheme.groups[group]
    return one.drawn or not one.sampled
