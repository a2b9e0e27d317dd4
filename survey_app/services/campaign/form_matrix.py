"""Who rates what, as a table a person can check: kinds of subjects × rater groups -> items.

Lives here: folding a scheme's form lines into as few rows as say the same thing. Pure; nothing is stored or shown here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from questionnaires.model import Scheme
from questionnaires.styles import matches

#: More combinations of facts than this are not folded: the form lines are shown as written.
MOST_COMBINATIONS = 4096
Combination = tuple[str, ...]
Items = tuple[str, ...]  # item keys, in the order of the form


@dataclass(frozen=True)
class AlikeSubjects:
    """Subjects that everybody rates alike. `facts`: fact key -> values, without facts that make no difference here."""

    facts: Mapping[str, tuple[str, ...]]
    cells: Mapping[str, Items]  # group key -> items asked; absent: not asked


def matrix(whole: Scheme, period: str) -> list[AlikeSubjects]:
    """The table, rows in the order of the scheme's values. Kinds of subjects nobody rates are left out.

    Parameters
    ----------
    whole
        The scheme.
    period
        The period of the campaign: forms asked in others are left out.
    """
    scheme = replace(whole, forms=tuple(line for line in whole.forms if line.asked_in(period)))
    domains = _domains(scheme)
    if prod(len(values) for values in domains.values()) > MOST_COMBINATIONS:
        return [AlikeSubjects(line.where, {line.group: line.items}) for line in scheme.forms]
    alike: dict[tuple[tuple[str, Items], ...], list[Combination]] = {}
    for combination in product(*domains.values()):
        cells = _cells(scheme, dict(zip(domains, combination, strict=True)))
        if cells:
            alike.setdefault(tuple(cells.items()), []).append(combination)
    return [AlikeSubjects(_said(block, domains), dict(cells)) for cells, members in alike.items() for block in _blocks(members)]


def _domains(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """The facts that form lines ask for, each with the values that can make a difference."""
    named: dict[str, dict[str, None]] = {}
    for line in scheme.forms:
        for fact, values in line.where.items():
            named.setdefault(fact, {}).update(dict.fromkeys(values))
    declared = {fact.key: tuple(fact.values) for fact in scheme.facts}
    return {fact: declared.get(fact) or tuple(values) for fact, values in named.items()}


def _cells(scheme: Scheme, facts: Mapping[str, str]) -> dict[str, Items]:
    found: dict[str, dict[str, None]] = {}
    for line in scheme.forms:
        if matches(line.where, facts):
            found.setdefault(line.group, {}).update(dict.fromkeys(line.items))
    return {group: tuple(found[group]) for group in scheme.groups if group in found}


def _blocks(members: Sequence[Combination]) -> list[Sequence[Combination]]:
    """Combinations that say the same, as few whole products as this simple cut finds: all at once, else by first fact."""
    if _is_product(members):
        return [members]
    parts: dict[str, list[Combination]] = {}
    for member in members:
        parts.setdefault(member[0], []).append(member)
    if len(parts) == 1:
        return [[member] for member in members]
    return [block for part in parts.values() for block in _blocks(part)]


def _is_product(members: Sequence[Combination]) -> bool:
    return prod(len(set(values)) for values in zip(*members, strict=True)) == len(members)


def _said(block: Sequence[Combination], domains: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    said = {}
    for (fact, domain), values in zip(domains.items(), zip(*block, strict=True), strict=True):
        here = tuple(dict.fromkeys(values))
        if len(here) < len(domain):
            said[fact] = here
    return said
