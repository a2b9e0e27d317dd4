"""The scale under a chart of shares: from nothing to everybody, by quarters."""

from __future__ import annotations

from fractions import Fraction

from survey_app.presenting.charts.shapes import LINE, Anchor, Lettering, Shape, Stroke

_QUARTERS: tuple[tuple[int, Anchor], ...] = ((0, "start"), (25, "middle"), (50, "middle"), (75, "middle"), (100, "end"))


def of_shares(shapes: list[Shape], top: int, foot: int) -> int:
    """Add the scale at `foot`, its quarters running up to `top` behind everything; where the chart ends."""
    for quarter, anchor in _QUARTERS:
        x = Fraction(quarter)
        shapes.insert(0, Stroke(x1=x, x2=x, y1=top, y2=foot, kind="grid"))
        shapes.append(Lettering(x=x, y=foot + 15, text=f"{quarter}%", kind="scale", anchor=anchor))
    shapes.append(Stroke(x1=Fraction(0), x2=Fraction(100), y1=foot, y2=foot, kind="axis"))
    return foot + LINE
