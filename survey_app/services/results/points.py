"""Where points were gained and lost: each item beside full marks and beside the class, the best and the worst three.

The mean of a class is taken over figures as they stand on pages, so it says nothing that they do not; only who reads all of them
gets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from survey_app.i18n import gettext as _
from survey_app.presenting.charts import bars
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results import by_item
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.pools import Pool, members, pool_of
from survey_app.services.results.standing import points

#: So many items stand among the best, and among the worst.
FIRST = 3


@dataclass(frozen=True, kw_only=True)
class ItemPoints:
    """One item: what it got, of how much, and the mean of the class (None: nobody else, or not for this reader)."""

    title: str
    own: Fraction
    shown: str
    full: Fraction | None
    others: Fraction | None

    @property
    def lost(self) -> str:
        """Points lost against full marks."""
        return "" if self.full is None else points(self.full - self.own)

    @property
    def against(self) -> str:
        """Points more or fewer than the class, signed."""
        return "" if self.others is None else signed(self.own - self.others)

    @property
    def mean(self) -> str:
        """The mean of the class."""
        return "" if self.others is None else points(self.others)

    @property
    def whole(self) -> str:
        """Full marks."""
        return "" if self.full is None else points(self.full)

    @property
    def reached(self) -> Fraction | None:
        """Which part of full marks it got, for comparing items."""
        return self.own / self.full if self.full else None


@dataclass(frozen=True)
class PointsTable:
    """The items of one subject, with the best and the worst of them (by the part of full marks)."""

    items: tuple[ItemPoints, ...]

    @property
    def best(self) -> tuple[ItemPoints, ...]:
        """The best few, where there are enough to choose from."""
        return tuple(self._ranked()[: self._few()])

    @property
    def worst(self) -> tuple[ItemPoints, ...]:
        """The worst few, the worst first; none that is among the best."""
        return tuple(self._ranked()[::-1][: self._few()])

    def _few(self) -> int:
        return min(FIRST, len(self._ranked()) // 2)

    def _ranked(self) -> Sequence[ItemPoints]:
        return sorted((one for one in self.items if one.reached is not None), key=lambda one: -(one.reached or 0))


def of_subject(loaded: Loaded, code: str) -> PointsTable:
    """Every item that is shown about this subject, with full marks and the class beside it."""
    return loaded.view.lately(("points", code, loaded.allowed), lambda: PointsTable(tuple(_items(loaded, code))))


def drawn(table: PointsTable) -> Drawing | None:
    """Every item as a bar towards full marks, the class as a line in it; None where no item has full marks."""
    rows = [
        bars.LineRow(
            label=one.title,
            part=max(Fraction(0), one.own),
            base=one.full,
            line=None if one.others is None else one.others / one.full,
            note=_("%(own)s / %(full)s", own=one.shown, full=one.whole),
            line_note="" if one.others is None else _("同类平均 %(n)s", n=one.mean),
            part_text=_("失 %(n)s", n=one.lost) if one.full > one.own else _("满分"),
        )
        for one in table.items
        if one.full
    ]
    return bars.beside_line(_("各项得分：到满分的几成"), rows) if rows else None


def _items(loaded: Loaded, code: str) -> list[ItemPoints]:
    found = []
    for key, labels, title in by_item.places(loaded, code):
        cell = loaded.view.cell(key, {**labels, "subject": code})
        if cell.number is None or cell.missing or not _is_points(loaded, key):
            continue
        others = _mean(loaded, key, tuple(labels.items()), pool_of(loaded, code)) if loaded.allowed is None else None
        found.append(
            ItemPoints(
                title=title, own=cell.number.exact, shown=cell.text, full=full_marks(loaded, labels["item"]), others=others
            )
        )
    return found


def _is_points(loaded: Loaded, key: str) -> bool:
    info = loaded.scheme.quantities.get(key)
    return info is not None and info.kind == "number"


def full_marks(loaded: Loaded, item: str) -> Fraction | None:
    """The most one answer can be worth; None for an indicator above items."""
    if item not in loaded.scheme.items:
        return None
    choices = loaded.scheme.scales[loaded.scheme.items[item].scale].choices
    return max((choice.value for choice in choices if choice.value is not None), default=None)


def _mean(loaded: Loaded, key: str, labels: tuple[tuple[str, str], ...], pool: Pool) -> Fraction | None:
    def made() -> Fraction | None:
        cells = [loaded.view.cell(key, {**dict(labels), "subject": code}) for code in members(loaded, pool)]
        values = [cell.number.exact for cell in cells if cell.number is not None and not cell.missing]
        return sum(values, Fraction(0)) / len(values) if len(values) > 1 else None

    return loaded.view.once(("mean", key, labels, pool), made)


def signed(value: Fraction) -> str:
    """A difference with its sign."""
    told = points(abs(value))
    return told if not value else _("高 %(n)s", n=told) if value > 0 else _("低 %(n)s", n=told)
