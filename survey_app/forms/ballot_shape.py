"""How a form is laid out: by subject, by item, as tables, or on one page; as the scheme says, else by the form's size.

Lives here: which layout, and the same fields arranged the other ways round. May not live here: HTML, requests, the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from questionnaires.model import Shape
from survey_app.forms.ballot_page import Field, SubjectSection

SHORT = 24  # so many places can be seen on one page without losing one's way
ROW_MOST = 8  # so many items fit a row of a table with two buttons side by side in each cell


@dataclass(frozen=True)
class ItemPage:
    """One item asked about every subject it concerns; `number` counts the pages."""

    number: int
    title: str
    help: str
    fields: tuple[tuple[SubjectSection, Field], ...]


@dataclass(frozen=True)
class FormTable:
    """Subjects that are asked the same, one a row. `heads`: indicators over so many columns, () when there is none."""

    heads: tuple[tuple[str, int], ...]
    columns: tuple[Field, ...]
    rows: tuple[SubjectSection, ...]


def shape_of(wanted: Shape | None, sections: Sequence[SubjectSection]) -> Shape:
    """The layout to use: the one the scheme wants if it fits, else by size."""
    places = [len(section.fields) for section in sections]
    if wanted and (wanted != "grid" or max(places) <= ROW_MOST):
        return wanted
    if wanted == "grid":
        return "subject"
    if len(sections) == 1 or sum(places) <= SHORT:
        return "all"
    return "item" if max(places) == 1 else "subject"


def item_pages(sections: Sequence[SubjectSection]) -> list[ItemPage]:
    """The same places item by item, in the order in which items first appear."""
    found: dict[str, list[tuple[SubjectSection, Field]]] = {}
    for section in sections:
        for one in section.fields:
            found.setdefault(one.item, []).append((section, one))
    return [
        ItemPage(number, pairs[0][1].text, pairs[0][1].help, tuple(pairs)) for number, pairs in enumerate(found.values(), start=1)
    ]


def tables(sections: Sequence[SubjectSection]) -> list[FormTable]:
    """The same places as tables: neighbours that are asked the same items share one."""
    made = []
    for _items, group in groupby(sections, key=lambda section: tuple(one.item for one in section.fields)):
        rows = tuple(group)
        heads = tuple((block.title, len(block.fields)) for block in rows[0].blocks)
        made.append(FormTable(heads if any(title for title, _count in heads) else (), rows[0].fields, rows))
    return made
