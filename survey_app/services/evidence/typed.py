"""Numbers, days and ranges as people type them: exact, or not accepted."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

from questionnaires.model import ComponentField
from survey_app.i18n import gettext as _

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


def out_of_bounds(field: ComponentField, value: Fraction) -> bool:
    """Whether a number lies outside what the scheme allows."""
    return (field.least is not None and value < field.least) or (field.most is not None and value > field.most)


def bounds_words(field: ComponentField) -> str:
    """The allowed range in words."""
    if field.least is not None and field.most is not None:
        return _("%(least)s 到 %(most)s", least=_short(field.least), most=_short(field.most))
    if field.least is not None:
        return _("不小于 %(least)s", least=_short(field.least))
    return _("不大于 %(most)s", most=_short(field.most)) if field.most is not None else ""


def _short(value: Fraction) -> str:
    return f"{float(value):g}" if value.denominator != 1 else str(value.numerator)
