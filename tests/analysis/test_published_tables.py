"""Each statistic against tables that others printed: the source stands above the figures, and what is compared is what they
print.

Statistics whose tables stand elsewhere: Newcombe's shares, Sprop's finite limits, Student's mean (`test_statistics`);
Krippendorff's three tables, Kendall's W of irr, Fleiss's kappa, intraclass correlations of Shrout and Fleiss and of irr
(`test_agreement`); Manski's bounds and Newcombe's differences (`test_silence_and_change`); weights (`test_weights`)."""

from __future__ import annotations

import math
from collections import Counter
from fractions import Fraction
from statistics import NormalDist

import pytest

from analysis.statistics.agreement import LENIENT, against_lenient, agreement, average_deviation, chance_variance
from analysis.statistics.change import change, share_change
from analysis.statistics.classes import between_classes, summarise
from analysis.statistics.coefficients import fleiss, kendall, raw_agreement
from analysis.statistics.composites import SampledMean, composite_error
from analysis.statistics.importance import correlation, quadrants
from analysis.statistics.means import Stratum, stratified_mean
from analysis.statistics.ranks import Estimate, joint_limits, layers, rank_ranges, told_apart
from analysis.statistics.reliability import nested_reliability, of_mean
from analysis.statistics.shares import reaches_line, wilson
from analysis.statistics.silence import share_bounds


def numbers(text: str) -> list[Fraction]:
    return [Fraction(one) for one in text.split()]


# --- shares and lines
def test_nobody_of_twenty_five_has_agrestis_interval() -> None:
    # A. Agresti, Categorical Data Analysis, 2nd ed. (2002), §1.4.3: none of 25 students a vegetarian; score interval (0.0,
    # 0.133).
    low, high = wilson(0, 25)
    assert (f"{low:.1f}", f"{high:.3f}") == ("0.0", "0.133")


def test_the_lady_tasting_tea_reaches_the_line_as_often_as_fisher_says() -> None:
    # R. A. Fisher, The Design of Experiments (1935), chapter 2: eight cups, four of each kind; three or four right by chance 17
    # times in 70, all four once. More than half of 8 of the kind; the most that are not more than half are 4.
    chances = [reaches_line(found, 4, Fraction(1, 2), population=8, strict=True).chance for found in (3, 4)]
    assert chances == pytest.approx([17 / 70, 1 / 70])


def test_three_of_fifteen_reach_a_tenth_as_often_as_scipy_prints() -> None:
    # SciPy's documentation of binomtest: 3 of 15, p = 0.1, greater: 0.18406106910639114.
    assert reaches_line(3, 15, Fraction(1, 10), population=None).chance == pytest.approx(0.18406106910639114)


def test_the_change_of_a_share_has_the_limits_of_fagerland() -> None:
    # M. W. Fagerland, S. Lydersen, P. Laake, Statistical Methods in Medical Research 24 (2015), 224-254, after Perondi et al.:
    # 7 of 34 against 1 of 34; Newcombe's hybrid score interval 0.019 to 0.34.
    low, high = share_change((1, 34), (7, 34))
    assert (f"{low:.3f}", f"{high:.2f}") == ("0.019", "0.34")


def test_twenty_silent_of_a_hundred_leave_what_dearden_prints() -> None:
    # W. Dearden, "Survey nonresponse: partial identification in Stan" (2020): 60 of 80 who answered of 100 asked: 60 to 80 per
    # cent.
    bounds = share_bounds(60, 80, 100)
    assert (bounds.least, bounds.most) == (Fraction(60, 100), Fraction(80, 100))


# --- means of samples
#: S. L. Lohr, Sampling: Design and Analysis (1999), example 4.2: acres of farms by region; counties, drawn, mean, variance.
FARMS = [(1054, 103, 300504.16, 29618183543), (220, 21, 97629.81, 7647472708), (1382, 135, 211315.04, 53587487856),
         (422, 41, 662295.51, 396185950266)]  # fmt: skip
COUNTIES = 3078


