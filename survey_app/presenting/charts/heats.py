"""Heat maps: a row for each place, a column for each item, every cell coloured by the part of full marks it reached.

The steps of colour lie between two parts that hold for all that is compared, so that pages of one map can be laid side by side;
the number stands in the cell where a phone has room for it, and in the table beside the chart in any case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.numerals import fixed
from survey_app.presenting.charts.bars import PALETTE
from survey_app.presenting.charts.legends import legend
from survey_app.presenting.charts.shapes import LINE, NARROW, WIDE, Box, Drawing, Lettering, Shape, in_lines, room_of

#: The names of the rows take so much of the width, in percent.
_NAMES = 36
_ROW, _HIGH_ROW = 28, 42
#: What a number inside a cell needs on either side, in pixels.
_AIR = 2


@dataclass(frozen=True, kw_only=True)
class HeatCell:
    """A cell: how it is written, the longest writing first, and the part of full marks that colours it (None: nothing does).

    `hint` is told to whoever points at it; `asked` False: nothing was asked there, and nothing is drawn.
    """

    texts: tuple[str, ...] = ()
    part: Fraction | None = None
    hint: str = ""
    asked: bool = True


@dataclass(frozen=True)
class HeatRow:
    """A place with a cell for each column."""

    label: str
    cells: tuple[HeatCell, ...]


def step_at(part: Fraction, low: Fraction, high: Fraction) -> int:
    """The colour step (1 best … PALETTE worst) of a part between the least and the most there is.

    Parameters
    ----------
    part, low, high
        Parts of full marks, 0 to 1; a part outside takes the step at the end.
    """
    if high <= low:
        return 1
    return min(PALETTE, max(1, 1 + int((high - part) * PALETTE / (high - low))))


def heat(
    title: str, columns: Sequence[str], rows: Sequence[HeatRow], *, low: Fraction, high: Fraction, not_shown: str
) -> Drawing:
    """A map of places and items. ValueError where a row has not one cell for each column.

    Parameters
    ----------
    title
        What the chart shows.
    columns
        What was asked.
    rows
        The places, in the order given.
    low, high
        Between which parts of full marks the steps of colour lie, whichever rows are drawn; beyond them the end steps hold.
    not_shown
        What a cell without a number is called.
    """
    if any(len(row.cells) != len(columns) for row in rows):
        raise ValueError("a row has not one cell for each column")
    cells = [cell for row in rows for cell in row.cells]
    entries = _steps(low, high) if any(cell.part is not None for cell in cells) else []
    if any(cell.asked and cell.part is None for cell in cells):
        entries.append(("rest", not_shown))
    shapes: list[Shape] = []
    y = _heads(shapes, columns, legend(shapes, entries) if entries else 0)
    across = Fraction(100 - _NAMES, max(len(columns), 1))
    writing = _writing(cells, across)
    for row in rows:
        lines = in_lines(row.label, NARROW * _NAMES // 100 - 6, 2)
        height = _ROW if len(lines) == 1 else _HIGH_ROW
        top = y + (height - LINE * len(lines)) // 2
        shapes += [Lettering(x=Fraction(0), y=top + LINE * at + 15, text=line, kind="text") for at, line in enumerate(lines)]
        for at, cell in enumerate(row.cells):
            if cell.asked:
                kind = "rest" if cell.part is None else f"step-{step_at(cell.part, low, high)}"
                room = Box(x=_NAMES + at * across, width=across, y=y, height=height, kind=kind, hint=cell.hint)
                shapes += _cell(cell, room, writing)
        y += height
    told = "; ".join(f"{row.label}: {_told(columns, row)}" for row in rows)
    return Drawing(title, told, y + 2, tuple(shapes))


def _steps(low: Fraction, high: Fraction) -> list[tuple[str, str]]:
    """The steps with the parts they stand for, best first; what lies beyond the ends takes the step at the end."""
    if high <= low:
        return [("step-1", f"{fixed(high * 100, 0)}%")]
    width = (high - low) / PALETTE
    digits = 0 if width * 100 >= 1 else 1
    ends = [fixed((high - width * at) * 100, digits) for at in range(PALETTE + 1)]
    words = [f"{ends[at + 1]}–{ends[at]}%" for at in range(PALETTE)]
    return [(f"step-{at + 1}", told) for at, told in enumerate([f"≥ {ends[1]}%", *words[1:-1], f"< {ends[-2]}%"])]


def _heads(shapes: list[Shape], columns: Sequence[str], y: int) -> int:
    """The columns by name where a phone has room for the longest, else by number, with the names above."""
    across = Fraction(100 - _NAMES, max(len(columns), 1))
    named = all(room_of(column) + 2 * _AIR <= across * NARROW / 100 for column in columns)
    if not named:
        y = _names(shapes, columns, y)
    for at, column in enumerate(columns):
        text = column if named else str(at + 1)
        x = _NAMES + (at + Fraction(1, 2)) * across
        narrow = room_of(text) > across * NARROW / 100
        shapes.append(Lettering(x=x, y=y + 15, text=text, kind="scale", anchor="middle", wide=narrow))
    return y + LINE


def _names(shapes: list[Shape], columns: Sequence[str], y: int) -> int:
    """What was asked, by number, in as many lines as a phone needs."""
    told = [f"{at} {column}" for at, column in enumerate(columns, start=1)]
    abreast = max(1, min(3, int(NARROW / (max(map(room_of, told)) + 12))))
    for at, words in enumerate(told):
        lines = in_lines(words, NARROW, 2) if abreast == 1 else [words]
        for place, line in enumerate(lines):
            x = Fraction(100 * (at % abreast), abreast)
            shapes.append(Lettering(x=x, y=y + 15 + place * LINE, text=line, kind="soft", aside=14 if place else 0))
        if (at + 1) % abreast == 0 or at == len(told) - 1:
            y += LINE * len(lines)
    return y + 4


def _writing(cells: Sequence[HeatCell], across: Fraction) -> tuple[int, bool] | None:
    """The longest way of writing that fits every cell on a phone, the same for all; else on a wider page alone; None: nowhere."""
    told = [cell for cell in cells if cell.part is not None]
    ways = min((len(cell.texts) for cell in told), default=0)
    for width in (NARROW, WIDE):
        for way in range(ways):
            if all(room_of(cell.texts[way]) + 2 * _AIR <= across * width / 100 for cell in told):
                return way, width == WIDE
    return None


def _cell(cell: HeatCell, room: Box, writing: tuple[int, bool] | None) -> list[Shape]:
    """A coloured box with its number, or one that says that there is none."""
    words = Lettering(x=room.x + room.width / 2, y=room.y + room.height // 2 + 5, text="—", kind="soft", anchor="middle")
    if cell.part is None:
        return [room, words]
    if writing is None:
        return [room]
    way, wide = writing
    return [room, replace(words, text=cell.texts[way], kind=f"on-{room.kind}", wide=wide)]


def _told(columns: Sequence[str], row: HeatRow) -> str:
    pairs = zip(columns, row.cells, strict=True)
    return " ".join(f"{column} {cell.texts[0] if cell.texts else cell.hint}" for column, cell in pairs if cell.asked)
