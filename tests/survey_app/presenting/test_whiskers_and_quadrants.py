"""Where a stretch, a line, a ground and a cross stand, and that every number drawn is told as well."""

from __future__ import annotations

from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from survey_app.presenting.charts import bars, quadrants, svg, whiskers
from survey_app.presenting.charts.shapes import Box, Disc, Drawing, Lettering, Stroke

pytestmark = pytest.mark.postgresql_later


def of_kind(drawing: Drawing, kind: str) -> list[Box]:
    return [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.kind == kind]


def row(label: str, value: int, low: int | None = None, high: int | None = None, ground: int = 1) -> whiskers.WhiskerRow:
    ends = [Fraction(one) if one is not None else None for one in (low, high)]
    return whiskers.WhiskerRow(label=label, value=Fraction(value), note=f"{value} 分", low=ends[0], high=ends[1], ground=ground)


def test_a_stretch_stands_on_the_scale_that_holds_all_of_them() -> None:
    # The scale is 60 to 100, 3 % free on either side: 80 stands at 50, 60 at 3, 100 at 97.
    drawing = whiskers.whiskers("图", [row("甲", 80, 60, 100), row("乙", 70)])
    (stretch,) = of_kind(drawing, "margin")
    assert [stretch.x, stretch.x + stretch.width] == [3, 97]
    assert [shape.x for shape in drawing.shapes if isinstance(shape, Disc)] == [50, Fraction(53, 2)]
    assert drawing.told == "甲 80 分; 乙 70 分"


def test_those_who_cannot_be_told_apart_share_a_ground() -> None:
    drawing = whiskers.whiskers("图", [row("甲", 90, ground=0), row("乙", 89, ground=0), row("丙", 70, ground=1)])
    assert (len(of_kind(drawing, "band")), len(of_kind(drawing, "band-other"))) == (2, 1)


def test_the_line_of_a_rule_and_parts_of_a_whole() -> None:
    share = whiskers.WhiskerRow(label="甲", value=Fraction(1, 4), note="25%", low=Fraction(0), high=Fraction(1, 2))
    drawing = whiskers.whiskers("图", [share], line=Fraction(1, 2), percent=True)
    (rule,) = (shape for shape in drawing.shapes if isinstance(shape, Stroke) and shape.kind == "rule")
    assert rule.x1 == rule.x2 == 50
    marks = {shape.text for shape in drawing.shapes if isinstance(shape, Lettering) and shape.kind == "scale"}
    assert marks == {"0%", "50%", "100%"}


def test_everybody_level_still_has_a_scale() -> None:
    assert [shape.x for shape in whiskers.whiskers("图", [row("甲", 80)]).shapes if isinstance(shape, Disc)] == [50]


def test_points_stand_in_the_four_fields_of_the_cross() -> None:
    points = [
        quadrants.QuadrantPoint(label=name, across=Fraction(across), up=Fraction(up), note="")
        for name, across, up in (("快", 1, 9), ("准", 9, 9), ("近", 1, 1), ("全", 9, 1))
    ]
    axes = quadrants.Axes(across="做得", up="要紧", cross=(Fraction(5), Fraction(5)), fields=("先改", "保持", "缓", "够"))
    drawing = quadrants.quadrants("图", points, axes)
    upright, level = (shape for shape in drawing.shapes if isinstance(shape, Stroke) and shape.kind == "rule")
    assert [upright.x1, Fraction(level.y1)] == [50, 150]
    found = [(shape.x < 50, shape.y < 150) for shape in drawing.shapes if isinstance(shape, Disc)]
    assert found == [(True, True), (False, True), (True, False), (False, False)]
    lettering = [shape.text for shape in drawing.shapes if isinstance(shape, Lettering)]
    assert {"1  快", "4  全", "先改", "够"} <= set(lettering)
    ET.fromstring(svg.on_paper(drawing))  # noqa: S314 - our own


def test_a_point_alone_stands_on_its_cross() -> None:
    one = quadrants.QuadrantPoint(label="快", across=Fraction(3), up=Fraction(3), note="")
    axes = quadrants.Axes(across="", up="", cross=(Fraction(3), Fraction(3)), fields=("", "", "", ""))
    (point,) = (shape for shape in quadrants.quadrants("图", [one], axes).shapes if isinstance(shape, Disc))
    assert [point.x, Fraction(point.y)] == [50, 150]


def test_bars_of_what_is_no_grade_take_the_steps_they_are_given() -> None:
    drawing = bars.stacked("图", [bars.BarRow("同事", (3, 1))], ("作答", "没有作答"), steps=(3, 4))
    assert [shape.kind for shape in drawing.shapes if isinstance(shape, Box) and shape.hint] == ["step-3", "step-4"]
