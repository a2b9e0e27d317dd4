"""Ballot styles: who rates what, in which order, under which limits. Pure functions of the scheme and the roster.

Staff of one unit never meet another unit's subjects; nobody rates themselves unless the scheme says so: a rater who is a subject
gets a style of their own from which that subject is left out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from typing import cast

from analysis.evidence import Slot
from analysis.limits import Kind, LimitTable
from analysis.numerals import decimal
from analysis.saying import N_, Say
from questionnaires.model import EACH_SUBJECT, Amount, BallotRule, Group, RosterSubject, Scheme, Style
from questionnaires.point_limits import point_sums

Rater = tuple[str, str, str]  # group, unit, the subject this rater is ("" for none)


def build_styles(scheme: Scheme, roster: Sequence[RosterSubject], raters: Sequence[Rater], period: str = "") -> list[Style]:
    """The ballot styles of a roster: one per rater group × unit (or "" for groups that rate every unit) × excluded subject.

    Parameters
    ----------
    scheme
        Says which group rates whom, on which form and under which limits.
    roster
        The subjects, in the order in which they stand on ballots within their unit.
    raters
        Group, unit, and the subject a rater is ("" for none), for each.
    period
        The period that is counted: forms asked in others are left out. "" for the forms of all periods.

    Returns
    -------
    list of Style
        Without empty ones. Subjects stand in the roster's unit order, then in roster order. A group whose raters are all known to
        be subjects has no style without an exclusion.
    """
    units = list(dict.fromkeys(subject.unit for subject in roster))
    styles: list[Style] = []
    for group in scheme.groups.values():
        for unit in units if group.own_unit else [""]:
            here = [rater for rater in raters if rater[0] == group.key and (rater[1] == unit or not group.own_unit)]
            named = list(dict.fromkeys(form_of(group, subject) for _, _, subject in here))
            all_known = group.rated and bool(here) and all(form_of(group, subject) for _, _, subject in here)
            subjects = [one for one in roster if one.unit == unit or not group.own_unit]
            for own in [*([] if all_known or group.oneself == "only" else [""]), *(one for one in named if one)]:
                asked = [one for one in subjects if (one.id == own) == (group.oneself == "only")] if own else subjects
                slots = _slots(scheme, group.key, asked, units, period)
                if slots:
                    limits = _limits(scheme, group.key, slots, {subject.id: subject for subject in roster})
                    styles.append(Style(group.key, unit, own, slots, limits))
    return styles


def form_of(group: Group, subject: str) -> str:
    """Which form of a group a rater fills: one of their own where the subject named beside them changes it, else "".

    Parameters
    ----------
    group
        The rater's group.
    subject
        The subject named beside the rater, "" for none.
    """
    return "" if group.oneself == "also" else subject


def matches(where: Mapping[str, tuple[str, ...]], facts: Mapping[str, str]) -> bool:
    """Whether a subject with these facts is meant by a scope; a fact the scope does not name matches all."""
    return all(facts.get(fact, "") in values for fact, values in where.items())


def _slots(scheme: Scheme, group: str, subjects: Sequence[RosterSubject], units: Sequence[str], period: str) -> tuple[Slot, ...]:
    lines = [line for line in scheme.forms if line.group == group and line.asked_in(period)]
    slots: dict[Slot, None] = {}
    for subject in sorted(subjects, key=lambda one: units.index(one.unit)):
        for line in lines:
            if matches(line.where, subject.facts):
                slots.update(dict.fromkeys(Slot(subject.id, item) for item in line.items))
    return tuple(slots)


def _limits(scheme: Scheme, group: str, slots: Sequence[Slot], subjects: Mapping[str, RosterSubject]) -> tuple[LimitTable, ...]:
    tables = []
    for rule in scheme.ballot_rules:
        if group not in rule.groups:
            continue
        test = rule.test
        parts: dict[tuple[str, ...], list[int]] = {}
        for position, slot in enumerate(slots):
            facts = subjects[slot.subject].facts
            if slot.item in test.items and matches(test.where, facts):
                at = tuple(slot.subject if fact == EACH_SUBJECT else facts.get(fact, "") for fact in test.each)
                parts.setdefault(at, []).append(position)
        for positions in parts.values():
            tables += _tables(scheme, rule, slots, positions)
    return tuple(tables)


def _tables(scheme: Scheme, rule: BallotRule, slots: Sequence[Slot], positions: Sequence[int]) -> list[LimitTable]:
    """One rule over some positions of one style, compiled to integers: one table, of a mean between two ends two."""
    test = rule.test
    choices = [choice for position in positions for choice in scheme.scales[scheme.items[slots[position].item].scale].choices]
    codes = tuple(sorted({choice.code for choice in choices if choice.key in test.choices}))

    def table(kind: Kind, bounds: tuple[tuple[int, int], ...], weights: tuple[int, ...] = ()) -> LimitTable:
        return LimitTable(
            rule=rule.key,
            kind=kind,
            effect=rule.effect,
            slots=tuple(positions),
            codes=codes,
            bounds=bounds,
            per_answered=kind == "count" and test.base == "answered",
            weights=weights,
        )

    if test.kind in {"sum", "mean"}:
        sums = point_sums(test, scheme.scales[scheme.items[slots[positions[0]].item].scale].choices, len(positions))
        return [table("sum", ((one.least, one.most),), one.weights) for one in sums]
    if test.kind == "count":
        return [table("count", tuple(_bounds(rule, n) for n in range(len(positions) + 1)))]
    least = (test.least.count if test.least else None) or 0
    return [table(cast("Kind", test.kind), ((least, (test.most.count if test.most else None) or least),))]


def _bounds(rule: BallotRule, n: int) -> tuple[int, int]:
    """(least, most) of `n` marks. A most is never under `never below`, a least never over what the most leaves possible."""
    test = rule.test
    most = n if test.most is None else max(whole(test.most, n, test.round_most, down=True), test.never_below)
    least = 0 if test.least is None else whole(test.least, n, test.round_least, down=False)
    most = min(most, n)
    return min(least, most), most


def whole(amount: Amount, n: int, rounding: str, *, down: bool) -> int:
    """An amount of `n` as a whole number. "inside" keeps to the limit's own side: a most goes down, a least up."""
    if amount.share is None:
        return amount.count or 0
    exact = amount.share * n
    if rounding == "half_up":
        return math.floor(exact + Fraction(1, 2))
    if rounding == "inside":
        return math.floor(exact) if down else math.ceil(exact)
    return math.floor(exact) if rounding == "down" else math.ceil(exact)