def made_up(drawn: int, mean: float, variance: float) -> list[float]:
    """So many values with exactly this mean and variance."""
    away = math.sqrt(variance * (drawn - 1) / (drawn - drawn % 2))
    return [mean] * (drawn % 2) + [mean - away] * (drawn // 2) + [mean + away] * (drawn // 2)


def test_the_stratified_mean_of_farms_is_lohrs() -> None:
    # Printed: mean 295,561 acres with standard error 16,380; total 909,736,034 with 50,417,248.
    strata = [Stratum(whole, made_up(drawn, mean, variance), whole) for whole, drawn, mean, variance in FARMS]
    found = stratified_mean(strata)
    assert found.mean == pytest.approx(295561, abs=1)
    assert found.error == pytest.approx(16380, abs=1)
    assert (found.error or 0) * COUNTIES == pytest.approx(50_417_248, abs=1000)


def test_the_error_of_a_composite_of_farms_is_lohrs_and_of_sleep_is_students() -> None:
    groups = [
        [SampledMean(Counter(Fraction(value) * Fraction(whole, COUNTIES) for value in made_up(drawn, mean, variance)), whole)]
        for whole, drawn, mean, variance in FARMS
    ]
    assert composite_error(groups) == pytest.approx(16380, abs=1)
    # Student, Biometrika 6 (1908), sleep with drug 2: mean 2.33, t = 3.6799 on 9 degrees, so the error is 2.33/3.6799.
    sleep = SampledMean(Counter(numbers("1.9 0.8 1.1 0.1 -0.1 4.4 5.5 1.6 4.6 3.4")), None)
    assert composite_error([[sleep]]) == pytest.approx(2.33 / 3.6799, abs=1e-4)


# --- ranks
#: M. Klein, T. Wright, J. Wieczorek, JRSS C 69 (2020), 589-606, figure 1 (from their package's vignette): state, mean minutes
#: to work and 90 % margin in 2011, and the ranks that the joint 90 % region leaves, shortest first. They round ends to a tenth
#: before they compare.
KLEIN = """
SD 16.9 0.5 1-6; ND 16.9 0.6 1-6; WY 18.1 0.8 1-9; NE 18.1 0.3 1-8; MT 18.2 0.5 1-9; AK 18.4 0.5 1-9
IA 18.8 0.2 3-9; KS 18.9 0.3 3-9; ID 19.7 0.4 4-9; OK 21.1 0.2 10-14; AR 21.3 0.4 10-16; NM 21.4 0.4 10-16
UT 21.6 0.3 10-16; WI 21.9 0.2 11-16; VT 21.9 0.5 10-21; OR 22.5 0.3 11-24; KY 22.9 0.2 15-26; MN 23 0.2 15-26
OH 23.1 0.1 16-26; MO 23.1 0.2 15-27; RI 23.4 0.5 15-33; NC 23.4 0.2 16-29; ME 23.4 0.4 15-31; IN 23.5 0.2 17-30
SC 23.6 0.3 16-32; MS 23.9 0.4 17-35; AL 23.9 0.2 21-33; NV 24.1 0.4 20-37; MI 24.1 0.2 21-35; TN 24.2 0.2 22-35
LA 24.5 0.2 24-37; CO 24.5 0.3 23-38; TX 24.8 0.1 30-37; AZ 24.8 0.2 27-39; CT 25 0.3 27-40; DE 25.3 0.6 25-42
WA 25.5 0.2 34-41; WV 25.6 0.5 30-42; HI 25.7 0.4 33-42; FL 25.8 0.2 35-42; PA 25.9 0.1 36-42; NH 26.9 0.5 37-46
GA 27.1 0.3 42-46; CA 27.1 0.1 42-44; VA 27.7 0.2 43-47; MA 28 0.2 43-47; IL 28.2 0.2 45-47; DC 30.1 0.5 48-49
NJ 30.5 0.2 48-49; NY 31.5 0.2 50-51; MD 32.2 0.2 50-51
"""
STATES = [(name, Fraction(minutes), Fraction(margin), ranks) for name, minutes, margin, ranks in
          (one.split() for one in KLEIN.replace("\n", ";").split(";") if one.strip())]  # fmt: skip


def test_ranks_of_the_states_are_those_of_klein_wright_and_wieczorek() -> None:
    # Independent intervals: each at 0.9^(1/51). Ours share 1 - level out evenly, so this level gives the same reach, 3.081.
    each = 0.9 ** (1 / len(STATES))
    level = Fraction(1 - len(STATES) * (1 - each)).limit_denominator(10**12)
    z = NormalDist().inv_cdf(0.95)
    found = rank_ranges([Estimate(-float(minutes), float(margin) / z) for _name, minutes, margin, _ranks in STATES], level)
    reach = Fraction(NormalDist().inv_cdf((1 + each) / 2) / z)
    ends = [(round(minutes - reach * margin, 1), round(minutes + reach * margin, 1)) for _name, minutes, margin, _ranks in STATES]
    same = 0
    for (name, _minutes, _margin, printed), ours, (low, high) in zip(STATES, found, ends, strict=True):
        shorter, longer = sum(other <= low for _low, other in ends), sum(other >= high for other, _high in ends)
        assert f"{shorter + 1}-{len(STATES) - longer}" == printed, name  # as they compute it: ends rounded, touching ones apart
        least, most = map(int, printed.split("-"))
        assert ours.least <= least <= most <= ours.most, name
        assert least - ours.least <= 1, name
        assert ours.most - most <= 1, name
        same += (ours.least, ours.most) == (least, most)
    assert same == 42  # the other nine have an end that touches another's at one decimal


def test_the_intervals_that_hold_all_states_at_once_reach_as_far_as_their_authors_say() -> None:
    # From the same vignette: 51 intervals at 90 % together, 3.096 errors to each side when shared out evenly.
    low, high = joint_limits([Estimate(0, 1)] * 51, Fraction(9, 10))[0]
    assert (f"{-low:.3f}", f"{high:.3f}") == ("3.096", "3.096")


def test_no_state_shares_a_layer_with_one_that_its_first_is_apart_from() -> None:
    # Read off the printed ranges: Maryland and New York may change places and nobody else comes there; then New Jersey and
    # Columbia.
    z = NormalDist().inv_cdf(0.95)
    found = layers([Estimate(float(minutes), float(margin) / z) for _name, minutes, margin, _ranks in STATES], Fraction(9, 10))
    by_layer = [{name for (name, *_rest), layer in zip(STATES, found, strict=True) if layer == at} for at in (0, 1)]
    assert by_layer == [{"MD", "NY"}, {"NJ", "DC"}]


#: Indiana Business Research Center, InContext 9 (November 2008), "Higher Education: Women Take Lead", table 1: per cent with a
#: degree, men and women, with 90 % margins; printed: all differences are significant at 99 per cent.
DEGREES = [(22.8, 0.4, 21.4, 0.3), (23.4, 1.0, 28.1, 1.0), (22.8, 0.9, 25.7, 0.9), (24.2, 0.6, 21.5, 0.7), (18.9, 0.9, 11.1, 0.6)]


@pytest.mark.parametrize(("men", "men_margin", "women", "women_margin"), DEGREES)
def test_men_and_women_differ_as_the_census_tables_say(men: float, men_margin: float, women: float, women_margin: float) -> None:
    one, other = Estimate(men, men_margin / 1.645), Estimate(women, women_margin / 1.645)
    assert told_apart(one, other, Fraction(99, 100))
    assert change(one, other, Fraction(99, 100)).verdict == "clear"


def test_two_median_ages_lie_as_many_margins_apart_as_printed() -> None:
    # census-error-analyzer (documentation): 37.9 and 38.4, each with a 90 % margin of 0.1: different, 3.535533905932737 margins
    # apart.
    z = NormalDist().inv_cdf(0.95)
    found = change(Estimate(37.9, 0.1 / z), Estimate(38.4, 0.1 / z), Fraction(9, 10))
    assert found.noise is not None
    assert found.difference / found.noise == pytest.approx(3.535533905932737)
    assert told_apart(Estimate(37.9, 0.1 / z), Estimate(38.4, 0.1 / z), Fraction(9, 10))


# --- agreement
@pytest.mark.parametrize(("choices", "printed"), [(2, "0.25"), (3, "0.67"), (5, "2.00"), (7, "4.00"), (9, "6.67")])
def test_chance_varies_as_in_the_table_of_null_distributions(choices: int, printed: str) -> None:
    # J. M. LeBreton, J. L. Senter, Organizational Research Methods 11 (2008), table 2, uniform. Two raters at the ends give an
    # index of 0; so many alike that s² is half of it give 1/2.
    assert f"{float(chance_variance([Fraction(1, choices)] * choices)):.2f}" == printed


def test_lenient_chance_varies_as_james_demaree_and_wolf_print() -> None:
    # L. R. James, R. G. Demaree, G. Wolf, Journal of Applied Psychology 69 (1984), table 3: five choices, skewed a little,
    # more, much.
    assert [f"{float(chance_variance(parts)):.2f}" for parts in LENIENT.values()] == ["1.34", "0.90", "0.44"]


def test_the_index_rests_on_these_variances() -> None:
    # Five choices, marks 3 4 4 4 5 (from 1): s² = 2/4; uniform 1 - 0.5/2 = 0.75, slightly skewed 1 - 0.5/1.34 = 0.63.
    counts = [0, 0, 1, 3, 1]
    assert agreement(counts).index == pytest.approx(0.75)
    assert f"{against_lenient(counts).index or 0:.2f}" == "0.63"
    assert against_lenient([1, 3, 1]).reason == "no_null"
    assert average_deviation(counts) == Fraction(2, 5)


#: W. Hollander, D. A. Wolfe, Nonparametric Statistical Methods (1973), 140: seconds of 22 players rounding first base in three
#: ways.
ROUNDING = """540 550 555 585 570 575 520 560 550 555 550 540 590 585 570 545 555 560 540 540 535 545 550 535 525 515 500 585
580 570 525 520 510 565 555 545 560 535 545 505 500 495 550 550 540 545 555 550 555 555 535 545 550 555 550 545 525 565 560 540
570 565 555 630 630 625"""


def test_concordance_of_players_gives_friedmans_statistic_as_printed() -> None:
    # Printed (also by R's friedman.test): 11.1429 on 2 degrees = 22 players · (3 - 1) · W.
    times = [int(one) for one in ROUNDING.split()]
    found = kendall([times[at : at + 3] for at in range(0, len(times), 3)]).value
    assert found is not None
    assert f"{float(found) * 22 * 2:.4f}" == "11.1429"


#: J. L. Fleiss, Psychological Bulletin 76 (1971), table 1: 30 patients, six psychiatrists, five diagnoses.
PATIENTS = """00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 00501 30012 51000 02040
10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"""


def test_kappa_of_the_psychiatrists_is_what_fleiss_prints() -> None:
    counts = [[int(many) for many in row] for row in PATIENTS.split()]
    assert f"{float(fleiss(counts).value or 0):.3f}" == "0.430"
    assert f"{float(raw_agreement(counts).value or 0):.4f}" == "0.5556"


#: O. L. Davies, Statistical Methods in Research and Production (1947): yield of dyestuff, six batches of five.
DYESTUFF = ["1545 1440 1440 1520 1580", "1540 1555 1490 1560 1495", "1595 1550 1605 1510 1560",
            "1445 1440 1595 1465 1545", "1595 1630 1515 1635 1625", "1520 1455 1450 1480 1445"]  # fmt: skip
#: G. W. Snedecor, W. G. Cochran, Statistical Methods, 7th ed. (1980), §13.7: conceptions in a hundred services, six bulls.
BULLS = [
    "46 31 37 62 30",
    "70 59",
    "52 44 57 40 67 64 70",
    "47 21 70 46 14",
    "42 64 50 69 77 81 87",
    "35 68 59 38 57 76 57 29 60",
]


def test_batches_differ_as_davies_prints() -> None:
    # Printed: variance between batches 1764, inside 2451; of one measurement 1764/(1764 + 2451) is the batch's.
    found = nested_reliability([Counter(numbers(row)) for row in DYESTUFF])
    assert found.single is not None
    assert float(found.single) == pytest.approx(1764 / (1764 + 2451), abs=1e-4)
    assert found.raters == 5


def test_bulls_differ_as_snedecor_and_cochran_print() -> None:
    # Printed: mean squares 664 and 248, n0 = 5.67.
    found = nested_reliability([Counter(numbers(row)) for row in BULLS])
    assert found.raters is not None
    assert found.single is not None
    assert f"{float(found.raters):.2f}" == "5.67"
    between = (664 - 248) / 5.67
    assert float(found.single) == pytest.approx(between / (between + 248), abs=1e-3)


def test_four_judges_are_as_reliable_as_shrout_and_fleiss_print() -> None:
    # Table 4 of the same paper: 0.17 for one judge, 0.44 for the mean of four; 0.71 and 0.91.
    judged = ("9 2 5 8", "6 1 3 2", "8 4 6 8", "7 1 2 6", "10 5 6 9", "6 2 4 7")
    exact = nested_reliability([Counter(numbers(row)) for row in judged])
    assert [f"{float(one or 0):.2f}" for one in (exact.single, exact.mean)] == ["0.17", "0.44"]
    assert f"{float(of_mean(Fraction(715, 1000), 4)):.2f}" == "0.91"


# --- classes
PLANTS = ["4.17 5.58 5.18 6.11 4.50 4.61 5.17 4.53 5.33 5.14", "4.81 4.17 4.41 3.59 5.87 3.83 6.03 4.89 4.32 4.69",
          "6.31 5.12 5.54 5.50 5.37 5.29 4.92 6.15 5.80 5.26"]  # fmt: skip
INSECTS = ["10 7 20 14 14 12 10 23 17 20 14 13", "11 17 21 11 16 14 17 17 19 21 7 13", "0 1 7 2 3 1 2 1 3 0 1 4",
           "3 5 12 6 4 3 5 5 5 5 2 4", "3 5 3 5 3 6 1 1 3 2 6 4", "11 9 15 22 15 16 13 10 26 26 24 13"]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "between", "within"),
    [
        # A. J. Dobson, An Introduction to Statistical Modelling (1983), weights of plants: 3.76634 and 10.49209 (R, PlantGrowth).
        (PLANTS, "3.76634", "10.49209"),
        # G. Beall, Biometrika 32 (1942), insects under six sprays: 2668.8 and 1015.2 (R, InsectSprays).
        (INSECTS, "2668.8", "1015.2"),
    ],
)
def test_classes_differ_as_printed(rows: list[str], between: str, within: str) -> None:
    found = between_classes({str(at): numbers(row) for at, row in enumerate(rows)})
    assert found.between is not None
    assert found.within is not None
    assert f"{float(found.between):.{len(between.split('.')[1])}f}" == between
    assert f"{float(found.within):.{len(within.split('.')[1])}f}" == within


