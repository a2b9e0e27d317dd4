"""The words of `examples.yml`, in both spellings, and the sentences about it."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.saying import N_
from questionnaires.language.nodes import Node
from questionnaires.language.problems import Message, Problem, problem_of
from questionnaires.language.reader import NodeReader

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

#: What a value needs that stands along an axis.
NEEDS: Mapping[str, str] = {
    "subject": N_("“{name}”要写明对象。"),
    "group": N_("“{name}”要写明主体。"),
    "item": N_("“{name}”要写明内容。"),
    "period": N_("“{name}”要写明时期。"),
    "rater": N_("“{name}”要写明评议人。"),
    "rival": N_("“{name}”要写明对手。"),
}

# code: (what is wrong, what to do); a sentence that is only a part is not marked, the part is
MESSAGES: dict[str, Message] = {
    "case-not-on-form": (N_("“{group}”的表上没有 {slot}。"), N_("请核对主体、对象的栏目和内容。")),
    "case-no-form": (N_("“{group}”在这里没有表可填。"), N_("请核对主体、单位和对象的栏目。")),
    "case-mark": (N_("“{text}”不是“{item}”的选项。"), N_("可选：{allowed}。")),
    "case-no-rule": (N_("方案里没有“{name}”这条规则。"), N_("请写“计算”里的名称，或写位置，如“填写要求.名称”“计算.名称.权重”。")),
    "case-swap-unused": (N_("“取出”里的“{name}”不在“规则”里。"), N_("请把它写进“规则”，或删去。")),
    "case-labels": ("{needs}", N_("写法：“名称 @ 主体 @ 内容”，对象写在下一层。")),
    "case-value": (N_("“{text}”写不成“{name}”的值。"), N_("可写数（87.5、1/3）、等次、是、否，或“缺”表示不评。")),
    "case-shown": (N_("值 {value} 怎样取整也不印成 {shown}。"), N_("请核对两个数。")),
    "case-empty": (N_("这个案例没有写要核对的结果。"), N_("请写“结果”，或写“一张票”和“填写要求”。")),
    "case-differs": (N_("案例“{case}”：{what} 手算为 {expected}，计算为 {actual}。"), N_("请核对手算，或改正方案。")),
    "case-stopped": (N_("案例“{case}”算不下去：{what}"), N_("请补齐案例的材料。")),
}


class CaseReader(NodeReader):
    """A reader that also knows the sentences about cases."""

    def bad(self, node: Node, code: str, **values: object) -> None:
        """Note one problem at a node."""
        if code in MESSAGES:
            self.problems.append(problem_of_case(self.origin, node.line, node.column, code, **values))
        else:
            super().bad(node, code, **values)


def problem_of_case(origin: str, line: int, column: int, code: str, **parts: object) -> Problem:
    """The problem `code` of this file's own table."""
    return problem_of(MESSAGES, origin, line, column, code, **parts)
