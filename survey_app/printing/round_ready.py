"""The readiness report of a round: every point with how it stands and what to do, to print and sign before the opening."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from survey_app import times
from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing.typesetting import pdf


@dataclass(frozen=True)
class ReadySheet:
    """What stands on the sheet. `lines`: standing in a word, its key, title, sentence, remedy."""

    title: str
    period: str
    made: dt.datetime
    lines: Sequence[tuple[str, str, str, str, str]]
    verdict: str


def ready_pdf(sheet: ReadySheet, *, language: str = SOURCE) -> bytes:
    """A4, as many pages as it takes."""
    return pdf(
        "ready",
        {
            "title": sheet.title,
            "period": sheet.period,
            "made": times.moment(sheet.made),
            "verdict": sheet.verdict,
            "lines": [list(line) for line in sheet.lines],
            "words": {"document": _("就绪报告"), "sign": [_("经办人"), _("负责人"), _("日期")]},
        },
        language=language,
    )
