"""What can be wrong with a roster's rows, each thing named by sheet, row and column with a remedy. Changes nothing."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from questionnaires.model import Fact, Group, Scheme
from survey_app.i18n import gettext as _
from survey_app.i18n import language, listed
from survey_app.mail_settings import is_address
from survey_app.services.roster.columns import SHEETS, anonymous_groups, facts_of, sheet_name, titles

CODE_CHARACTERS = 40
NAME_CHARACTERS = 120
MOST_HEADS = 10_000_000


@dataclass(frozen=True)
class RosterProblem:
    """One thing wrong in a roster: where, what, and what to do. `row` 0: the whole sheet."""

    sheet: str
    row: int
    column: str
    what: str
    remedy: str


@dataclass(frozen=True)
class RosterRow:
    """One row of a sheet: its number as the office sees it, cells by column key, headings by column key."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    titles: Mapping[str, str]


class Problems:
    """Collects problems, so that all of them are told at once."""

    def __init__(self) -> None:
        self.found: list[RosterProblem] = []

    def add(self, row: RosterRow, key: str, what: str, remedy: str) -> None:
        """A problem in one cell."""
        self.found.append(RosterProblem(sheet_name(row.sheet), row.number, row.titles.get(key, ""), what, remedy))

    def sheet(self, sheet: str, what: str, remedy: str) -> None:
        """A problem of a whole sheet."""
        self.found.append(RosterProblem(sheet_name(sheet) if sheet in SHEETS else sheet, 0, "", what, remedy))


def _check_codes(rows: Sequence[RosterRow], problems: Problems) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        code, name = row.cells["code"], row.cells["name"]
        if len(code) > CODE_CHARACTERS:
            problems.add(row, "code", _("编号太长。"), _("最多 %(most)s 个字符。", most=CODE_CHARACTERS))
        if len(name) > NAME_CHARACTERS:
            problems.add(row, "name", _("名称太长。"), _("最多 %(most)s 个字。", most=NAME_CHARACTERS))
        if code and code in seen:
            what = _("编号 %(code)s 与第 %(row)s 行重复。", code=code, row=seen[code])
            problems.add(row, "code", what, _("每个编号只能用一次，请改其中一个。"))
        seen.setdefault(code, row.number)


def check_units(rows: Sequence[RosterRow], scheme: Scheme, problems: Problems) -> None:
    """Units: codes and facts."""
    _check_codes(rows, problems)
    for row in rows:
        _check_facts(row, facts_of(scheme, "unit"), problems)


def check_subjects(rows: Sequence[RosterRow], scheme: Scheme, units: Iterable[str], problems: Problems) -> None:
    """Subjects: codes, units and facts."""
    _check_codes(rows, problems)
    for row in rows:
        _check_in(row, "unit", units, _("“单位”表里没有单位 %(code)s。", code=row.cells["unit"]), problems)
        if len(row.cells["duty"]) > NAME_CHARACTERS:
            problems.add(row, "duty", _("职务名称太长。"), _("最多 %(most)s 个字。", most=NAME_CHARACTERS))
        _check_facts(row, facts_of(scheme, "subject"), problems)


def _check_facts(row: RosterRow, facts: Sequence[Fact], problems: Problems) -> None:
    for fact in facts:
        value = row.cells[f"fact:{fact.key}"]
        if value and fact.values and fact_key(fact, value) is None:
            words = [text.in_(language()) for text in fact.values.values()]
            problems.add(row, f"fact:{fact.key}", _("“%(value)s”不在可填的词里。", value=value), did_you_mean(value, words))


def check_relations(rows: Sequence[RosterRow], scheme: Scheme, subjects: Iterable[str], problems: Problems) -> None:
    """Facts that name another subject."""
    for row in rows:
        for fact in facts_of(scheme, "subject"):
            if fact.relation:
                key = f"fact:{fact.key}"
                _check_in(row, key, subjects, _("“评价对象”表里没有编号 %(code)s。", code=row.cells[key]), problems)


def check_raters(
    rows: Sequence[RosterRow], scheme: Scheme, units: Iterable[str], subjects: Iterable[str], problems: Problems
) -> None:
    """Signed raters: group, unit, and the subject each one is."""
    _check_codes(rows, problems)
    known = {word: group for group in scheme.groups.values() for word in group_words(group)}
    for row in rows:
        group = known.get(row.cells["group"])
        if row.cells["group"] and group is None:
            signed = titles(one for one in scheme.groups.values() if one.signed)
            problems.add(row, "group", _("方案里没有这个评议主体。"), did_you_mean(row.cells["group"], signed))
        elif group is not None and not group.signed:
            problems.add(row, "group", _("这个评议主体不署名，不能写出姓名。"), _("请从这张表删去，人数写在“应到人数”。"))
        elif group is not None and group.own_unit and not row.cells["unit"]:
            problems.add(row, "unit", _("这个评议主体只评本单位，要写单位编号。"), _("请填写。"))
        _check_in(row, "unit", units, _("“单位”表里没有单位 %(code)s。", code=row.cells["unit"]), problems)
        _check_in(row, "subject", subjects, _("“评价对象”表里没有编号 %(code)s。", code=row.cells["subject"]), problems)
        if row.cells["mail"] and not is_address(row.cells["mail"]):
            problems.add(row, "mail", _("这不是邮箱地址。"), _("请改正，或者留空。"))


def check_heads(rows: Sequence[RosterRow], scheme: Scheme, units: Iterable[str], problems: Problems) -> None:
    """Head-counts of groups without names."""
    known = {word: group for group in anonymous_groups(scheme) for word in group_words(group)}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        place = (row.cells["unit"], row.cells["group"])
        if place in seen:
            problems.add(row, "group", _("与第 %(row)s 行重复。", row=seen[place]), _("请只留一行。"))
        seen.setdefault(place, row.number)
        group = known.get(row.cells["group"])
        if row.cells["group"] and group is None:
            meant = did_you_mean(row.cells["group"], titles(anonymous_groups(scheme)))
            problems.add(row, "group", _("方案里没有这个不署名的评议主体。"), meant)
        elif group is not None and group.own_unit != bool(row.cells["unit"]):
            what = _("这个评议主体属于各单位，要写单位编号。") if group.own_unit else _("这个评议主体不属于单位，编号要留空。")
            problems.add(row, "unit", what, _("请改正。"))
        _check_in(row, "unit", units, _("“单位”表里没有单位 %(code)s。", code=row.cells["unit"]), problems)
        text = row.cells["entitled"]
        if text and (not (text.isascii() and text.isdigit()) or int(text[:12]) > MOST_HEADS):
            problems.add(row, "entitled", _("“%(value)s”不是人数。", value=text), _("请填不带小数的数字。"))


def _check_in(row: RosterRow, key: str, known: Iterable[str], what: str, problems: Problems) -> None:
    value = row.cells[key]
    if value and value not in set(known):
        problems.add(row, key, what, did_you_mean(value, known))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest word that would be right, or what may be filled in."""
    words = list(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.5)
    if near:
        return _("是不是“%(near)s”？", near=near[0])
    if 0 < len(words) <= 12:
        return _("可以填：%(words)s。", words=listed(words))
    return _("请核对后改正。")


def group_words(group: Group) -> frozenset[str]:
    """The words a roster may name a rater group by: its key and its title in any language."""
    return frozenset({group.key, *group.title.words.values()})


def fact_key(fact: Fact, value: str) -> str | None:
    """The key of a fact's value given by key or by title in any language; None when it is neither."""
    if value in fact.values:
        return value
    return next((key for key, text in fact.values.items() if value in text.words.values()), None)
