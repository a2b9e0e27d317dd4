"""The brought sheets back as one workbook, each cell that is in question coloured, with what is wrong in a column of its own."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.tables.xlsx import clean
from survey_app.i18n import gettext as _
from survey_app.services.roster.causes import Cause
from survey_app.services.roster.draft import DraftRoster

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = late("xlsxwriter")

_SIGNS = re.compile(r"[\[\]:*?/\\']")


def marked_copy(draft: DraftRoster, causes: Sequence[Cause]) -> bytes:
    """An xlsx of all sheets as they were brought: every cell text, marked cells yellow, rows that go struck through."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    marked = book.add_format({"bg_color": "#FBF0D9", "num_format": "@", "border": 1, "border_color": "#805400"})
    gone = book.add_format({"font_strikeout": True, "num_format": "@"})
    as_text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "text_wrap": True})
    cells, rows, told = _places(draft, causes)
    taken: set[str] = set()
    for number, sheet in enumerate(draft.sheets):
        page = book.add_worksheet(_name(sheet.name, taken))
        wide = max((len(row) for row in sheet.rows), default=0)
        for at, row in enumerate(sheet.rows):
            for column in range(wide):
                text = row[column] if column < len(row) else ""
                look = marked if (number, at, column) in cells else gone if (number, at) in rows else as_text
                page.write_string(at, column, clean(text), look)
            if said := told.get((number, at)):
                page.write_string(at, wide, clean(_("；").join(said)), marked)
        if any(place[0] == number for place in told):
            page.write_string(draft.plans[number].head, wide, _("要处理的地方"), bold)
            page.set_column(wide, wide, 48)
    book.close()
    return target.getvalue()


def _places(
    draft: DraftRoster, causes: Sequence[Cause]
) -> tuple[set[tuple[int, int, int]], set[tuple[int, int]], dict[tuple[int, int], list[str]]]:
    cells: set[tuple[int, int, int]] = set()
    rows: set[tuple[int, int]] = set()
    told: dict[tuple[int, int], list[str]] = defaultdict(list)
    for cause in causes:
        for one in cause.places:
            place, columns = (one.row.sheet, one.row.row), draft.plans[one.row.sheet].columns
            if one.field in columns:
                cells.add((*place, columns.index(one.field)))
            elif one.after is None:
                rows.add(place)
            if (said := _(cause.title)) not in told[place]:
                told[place].append(said)
    return cells, rows, told


def _name(name: str, taken: set[str]) -> str:
    plain = _SIGNS.sub(" ", clean(name)).strip()[:24] or "1"
    chosen = plain
    while chosen.casefold() in taken:
        chosen = f"{plain} {len(taken) + 1}"
    taken.add(chosen.casefold())
    return chosen
