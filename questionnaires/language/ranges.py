"""Stretches of numbers as people write them: `90 以上`, `80 至不足 90`, `over 60`, `from 3 to 5`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from questionnaires.language.reader import exact

_N = r"(-?\d+(?:\.\d+)?\s?[%％]?(?:/\d+)?)(?: ?分)?"
# pattern, low belongs, high belongs; groups are low and high in order, None where the band is open
_FORMS: tuple[tuple[str, bool | None, bool | None], ...] = (
    (rf"{_N} ?(?:至|到) ?不足 ?{_N}", True, False),
    (rf"from {_N} to under {_N}", True, False),
    (rf"超过 ?{_N} ?(?:至|到) ?不足 ?{_N}", False, False),
    (rf"over {_N} to under {_N}", False, False),
    (rf"超过 ?{_N} ?(?:至|到) ?{_N}", False, True),
    (rf"over {_N} to {_N}", False, True),
    (rf"{_N} ?(?:至|到) ?{_N}", True, True),
    (rf"from {_N} to {_N}", True, True),
    (rf"{_N} ?以上", True, None),
    (rf"(?:from|at least) {_N}", True, None),
    (rf"超过 ?{_N}", False, None),
    (rf"over {_N}", False, None),
    (rf"(?:不足|低于) ?{_N}", None, False),
    (rf"under {_N}", None, False),
    (rf"不超过 ?{_N}", None, True),
    (rf"(?:up to|at most) {_N}", None, True),
)


@dataclass(frozen=True, kw_only=True)
class Range:
    """From `low` to `high` (None: open); the ends belong when `low_in`, `high_in`."""

    low: Fraction | None = None
    low_in: bool = True
    high: Fraction | None = None
    high_in: bool = False

    def holds(self, value: Fraction) -> bool:
        """Whether a number lies within."""
        above = self.low is None or value > self.low or (self.low_in and value == self.low)
        return above and (self.high is None or value < self.high or (self.high_in and value == self.high))


def read_range(text: str) -> Range | None:
    """The stretch that a text writes; None when it writes none."""
    plain = re.sub(r"\s+", " ", text.strip())
    for pattern, low_in, high_in in _FORMS:
        hit = re.fullmatch(pattern, plain)
        if not hit:
            continue
        ends = [exact(part) for part in hit.groups()]
        if any(end is None for end in ends):
            return None
        return Range(
            low=ends[0] if low_in is not None else None,
            low_in=bool(low_in),
            high=ends[-1] if high_in is not None else None,
            high_in=bool(high_in),
        )
    return None
