"""What came in and how good it is, in neutral words: forms, blank lines, "do not know", what is held back (output 8).

Ballots bear no time and are tied to nobody, so bursts and copied forms cannot be looked for, and the page says so: the price of
secrecy.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.services.results.loaded import Loaded

#: Where more than this part of a group did not know, an item is named.
UNKNOWN = Fraction(1, 4)
NAMED = 5


@dataclass(frozen=True, kw_only=True)
class QualityLine:
    """One group: forms that came in, those that could not count, lines left blank, "do not know"; parts of the lines that
    show."""

    title: str
    cast: int
    valid: int
    blank: int
    invalid: int
    empty: str
    unknown: str
    shown: int
    withheld: int


@dataclass(frozen=True, kw_only=True)
class UnknownItem:
    """An item that many of a group knew nothing of."""

    group: str
    item: str
    part: str
    share: Fraction


@dataclass(frozen=True)
class DataQuality:
    """Every group, the items least known, and how many distributions are held back in all."""

    lines: tuple[QualityLine, ...]
    unknown: tuple[UnknownItem, ...]
    withheld: int


@dataclass
class _Lines:
    """Lines of forms as they show: answered, left blank, "do not know"; and how many distributions are held back."""

    counted: Counter[str]
    shown: int = 0
    withheld: int = 0


def of_report(loaded: Loaded) -> DataQuality:
    """What came in, from books and from distributions as released."""
    scheme, language = loaded.scheme, loaded.view.language
    unknown = {
        key: {choice.code for choice in scheme.scales[item.scale].choices if choice.kind == "unknown"}
        for key, item in scheme.items.items()
    }
    groups = {key: _Lines(Counter()) for key in scheme.groups}
    items: dict[tuple[str, str], Counter[str]] = {}
    for person in loaded.visible():
        for group, item in loaded.view.asked(person.code):
            given, lines = loaded.view.answers(person.code, group, item), groups[group]
            if given is None:
                continue
            if given.withheld:
                lines.withheld += 1
                continue
            seen = Counter(
                all=sum(given.counts),
                blank=given.blank,
                unknown=sum(given.of(code) for code in unknown[item]),
            )
            lines.shown += 1
            lines.counted += seen
            items.setdefault((group, item), Counter()).update(seen)
    named = [
        UnknownItem(
            group=scheme.groups[group].title.in_(language),
            item=scheme.items[item].text.in_(language),
            part=_part(seen, "unknown"),
            share=Fraction(seen["unknown"], seen["all"]),
        )
        for (group, item), seen in items.items()
        if seen["unknown"] > UNKNOWN * seen["all"]
    ]
    named.sort(key=lambda one: -one.share)
    return DataQuality(
        tuple(_line(loaded, key, lines) for key, lines in groups.items()),
        tuple(named[:NAMED]),
        sum(lines.withheld for lines in groups.values()),
    )


def _line(loaded: Loaded, group: str, lines: _Lines) -> QualityLine:
    books = [book for book in loaded.view.books() if book.group == group]
    return QualityLine(
        title=loaded.scheme.groups[group].title.in_(loaded.view.language),
        cast=sum(book.cast - book.superseded for book in books),
        valid=sum(book.valid for book in books),
        blank=sum(book.blank for book in books),
        invalid=sum(book.invalid for book in books),
        empty=_part(lines.counted, "blank"),
        unknown=_part(lines.counted, "unknown"),
        shown=lines.shown,
        withheld=lines.withheld,
    )


def _part(seen: Mapping[str, int], kind: str) -> str:
    if not seen.get("all"):
        return _("没有")
    return figures.share(Fraction(seen[kind], seen["all"]), 0).text
