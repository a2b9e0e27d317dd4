"""`pingyi explain`, word for word: the calculation written out by hand here, and then demanded of the command."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from questionnaires.loader import load_scheme
from survey_app.cli.scheme import explain, score

SCHEME = """方案: 年度评议
版本: 2026-01-01
约定: 常用约定
选项: {总体: {优秀: 100, 称职: 80, 不称职: 0}}
评议主体: {领导: , 同事: }
测评内容: {总体评价: 总体}
测评表: [{主体: [领导, 同事], 填: 总体评价}]
其他材料: {附加分: {从: 0, 到: 10, 空缺作: 0}}
计算:
  主体均分: {平均分: 总体评价, 出处: 优秀100分、称职80分}
  得分: {按主体加权: 主体均分, 权重: {领导: 60, 同事: 40}, 出处: 领导占60%、同事占40%}
  总分: {限定在: 得分 + 附加分, 封顶: 100}
  不称职率: {占比: 不称职, 项目: 总体评价}
  调整岗位: {判断: 不称职率 >= 1/3, 出处: 达到三分之一的}
结果: {列: [总分], 提示: [调整岗位]}
"""
BALLOTS = """评议主体,份数,对象,总体评价
领导,1,A,优秀
领导,1,A,称职
同事,1,A,优秀
同事,1,A,称职
同事,1,A,不称职
"""

# Two leaders: 100 and 80, 180 ÷ 2 = 90. Three colleagues: 100, 80, 0, 180 ÷ 3 = 60. 60 % of 90 and 40 % of 60: 54 + 24 = 78.
# Five points on top: 83, not over 100.
TOTAL = """\
总分〔甲（A）〕 = 取小(83, 100) = 83（第12行）
  总分的中间数〔甲（A）〕 = 78 + 5 = 83（第12行）
    得分〔甲（A）〕 = (60 × 90 + 40 × 60) ÷ (60 + 40) = 78（第11行；来源：领导占60%、同事占40%）
      主体均分〔甲（A），领导〕 = (1×100 + 1×80) ÷ 2 = 90（第10行；来源：优秀100分、称职80分）
        主体均分的作答数〔甲（A），领导，总体评价〕 = 1 + 1 = 2（第10行；来源：优秀100分、称职80分）
      主体均分〔甲（A），同事〕 = (1×100 + 1×80 + 1×0) ÷ 3 = 60（第10行；来源：优秀100分、称职80分）
        主体均分的作答数〔甲（A），同事，总体评价〕 = 1 + 1 + 1 = 3（第10行；来源：优秀100分、称职80分）
    附加分〔甲（A）〕 = 5（第8行）
"""
# One of five ballots says 不称职: 0.2. A third of five is 1⅔, so two would be needed: one more turns it.
FLAG = """\
调整岗位〔甲（A）〕 = 1 ÷ 5 = 0.2 ≥ 1/3 ≈ 0.3333（再多1票结论即变） → 否（第14行；来源：达到三分之一的）
  不称职率〔甲（A）〕 = 1 ÷ 5 = 0.2（第13行）
    不称职率的票数〔甲（A）〕 = 0 + 1 = 1（第13行）
      不称职率的票数〔甲（A），领导，总体评价〕 = 0（第13行）
      不称职率的票数〔甲（A），同事，总体评价〕 = 1（第13行）
    不称职率的有效票〔甲（A）〕 = 2 + 3 = 5（第13行）
      不称职率的有效票〔甲（A），领导〕 = 2（第13行）
      不称职率的有效票〔甲（A），同事〕 = 3（第13行）
"""


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hand")
    tables = {"scheme.yml": SCHEME, "ballots.csv": BALLOTS}
    tables |= {"subjects.csv": "编号,名称\nA,甲\n", "components.csv": "subject,附加分\nA,5\n"}
    for name, text in tables.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(score, [str(folder)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return folder / "results"


@pytest.mark.parametrize(("quantity", "written"), [("总分", TOTAL), ("调整岗位", FLAG)])
def test_a_whole_explanation_reads_as_the_calculation_on_paper(scored: Path, quantity: str, written: str) -> None:
    assert CliRunner().invoke(explain, [str(scored), "A", quantity]).output == written


def test_the_same_in_english(scored: Path) -> None:
    told = CliRunner().invoke(explain, [str(scored), "甲", "总分", "--language", "en", "--depth", "1"]).output
    assert (
        told
        == "总分 [甲（A）] = least(83, 100) = 83 (line 12)\n  an intermediate step of 总分 [甲（A）] = 78 + 5 = 83 (line 12)\n"
    )


# Nobody of the colleagues answered: they hand in one blank ballot, and a score that needs both groups has none.
GAPS = """\
“得分〔甲（A）〕”没有结果：主体均分的作答数〔甲（A），同事〕是 0，没有可以除的数
"""


def test_an_explanation_of_no_result_says_who_or_what_is_missing(tmp_path: Path) -> None:
    missing = "缺主体: 不评"
    tables = {
        "scheme.yml": SCHEME.replace("约定: 常用约定", f"约定: {{依照: 常用约定, {missing}}}"),
        "ballots.csv": "评议主体,份数,对象,总体评价\n领导,1,A,优秀\n同事,1,A,\n",
        "subjects.csv": "编号,名称\nA,甲\n",
        "components.csv": "subject,附加分\nA,5\n",
    }
    for name, text in tables.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = CliRunner().invoke(score, [str(tmp_path)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    told = CliRunner().invoke(explain, [str(tmp_path / "results"), "A", "得分", "--depth", "0"]).output
    assert told.startswith(GAPS)
    english = CliRunner().invoke(explain, [str(tmp_path / "results"), "A", "得分", "--depth", "0", "--language", "en"]).output
    assert english.startswith("There is no “得分 [甲（A）]”: answers of 主体均分 [甲（A）, 同事]: 0, nothing to divide by\n")


def test_a_count_is_shown_as_a_count() -> None:
    text = SCHEME.replace("结果:", "  作答: {作答数: 总体评价}\n  票: {票数: 优秀, 项目: 总体评价}\n结果:").replace(
        "列: [总分]", "列: [总分, 作答, 票]"
    )
    quantities = load_scheme(text, "x.yml").quantities
    assert [quantities[name].digits for name in ("总分", "作答", "票")] == [2, 0, 0]
