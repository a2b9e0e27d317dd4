"""Made-up people for a scheme: of each kind it knows a few, so that its forms can be seen and its trial has somebody to rate."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

from questionnaires.model import Fact, Group, RosterSubject, Scheme, Style
from questionnaires.styles import build_styles, matches
from questionnaires.worlds.building import Builder
from questionnaires.worlds.building import named as name_at
from survey_app.i18n import language

MOST_KINDS = 6
FAMILIES = 3
#: So many of each group in each unit come to a trial: enough that no figure of a group is held back.
RATERS = 12
SIGNED = 6
#: More made-up ballots than this would keep a page waiting; a scheme of many places is tried with fewer in each.
MOST_BALLOTS, FEWEST = 300, 3


def roster_of(scheme: Scheme, families: int = FAMILIES) -> list[RosterSubject]:
    """Subjects of every kind the scheme knows, a few of each, with codes of their own; those tied together stay so."""
    builder, found = Builder(scheme), []
    if not scheme.facts:
        families *= 2
    for number, kind in enumerate(_telling(builder.kinds) or ({},)):
        roster = builder.roster(kind, families)
        codes = {one.id: f"S{number + 1}{at + 1:02d}" for at, one in enumerate(roster)}
        relations = {fact.key for fact in scheme.facts if fact.relation}
        for at, one in enumerate(roster):
            unit = f"U{number + 1}{one.unit[2:]}"
            facts = {key: codes.get(value, value) if key in relations else value for key, value in one.facts.items()}
            found.append(RosterSubject(codes[one.id], f"{name_at(number)}{at + 1}", unit, {**facts, "unit": unit}))
    found = [replace(one, facts=_whole(scheme, one)) for one in found]
    return found if scheme.facts else [replace(one, unit="U1", facts={**one.facts, "unit": "U1"}) for one in found]


def _telling(kinds: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """As many kinds as there is room for, in their order: first of all those that alone have some value of a fact."""
    seen: set[tuple[str, str]] = set()
    new: list[int] = []
    for at, kind in enumerate(kinds):
        if not kind.items() <= seen:
            new.append(at)
            seen |= set(kind.items())
    chosen = sorted([*new, *(at for at in range(len(kinds)) if at not in new)][:MOST_KINDS])
    return [kinds[at] for at in chosen]


def _whole(scheme: Scheme, one: RosterSubject) -> dict[str, str]:
    """The facts with whatever else the scheme wants filled of such a subject."""
    facts = dict(one.facts)
    for fact in scheme.facts:
        if fact.required and not facts.get(fact.key) and matches(fact.where, facts):
            facts[fact.key] = next(iter(fact.values), "") or (one.id if fact.relation else "10" if fact.number else "一")
    return facts


def styles_of(scheme: Scheme) -> list[Style]:
    """The forms these people give, the first of each group."""
    raters = [(key, "U11" if scheme.facts else "U1", "") for key, group in scheme.groups.items() if group.signed]
    styles = build_styles(scheme, roster_of(scheme, 2), raters)
    return list({one.group: one for one in reversed(styles)}.values())[::-1]


def sheets_of(scheme: Scheme) -> dict[str, str]:
    """The roster and other evidence as csv tables, by the names that an import knows them by."""
    roster = roster_of(scheme)
    units = list(dict.fromkeys(one.unit for one in roster))
    unit_facts = [fact for fact in scheme.facts if fact.of == "unit"]
    own_facts = [fact for fact in scheme.facts if fact.of == "subject"]
    first = {one.unit: one for one in reversed(roster)}
    sheets = {
        "units": as_csv(
            ["单位编号", "单位名称", *(fact.title.in_(language()) for fact in unit_facts)],
            [[unit, f"单位 {unit[1:]}", *(_cell(fact, first[unit]) for fact in unit_facts)] for unit in units],
        ),
        "subjects": as_csv(
            ["编号", "姓名或名称", "单位编号", *(fact.title.in_(language()) for fact in own_facts)],
            [[one.id, one.name, one.unit, *(_cell(fact, one) for fact in own_facts)] for one in roster],
        ),
    }
    signed: list[list[str]] = []
    heads: list[list[str]] = []
    places = _places(scheme, roster, units)
    each = max(FEWEST, min(RATERS, MOST_BALLOTS // max(1, len(places))))
    for group, unit in places:
        title = group.title.in_(language())
        if group.signed:
            first_number = len(signed) + 1
            signed += [[f"R{first_number + at}", f"{title}{at + 1}", title, unit] for at in range(min(SIGNED, each))]
        else:
            heads.append([unit, title, str(each)])
    if signed:
        sheets["raters"] = as_csv(["编号", "姓名", "评议主体", "单位编号"], signed)
    if heads:
        sheets["heads"] = as_csv(["单位编号", "评议主体", "应到人数"], heads)
    return sheets


def _places(scheme: Scheme, roster: Sequence[RosterSubject], units: Sequence[str]) -> list[tuple[Group, str]]:
    """Every group in every unit in which it has somebody to rate."""
    raters = [(key, unit, "") for key, group in scheme.groups.items() if group.signed for unit in units]
    styles = build_styles(scheme, roster, raters)
    return [(scheme.groups[group], unit) for group, unit in dict.fromkeys((one.group, one.unit) for one in styles)]


def _cell(fact: Fact, one: RosterSubject) -> str:
    """A fact as a table has it: a choice by its title."""
    value = one.facts.get(fact.key, "")
    return fact.values[value].in_(language()) if value in fact.values else value


def as_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table as a file has it."""
    out = io.StringIO()
    csv.writer(out).writerows([head, *rows])
    return out.getvalue()
