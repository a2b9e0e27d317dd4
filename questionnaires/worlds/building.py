"""Worlds to begin with: one subject of each kind with those it is tied to, everybody marked and measured at one level."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from itertools import product

from analysis import parse_plan
from analysis.ops.dated import PastParams
from questionnaires.model import ComponentField, Fact, RosterSubject, Scale, Scheme
from questionnaires.styles import build_styles, matches
from questionnaires.worlds.world import Pile, Place, SmallWorld

Kind = Mapping[str, str]
#: What people are called in a world, the one it is about first.
NAMES = "甲乙丙丁戊己庚辛壬癸"
#: How far up between the least and the most a level lies.
LEVELS: Mapping[str, Fraction] = {"best": Fraction(1), "good": Fraction(4, 5), "fair": Fraction(1, 2), "worst": Fraction(0)}
BALLOTS = 4
MOST_KINDS = 24


class Builder:
    """Builds the worlds of one scheme."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme = scheme
        year = scheme.version[:4]
        some = (one for line in scheme.forms for one in line.periods if one.startswith(year))
        self.period = next(some, year)  # where forms are asked in some periods only, one of these shows most

    # --- who is rated
    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """Every kind of subject, by the facts that have a list of values; where these are many, each value at least once."""
        facts = [fact for fact in self.scheme.facts if fact.values and not fact.relation]
        whole = 1
        for fact in facts:
            whole *= len(fact.values) + (not fact.required)
        rows = product(*[_values(fact) for fact in facts]) if whole <= MOST_KINDS else _cover([_values(fact) for fact in facts])
        kinds = dict.fromkeys(_kept(facts, dict(zip([fact.key for fact in facts], row, strict=True))) for row in rows)
        return tuple(dict(kind) for kind in kinds if self._concerned(dict(kind)))[:MOST_KINDS]

    def _concerned(self, kind: Kind) -> bool:
        """Whether anything at all is asked about such a subject."""
        return (
            not (self.scheme.forms or self.scheme.components)
            or any(matches(line.where, kind) for line in self.scheme.forms)
            or any(matches(one.where, kind) for one in self.scheme.components)
        )

    def roster(self, kind: Kind, families: int = 1) -> tuple[RosterSubject, ...]:
        """Subjects of a kind, each in a unit of its own with the subjects it is tied to.

        Parameters
        ----------
        kind
            Fact to value.
        families
            How many such subjects.
        """
        found: list[RosterSubject] = []
        for at in range(families):
            unit, first = f"单位{at + 1}", named(at)
            found += self._family(first, unit, kind)
        return tuple(found)

    def _family(self, name: str, unit: str, kind: Kind) -> list[RosterSubject]:
        mine, others = dict(kind), []  # type: dict[str, str], list[RosterSubject]
        for fact in self.scheme.facts:
            if fact.number:
                mine[fact.key] = "10"
            elif not fact.values and not fact.relation:
                mine[fact.key] = "一"
        for fact in (fact for fact in self.scheme.facts if fact.relation and fact.where):
            by, allowed = next(iter(fact.where.items()))
            known = next((tuple(one.values) for one in self.scheme.facts if one.key == by), ())
            if matches(fact.where, mine):
                above = next((value for value in known if value not in allowed), "")
                if above:
                    target = f"{name}的{above}"
                    mine[fact.key] = target
                    others.append(self._subject(target, unit, {**kind, by: above}))
            else:
                others += [self._subject(f"{name}的{value}", unit, {**kind, by: value, fact.key: name}) for value in allowed]
        return [self._subject(name, unit, mine), *{one.id: one for one in others}.values()]

    def _subject(self, name: str, unit: str, facts: Kind) -> RosterSubject:
        whole = {fact.key: "10" if fact.number else "一" for fact in self.scheme.facts if not fact.values and not fact.relation}
        return RosterSubject(name, name, unit, {"unit": unit, **whole, **{key: value for key, value in facts.items() if value}})

    def _raters(self, roster: Sequence[RosterSubject]) -> list[tuple[str, str, str]]:
        """Whoever rates nobody but themselves has a form only where it is said who they are."""
        only = [group for group in self.scheme.groups.values() if group.oneself == "only"]
        return [(group.key, one.unit if group.own_unit else "", one.id) for group in only for one in roster]

    # --- what is said of them
    def world(self, kind: Kind, level: str = "good", *, families: int = 1, ballots: int = BALLOTS) -> SmallWorld:
        """A world in which everybody is marked and measured at one level.

        Parameters
        ----------
        kind
            What kind of subject it is about.
        level
            One of `LEVELS`.
        families
            How many such subjects.
        ballots
            How many ballots each group hands in.
        """
        roster = self.roster(kind, families)
        piles: dict[Place, Pile] = {}
        for style in build_styles(self.scheme, roster, self._raters(roster), self.period):
            many = 1 if self.scheme.groups[style.group].oneself == "only" else ballots
            columns = tuple((self.mark(slot.item, level, at),) * many for at, slot in enumerate(style.slots))
            there = piles.get((style.group, style.unit), Pile((), ()))  # of those who rate themselves alone, one form each
            piles[style.group, style.unit] = Pile((*there.slots, *style.slots), (*there.columns, *columns))
        return SmallWorld(
            roster=roster,
            subject=roster[0].id,
            period=self.period,
            piles=piles,
            components={
                (one.id, field.key): measured(field, level)
                for one in roster
                for field in self.scheme.components
                if field.otherwise is None and matches(field.where, one.facts)
            },
            past={
                (period, one.id, name): self._earlier(name, level)
                for one in roster
                for name in self.scheme.earlier
                for period in self.periods
            },
        )

    def divided(self, kind: Kind, families: int, best: int, like: SmallWorld) -> SmallWorld:
        """A world of several such subjects, the first so many at the best, the rest at the worst.

        Parameters
        ----------
        kind, families
            What kind of subject, and how many.
        best
            How many of them, the one it is about first, are at the best.
        like
            The world whose other evidence the world keeps.
        """
        high, low = (self.world(kind, level, families=families) for level in ("best", "worst"))
        units = [f"单位{at + 1}" for at in range(best)]
        mine = {one.id for one in high.roster if one.unit in units}
        piles = {
            place: replace(
                pile,
                columns=tuple(
                    (pile if slot.subject in mine else low.piles[place]).columns[at] for at, slot in enumerate(pile.slots)
                ),
            )
            for place, pile in high.piles.items()
        }
        return replace(
            high,
            piles=piles,
            components={key: (high if key[0] in mine else low).components[key] for key in high.components},
            past={key: (high if key[1] in mine else low).past[key] for key in high.past},
            events=like.events,
            decisions=like.decisions,
        )

    def patterned(self, kind: Kind, families: int, seed: int) -> SmallWorld:
        """A world in which everybody differs: a fixed pattern in place of chance, so that it is always the same.

        Parameters
        ----------
        kind, families
            What kind of subject, and how many.
        seed
            Which pattern.
        """
        world = self.world(kind, families=families)
        piles = {}
        for number, (place, pile) in enumerate(world.piles.items()):
            many = 3 + (number + seed) % 3
            piles[place] = replace(
                pile,
                columns=tuple(
                    tuple(self._pattern(slot.item, at + number + seed, row) for row in range(many))
                    for at, slot in enumerate(pile.slots)
                ),
            )
        components = {
            key: self._between(key[1], Fraction((at * 37 + seed * 11) % 89, 89))
            for at, key in enumerate((one.id, part.key) for one in world.roster for part in self._parts_of(one))
            if (at + seed) % 7
        }
        events = {
            (one.id, name): (at * 5 + number * 3 + seed) % 4
            for number, one in enumerate(world.roster)
            for at, name in enumerate(self.scheme.event_kinds)
        }
        past = {
            key: Fraction(40 + (at * 17 + seed * 7) % 60)
            if not (grades := self.scheme.earlier_grades.get(key[2], ()))
            else grades[(at + seed) % len(grades)]
            for at, key in enumerate(world.past)
            if (at + seed) % 5
        }
        decisions = {
            (one.id, name): choices[(number + at + seed) % len(choices)]
            for number, one in enumerate(world.roster)
            for at, (name, choices) in enumerate(self.scheme.decisions.items())
            if (number + at + seed) % 3 and choices
        }
        return replace(world, piles=piles, components=components, events=events, past=past, decisions=decisions)

    def _pattern(self, item: str, at: int, row: int) -> int:
        """A mark: every choice now and then, blank and unknown among them."""
        scale = self.scheme.scales[self.scheme.items[item].scale]
        place = (at * 5 + row * 3 + at * row) % (len(scale.choices) + 1)
        return place if scale.kind != "ranks" else self.mark(item, "good", at)

    def _parts_of(self, one: RosterSubject) -> list[ComponentField]:
        return [field for field in self.scheme.components if matches(field.where, one.facts)]

    def _between(self, name: str, share: Fraction) -> Fraction:
        field = next(one for one in self.scheme.components if one.key == name)
        low, high = measured(field, "worst"), measured(field, "best")
        return low + Fraction(round((high - low) * share * 10), 10)

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """The earlier periods a world has results of: those the plan names, else the three years before."""
        named = [
            step.params.periods
            for step in parse_plan(self.scheme.plan).steps
            if isinstance(step.params, PastParams) and step.params.periods
        ]
        if named:
            return tuple(dict.fromkeys(period for periods in named for period in periods))
        year = int(self.period[:4]) if self.period[:4].isdigit() else 2026
        return tuple(str(year - back) for back in (3, 2, 1))

    def _earlier(self, name: str, level: str) -> Fraction | str:
        grades = self.scheme.earlier_grades.get(name, ())
        if grades:
            return grades[-1 if level == "worst" else 0 if level == "best" else min(1, len(grades) - 1)]
        return LEVELS[level] * 100

    def mark(self, item: str, level: str, at: int = 0) -> int:
        """The code of an item's choice at a level; of a scale that orders, the place of the line.

        Parameters
        ----------
        item
            The item.
        level
            One of `LEVELS`.
        at
            Which line of the ballot, from 0: where lines are put in order, each has a place of its own.
        """
        scale = self.scheme.scales[self.scheme.items[item].scale]
        codes = ranked(scale)
        if scale.kind == "ranks":
            return codes[min(at, len(codes) - 1)]
        if level == "good" and len(codes) > 1 and scale.kind == "grades":
            return codes[1] if len(codes) > 2 else codes[0]
        return codes[round((1 - LEVELS[level]) * (len(codes) - 1))]


