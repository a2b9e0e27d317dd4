"""What a chart is made of, without any markup: boxes, strokes, points and words, each of a kind that has a look (`looks`).

Across, everything stands in percent, so that one drawing fits a phone and a sheet of paper; down, in pixels, because text does
not shrink with the paper. Every number drawn also stands in a table beside the chart: a picture is never the only way to one.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from analysis.numerals import fixed

#: Text is set this large, and a line of it takes so much room; in pixels.
TEXT, LINE = 14, 20
#: Charts are laid out to be read on a phone so wide, in pixels.
NARROW = 300
#: So much is there on a sheet of paper, and on a screen that is no phone's.
WIDE = 640
#: So wide is a letter that is no Chinese character, in parts of one that is.
_LATIN = Fraction(58, 100)


#: Which end of a text stands at its place.
Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle from `x`, `width` wide; `hint` is told to whoever points at it."""

    x: Fraction
    width: Fraction
    y: int
    height: int
    kind: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """A straight line."""

    x1: Fraction
    x2: Fraction
    y1: int
    y2: int
    kind: str


@dataclass(frozen=True, kw_only=True)
class Disc:
    """A dot."""

    x: Fraction
    y: int
    radius: Fraction
    kind: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class Lettering:
    """Text whose foot is at `y`; `aside` moves it so many pixels from `x`; `wide`: not on a phone, which has no room for it."""

    x: Fraction
    y: int
    text: str
    kind: str = "text"
    anchor: Anchor = "start"
    aside: int = 0
    wide: bool = False


Shape = Box | Stroke | Disc | Lettering


@dataclass(frozen=True)
class Drawing:
    """A chart. `title` says what it shows, `told` what is to be seen in it, for whoever cannot see it; `height` in pixels."""

    title: str
    told: str
    height: int
    shapes: tuple[Shape, ...]


def percent(value: Fraction) -> str:
    """A position as CSS and SVG understand it; three digits are finer than any screen."""
    return f"{fixed(value, 3)}%"


def room_of(text: str) -> Fraction:
    """How wide a text is about, in pixels."""
    return sum((Fraction(1) if unicodedata.east_asian_width(one) in "WF" else _LATIN for one in text), Fraction(0)) * TEXT


def fitted(text: str, room: int) -> str:
    """The text, or as much of its beginning as fits into so many pixels, with a sign that more was there."""
    if room_of(text) <= room:
        return text
    kept = ""
    for one in text:
        if room_of(kept + one + "…") > room:
            break
        kept += one
    return kept + "…"


def in_lines(text: str, room: int, most: int) -> list[str]:
    """The text in so many lines at the most, each no wider than so many pixels; the last one says where more was there."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < most - 1 and room_of(rest) > room:
        kept = len(fitted(rest, room + TEXT)) - 1  # without the sign, which is as wide as a character
        lines.append(rest[: max(kept, 1)])
        rest = rest[max(kept, 1) :]
    return [*lines, fitted(rest, room)]
