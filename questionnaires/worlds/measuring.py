"""Schemes and evidence for measuring speed: many figures over one pool, and every rule form of the language at once."""

from __future__ import annotations

from fractions import Fraction

from analysis.evidence import Component, Evidence, RatedSubject
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.rules.table import RULES
from questionnaires.worlds.building import Builder

FIGURES = 14
FORMS = ("名次", "与最好之比", "与平均之比", "同类平均", "同类最好", "极差标准化", "占同类合计")
#: What the rule forms' own examples speak of.
HOST = """
方案: 量速
版本: 2026-01-01
约定: 常用约定
名册栏目: {类别: [大, 小], 班子编号: {指向: 是, 必填: 否}}
选项: {总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
评议主体: {领导: , 同事: }
测评内容: {总体评价: 总体, 德: 总体, 能: 总体}
测评表: [{主体: [领导, 同事], 填: 总体评价}, {主体: 领导, 填: [德, 能]}]
其他材料: {目标得分: , 加分: {空缺作: 0}}
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
"""


def pooled(subjects: int) -> tuple[Scheme, Evidence]:
    """A scheme of fourteen figures over one pool, and its evidence.

    Parameters
    ----------
    subjects
        How many.
    """
    rows = [f"  量{at}: {{{FORMS[at % len(FORMS)]}: {'目标' if at < len(FORMS) else '群众'}}}" for at in range(FIGURES)]
    names = "、".join(f"量{at}" for at in range(FIGURES)).replace("、", ", ")
    text = "\n".join(
        [
            "方案: 量速",
            "版本: 2026-01-01",
            "约定: 常用约定",
            "其他材料: {目标: {从: 0, 到: 1000}, 群众: {从: 0, 到: 1000}}",
            "计算:",
            *rows,
            f"结果: {{列: [{names}]}}",
        ]
    )
    evidence = Evidence(
        subjects=tuple(RatedSubject(f"s{n:04d}", {}) for n in range(subjects)),
        components=tuple(
            Component(subject=f"s{n:04d}", name=name, value=value_of(n) + more)
            for n in range(subjects)
            for name, more in (("目标", 0), ("群众", 7))
        ),
    )
    return load_scheme(text, "bench.yml"), evidence


def value_of(n: int) -> Fraction:
    """The figure of the n-th subject: different for each, in no order.

    Parameters
    ----------
    n
        Which subject.
    """
    return Fraction((n * 7919) % 99_991, 100)


def every_rule(subjects: int) -> tuple[Scheme, Evidence]:
    """One scheme that uses every rule form once, as the reference has them, and evidence for it.

    Parameters
    ----------
    subjects
        How many.
    """
    shown = ", ".join(f"例{at}" for at in range(len(RULES)))
    rows = "\n".join(f"  例{at}: {rule.example}" for at, rule in enumerate(RULES))
    scheme = load_scheme(
        f"{HOST}{rows}\n结果: {{列: [总评得分, 总评名次, 不称职率, 优秀率], 等次: [总评等次, {shown}]}}\n", "bench.yml"
    )
    builder = Builder(scheme)
    return scheme, builder.patterned(builder.kinds[0], subjects, 1).evidence(scheme)
