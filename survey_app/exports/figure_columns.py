"""The columns of the long table of released figures, once and for all: never taken from the data, so a program that reads one
round's table reads every round's.

A column is added at the end and none is ever renamed; `FORMAT` is raised when what one means changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from survey_app.i18n import N_

FORMAT = "pingyi-figures/1"


class ColumnKind(StrEnum):
    """What a column holds, under the name of the type pandas gives it."""

    TEXT = "str"
    WHOLE = "Int64"
    NUMBER = "float64"
    TRUTH = "boolean"


@dataclass(frozen=True)
class FigureColumn:
    """One column: its name in the file, what it holds, and what it means in one sentence."""

    name: str
    kind: ColumnKind
    means: str


_T, _W, _N, _B = ColumnKind.TEXT, ColumnKind.WHOLE, ColumnKind.NUMBER, ColumnKind.TRUTH

COLUMNS = (
    FigureColumn("format", _T, N_("这张表的格式，现为 pingyi-figures/1")),
    FigureColumn("campaign", _T, N_("评议活动的代号")),
    FigureColumn("period", _T, N_("评议的时期")),
    FigureColumn("scheme", _T, N_("方案的代号")),
    FigureColumn("scheme_version", _T, N_("方案的版本")),
    FigureColumn("scheme_digest", _T, N_("方案的摘要（SHA-256）")),
    FigureColumn("report_digest", _T, N_("这次计算结果的摘要（SHA-256）")),
    FigureColumn("pool", _T, N_("比较范围")),
    FigureColumn("unit", _T, N_("单位编号")),
    FigureColumn("unit_name", _T, N_("单位名称")),
    FigureColumn("subject", _T, N_("对象编号")),
    FigureColumn("subject_name", _T, N_("对象的姓名或名称")),
    FigureColumn("kind", _T, N_("哪一类数：score 得分和等次，by_group 分主体，by_item 分内容，flag 提示，answers 票数")),
    FigureColumn("quantity", _T, N_("计算项在方案里的名字；票数一行为空")),
    FigureColumn("title", _T, N_("计算项或内容的名称，用阅读者的语言")),
    FigureColumn("group", _T, N_("评议主体的代号")),
    FigureColumn("item", _T, N_("测评内容的代号")),
    FigureColumn("choice", _T, N_("选项的代号；blank 是空白")),
    FigureColumn("type", _T, N_("值的类型：number 数，share 占比，rank 名次，grade 等次，truth 是否，count 票数")),
    FigureColumn("value", _N, N_("数值，双精度小数；占比写成 0 到 1 之间")),
    FigureColumn("exact", _T, N_("精确值，整数或分数；不能公布精确值时为空")),
    FigureColumn("count", _W, N_("票数")),
    FigureColumn("grade", _T, N_("等次或文字结果")),
    FigureColumn("truth", _B, N_("是否成立")),
    FigureColumn("shown", _T, N_("页面上显示的样子")),
    FigureColumn("missing", _T, N_("没有数时的原因，用阅读者的语言；有数时为空")),
    FigureColumn("coarse", _B, N_("为了不露出少数人的答案而少写了位数")),
)
NAMES = tuple(column.name for column in COLUMNS)
