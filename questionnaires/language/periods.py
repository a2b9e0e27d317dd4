"""Names of periods as a file may write them: one name, or `*` in place of the year for the same part of every year."""

from __future__ import annotations

from analysis.periods import calendar_period

#: The years that `*` stands for; nobody rates by a scheme of before or after.
YEARS = range(2000, 2100)


def periods_meant(text: str) -> tuple[str, ...]:
    """The periods that a text names, itself or one for each year; () where the calendar knows no such part of a year.

    Parameters
    ----------
    text
        `2026`, `2026-Q4`, `第一轮`, or `*-Q4`, `*-07`.
    """
    if "*" not in text:
        return (text,)
    names = tuple(text.replace("*", str(year)) for year in YEARS)
    return names if text.count("*") == 1 and all(calendar_period(name) is not None for name in names) else ()
