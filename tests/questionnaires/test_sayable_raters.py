"""What could not be said of raters, forms and periods: each construct counted in a small folder, and worked by hand beside it."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from analysis import evaluate
from analysis.explaining.explain import explain
from analysis.values import Missing, Value
from questionnaires.folder.reader import read_folder
from questionnaires.language.problems import SchemeProblems
from questionnaires.loader import load_scheme
from questionnaires.worlds.building import Builder
from tests.towns.small_town import EVIDENCE, host

HEAD = """
方案: 小办法
版本: 2026-01-01
约定: 常用约定
选项: {总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}
"""
SCALES = "选项: {总体: {优秀: 100, 称职: 80, 基本称职: 60, 不称职: 0}}\n"
ITEM = "测评内容: {总体评价: 总体}"


def folder(path: Path, scheme: str, period: str = "", **tables: str) -> dict[str, Value]:
    """The result `得分` of each subject of a folder with these tables."""
    head = HEAD.replace(SCALES, "") if "\n选项:" in scheme else HEAD
    whole = head + ("" if "测评内容" in scheme else ITEM) + scheme
    for name, text in {"scheme": whole, "subjects": "id\nA\nB\n", **tables}.items():
        (path / (name + (".yml" if name == "scheme" else ".csv"))).write_text(text, encoding="utf-8")
    read = read_folder(path, period=period)
    return {key[0]: value for key, value in evaluate(read.scheme.plan, read.evidence).tables["得分"].cells.items()}


def refused(path: Path, scheme: str, period: str = "", **tables: str) -> list[str]:
    with pytest.raises(SchemeProblems) as told:
        folder(path, scheme, period, **tables)
    return [one.code for one in told.value.problems]


COLLEAGUES = """
评议主体: {{同事: {settings}}}
测评表: [{{主体: 同事, 填: 总体评价}}]
计算: {{得分: {{平均分: 总体评价, 合并主体: 是}}}}
结果: {{列: [得分]}}
"""
#: A gives himself 100 and B 80; B gives A 60 and herself 100.
EACH_OTHER = "group,rater,A,B\n同事,A,100,80\n同事,B,60,100\n"


def test_raters_rate_themselves_with_their_group_where_the_file_says_so(tmp_path: Path) -> None:
    # A (100 + 60) ÷ 2 = 80, B (80 + 100) ÷ 2 = 90.
    assert folder(tmp_path, COLLEAGUES.format(settings="{评自己: 也评}"), ballots=EACH_OTHER) == {
        "A": Fraction(80),
        "B": Fraction(90),
    }


def test_and_not_where_it_does_not(tmp_path: Path) -> None:
    assert refused(tmp_path, COLLEAGUES.format(settings="{本身被评: 是}"), ballots=EACH_OTHER) == ["not-on-form", "not-on-form"]


SELF = """
评议主体:
  同事: {本身被评: 是}
  本人: {署名: 是, 评自己: 只评}
测评表: [{主体: [同事, 本人], 填: 总体评价}]
计算:
  均分: {平均分: 总体评价}
  得分: {按主体加权: 均分, 权重: {同事: 70, 本人: 30}}
