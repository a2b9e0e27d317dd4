"""Can a newcomer say what it means? Each output of the statistics page in both languages: what has to be said, which misreading
that prevents, and words that no newcomer knows (no p-values, Greek letters or "significant" outside the annex).

The page is that of a made-up round of twelve beside an earlier one of the same scheme, with a sampled group and silent people.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

import pytest
from flask.testing import FlaskClient

from survey_app.cli import bench_statistics
from survey_app.models import Headcount, StoredReport
from survey_app.services.books import headcounts
from survey_app.services.publishing import rectified
from survey_app.services.results import sampled_scores, satisfaction, spoken, yearly
from survey_app.services.results.yearly import RoundBefore
from survey_app.views.office import results
from tests.support.clock import NOON

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SUBJECTS, RATERS = 12, 40


@dataclass(frozen=True, kw_only=True)
class Output:
    """One of the eight: the section of the page, the misreading it must prevent, and what has to be said in either language."""

    section: str
    misreading: str
    zh: tuple[str, ...]
    en: tuple[str, ...]


OUTPUTS = {
    "1 verdict on exact counts": Output(
        section="lines",
        misreading="a line is met approximately, or chance decides about it",
        zh=("线由票数准确地判定，没有“大概”", "票里有", "线是 1/3", "离线两票以内"),
        en=("votes", "the line is 1/3"),
    ),
    "2 margin of samples": Output(
        section="margins",
        misreading="everybody's answers have a margin, too",
        zh=("抽一部分人来问的，才有抽样误差", "一百次这样的抽样，至多五次", "是全数，没有误差", "一百人里约"),
        en=(
            "Only where part of a public was drawn",
            "five of a hundred such samples",
            "complete and has no error",
            "in 100 are satisfied",
        ),
    ),
    "3 response and what silence leaves": Output(
        section="answered",
        misreading="who did not answer is an error of sampling, or would have answered as the others",
        zh=("没有作答的人会怎么说，没有人知道", "当作误差是不对的", "没有作答的会不会改变结论", "全这么说、全不这么说"),
        en=("could those who did not answer change it", "if all of those who did not answer said so, or none of them"),
    ),
    "4 places and who cannot be told apart": Output(
        section="places",
        misreading="the third is better than the fourth; or: a range means that somebody made a mistake",
        zh=("可能在哪里", "分不出先后", "不是说评错了", "不要按"),
        en=("where it may really be", "cannot be told apart", "does not mean the rating was wrong", "Do not"),
    ),
    "classes": Output(
        section="classes",
        misreading="a class with a higher middle is a better class",
        zh=("一半高于它，一半低于它", "不等于谁做得好", "只在同一类里比"),
        en=("half of it stands above, half below", "a higher class is not a better one", "Compare inside a class only"),
    ),
    "5 agreement": Output(
        section="agreed",
        misreading="groups that differ are in error; or: disagreement is a bad mark",
        zh=("不一致不等于评得不好", "给分高低不同是正常的，不是错误", "不拿一方去校另一方", "换一批同样多的人来评"),
        en=("Tell apart", "as many other raters would give much the same order"),
    ),
    "6 weights": Output(
        section="firm",
        misreading="weights are facts",
        zh=("权重和分数线是人定的，不是量出来的", "5 个百分点", "脆弱"),
        en=("set by people, not measured", "5 points of a hundred", "fragile"),
    ),
    "7 change or noise": Output(
        section="years",
        misreading="a point more is a change; who was worst and rose was helped",
        zh=("波动", "哪怕什么都没有做", "两轮都有得分", "虚线（没有变）"),
        en=("by chance", "even if nothing was done", "no change"),
    ),
    "8 what came in": Output(
        section="quality",
        misreading="what is not shown is nothing; or: bursts were looked for and none were found",
        zh=("人数太少", "不查扎堆投票和雷同的票", "保密的代价"),
        en=("too few", "bursts and identical ballots are not looked for", "price of secrecy"),
    ),
}
#: Words for the annex alone.
JARGON = {
    "zh-Hans": ("p值", "p 值", "P值", "显著", "置信", "标准误", "标准差", "方差", "系数", "自由度", "零假设", "检验", "回归",
                "信度",
                "σ", "α", "κ", "χ", "r_wg", "ICC", "Kendall", "Bonferroni"),
    "en": ("p-value", "significan", "confidence interval", "standard error", "standard deviation", "variance", "coefficient",
           "hypothesis", "regression", "reliability", "degrees of freedom", "σ", "α", "κ", "r_wg", "ICC", "Kendall", "outlier"),
}  # fmt: skip
#: Words of blame: the page is about figures, and names nobody who answered.
BLAME = {"zh-Hans": ("作弊", "造假", "违规", "嫌疑"), "en": ("fraud", "cheat", "suspicious", "guilty")}


@pytest.fixture
def pages(office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The page in each language."""
    (before, then), (now, asked) = (bench_statistics.made_up(SUBJECTS, RATERS, year=year) for year in (0, 1))
    heads = [Headcount(group_key=group, entitled=many) for group, many in asked.items()]
    earlier = RoundBefore(before, sampled_scores.entitled_of([Headcount(group_key=one, entitled=n) for one, n in then.items()]))
    stored = StoredReport(computed=NOON, computed_by="评议办", code_version="1")
    monkeypatch.setattr(results, "loaded_of", lambda _key, *_sections: replace(now, stored=stored))
    monkeypatch.setattr(headcounts, "rows_of", lambda _session, _campaign: heads)
    monkeypatch.setattr(yearly, "earlier_round", lambda _session, _loaded: earlier)
    address = "/office/results/bench1/statistics"
    found = {}
    for language in JARGON:
        answer = office_client.get(address, query_string={"lang": language})
        assert answer.status_code == 200
        found[language] = answer.get_data(as_text=True)
    return found


