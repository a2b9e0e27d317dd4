"""Everything worked by hand that lies beside a scheme file: `examples.yml`, as cases or as single figures, and `cases/*.yml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from questionnaires.cases.cases import EXAMPLES_FILE, Case, holds_cases, read_cases
from questionnaires.cases.figures import read_figures
from questionnaires.folder.reader import has_tables, read_evidence
from questionnaires.model import Scheme

CASES_FOLDER = "cases"


def case_files(folder: Path) -> Iterator[Path]:
    """The files beside a scheme in which something is worked by hand.

    Parameters
    ----------
    folder
        Where the scheme file lies.
    """
    if (folder / EXAMPLES_FILE).is_file():
        yield folder / EXAMPLES_FILE
    yield from sorted((folder / CASES_FOLDER).glob("*.yml"))


def cases_beside(folder: Path, scheme: Scheme) -> tuple[Case, ...]:
    """All cases beside a scheme. Single figures are one case over the folder's tables.

    Raises
    ------
    SchemeProblems
        With every problem of the first file that has any.
    """
    found: list[Case] = []
    for path in case_files(folder):
        text, origin = path.read_text(encoding="utf-8-sig"), str(path.relative_to(folder))
        if holds_cases(text):
            found += read_cases(text, scheme, origin)
        elif has_tables(folder):
            found += read_figures(text, read_evidence(scheme, folder), origin)
    return tuple(found)
