"""How far raters agree: inside one group in a word, and over many subjects by coefficients for the annex."""

from __future__ import annotations

from collections.abc import Sequence
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
    mean = Fraction(sum(order * count for order, count in enumerate(counts)), raters)
    spread = sum(((order - mean) ** 2 * count for order, count in enumerate(counts)), Fraction(0)) / (raters - 1)
    spare = 1 - spread / Fraction(len(counts) ** 2 - 1, 12)
    index = spare if spare > 0 else Fraction(0)
    word: Agreement = "strong" if index >= Fraction(71, 100) else "fair" if index >= Fraction(51, 100) else "weak"
    return AgreementFound(word, float(index))
