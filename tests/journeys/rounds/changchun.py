"""Changchun: a quarter, and the year that reads it from the store; the calculation is in five_systems.md, part C."""

from tests.journeys.rounds.plan import Round, Typed

ROSTER = {
    "单位": [["单位编号", "单位名称", "类别"], ["E1", "市发展改革局", "经济管理"]],
    "评价对象": [
        ["编号", "姓名或名称", "单位编号", "职务名称", "职务", "所属班子编号"],
        ["T", "市发展改革局领导班子", "E1", "", "班子", ""],
        ["P", "宋长春", "E1", "局长", "正职", "T"],
        ["D", "于㛃", "E1", "副局长", "副职", "T"],
    ],
}


def in_the_quarter(group: str, subject: str, item: str, _number: int) -> str:
    if subject == "P":
        return "很好"
    if subject == "D":
        return "很差" if item == "作风表现" else "较差"
    return {"考核组": "很好", "市领导": "很好", "谈话代表": "较好", "随访群众": "一般"}[group]


def in_the_year(group: str, subject: str, item: str, _number: int) -> str:
    if item == "群众满意":
        return "满意"
    if item == "总体评价":
        return "称职" if subject == "D" else "优秀"
    assert group == "干部"
    return "一般" if subject == "D" else "好"


def signed(*groups: tuple[str, int]) -> list[list[str]]:
    """A sheet of signed raters, so many of each group."""
    rows = [[f"R{place}{n}", f"{title}{n}", title, "E1", ""] for place, (title, count) in enumerate(groups) for n in range(count)]
    return [["编号", "姓名", "评议主体", "单位编号", "本人的评价对象编号"], *rows]


QUARTER = Round(
    scheme="changchun-quarter/2026-01-01",
    period="2026-Q1",
    roster={
        **ROSTER,
        "署名评价人": signed(("考核组", 2), ("分管市领导和上级有关部门", 1)),
        "应到人数": [
            ["单位编号", "评议主体", "应到人数"],
            ["E1", "干部和群众代表", "6"],
            ["E1", "随访群众", "6"],
        ],
    },
    answer=in_the_quarter,
    voters={("考核组", "E1"): 2, ("市领导", "E1"): 1, ("谈话代表", "E1"): 6, ("随访群众", "E1"): 6},
    typed=[
        Typed(
            "decision",
            {
                "subject": "D",
                "name": "研判意见",
                "value": "表扬",
                "decider": "市委组织部",
                "on": "2026-04-08",
                "reason": "新任职不满三个月",
            },
        ),
    ],
    shows={
        "T": {"季度得分": "91.90", "任务得分": "91.75", "状态得分": "92.50", "谈话类别": "表扬"},
        "P": {"季度得分": "95.14", "谈话类别": "表扬"},
        "D": {"季度得分": "62.26", "谈话类别": "帮助"},
    },
    raised={"T": ["表扬谈话"], "D": ["帮助谈话", "研判改变"]},
    clear={"T": ["提醒谈话"]},
)
YEAR = Round(
    scheme="changchun-year/2026-01-01",
    period="2026",
    roster={
        **ROSTER,
        "署名评价人": signed(("分管市领导和上级有关部门", 2)),
        "应到人数": [
            ["单位编号", "评议主体", "应到人数"],
            ["E1", "本单位干部", "6"],
            ["E1", "群众代表", "6"],
        ],
    },
    answer=in_the_year,
    voters={("市领导", "E1"): 2, ("干部", "E1"): 6, ("群众", "E1"): 6},
    evidence={"材料": [["编号", "类别指标", "职能完成率"], ["T", "5", "104"]]},
    typed=[Typed("event", {"subject": "P", "name": "重大业绩", "on": "2026-09-01", "reason": "引进百亿级项目落地"})],
    takes_earlier=True,
    shows={
        "T": {"年度得分": "99.38", "季度平均分": "91.90", "年度等次": "称职"},
        "P": {"年度得分": "100.47", "记账得分": "2.00", "年度等次": "称职"},
        "D": {"年度得分": "78.94", "季度平均分": "62.26", "年度等次": "称职"},
    },
    raised={"T": ["季度不全", "本组比例不合"]},
    clear={"D": ["调整参考"]},
)
