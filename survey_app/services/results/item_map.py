"""Who stands how on what: a row for each subject or unit, a column for each item, as a map of colours and as a table.

Every number is one that stands on the page of its subject, asked for at the same door; what is held back there is held back here
and says so. A unit's number is the mean of those of its subjects as they stand there, and there is none where one of them is not
shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from analysis.numerals import fixed
from survey_app.i18n import gettext as _
from survey_app.presenting.charts import heats
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results.cells import Shown
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.naming import label_name
from survey_app.services.results.points import full_marks
from survey_app.services.results.pools import pool_of, pool_title
from survey_app.services.results.standing import points

#: So many rows stand on one page of the map: as many as a sheet of A4 holds under its heading.
PAGE_ROWS = 22
#: With more subjects than this, units are compared first, where there are fewer of them.
_MANY = 60
#: The best and the worst of so many are beyond the ends of the colours, so that one far off leaves the others told apart.
_EDGE = 20


@dataclass(frozen=True)
class MappedFigure:
    """One thing that can be mapped: a quantity by item, for one group ("" where it has none)."""

    key: str
    group: str
    title: str

    @property
    def name(self) -> str:
        """As it stands in an address."""
        return f"{self.key}.{self.group}" if self.group else self.key


@dataclass(frozen=True, kw_only=True)
class MapCell:
    """A number as written, the part of full marks it is (None: not known, or no number), and why there is none."""

    text: str = ""
    part: Fraction | None = None
    value: Fraction | None = None
    missing: bool = False
    asked: bool = True


@dataclass(frozen=True, kw_only=True)
class MapRow:
    """A subject (`code`) or a whole unit ("" as its code), with a cell for each item."""

    code: str
    unit: str
    label: str
    beside: str
    pool: str
    cells: tuple[MapCell, ...]


@dataclass(frozen=True, kw_only=True)
class ItemMap:
    """The map: `columns` are (item, title); `low` and `high` the ends of the colours, over all rows."""

    measure: MappedFigure
    by_unit: bool
    columns: tuple[tuple[str, str], ...]
    rows: tuple[MapRow, ...]
    low: Fraction
    high: Fraction
    withheld: int


def measures(loaded: Loaded) -> list[MappedFigure]:
    """What can be mapped, in the scheme's order; nothing where the plan releases no answers."""
    if not loaded.lets("answers"):
        return []
    return loaded.view.once(("map measures", loaded.allowed), lambda: list(_measures(loaded)))


def _measures(loaded: Loaded) -> Iterator[MappedFigure]:
    scheme, view = loaded.scheme, loaded.view
    for key in scheme.layout.by_item:
        axes = set(view.axes(key) or ())
        info = scheme.quantities.get(key)
        if info is None or info.kind not in ("number", "share"):
            continue
        if axes == {"subject", "item"}:
            yield MappedFigure(key, "", view.title(key))
        elif axes == {"subject", "item", "group"}:
            there = {place["group"] for person in loaded.visible() for place in view.places(key, person.code)}
            for group in (*scheme.groups, *scheme.sides):
                if group in there:
                    whose = label_name(scheme, "group", group, view.language)
                    yield MappedFigure(key, group, _("%(title)s（%(group)s）", title=view.title(key), group=whose))


def of_measure(loaded: Loaded, measure: MappedFigure, *, by_unit: bool) -> ItemMap:
    """The whole map of one measure; kept with the view, because every page of it asks for the ends of its colours."""
    key = ("map", measure, by_unit, loaded.allowed)
    return loaded.view.lately(key, lambda: _by_unit(loaded, measure) if by_unit else _by_subject(loaded, measure))


def units_first(loaded: Loaded) -> bool:
    """Whether units are what is compared first: many subjects in fewer units."""
    shown = loaded.visible()
    return len(shown) > _MANY and len({person.unit for person in shown}) * 2 <= len(shown)


def _by_subject(loaded: Loaded, measure: MappedFigure) -> ItemMap:
    columns = _columns(loaded, measure)
    rows = []
    for person in loaded.visible():
        there = {
            place["item"] for place in loaded.view.places(measure.key, person.code) if place.get("group", "") == measure.group
        }
        cells = tuple(
            _cell(loaded, measure, item, person.code) if item in there else MapCell(asked=False) for item, _title in columns
        )
        if any(cell.asked for cell in cells):
            beside = person.unit_name if person.unit_name not in person.name else person.duty
            title = pool_title(loaded, pool_of(loaded, person.code))
            rows.append(MapRow(code=person.code, unit=person.unit, label=person.name, beside=beside, pool=title, cells=cells))
    return _made(measure, columns, rows, by_unit=False)


def _by_unit(loaded: Loaded, measure: MappedFigure) -> ItemMap:
    """The same by unit: the mean of its subjects' numbers as they stand on pages."""
    subjects = of_measure(loaded, measure, by_unit=False)
    inside: dict[str, list[MapRow]] = {}
    for row in subjects.rows:
        inside.setdefault(row.unit, []).append(row)
    names = {person.unit: person.unit_name for person in loaded.visible()}
    rows = [
        MapRow(
            code="",
            unit=unit,
            label=names[unit],
            beside=_("%(n)s 个对象", n=len(members)),
            pool="",
            cells=tuple(_mean([row.cells[at] for row in members]) for at in range(len(subjects.columns))),
        )
        for unit, members in inside.items()
    ]
    return _made(measure, subjects.columns, rows, by_unit=True)


