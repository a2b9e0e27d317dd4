"""The data of the gallery: for each kind of chart ordinary, tiny, huge, withheld, negative and long-named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from survey_app.presenting.charts import bars, dots, heats, quadrants, strips, trends, whiskers
from survey_app.presenting.charts.shapes import Drawing

SCALE = ("优秀", "称职", "基本称职", "不称职")
SEVEN = ("很满意", "满意", "比较满意", "一般", "不太满意", "不满意", "很不满意")
LONG = "自治州农村人居环境整治与乡村振兴工作领导小组办公室综合协调和督查考核科（原扶贫开发办公室）"
ENGLISH = "Office of the Leading Group for Comprehensive Rural Development and Environmental Improvement"


def spread(n: int, low: int = 60, high: int = 100) -> list[Fraction]:
    """So many values between two ends, uneven and the same each time."""
    return [Fraction(low) + Fraction((place * place * 37 + place * 11) % 997, 997) * (high - low) for place in range(n)]


def _stacked() -> Mapping[str, Drawing]:
    rows = [bars.BarRow("上级领导", (5, 8, 2, 0), "15 人"), bars.BarRow("同事", (12, 20, 6, 3), "41 人")]
    line = bars.BarRow("合计", (17, 28, 8, 3), "56 人", line=Fraction(2, 3), line_note="不称职超三分之一：线 1/3")
    return {
        "ordinary": bars.stacked("票数分布", rows, SCALE),
        "with the line of a rule": bars.stacked("票数分布", [line, *rows], SCALE),
        "tiny": bars.stacked("一票", [bars.BarRow("群众", (1, 0, 0, 0), "1 人")], SCALE),
        "nobody answered": bars.stacked("空", [bars.BarRow("群众", (0, 0, 0, 0), "0 人")], SCALE),
        "huge": bars.stacked("百万票", [bars.BarRow("群众", (712345, 201112, 1, 86542), "1000000 人")], SCALE),
        "seven choices": bars.stacked("七档", [bars.BarRow("群众", (4, 9, 16, 22, 17, 6, 2), "76 人")], SEVEN),
        "long names": bars.stacked(
            "长名", [bars.BarRow(LONG, (3, 4, 5, 6), "18 人"), bars.BarRow(ENGLISH, (9, 1, 0, 0), "10")], SCALE
        ),
    }


def line_row(label: str, part: object, base: object, line: Fraction | None, note: str = "线 1/3") -> bars.LineRow:
    """A row with its line."""
    shown = f"{part}/{base}"
    return bars.LineRow(label=label, part=Fraction(str(part)), base=Fraction(str(base)), line=line, note=shown, line_note=note,
                        part_text=shown)  # fmt: skip


def _beside() -> Mapping[str, Drawing]:
    third = Fraction(1, 3)
    return {
        "ordinary": bars.beside_line("提示", [line_row("不满意超三分之一", 3, 12, third), line_row("一般和差较多", 5, 8, third)]),
        "no line": bars.beside_line("各项", [line_row("德", "86.5", 100, None, ""), line_row("能", 100, 100, None, "")]),
        "tiny": bars.beside_line("一票", [line_row("不称职", 1, 1, third)]),
        "nothing of nothing": bars.beside_line("空", [line_row("不称职", 0, 0, third)]),
        "line at the end": bars.beside_line("尽头", [line_row("称职率", 9, 10, Fraction(1), "线 1，要人人都投称职才算")]),
        "negative": bars.beside_line("扣分", [line_row("负分", 0, 20, Fraction(0), "线 0")]),
        "long names": bars.beside_line("长名", [line_row(LONG, 3, 12, third, f"线 1/3，{LONG}")]),
    }


def _dots() -> Mapping[str, Drawing]:
    def row(label: str, share: Fraction, low: Fraction | None = None, high: Fraction | None = None) -> dots.DotRow:
        return dots.DotRow(label=label, share=share, note=f"{float(share):.1%}", low=low, high=high)

    return {
        "ordinary": dots.dots(
            "满意率", [row("甲镇", Fraction(9, 10), Fraction(8, 10), Fraction(95, 100)), row("乙镇", Fraction(2, 3))]
        ),
        "ends": dots.dots(
            "两头", [row("全满意", Fraction(1)), row("全不满意", Fraction(0)), row("一人", Fraction(1), Fraction(0), Fraction(1))]
        ),
        "huge": dots.dots("四十个镇", [row(f"第{n}镇", value / 100) for n, value in enumerate(spread(40), start=1)]),
        "long names": dots.dots("长名", [row(LONG, Fraction(4, 5)), row(ENGLISH, Fraction(1, 2))]),
    }


BANDS = (
    strips.ScaleBand("好", Fraction(90), None),
    strips.ScaleBand("较好", Fraction(80), Fraction(90)),
    strips.ScaleBand("一般", Fraction(60), Fraction(80)),
    strips.ScaleBand("差", None, Fraction(60)),
)


def _strips() -> Mapping[str, Drawing]:
    def many(n: int) -> str:
        return f"每一点代表 {n} 个"

    own = Fraction("86.5")
    return {
        "ordinary": strips.strip("得分", "", spread(20), own=own, own_text="86.50", bands=BANDS, many=many),
        "alone in its band": strips.strip(
            "得分", "", (), own=own, own_text="86.50", bands=BANDS, holds=(Fraction(80), Fraction(90))
        ),
        "tiny": strips.strip("两个", "", spread(2), own=Fraction(60), own_text="60", many=many),
        "all the same": strips.strip("并列", "", [Fraction(80)] * 12, own=Fraction(80), own_text="80", many=many),
        "huge": strips.strip("六千个", "", spread(6363), own=own, own_text="86.50", bands=BANDS, many=many),
        "negative": strips.strip("加减分", "", spread(15, -30, 5), own=Fraction(-12), own_text="-12", many=many),
        "long names": strips.strip(
            LONG, "", spread(9), own=own, own_text=LONG[:12], bands=[strips.ScaleBand(LONG, Fraction(80), None)]
        ),
    }


def _trends() -> Mapping[str, Drawing]:
    def point(period: str, value: object, who: str = "", margin: object = None) -> trends.TrendPoint:
        found = None if value is None else Fraction(str(value))
        room = None if margin is None else Fraction(str(margin))
        return trends.TrendPoint(
            period=period, value=found, text="没有列出" if value is None else str(value), who=who, margin=room
        )

    years = [point("2023", "82.1"), point("2024", "85"), point("2025", "84.3"), point("2026", "88.6")]
    return {
        "ordinary": trends.trend("历次", years),
        "predecessor": trends.trend(
            "历次", [point("2024", "78", "王某"), point("2025", "85", "李某"), point("2026", "90", "李某")]
        ),
        "samples": trends.trend("历次", [point("2024", "78", margin="3.1"), point("2025", "80", margin="2.8")]),
        "withheld": trends.trend("历次", [point("2024", "78"), point("2025", None), point("2026", "90")]),
        "tiny": trends.trend("一次", [point("2026", "90")]),
        "negative": trends.trend("加减", [point("2025", "-4"), point("2026", "3")]),
        "long names": trends.trend("长名", [point(f"{year}年第四季度补充测评", "81.25", LONG) for year in (2024, 2025, 2026)]),
    }


def heat_cell(value: object, why: str = "人数太少，不单独列出") -> heats.HeatCell:
    """A cell of a hundred, or one without a number."""
    if value is None:
        return heats.HeatCell(texts=(why,), hint=why)
    number = Fraction(str(value))
    return heats.HeatCell(
        texts=(f"{float(number):.2f}", f"{float(number):.1f}", f"{float(number):.0f}"), part=number / 100, hint=str(value)
    )


def heat_of(rows: int, columns: int, name: str = "第{n}镇", item: str = "第{n}项", holes: int = 0) -> Drawing:
    """A map so large; every `holes`-th cell is withheld."""
    values = spread(rows * columns, 70)
    made = []
    for row in range(rows):
        here = [
            None if holes and (row * columns + at) % holes == 0 else round(float(values[row * columns + at]), 2)
            for at in range(columns)
        ]
        made.append(heats.HeatRow(name.format(n=row + 1), tuple(heat_cell(one) for one in here)))
    heads = [item.format(n=at + 1) for at in range(columns)]
    return heats.heat("各项", heads, made, low=Fraction(7, 10), high=Fraction(1), not_shown="没有列出")


def _heats() -> Mapping[str, Drawing]:
    lowest = heats.heat("扣分", ["德", "能"], [heats.HeatRow("负分", (heat_cell(-20), heat_cell(100)))], low=Fraction(-1, 5),
                        high=Fraction(1), not_shown="没有列出")  # fmt: skip
    return {
        "ordinary": heat_of(8, 6, item="项{n}"),
        "tiny": heat_of(1, 1),
        "huge": heat_of(40, 20),
        "withheld": heat_of(8, 6, holes=5),
        "negative": lowest,
        "long names": heat_of(4, 10, name=LONG, item="第{n}项：" + LONG),
    }


def _whiskers() -> Mapping[str, Drawing]:
    def row(label: str, value: object, reach: object = None, ground: int = 0) -> whiskers.WhiskerRow:
        found = Fraction(str(value))
        ends = (None, None) if reach is None else (found - Fraction(str(reach)), found + Fraction(str(reach)))
        return whiskers.WhiskerRow(label=label, value=found, note=str(value), low=ends[0], high=ends[1], ground=ground)

    return {
        "ordinary": whiskers.whiskers("名次", [row("甲", "88.1", 2), row("乙", "87", "1.5"), row("丙", "71", 3, 1)]),
        "tiny": whiskers.whiskers("一个", [row("甲", 88)]),
        "negative": whiskers.whiskers("变化", [row("甲", "-3.2", 2), row("乙", "4", 5)], line=Fraction(0)),
        "long names": whiskers.whiskers("长名", [row(LONG, 88, 3), row(ENGLISH, 70, 2, 1)]),
    }


def _quadrants() -> Mapping[str, Drawing]:
    axes = quadrants.Axes(
        across="满意率", up="重要性", cross=(Fraction(4, 5), Fraction(1, 2)), fields=("先改这里", "保持", "不急", "可能过了")
    )
    points = [
        quadrants.QuadrantPoint(label=f"第{n}项", across=one / 100, up=Fraction(n * 7 % 11, 11), note=f"{float(one):.0f}%")
        for n, one in enumerate(spread(9, 55), start=1)
    ]
    return {"ordinary": quadrants.quadrants("重要与满意", points, axes), "tiny": quadrants.quadrants("一项", points[:1], axes)}


KINDS: Mapping[str, Callable[[], Mapping[str, Drawing]]] = {
    "heats": _heats,
    "stacked bars": _stacked,
    "bars beside a line": _beside,
    "strips": _strips,
    "trends": _trends,
    "dots": _dots,
    "whiskers": _whiskers,
    "quadrants": _quadrants,
}
