"""Every sentence the loader can say about a file: code -> what is wrong and what to do.

A table, so that translators and the documentation see all of it in one place.
"""

from __future__ import annotations

from analysis.saying import N_
from questionnaires.language.problems import Message, Problem, problem_of

# code: (what is wrong, what to do); a sentence that is only a part is not marked, the part is
MESSAGES: dict[str, Message] = {
    # --- the file as text
    "file-too-big": (N_("文件有 {found} 个字，超过 {most} 个。"), N_("方案文件不会这么大，请检查是否选错了文件。")),
    "tab": (N_("这一行用制表符（Tab）缩进。"), N_("请改用空格，每层两个。")),
    "full-width": (
        N_("这里用了全角标点“{character}”。"),
        N_("请换成半角标点，冒号、逗号后空一格；如果它是文字的一部分，请加引号。"),
    ),
    "indentation": (N_("这一行的缩进与上下文对不上。"), N_("同一层的各行要左对齐，下一层多缩进两个空格。")),
    "two-colons": (N_("一行里有两个“: ”。"), N_("后一个冒号若是文字的一部分，请把整段文字加引号。")),
    "colon-space": (N_("“{text}”的冒号后面没有空格。"), N_("请在冒号后面空一格；如果冒号是文字的一部分，请加引号。")),
    "open-quote": (N_("引号没有配对。"), N_("请在文字末尾补上同样的引号。")),
    "open-bracket": (N_("方括号或花括号没有写完整。"), N_("请检查是否少了逗号、“]”或“}}”；括号里带逗号的算式要加引号。")),
    "bad-character": (N_("文件里有不能使用的字符（{what}）。"), N_("请以 UTF-8 编码重新保存。")),
    "yaml": (N_("这里读不下去（{what}）。"), N_("请检查这一行和上一行的冒号、缩进和引号。")),
    "not-a-scheme": (N_("文件不是“名称: 内容”的形式。"), N_("请从 docs/schemes.md 的十行示例开始。")),
    "two-documents": (N_("文件里有第二份文档（---）。"), N_("一个文件只写一个方案。")),
    "alias": (N_("方案文件不用“&”和“*”引用。"), N_("请把内容写出来；如果它是文字，请加引号。")),
    "tag": (N_("方案文件不用“!”标签（{tag}）。"), N_("请删去标签；如果它是文字，请加引号。")),
    "too-deep": (N_("内容嵌套超过 {most} 层或超过 {nodes} 项。"), N_("请给中间结果起名字，分开写。")),
    "key-not-text": (N_("冒号前面应当是一个名称。"), N_("请检查括号。")),
    "duplicate-key": (N_("“{key}”写了两次。"), N_("请删去一个，或改成不同的名称。")),
    # --- shape
    "unknown-key": (N_("这里不认识“{key}”。"), N_("{hint}可以写的有：{known}。")),
    "missing-key": (N_("{where}缺少“{key}”。"), N_("请补上这一项。")),
    "want-map": (N_("这里应当是“名称: 内容”的各行。"), N_("请检查缩进和冒号（冒号后要空一格）。")),
    "want-text": (N_("这里应当是一段文字。"), N_("请直接写文字；含冒号时加引号。")),
    "want-number": (N_("“{text}”不是数。"), N_("可以写 12、0.5、20% 或 1/3，用半角数字。")),
    "want-count": (N_("“{text}”不是整数。"), N_("请写整数，如 1、2、3。")),
    "want-share": (N_("“{text}”不是份额。"), N_("份额写成 20% 或 1/3，在 0 和 1 之间。")),
    "want-yes": (N_("“{text}”不是“是”或“否”。"), N_("请写 是 或 否。")),
    "yes-word": (
        N_("“{text}”在不同软件里会被读成不同的东西。"),
        N_("要表示是非，请写 {yes}／{no}（或 true／false）；如果它是一个名称，请加引号。"),
    ),
    "want-word": (N_("“{text}”不在可选的词里。"), N_("可选：{allowed}。")),
    "want-date": (N_("“{text}”不是日期。"), N_("日期写成 2026-01-31。")),
    "bad-name": (N_("“{text}”不能作名称。"), N_("名称用汉字、字母、数字和下划线，中间可有一个空格，不以数字开头。")),
    "reserved-name": (N_("“{text}”是算式用词，不能作名称。"), N_("请换一个名称。")),
    "name-taken": (N_("名称“{name}”已在第 {first} 行用过。"), N_("计算式里每个名称只能有一个意思，请改名。")),
    "unknown-name": (N_("没有{named}。"), N_("{hint}请检查写法，或先写出它。{known}")),
    "empty-list": (N_("这里一项也没有。"), N_("至少写一项。")),
    "no-words-in": (N_("“{name}”没有语言“{language}”的文字。"), N_("请补上，或在“译文”中写出。")),
    # --- what sources leave open
    "open-here": (N_("“{name}”写了份额，没有写明“{key}”。"), N_("请在这里写明，例如：{example}。")),
    "open-policy": (N_("“{name}”要用到“{key}”，但方案没有写明。"), N_("请在这里写明，或在“约定”里统一写明，例如：{example}。")),
    # --- scales, items, forms
    "scale-values": (
        N_("选项“{scale}”里 {a} 与 {b} 的分值一样。"),
        N_("分值相同的两个等次分不出高低；请改分值，或去掉“由高到低”。"),
    ),
    "scale-order": (N_("选项“{scale}”没有按由高到低排列（{a} 之后是 {b}）。"), N_("请从最好的写起。")),
    "never-asked": (N_("测评内容“{name}”没有出现在任何测评表里。"), N_("请加入测评表，或删去。")),
    "group-never-asked": (N_("评议主体“{name}”没有测评表。"), N_("请为它写一行测评表，或删去。")),
    "self-unsigned": (
        N_("“{name}”的表上只有填表人自己，谁都看得出是谁填的，却没有写署名。"),
        N_("请写“署名: 是”。"),
    ),
    "barred-and-rated": (
        N_("“{name}”写了“回避”，又写这些人自己也被评：评议人旁边写的一个对象不能既是本人，又是要回避的人。"),
        N_("请分成两个评议主体；只是不评自己的，写“本身被评: 是”就够了。"),
    ),
    "form-periods": (
        N_("“{text}”不是时期。"),
        N_("写这一期的名称，如 2026-Q4；每年同一期写 *-Q4、*-07，“*”代表年份。"),
    ),
    "form-empty": (N_("这一行测评表没有可填的内容。"), N_("请检查内容与范围是否矛盾。")),
    "two-layouts": (
        N_("“{name}”的表在别的行写了版式“{old}”，这一行写“{new}”；一个主体只有一张表。"),
        N_("请只留一种，写在一行上就够了。"),
    ),
    "no-points": (
        N_("“{name}”要用分值，而“{item}”的选项（{grades}）只有文字，没有分值。"),
        N_("请给选项写分值；或者用“占比”“票数”“作答数”。"),
    ),
    "rule-codes": (N_("填写要求“{name}”涉及的各项选项里，“{grade}”的位置不同。"), N_("请为选项不同的内容分别写填写要求。")),
    "limit-empty": (N_("填写要求“{name}”没有写明限度。"), N_("请写“至多”“至少”“不得全选”“合计”或“不得重复”。")),
    "limit-order": (N_("填写要求“{name}”的下限高于上限。"), N_("请检查两个数。")),
    # --- quantities
    "formula": (
        N_("算式读不懂：{what}（第 {at} 个字附近）。"),
        N_("可以用 + - × ÷ ( ) = ≠ < <= > >= 且 或 非、若(条件, 甲, 乙)、较大()、较小()。"),
    ),
    "no-rule": (N_("“{name}”没有写明怎么算。"), N_("{hint}请写一条规则，例如“平均分”“占比”“加权合成”，见 docs/schemes.md。")),
    "two-rules": (N_("“{name}”同时写了“{a}”和“{b}”。"), N_("一个量只用一条规则；请拆成两个量。")),
    "cycle": (N_("计算绕成了圈：{path}。"), N_("请断开其中一环。")),
    "unused": (N_("“{name}”算了却没有用到。"), N_("请写进“结果”，或删去。")),
    "wrong-kind": (N_("“{name}”需要{want}，这里给的是{found}。"), N_("请换成合适的量。")),
    "two-meanings": (
        N_("“{word}”既是“{of}”的一个取值，又是一个量的名称，分不清指哪一个。"),
        N_("请给量改名；或者给这个词加引号，表示它是取值。"),
    ),
    "with-itself": (N_("“{of}”与它自己相比，结果总是一样。"), N_("请写要比的量；如果是一个取值，请加引号。")),
    "name-ambiguous": (
        N_("“{name}”也可以读成对“{part}”的一个条件，分不清是哪一个。"),
        N_("请给其中一个改名。"),
    ),
    "range-order": (N_("“{name}”的“从”（{least}）大于“到”（{most}），什么数也填不进去。"), N_("请核对两个数。")),
    "if-empty-beyond": (N_("“{name}”空着时作 {value}，不在它自己的范围 {least} 到 {most} 之内。"), N_("请核对。")),
    "fill-never": (
        N_("“{name}”用来补缺的量，在“{of}”缺的时候也缺，永远补不上。"),
        N_("请补以一个数，或补以同类平均，或补以不由“{of}”算出的量。"),
    ),
    "left-over-axis": (
        N_("“{name}”还分“{axis}”，排不进这一列。"),
        N_("请先沿“{axis}”合成一个数（合计、平均、个数……），再写进结果。"),
    ),
    "open-order": (
        N_("“{name}”是低者在前，并列时看的量却没有写明谁在前。"),
        N_("请写“并列看次序: 高者在前”或“并列看次序: 低者在前”。"),
    ),
    "wrong-axes": (
        N_("“{name}”要沿“{axis}”计算，但“{of}”不分“{axis}”，{axes}。"),
        N_("请换成分“{axis}”的量，或沿它有的一维。"),
    ),
    "no-axis": (N_("“{name}”不分“{axis}”，放不进“{heading}”。"), N_("请写进“列”，或在这里写一个分“{axis}”的量。")),
    "axis-left": (
        N_("“{name}”要每个对象一个数，而“{of}”还分“{axis}”。"),
        N_("请先沿“{axis}”合成一个数（合计、平均、个数……），或用 @ 取其中一个。"),
    ),
    "weights-sum": (N_("权重合计是 {found}，不是 {want}。"), N_("请改正权重；如果本来就不是 100，请写“总和: {found}”。")),
    "weights-sum-in": (
        N_("“{parent}”里面的权重合计是 {found}，不是 {want}；归入上级时，每个上级里面各算各的。"),
        N_("请改正这一个上级里面的权重；如果各上级里面本来都合计 {found}，请写“总和: {found}”。"),
    ),
    "weight-missing": (
        N_("没有写“{label}”的权重，“{of}”里它的值哪里也没有计入。"),
        N_("请补上权重；本来不计的写 0。"),
    ),
    "weight-negative": (N_("权重不能是负数（{text}）。"), N_("请改正。")),
    "rows-gap": (N_("各行没有包括 {case}。"), N_("请补一行。")),
    "table-gap": (N_("表里没有 {case}。"), N_("请补上，或写“其余”。")),
    "rows-overlap": (N_("第 {a} 行与第 {b} 行都包括 {case}。"), N_("请让每种情况只属于一行。")),
    "bands-gap": ("{gap}", N_("请让前一段的下界等于后一段的上界，并写明等号归谁。")),
    "bands-overlap": (N_("{value} 同时落在两段里（第 {a} 行与第 {b} 行）。"), N_("请只让一段包含它：“以上”含本数，“不足”不含。")),
    "cases-overlap": (
        N_("第 {a} 行与第 {b} 行都包括 {value}。"),
        N_("请改成互不重叠；如果有意让前面的先定，请写“规则先后: 先中先定”。"),
    ),
    "share-bound": (
        N_("“{name}”把份额“{of}”与 {bound} 相比，份额到不了这个数。"),
        N_("界限要写成百分比，如 {bound}%。"),
    ),
    "bound-beyond": (
        N_("“{name}”把“{of}”与 {bound} 相比，而“{of}”只会在 {least} 到 {most} 之间，这一条不会有两种结果。"),
        N_("请核对这个数，或核对满分与范围。"),
    ),
    "percent-of-points": (
        N_("“{name}”把“{of}”与 {percent}% 相比，而“{of}”是分数，可到 {most}。"),
        N_("请写分数（如 {percent}），或先除以满分。"),
    ),
    "cases-gap": (N_("“{name}”的各条都没有管到 {case}。"), N_("请补一条，或写“其余”。")),
    "quota-impossible": (N_("{size} 人一组时名额排不下：{why}。"), N_("请调整份额或名额舍入，或写明某一档“至少”的放宽。")),
    "tiers-short": (N_("各等次的名额合计最多只有 {found}，容不下全体。"), N_("至少留一个等次不设上限，或使上限合计达到 100%。")),
    "bounds-of-counted": (
        N_("“{name}”计的是次数，限不了每次的数额。"),
        N_("请写“计: 数额”，或删去“从”“到”。"),
    ),
    "two-windows": (N_("“{name}”写了两种时期范围。"), N_("“最近”“往前”“时期”只写一个。")),
    "limit-two": (N_("“{name}”同时限了合计和平均。"), N_("请写成两条规则，各限一个。")),
    "rule-points": (
        N_("“{name}”所管的各项选项分值不同，不能在一张票上相加。"),
        N_("请只写用同一套选项、同一个满分的内容，或写成几条规则。"),
    ),
    "grade-none-beyond": (
        N_("“{name}”里没有哪个等次合乎这个比较，“{grade}”已在尽头。"),
        N_("等次由高到低是 {allowed}；高低的比较里，高的在前。"),
    ),
    "grades-unordered": (
        N_("“{name}”的取值不分高低，不能比大小。"),
        N_("请用“=”或“≠”；要比高低的，先用“对照表”换成等次，并写明“等次: [高, …, 低]”。"),
    ),
    "grades-differ": (
        N_("“{a}”与“{b}”的等次不同，不能比高低：{allowed}；{other}。"),
        N_("请用“对照表”换成同样的等次。"),
    ),
    "grade-unknown": (N_("“{name}”里没有等次“{grade}”。"), N_("可选：{allowed}。")),
    "plan": (N_("这一步算不下去：{what}。"), N_("请检查各个量是否分主体、分内容、分时期；条件和权重不能比所用的量分得更细。")),
    "comment-length": (N_("意见的字数写成了 {found}。"), N_("请写 1 到 {most} 之间的整数；不写就是 200。")),
    "rule-value": (N_("“{name}”的“{key}”写得不对：{what}。"), N_("请改正。")),
}


def problem(origin: str, line: int, column: int, code: str, **parts: object) -> Problem:
    """The problem `code` at a place, its sentences to be filled with `parts`. KeyError for a code not in the table."""
    return problem_of(MESSAGES, origin, line, column, code, **parts)
