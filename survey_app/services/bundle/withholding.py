"""What the public bundle keeps back: what few people stand behind, and every figure that cannot be worked out without it.

Lives here: the rule of docs/bundle.md over a bundle's rows. May not live here: which figures follow from the rest (asked of
`analysis.disclosure`), what goes into a bundle (`making`), and anything of the checker, which has to be able to find fault here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from analysis.disclosure.reading import WITHHELD
from analysis.disclosure.withheld import KeptBack, work_out
from analysis.evidence import StyleBooks
from analysis.report import Report
from analysis.values import Key, as_literal
from survey_app.models.style import WHOLE

Content = dict[str, Any]
#: Head-counts that a public bundle holds for a place, and not for each form.
_BY_PLACE = ("valid", "blank", "invalid")
_Place = tuple[str, str]


def public(content: Content, report: Report, kinds: Collection[str]) -> Content:
    """The content with what small groups and `kinds` of other evidence hide left out, and every figure that rests on it."""
    books, floor = report.tally.books, content["floor"]
    small = _small_places(books, floor)
    counts = _small_cells(books, small, floor) | _few_forms(content)
    kept = KeptBack(
        counts=counts,
        heads=_unknown_heads(books, small, counts),
        kinds=frozenset(kinds),
        ballots=frozenset(book.style for book in books),
    )
    content = {
        **content,
        "books": [[*row[:3], None, None, None] for row in content["books"]],
        "places": [[*row[:2], *([None] * 3 if tuple(row[:2]) in small else row[2:])] for row in content["places"]],
        "counts": [[*cell, None if tuple(cell) in counts else row] for *cell, row in content["counts"]],
        **dict.fromkeys(kinds),
        "tables": _shown_tables(content["tables"], report, kept),
    }
    return {**content, "rulings": _shown_rulings(content)}


def without_ballots(content: Content, report: Report) -> Content:
    """An auditors' bundle without the figures that rest on whole single ballots of which auditors get pieces, or none."""
    cut = {one["style"] for one in content["styles"] if one["rated"] or one.get("v", WHOLE) != WHOLE}
    none = {book.style for book in report.tally.books if book.cast == book.superseded}
    return {**content, "tables": _shown_tables(content["tables"], report, KeptBack(ballots=cut | none))}


def _place(book: StyleBooks) -> _Place:
    return book.group, book.unit


def _small_places(books: Sequence[StyleBooks], floor: int) -> frozenset[_Place]:
    """Places with fewer ballots in force than the floor."""
    ballots: Counter[_Place] = Counter()
    for book in books:
        ballots[_place(book)] += book.cast - book.superseded
    return frozenset(place for place, number in ballots.items() if number < floor)


def _asked(books: Sequence[StyleBooks]) -> Mapping[Key, list[StyleBooks]]:
    """The cells of counts, with the books of the forms that ask for each."""
    found: dict[Key, list[StyleBooks]] = {}
    for book in books:
        for slot in book.slots:
            found.setdefault((slot.subject, book.group, slot.item), []).append(book)
    return found


def _small_cells(books: Sequence[StyleBooks], small: Collection[_Place], floor: int) -> frozenset[Key]:
    """Cells at whose places fewer valid ballots than the floor are seen to be."""
    valid: Counter[_Place] = Counter()
    for book in books:
        if _place(book) not in small:
            valid[_place(book)] += book.valid
    return frozenset(cell for cell, near in _asked(books).items() if sum(valid[one] for one in set(map(_place, near))) < floor)


def _few_forms(content: Content) -> frozenset[Key]:
    """Cells for which no more forms count than the group was promised, however many others its place has.

    A place may have forms that do not ask for a cell (of other positions); then the place is large and the cell is not.
    """
    plan = content["release"] or {"floor": 0}
    own = plan.get("floors", {})
    return frozenset(tuple(cell) for *cell, row in content["counts"] if 0 < sum(row) <= own.get(cell[1], plan["floor"]))


def _unknown_heads(
    books: Sequence[StyleBooks], small: Collection[_Place], counts: Collection[Key]
) -> Mapping[str, frozenset[Key]]:
    """The head-counts that cannot be told, by (subject, group): neither from a place that has no other forms than those that ask
    about the subject, nor, for valid ones, from the counts of an item that all these forms ask."""
    at = Counter(map(_place, books))
    about: dict[Key, list[StyleBooks]] = {}
    for book in books:
        for subject in {slot.subject for slot in book.slots}:
            about.setdefault((subject, book.group), []).append(book)
    dark = frozenset(
        key
        for key, near in about.items()
        if any(place in small or at[place] != number for place, number in Counter(map(_place, near)).items())
    )
    counted = {
        (subject, group)
        for (subject, group, item), near in _asked(books).items()
        if (subject, group, item) not in counts and len(near) == len(about[subject, group])
    }
    return {what: dark - counted if what == "valid" else dark for what in _BY_PLACE}


def _shown_tables(given: Content, report: Report, kept: KeptBack) -> dict[str, list[list[object]] | None]:
    """The released figures as they follow from the rest; what does not is left out."""
    tables = work_out(report, kept)
    shown: dict[str, list[list[object]] | None] = {}
    for name in given:
        table = tables[name]
        # A withheld cell may turn out not applicable; whether it does rests on what is withheld, so it is listed all the same.
        shown[name] = (
            None
            if table is None
            else [
                [*key, None if value is WITHHELD else as_literal(value)]
                for key, value in sorted(table.cells.items(), key=_by_key)
            ]
        )
    return shown


def _by_key(cell: tuple[Key, object]) -> Key:
    return cell[0]


def _shown_rulings(content: Content) -> list[list[str]] | None:
    """Rulings that speak of figures that are shown; none at all where the release plan does not let them leave."""
    if not content["release"] or "rulings" not in content["release"]["exits"]:
        return None

    def shown(table: str, subject: str) -> bool:
        rows = content["tables"].get(table) or [[None]]
        return None not in [row[-1] for row in [row for row in rows if subject in row[:-1]] or rows]

    return [row for row in content["rulings"] if shown(row[0], row[1])]
