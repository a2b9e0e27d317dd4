"""Where the pieces of a chart stand, and that each is legible without colour, without scripts and for whoever cannot see it."""

from __future__ import annotations

import re
from fractions import Fraction
from xml.etree import ElementTree as ET

import pytest

from survey_app.presenting.charts import bars, dots, heats, looks, strips, svg, trends
from survey_app.presenting.charts.shapes import Box, Disc, Drawing, Lettering, Stroke, fitted

pytestmark = pytest.mark.postgresql_later

SCALE = ("优秀", "称职", "基本称职", "不称职")


def boxes(drawing: Drawing, prefix: str = "step-") -> list[Box]:
    """The pieces of the bars, without the legend's swatches, which bear no hint."""
    return [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.kind.startswith(prefix) and shape.hint]


def texts(drawing: Drawing, kind: str) -> list[str]:
    return [shape.text for shape in drawing.shapes if isinstance(shape, Lettering) and shape.kind.startswith(kind)]


def test_a_bar_of_three_to_one_splits_at_three_quarters_and_leaves_out_what_nobody_chose() -> None:
    drawing = bars.stacked("图", [bars.BarRow("同事", (3, 0, 0, 1), "4 人")], SCALE)
    assert [(int(box.x), int(box.width), box.kind, box.hint) for box in boxes(drawing)] == [
        (0, 75, "step-1", "优秀 3"),
        (75, 25, "step-7", "不称职 1"),
    ]
    assert texts(drawing, "on-step") == ["3", "1"]


def test_a_sliver_carries_no_number_and_every_number_is_told_to_whoever_cannot_see() -> None:
    # 1 of 60 of 300 px is 5 px, less than a digit needs
    drawing = bars.stacked("图", [bars.BarRow("同事", (59, 0, 0, 1))], SCALE)
    assert texts(drawing, "on-step") == ["59"]
    assert drawing.told == "同事: 优秀 59 不称职 1"


def test_counts_that_do_not_fit_the_scale_are_refused() -> None:
    with pytest.raises(ValueError, match="2 counts for 4 choices"):
        bars.stacked("图", [bars.BarRow("同事", (1, 2))], SCALE)


def test_bars_of_one_chart_begin_and_end_at_the_same_places_and_stand_on_one_scale() -> None:
    rows = [bars.BarRow("一", (1, 0, 0, 0)), bars.BarRow("二", (5, 5, 5, 5)), bars.BarRow("三", (0, 0, 0, 0))]
    drawing = bars.stacked("图", rows, SCALE)
    frames = [shape for shape in drawing.shapes if isinstance(shape, Box) and shape.kind == "rest"]
    assert {(frame.x, frame.width) for frame in frames} == {(Fraction(0), Fraction(100))}
    assert texts(drawing, "scale") == ["0%", "25%", "50%", "75%", "100%"]


@pytest.mark.parametrize(("choices", "steps"), [(1, [1]), (2, [1, 7]), (4, [1, 3, 5, 7]), (7, [1, 2, 3, 4, 5, 6, 7])])
def test_the_ends_of_a_scale_take_the_ends_of_the_palette(choices: int, steps: list[int]) -> None:
    assert [bars.step_of(place, choices) for place in range(choices)] == steps


def test_the_line_of_a_rule_stands_where_it_turns() -> None:
    row = bars.LineRow(
        label="不称职率",
        part=Fraction(2),
        base=Fraction(6),
        line=Fraction(1, 2),
        note="2/6",
        line_note="线 1/2",
        part_text="33.3%",
    )
    drawing = bars.beside_line("图", [row])
    (part,) = (shape for shape in drawing.shapes if isinstance(shape, Box) and shape.kind == "part")
    (rule,) = (shape for shape in drawing.shapes if isinstance(shape, Stroke) and shape.kind == "rule")
    assert (part.width, rule.x1, rule.x2) == (Fraction(100, 3), Fraction(50), Fraction(50))
    assert "线 1/2" in drawing.told


