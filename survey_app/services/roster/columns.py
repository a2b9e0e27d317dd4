"""The roster as spreadsheets: which sheets and columns a scheme asks for, and the empty template to fill in.

Lives here: names of sheets and columns, and the template. May not live here: what becomes of the rows (`rosters`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analysis.late import late
from questionnaires.model import Fact, Group, Scheme
from questionnaires.telling import Keyword
from survey_app.i18n import N_, language, say, spellings
from survey_app.i18n import gettext as _

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = late("xlsxwriter")

UNITS, SUBJECTS, RATERS, HEADS = "单位", "评价对象", "署名评价人", "应到人数"
#: Other spellings of a sheet's name (a csv is named like its file).
SHEETS = {
    UNITS: UNITS,
    "units": UNITS,
    SUBJECTS: SUBJECTS,
    "subjects": SUBJECTS,
    RATERS: RATERS,
    "raters": RATERS,
    HEADS: HEADS,
    "heads": HEADS,
}
#: What readers of languages that do not show the Chinese spelling call the sheets.
_ENGLISH_NAMES = {UNITS: "units", SUBJECTS: "subjects", RATERS: "raters", HEADS: "heads"}
INSTRUCTIONS = N_("填表说明")


@dataclass(frozen=True)
class RosterColumn:
    """A column: the key rows are read by, its heading in the reader's language and in all (`heads`), and its allowed words."""

    key: str
    title: str
    heads: frozenset[str]
    required: bool = True
    words: tuple[str, ...] = ()


def sheet_name(sheet: str) -> str:
    """What the reader calls a sheet."""
    return Keyword(sheet, _ENGLISH_NAMES[sheet]).tell(say)


def facts_of(scheme: Scheme, what: str) -> list[Fact]:
    """The scheme's facts of units or of subjects."""
    return [fact for fact in scheme.facts if fact.of == what]


def anonymous_groups(scheme: Scheme) -> list[Group]:
    """Groups whose raters have no names, only a number."""
    return [group for group in scheme.groups.values() if not group.signed]


def columns_of(scheme: Scheme, sheet: str) -> tuple[RosterColumn, ...]:
    """The columns of one of the four sheets."""
    code, unit = _column("code", N_("编号")), _column("unit", N_("单位编号"))
    if sheet == UNITS:
        return replace(unit, key="code"), _column("name", N_("单位名称")), *_facts(scheme, "unit")
    if sheet == SUBJECTS:
        duty = replace(_column("duty", N_("职务名称")), required=False)
        return code, _column("name", N_("姓名或名称")), unit, duty, *_facts(scheme, "subject")
    unit, group = replace(unit, required=False), _column("group", N_("评议主体"))
    if sheet == RATERS:
        signed = [group for group in scheme.groups.values() if group.signed]
        own = replace(_column("subject", N_("本人的评价对象编号")), required=False)
        mail = replace(_column("mail", N_("邮箱")), required=False)
        return code, _column("name", N_("姓名")), replace(group, words=titles(signed)), unit, own, mail
    return unit, replace(group, words=titles(anonymous_groups(scheme))), _column("entitled", N_("应到人数"))


def titles(groups: Iterable[Group]) -> tuple[str, ...]:
    """What the reader calls these groups."""
    return tuple(group.title.in_(language()) for group in groups)


def _column(key: str, head: str) -> RosterColumn:
    return RosterColumn(key, _(head), spellings(head))


def template_xlsx(scheme: Scheme) -> bytes:
    """An empty roster: instructions first, then the four sheets, text columns and drop-down lists ready."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F6"})
    as_text, wrapped = book.add_format({"num_format": "@"}), book.add_format({"text_wrap": True, "valign": "top"})
    about = book.add_worksheet(_(INSTRUCTIONS))
    about.set_column(0, 0, 90, wrapped)
    for row, line in enumerate(_instructions(scheme)):
        about.write_string(row, 0, line, wrapped)
    for sheet in (UNITS, SUBJECTS, RATERS, HEADS):
        page = book.add_worksheet(sheet_name(sheet))
        page.freeze_panes(1, 0)
        for number, column in enumerate(columns_of(scheme, sheet)):
            page.set_column(number, number, 18, as_text)  # text, so that codes keep their leading zeros
            page.write_string(0, number, column.title, head)
            if column.words and len(",".join(column.words)) <= 255:
                page.data_validation(1, number, 2000, number, {"validate": "list", "source": list(column.words)})
    book.close()
    return target.getvalue()


def _facts(scheme: Scheme, what: str) -> Sequence[RosterColumn]:
    return [
        RosterColumn(
            f"fact:{fact.key}",
            fact.title.in_(language()),
            frozenset(fact.title.words.values()),
            fact.required and not fact.where,
            tuple(text.in_(language()) for text in fact.values.values()),
        )
        for fact in facts_of(scheme, what)
    ]


def _instructions(scheme: Scheme) -> list[str]:
    return [
        scheme.title.in_(language()),
        _("一行一个单位、对象或评价人；编号自己定，在本表中不能重复，可以有前导零。"),
        _("“单位”和“评价对象”的先后就是表上的先后；请按规定的中立次序排列（例如姓氏笔画）。"),
        _("“署名评价人”只填署名的评议主体；他本人也是评价对象时写上对象编号，他就不会评到自己。"),
        _("“应到人数”填不署名的评议主体在每个单位应到的人数；不属于任何单位的主体，单位编号留空。"),
        _("可以多次导入：编号相同的行会更新，没有变的行不动；有一处错，就什么都不导入。"),
    ]
