"""How a number came about, as lines a page can fold: the calculation by hand down to the counts, with the scheme's line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from analysis.errors import AnalysisError
from analysis.explaining.explain import is_worth_a_line, line_of
from analysis.explaining.trace import TraceNode
from analysis.explaining.why import causes_of, why_none
from analysis.explaining.wording import Wording, decimal
from analysis.step_names import is_inner, quantity_of
from analysis.values import Key, Missing
from survey_app import times
from survey_app.i18n import gettext as _
from survey_app.i18n import say
from survey_app.services.results import held_down
from survey_app.services.results.loaded import Loaded
from survey_app.services.results.words import UNSETTLED, WITHHELD

#: A page unfolds this many levels, more than published methods need to reach the counts; the command line has no such end.
DEPTH = 16


@dataclass(frozen=True)
class CalculationLine:
    """One line of a calculation and how deep it stands below the number asked for; `cell`: whose it is."""

    level: int
    text: str
    cell: tuple[str, Key] = ("", ())


@dataclass(frozen=True)
class CalculationNode:
    """A line with the lines below it. `anchor`: where a number on the page leads."""

    anchor: str
    text: str
    below: tuple[CalculationNode, ...]


@dataclass(frozen=True)
class Calculation:
    """Everything that was computed about one subject, each cell once. `anchors`: where a cell stands."""

    roots: tuple[CalculationNode, ...] = ()
    anchors: Mapping[tuple[str, Key], str] = field(default_factory=dict)

    def by_hand(self) -> list[str]:
        """The lines in the order in which a person with a pocket calculator can follow them: nothing before what it needs."""
        return [text for root in self.roots for text in _upwards(root)]

    def anchor(self, key: str, *labels: str) -> str:
        """Where a cell is unfolded; "" where nowhere."""
        return self.anchors.get((key, labels), "")


def _upwards(node: CalculationNode) -> Iterator[str]:
    for below in node.below:
        yield from _upwards(below)
    yield node.text


def steps(loaded: Loaded, name: str, subject: str, **labels: str) -> list[CalculationLine]:
    """The calculation of one cell; empty where the quantity does not apply to this subject, and where the plan releases no
    counts: a calculation goes down to them."""
    if not (loaded.lets("answers") and loaded.lets("groups")):
        return []
    place = ("steps", name, subject, *labels.items())
    return list(loaded.view.lately(place, lambda: tuple(_steps(loaded, name, {"subject": subject, **labels}))))


def calculation(loaded: Loaded, code: str) -> Calculation:
    """How every grade and score of one subject came about, then what was made by group and by item: each cell unfolded once."""
    if not (loaded.lets("answers") and loaded.lets("groups")):
        return Calculation()
    return loaded.view.lately(("calculation", code, loaded.allowed), lambda: _calculation(loaded, code))


def _calculation(loaded: Loaded, code: str) -> Calculation:
    layout, view = loaded.scheme.layout, loaded.view
    held, lines = _Held(loaded, code), list[CalculationLine]()
    whole = [(key, {"subject": code}) for key in (*(layout.tiers if loaded.lets("scores") else ()), *layout.columns)]
    parts = [
        (key, {**labels, "subject": code})
        for key in (*layout.by_group, *layout.by_item)
        if view.axes(key) and "rater" not in (view.axes(key) or ())
        for labels in view.places(key, code)
    ]
    for key, labels in (*whole, *parts):
        node = None if view.axes(key) is None else view.node(key, {axis: labels.get(axis, "") for axis in view.axes(key) or ()})
        if node is None or view.hidden(key, labels):
            continue
        try:
            _write(node, wording_of(loaded), lines, held)
        except AnalysisError:
            continue  # a table over single ballots is not kept: there is nothing to walk back through
    anchors = {line.cell: f"c{place}" for place, line in enumerate(lines)}
    return Calculation(_nested(lines, anchors), anchors)


def _nested(lines: list[CalculationLine], anchors: Mapping[tuple[str, Key], str]) -> tuple[CalculationNode, ...]:
    """The lines as a tree: what stands deeper under a line belongs to it."""
    found: list[CalculationNode] = []
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and lines[end].level > lines[at].level:
            end += 1
        below = _nested(lines[at + 1 : end], anchors)
        found.append(CalculationNode(anchors[lines[at].cell], lines[at].text, below))
        at = end
    return tuple(found)


def _steps(loaded: Loaded, name: str, given: dict[str, str]) -> list[CalculationLine]:
    node = loaded.view.node(name, given)
    if node is None or loaded.view.hidden(name, given):
        return []
    found: list[CalculationLine] = []
    try:
        held = _Held(loaded, given["subject"])
        if why := _why_none(node, wording_of(loaded), held):
            found.append(CalculationLine(0, why))
        _write(node, wording_of(loaded), found, held)
    except AnalysisError:
        return []  # a table over single ballots is not kept: there is nothing to walk back through
    return found


def _why_none(node: TraceNode, wording: Wording, held: _Held) -> str:
    """Who or what is missing, in a sentence; "" for a cell with a value, and where the gap began in something held back."""
    kept_back = isinstance(node.value, Missing) and any(held.under(one) or held.unsettled(one) for one in causes_of(node))
    return "" if kept_back or held.under(node) or held.unsettled(node) else why_none(node, wording)


@dataclass(frozen=True)
class _Held:
    """What a calculation about a subject may not show: numbers that rest on answers of too few people. `seen`: already told."""

    loaded: Loaded
    subject: str
    seen: set[tuple[str, Key]] = field(default_factory=set)

    def unsettled(self, node: TraceNode) -> bool:
        """Whether it waits for a person's word before it leaves the office."""
        return self.loaded.view.outlet is not None and self.loaded.view.outlet.hides_node(node)

    def under(self, node: TraceNode) -> bool:
        return self.loaded.view.gate.hides_step(node)

    def announced(self, node: TraceNode) -> str:
        """A number that rests on what is held back, as it stands on the page."""
        return self.loaded.view.cell(node.name, node.labels).text

    def shown(self, node: TraceNode) -> bool:
        """Whether the number stands on the page by itself: a score or a grade of the result."""
        layout = self.loaded.scheme.layout
        return node.name in (*layout.columns, *layout.tiers) and node.labels.get("subject") == self.subject