结果: {列: [得分]}
"""


def test_a_rating_of_oneself_is_a_group_of_its_own_with_a_weight_of_its_own(tmp_path: Path) -> None:
    # A: B gave 60, himself 80: 0.7 × 60 + 0.3 × 80 = 66. B: A gave 80, herself 100: 56 + 30 = 86.
    ballots = "group,rater,A,B\n同事,A,,80\n同事,B,60,\n本人,A,80,\n本人,B,,100\n"
    assert folder(tmp_path, SELF, ballots=ballots) == {"A": Fraction(66), "B": Fraction(86)}


def test_nobody_else_stands_on_the_form_of_oneself(tmp_path: Path) -> None:
    assert refused(tmp_path, SELF, ballots="group,rater,A,B\n本人,A,80,60\n") == ["not-on-form"]


def test_a_form_of_oneself_without_a_name_would_name_its_rater_anyway(tmp_path: Path) -> None:
    assert refused(tmp_path, SELF.replace("署名: 是, ", "")) == ["self-unsigned"]


def test_a_rater_is_barred_from_the_subject_named_beside_them(tmp_path: Path) -> None:
    # The second judge is A's brother: A's mean is the first judge's 100 alone, B (80 + 60) ÷ 2 = 70.
    scheme = COLLEAGUES.replace("同事", "评委").format(settings="{署名: 是, 回避: 是}")
    assert folder(tmp_path, scheme, ballots="group,rater,A,B\n评委,,100,80\n评委,A,,60\n") == {
        "A": Fraction(100),
        "B": Fraction(70),
    }
    assert refused(tmp_path, scheme, ballots="group,rater,A,B\n评委,A,80,60\n") == ["not-on-form"]
    both = COLLEAGUES.replace("同事", "评委").format(settings="{回避: 是, 本身被评: 是}")
    assert refused(tmp_path, both) == ["barred-and-rated"]


QUARTERS = """
测评内容: {总体评价: 总体, 廉洁: 总体}
评议主体: {领导: {署名: 是}}
测评表:
  - {主体: 领导, 填: 总体评价}
  - {主体: 领导, 填: 廉洁, 时期: ['*-Q4']}
计算:
  总体均分: {平均分: 总体评价, 合并主体: 是}
  廉洁均分: {平均分: 廉洁, 合并主体: 是}
  得分: {分情况: [{当: {本期是: '*-Q4'}, 取: 0.5 × 总体均分 + 0.5 × 廉洁均分}, {其余: 总体均分}]}
结果: {列: [得分]}
"""
WITH_PROBITY = "group,ballot,subject,总体评价,廉洁\n领导,1,A,80,100\n领导,1,B,80,60\n"


def test_a_form_is_asked_in_some_periods_and_a_rule_knows_them(tmp_path: Path) -> None:
    # In the last quarter A has 80 and for probity 100: 90. In the third nobody is asked about probity: 80.
    assert folder(tmp_path, QUARTERS, "2026-Q4", ballots=WITH_PROBITY) == {"A": Fraction(90), "B": Fraction(70)}
    third = "group,A,B\n领导,80,60\n"
    assert folder(tmp_path, QUARTERS, "2026-Q3", ballots=third) == {"A": Fraction(80), "B": Fraction(60)}
    assert set(refused(tmp_path, QUARTERS, "2026-Q3", ballots=WITH_PROBITY)) == {"not-on-form"}
    assert refused(tmp_path, QUARTERS, ballots=third) == ["no-period"]
    assert refused(tmp_path, QUARTERS.replace("*-Q4", "*-Q7"), "2026-Q3") == ["form-periods", "rule-value"]


RULE_CHANGED = """
评议主体: {领导: {署名: 是}}
测评表: [{主体: 领导, 填: 总体评价}]
计算:
  均分: {平均分: 总体评价, 合并主体: 是}
  得分: {分情况: [{当: {本期是: ['2024', '2025']}, 取: 均分}, {其余: 均分 − 5}]}
结果: {列: [得分]}
"""


@pytest.mark.parametrize(("period", "score"), [("2024", 80), ("2025", 80), ("2026", 75), ("2027", 75)])
def test_a_rule_that_changed_stands_beside_the_one_before_it(period: str, score: int, tmp_path: Path) -> None:
    assert folder(tmp_path, RULE_CHANGED, period, ballots="group,A,B\n领导,80,80\n")["A"] == score


THIRD = """
选项: {百分: {从: 0, 到: 100, 缺席: 不计}}
测评内容: {作文: 百分}
评议主体: {一评: {署名: 是}, 二评: {署名: 是}, 三评: {署名: 是}}
测评表: [{主体: [一评, 二评, 三评], 填: 作文}]
计算:
  给分: {平均分: 作文}
  差: 较大(给分 @ 一评, 给分 @ 二评) − 较小(给分 @ 一评, 给分 @ 二评)
  得分: {分情况: [{当: 差 > 10, 取: 给分 @ 三评}, {其余: 0.5 × 给分 @ 一评 + 0.5 × 给分 @ 二评}]}
