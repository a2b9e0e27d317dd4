"""Words of a draft that name nothing: a person places each one, once for all rows that have it.

Lives here: causes with a choice, and the remedy that follows from what was chosen. May not live here: causes that the file itself
remedies (`causes`).

Nothing is chosen beforehand, and a word for which nothing is chosen stays as it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from questionnaires.model import Fact
from survey_app.i18n import N_, language
from survey_app.i18n import gettext as _
from survey_app.services.roster.causes import Cause, CausePlace
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS, facts_of
from survey_app.services.roster.draft import AppliedRemedy, DraftRow
from survey_app.services.roster.ground import Ground
from survey_app.services.roster.mapping import OF_UNIT, value_key

#: What may be chosen for a word beside a value: these rows go, or it becomes a unit of its own, or nothing stands there.
DROP, NEW, BLANK = "-", "+", "0"
#: More different words than this are not placed one by one: the column is another one.
MOST_WORDS = 60
#: Before a value, so that no value is taken for one of the signs above.
VALUE = "="


def open_causes(ground: Ground) -> list[Cause]:
    """The causes with words to place, in the order in which they depend on each other."""
    found = [_units(ground), _groups(ground), *_facts(ground), *_unit_facts(ground), _numbers(ground), *_people(ground)]
    return [one for one in found if one is not None]


def placed(cause: Cause, chosen: Mapping[str, str]) -> AppliedRemedy:
    """The remedy that follows from what was chosen for each word; of what is not among the options nothing follows."""
    offered = {value for value, _title in cause.options}
    cells: list[tuple[int, int, str, str]] = []
    gone: dict[tuple[int, int], None] = {}
    units: list[str] = []
    facts: list[tuple[str, str, str]] = []
    for word, choice in chosen.items():
        if word not in dict(cause.words) or not (choice in offered or (cause.typed and choice.startswith(VALUE))):
            continue
        if choice == NEW:
            units.append(word)
        elif cause.key.startswith("unit-fact:"):
            facts.append((word, cause.key.removeprefix("unit-fact:"), choice.removeprefix(VALUE)))
        else:
            for one in cause.places:
                if one.before == word and choice == DROP:
                    gone[one.row.sheet, one.row.row] = None
                elif one.before == word:
                    text = "" if choice == BLANK else choice.removeprefix(VALUE)
                    cells.append((one.row.sheet, one.row.row, one.field, text))
    return AppliedRemedy(cause.key, tuple(cells), tuple(gone), tuple(units), tuple(facts))


def _cause(
    key: str, title: str, remedy: str, places: Iterable[CausePlace], options: Sequence[tuple[str, str]], *, typed: bool = False
) -> Cause | None:
    found = tuple(places)
    words = Counter(one.before for one in found)
    if not found:
        return None
    return Cause(
        key=key,
        title=title,
        remedy=remedy,
        places=found,
        words=tuple(words.most_common(MOST_WORDS)),
        options=tuple(options),
        typed=typed,
    )


def _place(row: DraftRow, name: str) -> CausePlace:
    return CausePlace(row=row, field=name, before=row.cells.get(name, ""), after=row.cells.get(name, ""))


def _units(ground: Ground) -> Cause | None:
    def lost() -> Iterator[CausePlace]:
        for kind in (SUBJECTS, RATERS, HEADS):
            for row in ground.rows[kind]:
                word = row.cells.get("unit", "")
                if (word and ground.unit_of(word) is None) or (not word and kind == SUBJECTS):
                    yield _place(row, "unit")

    options = [(f"{VALUE}{code}", f"{name}（{code}）") for code, name in ground.units.items()]
    more = [(NEW, _("是一个新的单位")), (DROP, _("这些行不要"))]
    return _cause("unit", N_("名册里没有这样的单位"), N_("逐个说明是哪一个"), lost(), [*options, *more])


def _groups(ground: Ground) -> Cause | None:
    def lost() -> Iterator[CausePlace]:
        for kind in (RATERS, HEADS):
            for row in ground.rows[kind]:
                group = ground.group_of(row.cells.get("group", ""))
                if group is None or group.signed != (kind == RATERS):
                    yield _place(row, "group")

    groups = ground.scheme.groups.values()
    told = [(f"{VALUE}{one.title.in_(language())}", _signed(one.title.in_(language()), signed=one.signed)) for one in groups]
    title = N_("方案里没有这样的评议主体，或者署名的写成了人数、不署名的写出了姓名")
    return _cause("group", title, N_("逐个说明是哪一类"), lost(), [*told, (DROP, _("这些行不要"))])


def _signed(title: str, *, signed: bool) -> str:
    return _("%(title)s（署名）", title=title) if signed else _("%(title)s（不署名）", title=title)


def _facts(ground: Ground) -> Iterator[Cause | None]:
    for kind, what in ((UNITS, "unit"), (SUBJECTS, "subject")):
        for fact in facts_of(ground.scheme, what):
            if not fact.relation:
                yield _fact(ground, kind, fact)


def _fact(ground: Ground, kind: str, fact: Fact) -> Cause | None:
    name = f"fact:{fact.key}"

    def lost() -> Iterator[CausePlace]:
        for row in ground.rows[kind]:
            word = row.cells.get(name, "")
            if (word and fact.values and value_key(fact, word) is None) or (not word and _needed(fact)):
                yield _place(row, name)

    options = _values(fact)
    more = [] if _needed(fact) else [(BLANK, _("留空"))]
    title = _("“%(fact)s”空着，或者写的不在可填的词里", fact=fact.title.in_(language()))
    return _cause(name, title, N_("逐个说明是哪一种"), lost(), [*options, *more], typed=not fact.values)


def _values(fact: Fact) -> list[tuple[str, str]]:
    return [(f"{VALUE}{text.in_(language())}", text.in_(language())) for text in fact.values.values()]


def _needed(fact: Fact) -> bool:
    return fact.required and not fact.where


def _unit_facts(ground: Ground) -> Iterator[Cause | None]:
    """Facts of units that are made of a list's words: those the list does not give, or gives in two ways."""
    if not ground.made:
        return
    said = {(unit, fact) for one in ground.draft.applied for unit, fact, _value in one.unit_facts}
    for fact in facts_of(ground.scheme, "unit"):
        yield _unit_fact(ground, fact, said)


