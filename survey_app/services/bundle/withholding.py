"""What the public bundle keeps back: every count that the decision on all that leaves holds back, and every figure that cannot
be worked out without it.

Lives here: the rule of docs/bundle.md over a bundle's rows. May not live here: which counts are held back (`release`), which
figures follow from the rest (asked of `analysis.disclosure`), what goes into a bundle (`making`), and anything of the checker,
which has to be able to find fault here.
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
from survey_app.i18n import N_
from survey_app.models.style import WHOLE
from survey_app.services.release import published
from survey_app.services.release.published import PublicPlace
from survey_app.services.release.withholding import Held
from survey_app.services.results.gate import UnseenFigureError

Content = dict[str, Any]
#: Head-counts that a public bundle holds for a place, and not for each form.
_BY_PLACE = ("valid", "blank", "invalid")


def public(content: Content, held: Held, kinds: Collection[str]) -> Content:
    """The content without what was decided to be held back and `kinds` of other evidence, and every figure that rests on it.

    Raises UnseenFigureError should a count be left that was decided to stay.
    """
    report = held.report
    books, floor = report.tally.books, content["floor"]
    small = published.small_places(books, floor)
    counts: Collection[Key] = held.hidden_from_public
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
        "tables": _shown_tables(content, report, kept),
        "withheld": beyond_floor(content, held),
    }
    for *cell, row in content["counts"]:
        if row is not None and held.cell(*cell):
            raise UnseenFigureError(N_("核对包里有决定不公布的票数，没有制作；请把这句话告诉维护系统的人。"))
    return {**content, "rulings": _shown_rulings(content)}


def beyond_floor(content: Content, held: Held) -> list[list[str]]:
    """Cells withheld though the floor in the bundle would show them: [subject, group, item, why].

    "few": too few gave a grade there, among enough forms; "beside": with it others' answers could be worked out.
    """
    tally, floor = held.report.tally, held.plan.published
    ruled = published.small_cells(tally.books, published.small_places(tally.books, floor), floor)
    if content["release"] is not None:  # else nothing in the bundle says what was promised
        ruled |= published.few_forms(tally, held.plan)
    return sorted(
        [*cell, "beside" if cell in held.hidden and not held.union.few(cell) else "few"]
        for cell in held.hidden_from_public - ruled
    )


def without_ballots(content: Content, report: Report) -> Content:
    """An auditors' bundle without the figures that rest on whole single ballots of which auditors get pieces, or none."""
    cut = {one["style"] for one in content["styles"] if one["rated"] or one.get("v", WHOLE) != WHOLE}
    none = {book.style for book in report.tally.books if book.cast == book.superseded}
    return {**content, "tables": _shown_tables(content, report, KeptBack(ballots=cut | none))}


def _unknown_heads(
    books: Sequence[StyleBooks], small: Collection[PublicPlace], counts: Collection[Key]
) -> Mapping[str, frozenset[Key]]:
    """The head-counts that cannot be told, by (subject, group): neither from a place that has no other forms than those that ask
    about the subject, nor, for valid ones, from the counts of an item that all these forms ask."""
    at = Counter(map(published.place_of, books))
    about: dict[Key, list[StyleBooks]] = {}
    for book in books:
        for subject in {slot.subject for slot in book.slots}:
            about.setdefault((subject, book.group), []).append(book)
    dark = frozenset(
        key
        for key, near in about.items()
        if any(place in small or at[place] != number for place, number in Counter(map(published.place_of, near)).items())
    )
    counted = {
        (subject, group)
        for (subject, group, item), near in published.asking(books).items()
        if (subject, group, item) not in counts and len(near) == len(about[subject, group])
    }
    return {what: dark - counted if what == "valid" else dark for what in _BY_PLACE}


def _shown_tables(content: Content, report: Report, kept: KeptBack) -> dict[str, list[list[object]] | None]:
    """The released figures as they follow from the rest; what does not is left out."""
    tables = work_out(report, kept, content["campaign"]["period"])
    shown: dict[str, list[list[object]] | None] = {}
    for name in content["tables"]:
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
