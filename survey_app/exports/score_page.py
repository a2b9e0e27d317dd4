"""results.html: one file to read, print or pass on, with nothing fetched from anywhere and no script in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from analysis.evaluate import Tell
from analysis.values import Key
from survey_app.exports import score_sheets
from survey_app.exports.score_report import Results, derived, text
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.languages import languages

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
CALCULATIONS_MOST = 3000  # calculations written out on the page; of more, `pingyi explain` prints any


@dataclass(frozen=True)
class PageLine:
    """A line of a calculation on the page: `spot` is its place, to which every later line about the same cell leads."""

    level: int
    text: str
    spot: str
    again: bool


class _Calculations:
    """Writes calculations so that no cell is unfolded twice on the page: a page of a thousand subjects repeats nothing."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._seen: set[tuple[str, Key]] = set()
        self._spots: dict[tuple[str, Key], str] = {}

    def of(self, column: str, code: str) -> list[PageLine]:
        """The lines of one figure of a subject."""
        found = []
        for line in derived(self.results, column, {"subject": code}, self._seen):
            spot = self._spots.setdefault((line.name, line.key), f"c{len(self._spots) + 1}")
            found.append(PageLine(line.level, line.text, spot, line.again))
        return found


def to_html(results: Results, tell: Tell = lambda _done, _all: None) -> str:
    """The page. Every calculation of a subject unfolds below its results, as many as a page can carry.

    `tell` is told how many subjects of how many are written.
    """
    columns = score_sheets.of_subjects(results)
    writing = _Calculations(results)
    calculations: list[tuple[str, str, list[tuple[str, list[PageLine]]]]] = []
    for code, name in results.subjects.items():
        tell(len(calculations), len(results.subjects))
        if (len(calculations) + 1) * max(1, len(columns)) > CALCULATIONS_MOST:
            break
        calculations.append(
            (
                code,
                name,
                [
                    (results.quantities[column].title.in_(language()), writing.of(column, code))
                    for column in columns
                    if results.view.places(column, code)
                ],
            )
        )
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals["_"] = _
    return environment.get_template("exports/score.html").render(
        results=results,
        overview=score_sheets.overview(results),
        matrices=score_sheets.matrices(results),
        findings=score_sheets.findings(results),
        books=score_sheets.books(results),
        policy=score_sheets.policy(results),
        calculations=calculations,
        left_out=len(results.subjects) - len(calculations),
        text=text,
        exact=score_sheets.exact_hint,
        language=language(),
        direction=languages()[language()].direction,
    )
