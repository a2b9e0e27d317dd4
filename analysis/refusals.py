"""The sentences of everything the count can refuse, by code: the source language, to be told through a `Say`.

Parts stand in braces. Two kinds of parts are words themselves and come as codes: kinds of values and axes.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.saying import N_, NC_

#: Behind the sentence, where the plan's step is known.
AT_STEP = N_("（“{step}”）")
AT_LINE = N_("（“{step}”，方案第 {line} 行）")
#: Between the entries of a list.
LISTED = N_("、")

#: Name of a part -> its codes -> the words they are told by.
WORDS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "number": NC_("kind of value", "数"),
        "text": NC_("kind of value", "文字"),
        "truth": NC_("kind of value", "是非"),
        "missing": NC_("kind of value", "缺"),
    },
    "axis": {
        "subject": NC_("axis", "对象"),
        "group": NC_("axis", "主体"),
        "item": NC_("axis", "内容"),
        "period": NC_("axis", "时期"),
        "rater": NC_("axis", "评议人"),
        "rival": NC_("axis", "对手"),
    },
}

REFUSALS: Mapping[str, str] = {
    # --- figures and evidence
    "no-axis": N_("“{of}”不分{axis}"),
    "axis-not-within": N_("“{inner}”分{axis}，而它所作用的“{outer}”不分"),
    "subject-twice": N_("同一个对象出现了两次"),
    "two-values": N_("{cell} 的“{what}”有两个值"),
    "unknown-subject": N_("票上评了“{subject}”，名册里没有这个对象"),
    "item-not-asked": N_("方案里没有主体“{group}”填内容“{item}”"),
    "mark-outside-scale": N_("“{item}”只有 {choices} 个选项，票上出现了第 {mark} 个"),
    "only-counts-or-books": N_("{cell} 只在票数或只在账上有，对不上"),
    "marks-and-ballots-differ": N_("{cell} 有 {marks} 个答案，而有这一栏的有效票是 {ballots} 张"),
    "books-do-not-add-up": N_(
        "票种“{style}”投出 {cast} 张，有效 {valid}、空白 {blank}、无效 {invalid}、被替换 {superseded}，合不拢"
    ),
    "slot-twice": N_("票种“{style}”里同一栏出现两次"),
    "style-twice": N_("同一种票有两批"),
    "marks-shape": N_("票种“{style}”有 {slots} 栏，答案的形状却是 {shape}"),
    "marks-kind": N_("票种“{style}”的答案不是选项代码（{kept}）"),
    "marks-lost": N_("票种“{style}”有 {marks} 个答案，数出 {counted} 个"),
    "tally-differs": N_("存下的票数与票箱里的票不一致"),
    "number-needed": N_("这里要用数来算，遇到的却是{kind}“{value}”"),
    "truth-needed": N_("这里要一个条件（是或否），遇到的却是{kind}“{value}”"),
    "number-too-long": N_("算出的数长得写不下，多半是乘方或连乘写错了"),
    "not-a-grade": N_("“{value}”不是等次{grades}之一"),
    "places-not-whole": N_("“{of}”要给同一范围的每个对象同一个整数作名额，不能是“{value}”"),
    "parent-has-its-own": N_("{cell} 自己已有一个值，又有一个从下级并上来"),
    "period-not-of-calendar": N_("方案从本期往前数，而本期“{period}”不是年、半年、季或月；请写明，如 2026、2026-Q3、2026-07"),
    "headcount-twice": N_("“{unit}”的“{group}”有两份人数"),
    "needs-single-ballots": N_("这条规则要用到每一张票，现有的只是合计票数"),
    "not-a-choice-of-decision": N_("“{choice}”不在集体研究事项“{decision}”的可选结论里"),
    "no-hand": N_("没有写明“{op}”这种步骤怎样解释"),
    "not-a-test": N_("“{name}”不是一个判断"),
    "report-format": N_("结果的格式是“{given}”，不是“{wanted}”"),
    "not-a-report": N_("这不是一份计算结果，或者已经损坏"),
    # --- the plan as a whole
    "not-json": N_("计算步骤不是 JSON：{reason}"),
    "plan-not-an-object": N_("计算步骤要写成一个 JSON 对象"),
    "plan-format": N_("计算步骤的格式是“{given}”，不是“{wanted}”"),
    "unknown-key": N_("计算步骤里有不认识的键“{key}”"),
    "float": N_("“{given}”是浮点数；决定结果的数要写成文字"),
    "steps-not-a-list": N_("“steps”要写成一列步骤"),
    "outputs-not-steps": N_("“outputs”要写成一列步骤的名称"),
    "not-a-step": N_("“{given}”不是一个步骤"),
    "step-unnamed": N_("步骤要有名称（文字），行号要么不写，要么是整数：“{given}”"),
    "step-twice": N_("有两个步骤用了这个名称"),
    "not-a-watch": N_("“watches”里的“{given}”写得不对"),
    "unknown-op": N_("不认识步骤种类“{op}”；可用的有{known}"),
    # --- its head
    "not-an-object": N_("“{name}”要写成一个 JSON 对象"),
    "not-mapped-to-text": N_("“{name}”里“{key}”对应的要是文字"),
    "texts-not-different": N_("“{name}”要写成一列互不相同的文字"),
    "no-such-scale": N_("内容“{item}”用的选项“{scale}”没有定义"),
    "tree-in-a-circle": N_("{axis}“{label}”的上级绕成了圈"),
    "scale-not-a-list": N_("选项“{scale}”要写成一列"),
    "scale-codes": N_("选项“{scale}”的代码要从 1 编到 {many}，每个一次"),
    "scale-key-twice": N_("选项“{scale}”里有两项同名"),
    "not-a-scale-choice": N_("选项“{scale}”里的“{given}”不成一项"),
    # --- parameters of a step
    "parameter-needed": N_("要写“{name}”"),
    "unknown-parameter": N_("不认识“{name}”；可写的有{known}"),
    "not-an-earlier-step": N_("“{given}”不是前面某个步骤的名称"),
    "not-a-text": N_("“{name}”要写成文字，不能是“{given}”"),
    "not-one-of": N_("“{name}”只能写{known}之一，不能是“{given}”"),
    "not-texts": N_("“{name}”要写成一列文字"),
    "not-listed": N_("“{given}”不在“{names}”所列的里面"),
    "not-whole": N_("“{name}”要写 1 或更大的整数，不能是“{given}”"),
    "not-true-or-false": N_("“{name}”只能写 true 或 false"),
    "not-a-list": N_("“{name}”要写成一列"),
    "not-an-object-with": N_("“{given}”要写成一个 JSON 对象，键有{known}"),
    "not-exact": N_("“{given}”不是写成文字的数"),
    "not-a-literal": N_("“{given}”不是一个写定的值"),
    # --- single ops
    "choices-with-count": N_("计“count”时要写“choices”，计别的时不写"),
    "axes-not-different": N_("“axes”要从{known}里取，互不相同"),
    "row-labels": N_("表行“{row}”要有 {many} 个名称和一个值"),
    "row-twice": N_("{cell} 有两行"),
    "not-a-lookup-key": N_("“{key}”不是 @subject、@group、@item、@period 之一"),
    "row-keys": N_("表行“{row}”要有 {many} 个查找的键和一个值"),
    "period-needs-axis": N_("按时期查表，要有一个分时期的量"),
    "not-a-case": N_("情形“{case}”要写一个条件和一个值"),
    "one-limit": N_("{known}要写一个，也只能写一个"),
    "precision-not-above-zero": N_("“step”要大于零"),
    "exponent-out-of-reach": N_("“exponent”的分子、分母都不能超过一千"),
    "not-an-expression": N_("“{given}”不是算式"),
    "unknown-function": N_("不认识算法“{function}”；可用的有{known}"),
    "arguments-wrong": N_("“{function}”要 {wanted} 个数，写了 {given} 个"),
    "arguments-too-few": N_("“{function}”至少要 {wanted} 个数，写了 {given} 个"),
    "weights-without-meaning": N_("“{how}”用不上“weights”"),
    "trim-without-meaning": N_("“{how}”用不上“trim”"),
    "not-kept": N_("“{name}”要读的材料不在存下的结果里，不能照票数重放；只能补上材料重新计算"),
    "weight-below-zero": N_("“{name}”的权重不能是负数，不能是“{given}”"),
    "trim-below-zero": N_("去掉的个数不能是负数"),
    "by-needs-break": N_("“by”只与“ties: break”一起写"),
    "break-and-by": N_("“ties: break”与“by”要么都写，要么都不写"),
    "pool-over-subjects": N_("“pool”只在沿对象比较时可写"),
    "pool-not-by-subject": N_("“{of}”不只分对象，不能用来划比较范围"),
    "has-periods": N_("“{of}”已经分时期，不再是本期的一个数"),
    "no-rival-axis": N_("“{of}”要分对象，还不能分对手"),
    "tiers-not-by-subject": N_("“{of}”不只分对象，不能用来分等次"),
    "not-an-amount": N_("“{name}”只能写 share、count、step 之一"),
    "not-share-or-count": N_("“{name}”里的“{given}”不是比例，也不是个数"),
    "tiers-alike": N_("“tiers”至少要有一个等次，等次不能相同"),
    "small-tiers": N_("“small”要有 {wanted} 个等次，写了 {given} 个"),
}
