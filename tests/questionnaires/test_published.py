"""Published evaluation methods as scheme files: each counts its own evidence and gives the figures typed in examples.yml.

Those figures are the source's own or calculated by hand beside the rule; none was produced by the code.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from analysis import Report, evaluate
from analysis.values import Value
from questionnaires.folder.reader import Folder, read_folder

HOME = Path(__file__).parents[2] / "questionnaires" / "schemes" / "published"
METHODS = sorted(path.name for path in HOME.iterdir() if path.is_dir())
LABELS = ("subject", "group", "item", "period")


def examples(method: str) -> list[dict[str, Any]]:
    return list(YAML(typ="safe").load((HOME / method / "examples.yml").read_text(encoding="utf-8")))


@lru_cache
def counted(method: str) -> tuple[Folder, Report]:
    folder = read_folder(HOME / method)
    return folder, evaluate(folder.scheme.plan, folder.evidence)


def typed(text: str, like: Value) -> Value:
    """The expected value as the kind the count gives: a number, a truth or a word."""
    if isinstance(like, bool):
        return {"true": True, "false": False}[text]
    return Fraction(text) if isinstance(like, Fraction) else text


@pytest.mark.parametrize("method", METHODS)
def test_the_method_gives_the_figures_written_for_it(method: str) -> None:
    _, report = counted(method)
    for expected in examples(method):
        name = expected["quantity"]
        labels = {axis: expected[axis] for axis in LABELS if axis in expected}
        value = report.value(name, **{axis: labels[axis] for axis in report.tables[name].axes})
        assert value == typed(expected["value"], value), f"{method}: {labels} {name} ({expected['how']})"


@pytest.mark.parametrize("method", METHODS)
def test_reproduced_is_said_only_where_a_figure_of_the_source_comes_out(method: str) -> None:
    page = (HOME / method / "SOURCE.md").read_text(encoding="utf-8")
    status = page.splitlines()[1].strip("*").split(":")[0]
    assert status in {"Reproduced", "Expressed"}
    assert "https://" in page or "http://" in page
    if status == "Reproduced":
        assert any(expected["from"] == "source" for expected in examples(method))
    assert all(expected["from"] in {"source", "hand"} and expected["how"] for expected in examples(method))


def test_there_are_at_least_thirty_methods_from_ten_countries() -> None:
    # The first part of a folder's name is the country; "int" is international.
    countries = {method.split("-")[0] for method in METHODS} - {"int"}
    assert len(METHODS) >= 30
    assert len(countries) >= 10


@pytest.mark.parametrize("method", METHODS)
def test_every_method_quotes_its_source_beside_its_quantities(method: str) -> None:
    folder, _ = counted(method)
    assert any(info.source for info in folder.scheme.quantities.values())
