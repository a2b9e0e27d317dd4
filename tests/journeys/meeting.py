"""The answers of the first meeting, as `first_meeting.md` beside this file lays them down: who marks what on which slot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.evidence import Slot

SMALL = ("T16", "T17", "T18", "T19", "T20")
AGENCY = "A01"
#: (group, unit) -> the grade each ballot gives to every item of the team (codes: 1 is the best).
TEAM: dict[tuple[str, str], list[int]] = {
    ("上级领导", "T16"): [1] * 6,
    ("上级领导", "T17"): [1, 1, 1, 1, 2, 2],
    ("上级领导", "T18"): [2] * 6,
    ("上级领导", "T19"): [2, 2, 2, 3, 3, 3],
    ("上级领导", "T20"): [3] * 6,
    ("班子成员", "T16"): [1, 1, 1],
    ("班子成员", "T17"): [1, 1, 2],
    ("班子成员", "T18"): [1, 2, 2],
    ("班子成员", "T19"): [2, 2, 2],
    ("班子成员", "T20"): [2, 3, 3],
    ("班子成员", "A01"): [1, 1, 1],
    ("机关干部", "T16"): [1] * 9 + [2] * 3,
    ("机关干部", "T17"): [1, 1, 1, 2],
    ("机关干部", "T18"): [1, 1, 2, 2],
    ("机关干部", "T19"): [1, 2, 2, 2],
    ("机关干部", "T20"): [2, 2, 2, 2],
    ("机关干部", "A01"): [1, 1, 2, 2],
    ("下属负责人", "T16"): [1, 1, 1, 1],
    ("下属负责人", "T17"): [1, 1, 1, 2],
    ("下属负责人", "T18"): [1, 1, 2, 2],
    ("下属负责人", "T19"): [2, 2, 2, 2],
    ("下属负责人", "T20"): [2, 2, 3, 3],
    ("下属负责人", "A01"): [1, 1],
    ("代表委员", "T16"): [1, 1, 1, 1, 2],
    ("代表委员", "T17"): [1, 1, 1, 2, 2],
    ("代表委员", "T18"): [1, 1, 2, 2, 2],
    ("代表委员", "T19"): [1, 2, 2, 2, 2],
    ("代表委员", "T20"): [2, 2, 2, 2, 2],
    ("群众代表", "T17"): [1, 1, 2],
    ("群众代表", "T18"): [1, 2, 2],
    ("群众代表", "T19"): [2, 2, 3],
    ("群众代表", "T20"): [2, 3, 4],
    ("服务对象", "A01"): [1] * 12 + [2] * 5 + [3] * 2 + [4],
    ("群众代表", "T16"): [0] * 30,  # item by item below
}
RESIDENTS_T16 = {
    "整体满意度": [1] * 18 + [2] * 6 + [3] * 3 + [4] * 2 + [5],
    "公信度": [1] * 20 + [2] * 10,
    "安全感": [1] * 15 + [3] * 15,
}
#: The superiors' overall item on teams; every unit not named gets 2.
OVERALL_TEAM = {"T16": 1, "T19": 3, "T20": 4}
#: Overall item on the persons of T16 by group and ballot; everybody else is 2.
OVERALL = {
    ("上级领导", "T16-01"): [1] * 6,
    ("班子成员", "T16-01"): [1] * 3,
    ("班子成员", "T16-02"): [4] * 3,
    ("机关干部", "T16-01"): [1] * 12,
    ("机关干部", "T16-02"): [4] * 4 + [2] * 8,
    ("下属负责人", "T16-01"): [1] * 4,
    ("下属负责人", "T16-02"): [4] * 2 + [2] * 2,
}
#: Every other item on the persons of T16 by group; everybody else is 2.
PERSON = {
    ("上级领导", "T16-01"): 1,
    ("班子成员", "T16-01"): 1,
    ("机关干部", "T16-01"): 1,
    ("下属负责人", "T16-01"): 1,
    ("班子成员", "T16-02"): 4,
    ("机关干部", "T16-02"): 3,
    ("下属负责人", "T16-02"): 3,
}
#: subject -> 目标得分, 难度系数, 组织考察, 分管得分, 附加分, 倒扣分 as typed into the evidence sheet.
EVIDENCE: dict[str, tuple[str, str, str, str, str, str]] = {
    "T16-00": ("95", "0.8", "90", "", "", ""),
    "T17-00": ("92", "0.8", "89", "", "1", ""),
    "T18-00": ("90.5", "0.8", "88.5", "", "", ""),
    "T19-00": ("88", "0.8", "85", "", "", ""),
    "T20-00": ("85", "0.8", "80", "", "", "2"),
    "A01-00": ("90", "", "86", "", "", ""),
    "T16-01": ("", "", "92", "", "", ""),
    "T16-02": ("", "", "70", "90", "", ""),
    "T16-03": ("", "", "85", "80", "3", ""),
    "T17-01": ("", "", "80", "", "", ""),
    "T18-01": ("", "", "79", "", "", ""),
    "T19-01": ("", "", "78", "", "", ""),
    "T20-01": ("", "", "77", "", "", ""),
    "T17-02": ("", "", "76", "80", "", ""),
    "T17-03": ("", "", "75", "80", "", ""),
    "T18-02": ("", "", "74", "80", "", ""),
    "T18-03": ("", "", "73", "80", "", ""),
    "T19-02": ("", "", "72", "80", "", ""),
    "T19-03": ("", "", "71", "80", "", ""),
    "T20-02": ("", "", "70", "80", "", ""),
    "T20-03": ("", "", "", "80", "", ""),
}
EVIDENCE_HEADS = ["编号", "目标得分", "难度系数", "组织考察", "分管得分", "附加分", "倒扣分"]

#: What must come out, as shown (two digits, half up), from first_meeting.md.
COMPOSITE = {
    "T16-00": "86.98",
    "T17-00": "85.12",
    "T18-00": "81.11",
    "T19-00": "76.02",
    "T20-00": "68.23",
    "A01-00": "88.95",
    "T16-01": "90.44",
    "T16-02": "72.14",
    "T16-03": "82.54",
}
TIERS = {
    "T16-00": "政绩突出",
    "T17-00": "政绩比较突出",
    "T18-00": "政绩比较突出",
    "T19-00": "政绩一般",
    "T20-00": "政绩较差",
    "T16-01": "优秀",
    "T20-01": "基本称职",
}


def ballots_of(group: str, unit: str) -> int:
    """How many ballots this group casts in this unit ("" for a group of no unit)."""
    return 6 if not unit else len(TEAM.get((group, unit), []))


def marks(group: str, unit: str, number: int, slots: Sequence[Slot]) -> list[int]:
    """The marks of ballot `number` (from 0) of a group and unit on these slots."""
    return [_mark(group, unit, number, slot) for slot in slots]


def _mark(group: str, unit: str, number: int, slot: Slot) -> int:
    home = slot.subject[:3]
    if slot.subject.endswith("-00"):
        if slot.item == "班子总体评价":
            return OVERALL_TEAM.get(home, 2)
        if (group, home) == ("群众代表", "T16"):
            return RESIDENTS_T16[slot.item][number]
        pattern = TEAM.get((group, home))
        return pattern[number] if pattern else 2
    if slot.item == "总体评价":
        pattern = OVERALL.get((group, slot.subject))
        return pattern[number] if pattern else 2
    return PERSON.get((group, slot.subject), 2)


Caster = Callable[[str, str, int, Sequence[Slot]], None]
