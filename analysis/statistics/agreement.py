"""How far raters agree: inside one group in a word, and over many subjects by coefficients for the annex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Agreement = Literal["strong", "fair", "weak", "cannot_be_judged"]
#: Lowest r_wg for "strong" and for "fair": the bounds of LeBreton & Senter (2008), table 3, printed beside the word.
STRONG, FAIR = 0.71, 0.51
#: Fewer raters than this say nothing about agreement.
FEWEST = 3


@dataclass(frozen=True)
class AgreementFound:
    """Agreement inside one rater group in a word, with the index behind it (None where it cannot be judged) and why."""

    word: Agreement
    index: float | None
    reason: str = ""


def agreement(counts: Sequence[int]) -> AgreementFound:
    """How far one group agrees on one item.

    Parameters
    ----------
    counts : (choices,) people
        How many raters chose each of the ordered choices, worst to best or best to worst; blank lines left out.

    Returns
    -------
    AgreementFound
        A word, with the index r_wg between 0 and 1 behind it.

    Notes
    -----
    r_wg = 1 − s²/σ² with σ² = (A²−1)/12 for A equally likely choices [1]_, held at 0 from below; the words after [2]_. Never
    compare across groups: roles see different things.

    References
    ----------
    .. [1] L. R. James, R. G. Demaree, G. Wolf, Journal of Applied Psychology 69 (1984), 85-98.
    .. [2] J. M. LeBreton, J. L. Senter, Organizational Research Methods 11 (2008), 815-852.
    """
    raters = sum(counts)
    if len(counts) < 2:
        return AgreementFound("cannot_be_judged", None, "one_choice")
    if raters < FEWEST:
        return AgreementFound("cannot_be_judged", None, "too_few")
    spare = 1 - variance(counts) / Fraction(len(counts) ** 2 - 1, 12)
    index = spare if spare > 0 else Fraction(0)
    return AgreementFound(_word(index), float(index))


#: Where answers lean to the good end though nobody means anything by it: the part that chose each of five choices, worst first.
LENIENT: Mapping[str, tuple[Fraction, ...]] = {
    "slight": tuple(Fraction(part, 100) for part in (5, 15, 20, 35, 25)),
    "moderate": tuple(Fraction(part, 100) for part in (0, 10, 15, 40, 35)),
    "heavy": tuple(Fraction(part, 100) for part in (0, 0, 10, 40, 50)),
}


def chance_variance(parts: Sequence[Fraction]) -> Fraction:
    """The variance of ratings that chance alone would give.

    Parameters
    ----------
    parts : (choices,) of 1
        The part that would choose each of the ordered choices; adding up to 1.

    Returns
    -------
    Fraction
        In squared steps between choices.

    Raises
    ------
    ValueError
        When the parts do not add up to 1.

    References
    ----------
    .. [1] L. R. James, R. G. Demaree, G. Wolf, Journal of Applied Psychology 69 (1984), 85-98, table 3.
    """
    if sum(parts) != 1:
        raise ValueError("parts that do not add up to 1")
    mean = sum((order * part for order, part in enumerate(parts)), Fraction(0))
    return sum(((order - mean) ** 2 * part for order, part in enumerate(parts)), Fraction(0))


def against_lenient(counts: Sequence[int], leaning: str = "slight") -> AgreementFound:
    """Agreement beyond that of raters who all lean to the good end, for five choices.

    Parameters
    ----------
    counts : (5,) people
        How many chose each choice, worst to best.
    leaning
        A key of `LENIENT`.

    Returns
    -------
    AgreementFound
        As `agreement`; "no_null" where there are not five choices, for which alone the distributions are published.

    References
    ----------
    .. [1] J. M. LeBreton, J. L. Senter, Organizational Research Methods 11 (2008), 815-852, table 2.
    """
    plain = agreement(counts)
    if plain.index is None:
        return plain
    parts = LENIENT[leaning]
    if len(counts) != len(parts):
        return AgreementFound("cannot_be_judged", None, "no_null")
    index = max(Fraction(0), 1 - variance(counts) / chance_variance(parts))
    return AgreementFound(_word(index), float(index))


def variance(counts: Sequence[int]) -> Fraction:
    """The variance of ratings, with one less than their number below the line.

    Parameters
    ----------
    counts : (choices,) people
        How many chose each of the ordered choices, at least two in all.

    Returns
    -------
    Fraction
        In squared steps between choices.

    Raises
    ------
    ValueError
        With fewer than two ratings.
    """
    raters = sum(counts)
    if raters < 2:
        raise ValueError("fewer than two ratings do not vary")
    mean = Fraction(sum(order * count for order, count in enumerate(counts)), raters)
    return sum(((order - mean) ** 2 * count for order, count in enumerate(counts)), Fraction(0)) / (raters - 1)


def average_deviation(counts: Sequence[int]) -> Fraction | None:
    """By how many steps of the scale ratings lie from their mean, on the average.

    Parameters
    ----------
    counts : (choices,) people
        How many chose each of the ordered choices.

    Returns
    -------
    Fraction or None
        In steps between choices; None where nobody rated. At most a sixth of the number of choices counts as agreement.

    References
    ----------
    .. [1] M. J. Burke, L. M. Finkelstein, M. S. Dusig, "On average deviation indices for estimating interrater agreement",
       Organizational Research Methods 2 (1999), 49-68.
    """
    raters = sum(counts)
    if not raters:
        return None
    mean = Fraction(sum(order * count for order, count in enumerate(counts)), raters)
    return sum((abs(order - mean) * count for order, count in enumerate(counts)), Fraction(0)) / raters


def _word(index: Fraction) -> Agreement:
    return "strong" if index >= Fraction(71, 100) else "fair" if index >= Fraction(51, 100) else "weak"
