"""Who reads what leaves: the ways out, what each of them prints, and who stands there.

Lives here: the table. May not live here: which single figure is held back (`withholding`), how one looks (`results`).

There is one decision for everything that leaves (`withholding`), and it is made for the reader who sees most: whoever has all
pages of all units, the files, the letters and the notice beside the public bundle. Every other reader but the sworn auditor sees
part of that, so what does not follow for the one does not follow for the others, alone or together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from survey_app.i18n import N_


class ReaderKind(StrEnum):
    """A kind of reader. An auditor is sworn, sees every form, and is bound by an oath instead of by this decision."""

    PUBLIC = "public"
    SUBJECT = "subject"
    UNIT = "unit"
    OFFICE = "office"
    AUDITOR = "auditor"


TITLES: Mapping[ReaderKind, str] = {
    ReaderKind.PUBLIC: N_("所有人"),
    ReaderKind.SUBJECT: N_("被评的人"),
    ReaderKind.UNIT: N_("单位管理人员"),
    ReaderKind.OFFICE: N_("主办单位"),
    ReaderKind.AUDITOR: N_("宣誓的审计人"),
}

#: Kinds of figures, as `Figure.kind` calls them; "counts" are those of the bundle, where more people have to stand behind one.
#: A flag is its books, a verdict whether it is up; ranks and tiers are scores.
SCORE, BY_GROUP, BY_ITEM, FLAG, VERDICT, ANSWERS, COUNTS = "score", "by_group", "by_item", "flag", "verdict", "answers", "counts"
_PAGE = frozenset({SCORE, BY_GROUP, BY_ITEM, FLAG, VERDICT, ANSWERS})
_INSIDE = frozenset({ReaderKind.UNIT, ReaderKind.OFFICE})


@dataclass(frozen=True)
class WayOut:
    """A way by which figures leave: kinds of figures it prints, and who reads there beside those who read everything."""

    key: str
    prints: frozenset[str]
    readers: frozenset[ReaderKind]


PAGES = WayOut("pages", _PAGE, _INSIDE)
FILES = WayOut("files", _PAGE, _INSIDE)
BUNDLE = WayOut("bundle", frozenset({COUNTS}), frozenset(ReaderKind))
#: A subject's own letter, and the public notice of what was announced.
LETTER = WayOut("letter", _PAGE, frozenset({ReaderKind.SUBJECT, ReaderKind.OFFICE}))
NOTICE = WayOut("notice", frozenset({SCORE}), frozenset(ReaderKind))
WAYS = (PAGES, FILES, BUNDLE, LETTER, NOTICE)


def kinds_for(reader: ReaderKind) -> frozenset[str]:
    """Every kind of figure that leaves by some way at which this reader stands."""
    return frozenset[str]().union(*(way.prints for way in WAYS if reader in way.readers))
