"""Every sentence the folder reader can say: code -> what is wrong and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.saying import N_
from questionnaires.language.problems import Message, Problem, SchemeProblems, once, problem_of

# code: (what is wrong, what to do)
MESSAGES: dict[str, Message] = {
    # --- files
    "no-folder": (N_("没有这个文件夹。"), N_("请检查路径。")),
    "no-scheme": (N_("文件夹里没有 scheme.yml。"), N_("请把方案文件放进来并命名为 scheme.yml。")),
    "no-table": (N_("缺少“{table}”表（{key}.csv 或 {key}.xlsx）。"), N_("请按 docs/evidence.md 补上。")),
    "table-needed": (
        N_("方案要用“{table}”表，文件夹里没有。"),
        N_("请补上 {key}.csv 或 {key}.xlsx；确实一项也没有的，放一张表，在标题下第一格写“无”。"),
    ),
    "table-empty": (N_("“{table}”表里一行也没有。"), N_("请补上；没有票、没有人数就没有结果，不作零分。")),
    "table-without-rows": (N_("“{table}”表里一行也没有。"), N_("请补上；确实没有的，在标题下第一格写“无”。")),
    "strange-file": (N_("不知道这个文件是哪张表。"), N_("文件名可以是：{allowed}；不用的文件请移走。")),
    "strange-sheet": (N_("不知道工作表“{sheet}”是哪张表。"), N_("工作表名可以是：{allowed}。")),
    "table-twice": (N_("“{table}”表已在 {other} 中。"), N_("同一张表只留一份。")),
    "not-utf8": (N_("文件既不是 UTF-8 也不是 GB18030 编码。"), N_("请另存为 UTF-8 编码的 csv。")),
    "bad-csv": (N_("csv 读不下去（{what}）。"), N_("请检查引号是否配对。")),
    "bad-workbook": (N_("这不是能读的 xlsx 工作簿（{what}）。"), N_("请用电子表格软件重新另存为 xlsx 或 csv。")),
    "file-too-big": (N_("文件太大（{what}）。"), N_("请拆分，或改用 csv。")),
    # --- headings
    "no-heading": (N_("第 {place} 列没有标题，下面却有内容。"), N_("请补上标题，或清空这一列。")),
    "strange-column": (N_("不认识的列“{name}”。"), N_("可以有：{allowed}。")),
    "column-twice": (N_("“{name}”这一列出现了两次。"), N_("请只留一列。")),
    "no-column": (N_("缺少{column}这一列。"), N_("请补上。")),
    "mixed-shape": (N_("票表的列合不到一起：{what}。"), N_("请照 docs/evidence.md 的三种样式之一。")),
    # --- cells
    "empty-cell": (N_("“{name}”不能空着。"), N_("请填写。")),
    "long-row": (N_("这一行的格子比标题多。"), N_("请检查多余的逗号。")),
    "not-number": (N_("“{text}”不是数。"), N_("请写 87.5 或 1/3，不带单位、百分号和千位分隔。")),
    "not-count": (N_("“{text}”不是人数或份数。"), N_("请写 0、1、2……")),
    "not-date": (N_("“{text}”不是日期。"), N_("请写成 2026-01-31。")),
    "out-of-range": (N_("“{name}”是 {text}，应在 {least} 到 {most} 之间。"), N_("请核对。")),
    "unknown-subject": (N_("对象表里没有“{text}”。"), N_("请写对象表里的编号。")),
    "unknown-unit": (N_("没有对象属于单位“{text}”。"), N_("请核对单位的写法。")),
    "unknown-word": (N_("方案里没有{named}。"), N_("可以写：{allowed}。")),
    "twice": (N_("“{what}”已在第 {row} 行。"), N_("请只留一行。")),
    "not-asked": (N_("方案没有向“{subject}”要“{name}”。"), N_("请清空，或核对对象的情况。")),
    "unit-not-empty": (N_("“{group}”评议所有单位，不分单位。"), N_("“单位”请留空。")),
    # --- tables that contradict each other
    "period-gap": (
        N_("“{quantity}”要看最近 {last} 期，其中 {periods} 一行也没有。"),
        N_("请补上那一期；确实没有那一期的，在方案里用“时期”列出要看的各期。"),
    ),
    "period-not-earlier": (N_("“{quantity}”的 {periods} 不在所计算的 {period} 之前。"), N_("请删去这些行，或核对所计算的时期。")),
    "periods-unlike": (N_("“{quantity}”的时期写法不一样：{periods}。"), N_("请写成一样的，如 2024、2025，或 2025-Q1、2025-Q2。")),
    "period-unlisted": (
        N_("“{quantity}”的 {periods} 不在方案列出的时期里，没有人用。"),
        N_("请删去这些行，或在方案的“时期”里补上。"),
    ),
    "date-far": (N_("{date} 离方案的版本（{version}）太远。"), N_("请核对年份。")),
    "amount-ignored": (
        N_("方案只数“{kind}”的次数，这一行写了数量 {amount}。"),
        N_("发生几次就写几行；要按数量合计的，在方案里写“事项: {{{kind}: {{计: 数额}}}}”。"),
    ),
    "amount-below-zero": (N_("数量是 {amount}，不能是负数。"), N_("请写正数；冲销的请删去原来的一行。")),
    "heads-contradict": (N_("{large}是 {number}，{small}却有 {more}。"), N_("请核对这几个数：少的不能多于它所属的。")),
    "returned-differs": (
        N_("这里写收回 {typed} 张，票表里却有 {cast} 张（连同另放的空白票、无效票）。"),
        N_("请核对人数，或补齐票表。"),
    ),
    "heads-no-form": (N_("“{group}”在单位“{unit}”没有可填的表，这一行没有人用。"), N_("请核对评议主体与单位，或删去这一行。")),
    "heads-missing": (
        N_("人数表里没有“{group}”在单位“{unit}”的一行，方案要用它的{what}。"),
        N_("请补上这一行；没有清点的，把那一格空着。"),
    ),
    # --- cells that hold no value one could use
    "unseen-character": (N_("这一格里有看不见的字符（{code}）。"), N_("请删去这一格，重新键入。")),
    "cell-too-long": (N_("这一格的文字太长（{length} 个字）。"), N_("一格最多 2000 个字。")),
    "number-cut": (N_("这个数超过 {digits} 位，表格软件已经丢掉后面的数字。"), N_("请把这一列设为“文本”，再重新键入。")),
    "formula-error": (N_("这一格的公式算不出来（{text}）。"), N_("请改好公式，或直接填数。")),
    "not-calculated": (N_("这一格的公式还没有算过，文件里没有它的值。"), N_("请用表格软件打开，保存一次。")),
    # --- ballots
    "no-period": (
        N_("方案里有的表只在某几期填，而没有说这是哪一期。"),
        N_("请写明，例如 --period 2026-Q4。"),
    ),
    "no-form": (N_("“{group}”在单位“{unit}”没有可填的表。"), N_("请核对评议主体与单位。")),
    "not-on-form": (N_("这张票上没有“{slot}”。"), N_("请清空，或核对评议主体、单位和评议人。")),
    "unknown-mark": (N_("“{text}”不是“{item}”的选项。"), N_("可以选：{allowed}。")),
    "mark-twice": (N_("票“{ballot}”在“{slot}”上有两个选择（另一个在第 {row} 行）。"), N_("一处只能选一个。")),
    "ballot-differs": (N_("票“{ballot}”前后行的{what}不一致（见第 {row} 行）。"), N_("请改成一致。")),
    "no-ballot-label": (N_("同一张票占多行时要有票号。"), N_("请填“票号”。")),
    "too-many": (N_("票数超过 {most}。"), N_("请分批计算。")),
}


@dataclass
class ProblemDesk:
    """Where problems of one folder are laid down while reading goes on."""

    problems: list[Problem] = field(default_factory=list)

    def bad(self, origin: str, row: int, column: int, code: str, /, **parts: object) -> None:
        """Note one problem. `row` and `column` count from 1; 0 when the whole file is meant."""
        self.problems.append(problem_of(MESSAGES, origin, row, column, code, **parts))

    def stop_if_bad(self) -> None:
        """Raise SchemeProblems with everything noted so far, if anything was."""
        if self.problems:
            raise SchemeProblems(once(self.problems))
