"""What a reader can infer from printed numbers about few people, with counts as whole numbers and rounded numbers as intervals.

`leaks` asks what follows by adding and subtracting, whatever the numbers are; here stands what follows from the very numbers that
were printed. Counts are whole, none is negative, and they add up to the people who answered: 119 a + 15 b = 4,000 has one
solution where a is at most 15 and b at most 85. So the least and the most value that agree with everything a reader sees are
looked for, of every small cell's counts and of every sum over small cells that a printed number holds.

Lives here: who reads, what must stay open, what was found. May not live here: the search itself, what to do about a finding
(`protecting`), and where the numbers come from (the services).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, Generic, Literal, NamedTuple, TypeVar

from analysis.disclosure.floors import PROMISED
from analysis.disclosure.leaks import Atom, Cell, Label
from analysis.disclosure.printed import PrintedFigure
from analysis.disclosure.ranges import Allowed, Found, OpenQuestion, counts_votes, is_wide, known, ranges_of
from analysis.disclosure.watched import Watched, watched_of
from analysis.disclosure.whole import TiedCells, WholeForms, blocks_of

#: safe: at least so much stays open, and solutions that show it were found. known: a count that is not zero follows, or the only
#: solution. narrow: less stays open than was promised. unproven: the work allowed was used up; treated as not safe.
Verdict = Literal["safe", "known", "narrow", "unproven"]


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Somebody who reads. `sees`: the printed figures, by name; `knows`: cells whose every count they see, or gave themselves.

    `body`: the body of raters they are one of, "" for none. Whoever may be one of several bodies, or of a unit's staff as well,
    is several readers: each with all that such a person sees.
    """

    name: str
    sees: frozenset[Hashable]
    knows: frozenset[Label] = frozenset()
    body: str = ""


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What must stay open about a cell of at most `floor` people (of another body's, at most `floors`).

    `answers`: of some choice the greatest and the least possible count lie so far apart, or as far as the people allow if they
    are fewer. No count of a choice may be known at all unless it is zero: that nobody gave a choice may be told as long as two
    choices are left. `share`: of a sum over small cells, such a part of its whole range; of a sum that only counts votes it is
    enough that it is not known, or says that nobody gave some choices. An insider's own answers are taken away first. More
    figures never turn what fails into what passes.
    """

    floor: int = PROMISED
    floors: Mapping[str, int] = field(default_factory=dict, hash=False)
    answers: int = 2
    share: Fraction = Fraction(1, 10)

    def floor_of(self, body: str) -> int:
        """How many people of this body are few."""
        return self.floors.get(body, self.floor)


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How much work one count or sum may cost one reader before the search gives up. It counts work and no time, so that the same
    evidence is decided alike on every machine.

    `states`: partial solutions looked at; `solves`: questions to the solver; `nodes`: what each of these may branch;
    `forms`: an insider's possible own forms that are told apart.
    """

    states: int = 30_000
    solves: int = 8
    nodes: int = 50
    forms: int = 64


DEFAULT_EFFORT: Final = Effort()
DEFAULT_PROTECTION: Final = Protection()


@dataclass(frozen=True, kw_only=True)
class Inference:
    """What one reader can say of one count or sum, as facts.

    `kind`: "count" (of the choice named, in the one cell) or "sum" (of the printed figure `figure`, the part made of `cells`).
    `least`, `most`: possible values that were found, or where `exact`, ends beyond which nothing is possible; of the others
    where `own` says what an insider gave. An insider for whom already an outsider can say too much has the outsider's ends.
    `needed`: how far apart they have to lie. `people`: how many these are, the reader left out. `figures`: the printed numbers
    that hang together there. `own`: the insider's answers for which this holds, cell by cell.
    """

    kind: Literal["count", "sum"]
    reader: str
    cells: tuple[Label, ...]
    bodies: tuple[str, ...]
    people: int
    least: Fraction
    most: Fraction
    needed: Fraction
    exact: bool
    verdict: Verdict
    choice: str = ""
    figure: Hashable = None
    figures: tuple[Hashable, ...] = ()
    own: tuple[Atom, ...] = ()


def infer(
    cells: Sequence[Cell],
    counts: Mapping[Atom, int],
    figures: Sequence[PrintedFigure],
    readers: Sequence[Reader],
    *,
    protection: Protection = DEFAULT_PROTECTION,
    effort: Effort = DEFAULT_EFFORT,
    forms: WholeForms | None = None,
) -> list[Inference]:
    """Everything that has to stay open about few people, and whether it does, reader by reader.

    Parameters
    ----------
    cells
        Every cell that a figure stands on. A cell that is not protected, or that a reader knows, is known to them in full.
    counts
        The true counts, of all cells; an atom left out is zero. They have to add up to each cell's raters.
    figures
        Everything that is printed anywhere, each name once.
    readers
        Who is asked about.
    protection
        What must stay open.
    effort
        How much work a reader's block may cost. What is not settled within it is "unproven".
    forms
        What is known from the same question with other roundings, or for readers who see less; it was checked then.

    Returns
    -------
    list of Inference
        In the order of the readers; safe ones among them. The order of cells and figures changes nothing but theirs.

    Raises
    ------
    ValueError
        When counts do not add up, a name is there twice, a reader sees a figure that is not given, or a figure lies outside its
        band.
    KeyError
        When a figure stands on a cell that is not given.
    """
    return list(_each(cells, figures, readers, (protection, effort), forms or WholeForms(counts)))


def is_safe(
    cells: Sequence[Cell],
    counts: Mapping[Atom, int],
    figures: Sequence[PrintedFigure],
    readers: Sequence[Reader],
    *,
    protection: Protection = DEFAULT_PROTECTION,
    effort: Effort = DEFAULT_EFFORT,
    forms: WholeForms | None = None,
) -> bool:
    """Whether everything that has to stay open does: `infer` that stops at the first that does not.

    Parameters
    ----------
    cells, counts, figures, readers, protection, effort, forms
        As for `infer`, and refused as there.

    Returns
    -------
    bool
        False also where the work allowed was used up.
    """
    forms = forms or WholeForms(counts)
    # What failed last is asked about first: with a little less given up it mostly fails again.
    suspect = forms.suspect
    ordered = sorted(readers, key=lambda one: suspect is None or one.name != suspect[0])
    for one in _each(cells, figures, ordered, (protection, effort), forms):
        if one.verdict != "safe":
            forms.suspect = (one.reader, frozenset(one.cells))
            return False
    return True


def _each(
    cells: Sequence[Cell],
    figures: Sequence[PrintedFigure],
    readers: Sequence[Reader],
    asked: tuple[Protection, Effort],
    forms: WholeForms,
) -> Iterator[Inference]:
    if not forms.checked:
        _check(cells, figures, readers, forms)
        forms.checked = True
    insiders = frozenset(one.body for one in readers if one.body)
    parted: dict[tuple[frozenset[Hashable], frozenset[Label]], _Kept[tuple[TiedCells, list[Watched]]]] = {}
    for reader in readers:
        if (reader.sees, reader.knows) not in parted:
            seen = [one for one in figures if one.figure.name in reader.sees]
            parted[reader.sees, reader.knows] = _Kept(
                (one, _suspect_first(one, watched_of(one, asked[0].floor_of), forms))
                for one in blocks_of(cells, seen, reader.knows, forms)
            )
        for block, every in parted[reader.sees, reader.knows]:
            for watched in every:
                judged = _judged(block, watched, _Asked(reader, insiders, *asked))
                if judged is not None:
                    yield judged


def _suspect_first(block: TiedCells, watched: Iterator[Watched], forms: WholeForms) -> list[Watched]:
    every = list(watched)
    if forms.suspect is not None:
        suspect = forms.suspect[1]
        every.sort(key=lambda one: {block.cells[at].cell.name for at in one.at} != suspect)
    return every


Kept = TypeVar("Kept")


class _Kept(Generic[Kept]):
    """What an iterator gives, made when asked for and kept for whoever asks again."""

    def __init__(self, making: Iterator[Kept]) -> None:
        self._making, self._made = making, list[Kept]()

    def __iter__(self) -> Iterator[Kept]:
        at = 0
        while at < len(self._made) or self._next():
            yield self._made[at]
            at += 1

    def _next(self) -> bool:
        found = next(self._making, None)
        if found is not None:
            self._made.append(found)
        return found is not None


class _Asked(NamedTuple):
    """Who asks; `insiders`: the bodies any reader is one of."""

    reader: Reader
    insiders: frozenset[str]
    protection: Protection
    effort: Effort


def _check(cells: Sequence[Cell], figures: Sequence[PrintedFigure], readers: Sequence[Reader], forms: WholeForms) -> None:
    for cell in cells:
        given = [forms.counts.get((cell.name, choice), 0) for choice in cell.choices]
        if min(given) < 0 or sum(given) != cell.raters:
            raise ValueError(f"{cell.name}: {given} do not add up to {cell.raters}")
    names = Counter([*(cell.name for cell in cells), *(one.figure.name for one in figures)])
    if twice := [name for name, often in names.items() if often > 1]:
        raise ValueError(f"there twice: {twice}")
    for reader in readers:
        if missing := reader.sees - names.keys():
            raise ValueError(f"{reader.name} sees {missing}, which are not given")
    for one in figures:
        if gone := forms.touched(one.figure) - names.keys():
            raise KeyError(f"{one.figure.name} stands on {gone}")


def _judged(block: TiedCells, watched: Watched, asked: _Asked) -> Inference | None:
    """What is watched, as the reader sees it: where they are an insider, with the worst of their possible own forms."""
    reader, protection, effort = asked.reader, asked.protection, asked.effort
    bodies = [one.cell.body for one in block.cells]
    others = {at: block.cells[at].cell.raters - (bodies[at] == reader.body) for at in watched.at}
    if not any(others.values()):
        return None
    if watched.row is None:
        needed = Fraction(min(protection.answers, *others.values()))
    else:
        terms = block.rows[watched.row].terms
        needed = protection.share * sum(max(terms[at]) * block.cells[at].cell.raters for at in watched.at)
    question = OpenQuestion(block.shape, watched, needed)
    if watched.row is not None and counts_votes(question):
        question = OpenQuestion(block.shape, watched, Fraction(0))
    found = ranges_of(
        question,
        frozenset(at for at, body in enumerate(bodies) if body == reader.body),
        frozenset(at for at, body in enumerate(bodies) if body in asked.insiders),
        Allowed(effort.states, effort.solves, effort.nodes, effort.forms),
    )
    worst = min(found, key=lambda one: (_WORST.index(_verdict(one, question)), one.form))
    return _told(block, question, worst, reader.name, others)


_WORST: Final = ("known", "narrow", "unproven", "safe")


def _verdict(found: Found, question: OpenQuestion) -> Verdict:
    if is_wide(found, question):
        return "safe"
    if not found.exact:
        return "unproven"
    return "narrow" if known(found, question) is None else "known"


def _told(block: TiedCells, question: OpenQuestion, found: Found, reader: str, others: Mapping[int, int]) -> Inference:
    """In the caller's names and units."""
    watched = question.asked
    chosen = [block.cells[at].cell for at in watched.at]
    people: dict[str, int] = {}
    for at, cell in zip(watched.at, chosen, strict=True):
        people[cell.body] = max(people.get(cell.body, 0), others[at])
    row = None if watched.row is None else block.rows[watched.row]
    shown, own = 0, 0
    if row is None:
        follows = known(found, question)
        widths = [most - least for least, most in found.ranges]
        shown = follows if follows is not None else widths.index(max(widths))
        own = sum(choice == shown for cell, choice in found.form if cell == watched.at[0])
    else:
        own = sum(row.terms[cell][choice] for cell, choice in found.form if cell in watched.at)
    unit = row.unit if row else Fraction(1)
    least, most = found.ranges[shown]
    return Inference(
        kind="sum" if row else "count",
        reader=reader,
        cells=tuple(cell.name for cell in chosen),
        bodies=tuple(sorted(people)),
        people=sum(people.values()),
        least=(least - own) * unit,
        most=(most - own) * unit,
        needed=question.needed * unit,
        exact=found.exact,
        verdict=_verdict(found, question),
        choice="" if row else chosen[0].choices[shown],
        figure=row.name if row else None,
        figures=tuple(name for one in block.rows for name in (one.name, *one.also)),
        own=tuple((block.cells[cell].cell.name, block.cells[cell].cell.choices[choice]) for cell, choice in found.form),
    )
