"""Reminders for signed raters who have sent nothing: eight to a sheet, to cut out and hand over. They hold no code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True, kw_only=True)
class ReminderSlip:
    """One person's reminder: name, unit and group, and what is said."""

    name: str
    place: str
    said: str


def reminders_pdf(slips: Sequence[ReminderSlip], *, title: str, language: str = SOURCE) -> bytes:
    """One PDF, eight reminders to an A4 page."""
    people = [{"name": one.name, "place": one.place, "said": one.said} for one in slips]
    return pdf("reminders", {"title": title, "people": people, "document": _("提醒")}, language=language)
