"""A draft's text under the checker: what is wrong, at which line and beside which field, or the scheme it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from questionnaires.editing.places import UnplacedError, Written, place
from questionnaires.language.problems import Problem, SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from survey_app.services.scheme_desk.fields import DeskField

ORIGIN = "scheme.yml"


@dataclass(frozen=True)
class CheckedDraft:
    """A text that was looked at: the scheme, or all its problems; `root` None where it is no YAML."""

    scheme: Scheme | None
    problems: tuple[Problem, ...]
    root: Written | None


@lru_cache(maxsize=32)
def check(text: str) -> CheckedDraft:
    """Look at a text. The same text is looked at once: a page asks several times."""
    try:
        root: Written | None = place(text)
    except UnplacedError:
        root = None
    try:
        return CheckedDraft(load_scheme(text, ORIGIN), (), root)
    except SchemeProblems as refused:
        return CheckedDraft(None, refused.problems, root)


def beside(problems: Iterable[Problem], fields: Mapping[str, DeskField]) -> dict[str, list[Problem]]:
    """The problems that stand on a field's line, and in its columns where several fields share the line; by the field's name."""
    found: dict[str, list[Problem]] = {}
    for one in problems:
        lines = {one.line, *one.also}
        here = [field for field in fields.values() if field.line in lines]
        exact = [field for field in here if field.start < one.column <= field.end]
        for field in exact or here[:1]:
            found.setdefault(field.name, []).append(one)
    return found
