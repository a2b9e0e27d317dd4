"""From a draft to the roster: its rows as the four sheets of an import, what would change, and what deserves a look first.

Lives here: the sheets, the difference, remarks. May not live here: writing rows (`importing`), causes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from questionnaires.model import Scheme
from survey_app.i18n import N_, language, listed
from survey_app.models import Campaign, Unit
from survey_app.services.campaign.campaigns import scheme_of, units_of
from survey_app.services.campaign.styles import planned_styles
from survey_app.services.roster import importing, reading
from survey_app.services.roster.columns import HEADS, RATERS, SUBJECTS, UNITS, columns_of, facts_of
from survey_app.services.roster.draft import DraftRow
from survey_app.services.roster.ground import Ground, codes_given
from survey_app.services.roster.importing import RosterReport
from survey_app.services.roster.mapping import OF_UNIT, narrowed, value_key
from survey_app.services.roster.reading import UnitPart
from survey_app.services.roster.unknown import namesakes
from survey_app.services.uploads import Sheets

#: So many of each kind of change are shown by name.
MOST_NAMED = 200
#: What is said of a signed rater called like a subject.
SAME = N_("署名评价人 %(name)s 和评价对象 %(code)s 同名；如果是同一个人，请在“本人的评价对象编号”里写上，他就不会评到自己。")


@dataclass(frozen=True, kw_only=True)
class RowChange:
    """One row that an import would change: the sheet, who, the field's title, before and after; both "" for new and gone."""

    sheet: str
    who: str
    field: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """What an import would do, and what deserves a look: each remark a sentence to be translated, with its parts."""

    report: RosterReport
    added: Sequence[RowChange]
    changed: Sequence[RowChange]
    gone: Sequence[RowChange]
    remarks: Sequence[tuple[str, Mapping[str, object]]]


def sheets_of(ground: Ground) -> tuple[Sheets, frozenset[str]]:
    """The four sheets, headings first, and which of them are whole: those say by what they lack who is gone."""
    scheme, found, whole = ground.scheme, dict[str, list[list[str]]](), set[str]()
    made = {
        UNITS: _units(ground),
        SUBJECTS: _subjects(ground),
        RATERS: _raters(ground),
        HEADS: [_head(ground, row) for row in ground.rows[HEADS]],
    }
    for sheet, rows in made.items():
        if rows:
            columns = columns_of(scheme, sheet)
            found[sheet] = [[one.title for one in columns], *([row.get(one.key, "") for one in columns] for row in rows)]
        if ground.rows[sheet]:
            whole.add(sheet)
    return found, frozenset(whole)


def bring(session: Session, campaign: Campaign, ground: Ground) -> RosterReport:
    """Import the draft, all of it or nothing. Raises as `importing.import_roster`; the caller commits."""
    sheets, whole = sheets_of(ground)
    return importing.import_sheets(session, campaign, sheets, whole=whole)


def look_ahead(session: Session, campaign: Campaign, ground: Ground) -> Outlook:
    """What `bring` would do: done, looked at, and undone with all that the session holds. Raises as `bring`."""
    before = _lines(session, campaign)
    try:
        report = bring(session, campaign, ground)
        session.flush()
        after = _lines(session, campaign)
        remarks = [*_namesakes(ground), *(one for one in remarks_of(session, campaign) if one[0] != SAME)]
    finally:
        session.rollback()
    absent = [key for key, (_who, fields) in after.items() if "" in fields]
    added = [RowChange(sheet=key[0], who=after[key][0]) for key in after if key not in before]
    changed = [
        RowChange(sheet=key[0], who=after[key][0], field=name, before=before[key][1].get(name, ""), after=value)
        for key in after
        if key in before and key not in absent
        for name, value in after[key][1].items()
        if name and before[key][1].get(name, "") != value
    ]
    gone = [RowChange(sheet=key[0], who=after[key][0]) for key in absent]
    return Outlook(report=report, added=added, changed=changed, gone=gone, remarks=remarks)


def _namesakes(ground: Ground) -> list[tuple[str, Mapping[str, object]]]:
    """Signed raters called like a subject of another unit: nobody is taken for another because of a name."""
    return [(SAME, {"name": row.cells["name"], "code": code}) for row, code, sure in namesakes(ground) if not sure]


