"""Charts for paper: what a sheet is handed of a drawing, and pictures of it for Word, which reads them on every machine.

The same drawing stands on the page; nothing is drawn anew here.
"""

from __future__ import annotations

from collections.abc import Sequence

from survey_app.presenting.charts.shapes import Drawing
from survey_app.presenting.charts.svg import PAPER_WIDTH, on_paper
from survey_app.printing.typesetting import Words, pictures

#: Free room around a picture, in pixels: what stands at the edge of a chart reaches a little over it.
_EDGE = 8
#: Dots to an inch of paper: sharp at arm's length, and five hundred letters in half a minute.
DENSITY = 144


def handed(drawing: Drawing, width: int = PAPER_WIDTH) -> Words:
    """What a template of a sheet needs of a chart: its picture, and its title and what is to be seen in it for screen readers."""
    return {
        "svg": on_paper(drawing, width, edge=_EDGE),
        "width": width + 2 * _EDGE,
        "height": drawing.height + 2 * _EDGE,
        "title": drawing.title,
        "alt": alt(drawing),
    }


def alt(drawing: Drawing) -> str:
    """What stands for a picture where nobody sees it."""
    return "：".join(part for part in (drawing.title, drawing.told) if part)


def shape_of(drawing: Drawing, width: int = PAPER_WIDTH) -> float:
    """How many times as wide as high its picture is."""
    return (width + 2 * _EDGE) / (drawing.height + 2 * _EDGE)


def png(drawings: Sequence[Drawing], width: int = PAPER_WIDTH) -> list[bytes]:
    """A picture of each drawing, `width` pixels of 96 to the inch wide and as high as it is.

    Parameters
    ----------
    drawings
        As many as are wanted at once: one run of the typesetter draws them all.
    width
        Of the paper, in pixels.
    """
    return pictures("drawings", {"drawings": [handed(one, width) for one in drawings]}, density=DENSITY) if drawings else []
