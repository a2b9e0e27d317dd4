"""Every sentence the loader can say about a file: code -> what is wrong and what to do, in Chinese and English.

A table, so that translators and the documentation see all of it in one place.
"""

from __future__ import annotations

from questionnaires.language.problems import Problem

# code: (Chinese, English, Chinese remedy, English remedy)
MESSAGES: dict[str, tuple[str, str, str, str]] = {
    # --- the file as text
    "file-too-big": (
        "文件有 {found} 个字，超过 {most} 个。",
        "The file has {found} characters, more than {most}.",
        "方案文件不会这么大，请检查是否选错了文件。",
        "No scheme is that long: check that it is the right file.",
    ),
    "tab": (
        "这一行用制表符（Tab）缩进。",
        "This line is indented with a tab.",
        "请改用空格，每层两个。",
        "Use spaces, two per level.",
    ),
    "full-width": (
        "这里用了全角标点“{character}”。",
        "There is a full-width sign “{character}” here.",
        "请换成半角标点，冒号、逗号后空一格；如果它是文字的一部分，请加引号。",
        "Use the half-width sign followed by a space; if it belongs to a text, put the text in quotes.",
    ),
    "indentation": (
        "这一行的缩进与上下文对不上。",
        "The indentation of this line does not fit the lines around it.",
        "同一层的各行要左对齐，下一层多缩进两个空格。",
        "Lines of one level start in the same column; the next level is two spaces deeper.",
    ),
    "two-colons": (
        "一行里有两个“: ”。",
        "There are two “: ” on one line.",
        "后一个冒号若是文字的一部分，请把整段文字加引号。",
        "If the second colon belongs to the text, put the text in quotes.",
    ),
    "colon-space": (
        "“{text}”的冒号后面没有空格。",
        "There is no space after the colon in “{text}”.",
        "请在冒号后面空一格；如果冒号是文字的一部分，请加引号。",
        "Put a space after the colon; if it belongs to a text, put the text in quotes.",
    ),
    "open-quote": (
        "引号没有配对。",
        "A quote is never closed.",
        "请在文字末尾补上同样的引号。",
        "Add the same quote at the end of the text.",
    ),
    "open-bracket": (
        "方括号或花括号没有写完整。",
        "A bracket or brace is not complete.",
        "请检查是否少了逗号、“]”或“}}”；括号里带逗号的算式要加引号。",
        "Look for a missing comma, “]” or “}}”; a formula with commas inside brackets needs quotes.",
    ),
    "bad-character": (
        "文件里有不能使用的字符（{what}）。",
        "The file holds a character that is not allowed ({what}).",
        "请以 UTF-8 编码重新保存。",
        "Save the file again as UTF-8 text.",
    ),
    "yaml": (
        "这里读不下去（{what}）。",
        "The file cannot be read on from here ({what}).",
        "请检查这一行和上一行的冒号、缩进和引号。",
        "Check colons, indentation and quotes on this line and the one above.",
    ),
    "not-a-scheme": (
        "文件不是“名称: 内容”的形式。",
        "The file does not consist of “name: content” lines.",
        "请从 docs/schemes.md 的十行示例开始。",
        "Start from the ten-line example in docs/schemes.md.",
    ),
    "two-documents": (
        "文件里有第二份文档（---）。",
        "The file holds a second document (---).",
        "一个文件只写一个方案。",
        "Write one scheme per file.",
    ),
    "alias": (
        "方案文件不用“&”和“*”引用。",
        "A scheme file does not use “&” anchors or “*” aliases.",
        "请把内容写出来；如果它是文字，请加引号。",
        "Write the content out; if it is a text, put it in quotes.",
    ),
    "tag": (
        "方案文件不用“!”标签（{tag}）。",
        "A scheme file does not use “!” tags ({tag}).",
        "请删去标签；如果它是文字，请加引号。",
        "Remove the tag; if it is a text, put it in quotes.",
    ),
    "too-deep": (
        "内容嵌套超过 {most} 层或超过 {nodes} 项。",
        "The content is nested deeper than {most} levels or has more than {nodes} entries.",
        "请给中间结果起名字，分开写。",
        "Name the intermediate results and write them one below the other.",
    ),
    "key-not-text": (
        "冒号前面应当是一个名称。",
        "What stands before the colon must be a name.",
        "请检查括号。",
        "Check the brackets.",
    ),
    "duplicate-key": (
        "“{key}”写了两次。",
        "“{key}” is written twice.",
        "请删去一个，或改成不同的名称。",
        "Remove one or rename it.",
    ),
    # --- shape
    "unknown-key": (
        "这里不认识“{key}”。",
        "“{key}” is not known here.",
        "{known}",
        "{known_en}",
    ),
    "missing-key": ("{where}缺少“{key}”。", "{where} lacks “{key_en}”.", "请补上这一项。", "Add it."),
    "want-map": (
        "这里应当是“名称: 内容”的各行。",
        "“name: content” lines are expected here.",
        "请检查缩进和冒号（冒号后要空一格）。",
        "Check indentation and colons (a space follows the colon).",
    ),
    "want-list": (
        "这里应当是一个列表。",
        "A list is expected here.",
        "请写成 [甲, 乙]，或每行以“- ”开头。",
        "Write [a, b], or start each line with “- ”.",
    ),
    "want-text": (
        "这里应当是一段文字。",
        "A text is expected here.",
        "请直接写文字；含冒号时加引号。",
        "Write the text itself; use quotes when it holds a colon.",
    ),
    "want-number": (
        "“{text}”不是数。",
        "“{text}” is not a number.",
        "可以写 12、0.5、20% 或 1/3，用半角数字。",
        "Write 12, 0.5, 20% or 1/3.",
    ),
    "want-count": ("“{text}”不是整数。", "“{text}” is not a whole number.", "请写 0、1、2……", "Write 0, 1, 2 …"),
    "want-share": (
        "“{text}”不是份额。",
        "“{text}” is not a share.",
        "份额写成 20% 或 1/3，在 0 和 1 之间。",
        "Write a share as 20% or 1/3, between 0 and 1.",
    ),
    "want-yes": ("“{text}”不是“是”或“否”。", "“{text}” is neither true nor false.", "请写 是 或 否。", "Write true or false."),
    "yes-word": (
        "“{text}”在不同软件里会被读成不同的东西。",
        "“{text}” is read differently by different programs.",
        "要表示是非，请写 是／否（或 true／false）；如果它是一个名称，请加引号。",
        "For a yes-or-no write true or false (是, 否); if it is a name, put it in quotes.",
    ),
    "want-word": (
        "“{text}”不在可选的词里。",
        "“{text}” is not one of the words allowed here.",
        "可选：{allowed}。",
        "Allowed: {allowed_en}.",
    ),
    "want-date": ("“{text}”不是日期。", "“{text}” is not a date.", "日期写成 2026-01-31。", "Write a date as 2026-01-31."),
    "bad-name": (
        "“{text}”不能作名称。",
        "“{text}” cannot be a name.",
        "名称用汉字、字母、数字和下划线，中间可有一个空格，不以数字开头。",
        "A name has letters, digits, underscores and single spaces, and does not begin with a digit.",
    ),
    "reserved-name": (
        "“{text}”是算式用词，不能作名称。",
        "“{text}” is a word of formulas and cannot be a name.",
        "请换一个名称。",
        "Choose another name.",
    ),
    "name-taken": (
        "名称“{name}”已在第 {first} 行用过。",
        "The name “{name}” is already used on line {first}.",
        "计算式里每个名称只能有一个意思，请改名。",
        "In formulas each name has one meaning: rename one.",
    ),
    "unknown-name": (
        "没有名为“{name}”的{what}。",
        "There is no {what_en} named “{name}”.",
        "{hint}请检查写法，或先写出它。",
        "{hint_en}Check the spelling or define it.",
    ),
    "empty-list": ("这里一项也没有。", "Nothing is listed here.", "至少写一项。", "List at least one."),
    "no-words-in": (
        "“{name}”没有语言“{language}”的文字。",
        "“{name}” has no text in “{language}”.",
        "请补上，或在“译文”中写出。",
        "Add it there or under “words”.",
    ),
    # --- what sources leave open
    "open-policy": (
        "“{name}”要用到“{key}”，但方案没有写明。",
        "“{name}” needs “{key_en}”, which the scheme leaves open.",
        "请在这里写明，或在“约定”里统一写明，例如：{example}。",
        "Settle it here or once under “policy”, for example: {example_en}.",
    ),
    # --- scales, items, forms
    "scale-values": (
        "选项“{scale}”里 {a} 与 {b} 的分值一样。",
        "In scale “{scale}” {a} and {b} have the same points.",
        "分值相同的两个等次分不出高低；请改分值，或去掉“由高到低”。",
        "Two grades of equal points cannot be told apart: change the points.",
    ),
    "scale-order": (
        "选项“{scale}”没有按由高到低排列（{a} 之后是 {b}）。",
        "Scale “{scale}” is not in falling order ({b} follows {a}).",
        "请从最好的写起。",
        "List the best first.",
    ),
    "never-asked": (
        "测评内容“{name}”没有出现在任何测评表里。",
        "Item “{name}” is on no form.",
        "请加入测评表，或删去。",
        "Put it on a form or remove it.",
    ),
    "group-never-asked": (
        "评议主体“{name}”没有测评表。",
        "Rater group “{name}” has no form.",
        "请为它写一行测评表，或删去。",
        "Give it a line under forms or remove it.",
    ),
    "form-empty": (
        "这一行测评表没有可填的内容。",
        "This line of the forms asks nothing.",
        "请检查内容与范围是否矛盾。",
        "Check whether items and scope exclude each other.",
    ),
    "two-layouts": (
        "“{name}”的表在别的行写了版式“{old}”，这一行写“{new}”；一个主体只有一张表。",
        "The form of “{name}” has the layout “{old_en}” on another line and “{new_en}” here; a group has one form.",
        "请只留一种，写在一行上就够了。",
        "Keep one of them; one line is enough.",
    ),
    "rule-codes": (
        "填写要求“{name}”涉及的各项选项里，“{grade}”的位置不同。",
        "In ballot rule “{name}” the grade “{grade}” stands at different places of the scales.",
        "请为选项不同的内容分别写填写要求。",
        "Write one rule per scale.",
    ),
    "limit-empty": (
        "填写要求“{name}”没有写明限度。",
        "Ballot rule “{name}” states no limit.",
        "请写“至多”“至少”“不得全选”“合计”或“不得重复”。",
        "Write “at most”, “at least”, “not all”, “sum” or “all different”.",
    ),
    "limit-order": (
        "填写要求“{name}”的下限高于上限。",
        "Ballot rule “{name}” has a least above its most.",
        "请检查两个数。",
        "Check the two figures.",
    ),
    # --- quantities
    "formula": (
        "算式读不懂：{what}（第 {at} 个字附近）。",
        "The formula cannot be read: {what_en} (near character {at}).",
        "可以用 + - × ÷ ( ) = ≠ < <= > >= 且 或 非、若(条件, 甲, 乙)、较大()、较小()。",
        "Use + - * / ( ) = != < <= > >= and or not, if(condition, a, b), max(), min().",
    ),
    "no-rule": (
        "“{name}”没有写明怎么算。",
        "“{name}” does not say how it is made.",
        "{hint}请写一条规则，例如“平均分”“占比”“加权合成”，见 docs/schemes.md。",
        "{hint_en}Name one rule, such as “grade points”, “share of”, “weighted parts”; see docs/schemes.md.",
    ),
    "two-rules": (
        "“{name}”同时写了“{a}”和“{b}”。",
        "“{name}” has two rules, “{a}” and “{b}”.",
        "一个量只用一条规则；请拆成两个量。",
        "One quantity, one rule: split it in two.",
    ),
    "cycle": (
        "计算绕成了圈：{path}。",
        "The calculation goes round in a circle: {path}.",
        "请断开其中一环。",
        "Break one of the links.",
    ),
    "unused": (
        "“{name}”算了却没有用到。",
        "“{name}” is calculated and never used.",
        "请写进“结果”，或删去。",
        "Show it under results or remove it.",
    ),
    "wrong-kind": (
        "“{name}”需要{want}，这里给的是{found}。",
        "“{name}” needs {want_en}, but this is {found_en}.",
        "请换成合适的量。",
        "Give a fitting quantity.",
    ),
    "two-meanings": (
        "“{word}”既是“{of}”的一个取值，又是一个量的名称，分不清指哪一个。",
        "“{word}” is both a value of “{of}” and the name of a quantity: nobody can tell which is meant.",
        "请给量改名；或者给这个词加引号，表示它是取值。",
        "Rename the quantity, or put the word in quotes to say it is the value.",
    ),
    "wrong-axes": (
        "“{name}”要沿“{axis}”计算，但“{of}”不分“{axis}”。",
        "“{name}” works along “{axis_en}”, but “{of}” has no such axis.",
        "请检查所指的量。",
        "Check the quantity named.",
    ),
    "weights-sum": (
        "权重合计是 {found}，不是 {want}。",
        "The weights add up to {found}, not {want}.",
        "请改正权重；如果本来就不是 100，请写“总和: {found}”。",
        "Correct the weights; if that is intended, write “total: {found}”.",
    ),
    "weight-negative": ("权重不能是负数（{text}）。", "A weight cannot be negative ({text}).", "请改正。", "Correct it."),
    "rows-gap": ("各行没有包括 {case}。", "The rows leave out {case}.", "请补一行，或写“其余”。", "Add a row or an “otherwise”."),
    "rows-overlap": (
        "第 {a} 行与第 {b} 行都包括 {case}。",
        "Lines {a} and {b} both claim {case}.",
        "请让每种情况只属于一行。",
        "Let each case belong to one row.",
    ),
    "bands-gap": (
        "{a} 与 {b} 之间有空档。",
        "There is a gap between {a} and {b}.",
        "请让前一段的下界等于后一段的上界，并写明等号归谁。",
        "Let one band begin where the next ends and say which holds the boundary.",
    ),
    "bands-overlap": (
        "{value} 同时落在两段里（第 {a} 行与第 {b} 行）。",
        "{value} falls into two bands (lines {a} and {b}).",
        "请只让一段包含它：“以上”含本数，“不足”不含。",
        "Let only one hold it: “>=” includes the number, “<” does not.",
    ),
    "cases-overlap": (
        "第 {a} 行与第 {b} 行都包括 {value}。",
        "The cases on lines {a} and {b} both claim {value}.",
        "请改成互不重叠；如果有意让前面的先定，请写“规则先后: 先中先定”。",
        "Make them exclusive; if the first shall win on purpose, write “rule order: first match”.",
    ),
    "quota-impossible": (
        "{size} 人一组时名额排不下：{why}。",
        "With {size} in a pool the quotas cannot be met: {why_en}.",
        "请调整份额或名额舍入，或写明某一档“至少”的放宽。",
        "Change the shares or the rounding of quotas.",
    ),
    "tiers-short": (
        "各等次的名额合计最多只有 {found}，容不下全体。",
        "Together the tiers hold at most {found} of everybody.",
        "至少留一个等次不设上限，或使上限合计达到 100%。",
        "Leave one tier without a most, or let the mosts reach 100%.",
    ),
    "grade-unknown": (
        "“{name}”里没有等次“{grade}”。",
        "“{name}” has no grade “{grade}”.",
        "可选：{allowed}。",
        "Allowed: {allowed}.",
    ),
    "plan": (
        "这一步算不下去：{what}。",
        "This step cannot be calculated: {what_en}.",
        "请检查各个量是否分主体、分内容、分时期；条件和权重不能比所用的量分得更细。",
        "Check which quantities go by group, item or period; a condition or weight cannot be finer than what it is used on.",
    ),
    "comment-length": (
        "意见的字数写成了 {found}。",
        "The characters of a comment are {found}.",
        "请写 1 到 {most} 之间的整数；不写就是 200。",
        "Write a whole number from 1 to {most}; 200 when nothing is written.",
    ),
    "rule-value": (
        "“{name}”的“{key}”写得不对：{what}。",
        "“{key_en}” of “{name}” is not right: {what_en}.",
        "请改正。",
        "Correct it.",
    ),
}


def problem(origin: str, line: int, column: int, code: str, **values: object) -> Problem:
    """The problem `code` at a place, its sentences filled with `values`. KeyError for a code not in the table."""
    zh, en, zh_remedy, en_remedy = MESSAGES[code]
    return Problem(
        origin,
        line,
        column,
        code,
        zh.format(**values),
        en.format(**values),
        zh_remedy.format(**values),
        en_remedy.format(**values),
    )