def _mean(cells: Sequence[MapCell]) -> MapCell:
    asked = [cell for cell in cells if cell.asked]
    if not asked:
        return MapCell(asked=False)
    if len(asked) == 1:
        return asked[0]
    hidden = next((cell for cell in asked if cell.missing), None)
    if hidden is not None:
        return MapCell(text=hidden.text, missing=True)
    values = [cell.value for cell in asked if cell.value is not None]
    parts = [cell.part for cell in asked if cell.part is not None]
    value = sum(values, Fraction(0)) / len(values)
    part = sum(parts, Fraction(0)) / len(parts) if len(parts) == len(asked) else None
    percent = "%" if asked[0].text.endswith("%") else ""
    return MapCell(text=points(value * 100 if percent else value) + percent, part=part, value=value)


def _items(loaded: Loaded, measure: MappedFigure, code: str) -> set[str]:
    """The items of which there is a number about this subject, or a reason why not."""
    return {place["item"] for place in loaded.view.places(measure.key, code) if place.get("group", "") == measure.group}


def _columns(loaded: Loaded, measure: MappedFigure) -> tuple[tuple[str, str], ...]:
    scheme = loaded.scheme
    there = {item for person in loaded.visible() for item in _items(loaded, measure, person.code)}
    items = [item for item in (*scheme.items, *scheme.indicators) if item in there]
    return tuple((item, label_name(scheme, "item", item, loaded.view.language)) for item in items)


def _cell(loaded: Loaded, measure: MappedFigure, item: str, code: str) -> MapCell:
    labels = {"item": item, "subject": code, **({"group": measure.group} if measure.group else {})}
    shown = loaded.view.cell(measure.key, labels)
    if shown.missing or shown.number is None:
        return MapCell(text=shown.text, missing=True, asked=shown.applies)
    return MapCell(text=shown.text, value=shown.number.exact, part=_part(loaded, item, shown))


def _part(loaded: Loaded, item: str, shown: Shown) -> Fraction | None:
    """The part of full marks; of a share it is the share itself."""
    if shown.number is None:
        return None
    full = Fraction(1) if shown.number.percent else full_marks(loaded, item)
    return shown.number.exact / full if full else None


def _made(measure: MappedFigure, columns: tuple[tuple[str, str], ...], rows: Sequence[MapRow], *, by_unit: bool) -> ItemMap:
    cells = [cell for row in rows for cell in row.cells]
    parts = sorted(cell.part for cell in cells if cell.part is not None)
    edge = len(parts) // _EDGE
    return ItemMap(
        measure=measure,
        by_unit=by_unit,
        columns=columns,
        rows=tuple(rows),
        low=parts[edge] if parts else Fraction(0),
        high=parts[-1 - edge] if parts else Fraction(1),
        withheld=sum(cell.missing and cell.asked for cell in cells),
    )


def sorted_rows(found: ItemMap, sort: str, *, down: bool) -> Sequence[MapRow]:
    """The rows by one item, or by the mean part of full marks ("all"); in roster order otherwise. Those without stand last."""
    at = next((place for place, (item, _title) in enumerate(found.columns) if item == sort), None)
    if at is None and sort != "all":
        return found.rows
    keys = {id(row): _order(row, at) for row in found.rows}
    there = [row for row in found.rows if keys[id(row)] is not None]
    return [
        *sorted(there, key=lambda row: keys[id(row)] or 0, reverse=down),
        *(row for row in found.rows if keys[id(row)] is None),
    ]


def _order(row: MapRow, at: int | None) -> Fraction | None:
    if at is not None:
        return row.cells[at].part if row.cells[at].part is not None else row.cells[at].value
    parts = [cell.part for cell in row.cells if cell.part is not None]
    return sum(parts, Fraction(0)) / len(parts) if parts and not any(cell.missing and cell.asked for cell in row.cells) else None


def drawn(found: ItemMap, rows: Sequence[MapRow]) -> Drawing | None:
    """Some rows of a map as a chart; None where nothing in it can be coloured."""
    if not any(cell.part is not None for row in rows for cell in row.cells):
        return None
    title = _("%(measure)s：按内容", measure=found.measure.title)
    return heats.heat(
        title,
        [title for _item, title in found.columns],
        [heats.HeatRow(row.label, tuple(_drawn(row, title, cell) for (_i, title), cell in _pairs(found, row))) for row in rows],
        low=found.low,
        high=found.high,
        not_shown=_("没有列出"),
    )


def _pairs(found: ItemMap, row: MapRow) -> Iterator[tuple[tuple[str, str], MapCell]]:
    yield from zip(found.columns, row.cells, strict=True)


def _drawn(row: MapRow, title: str, cell: MapCell) -> heats.HeatCell:
    if not cell.asked:
        return heats.HeatCell(asked=False)
    hint = _("%(who)s，%(item)s：%(value)s", who=row.label, item=title, value=cell.text)
    if cell.part is None or cell.value is None:
        return heats.HeatCell(texts=(cell.text,), hint=hint)
    shown = cell.value * 100 if cell.text.endswith("%") else cell.value
    ways = (cell.text, fixed(shown, 1), fixed(shown, 0))
    return heats.HeatCell(texts=ways, part=cell.part, hint=hint)


def by_name(found: Sequence[MappedFigure]) -> Mapping[str, MappedFigure]:
    """The measures by their name in an address."""
    return {one.name: one for one in found}
