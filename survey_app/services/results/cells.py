"""Cells, flags and their words: a value of the report as a page or a file shows it, with what it exactly is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Protocol

from analysis.errors import AnalysisError
from analysis.explaining.trace import TraceNode
from analysis.numerals import decimal
from analysis.reasons import Reason
from analysis.report import Report
from analysis.values import NOT_APPLICABLE, Missing, Value
from questionnaires.model import QuantityInfo, Scheme
from questionnaires.tables.sheet import Number
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.services.release.withholding import WITHHELD, Held
from survey_app.services.results import words
from survey_app.services.results.rulings import Spot


@dataclass(frozen=True)
class Shown:
    """A value as shown. `exact` is the fraction where `text` had to cut it; `number` for files; `missing`: there is no value.

    `order` sorts: numbers by value, words by their place in the scheme's list, missing last.
    """

    text: str
    exact: str = ""
    number: Number | None = None
    missing: bool = False
    truth: bool | None = None
    order: tuple[int, Fraction, str] = (1, Fraction(0), "")
    applies: bool = True  # False: this quantity is not asked of this subject at all


@dataclass(frozen=True)
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


def shown(value: Value, info: QuantityInfo | None, language: str) -> Shown:
    """A value under its quantity's way of being shown; without one, numbers stand in full or with two digits."""
    if isinstance(value, Missing):
        return Shown(
            words.missing(value.reason),
            missing=True,
            order=(2, Fraction(0), value.reason),
            applies=value != NOT_APPLICABLE,
        )
    if isinstance(value, bool):
        return Shown(_("是") if value else _("否"), truth=value, order=(0, Fraction(int(value)), ""))
    if isinstance(value, Fraction):
        return _shown_number(value, info)
    labels = info.labels if info else {}
    place = list(labels).index(value) if value in labels else len(labels)
    return Shown(labels[value].in_(language) if value in labels else value, order=(0, Fraction(-place), value))


def _shown_number(value: Fraction, info: QuantityInfo | None) -> Shown:
    kind, digits = (info.kind, info.digits) if info else ("number", None)
    if kind == "rank":
        number = figures.number(value, None)
        return Shown(_("第 %(n)s", n=number.text), number=number, order=(0, -value, ""))
    number = figures.share(value, digits) if kind == "share" else figures.number(value, digits)
    exact = "" if figures.is_exact(number) else str(value)
    return Shown(number.text, exact, number, order=(0, value, ""))


def plain(value: Fraction) -> str:
    """A number in full where it ends soon, else as a fraction: for counts, weights and lines."""
    return decimal(value)


#: What stands where a number or a grade waits for a person's word; the same while nobody ruled and where it was set aside.
UNSETTLED = N_("未确定")