def test_everybody_of_a_class_is_a_mark_and_with_very_many_a_mark_says_for_how_many_it_stands() -> None:
    few = strips.strip("图", "", [Fraction(one) for one in (60, 60, 80)], own=Fraction(80), own_text="80")
    assert len([shape for shape in few.shapes if isinstance(shape, Disc) and shape.kind == "mark"]) == 3
    (own,) = (shape for shape in few.shapes if isinstance(shape, Disc) and shape.kind == "own")
    assert own.x == 97  # the greatest stands at the end of the scale, 3 % from the edge
    # 25 level ones in columns of at most sixteen: a mark for two, thirteen marks
    many = strips.strip("图", "", [Fraction(60)] * 25 + [Fraction(70)], many=lambda n: f"每点 {n} 个")
    assert len([shape for shape in many.shapes if isinstance(shape, Disc)]) == 13 + 1
    assert "每点 2 个" in texts(many, "scale")


def test_bands_of_grades_meet_at_their_lines_and_a_far_one_pushes_nobody_into_a_corner() -> None:
    bands = [
        strips.ScaleBand("好", Fraction(85), None),
        strips.ScaleBand("差", None, Fraction(85)),
        strips.ScaleBand("无", None, Fraction(-500)),
    ]
    drawing = strips.strip("图", "", [Fraction(80), Fraction(90)], bands=bands)
    found = {shape.hint: (int(shape.x), int(shape.x + shape.width)) for shape in drawing.shapes if isinstance(shape, Box)}
    assert found == {"好": (50, 100), "差": (0, 50)}


def test_a_share_has_its_margin_around_it_and_a_complete_count_none() -> None:
    rows = [
        dots.DotRow(label="甲", share=Fraction(1, 2), note="50%", low=Fraction(1, 4), high=Fraction(3, 4)),
        dots.DotRow(label="乙", share=Fraction(9, 10), note="90%"),
    ]
    drawing = dots.dots("图", rows)
    (margin,) = (shape for shape in drawing.shapes if isinstance(shape, Box))
    assert (int(margin.x), int(margin.width)) == (25, 50)
    assert [shape.x for shape in drawing.shapes if isinstance(shape, Disc)] == [50, 90]


def test_a_period_without_a_value_breaks_the_line() -> None:
    points = [
        trends.TrendPoint(period="2024", value=Fraction(80), text="80"),
        trends.TrendPoint(period="2025", value=None, text="—"),
        trends.TrendPoint(period="2026", value=Fraction(90), text="90"),
    ]
    drawing = trends.trend("图", points)
    assert [shape for shape in drawing.shapes if isinstance(shape, Stroke) and shape.kind == "path"] == []
    assert [shape.x for shape in drawing.shapes if isinstance(shape, Disc)] == [8, 92]


def test_a_long_name_is_cut_with_a_sign_that_more_was_there() -> None:
    assert fitted("东镇", 100) == "东镇"
    assert fitted("东镇人民政府办公室", 70) == "东镇人民…"  # 4 x 14 + 0.58 x 14 = 64.1


# --- markup
@pytest.fixture
def drawing() -> Drawing:
    return bars.stacked('图 <"&', [bars.BarRow("同事 <b>", (3, 1, 1, 1), "6 人")], SCALE)


def test_on_a_page_colours_come_from_the_style_sheet_and_no_style_is_written(drawing: Drawing) -> None:
    written = str(svg.on_page(drawing))
    tree = ET.fromstring(written)  # noqa: S314 - our own
    assert "style=" not in written
    assert "#" not in re.sub(r"url\(#[^)]*\)|&#\d+;", "", written)
    assert tree.get("role") == "img"
    assert tree.get("aria-label") == '图 <"& 同事 <b>: 优秀 3 称职 1 基本称职 1 不称职 1'


def test_on_paper_everything_is_written_out_and_the_title_goes_with_it(drawing: Drawing) -> None:
    tree = ET.fromstring(svg.on_paper(drawing))  # noqa: S314 - our own
    assert "class" not in svg.on_paper(drawing)
    assert tree.get("width") == "640"
    assert tree.findtext("{http://www.w3.org/2000/svg}title") == '图 <"&'
    assert "不称职 1" in (tree.findtext("{http://www.w3.org/2000/svg}desc") or "")


