"""How a number came about, as lines a page can fold: the calculation written by hand, with the scheme's line and source."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.errors import AnalysisError
from analysis.explain import explain
from survey_app.services.results import Loaded

#: A page unfolds this many levels; the command line goes all the way.
DEPTH = 8


@dataclass(frozen=True)
class Step:
    """One line of a calculation and how deep it stands below the number asked for."""

    level: int
    text: str


def steps(loaded: Loaded, name: str, subject: str, **labels: str) -> list[Step]:
    """The calculation of one cell; empty where the quantity does not apply to this subject."""
    table = loaded.report.tables.get(name)
    given = {"subject": subject, **labels}
    if table is None or set(table.axes) != set(given) or tuple(given[axis] for axis in table.axes) not in table.cells:
        return []
    try:
        node = loaded.report.trace(name, given)
        text = explain(node, titles=_titles(loaded), names=_names(loaded), language=loaded.reading.language, depth=DEPTH)
    except AnalysisError:
        return []  # a table over single ballots is not kept: there is nothing to walk back through
    return [Step((len(line) - len(line.lstrip(" "))) // 2, line.strip()) for line in text.splitlines()]


def _titles(loaded: Loaded) -> dict[str, str]:
    return {key: info.title.in_(loaded.reading.language) for key, info in loaded.scheme.quantities.items()}


def _names(loaded: Loaded) -> dict[str, str]:
    scheme, language = loaded.scheme, loaded.reading.language
    names = {code: person.name for code, person in loaded.people.items()}
    names |= {group.key: group.title.in_(language) for group in scheme.groups.values()}
    names |= {key: text.in_(language) for key, text in scheme.indicators.items()}
    names |= {item.key: item.text.in_(language) for item in scheme.items.values()}
    for scale in scheme.scales.values():
        names |= {choice.key: choice.label.in_(language) for choice in scale.choices}
    return names
