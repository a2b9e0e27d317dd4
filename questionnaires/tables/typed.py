"""Numbers and days as people type them: exact, or not accepted."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,12})?", re.ASCII)
_FRACTION = re.compile(r"[+-]?[0-9]{1,30}/[0-9]{1,30}", re.ASCII)
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?", re.ASCII)


def exact_number(text: str) -> str | None:
    """A decimal as people read it ("87.5"), exactly as typed; None when it is no plain decimal. Full-width is understood."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not _DECIMAL.fullmatch(plain):
        return None
    value = Decimal(plain)  # at most 27 digits: within what Decimal keeps exactly
    return "0" if value == 0 else f"{value.normalize():f}"


def exact_value(text: str) -> str | None:
    """A decimal, or a fraction of whole numbers ("1/3"); None for anything else."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _FRACTION.fullmatch(plain):
        return str(Fraction(plain)) if int(plain.rpartition("/")[2]) else None
    return exact_number(text)


def iso_date(text: str) -> str | None:
    """A day as YYYY-MM-DD from the ways it is written here; None when it is none."""
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    try:
        return dt.date(*map(int, found.groups()[:3])).isoformat() if found else None
    except ValueError:
        return None