#: R's data sets mtcars (miles a gallon, Motor Trend 1974) and cars (M. Ezekiel, Methods of Correlation Analysis, 1930).
GALLON = """21.0 21.0 22.8 21.4 18.7 18.1 14.3 24.4 22.8 19.2 17.8 16.4 17.3 15.2 10.4 10.4 14.7 32.4 30.4 33.9 21.5 15.5 15.2
13.3 19.2 27.3 26.0 30.4 15.8 19.7 15.0 21.4"""
SPEED = """4 4 7 7 8 9 10 10 10 11 11 12 12 12 12 13 13 13 13 14 14 14 14 15 15 15 16 16 17 17 17 18 18 18 18 19 19 19 20 20 20
20 20 22 23 24 24 24 24 25"""
STOPPING = """2 10 4 22 16 10 18 26 34 17 28 14 20 24 28 26 34 34 46 26 36 60 80 20 26 54 32 40 32 40 50 42 56 76 84 36 46 68 32
48 52 56 64 66 54 70 92 93 120 85"""


@pytest.mark.parametrize(
    ("values", "printed"),
    [(GALLON, "10.40 15.35 19.20 22.80 33.90"), (SPEED, "4.00 12.00 15.00 19.00 25.00")],  # as fivenum prints them
)
def test_the_quarters_of_a_class_are_tukeys_five_numbers(values: str, printed: str) -> None:
    found = summarise(numbers(values))
    assert found is not None
    assert [f"{float(one):.2f}" for one in (found.least, found.low, found.middle, found.high, found.most)] == printed.split()


