"""What can be turned in a world: how many ballots say this, how high a number is, how often something happened.

A knob is a world for every whole number from 0 up to a most. `step` tells in which steps a person would go from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.ops.dated import EventParams, PastParams
from analysis.ops.sources import HeadsParams, MarkParams, NamedParams, TallyParams
from analysis.plan import Plan
from questionnaires.model import Scheme
from questionnaires.worlds.building import Builder, Kind, ranked
from questionnaires.worlds.world import Pile, Place, SmallWorld

#: How many ballots a group may hand in so that a share comes out exactly.
MOST_BALLOTS = 240
FEWEST_BALLOTS = 10
MOST_EVENTS = 30
MOST_HEADS = 120
MOST_PILE = 16
MOST_FAMILIES = 40
_MOST_APART = 12  # items turned one by one


@dataclass(frozen=True, kw_only=True)
class Knob:
    """`at` gives the world at a share from 0 to 1 (`whole` None), or at a whole number from 0 to `whole`.

    `what` and `parts` say what was turned; a mix of ballots needs so many of them that the share comes out, `of` ballots.
    """

    what: str
    parts: dict[str, str]
    at: Callable[[SmallWorld, Fraction, int], SmallWorld]
    whole: int | None = None
    least: int = 0
    fewest: int = FEWEST_BALLOTS
    most: int = MOST_BALLOTS
    digits: int | None = None  # a number of other evidence: written with so many digits at most
    span: tuple[Fraction, Fraction] = (Fraction(0), Fraction(1))


def knobs_of(scheme: Scheme, plan: Plan, world: SmallWorld) -> Iterator[Knob]:
    """What of a world a few steps depend on, the simplest first.

    Parameters
    ----------
    scheme
        The scheme.
    plan
        The steps that matter.
    world
        The world to be turned.
    """
    seen: set[tuple[object, ...]] = set()
    mine = [world.subject, *(one.id for one in world.roster if one.id != world.subject)]
    for step in plan.steps:
        params = step.params
        if step.op == "event" and isinstance(params, EventParams):
            for kind in scheme.event_kinds:
                if kind in params.kinds:
                    yield from _once(seen, (_events(kind, subject) for subject in mine))
        elif step.op == "component" and isinstance(params, NamedParams):
            yield from _once(seen, (_component(scheme, params.name, subject) for subject in mine))
        elif isinstance(params, PastParams) and not scheme.earlier_grades.get(params.quantity):
            yield from _once(seen, (_past(params.quantity, subject) for subject in mine))
    for step in plan.steps:
        params = step.params
        if isinstance(params, (TallyParams, MarkParams)):
            yield from _once(seen, _mixes(scheme, params, world, mine))
    for step in plan.steps:
        if isinstance(step.params, MarkParams) or step.op == "heads" or (step.op == "tally" and step.params.what == "answered"):
            yield from _once(seen, (_ballots(world, step.params.groups),))
        if isinstance(step.params, HeadsParams) and step.params.what in ("entitled", "present", "issued"):
            yield from _once(seen, (_heads(world, step.params),))


def _once(seen: set[tuple[object, ...]], knobs: Iterator[Knob] | Sequence[Knob]) -> Iterator[Knob]:
    for knob in knobs:
        key = (knob.what, *sorted(knob.parts.items()))
        if key not in seen:
            seen.add(key)
            yield knob


def _events(kind: str, subject: str) -> Knob:
    def at(world: SmallWorld, share: Fraction, _: int) -> SmallWorld:
        return replace(world, events={**world.events, (subject, kind): int(share)})

    return Knob(what="events", parts={"kind": kind, "subject": subject}, at=at, whole=MOST_EVENTS)


def _component(scheme: Scheme, name: str, subject: str) -> Knob:
    field = next(one for one in scheme.components if one.key == name)
    low, high = field.least or Fraction(0), Fraction(100) if field.most is None else field.most

    def at(world: SmallWorld, value: Fraction, _: int) -> SmallWorld:
        return replace(world, components={**world.components, (subject, name): value})

    return Knob(what="component", parts={"name": name, "subject": subject}, at=at, digits=4, span=(low, high))


def _past(quantity: str, subject: str) -> Knob:
    def at(world: SmallWorld, value: Fraction, _: int) -> SmallWorld:
        turned = {key: value for key in world.past if key[1:] == (subject, quantity)}
        return replace(world, past={**world.past, **turned})

    return Knob(what="past", parts={"name": quantity, "subject": subject}, at=at, digits=4, span=(Fraction(0), Fraction(100)))


def _heads(world: SmallWorld, params: HeadsParams) -> Knob:
    places = [place for place in world.piles if params.groups is None or place[0] in params.groups]

    def at(given: SmallWorld, many: Fraction, _: int) -> SmallWorld:
        more = {place: given.piles[place].many + int(many) for place in places}
        if params.what == "entitled":
            return replace(given, entitled={**given.entitled, **more})
        return replace(given, present={**given.present, **more})

    return Knob(
        what=params.what, parts={"groups": "、".join(dict.fromkeys(group for group, _ in places))}, at=at, whole=MOST_HEADS
    )


def _ballots(world: SmallWorld, groups: frozenset[str] | None) -> Knob:
    places = [place for place in world.piles if groups is None or place[0] in groups]

    def at(given: SmallWorld, many: Fraction, _: int) -> SmallWorld:
        return replace(
            given, piles={**given.piles, **{place: _filled(given.piles[place], "", (), int(many), ()) for place in places}}
        )

    told = "、".join(dict.fromkeys(group for group, _ in places))
    return Knob(what="ballots", parts={"groups": told}, at=at, whole=MOST_PILE, least=1)


def families(builder: Builder, kind: Kind) -> Knob:
    """So many of several such subjects at the best, the rest at the worst; the one it is about among the former.

    Parameters
    ----------
    builder
        Builds the worlds.
    kind
        What kind of subject.
    """

    def at(world: SmallWorld, share: Fraction, many: int) -> SmallWorld:
        several = max(many, 1)
        return builder.divided(kind, several, int(share * several), world)

    return Knob(what="families", parts={}, at=at, fewest=1, most=MOST_FAMILIES)


def _mixes(scheme: Scheme, params: TallyParams | MarkParams, world: SmallWorld, mine: Sequence[str]) -> Iterator[Knob]:
    """So many of the ballots one choice, the rest another: in all groups at once, then in each; on all items, then on each."""
    here = [place for place in world.piles if params.groups is None or place[0] in params.groups]
    for subject in mine:
        slots = [
            (place, at, slot.item)
            for place in here
            for at, slot in enumerate(world.piles[place].slots)
            if slot.subject == subject and (params.items is None or slot.item in params.items)
        ]
        items = list(dict.fromkeys(item for _, _, item in slots))
        if not items:
            continue
        for codes in _pairs(scheme, params, items[0]):
            for some in [items, *([[item] for item in items] if 1 < len(items) <= _MOST_APART else [])]:
                places = list(dict.fromkeys(place for place, _, item in slots if item in some))
                for where in [places, *([[place] for place in places] if len(places) > 1 and some is items else [])]:
                    yield _mix(scheme, where, some, subject, codes)


def _pairs(scheme: Scheme, params: TallyParams | MarkParams, item: str) -> Iterator[tuple[int, int]]:
    scale = scheme.scales[scheme.items[item].scale]
    codes = ranked(scale)
    if isinstance(params, TallyParams) and params.what == "count":
        counted = [choice.code for choice in scale.choices if choice.key in params.choices]
        others = [code for code in codes if code not in counted]
        for code in counted[:1]:
            yield from ((code, other) for other in dict.fromkeys(others[:1] + others[-1:]))
    elif len(codes) > 1:
        yield codes[0], codes[-1]
        if len(codes) > 2:
            yield codes[0], codes[1]
            yield codes[1], codes[-1]


def _mix(scheme: Scheme, places: Sequence[Place], items: Sequence[str], subject: str, codes: tuple[int, int]) -> Knob:
    chosen, other = codes

    def at(world: SmallWorld, share: Fraction, many: int) -> SmallWorld:
        picked = int(share * many)
        piles = dict(world.piles)
        for place in places:
            piles[place] = _filled(piles[place], subject, items, many, (chosen,) * picked + (other,) * (many - picked))
        return replace(world, piles=piles)

    scale = {choice.code: choice.key for choice in scheme.scales[scheme.items[items[0]].scale].choices}
    return Knob(
        what="mix",
        parts={
            "groups": "、".join(dict.fromkeys(group for group, _ in places)),
            "items": "、".join(items),
            "subject": subject,
            "choice": scale[chosen],
            "other": scale[other],
        },
        at=at,
    )


def _filled(pile: Pile, subject: str, items: Sequence[str], many: int, codes: tuple[int, ...]) -> Pile:
    """The pile with so many ballots, marked so where asked; every other line of it as it was, over and over."""
    columns = [
        codes
        if slot.subject == subject and slot.item in items
        else tuple(column[at % len(column)] if column else 0 for at in range(many))
        for slot, column in zip(pile.slots, pile.columns, strict=True)
    ]
    return replace(pile, columns=tuple(columns))