def remarks_of(session: Session, campaign: Campaign) -> list[tuple[str, Mapping[str, object]]]:
    """What is allowed and yet often a slip: namesakes, people in two units, counts without a form, forms without anybody."""
    parts, scheme = reading.by_unit(session, campaign), scheme_of(campaign)
    people: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for part in parts:
        for subject in part.subjects:
            people[subject.name].append((part.unit.name if part.unit else "", subject.code))
    found: list[tuple[str, Mapping[str, object]]] = []
    for name, places in people.items():
        units = list(dict.fromkeys(unit for unit, _code in places))
        codes = "、".join(code for _unit, code in places)
        if len(units) > 1:
            found.append((N_("%(name)s 在几个单位都有（%(units)s；编号 %(codes)s）：是同名的两个人，还是一个人写了两次？"),
                          {"name": name, "units": "、".join(units), "codes": codes}))  # fmt: skip
        elif len(places) > 1:
            found.append((N_("%(unit)s 有几个 %(name)s（编号 %(codes)s）：表上分不出来，请在职务里写清楚。"),
                          {"unit": units[0], "name": name, "codes": codes}))  # fmt: skip
    return [*found, *_themselves(parts, scheme), *_unmatched(session, campaign, scheme)]


def _themselves(parts: Sequence[UnitPart], scheme: Scheme) -> list[tuple[str, Mapping[str, object]]]:
    """Signed raters who rate themselves, who may do so unnoticed, and whose name stands in several places."""
    rated = {one.name: one.code for part in parts for one in part.subjects}
    rates, unnoticed, places = list[str](), list[tuple[str, str]](), defaultdict[str, list[str]](list)
    for part in parts:
        for key, raters in part.raters.items():
            group = scheme.groups[key]
            where = " · ".join(word for word in (_unit_name(part.unit), group.title.in_(language())) if word)
            for one in raters:
                places[one.name].append(where)
                if one.subject_id is not None and group.oneself != "no" and not group.barred:
                    rates.append(one.name)
                elif one.subject_id is None and one.name in rated:
                    unnoticed.append((one.name, rated[one.name]))
    found: list[tuple[str, Mapping[str, object]]] = []
    if rates:
        found.append((N_("按方案，这些人会评到自己：%(names)s。"), {"names": listed(rates[:MOST_NAMED])}))
    found += [(SAME, {"name": name, "code": code}) for name, code in unnoticed]
    twice = N_("署名评价人 %(name)s 写了几次（%(places)s）：是同名的几个人，还是一个人要填几张表？")
    found += [(twice, {"name": name, "places": listed(at)}) for name, at in places.items() if len(at) > 1]
    return found


def _unmatched(session: Session, campaign: Campaign, scheme: Scheme) -> list[tuple[str, Mapping[str, object]]]:
    """Groups counted in a unit where they have no form, and groups with a form of whom nobody is counted."""
    names = {unit.code: unit.name for unit in units_of(session, campaign)}
    told = {key: group.title.in_(language()) for key, group in scheme.groups.items()}
    forms = {(style.unit, style.group) for style in planned_styles(session, campaign, scheme)}
    people = {place: number for place, number in reading.entitled_by_code(session, campaign).items() if number}
    nothing = N_("%(unit)s“%(group)s”写了 %(n)s 人，可是这一类在这里没有要填的表。")
    nobody = N_("%(unit)s“%(group)s”有要填的表，可是没有写人数或姓名。")
    found: list[tuple[str, Mapping[str, object]]] = []
    for (unit, group), number in people.items():
        if (unit, group) not in forms:
            found.append((nothing, {"unit": names.get(unit, ""), "group": told[group], "n": number}))
    for unit, group in sorted(forms - set(people)):
        found.append((nobody, {"unit": names.get(unit, ""), "group": told[group]}))
    return found


