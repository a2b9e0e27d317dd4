"""What the method says in small worlds: the worlds of a scheme in order, and the figures that decide in each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analysis import AnalysisError, parse_plan
from analysis.recount import Recount
from analysis.values import NOT_APPLICABLE, Missing, Value
from questionnaires.model import Scheme
from questionnaires.worlds.building import Builder, Kind, without
from questionnaires.worlds.lines import lines_of
from questionnaires.worlds.solving import Met, meet
from questionnaires.worlds.world import SmallWorld

MOST_COLUMNS = 3


@dataclass(frozen=True, kw_only=True)
class WorldFigure:
    """One figure of a world: a quantity of `of`, at its other labels."""

    of: str
    quantity: str
    labels: Mapping[str, str]
    value: Value


@dataclass(frozen=True, kw_only=True)
class WorldRow:
    """A world and what the method says in it; `stopped`: why it cannot be counted."""

    world: SmallWorld
    says: tuple[WorldFigure, ...] = ()
    stopped: AnalysisError | None = None


@dataclass(frozen=True, kw_only=True)
class NeverMet:
    """A line that no world which was tried meets exactly."""

    quantity: str
    line: int


class WorldTable:
    """The worlds of one scheme, and what it says in them."""

    def __init__(self, scheme: Scheme) -> None:
        self.scheme, self.plan, self.builder = scheme, parse_plan(scheme.plan), Builder(scheme)
        self._kind: Kind = max(self.builder.kinds, key=self._asked, default={})

    def _asked(self, kind: Kind) -> int:
        """How much is asked about a kind of subject: the one of which most is asked shows most."""
        world = self.builder.world(kind, ballots=1)
        return sum(slot.subject == world.subject for pile in world.piles.values() for slot in pile.slots) + sum(
            subject == world.subject for subject, _ in world.components
        )

    def usual(self) -> Iterator[SmallWorld]:
        """The worlds that every method has: nobody came, all are level, a group is empty, the smallest pool, all at one end."""
        world = self.builder.world(self._kind)
        yield self.builder.world(self._kind, "best").told("all-best")
        yield self.builder.world(self._kind, "worst").told("all-worst")
        yield without(world, world.piles).told("nobody")
        groups = dict.fromkeys(group for group, _ in world.piles)
        if len(groups) > 1:
            for group in groups:
                gone = [place for place in world.piles if place[0] == group]
                yield without(world, gone).told("group-empty", groups=group)
        yield world.told("alone")
        yield self.builder.world(self._kind, families=3).told("all-level", many="3")
        bare = replace(world, components={}, past={}, events={}, decisions={})
        if world.components or world.past:
            yield bare.told("only-ballots")

    def lines(self, kinds: int = 1) -> Iterator[Met]:
        """Every line of the method, with the worlds that meet and miss it."""
        for line in lines_of(self.plan):
            yield from meet(self.scheme, self.plan, self.builder, line, kinds)

    def row(self, world: SmallWorld) -> WorldRow:
        """What the method says in a world: of whom it is about, and of others where that is something else.

        Parameters
        ----------
        world
            The world.
        """
        try:
            tables = Recount(self.plan, world.evidence(self.scheme)).tables
        except AnalysisError as error:
            return WorldRow(world=world, stopped=error)
        layout = self.scheme.layout
        found: list[WorldFigure] = []
        for name in dict.fromkeys((*layout.tiers, *layout.flags, *layout.columns[:MOST_COLUMNS])):
            table = tables.get(name)
            if table is None or "rater" in table.axes:
                continue
            for key, value in table.cells.items():
                labels = dict(zip(table.axes, key, strict=True))
                mine = labels.pop("subject", world.subject) == world.subject
                idle = value is False or (isinstance(value, Missing) and value == NOT_APPLICABLE)
                if mine and not (name in layout.flags and idle):
                    found.append(WorldFigure(of=world.subject, quantity=name, labels=labels, value=value))
        return WorldRow(world=world, says=tuple(found))


def worlds_to_tell(scheme: Scheme, *, kinds: int = 2) -> list[SmallWorld]:
    """Many worlds of a scheme, the smallest first, for telling readings apart: usual ones, lines met and missed, mixed ones.

    Parameters
    ----------
    scheme
        The scheme.
    kinds
        For how many kinds of subject each line is met.
    """
    table = WorldTable(scheme)
    found = [*table.usual()]
    for met in table.lines(kinds):
        found += [world for world in (met.exact, met.missed) if world is not None]
    found += mixed(table.builder)
    return sorted(found, key=lambda world: world.size)


def mixed(builder: Builder) -> Iterator[SmallWorld]:
    """Worlds in which everybody differs: marks, numbers and events by a fixed pattern, for every kind of subject.

    Parameters
    ----------
    builder
        Builds the scheme's worlds.
    """
    for number, kind in enumerate(builder.kinds):
        yield builder.patterned(kind, 1, number).told("mixed")
        yield builder.patterned(kind, 3, number + 1).told("mixed")