def _write(node: TraceNode, wording: Wording, found: list[CalculationLine], held: _Held, level: int = 0) -> None:
    """This cell, then each of its operands below it; a cell is unfolded once. Where too few people stand behind a number,
    only a score keeps its value, and no formula that would name what it was made of."""
    if (node.name, node.key) in held.seen:
        return
    cell = (node.name, node.key)
    held.seen.add(cell)
    if held.unsettled(node):
        text = _("%(title)s：%(withheld)s", title=wording.title(node), withheld=_(UNSETTLED))
        found.append(CalculationLine(level, text, cell))
        return
    hidden = held.under(node)
    if hidden and not held.shown(node) and level:
        text = _("%(title)s：%(withheld)s", title=wording.title(node), withheld=_(WITHHELD))
    elif hidden:
        text = _("%(title)s = %(value)s", title=wording.title(node), value=held.announced(node))
    else:
        text = _line(node, wording)
    found.append(CalculationLine(level, text, cell))
    for operand in node.own_inputs if level < DEPTH else ():
        below = _through(operand)
        counted = hidden and below.op in ("tally", "heads")  # counts, and of how many, are what is held back
        if is_worth_a_line(operand) and not _ruled_out(operand) and not counted:
            _write(below, wording, found, held, level + 1)


def _ruled_out(node: TraceNode) -> bool:
    """A case that did not apply: the reader wants the one that did."""
    return node.role == "condition" and node.value is False


def _through(node: TraceNode) -> TraceNode:
    """Past the steps that only hand a number on: a sum over the one item there is says nothing to a reader."""
    while is_inner(node.name) and node.op == "reduce" and len(node.own_inputs) == 1 and node.own_inputs[0].value == node.value:
        node = node.own_inputs[0]
    return node


def _line(node: TraceNode, wording: Wording) -> str:
    if is_inner(node.name):
        node = replace(node, step=replace(node.step, source=""))  # the quantity it was made for has told it one line above
    if node.op == "choose":
        told = _("第%(line)s行；来源：%(source)s", line=node.line, source=node.source) if node.source else ""
        told = told or _("第%(line)s行", line=node.line)
        value = wording.value(node.value)
        text = _("%(title)s = %(value)s（%(told)s）", title=wording.title(node), value=value, told=told)
        return text.replace("= ≈", "≈")
    if not node.terms:
        text = line_of(node, wording).replace("= ≈", "≈")
        acted = held_down.acted(node, wording)
        if acted is not None and acted.why:
            text = _("%(text)s——%(why)s", text=text, why=acted.sentence)
        return _("条件：%(text)s", text=text) if node.role == "condition" else text
    points = node.step.params.what == "points"
    terms = [
        f"{wording.names.get(term.choice, term.choice) or _('空白')} {term.count}" + (f"×{decimal(term.value)}" if points else "")
        for term in node.terms
        if term.count
    ]
    counted = " + ".join(terms) or "0"
    return _(
        "%(title)s = %(counted)s = %(value)s（第%(line)s行）",
        title=wording.title(node),
        counted=counted,
        value=wording.value(node.value),
        line=node.line,
    )


def wording_of(loaded: Loaded) -> Wording:
    """The words in which calculations of this report are told; the same for every cell of a page, so made once."""
    return loaded.view.once("wording", lambda: Wording(say, _titles(loaded), _names(loaded), _moment))


def _moment(entered: str) -> str:
    """When evidence was entered, told here."""
    return times.moment(dt.datetime.fromisoformat(entered))


def _titles(loaded: Loaded) -> dict[str, str]:
    """What every step is called: a quantity by its title, a step made for it by what it does for that quantity."""
    titles = {}
    for step in loaded.report.plan.steps:
        if step.name in loaded.scheme.quantities or not is_inner(step.name):
            titles[step.name] = loaded.view.title(step.name)
            continue
        does = say(step.spec.title)
        if step.op == "tally":
            does = {"points": _("得分合计"), "answered": _("作答票数"), "count": _("票数")}[step.params.what]
        titles[step.name] = f"{loaded.view.title(quantity_of(step.name))} · {does}"
    return titles


def _names(loaded: Loaded) -> dict[str, str]:
    scheme, language = loaded.scheme, loaded.view.language
    names = {code: person.name for code, person in loaded.people.items()}
    names |= {group.key: group.title.in_(language) for group in scheme.groups.values()}
    names |= {key: text.in_(language) for key, text in scheme.sides.items()}
    names |= {key: text.in_(language) for key, text in scheme.indicators.items()}
    names |= {item.key: item.text.in_(language) for item in scheme.items.values()}
    for scale in scheme.scales.values():
        names |= {choice.key: choice.label.in_(language) for choice in scale.choices}
    return names