def _unit_fact(ground: Ground, fact: Fact, said: set[tuple[str, str]]) -> Cause | None:
    name, told = f"{OF_UNIT}{fact.key}", dict[str, set[str]]()
    for row in ground.rows[SUBJECTS]:
        word = row.cells.get(name, "")
        told.setdefault(row.cells.get("unit", ""), set()).add(value_key(fact, word) or word if word else "")

    def lost() -> Iterator[CausePlace]:
        for row in ground.rows[SUBJECTS]:
            unit = row.cells.get("unit", "")
            values = told[unit] - {""}
            unclear = len(values) > 1 or (not values and _needed(fact)) or (fact.values and not values <= set(fact.values))
            if unit in ground.made.values() and (unit, fact.key) not in said and unclear:
                yield CausePlace(row=row, field="unit", before=unit, after=unit)

    title = _("单位的“%(fact)s”没有写，或者写得不一样", fact=fact.title.in_(language()))
    return _cause(f"unit-fact:{fact.key}", title, N_("逐个单位说明"), lost(), _values(fact), typed=not fact.values)


def _numbers(ground: Ground) -> Cause | None:
    rows = (_place(row, "entitled") for row in ground.rows[HEADS] if _no_number(row.cells.get("entitled", "")))
    return _cause("entitled", N_("应到人数不是数字"), N_("逐个写上人数"), rows, [(DROP, _("这些行不要"))], typed=True)


def _no_number(text: str) -> bool:
    return not (text.isascii() and text.isdigit())


def _people(ground: Ground) -> Iterator[Cause | None]:
    """Facts and columns that name another subject."""
    names = [(SUBJECTS, f"fact:{one.key}", one.required and not one.where) for one in facts_of(ground.scheme, "subject")
             if one.relation]  # fmt: skip
    for kind, name, needed in (*names, (RATERS, "subject", False)):
        rows = (
            _place(row, name)
            for row in ground.rows[kind]
            if ((word := row.cells.get(name, "")) and ground.subject_of(word) is None) or (needed and not word)
        )
        title = N_("写的人不在评价对象里，或者同名的不止一个")
        more = [] if needed else [(BLANK, _("留空"))]
        yield _cause(f"person:{name}", title, N_("逐个写上编号，或者留空"), rows, more, typed=True)


def self_raters(ground: Ground) -> Cause | None:
    """Signed raters of a subject's name and unit who are not said to be that subject: they would rate themselves."""

    def both() -> Iterator[CausePlace]:
        for row, code, sure in namesakes(ground):
            if sure:
                yield CausePlace(row=row, field="subject", before=row.cells["name"], after=code)

    found = tuple(both())
    title = N_("署名评价人和本单位的评价对象同名，没有写是不是同一个人：会评到自己")
    return Cause(key="self", title=title, remedy=N_("都是同一个人，不评自己"), places=found) if found else None


def namesakes(ground: Ground) -> Iterator[tuple[DraftRow, str, bool]]:
    """Signed raters with the name of one subject and no number of one; whether both are of one unit."""
    there: dict[str, list[tuple[str, str]]] = {}
    for code, (name, unit) in ground.subjects().items():
        there.setdefault(name, []).append((code, ground.unit_of(unit) or unit))
    for row in ground.rows[RATERS]:
        same = there.get(row.cells.get("name", ""), [])
        if not row.cells.get("subject") and same:
            own = ground.unit_of(row.cells.get("unit", ""))
            here = [code for code, unit in same if unit == own]
            yield row, here[0] if len(here) == 1 else same[0][0], len(here) == 1
