"""What left of the same answers before: reports of this round that were computed earlier, as far as they say anything of what is
held back.

Lives here: putting their decisions and figures together, so that a recount is decided about beside what is already known. May not
live here: deciding (`deciding`), results that other rounds took over (`results.earlier`).

A report computed earlier counts as read by everybody, published or not: the office read it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import partial

from analysis.disclosure.printed import Interval
from survey_app.presenting import figures
from survey_app.services.release.deciding import HeldBack, LeftBefore
from survey_app.services.release.readers import SCORE, VERDICT
from survey_app.services.release.union import Stated
from survey_app.services.release.weighing import Ranged
from survey_app.services.release.withholding import Held


def what_left(reports: Iterable[Held]) -> LeftBefore:
    """What is known since these reports, put together.

    Parameters
    ----------
    reports
        The decisions kept with each of them, oldest first.
    """
    held = defaultdict[str, HeldBack](HeldBack)
    ranged: dict[tuple[object, ...], Ranged] = {}
    for one in reports:
        for subject, decision in one.decided.items():
            before = held[subject]
            digits = {**before.digits}
            for place, number in decision.digits.items():
                digits[place] = min(number, digits.get(place, number))
            verdicts = before.verdicts | decision.verdicts
            held[subject] = HeldBack(before.cells | decision.cells, before.values | decision.values, (), digits, verdicts)
        for known in _ranged(one):
            # The same figure announced alike a second time says nothing more.
            ranged[(known.figure, known.between, tuple(sorted(known.terms.items())))] = known
    return LeftBefore(dict(held), tuple(ranged.values()))


def _ranged(one: Held) -> Iterator[Ranged]:
    hidden = one.hidden
    if not hidden:
        return
    about = frozenset(cell[0] for cell in hidden)
    stated = [figure for subject in sorted(about) for figure in one.union.of(subject)]
    stated += [figure for there in one.union.visitors(about).values() for figure in there]
    for figure in {one.figure: one for one in stated}.values():
        if figure.rests.isdisjoint(hidden) or figure.figure.kind not in (SCORE, VERDICT):
            continue
        lies = partial(Ranged, figure=figure.figure, rests=figure.rests)
        if figure.terms and figure.value is not None:
            low, high = _range(one, figure)
            between = Interval(least=low, most=high)
            yield lies(terms=figure.terms, value=figure.value, between=between, slack=figure.slack)
        if not _unsaid(one, figure):
            for side in figure.sides:
                yield lies(terms=side.terms, value=side.value, between=side.between, slack=side.slack)


def _unsaid(one: Held, stated: Stated) -> bool:
    """Whether a rank, a tier or a flag was not said."""
    mine = one.of(one.union.subject_at(stated.figure.place))
    return stated.figure.place in (mine.verdicts if stated.figure.kind == VERDICT else mine.values)


def _range(one: Held, stated: Stated) -> tuple[Fraction, Fraction]:
    """Where a reader knows the figure to lie: as announced, or exactly it, as reports of before there was one decision had it."""
    value = stated.value if stated.value is not None else Fraction(0)
    key, *_labels = stated.figure.place
    info = one.scheme.quantities.get(key)
    kind = info.kind if info else "number"
    digits = one.of(one.union.subject_at(stated.figure.place)).digits.get(stated.figure.place)
    if digits is None:
        digits = figures.announced_digits(kind, info.digits if info else None)
    return (value, value) if one.exact_left else figures.behind(figures.announced(value, kind, digits), digits)
