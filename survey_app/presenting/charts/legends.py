"""What each colour stands for, under a chart's title."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from survey_app.presenting.charts.shapes import LINE, NARROW, Box, Lettering, Shape, room_of

_SWATCH = 14


def legend(shapes: list[Shape], entries: Sequence[tuple[str, str]]) -> int:
    """Add a swatch and its words for each (kind, words), in as many lines as a phone needs; where the chart may begin.

    In columns, so that it stands in percent.
    """
    widest = max((room_of(words) for _, words in entries), default=Fraction(0)) + _SWATCH + 14
    columns = max(1, min(len(entries), int(NARROW / widest)))
    for place, (kind, words) in enumerate(entries):
        x, y = Fraction(100 * (place % columns), columns), (place // columns) * LINE
        shapes += [
            Box(x=x, width=Fraction(100 * _SWATCH, NARROW * 2), y=y + 2, height=_SWATCH, kind=kind),
            Lettering(x=x + Fraction(100 * _SWATCH, NARROW * 2), y=y + 14, text=words, kind="soft", aside=6),
        ]
    return -(-len(entries) // columns) * LINE + 6
