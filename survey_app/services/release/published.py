"""The floor of the bundle for everybody: which counts too few valid ballots stand behind, place by place.

Lives here: what docs/bundle.md calls withheld by the floor. May not live here: what is withheld beside that (`withholding`), the
bundle's other rows (`bundle.withholding`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from analysis.evidence import StyleBooks, Tally
from analysis.values import Key
from survey_app.services.release.plan import ReleasePlan

PublicPlace = tuple[str, str]


def under_floor(tally: Tally, plan: ReleasePlan) -> frozenset[tuple[str, str, str]]:
    """Cells of counts that the bundle's floor withholds.

    Parameters
    ----------
    tally
        Counts and books.
    plan
        The release plan; `plan.published` is the floor.
    """
    books = tally.books
    return frozenset(
        (subject, group, item)
        for subject, group, item in small_cells(books, small_places(books, plan.published), plan.published)
        | few_forms(tally, plan)
    )


def few_forms(tally: Tally, plan: ReleasePlan) -> frozenset[Key]:
    """Cells for which no more forms count than the group was promised, however many others its place has.

    A place may have forms that do not ask for a cell (of other positions); then the place is large and the cell is not.
    """
    return frozenset(cell for cell, row in tally.counts.items() if 0 < sum(row) <= plan.floor_of(cell[1]))


def place_of(book: StyleBooks) -> PublicPlace:
    """A form's place: the group that fills it in, and the unit where."""
    return book.group, book.unit


def small_places(books: Sequence[StyleBooks], floor: int) -> frozenset[PublicPlace]:
    """Places with fewer ballots in force than the floor."""
    ballots: Counter[PublicPlace] = Counter()
    for book in books:
        ballots[place_of(book)] += book.cast - book.superseded
    return frozenset(place for place, number in ballots.items() if number < floor)


def asking(books: Sequence[StyleBooks]) -> Mapping[Key, list[StyleBooks]]:
    """The cells of counts, with the books of the forms that ask for each."""
    found: dict[Key, list[StyleBooks]] = {}
    for book in books:
        for slot in book.slots:
            found.setdefault((slot.subject, book.group, slot.item), []).append(book)
    return found


def small_cells(books: Sequence[StyleBooks], small: Collection[PublicPlace], floor: int) -> frozenset[Key]:
    """Cells at whose places fewer valid ballots than the floor are seen to be."""
    valid: Counter[PublicPlace] = Counter()
    for book in books:
        if place_of(book) not in small:
            valid[place_of(book)] += book.valid
    return frozenset(cell for cell, near in asking(books).items() if sum(valid[one] for one in set(map(place_of, near))) < floor)
