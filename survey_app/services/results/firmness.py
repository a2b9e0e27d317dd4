"""How firm a decision is: the smallest change of votes, of a weight or of a line that turns it, and whether a grade stands under
all weights nearby. Exact; for the office alone, about subjects on whose answers nothing is held back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.replay.changes import PlanKnob, weight_sets
from analysis.replay.nearby import MOST, alone, corners, turns_at
from survey_app.errors import UserError
from survey_app.i18n import gettext as _
from survey_app.presenting import figures
from survey_app.services.results import standing, whatif
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.naming import label_name
from survey_app.services.results.standing import ScoreLine
from survey_app.services.results.view import ResultView

#: How far weights may move when a grade is asked to stand under all of them.
REACH = Fraction(5, 100)


@dataclass(frozen=True, kw_only=True)
class Firmness:
    """One subject: its grade, the smallest change of each kind in words, and the grades it would have under weights nearby.

    `fragile`: another grade within reach.
    """

    person: Person
    tier: str
    weight: str
    line: str
    grades: tuple[str, ...]
    nearness: Fraction

    @property
    def fragile(self) -> bool:
        """Whether weights within reach give another grade."""
        return len(self.grades) > 1


@dataclass(frozen=True)
class WeightSet:
    """Weights that stand beside each other, as parts of one. Those of one `step` and `parent` are for different subjects."""

    step: str
    parent: str
    knobs: tuple[PlanKnob, ...]
    parts: Mapping[str, Fraction]
    whole: Fraction


def of_report(loaded: Loaded) -> list[Firmness]:
    """Every subject that may be looked at and has a grade, those that turn soonest first."""
    return loaded.view.once("firmness", lambda: sorted(_firmness(loaded), key=lambda one: (not one.fragile, one.nearness)))


def sets(loaded: Loaded) -> list[WeightSet]:
    """The weights of rater groups that the scheme has, those that can be moved."""
    found, parents = [], loaded.report.plan.header.parents("group")
    for knobs in weight_sets(loaded.report.plan):
        whole = sum((Fraction(one.now) for one in knobs), Fraction(0))
        parts = {one.label: Fraction(one.now) / whole for one in knobs} if whole else {}
        if 1 < len(parts) <= MOST and max(parts.values()) < 1:
            found.append(WeightSet(knobs[0].step, parents.get(knobs[0].label, ""), knobs, parts, whole))
    return found


def work(loaded: Loaded) -> int:
    """How much there is to compute: subjects times replays."""
    replays = sum(
        sum(1 for _moved in _corners(one)) + 2 * len({group for own in one for group in own.parts}) for one in _families(loaded)
    )
    return replays * len(loaded.people)


def not_moved(loaded: Loaded) -> list[str]:
    """Quantities whose weights are too many to look at every corner of."""
    many = [knobs[0].step for knobs in weight_sets(loaded.report.plan) if len(knobs) > MOST]
    return list(dict.fromkeys(loaded.view.title(step) for step in many))


def _firmness(loaded: Loaded) -> Iterator[Firmness]:
    open_, _withheld = whatif.open_codes(loaded)
    families = _families(loaded)
    nearby = [view for family in families for moved in _corners(family) if (view := _with(loaded, moved))]
    ends = [
        End(group, tuple(one.parts[group] for one in family if group in one.parts), none, everything)
        for family in families
        for group in dict.fromkeys(group for one in family for group in one.parts)
        if (none := _with(loaded, _alone(family, group, Fraction(0))))
        and (everything := _with(loaded, _alone(family, group, Fraction(1))))
    ]
    for code in (code for code in loaded.people if code in open_):
        line, at = standing.line_of(loaded, code), {"subject": code}
        tier = loaded.view.cell(line.tier, at) if line is not None and line.tier else None
        if line is None or tier is None or tier.missing:
            continue
        grades = dict.fromkeys([tier.text, *(view.cell(line.tier, at).text for view in nearby)])
        weight, near = _weight(loaded, line, code, ends)
        yield Firmness(
            person=loaded.people[code],
            tier=tier.text,
            weight=weight,
            line=_line(loaded, line, code),
            grades=tuple(grades),
            nearness=near,
        )


@dataclass(frozen=True)
class End:
    """The report with a group's weight at nothing and at everything. `parts`: its official weights, one for each case."""

    group: str
    parts: tuple[Fraction, ...]
    none: ResultView
    everything: ResultView


