"""What the statistics and satisfaction pages stand on: figures by hand from `two_towns`, and what is left out where it is held.

EH has 172/3 with residents 80, 80, 0 (3 of 9 entitled), of whom the score takes 40 %: mean 160/3, s² = 6400/3, the error of the
mean √((1 - 3/9) · (6400/3)/3) = 21.77, of the score 8.709. WH has 260/3 and residents counted in full (3 of 3): error 0.
Held at once with z(1 - 0.05/2 halved) = 2.2414: EH lies between 37.8 and 76.9, below WH's 86.67: told apart.
"""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from analysis.evidence import Evidence, RatedSubject, Slot, StyleBooks, Tally
from questionnaires.loader import load_scheme
from survey_app.bounded import Bounded
from survey_app.cli import bench_statistics
from survey_app.extensions import resources
from survey_app.models import Headcount
from survey_app.services.publishing import matters, rectified
from survey_app.services.results import (
    agreeing,
    answering,
    apart,
    class_figures,
    data_quality,
    importance_fields,
    sampled_scores,
    satisfaction,
    steadiness,
    yearly,
)
from survey_app.services.results import loaded as results
from tests.support.clock import NOON
from tests.support.publishing import publish, signed_in
from tests.towns import two_towns

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def unkept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two towns with the score of the ballots first, and nothing kept from other tests."""
    monkeypatch.setattr(two_towns, "TEXT", two_towns.TEXT.replace("列: [综合, 民主得分,", "列: [民主得分, 综合,"))
    monkeypatch.setattr(results, "_COUNTED", Bounded(8))


def load(session: Session, *, open_to_all: bool = True) -> results.Loaded:
    return results.load(session, two_towns.build(session, open_to_all=open_to_all), language="zh-Hans")


def entitled(session: Session) -> sampled_scores.Entitled:
    return sampled_scores.entitled_of(list(session.query(Headcount)))


@on_sqlite
def test_the_error_of_a_score_is_that_of_its_sampled_part(session: Session) -> None:
    loaded, asked = load(session), entitled(session)
    east, west = (sampled_scores.error_of(loaded, "民主得分", code, asked) for code in ("EH", "WH"))
    assert east.error == pytest.approx(0.4 * ((1 - 3 / 9) * (6400 / 3) / 3) ** 0.5)
    assert west.error == 0


@on_sqlite
def test_places_have_ranges_only_where_somebody_was_sampled(session: Session) -> None:
    loaded = load(session)
    placed = next(one for one in apart.of_classes(loaded, entitled(session)) if one.title == "正职")
    assert [(row.person.code, row.place, row.layer) for row in placed.rows] == [("WH", "第 1", 1), ("EH", "第 2", 2)]
    assert placed.sentence == "2 个相邻的都分得出先后。"
    assert [row.score for row in placed.rows] == ["86.7", "57.3 ± 19.5"]  # 2.2414 · 8.709


@on_sqlite
def test_what_is_held_back_has_no_error_no_place_and_no_agreement(session: Session) -> None:
    loaded = load(session, open_to_all=False)
    given = [loaded.view.answers("EH", group, "总体评价") for group in ("同事", "群众")]
    assert all(one is not None and one.withheld for one in given)
    error = sampled_scores.error_of(loaded, "民主得分", "EH", entitled(session))
    assert (error.error, error.reason) == (None, "withheld")
    found = agreeing.within(loaded)
    assert sum(sum(words.values()) for words in found.words.values()) == 0
    assert (found.withheld["同事"], found.divided) == (2, ())
    quality = data_quality.of_report(loaded)
    assert quality.withheld == 6  # two heads by two groups, two teams by residents
    assert {(one.empty, one.unknown) for one in quality.lines} == {("没有", "没有")}
    assert all(one.bounded == 0 and one.chart is None for one in answering.flags(loaded, entitled(session)))
    assert steadiness.of_report(loaded).total == 0


@on_sqlite
def test_books_and_unknown_answers_are_told_by_group(session: Session) -> None:
    # Residents: 6 forms; of their 12 lines one says "do not know": 1 of 6 about teams, no more than a quarter.
    quality = data_quality.of_report(load(session))
    residents = next(one for one in quality.lines if one.title == "群众")
    assert (residents.cast, residents.valid, residents.unknown, residents.withheld) == (6, 6, "8%", 0)
    assert quality.unknown == ()


@on_sqlite
def test_satisfaction_says_first_what_it_comes_to(session: Session) -> None:
    # East 2 of 2 (of 9, limits 22 % to 100 %), west 0 of 3 of 3: 2 of 5 who said something.
    loaded = load(session)
    heads = list(session.query(Headcount))
    asked = satisfaction.questions(loaded, loaded.campaign, heads)
    (one,) = satisfaction.summaries(asked)
    assert one.sentence == "5 人作答，40.0% 满意。东镇班子最高，100.0%；西镇班子最低，0.0%。"
    assert satisfaction.matrices(asked) == []  # one question: its own table says it
    (typical,) = satisfaction.margins(loaded, heads)
    assert typical.sentence == ("例如东镇班子：一百人里约 100 人满意，可能在 22 到 100 人之间。")


@on_sqlite
def test_importance_is_not_said_of_two_places(session: Session) -> None:
    found = importance_fields.of_report(load(session))
    assert [one.reason for one in found] == []  # residents are asked of teams one thing only


@on_sqlite
def test_rectification_is_shown_with_both_rounds_and_what_chance_does(session: Session) -> None:
    before = two_towns.build(session)
    before.period = "2025"
    session.commit()
    new = matters.NewMatter(kind="rectification", subject="ET", raised_by="", said="窗口少，排队久", due="")
    matters.add(session, before, new, account="评议办", now=NOON)
    session.commit()
    now = load(session)
    earlier = yearly.earlier_round(session, now)
    assert earlier is not None
    (found,) = rectified.of_rounds(session, now, entitled(session), earlier, now=NOON + dt.timedelta(days=9))
    assert (found.person.code, found.said, found.done, found.period) == ("ET", "窗口少，排队久", None, "2025")
    (compared,) = found.compared
    assert (compared.before, compared.after, compared.change) == ("100.0%（2/2）", "100.0%（2/2）", "0.0 个百分点")
    assert compared.sentence == "变动不大于抽样本身的波动，不能说变好或变坏了。"
    years = yearly.of_rounds(now, entitled(session), earlier)
    assert [(row.person.code, row.change, row.kind) for row in years.rows] == [("EH", "0.0", "noise"), ("WH", "0.0", "counted")]
    assert rectified.of_rounds(session, now, entitled(session), None, now=NOON) == []


@on_sqlite
def test_the_round_before_is_of_the_same_scheme_and_another_period(session: Session) -> None:
    two_towns.build(session)  # the same period: no earlier round
    loaded = load(session)
    assert yearly.earlier_round(session, loaded) is None
    assert yearly.of_rounds(loaded, entitled(session), None).reason.startswith("这里没有同一个办法更早的")


@on_sqlite
def test_unit_staff_read_no_words_matters_or_others_places_beside_satisfaction(app: Flask, office_client: FlaskClient) -> None:
    with resources(app).writing() as session:
        campaign = two_towns.build(session)
        publish(session, campaign)
        key = campaign.key
    page = signed_in(app, "东镇办", (key, "E")).get(f"/office/results/{key}/satisfaction").get_data(as_text=True)
    assert "东镇班子" in page
    for office_only in ("西镇班子", "整改前后", "大家写的意见"):
        assert office_only not in page
    assert office_client.get(f"/office/results/{key}/satisfaction").status_code == 200


# --- a made-up round: twelve subjects in four classes, six groups of forty of whom fifty were asked, one group a sample of 400
@pytest.fixture(scope="module")
def county() -> tuple[results.Loaded, sampled_scores.Entitled]:
    loaded, asked = bench_statistics.made_up(12, 40, year=1)
    return loaded, sampled_scores.entitled_of([Headcount(group_key=group, entitled=many) for group, many in asked.items()])


def test_silence_leaves_a_verdict_alone_where_no_answer_of_theirs_could_turn_it(
    county: tuple[results.Loaded, sampled_scores.Entitled],
) -> None:
    # 40 of 50 answered. More than a third of 40 is 14 and more; of 50, with ten more votes or none, 17 and more.
    loaded, asked = county
    (line,) = answering.flags(loaded, asked)
    assert line.bounded == 12 * 5  # the sample's are no bounds of silence
    turned = 0
    for person in loaded.visible():
        for flag in loaded.view.flags("超过三分之一", person.code):
            if flag.labels["group"] != "群众":
                found = int(flag.part or 0)
                turned += any((3 * votes > 50) != (3 * found > 40) for votes in range(found, found + 11))
    assert line.could_turn == turned


def test_classes_lie_beside_each_other_by_their_middles(county: tuple[results.Loaded, sampled_scores.Entitled]) -> None:
    loaded, _asked = county
    (beside,) = class_figures.of_report(loaded)
    assert [(row.title, row.size, row.without) for row in beside.rows] == [(one, 3, 0) for one in "甲乙丙丁"]
    cells = [loaded.view.cell("得分", {"subject": f"s{n:04d}"}) for n in (0, 4, 8)]
    scores = sorted(cell.number.exact for cell in cells if cell.number is not None)
    assert beside.rows[0].middle == f"{float(scores[1]):.1f}"


def test_groups_are_compared_by_order_and_those_who_differ_most_are_told(
    county: tuple[results.Loaded, sampled_scores.Entitled],
) -> None:
    loaded, _asked = county
    found = agreeing.between(loaded)
    assert [(one.title, one.subjects, len(one.groups)) for one in found] == [(one, 3, 6) for one in "甲乙丙丁"]
    assert all(one.index is not None and 0 <= one.index <= 1 for one in found)
    assert all(one.differing == tuple(sorted(one.differing, key=lambda subject: -subject.gap)) for one in found)
    assert "类" in agreeing.orders(found)


@pytest.mark.parametrize(
    ("counts", "camps"),
    [
        ([5, 0, 0, 5], True),
        ([4, 1, 5], True),
        ([5, 5, 0, 0], False),
        ([3, 3, 3], False),
        ([5, 0], False),
        ([0, 9, 0], False),
        ([1, 0, 2], False),
        ([2, 0, 0, 9], False),
    ],
)
def test_two_camps_are_two_heaps_with_fewer_between_them(counts: list[int], camps: bool) -> None:
    assert agreeing.are_camps(counts) is camps


# --- importance: six towns, residents asked five things
IMPORTANCE = """
方案: 要紧
版本: 2026-01-01
约定: 常用约定
选项: {满意: {满意: 100, 一般: 50, 不满意: 0}}
评议主体: {群众: {抽样: 全体}}
测评内容: {总的: 满意, 快: 满意, 准: 满意, 近: 满意}
测评表: [{主体: 群众, 填: [总的, 快, 准, 近]}]
计算:
  指数: {平均分: 总的, 合并主体: 是}