class Outlet(Protocol):
    """What may not leave the office because no person confirmed it (`audience`)."""

    def hides(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this cell may not."""

    def hides_node(self, node: TraceNode) -> bool:
        """Whether this step of a calculation may not."""

    def lets_flag(self, key: str, labels: Mapping[str, str]) -> bool:
        """Whether this raised flag may."""

    def confirmed(self, spot: Spot) -> bool:
        """Whether this outcome may."""


@dataclass(frozen=True)
class Reading:
    """A report as somebody reads it: with its scheme's words, in one language. `held`: what may not be shown (None: nothing);
    `outlet`: what waits for a person before it leaves the office (None: the office reads)."""

    report: Report
    scheme: Scheme
    language: str
    held: Held | None = None
    outlet: Outlet | None = None

    def title(self, key: str) -> str:
        """A quantity's title, or its name."""
        return self.scheme.quantities[key].title.in_(self.language) if key in self.scheme.quantities else key

    def shown(self, key: str, value: Value) -> Shown:
        """A value of the quantity `key` as shown."""
        return shown(value, self.scheme.quantities.get(key), self.language)

    def cell(self, key: str, labels: Mapping[str, str]) -> Shown:
        """The cell of `key` at these labels (those its table has); "does not apply" where there is none."""
        table = self.report.tables.get(key)
        if table is None:
            return self.shown(key, Missing(Reason.NOT_APPLICABLE))
        hidden = self.hidden(key, labels)
        if hidden:
            return Shown(_(hidden), missing=True, order=(2, Fraction(0), hidden))
        value = table.cells.get(tuple(labels.get(axis, "") for axis in table.axes), Missing(Reason.NOT_APPLICABLE))
        return self.shown(key, value)

    def hidden(self, key: str, labels: Mapping[str, str]) -> str:
        """Why this cell may not be shown, as one of our sentences; "" where it may."""
        if self.held is not None and self.held.value(key, labels):
            return WITHHELD
        return UNSETTLED if self.outlet is not None and self.outlet.hides(key, labels) else ""

    def labels(self, labels: Mapping[str, str], *, without: str = "subject") -> str:
        """The labels of a cell in words, the subject left out."""
        return " · ".join(
            label_name(self.scheme, axis, label, self.language) for axis, label in labels.items() if axis != without
        )

    def flags(self, key: str, subject: str) -> list[FlagShown]:
        """Every cell of one flag for one subject; one over groups or items has several. Outside the office: those confirmed."""
        return [
            self._flag(key, labels, value)
            for labels, value in self.by_subject(key).get(subject, ())
            if self.outlet is None or (value is True and self.outlet.lets_flag(key, {**labels, "subject": subject}))
        ]

    def by_subject(self, key: str) -> Mapping[str, Sequence[tuple[dict[str, str], Value]]]:
        """The cells of one table by subject: looked up once, because a page asks for every subject in turn."""
        if key not in self._cells:
            table, found = self.report.tables.get(key), defaultdict[str, list[tuple[dict[str, str], Value]]](list)
            for cell, value in sorted(table.cells.items()) if table else ():
                labels = dict(zip(table.axes, cell, strict=True)) if table else {}
                for subject in [labels["subject"]] if "subject" in labels else [one.id for one in self.report.subjects]:
                    found[subject].append((labels, value))
            self._cells[key] = found
        return self._cells[key]

    @cached_property
    def _cells(self) -> dict[str, Mapping[str, Sequence[tuple[dict[str, str], Value]]]]:
        return {}

    def _flag(self, key: str, labels: Mapping[str, str], value: Value) -> FlagShown:
        info = self.scheme.quantities.get(key)
        bare = FlagShown(
            key,
            self.title(key),
            raised=value if isinstance(value, bool) else None,
            reason=words.missing(value.reason) if isinstance(value, Missing) else "",
            note=info.note.in_(self.language) if info and info.note else "",
            place=self.labels(labels),
            at="·".join(label for axis, label in labels.items() if axis != "subject"),
            labels=labels,
        )
        if self.held is not None and self.held.value(key, labels):
            return replace(bare, sentence=_(WITHHELD))
        try:
            books = self.report.test(key, **labels)
        except AnalysisError:
            return bare  # a flag made of other flags: its own books stand with those
        if bare.raised is None or not isinstance(books.right, Fraction) or not isinstance(books.left, Fraction):
            return bare
        line = plain(books.right)
        stands = replace(bare, line=line, sentence=words.reached(books.cmp, line, verdict=bare.raised))
        if books.numerator is None or books.denominator is None or books.line is None:
            return replace(stands, fraction=plain(books.left))
        top, bottom = plain(books.numerator), plain(books.denominator)
        return replace(
            stands,
            numerator=top,
            denominator=bottom,
            fraction=f"{top}/{bottom}",
            share=figures.share(books.numerator / books.denominator).text if books.denominator else "",
            base=_("基数 %(base)s，线在 %(line)s 票", base=bottom, line=plain(books.line)),
            turning=words.turning(books.votes),
        )


def label_name(scheme: Scheme, axis: str, label: str, language: str) -> str:
    """A label of an axis in words."""
    if axis == "group":
        if label in scheme.groups:
            return scheme.groups[label].title.in_(language)
        return scheme.sides[label].in_(language) if label in scheme.sides else label
    if axis == "item":
        if label in scheme.items:
            return scheme.items[label].text.in_(language)
        return scheme.indicators[label].in_(language) if label in scheme.indicators else label
    return label
