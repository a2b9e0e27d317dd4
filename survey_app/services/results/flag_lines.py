"""Flags as shares beside the lines of their rules: those raised, and those that are not."""

from __future__ import annotations

from collections.abc import Sequence

from survey_app.i18n import gettext as _
from survey_app.presenting.charts import bars
from survey_app.presenting.charts.shapes import Drawing
from survey_app.services.results.cells import FlagShown


def drawn(title: str, flags: Sequence[FlagShown]) -> Drawing | None:
    """Those that are shares of votes, each with its line; None where none is. One without numbers to show is left out.

    Parameters
    ----------
    title
        What the chart shows.
    flags
        As the view hands them out.
    """
    rows = [
        bars.LineRow(
            label=called(one),
            part=one.part,
            base=one.whole,
            line=one.turns,
            note=one.fraction,
            line_note=_("线 %(line)s", line=one.line),
            part_text=one.share,
        )
        for one in flags
        if one.part is not None and one.whole and one.turns is not None and 0 <= one.turns <= 1 and one.part <= one.whole
    ]
    return bars.beside_line(title, rows) if rows else None


def called(one: FlagShown) -> str:
    """A flag's title, and where it stands (a group, an item)."""
    return _("%(title)s（%(place)s）", title=one.title, place=one.place) if one.place else one.title
