"""Tables on their way into a file: text stays text, numbers carry how they are shown and what they exactly are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction


@dataclass(frozen=True)
class Number:
    """A number as the page shows it (`shown`, without a percent sign when `percent`) and as it exactly is. `around`: how far the
    true one may lie from it, where it was rounded to a wide step and nothing nearer may be said."""

    shown: str
    exact: Fraction
    percent: bool = False
    around: str = ""

    @property
    def text(self) -> str:
        """As a person reads it."""
        told = f"{self.shown}±{self.around}" if self.around else self.shown
        return f"{told}%" if self.percent else told

    @property
    def digits(self) -> int:
        """Digits after the point as shown."""
        return len(self.shown.partition(".")[2])


Cell = str | int | Number | None


@dataclass(frozen=True)
class SheetSpot:
    """A cell of a table of the same workbook: the table's name, the row below its heading and the column, both from zero."""

    sheet: str
    row: int
    column: int


#: A formula: what is written as it stands, numbers and functions of ours alone, and the cells it reads.
Formula = tuple[str | SheetSpot, ...]


@dataclass(frozen=True)
class Sheet:
    """One table: a name, lines above it that say what it is, a heading row, and rows.

    `live`: formulas by row and column, for a workbook; the cell itself holds what the formula comes to.
    """

    name: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: tuple[str, ...] = ()
    live: Mapping[tuple[int, int], Formula] = field(default_factory=dict)