#: Weights set otherwise: of each set the parts of one.
_Moved = list[tuple[WeightSet, Mapping[str, Fraction]]]


def _families(loaded: Loaded) -> list[list[WeightSet]]:
    """The sets of the same place in the scheme, each for other subjects: they may move together."""
    found: dict[tuple[str, str], list[WeightSet]] = {}
    for one in sets(loaded):
        found.setdefault((one.step, one.parent), []).append(one)
    return list(found.values())


def _corners(family: list[WeightSet]) -> Iterator[_Moved]:
    """All corners of the weights nearby: those of different cases at once, for no subject has more than one of them."""
    every = [(one, corners(one.parts, REACH)) for one in family]
    for place in range(max(len(found) for _one, found in every)):
        yield [(one, found[min(place, len(found) - 1)]) for one, found in every]


def _alone(family: list[WeightSet], group: str, part: Fraction) -> _Moved:
    return [(one, alone(one.parts, group, part)) for one in family if group in one.parts]


def _with(loaded: Loaded, moved: _Moved) -> ResultView | None:
    """The report with these weights; None where the scheme cannot be computed with them."""
    settings = {knob.id: str(parts[knob.label] * one.whole) for one, parts in moved for knob in one.knobs}
    try:
        return whatif.under(loaded, settings)
    except UserError:
        return None


def _borders(line: ScoreLine, own: Fraction) -> list[Fraction]:
    """The ends of the band a score stands in."""
    row = next((one for one in line.bands if one.holds(own)), None)
    return [end for end in (row.low, row.high) if end is not None] if row is not None else []


def _own(view: ResultView, line: ScoreLine, code: str) -> Fraction | None:
    cell = view.cell(line.score, {"subject": code}) if line.score else None
    return cell.number.exact if cell is not None and cell.number is not None and not cell.missing else None


def _weight(loaded: Loaded, line: ScoreLine, code: str, ends: list[End]) -> tuple[str, Fraction]:
    """The nearest weight that alone brings the score to an end of its band, in words, and how far it is (1: none does).

    Of the cases of a weight the one of this subject is the one on whose line its score lies.
    """
    own, found = _own(loaded.view, line, code), list[tuple[Fraction, str, Fraction, Fraction]]()
    if own is None:
        return "", Fraction(1)
    for one in ends:
        low, high = _own(one.none, line, code), _own(one.everything, line, code)
        for border in _borders(line, own) if low is not None and high is not None else ():
            for part in one.parts:
                then = turns_at(low or Fraction(0), high or Fraction(0), (part, own), border)
                found += [(abs(then - part), one.group, part, then)] if then is not None else []
    if not found:
        return "", Fraction(1)
    distance, group, now, then = min(found)
    title = label_name(loaded.scheme, "group", group, loaded.view.language)
    told = _("%(group)s的权重从 %(now)s 到 %(then)s", group=title, now=figures.share(now).text, then=figures.share(then).text)
    return told, distance


def votes(loaded: Loaded, code: str) -> str:
    """The fewest marks given otherwise that bring the score of a subject into another band, in words."""
    line = standing.line_of(loaded, code)
    own = _own(loaded.view, line, code) if line is not None else None
    if line is None or own is None:
        return ""
    row = next((one for one in line.bands if one.holds(own)), None)
    found = []
    for end, inside in ((row.low, row.low_in), (row.high, not row.high_in)) if row is not None else ():
        if end is not None:
            marks = loaded.view.marks_to(line.score, code, end - own, beyond=inside)
            found += [marks] if marks else []
    return _("%(n)s 个评分", n=min(found)) if found else ""


def _line(loaded: Loaded, line: ScoreLine, code: str) -> str:
    """Where the nearest line would have to be."""
    own = _own(loaded.view, line, code)
    borders = _borders(line, own) if own is not None else []
    if own is None or not borders:
        return ""
    near = min(borders, key=lambda border: abs(border - own))
    text = loaded.view.cell(line.score, {"subject": code}).text
    return _("线从 %(now)s 到 %(then)s", now=whatif.written(str(near)), then=text)
