"""Flags as shares beside the lines of their rules: those raised, and those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

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
    rows = [_row(one) for one in flags if is_drawn(one)]
    return bars.beside_line(title, rows) if rows else None


@dataclass(frozen=True)
class ClearFlags:
    """Flags that are not raised: those drawn beside their line, those with numbers that cannot be drawn, those with a name alone,
    and those that cannot be decided, each with why."""

    chart: Drawing | None
    with_numbers: tuple[FlagShown, ...]
    named: tuple[str, ...]
    undecided: tuple[tuple[str, str], ...]


def clear(title: str, flags: Sequence[FlagShown]) -> ClearFlags | None:
    """Those of a subject's flags that are not raised; None where there is none.

    Parameters
    ----------
    title
        What the chart shows.
    flags
        All of them, as the view hands them out.
    """
    rest = [one for one in flags if not one.raised]
    not_drawn = [one for one in rest if one.raised is False and not is_drawn(one)]
    if not rest:
        return None
    return ClearFlags(
        chart=drawn(title, [one for one in rest if one.raised is False]),
        with_numbers=tuple(one for one in not_drawn if one.fraction),
        named=tuple(called(one) for one in not_drawn if not one.fraction),
        undecided=tuple((called(one), one.reason) for one in rest if one.raised is None),
    )


def is_drawn(one: FlagShown) -> bool:
    """Whether a flag is a share of votes that can be drawn beside its line."""
    if one.part is None or not one.whole or one.turns is None:
        return False
    return 0 <= one.turns <= 1 and one.part <= one.whole


def _row(one: FlagShown) -> bars.LineRow:
    return bars.LineRow(
        label=called(one),
        part=one.part or Fraction(0),
        base=one.whole or Fraction(0),
        line=one.turns or Fraction(0),
        note=one.fraction,
        # of one that is raised the sentence beside it says what would turn it
        line_note=_("，").join(part for part in (_("线 %(line)s", line=one.line), "" if one.raised else one.turning) if part),
        part_text=one.share,
    )


def called(one: FlagShown) -> str:
    """A flag's title, and where it stands (a group, an item)."""
    return _("%(title)s（%(place)s）", title=one.title, place=one.place) if one.place else one.title
