"""results.html: one file to read, print or pass on, with nothing fetched from anywhere and no script in it."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from survey_app.exports import score_sheets
from survey_app.exports.score_report import Results, by_hand, text
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.languages import languages

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
CALCULATIONS_MOST = 3000  # calculations written out on the page; of more, `pingyi explain` prints any


def to_html(results: Results) -> str:
    """The page. Every calculation of a subject unfolds below its results, as many as a page can carry."""
    columns = score_sheets.of_subjects(results)
    calculations: list[tuple[str, str, list[tuple[str, str]]]] = []
    for code, name in results.subjects.items():
        if (len(calculations) + 1) * max(1, len(columns)) > CALCULATIONS_MOST:
            break
        calculations.append(
            (
                code,
                name,
                [
                    (results.quantities[column].title.in_(language()), by_hand(results, column, {"subject": code}))
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
