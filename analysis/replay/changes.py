"""What can be changed of a plan for a replay: weights, the lines of tests and bands, what is done about missing groups, a group.

A change gives another plan and leaves the one it was made from as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from analysis.errors import PlanError
from analysis.plan import Plan, parse_plan
from analysis.values import number

Kind = Literal["weight", "part", "line", "border", "missing"]
MISSING = ("skip", "zero", "fail")


@dataclass(frozen=True, kw_only=True)
class PlanKnob:
    """One thing that can be set otherwise.

    `kind`: "weight" of a group or item (`label`), "part" of a composite (`label` is the step it weighs), "line" of a test,
    "border" between bands, "missing" groups. `now`: how it is set, as text; a number but for "missing". `step` has it.
    `case`: for whom a weight is, where a scheme has several (values of facts).
    """

    id: str
    kind: Kind
    step: str
    label: str
    now: str
    case: tuple[str, ...] = ()


def knobs(plan: Plan) -> list[PlanKnob]:
    """Everything that can be set otherwise, in the order of the plan.

    Parameters
    ----------
    plan
        The plan.
    """
    raw = json.loads(plan.text)["steps"]
    weights = {one["weights"]: one["name"] for one in raw if one.get("weights")}
    return [knob for step in raw for knob in _of_step(step, weights)]


def changed(plan: Plan, settings: Mapping[str, str], without: str = "") -> Plan:
    """The plan with some things set otherwise, and perhaps as if one group had not been asked.

    Parameters
    ----------
    plan
        The plan as it is.
    settings
        PlanKnob to setting, written as numbers are in a plan; "skip", "zero" or "fail" for missing groups.
    without
        The group; "" for none.

    Raises
    ------
    PlanError
        For an unknown knob, a weight below zero, a setting that is no number, or a plan that cannot be read any more.
    """
    raw = deepcopy(json.loads(plan.text))
    known = {knob.id: knob for knob in knobs(plan)}
    by_name = {step["name"]: step for step in raw["steps"]}
    for id_, setting in settings.items():
        if id_ not in known:
            raise PlanError("not-an-earlier-step", given=id_)
        _set(by_name, known[id_], setting)
    if without:
        for step in raw["steps"]:
            if step["op"] in ("tally", "mark", "heads"):
                groups = step.get("groups") or raw["groups"]
                step["groups"] = [group for group in groups if group != without]
    return parse_plan(raw)


def weight_sets(plan: Plan) -> list[tuple[PlanKnob, ...]]:
    """Weights of groups that stand beside each other: those of one table for one case with one parent, at least two of them.

    Parameters
    ----------
    plan
        The plan.
    """
    parents = plan.header.parents("group")
    found: dict[tuple[str, tuple[str, ...], str], list[PlanKnob]] = {}
    for knob in knobs(plan):
        if knob.kind == "weight" and knob.label in (*plan.header.groups, *parents.values()):
            found.setdefault((knob.step, knob.case, parents.get(knob.label, "")), []).append(knob)
    return [tuple(one) for one in found.values() if len(one) > 1]


def _of_step(step: Mapping[str, Any], weights: Mapping[str, str]) -> Iterator[PlanKnob]:
    name = step["name"]
    if step["op"] == "lookup" and name in weights:
        yield from _weights(step, weights[name])
    elif step["op"] == "calc":
        for place, (part, ref) in enumerate(_parts(step["expr"])):
            yield PlanKnob(id=f"{name}|{place}", kind="part", step=name, label=ref, now=part)
    elif step["op"] == "test" and isinstance(step["right"], list) and step["right"][0] == "num":
        yield PlanKnob(id=f"{name}|line", kind="line", step=name, label="", now=step["right"][1])
    elif step["op"] == "bands":
        borders = [row[end] for row in step["rows"] for end in ("from", "to") if row.get(end) is not None]
        for border in sorted(set(borders), key=Fraction, reverse=True):
            yield PlanKnob(id=f"{name}|{border}", kind="border", step=name, label=border, now=border)
    if step["op"] == "reduce" and step.get("weights") and step.get("over") == "group":
        yield PlanKnob(id=f"{name}|missing", kind="missing", step=name, label="", now=step.get("missing") or "skip")


def _weights(step: Mapping[str, Any], weighs: str) -> Iterator[PlanKnob]:
    """The numbers of a table of weights by group or item, perhaps for several cases."""
    at = [place for place, key in enumerate(step["keys"]) if key in ("@group", "@item")]
    for place, (*keys, value) in enumerate(step["rows"]):
        if len(at) == 1 and value[0] == "num":
            case = tuple(key for order, key in enumerate(keys) if order != at[0])
            yield PlanKnob(id=f"{step['name']}|{place}", kind="weight", step=weighs, label=keys[at[0]], now=value[1], case=case)


def _parts(expr: object) -> list[tuple[str, str]]:
    """The parts of a weighted composite, (w1·a + w2·b …) / (w1 + w2 …), with the steps they weigh; nothing for another form."""
    match expr:
        case ["/", ["+", *products], ["+", *wholes]] if len(products) == len(wholes) > 1:
            found: list[tuple[str, str]] = []
            for product, whole in zip(products, wholes, strict=True):
                match product, whole:
                    case ["*", ["num", str(part)], ["ref", str(ref)]], ["num", again] if part == again:
                        found.append((part, ref))
                    case _:
                        return []
            return found
    return []


def _set(steps: Mapping[str, dict[str, Any]], knob: PlanKnob, setting: str) -> None:
    name, _bar, place = knob.id.rpartition("|")
    step = steps[name]
    if knob.kind == "missing":
        if setting not in MISSING:
            raise PlanError("not-one-of", name="missing", known=MISSING, given=setting)
        step["missing"] = setting
        return
    value = str(number(setting))
    if knob.kind in ("weight", "part") and Fraction(value) < 0:
        raise PlanError("weight-below-zero", name=knob.label, given=setting)
    if knob.kind == "weight":
        step["rows"][int(place)][-1] = ["num", value]
    elif knob.kind == "part":
        step["expr"][1][int(place) + 1][1] = ["num", value]
        step["expr"][2][int(place) + 1] = ["num", value]
    elif knob.kind == "line":
        step["right"] = ["num", value]
    else:
        step["rows"] = [{**row, **{end: value for end in ("from", "to") if row.get(end) == place}} for row in step["rows"]]