结果: {列: [得分]}
"""


def test_a_third_marker_is_needed_only_where_two_differ_and_a_number_may_be_a_word(tmp_path: Path) -> None:
    # A 70 and 85 differ by 15: the third marker's 80. B 70 and 80 differ by exactly 10: their mean 75, and nobody else marked.
    ballots = "group,A,B\n一评,70,70\n二评,85,80\n三评,80,\n"
    assert folder(tmp_path, THIRD, ballots=ballots) == {"A": Fraction(80), "B": Fraction(75)}
    absent = folder(tmp_path, THIRD, ballots="group,A,B\n一评,70,缺席\n二评,70,80\n三评,,\n")
    assert absent["A"] == 70
    assert isinstance(absent["B"], Missing)


WORDS = """
选项: {去留: [留任, 调整, {弃权: 不计}]}
测评内容: {去留: 去留}
评议主体: {领导: {署名: 是}}
测评表: [{主体: 领导, 填: 去留}]
计算: {得分: {占比: 留任, 项目: 去留, 基数: 有效作答}}
结果: {列: [得分]}
"""


def test_choices_may_be_words_without_points(tmp_path: Path) -> None:
    # A: two of three who answered say stay, and one abstains. Nothing can be added up of words.
    ballots = "group,count,A,B\n领导,2,留任,调整\n领导,1,调整,调整\n领导,1,弃权,留任\n"
    assert folder(tmp_path, WORDS, ballots=ballots) == {"A": Fraction(2, 3), "B": Fraction(1, 4)}
    assert refused(tmp_path, WORDS.replace("{占比: 留任, 项目: 去留, 基数: 有效作答}", "{平均分: 去留}")) == ["no-points"]
    limit = "填写要求: {限: {主体: 领导, 内容: 去留, 合计至多: 3, 超出时: 不收}}\n计算:"
    assert refused(tmp_path, WORDS.replace("计算:", limit)) == ["no-points"]


PARENTS = """
测评内容:
  德: {用选项: 总体, 内容: [政治, 作风]}
  绩: {用选项: 总体, 内容: [目标, 创新]}
评议主体: {领导: {署名: 是}}
测评表: [{主体: 领导, 填: [德, 绩]}]
计算:
  各项: {平均分: [德, 绩], 合并主体: 是}
  指标: {按内容加权: 各项, 权重: {政治: 60, 作风: 40, 目标: 70, 创新: 30}, 归入上级: 是}
  得分: {按内容加权: 指标, 权重: {德: 40, 绩: 60}}
结果: {列: [得分]}
"""


def test_weights_are_checked_within_each_parent(tmp_path: Path) -> None:
    # A: 德 0.6 × 100 + 0.4 × 80 = 92, 绩 0.7 × 60 + 0.3 × 0 = 42: 0.4 × 92 + 0.6 × 42 = 62.
    ballots = "group,ballot,subject,政治,作风,目标,创新\n领导,1,A,100,80,60,0\n领导,1,B,100,100,100,100\n"
    assert folder(tmp_path, PARENTS, ballots=ballots) == {"A": Fraction(62), "B": Fraction(100)}
    assert refused(tmp_path, PARENTS.replace("政治: 60", "政治: 50")) == ["weights-sum-in"]
    swapped = PARENTS.replace("政治: 60, 作风: 40, 目标: 70, 创新: 30", "政治: 60, 作风: 50, 目标: 60, 创新: 30")
    assert refused(tmp_path, swapped) == ["weights-sum-in", "weights-sum-in"]  # 200 together, and neither is right
    halves = PARENTS.replace("政治: 60, 作风: 40, 目标: 70, 创新: 30}", "政治: 3, 作风: 2, 目标: 4, 创新: 1}, 总和: 5")
    assert folder(tmp_path, halves, ballots=ballots)["B"] == 100


def test_trimming_names_what_it_left_out() -> None:
    scheme = load_scheme(host("{平均: 单票总评 @ 同事, 沿: 评议人, 去高: 1, 去低: 1}"), "x.yml")
    told = explain(evaluate(scheme.plan, EVIDENCE).trace("例", subject="B"))
    # The colleagues gave B 80, 60 and 0: the nought and the 80 are left out.
    assert "去掉2个：最低的 0；最高的 80" in told


# What stays outside the language, and the way round that does: docs/schemes.md says why.
CLASSES = """
评议主体: {上年优秀: {}, 上年称职: {}}
测评表: [{主体: [上年优秀, 上年称职], 填: 总体评价}]
计算:
  均分: {平均分: 总体评价}
  人数: {作答数: 总体评价, 分主体: 是}
  每人: {数表: {上年优秀: 2, 上年称职: 1}}
  得分: {按主体加权: 均分, 权重: 每人 × 人数}
