"""What the cells of the ballots table say: three shapes of one table, each cell a mark on a slot of the ballot's style.

Long: one row per mark. By subject: one row per ballot and subject, items in the headings. Wide: one row per ballot, and
each heading is `subject/item`, or `subject` where only one item is asked, or `item` where only one subject is rated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from analysis.evidence import Slot
from analysis.saying import N_
from questionnaires.folder.grid import HeadedSheet, NumberedRow, exact, list_keys, spellings
from questionnaires.folder.roster import Roster
from questionnaires.folder.sheets import tidy
from questionnaires.language import things
from questionnaires.model import Scheme, Style
from questionnaires.telling import Keyword, Said, briefly, said


@dataclass(frozen=True)
class MarkColumn:
    """A heading of the ballots table: the subject and item it names; "" where the row or the form says."""

    place: int
    subject: str
    item: str


@dataclass(frozen=True)
class MarkedStyle:
    """A style as the cells need it: position by slot, items by subject; `fixed` remembers what a heading alone decides."""

    positions: Mapping[Slot, int]
    items: Mapping[str, tuple[str, ...]]
    fixed: dict[int, Slot] = field(default_factory=dict)

    @classmethod
    def of(cls, style: Style) -> MarkedStyle:
        """The form of a style."""
        items: dict[str, tuple[str, ...]] = {}
        for slot in style.slots:
            items[slot.subject] = (*items.get(slot.subject, ()), slot.item)
        return cls({slot: position for position, slot in enumerate(style.slots)}, items)


class Marker:
    """Reads marks against one table's headings. Headings that name nothing, and shapes that do not fit, are problems."""

    def __init__(self, scheme: Scheme, roster: Roster, grid: HeadedSheet) -> None:
        self.scheme = scheme
        self.subjects = roster.rows
        self.grid = grid
        self.items = spellings({key: item.text for key, item in scheme.items.items()})
        self.codes = {item: self._codes(item) for item in scheme.items}
        self.forms: dict[int, MarkedStyle] = {}
        self.columns = self._columns()
        self.by_row = "subject" in grid.places or "item" in grid.places

    # --- headings
    def _columns(self) -> list[MarkColumn]:
        grid, columns = self.grid, []
        for heading, place in list(grid.extra.items()):
            subject, item = self._heading(heading)
            if subject or item:
                grid.extra.pop(heading)
                columns.append(MarkColumn(place, subject, item))
        grid.no_extra(*self.scheme.items, Keyword("对象/内容", "subject/item"))
        wrong = self._misfit(columns)
        if wrong:
            grid.bad_heading(wrong[0], "mixed-shape", what=wrong[1])
            return []
        if "mark" in grid.places:
            return [MarkColumn(grid.places["mark"], "", "")]
        if not columns:
            grid.lacks("mark")
        return columns

    def _misfit(self, columns: Sequence[MarkColumn]) -> tuple[int, Said] | None:
        """Where the headings belong to no shape, and why; None when they do."""
        places = self.grid.places
        if "mark" in places and columns:
            return columns[0].place, said(N_("既有“选择”列，又有各项内容的列"))
        if "item" in places and "mark" not in places:
            return places["item"], said(N_("有“内容”列，没有“选择”列"))
        named = next((column for column in columns if column.subject), None)
        if named and "subject" in places:
            return named.place, said(N_("既有“对象”列，标题里又有对象"))
        return None

    def _heading(self, heading: str) -> tuple[str, str]:
        """(subject, item) of a heading; ("", "") when it names neither."""
        if heading in self.subjects:
            return heading, ""
        if heading.casefold() in self.items:
            return "", self.items[heading.casefold()]
        for cut in (place for place, sign in enumerate(heading) if sign == "/"):
            subject, item = heading[:cut].strip(), heading[cut + 1 :].strip().casefold()
            if subject in self.subjects and item in self.items:
                return subject, self.items[item]
        return "", ""

    # --- marks
    def marks(self, style: Style, label: str, rows: Sequence[NumberedRow]) -> list[int]:
        """The marks of one ballot, in the order of the style's slots; 0 where nothing is marked."""
        form = self.forms.get(id(style)) or self.forms.setdefault(id(style), MarkedStyle.of(style))
        marks = [0] * len(style.slots)
        given: dict[int, int] = {}
        for row in rows:
            if not label and self.columns and self._needs_label(form):
                row.bad("ballot", "no-ballot-label")
                continue
            for column in self.columns:
                text = row.at(column.place)
                if not text and not self.by_row:
                    continue
                slot = form.fixed.get(column.place) or self._slot(form, row, column, text)
                if slot is None or not text:
                    continue
                position = form.positions.get(slot)
                if position is None:
                    row.bad_at(column.place, "not-on-form", slot=f"{slot.subject}/{slot.item}")
                elif position in given:
                    row.bad_at(column.place, "mark-twice", ballot=label, slot=f"{slot.subject}/{slot.item}", row=given[position])
                else:
                    given[position] = row.number
                    marks[position] = self._code(row, column, slot.item, text)
        return marks

    def _needs_label(self, form: MarkedStyle) -> bool:
        """Whether a ballot of this form takes several rows: long with several slots, by subject with several subjects."""
        if "mark" in self.grid.places:
            return len(form.positions) > 1
        return "subject" in self.grid.places and len(form.items) > 1

    def _slot(self, form: MarkedStyle, row: NumberedRow, column: MarkColumn, text: str) -> Slot | None:
        """The slot a cell belongs to; a problem when neither the heading, the row nor the form says which."""
        subject, item = column.subject or row.get("subject"), column.item
        if not item and row.get("item"):
            item = self.items.get(row.get("item").casefold(), "")
            if not item:
                row.bad("item", "unknown-word", named=said(things.ITEM, name=row.get("item")), allowed=list_keys(self.items))
                return None
        if subject and subject not in self.subjects:
            row.bad("subject", "unknown-subject", text=subject)
            return None
        if not subject and len(form.items) == 1:
            subject = next(iter(form.items))
        asked = form.items.get(subject, ())
        if not item and len(asked) == 1:
            item = asked[0]
        if subject and item:
            found = Slot(subject, item)
            if not self.by_row:
                form.fixed[column.place] = found
            return found
        if text:
            row.bad_at(column.place, "not-on-form", slot=f"{subject or '?'}/{item or '?'}")
        return None

    def _codes(self, item: str) -> dict[str, int]:
        """What may stand in a cell -> the mark: a choice's key, or its label in any language."""
        choices = self.scheme.scales[self.scheme.items[item].scale].choices
        by_key = {choice.key: choice.code for choice in choices}
        return {word: by_key[key] for word, key in spellings({choice.key: choice.label for choice in choices}).items()}

    def _code(self, row: NumberedRow, column: MarkColumn, item: str, text: str) -> int:
        """The mark a cell's text stands for. A number may be written in any exact way: 90, 90.0, 180/2."""
        codes = self.codes[item]
        if (code := codes.get(text.casefold())) is not None:
            return code
        choices = self.scheme.scales[self.scheme.items[item].scale].choices
        value = exact(text)
        same = [choice.code for choice in choices if value is not None and exact(tidy(choice.key)) == value]
        if not same and value is not None:  # a grade by the number of points that the scheme gives it
            same = [choice.code for choice in choices if choice.value == value]
        if len(same) == 1:
            codes[text.casefold()] = same[0]
            return same[0]
        row.bad_at(column.place, "unknown-mark", text=text, item=item, allowed=briefly(choice.key for choice in choices))
        return 0
