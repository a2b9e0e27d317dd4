"""Numbers and days as people type them: exact, or not accepted."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from analysis.numerals import TABLE, in_full, read

_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?", re.ASCII)


def exact_value(text: str) -> str | None:
    """A number as people type it ("87.50", "1/3"): exact and without idle zeros; None for anything else. A fraction stays one."""
    found = read(text, TABLE)
    if found is None:
        return None
    return str(found) if "/" in text or "／" in text else in_full(found, TABLE.places)


def iso_date(text: str) -> str | None:
    """A day as YYYY-MM-DD from the ways it is written here; None when it is none."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return dt.date(*map(int, found.groups()[:3])).isoformat() if found else None
    except ValueError:
        return None
