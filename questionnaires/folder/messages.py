"""Every sentence the folder reader can say: code -> what is wrong and what to do, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass, field

from questionnaires.language.problems import Problem, SchemeProblems

# code: (Chinese, English, Chinese remedy, English remedy)
MESSAGES: dict[str, tuple[str, str, str, str]] = {
    # --- files
    "no-folder": (
        "没有这个文件夹。",
        "There is no such folder.",
        "请检查路径。",
        "Check the path.",
    ),
    "no-scheme": (
        "文件夹里没有 scheme.yml。",
        "The folder has no scheme.yml.",
        "请把方案文件放进来并命名为 scheme.yml。",
        "Put the scheme file there under that name.",
    ),
    "no-table": (
        "缺少“{zh}”表（{key}.csv 或 {key}.xlsx）。",
        "The table “{key}” is missing ({key}.csv or {key}.xlsx).",
        "请按 docs/evidence.md 补上。",
        "Add it; see docs/evidence.md.",
    ),
    "strange-file": (
        "不知道这个文件是哪张表。",
        "It is not clear which table this file is.",
        "文件名可以是：{allowed}；不用的文件请移走。",
        "Known names: {allowed}; move other files away.",
    ),
    "strange-sheet": (
        "不知道工作表“{sheet}”是哪张表。",
        "It is not clear which table the sheet “{sheet}” is.",
        "工作表名可以是：{allowed}。",
        "Known names: {allowed}.",
    ),
    "table-twice": (
        "“{zh}”表已在 {other} 中。",
        "The table “{key}” already stands in {other}.",
        "同一张表只留一份。",
        "Keep only one of them.",
    ),
    "not-utf8": (
        "文件既不是 UTF-8 也不是 GB18030 编码。",
        "The file is neither UTF-8 nor GB18030 text.",
        "请另存为 UTF-8 编码的 csv。",
        "Save it as csv in UTF-8.",
    ),
    "bad-csv": (
        "csv 读不下去（{what}）。",
        "The csv file cannot be read on from here ({what}).",
        "请检查引号是否配对。",
        "Look for an unmatched quote.",
    ),
    "bad-workbook": (
        "这不是能读的 xlsx 工作簿（{what}）。",
        "This is not a readable xlsx workbook ({what}).",
        "请用电子表格软件重新另存为 xlsx 或 csv。",
        "Save it again as xlsx or csv.",
    ),
    "file-too-big": (
        "文件太大（{what}）。",
        "The file is too big ({what}).",
        "请拆分，或改用 csv。",
        "Split it, or use csv.",
    ),
    # --- headings
    "no-heading": (
        "第 {place} 列没有标题，下面却有内容。",
        "Column {place} has cells but no heading.",
        "请补上标题，或清空这一列。",
        "Give it a heading or empty it.",
    ),
    "strange-column": (
        "不认识的列“{name}”。",
        "The column “{name}” is not known.",
        "{allowed}",
        "{allowed_en}",
    ),
    "column-twice": (
        "“{name}”这一列出现了两次。",
        "The column “{name}” stands there twice.",
        "请只留一列。",
        "Keep only one.",
    ),
    "no-column": (
        "缺少“{zh}”（{key}）这一列。",
        "The column “{key}” is missing.",
        "请补上。",
        "Add it.",
    ),
    "mixed-shape": (
        "票表的列合不到一起：{what}。",
        "The columns of the ballots do not fit together: {what_en}.",
        "请照 docs/evidence.md 的三种样式之一。",
        "Use one of the three shapes in docs/evidence.md.",
    ),
    # --- cells
    "empty-cell": (
        "“{name}”不能空着。",
        "“{name}” must not be empty.",
        "请填写。",
        "Fill it in.",
    ),
    "long-row": (
        "这一行的格子比标题多。",
        "This row has more cells than there are headings.",
        "请检查多余的逗号。",
        "Look for an extra comma.",
    ),
    "not-number": (
        "“{text}”不是数。",
        "“{text}” is not a number.",
        "请写 87.5 或 1/3，不带单位、百分号和千位分隔。",
        "Write 87.5 or 1/3, without unit, percent sign or separators.",
    ),
    "not-count": (
        "“{text}”不是人数或份数。",
        "“{text}” is not a count.",
        "请写 0、1、2……",
        "Write 0, 1, 2 …",
    ),
    "not-date": (
        "“{text}”不是日期。",
        "“{text}” is not a date.",
        "请写成 2026-01-31。",
        "Write it as 2026-01-31.",
    ),
    "out-of-range": (
        "“{name}”是 {text}，应在 {least} 到 {most} 之间。",
        "“{name}” is {text} and must lie between {least} and {most}.",
        "请核对。",
        "Check it.",
    ),
    "unknown-subject": (
        "对象表里没有“{text}”。",
        "“{text}” is not among the subjects.",
        "请写对象表里的编号。",
        "Write a code from the subjects table.",
    ),
    "unknown-unit": (
        "没有对象属于单位“{text}”。",
        "No subject belongs to the unit “{text}”.",
        "请核对单位的写法。",
        "Check how the unit is written.",
    ),
    "unknown-word": (
        "方案里没有名为“{text}”的{what}。",
        "The scheme has no {what_en} named “{text}”.",
        "可以写：{allowed}。",
        "Known: {allowed}.",
    ),
    "twice": (
        "“{what}”已在第 {row} 行。",
        "“{what}” already stands in row {row}.",
        "请只留一行。",
        "Keep only one.",
    ),
    "not-asked": (
        "方案没有向“{subject}”要“{name}”。",
        "The scheme does not ask “{name}” of “{subject}”.",
        "请清空，或核对对象的情况。",
        "Empty the cell or check the subject's facts.",
    ),
    "unit-not-empty": (
        "“{group}”评议所有单位，不分单位。",
        "“{group}” rates every unit and belongs to none.",
        "“单位”请留空。",
        "Leave the unit empty.",
    ),
    # --- cells that hold no value one could use
    "unseen-character": (
        "这一格里有看不见的字符（{code}）。",
        "This cell holds a character that cannot be seen ({code}).",
        "请删去这一格，重新键入。",
        "Empty the cell and type it anew.",
    ),
    "cell-too-long": (
        "这一格的文字太长（{length} 个字）。",
        "The text of this cell is too long ({length} characters).",
        "一格最多 2000 个字。",
        "A cell holds 2,000 characters at most.",
    ),
    "number-cut": (
        "这个数超过 {digits} 位，表格软件已经丢掉后面的数字。",
        "This number has more than {digits} digits; the spreadsheet has dropped the later ones.",
        "请把这一列设为“文本”，再重新键入。",
        "Set the column to “text” and type it anew.",
    ),
    "formula-error": (
        "这一格的公式算不出来（{text}）。",
        "The formula of this cell came to an error ({text}).",
        "请改好公式，或直接填数。",
        "Mend the formula, or type the value.",
    ),
    "not-calculated": (
        "这一格的公式还没有算过，文件里没有它的值。",
        "The formula of this cell was never calculated; the file does not hold its value.",
        "请用表格软件打开，保存一次。",
        "Open the file in a spreadsheet and save it once.",
    ),
    # --- ballots
    "no-form": (
        "“{group}”在单位“{unit}”没有可填的表。",
        "“{group}” has no form in the unit “{unit}”.",
        "请核对评议主体与单位。",
        "Check group and unit.",
    ),
    "not-on-form": (
        "这张票上没有“{slot}”。",
        "“{slot}” is not on this ballot.",
        "请清空，或核对评议主体、单位和评议人。",
        "Empty the cell, or check group, unit and rater.",
    ),
    "unknown-mark": (
        "“{text}”不是“{item}”的选项。",
        "“{text}” is not a choice of “{item}”.",
        "可以选：{allowed}。",
        "Choices: {allowed}.",
    ),
    "mark-twice": (
        "票“{ballot}”在“{slot}”上有两个选择（另一个在第 {row} 行）。",
        "Ballot “{ballot}” has two marks for “{slot}” (the other in row {row}).",
        "一处只能选一个。",
        "One mark per place.",
    ),
    "ballot-differs": (
        "票“{ballot}”前后行的{what}不一致（见第 {row} 行）。",
        "The rows of ballot “{ballot}” differ in {what_en} (see row {row}).",
        "请改成一致。",
        "Make them agree.",
    ),
    "no-ballot-label": (
        "同一张票占多行时要有票号。",
        "A ballot that takes several rows needs a label.",
        "请填“票号”。",
        "Fill in “ballot”.",
    ),
    "too-many": (
        "票数超过 {most}。",
        "There are more than {most} ballots.",
        "请分批计算。",
        "Count them in parts.",
    ),
}


@dataclass
class Desk:
    """Where problems of one folder are laid down while reading goes on."""

    problems: list[Problem] = field(default_factory=list)

    def bad(self, origin: str, row: int, column: int, code: str, /, **values: object) -> None:
        """Note one problem. `row` and `column` count from 1; 0 when the whole file is meant."""
        zh, en, zh_remedy, en_remedy = MESSAGES[code]
        self.problems.append(Problem(origin, row, column, code, zh.format(**values), en.format(**values),
                                     zh_remedy.format(**values), en_remedy.format(**values)))

    def stop_if_bad(self) -> None:
        """Raise SchemeProblems with everything noted so far, if anything was."""
        if self.problems:
            raise SchemeProblems(list(dict.fromkeys(self.problems)))