#: Told on the ballot form beside the rule's own words: how many of some grades this form takes, and how that came about.
AT_MOST = N_("“{grades}”至多 {result} 个")
AT_LEAST = N_("“{grades}”至少 {result} 个")
AT_MOST_SHARE = N_("“{grades}”至多 {percent}：{n} × {percent} = {product}")
AT_LEAST_SHARE = N_("“{grades}”至少 {percent}：{n} × {percent} = {product}")
ROUNDED = N_("{sum}，取整为 {result}")
NEVER_BELOW = N_("{sum}，按规定不少于 {result}，取 {result}")
ALTERNATIVES = N_("{some}、{other}")
BESIDE = N_("{one}；{next}")


def explain_limit(rule: BallotRule, style: Style, language: str, say: Say) -> str:
    """The rule on this form with its arithmetic: `11 人 × 20% = 2.2，至多 2`. "" when the rule does not touch the form.

    `language` is that of the scheme's own words, the grades; `say` tells ours.
    """
    told: dict[str, None] = {}
    names = [grade.in_(language) for grade in rule.test.grades] or list(rule.test.choices)
    grades = reduce(lambda some, other: say(ALTERNATIVES, some=some, other=other), names) if names else ""
    for table in style.limits:
        if table.rule != rule.key or table.kind != "count":
            continue
        n = len(table.slots)
        least, most = table.bounds[n]
        if rule.test.most is not None:
            below = rule.test.never_below
            told[_one((AT_MOST, AT_MOST_SHARE), rule.test.most, most, say, grades=grades, n=n, never_below=below)] = None
        if rule.test.least is not None:
            told[_one((AT_LEAST, AT_LEAST_SHARE), rule.test.least, least, say, grades=grades, n=n)] = None
    return reduce(lambda one, following: say(BESIDE, one=one, next=following), told) if told else ""


def _one(sentences: tuple[str, str], amount: Amount, result: int, say: Say, *, grades: str, n: int, never_below: int = 0) -> str:
    """One bound: as a count, or as a share with what it comes to."""
    count, share = sentences
    if amount.share is None:
        return say(count, grades=grades, result=result)
    exact = amount.share * n
    told = say(share, grades=grades, n=n, percent=f"{decimal(amount.share * 100)}%", product=decimal(exact))
    if never_below and result == never_below and exact < never_below:
        return say(NEVER_BELOW, sum=told, result=result)
    return told if exact == result else say(ROUNDED, sum=told, result=result)
