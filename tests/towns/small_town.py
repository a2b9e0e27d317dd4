"""A small scheme and its evidence, in which every rule form's example from the rule table can be worked out by hand.

A, B, C are rated overall by two leaders and three colleagues, in two items by the leaders only:
    leaders   A 优秀 称职 = 100, 80 → 90       B 称职 称职 → 80            C 不称职 基本称职 = 0, 60 → 30
    colleagues A 优秀 优秀 称职 → 280/3        B 称职 基本称职 不称职 → 140/3   C 优秀 不称职 (blank) → 50
    总评得分 = 0.6 leaders + 0.4 colleagues:   A 54 + 112/3 = 274/3        B 48 + 56/3 = 200/3        C 18 + 20 = 38
    德 A 100 B 80 C 60, 能 A 80 B 60 C 0. A and B are 大, C is 小; A and B belong to the team C.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from analysis.evidence import BallotBatch, Component, Event, Evidence, Past, RatedSubject, Slot

HOST = """
方案: 小镇
版本: 2026-01-01
约定: 常用约定
名册栏目:
  类别: [大, 小]
  班子编号: {指向: 是, 必填: 否}
选项:
  总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}
评议主体:
  领导:
  同事:
测评内容: {总体评价: 总体, 德: 总体, 能: 总体}
测评表:
  - {主体: [领导, 同事], 填: 总体评价}
  - {主体: 领导, 填: [德, 能]}
其他材料:
  目标得分:
  加分: {空缺作: 0}
事项: [通报批评, 立功]
往期结果: {往年得分: , 往年等次: [好, 较差]}
计算:
  主体均分: {平均分: 总体评价}
  各项均分: {平均分: [德, 能]}
  单票总评: {单票: 总体评价}
  总评得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}}
  总评名次: {名次: 总评得分}
  总评等次: {分段: 总评得分, 各段: {90 以上: 好, 60 以上: 中, 其余: 差}}
  不称职率: {占比: 不称职, 项目: 总体评价}
  优秀率: {占比: 优秀, 项目: 总体评价}
  用到: {个数: 单票总评, 沿: 评议人}
"""
SHOWN = """
结果:
  列: [总评名次, 不称职率, 优秀率]
  分主体: [主体均分, 各项均分, 用到]
  等次: [总评等次]
"""
#: Further quantities that an example may name.
HELPERS = {
    "近远": "近远: {先后: 往年得分}",
    "对手": "对手: {对手之值: 总评得分}",
    "平均分数": "平均分数: {同类平均: 总评得分}",
    "每票分量": "每票分量: {仅对: 1, 当: 单票总评 >= 0}",
}


def host(example: str) -> str:
    """The small town's scheme with one more quantity, `例`, shown among the tiers, where any kind of value may stand."""
    return f"{HOST}  例: {example}\n{SHOWN}".replace("[总评等次]", "[总评等次, 例]")


def _batch(group: str, rows: list[list[int]], items: list[str]) -> BallotBatch:
    slots = tuple(Slot(subject, item) for subject in "ABC" for item in items)
    return BallotBatch(group, group, "", slots, np.array(rows, dtype=np.uint8))


# Per subject the leaders answer 总体评价, 德, 能: codes 1 优秀, 2 称职, 3 基本称职, 4 不称职, 0 nothing.
EVIDENCE = Evidence(
    subjects=(
        RatedSubject("A", {"类别": "大", "班子编号": "C"}),
        RatedSubject("B", {"类别": "大", "班子编号": "C"}),
        RatedSubject("C", {"类别": "小", "班子编号": ""}),
    ),
    batches=(
        _batch("领导", [[1, 1, 2, 2, 2, 3, 4, 3, 4], [2, 1, 2, 2, 2, 3, 3, 3, 4]], ["总体评价", "德", "能"]),
        _batch("同事", [[1, 2, 1], [1, 3, 4], [2, 4, 0]], ["总体评价"]),
    ),
    components=(
        Component(subject="A", name="目标得分", value=Fraction(95)),
        Component(subject="B", name="目标得分", value=Fraction(80)),
        Component(subject="A", name="加分", value=Fraction(2)),
    ),
    events=(
        Event(subject="A", kind="通报批评", on="2026-03-01"),
        Event(subject="A", kind="通报批评", on="2026-04-01"),
        Event(subject="C", kind="立功", on="2026-05-01"),
    ),
    past=(
        Past(period="2024", subject="A", quantity="往年得分", value=Fraction(80)),
        Past(period="2025", subject="A", quantity="往年得分", value=Fraction(90)),
        Past(period="2025", subject="B", quantity="往年得分", value=Fraction(70)),
    ),
    period="2026",
)
