"""The world of drawn schemes: what each declares, and evidence for it; the quantities are drawn in `scheme_generator`."""

import random
from fractions import Fraction

import numpy as np

from analysis.evidence import BallotBatch, Component, Decision, Event, Evidence, Heads, Past, RatedSubject, Slot
from questionnaires import Scheme

HEAD = """
方案: 抽出来的方案
版本: 2026-01-01
约定: {{依照: 常用约定, 缺主体: {group}, 缺项目: {item}, 缺材料: {part}, 并列: {ties}, 等次并列: {tier_ties},
  名额舍入: {rounding}, 基数: {base}}}
名册栏目:
  类别: [大, 小]
  年龄: {{数字: 是, 必填: 否}}
  班子编号: {{指向: 是, 必填: 否}}
选项:
  总体: {{优秀: {a}, 称职: {b}, 不称职: {c}, 不了解: 不计}}
  分数: {{形式: 打分, 从: 0, 到: 4}}
评议主体: {{民主: {{评议主体: {{领导: , 同事: }}}}, 群众: }}
测评内容: {{总评: 总体, 表现: {{用选项: 分数, 内容: {{德: , 能: }}}}}}
测评表:
  - {{主体: [领导, 同事, 群众], 填: 总评}}
  - {{主体: [领导, 同事], 填: 表现}}
其他材料: {{目标: , 加分: {{空缺作: 0}}}}
事项: [批评, 立功]
往期结果: {{往年分: {{最近: {last}}}, 往年等: [好, 中, 差]}}
集体研究: {{核定: [好, 中, 差]}}
计算:
"""
GROUPS = {"总评": ["领导", "同事", "群众"], "德": ["领导", "同事"], "能": ["领导", "同事"]}
NUMBERS = ["0", "1", "2", "1/3", "1/2", "2/3", "60", "0.8", "100"]
GRADES = ["好", "中", "差"]
AXIS_WORDS = {"group": "主体", "item": "内容", "period": "时期", "rater": "评议人", "subject": "对象", "rival": "对手"}
MISSING = ["按其余折算", "计零", "不评"]
BASES = ["有效作答", "有效票", "收回票", "发出票", "到场人数", "应到人数", "已填票"]


def words(body: str) -> list[str]:
    """The names a body mentions."""
    found, word = [], ""
    for sign in body + " ":
        if sign.isalnum():
            word += sign
        elif word:
            found.append(word)
            word = ""
    return found


def evidence_for(scheme: Scheme, seed: int) -> Evidence:
    """Ballots and other evidence a scheme of this generator may get."""
    rng = random.Random(seed * 7 + 1)
    ids = [f"P{n}" for n in range(1, rng.randint(1, 6) + 1)]
    facts = {"类别": ["大", "小"], "班子编号": [*ids, ""], "年龄": ["30", "1/2", ""]}
    subjects = tuple(RatedSubject(one, {name: rng.choice(values) for name, values in facts.items()}) for one in ids)
    batches, heads = [], []
    for group in scheme.groups:
        items = [item for item, groups in GROUPS.items() if group in groups]
        if rng.random() < 0.85:
            slots = [Slot(one, item) for one in ids for item in items if rng.random() < 0.9]
            sizes = [len(scheme.scales[scheme.items[slot.item].scale].choices) for slot in slots]
            blank = rng.choice([0.05, 0.3, 0.9])
            rows = [[0 if rng.random() < blank else rng.randint(1, size) for size in sizes] for _ in range(rng.randint(0, 6))]
            marks = np.array(rows, dtype=np.uint8).reshape(len(rows), len(sizes))
            batches.append(BallotBatch(group, group, "", tuple(slots), marks))
        if rng.random() < 0.8:
            numbers = [rng.choice([None, 3, 6, 9]) if rng.random() < 0.3 else rng.randint(1, 9) for _ in range(4)]
            heads.append(
                Heads(group=group, unit="", **dict(zip(("entitled", "present", "issued", "returned"), numbers, strict=True)))
            )
    return Evidence(
        period="2026",
        subjects=subjects,
        batches=tuple(batches),
        heads=tuple(heads),
        components=tuple(
            Component(subject=one, name=name, value=Fraction(rng.choice(NUMBERS)))
            for one in ids
            for name in ("目标", "加分")
            if rng.random() < 0.8
        ),
        events=tuple(
            Event(
                subject=rng.choice(ids),
                kind=rng.choice(["批评", "立功"]),
                on=f"2025-0{rng.randint(1, 9)}-01",
                amount=Fraction(rng.choice(NUMBERS)),
            )
            for _ in range(rng.randint(0, 5))
        ),
        past=tuple(
            Past(
                period=period,
                subject=one,
                quantity=name,
                value=Fraction(rng.choice(NUMBERS)) if name == "往年分" else rng.choice(GRADES),
            )
            for one in ids
            for period in rng.sample(["2023", "2024", "2025"], rng.randint(0, 3))
            for name in ("往年分", "往年等")
            if rng.random() < 0.8
        ),
        decisions=tuple(
            Decision(subject=one, name="核定", choice=rng.choice(GRADES), decider="小组", reason="研究", on="2025-12-01")
            for one in ids
            if rng.random() < 0.7
        ),
    )