def grey(colour: str) -> float:
    """How light a colour is in grey, 0 to 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_best_and_worst_are_told_apart_in_grey_by_a_pattern() -> None:
    assert abs(grey(looks.STEPS["step-1"][0]) - grey(looks.STEPS["step-7"][0])) < 10  # alike in grey, so colour is not enough
    assert set(looks.HATCHES) == {"step-5", "step-6", "step-7"}
    assert len(set(looks.HATCHES.values())) == 3


def test_paper_has_the_colours_of_the_style_sheet() -> None:
    from tests.survey_app.test_style import ROOT, tokens  # noqa: PLC0415 - one reader of the sheet

    said = tokens((ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8").partition("@media")[0])
    assert [looks.STEPS[f"step-{step}"][0] for step in range(1, 8)] == [said[f"grade-{step}"] for step in range(1, 8)]
    assert (looks.LOOKS["text"]["fill"], looks.LOOKS["soft"]["fill"]) == (said["ink"], said["ink-soft"])


def cell(value: int | None) -> heats.HeatCell:
    """A cell of a hundred, or one that is held back."""
    if value is None:
        return heats.HeatCell(texts=("不列",), hint="不列")
    return heats.HeatCell(texts=(f"{value}.00", str(value)), part=Fraction(value, 100), hint=str(value))


@pytest.mark.parametrize(("part", "step"), [(100, 1), (91, 1), (90, 2), (31, 7), (30, 7), (0, 7)])
def test_steps_of_a_map_lie_between_its_ends_and_what_is_beyond_takes_the_step_at_the_end(part: int, step: int) -> None:
    # from 30 to 100 a step is ten wide
    assert heats.step_at(Fraction(part, 100), Fraction(3, 10), Fraction(1)) == step
    assert heats.step_at(Fraction(1, 2), Fraction(1, 2), Fraction(1, 2)) == 1


def test_a_map_colours_what_is_known_and_names_what_is_held_back() -> None:
    rows = [heats.HeatRow("东镇", (cell(100), cell(None))), heats.HeatRow("西镇", (cell(30), heats.HeatCell(asked=False)))]
    drawing = heats.heat("图", ["德", "能"], rows, low=Fraction(3, 10), high=Fraction(1), not_shown="没有列出")
    assert [(box.kind, box.hint) for box in boxes(drawing)] == [("step-1", "100"), ("step-7", "30")]
    assert [box.hint for box in boxes(drawing, "rest")] == ["不列"]
    assert "没有列出" in texts(drawing, "soft")
    assert drawing.told == "东镇: 德 100.00 能 不列; 西镇: 德 30.00"
    with pytest.raises(ValueError, match="one cell for each column"):
        heats.heat("图", ["德"], rows, low=Fraction(0), high=Fraction(1), not_shown="")


def test_a_number_stands_where_a_phone_has_room_and_else_on_wide_pages_alone() -> None:
    def written(columns: int) -> set[tuple[str, bool]]:
        row = heats.HeatRow("东镇", (cell(50),) * columns)
        drawing = heats.heat("图", ["项"] * columns, [row], low=Fraction(0), high=Fraction(1), not_shown="")
        return {(one.text, one.wide) for one in drawing.shapes if isinstance(one, Lettering) and one.kind.startswith("on-step")}

    assert written(3) == {("50.00", False)}  # 64 of 300 px a column; four figures and a point need 45
    assert written(8) == {("50", False)}  # 24 px; two figures need 20
    assert written(12) == {("50", True)}  # 16 px on a phone, 34 on a page
    assert written(40) == set()


def test_the_line_of_a_rule_stands_in_the_bar_it_is_about() -> None:
    row = bars.BarRow("合计", (1, 1, 0, 1), "3 人", line=Fraction(2, 3), line_note="线 1/3")
    drawing = bars.stacked("图", [row], SCALE)
    (rule,) = (shape for shape in drawing.shapes if isinstance(shape, Stroke) and shape.kind == "rule")
    assert (rule.x1, rule.x2) == (Fraction(200, 3), Fraction(200, 3))
    assert drawing.told.endswith("线 1/3")


def test_a_line_joins_only_the_points_of_one_and_the_same() -> None:
    whose = (("2024", "王某"), ("2025", "李某"), ("2026", "李某"))
    points = [trends.TrendPoint(period=period, value=Fraction(80), text="80", who=who) for period, who in whose]
    drawing = trends.trend("图", points)
    assert len([shape for shape in drawing.shapes if isinstance(shape, Stroke) and shape.kind == "path"]) == 1
    assert drawing.told == "2024 王某 80; 2025 李某 80; 2026 李某 80"