def text_of(markup: str) -> str:
    """What is read, pictures told included."""
    told = re.sub(r'aria-label="([^"]*)"', r">\1<", markup)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", told)))


def sections(page: str) -> Iterator[tuple[str, str]]:
    for found in re.finditer(r'<section class="card" id="(\w+)".*?</section>', page, re.DOTALL):
        yield found.group(1), text_of(found.group(0))


def test_every_output_says_what_it_means_in_both_languages(pages: dict[str, str]) -> None:
    lacking = []
    for language, page in pages.items():
        shown = dict(sections(page))
        assert set(shown) == {one.section for one in OUTPUTS.values()}
        for name, output in OUTPUTS.items():
            parts = output.zh if language == "zh-Hans" else output.en
            lacking += [(language, name, part, output.misreading) for part in parts if part not in shown[output.section]]
    assert lacking == []


def test_no_word_outside_the_annex_needs_a_statistician(pages: dict[str, str]) -> None:
    for language, page in pages.items():
        before_annex = page[: page.index('id="annex"')]
        plain = " ".join(text for _name, text in sections(before_annex))
        assert [word for word in (*JARGON[language], *BLAME[language]) if word.lower() in plain.lower()] == []


def test_every_output_has_its_method_in_the_annex(pages: dict[str, str]) -> None:
    annex = text_of(pages["zh-Hans"][pages["zh-Hans"].index('id="annex"') :])
    for source in (
        "Buonaccorsi",
        "Wilson",
        "Manski",
        "Klein",
        "Cochran",
        "Tukey",
        "Fisher",
        "James",
        "LeBreton",
        "Shrout",
        "Kendall",
        "把握 95%",
    ):
        assert source in annex


def test_no_figure_has_more_digits_than_its_margin_can_bear(pages: dict[str, str]) -> None:
    for _name, text in sections(pages["zh-Hans"]):
        assert re.findall(r"\d\.\d{2,}", text) == []


# --- the satisfaction page: twelve places, one sampled group, five things asked; words and matters are for others' tests
SATISFIED = Output(
    section="satisfaction",
    misreading="the first of a ranking is better than the last; important means asked; a change after rectification is success",
    zh=(
        "人作答",
        "满意。",
        "分不出高低，不要按名次排队",
        "要不要紧是推算的，没有问过大家",
        "不是改了这一项就一定更满意",
        "抽样：全体应在",
        "“不了解”和空白另列",
        "前后不同，不一定是整改带来的",
        "要看做了什么",
    ),
    en=(
        "answered",
        "are satisfied",
        "cannot be told apart. Do not rank them",
        "nobody was asked",
        "not that improving it will make people more",
        "A difference need not come from the rectification",
        "depends on what was done",
    ),
)


def test_the_satisfaction_page_says_what_it_means_in_both_languages(
    office_client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = bench_statistics.made_up(SUBJECTS, RATERS, year=1)
    loaded = replace(now, stored=StoredReport(computed=NOON, computed_by="评议办", code_version="1"))
    heads = [Headcount(group_key=group, entitled=many) for group, many in asked.items()]
    person = loaded.visible()[0]
    monkeypatch.setattr(results, "loaded_of", lambda _key, *_sections: loaded)
    monkeypatch.setattr(headcounts, "rows_of", lambda _session, _campaign: heads)
    monkeypatch.setattr(yearly, "earlier_round", lambda _session, _loaded: None)
    monkeypatch.setattr(spoken, "of_satisfaction", lambda _session, _loaded: [])
    share = satisfaction.share_of(loaded, loaded.scheme.layout.satisfaction[0], person, "群众", sampled_scores.entitled_of(heads))
    never = replace(share, found=0, part=Fraction(0))
    for language, jargon in JARGON.items():
        monkeypatch.setattr(
            rectified,
            "of_rounds",
            lambda *_given, **_named: [
                rectified.Rectified(
                    person=person,
                    said="窗口少",
                    opened=NOON,
                    done=None,
                    period="2025",
                    compared=(rectified.told(loaded, loaded.scheme.layout.satisfaction[0], never, share),),
                )
            ],
        )
        answer = office_client.get("/office/results/bench1/satisfaction", query_string={"lang": language})
        shown = text_of(answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0])
        parts = SATISFIED.zh if language == "zh-Hans" else SATISFIED.en
        assert [part for part in parts if part not in shown] == []
        assert [word for word in (*jargon, *BLAME[language]) if word.lower() in shown.lower()] == []
