"""Comparison pools: who is compared with whom, and what the pool is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from survey_app.services.results.loaded import Loaded

#: The facts that make up a pool, in the scheme's order.
Pool = tuple[str, ...]


def pool_of(loaded: Loaded, code: str) -> Pool:
    """The comparison pool of one subject."""
    return pools(loaded)[1].get(code, ())


def members(loaded: Loaded, pool: Pool) -> Sequence[str]:
    """Who is in a pool, in roster order."""
    return pools(loaded)[0].get(pool, ())


def pools(loaded: Loaded) -> tuple[Mapping[Pool, Sequence[str]], Mapping[str, Pool]]:
    """The pools with who is in them, in roster order, and everybody's pool."""
    return loaded.view.once("pools", lambda: _pools(loaded))


def _pools(loaded: Loaded) -> tuple[dict[Pool, list[str]], dict[str, Pool]]:
    facts = {subject.id: subject.facts for subject in loaded.report.subjects}
    inside: dict[Pool, list[str]] = {}
    of: dict[str, Pool] = {}
    for code in loaded.people:
        of[code] = tuple(facts.get(code, {}).get(fact, "") for fact in loaded.scheme.layout.pools)
        inside.setdefault(of[code], []).append(code)
    return inside, of


def pool_title(loaded: Loaded, labels: Sequence[str]) -> str:
    """A pool's facts in the scheme's words."""
    facts = {fact.key: fact for fact in loaded.scheme.facts}
    words = []
    for key, value in zip(loaded.scheme.layout.pools, labels, strict=True):
        fact = facts.get(key)
        words.append(fact.values[value].in_(loaded.view.language) if fact and value in fact.values else value)
    return " · ".join(word for word in words if word)
