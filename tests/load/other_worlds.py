"""Other answers for what a counted round holds back, found by trying: under them everything that leaves the round is the same.

    python -m tests.load.other_worlds [NAME of a demo, zhangcunping-town-cadres when left out]

Shares no line with the decision and its inference. What one answer more or less does is learnt by moving it and counting the
whole scheme anew; what leaves is read off the result view, number by number, rank by rank, flag by flag; and a world counts
as found only where a whole new count leaves every page of every subject as it was. Told is how many of the groups held back
have such a world with two answers (one, of a lone rater) at another choice, and whose do not: those are to be looked at, each
is a leak or a world that this search is too simple to find. Readers here have no form of their own.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np

from analysis.evaluate import evaluate
from analysis.evidence import Evidence, Tally
from analysis.report import Report
from survey_app.cli import demo
from survey_app.cli.audit_demos import counted_rounds
from survey_app.services.release.withholding import Held
from survey_app.services.results import naming
from survey_app.services.results.gate import Tested
from survey_app.services.results.view import ResultView

Cell = tuple[str, str, str]
#: One answer of a cell given to another choice: cell, from which code, to which.
Move = tuple[Cell, int, int]
Paper = Mapping[str, tuple[object, ...]]
#: So many worlds are tried for a cell, those first that move the numbers least.
TRIED = 24
#: Helping moves are looked for among so many, two at a time; where so few pairs there are, up to four at a time.
HELPING, FEW = 220, 400


@dataclass
class Search:
    """What was found: cells with a world of their own, and those without."""

    found: set[Cell] = field(default_factory=set)
    missing: set[Cell] = field(default_factory=set)
    counts: int = 0


def paper(held: Held, report: Report) -> Paper:
    """All that a page shows of each subject, were the report this one under this decision."""
    view = ResultView(report=report, naming=naming.of_scheme(held.scheme, "zh-Hans"), gate=Tested(held))
    layout, found = held.scheme.layout, {}
    indices = [one.index for one in layout.satisfaction if one.index]
    for subject in [one.id for one in report.subjects]:
        told: list[object] = []
        for key in dict.fromkeys((*layout.columns, *layout.tiers, *indices, *layout.by_group, *layout.by_item)):
            for labels in view.places(key, subject):
                shown = view.cell(key, {**labels, "subject": subject})
                told.append((key, tuple(labels.items()), shown.text, shown.exact, shown.order))
        told += [one for key in layout.flags for one in view.flags(key, subject)]
        told += [(group, item, view.answers(subject, group, item)) for group, item in sorted(view.asked(subject))]
        found[subject] = tuple(told)
    return found


def numbers(held: Held, report: Report) -> dict[str, list[float]]:
    """The numbers of each subject that leave in whichever digits, in one order."""
    shown = (*held.scheme.layout.columns, *held.scheme.layout.by_item)
    keys = [key for key in shown if key in report.tables and held.scheme.quantities[key].kind in ("number", "share")]
    found: dict[str, list[float]] = defaultdict(list)
    for key in keys:
        table = report.tables[key]
        for cell, value in sorted(table.cells.items()):
            labels = dict(zip(table.axes, cell, strict=True))
            if "subject" in labels and isinstance(value, Fraction) and not held.value(key, labels):
                found[labels["subject"]].append(float(value) / slack(held, key, labels))
    return found


def slack(held: Held, key: str, labels: Mapping[str, str]) -> float:
    """Half the step in which a number leaves; of one that leaves as it is next to nothing."""
    digits = held.announced(key, labels)
    if digits is None:
        return 1e-9
    info = held.scheme.quantities.get(key)
    step = {-1: 2.0, -2: 5.0, -3: 10.0}.get(digits, 10.0**-digits)
    return step / 2 / (100 if info and info.kind == "share" else 1)


def moved(tally: Tally, moves: Sequence[Move]) -> Tally | None:
    """The counts with these answers given to other choices; None where there are not so many."""
    counts = {cell: list(row) for cell, row in tally.counts.items()}
    for cell, source, target in moves:
        row = counts[cell]
        row.extend([0] * (target + 1 - len(row)))
        row[source], row[target] = row[source] - 1, row[target] + 1
        if row[source] < 0:
            return None
    return replace(tally, counts={cell: tuple(row) for cell, row in counts.items()})


def _long(row: Sequence[int]) -> tuple[int, ...]:
    """A row with a place for every code there may be."""
    return (*row, *[0] * 50)


def graded(held: Held, cell: Cell) -> tuple[int, ...]:
    """The codes that are grades."""
    choices = held.scheme.scales[held.scheme.items[cell[2]].scale].choices
    return tuple(choice.code for choice in choices if choice.kind != "unknown")


def answers(held: Held, cell: Cell) -> int:
    """How many gave a grade."""
    row = held.report.tally.counts[cell]
    return sum(row[code] for code in graded(held, cell) if code < len(row))


def search(held: Held, evidence: Evidence, told_to: Callable[[str], None] = lambda _: None) -> Search:
    """A world for every cell of a group held back for being few, as many subjects at once as do not disturb each other."""
    told, result = paper(held, held.report), Search()
    tally = held.report.tally
    choices = {cell: graded(held, cell) for cell in held.hidden}
    effect = _learn(held, evidence, choices, result)
    wanted = {
        cell: iter(list(_worlds(held, cell, choices, effect)))
        for cell in sorted(held.hidden)
        if 0 < answers(held, cell) <= held.plan.floor_of(cell[1])
    }
    rows = {cell: [_long(tally.counts[cell])] for cell in wanted}
    while wanted:
        trial: dict[str, tuple[Cell, tuple[Move, ...]]] = {}
        for cell in list(wanted):
            if cell[0] not in trial:
                world = next(wanted[cell], None)
                if world is None:
                    result.missing.add(cell)
                    del wanted[cell]
                else:
                    trial[cell[0]] = (cell, world)
        while trial:
            now = moved(tally, [move for _, world in trial.values() for move in world])
            assert now is not None
            result.counts += 1
            page = paper(held, evaluate(held.report.plan, replace(evidence, tally=now)))
            wrong = [subject for subject in page if page[subject] != told[subject]]
            if not wrong:
                for cell, _ in trial.values():
                    rows[cell].append(_long(now.counts[cell]))
                    codes = graded(held, cell)
                    spread = max(max(row[code] for row in rows[cell]) - min(row[code] for row in rows[cell]) for code in codes)
                    if spread >= min(2, answers(held, cell)):
                        result.found.add(cell)
                        del wanted[cell]
                break
            mine = [subject for subject in wrong if subject in trial]
            # Somebody's move may be seen at others alone, by their places: then half of them wait for another time.
            for subject in mine or sorted(trial)[: (len(trial) + 1) // 2]:
                cell, world = trial.pop(subject)
                if not mine and cell in wanted:
                    wanted[cell] = _first(world, wanted[cell])
        told_to(f"{len(result.found)} found, {len(result.missing)} not, {len(wanted)} open")
    return result


def _first(world: tuple[Move, ...], rest: Iterator[tuple[Move, ...]]) -> Iterator[tuple[Move, ...]]:
    yield world
    yield from rest


def _learn(held: Held, evidence: Evidence, choices: Mapping[Cell, Sequence[int]], result: Search) -> Mapping[Move, np.ndarray]:
    """By move what it does to its subject's numbers: one move of every subject at a time."""
    tally, before = held.report.tally, numbers(held, held.report)
    pending = [
        (cell, source, target)
        for cell in sorted(held.hidden)
        for source in choices[cell]
        for target in choices[cell]
        if source != target and source < len(tally.counts[cell]) and tally.counts[cell][source]
    ]
    found = {}
    while pending:
        batch = {move[0][0]: move for move in reversed(pending)}
        now = moved(tally, list(batch.values()))
        assert now is not None
        after = numbers(held, evaluate(held.report.plan, replace(evidence, tally=now)))
        result.counts += 1
        for subject, move in batch.items():
            found[move] = np.array(after[subject]) - np.array(before[subject])
        taken = set(batch.values())
        pending = [move for move in pending if move not in taken]
    return found