def named(at: int) -> str:
    """What the subject at this place is called.

    Parameters
    ----------
    at
        The place, from 0.
    """
    times, rest = divmod(at, len(NAMES))
    return f"{NAMES[rest]}{times + 1 if times else ''}"


def ranked(scale: Scale) -> list[int]:
    """The codes of a scale that say something, the best first; of words without points in the order written.

    Parameters
    ----------
    scale
        A scale of the scheme.
    """
    valued = [choice for choice in scale.choices if choice.kind != "unknown"]
    return [choice.code for choice in sorted(valued, key=lambda choice: (-(choice.value or 0), choice.code))] or [1]


def measured(field: ComponentField, level: str) -> Fraction:
    """A number of other evidence at a level, in whole hundredths.

    Parameters
    ----------
    field
        What the number is; its bounds, or 0 to 100.
    level
        One of `LEVELS`.
    """
    least, most = field.least or Fraction(0), Fraction(100) if field.most is None else field.most
    return least + Fraction(round((most - least) * LEVELS[level] * 100), 100)


def without(world: SmallWorld, places: Iterable[Place]) -> SmallWorld:
    """A world in which some groups handed in nothing.

    Parameters
    ----------
    world
        The world.
    places
        The piles to empty.
    """
    gone = {place: replace(world.piles[place], columns=tuple(() for _ in world.piles[place].slots)) for place in places}
    return replace(world, piles={**world.piles, **gone})


