"""Schemes and evidence for measuring speed: many figures over one pool, every rule form of the language at once, and a county of
small groups."""

from __future__ import annotations

from fractions import Fraction

from analysis.evidence import Component, Evidence, RatedSubject, Slot, StyleBooks, Tally
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


SMALL = """
方案: 量速
版本: 2026-01-01
约定: 常用约定
名册栏目: {村: {属于: 单位}}
选项: {等次: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
评议主体: {领导: {署名: 是}, 同事: , 群众: }
测评内容: {德: 等次, 能: 等次, 勤: 等次, 绩: 等次}
测评表: [{主体: [领导, 同事, 群众], 填: [德, 能, 勤, 绩]}]
计算:
  各项均分: {平均分: [德, 能, 勤, 绩]}
  主体均分: {平均: 各项均分, 沿: 内容}
  得分: {按主体加权: 主体均分, 权重: {领导: 40, 同事: 30, 群众: 30}}
  名次: {名次: 得分, 范围: [村]}
  等次: {分段: 得分, 各段: {90 以上: 优秀, 75 以上: 称职, 其余: 基本称职}}
  不称职率: {占比: 不称职, 项目: 德}
  超过三分之一: {判断: 不称职率 > 1/3}
结果: {列: [得分, 名次], 等次: [等次], 分主体: [主体均分], 分内容: [各项均分], 提示: [超过三分之一]}
"""
_VILLAGE, _GROUPS = 60, {"领导": 3, "同事": 4, "群众": 20}


def small_groups(subjects: int) -> tuple[Scheme, Evidence]:
    """Subjects in villages of sixty, each marked by three superiors who sign, four colleagues and twenty residents who do not.

    Parameters
    ----------
    subjects
        How many.
    """
    names = [f"s{n:04d}" for n in range(subjects)]
    counts: dict[tuple[str, str, str], tuple[int, ...]] = {}
    books = []
    for n, subject in enumerate(names):
        for group, people in _GROUPS.items():
            for at, item in enumerate("德能勤绩"):
                row = [0, 0, 0, 0, 0]
                for one in range(people):
                    row[1 + min(3, (n * 31 + at * 17 + one * (7 + n % 5)) % 11 // 3)] += 1
                counts[subject, group, item] = tuple(row)
            slots = tuple(Slot(subject, item) for item in "德能勤绩")
            books.append(
                StyleBooks(
                    style=f"{subject}{group}",
                    group=group,
                    unit=subject,
                    slots=slots,
                    cast=people,
                    valid=people,
                    blank=0,
                    invalid=0,
                    superseded=0,
                )
            )
    rated = tuple(RatedSubject(subject, {"村": f"村{n // _VILLAGE}"}) for n, subject in enumerate(names))
    return load_scheme(SMALL, "small.yml"), Evidence(subjects=rated, tally=Tally(counts, tuple(books)))


COUNTY = """
方案: 量统计
版本: 2026-01-01
约定: 常用约定
名册栏目: {类别: [甲, 乙, 丙, 丁]}
选项: {等次: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
评议主体: {领导: , 同事: , 下级: , 代表: , 服务对象: , 群众: {抽样: 全体}}
测评内容: {德: 等次, 能: 等次, 勤: 等次, 绩: 等次, 廉: 等次}
测评表: [{主体: [领导, 同事, 下级, 代表, 服务对象, 群众], 填: [德, 能, 勤, 绩, 廉]}]
计算:
  各项均分: {平均分: [德, 能, 勤, 绩, 廉]}
  主体均分: {平均: 各项均分, 沿: 内容}
  得分: {按主体加权: 主体均分, 权重: {领导: 25, 同事: 15, 下级: 15, 代表: 15, 服务对象: 10, 群众: 20}}
  等次: {分段: 得分, 各段: {85 以上: 优秀, 75 以上: 称职, 其余: 基本称职}}
  不称职率: {占比: 不称职, 项目: 德, 分主体: 是}
  超过三分之一: {判断: 不称职率 > 1/3}
结果: {列: [得分], 等次: [等次], 分主体: [主体均分], 分内容: [各项均分], 提示: [超过三分之一], 比较范围: [类别],
  满意度: [{项目: 德, 满意: [优秀, 称职], 主体: [群众]}]}
"""
_ASKED = 1.25  # so many were asked for each who answered


def county(subjects: int, raters: int, *, year: int = 0) -> tuple[Scheme, Evidence, dict[str, int]]:
    """A round for measuring statistics: subjects in four classes, six groups of so many raters each on five items, one a sample.

    Parameters
    ----------
    subjects
        How many.
    raters : people
        How many of each group answered.
    year
        Which round: another one has other answers.

    Returns
    -------
    tuple
        The scheme, its evidence, and by group how many people are entitled.
    """
    scheme = load_scheme(COUNTY, "county.yml")
    names = [f"s{n:04d}" for n in range(subjects)]
    counts: dict[tuple[str, str, str], tuple[int, ...]] = {}
    for n, subject in enumerate(names):
        for g, group in enumerate(scheme.groups):
            for at, item in enumerate("德能勤绩廉"):
                good = (n * 37 + g * 11 + at * 5 + year * 13) % 50 + 30  # in a hundred
                parts = (raters * good // 100, raters * (100 - good) * 3 // 500, raters * (n % 7) // 100)
                first, third, last = parts
                counts[subject, group, item] = (0, first, raters - first - third - last, third, last)
    slots = tuple(Slot(subject, item) for subject in names for item in "德能勤绩廉")
    books = tuple(
        StyleBooks(style=group, group=group, unit="", slots=slots, cast=raters, valid=raters, blank=0, invalid=0, superseded=0)
        for group in scheme.groups
    )
    rated = tuple(RatedSubject(subject, {"类别": "甲乙丙丁"[n % 4]}) for n, subject in enumerate(names))
    asked = {key: raters * 10 if group.sampled else int(raters * _ASKED) for key, group in scheme.groups.items()}
    return scheme, Evidence(subjects=rated, tally=Tally(counts, books)), asked
