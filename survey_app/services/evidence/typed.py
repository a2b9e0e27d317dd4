"""Numbers, days and ranges as people type them: exact, or not accepted."""

from __future__ import annotations

from fractions import Fraction

from analysis.numerals import decimal
from questionnaires.model import ComponentField
from survey_app.i18n import gettext as _


def out_of_bounds(field: ComponentField, value: Fraction) -> bool:
    """Whether a number lies outside what the scheme allows."""
    return (field.least is not None and value < field.least) or (field.most is not None and value > field.most)


def bounds_words(field: ComponentField) -> str:
    """The allowed range in words."""
    if field.least is not None and field.most is not None:
        return _("%(least)s 到 %(most)s", least=decimal(field.least), most=decimal(field.most))
    if field.least is not None:
        return _("不小于 %(least)s", least=decimal(field.least))
    return _("不大于 %(most)s", most=decimal(field.most)) if field.most is not None else ""
