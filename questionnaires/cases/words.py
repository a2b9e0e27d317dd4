"""The words of `examples.yml` and the sentences about it: keywords in two languages, problems in two languages."""

from __future__ import annotations

from collections.abc import Mapping

from questionnaires.language.nodes import Node
from questionnaires.language.problems import Problem
from questionnaires.language.reader import Reader

FILE = {"cases": ("案例", "cases")}

CASE: Mapping[str, tuple[str, str]] = {
    "name": ("名称", "name"),
    "rules": ("规则", "rules"),
    "swaps": ("取出", "taken out"),
    "subjects": ("对象", "subjects"),
    "ballots": ("票", "ballots"),
    "heads": ("人数", "heads"),
    "components": ("材料", "components"),
    "events": ("事项", "events"),
    "history": ("往期", "history"),
    "decisions": ("决定", "decisions"),
    "period": ("时期", "period"),
    "one_ballot": ("一张票", "one ballot"),
    "limits": ("填写要求", "ballot rules"),
    "working": ("算", "working"),
    "results": ("结果", "results"),
}

LINE: Mapping[str, tuple[str, str]] = {
    "group": ("主体", "group"),
    "unit": ("单位", "unit"),
    "rater": ("评议人", "rater"),
    "count": ("份数", "count"),
    "invalid": ("无效", "invalid"),
    "entitled": ("应到", "entitled"),
    "present": ("到场", "present"),
    "issued": ("发出", "issued"),
    "returned": ("收回", "returned"),
    "subject": ("对象", "subject"),
    "event": ("事项", "event"),
    "date": ("日期", "date"),
    "amount": ("数量", "amount"),
    "reason": ("理由", "reason"),
    "period": ("时期", "period"),
    "name": ("名称", "name"),
    "value": ("值", "value"),
    "decider": ("决定人", "decider"),
}

MISSING = ("缺", "missing")
TAKEN = {"taken": ("收", "taken"), "refused": ("不收", "refused"), "warned": ("提醒", "warned")}

# code: (Chinese, English, Chinese remedy, English remedy)
MESSAGES: dict[str, tuple[str, str, str, str]] = {
    "case-not-on-form": (
        "“{group}”的表上没有 {slot}。",
        "The form of “{group}” does not hold {slot}.",
        "请核对主体、对象的栏目和内容。",
        "Check the group, the subject's facts and the item.",
    ),
    "case-no-form": (
        "“{group}”在这里没有表可填。",
        "“{group}” has no form to fill here.",
        "请核对主体、单位和对象的栏目。",
        "Check the group, the unit and the subjects' facts.",
    ),
    "case-mark": (
        "“{text}”不是“{item}”的选项。",
        "“{text}” is no choice of “{item}”.",
        "可选：{allowed}。",
        "Allowed: {allowed}.",
    ),
    "case-no-rule": (
        "方案里没有“{name}”这条规则。",
        "The scheme has no rule “{name}”.",
        "请写“计算”里的名称，或写位置，如“填写要求.名称”“计算.名称.权重”。",
        "Write a name of “quantities”, or a place such as “ballot rules.name” or “quantities.name.weights”.",
    ),
    "case-swap-unused": (
        "“取出”里的“{name}”不在“规则”里。",
        "“{name}” is taken out but not among the rules.",
        "请把它写进“规则”，或删去。",
        "Name it among the rules, or leave it out.",
    ),
    "case-labels": (
        "“{name}”要写明{want}。",
        "“{name}” needs {want_en}.",
        "写法：“名称 @ 主体 @ 内容”，对象写在下一层。",
        "Write “name @ group @ item”, subjects one level deeper.",
    ),
    "case-value": (
        "“{text}”写不成“{name}”的值。",
        "“{text}” cannot be a value of “{name}”.",
        "可写数（87.5、1/3）、等次、是、否，或“缺”表示不评。",
        "Write a number (87.5, 1/3), a grade, true, false, or “missing”.",
    ),
    "case-empty": (
        "这个案例没有写要核对的结果。",
        "The case has no expected result.",
        "请写“结果”，或写“一张票”和“填写要求”。",
        "Write “results”, or “one ballot” with “ballot rules”.",
    ),
    "case-differs": (
        "案例“{case}”：{what} 手算为 {expected}，计算为 {actual}。",
        "Case “{case}”: {what} is {expected} by hand, but comes out as {actual}.",
        "请核对手算，或改正方案。",
        "Check the calculation by hand, or correct the scheme.",
    ),
    "case-stopped": (
        "案例“{case}”算不下去：{what}",
        "Case “{case}” cannot be counted: {what}",
        "请补齐案例的材料。",
        "Complete the evidence of the case.",
    ),
}


class CaseReader(Reader):
    """A reader that also knows the sentences about cases."""

    def bad(self, node: Node, code: str, **values: object) -> None:
        """Note one problem at a node."""
        if code in MESSAGES:
            self.problems.append(told(self.origin, node.line, node.column, code, **values))
        else:
            super().bad(node, code, **values)


def told(origin: str, line: int, column: int, code: str, **values: object) -> Problem:
    """The problem `code` of this file's own table."""
    zh, en, zh_remedy, en_remedy = (text.format(**values) for text in MESSAGES[code])
    return Problem(origin, line, column, code, zh, en, zh_remedy, en_remedy)