# --- importance
def test_two_figures_go_together_as_printed() -> None:
    # F. J. Anscombe, The American Statistician 27 (1973), 17-21, first set: 0.816. Speed and stopping distance: 0.8069 (R, cars).
    x = numbers("10 8 13 9 11 14 6 4 12 7 5")
    y = numbers("8.04 6.95 7.58 8.81 8.33 9.96 7.24 4.26 10.84 4.82 5.68")
    assert f"{correlation(x, y).value or 0:.3f}" == "0.816"
    assert f"{correlation(numbers(SPEED), numbers(STOPPING)).value or 0:.4f}" == "0.8069"


def test_the_car_dealers_services_stand_in_the_fields_of_martilla_and_james() -> None:
    # J. A. Martilla, J. C. James, Journal of Marketing 41 (1977), table 1 and figure 1: importance and performance of 14
    # services; "concentrate here": 1, 2, 9; low priority: 11, 12, 13; possible overkill: 14.
    table = """3.83 2.63 3.63 2.73 3.60 3.15 3.56 3.00 3.41 3.05 3.41 3.29 3.38 3.03 3.37 3.11 3.29 2.00 3.27 3.02 2.52 2.25
2.43 2.49 2.37 2.35 2.05 3.33"""
    given = [float(one) for one in table.split()]
    found = quadrants({str(at + 1): (given[2 * at], given[2 * at + 1]) for at in range(14)})
    fields = {field: [one.key for one in found if one.field == field] for field in ("improve", "keep", "later", "enough")}
    assert fields == {
        "improve": ["1", "2", "9"],
        "keep": ["3", "4", "5", "6", "7", "8", "10"],
        "later": ["11", "12", "13"],
        "enough": ["14"],
    }