结果: {列: [指数], 满意度: [{项目: 总的, 满意: [满意], 主体: [群众]}]}
"""


def test_what_goes_with_satisfaction_matters_and_what_does_not_matters_less() -> None:
    """Six places with 10, 20 … 60 of 100 satisfied on the whole: 快 the same (r = 1), 准 reversed (r = -1), 近 50 or 60."""
    done = {
        "总的": (10, 20, 30, 40, 50, 60),
        "快": (10, 20, 30, 40, 50, 60),
        "准": (60, 50, 40, 30, 20, 10),
        "近": (50, 60, 50, 60, 50, 60),
    }
    counts = {(f"t{at}", "群众", item): (0, parts[at], 0, 100 - parts[at]) for item, parts in done.items() for at in range(6)}
    slots = tuple(Slot(subject, item) for subject, _group, item in counts)
    books = StyleBooks(style="群众", group="群众", unit="", slots=slots, cast=100, valid=100, blank=0, invalid=0, superseded=0)
    evidence = Evidence(subjects=tuple(RatedSubject(f"t{at}", {}) for at in range(6)), tally=Tally(counts, (books,)))
    loaded = bench_statistics.in_memory(load_scheme(IMPORTANCE, "importance.yml"), evidence, year=0)
    (found,) = importance_fields.of_report(loaded)
    assert (found.group, found.overall, found.places, found.reason) == ("群众", "总的", 6, "")
    # Means of doing: 35, 35, 55, of all 41.67; of importance (1 - 1 + 0.29)/3 = 0.10.
    whole, near = [Fraction(one) for one in done["总的"]], [Fraction(one) for one in done["近"]]
    top = sum((a - 35) * (b - 55) for a, b in zip(whole, near, strict=True))  # 150
    bottom = (sum((a - 35) ** 2 for a in whole) * sum((b - 55) ** 2 for b in near)) ** Fraction(1, 2)  # √(1750 · 150)
    assert [(row.item, row.importance, row.performance) for row in found.rows] == [
        ("快", "1.00", "35%"),
        ("准", "-1.00", "35%"),
        ("近", f"{float(top) / float(bottom):.2f}", "55%"),
    ]
    assert [row.field.split("：")[0] for row in found.rows] == ["先改", "缓一缓", "保持"]
