"""Why a filled sheet of paper was set aside and not cast: a letter that is stored, and the reason as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from survey_app.i18n import N_

#: The server finds the last two by itself.
REASONS: Mapping[str, str] = {
    "n": N_("没有凭条，或凭条看不清"),
    "d": N_("破损、看不清"),
    "t": N_("同一行打了两处，或改得看不清"),
    "r": N_("不合这张表的规则（漏填、超限）"),
    "f": N_("不是这张表，或少页"),
    "i": N_("写了姓名或做了记号"),
    "o": N_("其他"),
    "u": N_("凭条已经用过：先投的那张有效"),
    "v": N_("凭条已声明作废"),
}
#: Those that people choose.
CHOSEN = tuple(key for key in REASONS if key not in "uv")
