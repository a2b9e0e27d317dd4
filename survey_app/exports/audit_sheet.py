"""The log of acts as a sheet for Excel and csv: the sentences of the page, and each line's digest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from questionnaires.tables.sheet import Sheet
from survey_app import times
from survey_app.i18n import gettext as _
from survey_app.services.office.act_sentences import ToldAct

__all__ = ["Sheet", "sheet"]


def sheet(lines: Sequence[ToldAct], *, head: str, made: dt.datetime) -> Sheet:
    """One row a line, newest first. `head`: of the whole log when the file was `made`."""
    heads = (_("序号"), _("时间"), _("账户"), _("操作"), _("评议活动"), _("说明"), _("摘要"), _("有签名"))
    rows = tuple(
        (
            one.number,
            times.second(one.at),
            one.who,
            one.what,
            one.about,
            one.more or one.stored,
            one.digest,
            _("是") if one.signed else _("否"),
        )
        for one in lines
    )
    about = (_("制作于 %(time)s", time=times.when(made)), _("记录的头：%(head)s", head=head))
    return Sheet(_("操作记录"), heads, rows, about=about)
