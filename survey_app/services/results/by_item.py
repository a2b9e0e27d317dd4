"""What one subject got item by item: the quantities a scheme shows by item, a line per item, a column per quantity and group.

Lives here: which lines and columns there are. May not live here: how often each answer was given (`results.distributions`).
"""

from __future__ import annotations

from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.services.results import unfolding
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.naming import label_name
from survey_app.services.results.unfolding import CalculationLine


@dataclass(frozen=True)
class ItemCell:
    """A value and the way it came about; no steps where there is nothing to unfold."""

    shown: Shown
    steps: tuple[CalculationLine, ...] = ()


@dataclass(frozen=True)
class ItemLine:
    """One item, or an indicator above items, and its cells in the order of the columns."""

    title: str
    indicator: str
    cells: tuple[ItemCell, ...]


@dataclass(frozen=True)
class ItemTable:
    """Titles of the columns, and the lines; no lines where nothing is shown by item of this subject."""

    columns: tuple[str, ...] = ()
    lines: tuple[ItemLine, ...] = ()


#: A quantity, and the group its column is for ("" where it has none).
_Column = tuple[str, str]
#: Axes a column can stand for. A quantity over single raters has others, and is never shown cell by cell.
_SHOWN = ({"subject", "item"}, {"subject", "item", "group"})


def by_item(loaded: Loaded, code: str, *, unfold: bool = True) -> ItemTable:
    """The table of one subject. `unfold`: with calculations, as a page shows them; files do without."""
    if not loaded.lets("answers"):
        return ItemTable()
    scheme = loaded.scheme
    items = [*scheme.items, *scheme.indicators]
    there = {place for key in scheme.layout.by_item for place in _places(loaded, key, code)}
    columns = [
        (key, group)
        for key in scheme.layout.by_item
        for group in ("", *scheme.groups, *scheme.sides)
        if any((key, item, group) in there for item in items)
    ]
    lines = tuple(
        _line(loaded, code, item, columns, unfold=unfold)
        for item in items
        if any((key, item, group) in there for key, group in columns)
    )
    return ItemTable(tuple(_title(loaded, column) for column in columns), lines)


def places(loaded: Loaded, code: str) -> list[tuple[str, dict[str, str], str]]:
    """Where a quantity shown by item has a value about this subject: quantity, labels, and what that is called; in the scheme's
    order, nothing where the plan says so."""
    if not loaded.lets("answers"):
        return []
    scheme, found = loaded.scheme, []
    for item in [*scheme.items, *scheme.indicators]:
        for key in scheme.layout.by_item:
            for _key, at, group in _places(loaded, key, code):
                if at == item:
                    title = label_name(scheme, "item", item, loaded.view.language)
                    if group:
                        whose = label_name(scheme, "group", group, loaded.view.language)
                        title = _("%(title)s（%(group)s）", title=title, group=whose)
                    found.append((key, {"item": item, **({"group": group} if group else {})}, title))
    return found


def _places(loaded: Loaded, key: str, code: str) -> list[tuple[str, str, str]]:
    """Where the quantity has a value about this subject: (quantity, item, group)."""
    if set(loaded.view.axes(key) or ()) not in _SHOWN:
        return []
    return [(key, labels["item"], labels.get("group", "")) for labels in loaded.view.places(key, code)]


def _title(loaded: Loaded, column: _Column) -> str:
    key, group = column
    title = loaded.view.title(key)
    if not group:
        return title
    return _("%(title)s（%(group)s）", title=title, group=label_name(loaded.scheme, "group", group, loaded.view.language))


def _line(loaded: Loaded, code: str, item: str, columns: list[_Column], *, unfold: bool) -> ItemLine:
    scheme, view = loaded.scheme, loaded.view
    cells = []
    for key, group in columns:
        labels = {"item": item, **({"group": group} if group else {})}
        steps = unfolding.steps(loaded, key, code, **labels) if unfold else []
        cells.append(ItemCell(view.cell(key, {"subject": code, **labels}), tuple(steps)))
    parent = scheme.items[item].parent if item in scheme.items else ""
    indicator = scheme.indicators[parent].in_(view.language) if parent in scheme.indicators else ""
    return ItemLine(label_name(scheme, "item", item, view.language), indicator, tuple(cells))