def _worlds(
    held: Held, cell: Cell, choices: Mapping[Cell, Sequence[int]], effect: Mapping[Move, np.ndarray]
) -> Iterator[tuple[Move, ...]]:
    """Moves that put two answers of a cell elsewhere, with up to four helping ones, that move the numbers least."""
    own = [move for move in effect if move[0] == cell]
    others = [move for move in effect if move[0][0] == cell[0] and move[0] != cell]
    people = answers(held, cell)
    asked = [(one,) for one in own] if people == 1 else [
        pair for pair in combinations_with_replacement(own, 2) if pair[0][1] == pair[1][1] or pair[0][2] == pair[1][2]
    ]  # fmt: skip
    width = len(next(iter(effect.values()), np.zeros(0)))
    if not width and not others:
        yield from asked[:TRIED]
        return
    others.sort(key=lambda move: float(np.abs(effect[move]).max(initial=0)))
    others = others[:HELPING]
    single = np.array([effect[move] for move in others]).reshape(len(others), -1)
    pairs: list[tuple[int, ...]] = [
        (),
        *((at,) for at in range(len(others))),
        *combinations_with_replacement(range(len(others)), 2),
    ]
    if len(pairs) <= FEW:
        pairs += [(*one, *other) for one, other in combinations_with_replacement(pairs[1:], 2) if len(one) + len(other) > 2]
    size = single.shape[1] if len(others) else len(effect[own[0]])
    sums = np.array([single[list(pair)].sum(axis=0) if pair else np.zeros(size) for pair in pairs])
    ranked: list[tuple[float, tuple[Move, ...]]] = []
    for moves in (*asked, *((one,) for one in own)):  # one answer this way and, in another world, one that way will do as well
        off = np.abs(sums + sum(effect[move] for move in moves)).max(axis=1, initial=0)
        for place in np.argsort(off, kind="stable")[:TRIED]:
            ranked.append((float(off[place]), (*moves, *(others[at] for at in pairs[place]))))
    ranked.sort(key=lambda one: one[0])
    fitting = [world for _, world in ranked if moved(held.report.tally, world) is not None]
    far = [world for world in fitting if sum(move[0] == cell for move in world) > 1 or people == 1]
    yield from far[:TRIED]
    by_move = defaultdict[Move, list[tuple[Move, ...]]](list)
    for world in fitting:
        if sum(move[0] == cell for move in world) == 1:
            by_move[world[0]].append(world)
    for worlds in by_move.values():
        yield from worlds[:8]


def main(name: str) -> int:
    """Search the counted rounds of a demo; 1 where some cell is left without a world."""
    missing = 0
    for period, held, evidence in _with_evidence(name):
        result = search(held, evidence, lambda line: print(line, file=sys.stderr, flush=True))
        groups = {cell[:2] for cell in result.found | result.missing}
        bad = {cell[:2] for cell in result.missing}
        print(f"{name} {period}: {len(groups) - len(bad)} of {len(groups)} few groups have another world at every item")
        print(f"  ({len(result.found)} of {len(result.found) + len(result.missing)} cells; {result.counts} counts of the scheme)")
        for cell in sorted(result.missing):
            print("  without:", *cell)
        missing += len(bad)
    return int(bool(missing))


def _with_evidence(name: str) -> Iterator[tuple[str, Held, Evidence]]:
    for one in counted_rounds(demo.with_data()[name]):
        yield one.period, one.held, one.evidence


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "zhangcunping-town-cadres"))