def _lines(session: Session, campaign: Campaign) -> dict[tuple[str, str], tuple[str, dict[str, str]]]:
    """The roster as text: (sheet, number) -> who, and field -> value; field "" says that the last file lacked the row."""
    scheme, found = scheme_of(campaign), dict[tuple[str, str], tuple[str, dict[str, str]]]()
    titles = {key: group.title.in_(language()) for key, group in scheme.groups.items()}
    facts = {fact.key: fact.title.in_(language()) for fact in scheme.facts}

    def named(told: Mapping[str, str]) -> dict[str, str]:
        return {facts.get(key, key): value for key, value in told.items()}

    for part in reading.by_unit(session, campaign):
        unit = part.unit
        where = _unit_name(unit)
        if unit is not None:
            found[UNITS, unit.code] = (unit.name, {N_("单位名称"): unit.name, **named(unit.facts), **_gone(unit.absent)})
        for one in part.subjects:
            fields = {N_("姓名"): one.name, N_("单位"): where, N_("职务名称"): one.duty, **named(one.facts), **_gone(one.absent)}
            found[SUBJECTS, one.code] = (f"{one.name}（{where}）", fields)
        for group, raters in part.raters.items():
            for rater in raters:
                fields = {N_("姓名"): rater.name, N_("单位"): where, N_("评议主体"): titles[group], **_gone(rater.absent)}
                found[RATERS, rater.code] = (f"{rater.name}（{titles[group]}）", fields)
        for group, head in part.heads.items():
            fields = {N_("应到人数"): str(head.entitled), **_gone(head.absent)}
            found[HEADS, f"{where} {group}"] = (f"{where} {titles[group]}".strip(), fields)
    return found


def _gone(absent: bool) -> dict[str, str]:
    return {"": "absent"} if absent else {}


def _unit_name(unit: Unit | None) -> str:
    return unit.name if unit is not None else ""


def _units(ground: Ground) -> list[dict[str, str]]:
    facts = facts_of(ground.scheme, "unit")
    rows = [{**row.cells, **{f"fact:{one.key}": _value(one, row.cells.get(f"fact:{one.key}", "")) for one in facts}}
            for row in ground.rows[UNITS]]  # fmt: skip
    for row in rows:  # a list of units without numbers: as the ground has numbered them
        row["code"] = row.get("code") or next((code for code, name in ground.units.items() if name == row.get("name")), "")
    said = {(unit, fact): value for one in ground.draft.applied for unit, fact, value in one.unit_facts}
    for code, name in ground.made.items():
        made = {"code": code, "name": name}
        for one in facts:
            told = (row.cells.get(f"{OF_UNIT}{one.key}", "") for row in ground.rows[SUBJECTS] if row.cells.get("unit") == name)
            made[f"fact:{one.key}"] = _value(one, said.get((name, one.key)) or next((cell for cell in told if cell), ""))
        rows.append(made)
    return rows


def _subjects(ground: Ground) -> list[dict[str, str]]:
    rows, counted = [], Counter[str]()
    for row, code in zip(ground.rows[SUBJECTS], codes_given(ground, SUBJECTS), strict=True):
        counted[code] += 1
        cells = {**row.cells, "code": code, "unit": _unit(ground, row)}
        for fact in facts_of(ground.scheme, "subject"):
            key = f"fact:{fact.key}"
            word = row.cells.get(key, "")
            cells[key] = (ground.subject_of(word) or word) if fact.relation else _value(fact, word)
        rows.append(cells)
    return rows


def _raters(ground: Ground) -> list[dict[str, str]]:
    return [
        {**row.cells, "code": code, "unit": _unit(ground, row), "subject": _subject(ground, row.cells.get("subject", ""))}
        for row, code in zip(ground.rows[RATERS], codes_given(ground, RATERS), strict=True)
    ]


def _head(ground: Ground, row: DraftRow) -> dict[str, str]:
    return {**row.cells, "unit": _unit(ground, row)}


def _unit(ground: Ground, row: DraftRow) -> str:
    word = row.cells.get("unit", "")
    return ground.unit_of(word) or word


def _subject(ground: Ground, word: str) -> str:
    return ground.subject_of(word) or word if word else ""


def _value(fact: object, word: str) -> str:
    return value_key(fact, word) or narrowed(word) if word else ""  # type: ignore[arg-type]  # a fact of the scheme