结果: {列: [得分]}
"""


def test_a_rater_s_own_result_weighs_by_the_class_it_puts_them_in(tmp_path: Path) -> None:
    # One of last year's excellent, weight 2, gives A 100; two others give 60 and 80: (200 + 60 + 80) ÷ 4 = 85.
    ballots = "group,A,B\n上年优秀,100,80\n上年称职,60,80\n上年称职,80,80\n"
    assert folder(tmp_path, CLASSES, ballots=ballots) == {"A": Fraction(85), "B": Fraction(80)}


SECOND = """
评议主体: {委员: {署名: 是}}
测评内容: {人选: 选择}
选项: {选择: [同意, 不同意]}
测评表: [{主体: 委员, 填: 人选}]
往期结果: {得票率: {取: 得票率, 时期: [第一轮]}}
计算:
  本轮: {占比: 同意, 项目: 人选, 基数: 有效票}
  首轮: {最近: 得票率}
  得分: {分情况: [{当: 首轮 > 1/2, 取: 首轮}, {其余: 本轮}]}
结果: {列: [得分]}
"""


def test_a_second_vote_takes_the_first_as_an_earlier_result(tmp_path: Path) -> None:
    # A passed the first round with 60 %. B had 50 %, no more than half, and has two of three in the second.
    history = "subject,period,quantity,value\nA,第一轮,得票率,0.6\nB,第一轮,得票率,0.5\n"
    ballots = "group,B\n委员,同意\n委员,同意\n委员,不同意\n"
    found = folder(tmp_path, SECOND, "第二轮", ballots=ballots, history=history)
    assert found == {"A": Fraction(3, 5), "B": Fraction(2, 3)}


def test_worlds_of_a_form_asked_in_some_periods_are_of_such_a_period() -> None:
    built = Builder(load_scheme(HEAD.replace(SCALES, "") + SCALES + QUARTERS, "x.yml"))
    assert built.period == "2026-Q4"
    assert {slot.item for pile in built.world({}).piles.values() for slot in pile.slots} == {"总体评价", "廉洁"}


LOT = """
评议主体: {委员: {署名: 是}}
测评表: [{主体: 委员, 填: 总体评价}]
计算: {得分: {占比: 优秀, 项目: 总体评价, 基数: 应到人数}}
结果: {列: [得分]}
"""


def test_of_raters_drawn_by_lot_only_those_drawn_are_entered(tmp_path: Path) -> None:
    # Of nine members four were drawn in public; three came and two of them ticked the best: 2 of 4.
    heads = "group,unit,entitled,present,issued,returned\n委员,,4,3,3,3\n"
    found = folder(tmp_path, LOT, heads=heads, ballots="group,count,A,B\n委员,2,优秀,称职\n委员,1,称职,称职\n")
    assert found == {"A": Fraction(1, 2), "B": Fraction(0)}


def test_a_rater_barred_from_several_leaves_their_lines_open(tmp_path: Path) -> None:
    scheme = "测评内容: {总体评价: {用选项: 总体, 必填: 否}}\n" + COLLEAGUES.format(settings="{署名: 是}")
    found = folder(tmp_path, scheme, ballots="group,A,B\n同事,100,80\n同事,,\n同事,60,\n")
    assert found == {"A": Fraction(80), "B": Fraction(80)}  # a mean is over those who answered