def _values(fact: Fact) -> list[str]:
    return [*fact.values, *([] if fact.required else [""])]


def _kept(facts: Sequence[Fact], kind: Kind) -> tuple[tuple[str, str], ...]:
    """A kind without the facts that are not asked of it."""
    return tuple((fact.key, kind[fact.key]) for fact in facts if kind[fact.key] and matches(fact.where, kind))


def _cover(values: list[list[str]]) -> list[tuple[str, ...]]:
    """Rows in which every two values of different facts stand together at least once, few of them."""
    wanted = {
        (at, one, other_at, other)
        for at, mine in enumerate(values)
        for other_at, theirs in enumerate(values)
        if at < other_at
        for one in mine
        for other in theirs
    }
    rows: list[tuple[str, ...]] = []
    while wanted:
        row: list[str] = []
        for at, mine in enumerate(values):
            row.append(max(mine, key=lambda one: sum((b, row[b], at, one) in wanted for b in range(len(row)))))
        gained = {(a, row[a], b, row[b]) for a in range(len(row)) for b in range(a + 1, len(row))} & wanted
        if not gained:  # the greedy row repeats: begin with a pair that is still wanting
            a, one, b, other = min(wanted)
            row[a], row[b] = one, other
            gained = {(x, row[x], y, row[y]) for x in range(len(row)) for y in range(x + 1, len(row))} & wanted
        wanted -= gained
        rows.append(tuple(row))
    return rows
