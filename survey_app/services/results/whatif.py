"""What if: the frozen counts under other weights, lines or without a group; who would get another grade or place.

Nothing here changes a result, and nothing of it is kept. It is for the office alone, and about subjects on whose answers nothing
is held back: of the others a second way of weighing the same answers could tell what they are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis.errors import AnalysisError
from analysis.numerals import SCHEME, decimal, read
from analysis.replay.changes import PlanKnob, changed, knobs
from analysis.replay.frozen import replay
from survey_app.errors import UserError
from survey_app.i18n import N_, say
from survey_app.i18n import gettext as _
from survey_app.services.results.loaded import Loaded, Person
from survey_app.services.results.naming import label_name
from survey_app.services.results.pools import pools
from survey_app.services.results.standing import behind, line_of
from survey_app.services.results.view import ResultView


@dataclass(frozen=True, kw_only=True)
class Replaced:
    """A subject as it is and as it would be. `place` in its class by the score, before and after (0: none)."""

    person: Person
    score: str
    then_score: str
    tier: str
    then_tier: str
    place: int
    then_place: int

    @property
    def of_grade(self) -> bool:
        """Whether the grade is another."""
        return self.tier != self.then_tier


@dataclass(frozen=True)
class WhatIfOutcome:
    """What a change would do: those it touches, another grade first; how many were looked at, how many may not be."""

    changes: tuple[Replaced, ...]
    looked_at: int
    withheld: int


@dataclass(frozen=True)
class PlanKnobShown:
    """Something that can be set otherwise, as a form shows it: under the quantity it is of, with the words it may be set to."""

    knob: PlanKnob
    of: str
    title: str
    words: tuple[tuple[str, str], ...] = ()


def offered(loaded: Loaded) -> list[PlanKnobShown]:
    """What can be set otherwise, in the words of the scheme; lines of steps that bear no name of their own are left out."""
    return loaded.view.once("knobs", lambda: [one for knob in knobs(loaded.report.plan) if (one := _shown(loaded, knob))])


def _shown(loaded: Loaded, knob: PlanKnob) -> PlanKnobShown | None:
    quantities, view = loaded.scheme.quantities, loaded.view
    if knob.step not in quantities:
        return None
    step = view.title(knob.step)
    if knob.kind == "weight":
        axis = "group" if knob.label in loaded.report.plan.header.labels("group") else "item"
        label = label_name(loaded.scheme, axis, knob.label, view.language)
        case = " · ".join(_called(loaded, value) for value in knob.case)
        return PlanKnobShown(
            knob, step, _("%(case)s：%(label)s的权重", case=case, label=label) if case else _("%(label)s的权重", label=label)
        )
    if knob.kind == "part":
        known = knob.label in quantities
        return PlanKnobShown(knob, step, _("%(label)s的权重", label=view.title(knob.label))) if known else None
    if knob.kind == "line":
        return PlanKnobShown(knob, step, _("线"))
    if knob.kind == "border":
        return PlanKnobShown(knob, step, _("分数线 %(label)s", label=knob.label))
    words = (("skip", _("按其余折算")), ("zero", _("按零分算")), ("fail", _("不出结果")))
    return PlanKnobShown(knob, step, _("缺评议主体时"), words)


def _called(loaded: Loaded, value: str) -> str:
    """A value of a fact in the scheme's words."""
    for fact in loaded.scheme.facts:
        if value in fact.values:
            return fact.values[value].in_(loaded.view.language)
    return value


def ask(loaded: Loaded, settings: Mapping[str, str], without: str = "") -> WhatIfOutcome:
    """What would come out. UserError where the scheme cannot be computed like that."""
    known = {one.knob.id: one.knob for one in offered(loaded)}
    wanted = {id_: _written(value) for id_, value in settings.items() if id_ in known and value and value != known[id_].now}
    if without and without not in loaded.scheme.groups:
        without = ""
    place = ("what if", tuple(sorted(wanted.items())), without)
    return loaded.view.lately(place, lambda: _asked(loaded, wanted, without))


def _written(value: str) -> str:
    """A setting as a plan has it: numbers as people type them, words as they are."""
    typed = read(value, SCHEME)
    return value if typed is None else str(typed)


