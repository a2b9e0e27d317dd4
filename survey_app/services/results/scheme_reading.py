"""What a scheme says, for somebody who holds it against its source: the choices it took from its policy, and what it gives in
small made-up worlds. Worked out once for each text and for a bounded time; the sentences are told in the reader's language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from questionnaires.doubting.settled import PolicyChoice, settled
from questionnaires.loader import load_scheme
from questionnaires.model import Scheme
from questionnaires.worlds.building import without
from questionnaires.worlds.table import WorldRow, WorldTable, mixed
from questionnaires.worlds.world import SmallWorld
from survey_app import clock
from survey_app.services.results.settled_sentences import told
from survey_app.services.results.world_sentences import WorldSentences

#: Seconds that the worlds and the other answers may take on a page; whoever wants all of them asks `pingyi check`.
AT_MOST = 4
#: Worlds of mixed marks in which another answer is looked for.
_MIXED = 4


@dataclass(frozen=True)
class Situation:
    """What is so in a small world, and what the method says in it, a sentence each."""

    world: str
    says: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SchemeReading:
    """`settled`: each choice of the policy, first what was chosen, then what each other answer would give. `whole`: whether
    there was time for all."""

    settled: tuple[tuple[str, ...], ...]
    situations: tuple[Situation, ...]
    whole: bool


def reading_of(scheme: Scheme) -> SchemeReading:
    """What a scheme says, told in the language in use.

    Parameters
    ----------
    scheme
        A scheme that loaded without a problem.
    """
    choices, rows, whole = _worked_out(scheme.text)
    words = WorldSentences(scheme)
    return SchemeReading(
        settled=tuple(tuple(told(one, words)) for one in choices),
        situations=tuple(Situation(words.world(row.world), tuple(words.says(row))) for row in rows),
        whole=whole,
    )


@lru_cache(maxsize=32)
def _worked_out(text: str) -> tuple[tuple[PolicyChoice, ...], tuple[WorldRow, ...], bool]:
    """The facts behind the sentences: the same for every reader, and for every campaign with this file."""
    scheme, begun = load_scheme(text, "scheme.yml"), clock.now()
    table, rows = WorldTable(scheme), []  # type: WorldTable, list[WorldRow]
    for world in table.usual():
        if rows and (clock.now() - begun).total_seconds() > AT_MOST / 2:
            return settled(scheme, None), tuple(rows), False
        rows.append(table.row(world))
    return settled(scheme, None, _small(table, [row.world for row in rows])), tuple(rows), True


def _small(table: WorldTable, usual: Sequence[SmallWorld]) -> list[SmallWorld]:
    """Worlds in which a setting of the policy shows: usual ones, and a few in which everybody differs and somebody is missing."""
    varied = list(islice(mixed(table.builder), _MIXED))
    partly = [without(world, [place]) for world in varied for place in list(world.piles)[:1]]
    return sorted([*usual, *varied, *partly], key=lambda world: world.size)
