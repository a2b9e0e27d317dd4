"""Of which counts a number is made, where it is less plain than a mean: the mean of a class, a rounded score, a rate.

Two heads (P, Q), one question worth 100, 80, 0. Superiors sign, clerks do not; score = half superiors, half clerks.
"""

from __future__ import annotations

from fractions import Fraction

from analysis.evaluate import evaluate
from analysis.evidence import Evidence, RatedSubject, Slot, StyleBooks, Tally
from questionnaires.loader import load_scheme
from survey_app.services.release import auditing, measuring, weighing
from survey_app.services.release.deciding import LeftBefore
from survey_app.services.release.plan import ReleasePlan
from survey_app.services.release.union import Stated
from survey_app.services.release.withholding import Held

SCHEME = load_scheme(
    """
方案: 两个科
版本: 2026-01-01
约定: 常用约定
选项: {总体: {优秀: 100, 称职: 80, 不称职: 0}}
评议主体: {领导: {署名: 是}, 科员: {只评本单位: 是}}
测评内容: {总体评价: 总体}
测评表: [{主体: [领导, 科员], 填: 总体评价}]
计算:
  主体均分: {平均分: 总体评价}
  得分: {按主体加权: 主体均分, 权重: {领导: 50, 科员: 50}}
  类均: {同类平均: 得分}
  整分: {取整: 得分, 方式: 四舍五入, 精度: 1}
结果: {列: [得分, 类均, 整分], 分主体: [主体均分]}
""",
    "scheme.yml",
)


def held(p: tuple[int, int, int], q: tuple[int, int, int]) -> Held:
    """What is held back of these clerks' answers about P and Q; two superiors said 优秀 and 称职 of each."""
    counts: dict[tuple[str, str, str], tuple[int, ...]] = {}
    books: list[StyleBooks] = []
    for subject, given in (("P", p), ("Q", q)):
        for group, marks in (("领导", (1, 1, 0)), ("科员", given)):
            counts[subject, group, "总体评价"] = (0, *marks)
            books.append(
                StyleBooks(
                    style=subject + group, group=group, unit=subject, slots=(Slot(subject, "总体评价"),),
                    cast=sum(marks), valid=sum(marks), blank=0, invalid=0, superseded=0,
                )
            )  # fmt: skip
    evidence = Evidence(subjects=(RatedSubject("P", {}), RatedSubject("Q", {})), tally=Tally(counts, tuple(books)))
    return Held(report=evaluate(SCHEME.plan, evidence), scheme=SCHEME, plan=ReleasePlan())


def stated(one: Held, subject: str, quantity: str) -> Stated:
    """The figure as it stands at a subject."""
    (found,) = [made for made in one.union.of(subject) if made.figure.quantity == quantity]
    return found


def test_the_mean_of_a_class_is_a_sum_of_everybodys_counts_and_is_looked_at_once_for_all_places() -> None:
    """P has four clerks, Q ten: one mark of 100 adds 100/(2·4·2) to the mean of the two by P's clerks, 100/(2·10·2) by Q's."""
    one = held((2, 2, 0), (5, 4, 1))
    terms = stated(one, "P", "类均").terms or {}
    assert terms[("P", "科员", "总体评价"), 1] == Fraction(100, 16)
    assert terms[("Q", "科员", "总体评价"), 1] == Fraction(100, 40)
    assert terms == stated(one, "Q", "类均").terms
    (guest,) = [made for made in one.union.visitors(frozenset({"P"}))["P"] if made.figure.quantity == "类均"]
    assert guest.places == (("类均", "P"), ("类均", "Q"))


def test_what_a_score_does_not_say_the_mean_of_the_class_does_not_say_for_it() -> None:
    """Whoever knows Q's score takes it away from the mean. It leaves coarser at both places, or from neither. The score is
    90±5: their points, half of them, are 40 to 50, so the four gave 100 or 80 and 320 to 380 points together."""
    one = held((2, 2, 0), (5, 4, 1))
    at = [one.announced("类均", {"subject": subject}) for subject in "PQ"]
    gone = [one.value("类均", {"subject": subject}) for subject in "PQ"]
    assert len(set(at)) == len(set(gone)) == 1
    assert gone[0] or (at[0] is not None and at[0] < 2)
    assert {said.verdict for line in auditing.audit(one) for said in line.ranges} == {"safe"}


def test_a_number_rounded_on_the_way_is_taken_to_lie_half_a_step_off_its_form() -> None:
    """The score is 1/2 · 90 + 1/2 · 90 = 90; rounded to whole points it may have been 89.5 to 90.5, so only ways count as open
    that stay within the step it leaves with, less half a point twice."""
    one = held((2, 2, 0), (5, 4, 1))
    made = stated(one, "P", "整分")
    assert (made.value, made.slack) == (Fraction(90), Fraction(1, 2))
    assert made.terms == stated(one, "P", "得分").terms
    assert weighing.printed(made, Fraction(10), one.union.asked["P"]).slack == Fraction(1, 2)


def test_an_audit_in_numbers_counts_groups_by_standing_and_verdicts_by_reader() -> None:
    """P's four clerks are held, Q's ten are shown, superiors sign: one group for each reader to be asked about."""
    one = held((2, 2, 0), (5, 4, 1))
    audit = measuring.measure(one, LeftBefore())
    assert (audit.subjects, dict(audit.groups)) == (2, {"signed": 2, "held": 1, "shown": 1})
    assert len(audit.seconds.each) == 1
    assert audit.seconds.at(0.5) == audit.seconds.at(1.0) == audit.seconds.each[0] <= audit.seconds.whole
    assert all(found["safe"] == 1 and sum(found.values()) == 1 for found in audit.verdicts.values())
    assert set(audit.verdicts) == {"public", "subject", "unit", "insider", "office"}