def _asked(loaded: Loaded, settings: Mapping[str, str], without: str) -> WhatIfOutcome:
    if not settings and not without:
        return WhatIfOutcome((), 0, 0)
    then = under(loaded, settings, without)
    hidden, (open_, withheld) = loaded.counted.held.hidden, open_codes(loaded)
    # with another rule for what is missing, a figure may be made of answers that it was not made of before
    more = {code for code in open_ if hidden and any(then.rests_on(key, code, hidden) for key in keys_of(loaded, code))}
    open_, withheld = open_ - more, withheld + len(more)
    found = []
    for one in classes(loaded, open_):
        before, after = places(loaded.view, one), places(then, one)
        for code in one.codes:
            old, new = (view.cell(one.score, {"subject": code}) if one.score else None for view in (loaded.view, then))
            was, is_ = (view.cell(one.tier, {"subject": code}) if one.tier else None for view in (loaded.view, then))
            found.append(
                Replaced(
                    person=loaded.people[code],
                    score=old.text if old else "",
                    then_score=new.text if new else "",
                    tier=was.text if was else "",
                    then_tier=is_.text if is_ else "",
                    place=before.get(code, 0),
                    then_place=after.get(code, 0),
                )
            )
    shown = [one for one in found if one.score != one.then_score or one.of_grade or one.place != one.then_place]
    shown.sort(key=lambda one: (not one.of_grade, one.place == one.then_place))
    return WhatIfOutcome(tuple(shown), len(found), withheld)


def keys_of(loaded: Loaded, code: str) -> tuple[str, ...]:
    """What decides about a subject: its grade and its score, those there are."""
    line = line_of(loaded, code)
    return () if line is None else tuple(key for key in (line.tier, line.score) if key)


def under(loaded: Loaded, settings: Mapping[str, str], without: str = "") -> ResultView:
    """The report as it would be, through the same gate. UserError where it cannot be computed like that."""
    try:
        plan = changed(loaded.report.plan, settings, without)
        tables = replay(loaded.report, plan)
    except (AnalysisError, ValueError) as error:
        told = error.tell(say) if isinstance(error, AnalysisError) else str(error)
        raise UserError(N_("这样改就算不出来：%(why)s。请改成别的再试。"), why=told) from error
    return ResultView(report=replace(loaded.report, plan=plan, tables=tables), naming=loaded.view.naming, gate=loaded.view.gate)


def open_codes(loaded: Loaded) -> tuple[frozenset[str], int]:
    """Subjects about whom may be supposed, and how many others there are.

    Threat answered to: whoever may weigh the same answers again and again learns each of them. So nothing is held back of the
    subject, nor of what its grade is made of, nor of anybody it competes with: where a place turns says what the others have.
    """
    return loaded.view.once("open", lambda: _open_codes(loaded))


def _open_codes(loaded: Loaded) -> tuple[frozenset[str], int]:
    held = loaded.counted.held
    closed = {code for code in loaded.people if held.of(code).cells}
    closed |= {
        code
        for code in loaded.people
        if (line := line_of(loaded, code)) is None
        or _rests_on_hidden(loaded, line.tier, code)
        or _rests_on_hidden(loaded, line.score, code)
    }
    found = frozenset(code for code in loaded.people if code not in closed and not competes(loaded, code, closed))
    return found, len(loaded.people) - len(found)


def _rests_on_hidden(loaded: Loaded, key: str, code: str) -> bool:
    node = loaded.view.node(key, {"subject": code}) if key else None
    return node is not None and loaded.view.gate.hides_step(node)


def competes(loaded: Loaded, code: str, closed: Collection[str]) -> bool:
    """Whether the grade of a subject is made in competition with anybody of `closed`."""
    line = line_of(loaded, code)
    for step in behind(loaded, line.tier or line.score) if line is not None and closed else ():
        if step.spec.beside is not None and (step.axes != ("subject",) or not loaded.view.rivals(step, code).isdisjoint(closed)):
            return True
    return False


@dataclass(frozen=True)
class SupposedClass:
    """Those of a class that may be looked at, and what decides among them."""

    codes: tuple[str, ...]
    score: str
    tier: str


def classes(loaded: Loaded, open_: frozenset[str]) -> list[SupposedClass]:
    """The classes with those of each who may be supposed about; none where nobody may."""
    found = []
    for codes in pools(loaded)[0].values():
        there = tuple(code for code in codes if code in open_)
        line = line_of(loaded, there[0]) if there else None
        if line is not None:
            found.append(SupposedClass(there, line.score, line.tier))
    return found


def places(view: ResultView, one: SupposedClass) -> Mapping[str, int]:
    """The place of each in its class by the score; those without one have none."""
    cells = {code: view.cell(one.score, {"subject": code}) for code in one.codes} if one.score else {}
    numbers = {code: cell.number.exact for code, cell in cells.items() if cell.number is not None and not cell.missing}
    rising = sorted(numbers.values())
    return {code: 1 + len(rising) - bisect_right(rising, number) for code, number in numbers.items()}


def written(text: str) -> str:
    """A number of the plan as people write it."""
    return decimal(Fraction(text))
