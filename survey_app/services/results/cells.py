"""Cells, flags and answers: how a value of the report looks on a page or in a file, with what it exactly is.

May not live here: which values may be shown (`results.view`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from analysis.numerals import decimal
from analysis.values import NOT_APPLICABLE, Missing, Value
from questionnaires.model import QuantityInfo
from questionnaires.tables.sheet import Number
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.services.results import words
from survey_app.services.results.naming import Naming


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A value as shown. `exact` is the fraction where `text` had to cut it; `number` for files; `missing`: there is no value.

    `order` sorts: numbers by value, words by their place in the scheme's list, missing last. `announced`: only so many digits
    leave, and what it exactly is does not. `coarse`: with fewer than the scheme says, because with more they would show what few
    people answered.
    """

    text: str
    exact: str = ""
    number: Number | None = None
    missing: bool = False
    truth: bool | None = None
    order: tuple[int, Fraction, str] = (1, Fraction(0), "")
    announced: bool = False
    coarse: bool = False
    applies: bool = True  # False: this quantity is not asked of this subject at all


@dataclass(frozen=True, kw_only=True)
class FlagShown:
    """A flag with its books. `raised` None: it cannot be decided. `fraction` as counted, `sentence` how it stands to the line."""

    key: str
    title: str
    raised: bool | None
    reason: str = ""
    fraction: str = ""
    share: str = ""
    base: str = ""
    sentence: str = ""
    turning: str = ""
    note: str = ""
    place: str = ""  # the other axes of the flag (a group, an item), in words
    numerator: str = ""
    denominator: str = ""
    line: str = ""
    at: str = ""  # the same as keys, for telling the places of one flag apart
    labels: Mapping[str, str] = field(default_factory=dict)  # the whole cell's labels
    votes: int | None = None  # how many more (below zero: fewer) votes would give the other verdict
    part: Fraction | None = None  # numerator, denominator and the share where it turns, for drawing
    whole: Fraction | None = None
    turns: Fraction | None = None


@dataclass(frozen=True)
class Answers:
    """How often each mark was given to one item about one subject by one group: by code, blank lines first.

    `withheld`: too few answered; then there is no count.
    """

    counts: tuple[int, ...] = ()
    withheld: bool = False

    @property
    def blank(self) -> int:
        """Lines left blank."""
        return self.of(0)

    def of(self, code: int) -> int:
        """How often this mark was given."""
        return self.counts[code] if code < len(self.counts) else 0


def show(value: Value, info: QuantityInfo | None, naming: Naming, digits: int | None = None) -> Shown:
    """A value under its quantity's way of being shown; without one, numbers stand in full or with two digits.

    `digits`: only the number announced with so many digits may leave, not what it exactly is.
    """
    if isinstance(value, Missing):
        return Shown(
            text=words.missing(value.reason),
            missing=True,
            order=(2, Fraction(0), value.reason),
            applies=value != NOT_APPLICABLE,
        )
    if isinstance(value, bool):
        return Shown(text=_("是") if value else _("否"), truth=value, order=(0, Fraction(int(value)), ""))
    if isinstance(value, Fraction):
        return _shown_number(value, info) if digits is None else _announced(value, info, digits)
    labels = info.labels if info else {}
    place = list(labels).index(value) if value in labels else len(labels)
    called = labels[value].in_(naming.language) if value in labels else naming.grades.get(value, value)
    return Shown(text=called, order=(0, Fraction(-place), value))


def instead(words_for_it: str) -> Shown:
    """What stands where a value may not be shown: one of our sentences."""
    return Shown(text=_(words_for_it), missing=True, order=(2, Fraction(0), words_for_it))


def _shown_number(value: Fraction, info: QuantityInfo | None) -> Shown:
    kind, digits = (info.kind, info.digits) if info else ("number", None)
    if kind == "rank":
        number = figures.number(value, None)
        return Shown(text=_("第 %(n)s", n=number.text), number=number, order=(0, -value, ""))
    return _in_digits(value, share=kind == "share", digits=digits)


@lru_cache(maxsize=1 << 13)
def _in_digits(value: Fraction, *, share: bool, digits: int | None) -> Shown:
    """A number as it is written in every language; of a column's thousands most say what another says."""
    number = figures.share(value, digits) if share else figures.number(value, digits)
    exact = "" if figures.is_exact(number) else str(value)
    return Shown(text=number.text, exact=exact, number=number, order=(0, value, ""))


def _announced(value: Fraction, info: QuantityInfo | None, digits: int) -> Shown:
    """The number as announced: nothing else of it stands here, not even what it is sorted by."""
    number = figures.announced(value, info.kind if info else "number", digits)
    coarse = digits < figures.announced_digits(info.kind if info else "number", info.digits if info else None)
    return Shown(text=number.text, number=number, order=(0, number.exact, ""), announced=True, coarse=coarse)


def plain(value: Fraction) -> str:
    """A number in full where it ends soon, else as a fraction: for counts, weights and lines."""
    return decimal(value)
