"""Exact numbers and their texts: how one is written, and which texts are one. No float takes part.

Lives here: digits, signs, strokes and percent signs. May not live here: rounding that decides (`rounding`), how many digits a
figure is shown with (`presenting.figures`), a spreadsheet's binary numbers (`tables.cell_text`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

SHORT = 6  # places after the point up to which a number stands in full

_NUMERAL = re.compile(
    r"(?P<sign>[+-]?)(?P<whole>[0-9]+)(\.(?P<places>[0-9]+))?"
    r"((?P<before>\s*)/(?P<after>\s*)(?P<under>[0-9]+)|(?P<gap>\s*)(?P<percent>%))?"
)
#: Full-width signs and digits, which input methods leave behind, to plain ones. Not compatibility: that makes 52 of 5².
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)}


@dataclass(frozen=True, kw_only=True)
class Spelling:
    """Which texts a place takes as numbers. `whole`, `places`: most digits before (also either side of a stroke) and after the
    point. `typed`: by people, so full-width digits and blanks at the ends are understood. `loose`: blanks around the stroke and
    before the percent sign, a decimal above the stroke."""

    signs: str = "+-"
    whole: int = 30
    places: int = 30
    ratio: bool = True
    percent: bool = False
    loose: bool = False
    typed: bool = True


#: A plan and a report, written by programs; no longer than Python writes.
PLAN = Spelling(signs="-", whole=4000, places=4000, typed=False)
#: A table's cell, in a folder, an upload or a form of the office.
TABLE = Spelling()
#: A scheme file: 12, 0.5, 20 %, 1/3.
SCHEME = Spelling(percent=True, loose=True)
#: A number field of a ballot.
BALLOT = Spelling(signs="", whole=6, places=6, ratio=False)


def read(text: str, spelling: Spelling) -> Fraction | None:
    """The exact number a text is; None when it is none that this place takes.

    Parameters
    ----------
    text
        What was written or typed.
    spelling
        Which texts the place takes: signs, digits, strokes, percent signs.
    """
    found = _NUMERAL.fullmatch(text.translate(_WIDE).strip() if spelling.typed else text)
    if found is None:
        return None
    whole, places, under = found["whole"], found["places"] or "", found["under"]
    blanks = found["before"] or found["after"] or found["gap"]
    if found["sign"] not in ("", *spelling.signs) or len(whole) > spelling.whole or len(places) > spelling.places:
        return None
    if (blanks or (under and places)) and not spelling.loose:
        return None
    number = Fraction(f"{found['sign']}{whole}.{places or 0}")
    if under is not None:
        return number / int(under) if spelling.ratio and len(under) <= spelling.whole and int(under) else None
    if found["percent"]:
        return number / 100 if spelling.percent else None
    return number


def fixed(value: Fraction, digits: int) -> str:
    """A number with a fixed count of digits after the point, half away from zero; by whole numbers only.

    Parameters
    ----------
    value
        The number.
    digits
        How many digits after the point, 0 for none.
    """
    scaled = abs(value) * 10**digits
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    text = str(units).rjust(digits + 1, "0")
    sign = "-" if value < 0 and units else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def shortened(value: Fraction, digits: int) -> str:
    """A number with at most so many digits after the point and no zeros at its end: 1/3 with four is 0.3333, 1/2 is 0.5.

    Parameters
    ----------
    value
        The number, rounded as `fixed` does.
    digits
        The most digits after the point.
    """
    text = fixed(value, digits)
    return text.rstrip("0").removesuffix(".") if digits else text


def ends(value: Fraction) -> int | None:
    """How many digits after the point `value` needs to be written out in full; None when it never ends."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    return max(twos, fives) if rest == 1 else None


def in_full(value: Fraction, most: int = SHORT) -> str | None:
    """A number to its last digit; None when it needs too many.

    Parameters
    ----------
    value
        The number.
    most
        The most digits after the point.
    """
    needed = ends(value)
    return fixed(value, needed) if needed is not None and needed <= most else None


def decimal(value: Fraction) -> str:
    """A number as people write it: 0.5 where it ends soon, else as a fraction, 1/3. Never cut: it reads back to the same."""
    return in_full(value) or str(value)
