"""Reading a plan: canonical JSON in, checked steps with inferred axes out. docs/plan.md is the language's definition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from analysis.axes import Axes
from analysis.canonical import InexactError, canonical, digest
from analysis.errors import PlanError
from analysis.header import HEADER_KEYS, Header, read_header
from analysis.ops import OPS
from analysis.parameters import ParameterReader
from analysis.spec import PlanStep

FORMAT = "pingyi-plan/1"
_STEP_KEYS = ("name", "op", "line", "source")


WATCHES = ("cases", "share", "periods")


@dataclass(frozen=True)
class Watch:
    """What the count is to look at and tell, beside its figures: `cases` of which two may not hold, a `share` that may not pass
    one, the `periods` that have a weight (`labels`). It changes no value. `of`: the steps looked at; `name`: for whom."""

    kind: str
    name: str
    of: tuple[str, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A checked plan. `steps` in order, each with its axes; `text` is its canonical JSON."""

    header: Header
    steps: tuple[PlanStep, ...]
    outputs: tuple[str, ...]
    text: str
    watches: tuple[Watch, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical text, in hexadecimal."""
        return digest(self.text)

    def step(self, name: str) -> PlanStep:
        """The step of this name. KeyError when there is none."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, PlanStep]:
        return {step.name: step for step in self.steps}


def parse_plan(source: str | Mapping[str, object]) -> Plan:
    """A plan from its JSON text, or from the object the text holds, with the axes of every step worked out.

    Raises
    ------
    PlanError
        For anything malformed, with step and line where it is one step's fault.
    """
    raw = _object(source)
    if raw.get("format") != FORMAT:
        raise PlanError("plan-format", given=raw.get("format"), wanted=FORMAT)
    unknown = sorted(set(raw) - {"format", "steps", "outputs", "watches", *HEADER_KEYS})
    if unknown:
        raise PlanError("unknown-key", key=unknown[0])
    header = read_header(raw)
    known: dict[str, Axes] = {}
    steps = []
    entries = raw.get("steps")
    if not isinstance(entries, list):
        raise PlanError("steps-not-a-list")
    for entry in entries:
        step = _read_step(entry, known, header)
        known[step.name] = step.axes
        steps.append(step)
    outputs = raw.get("outputs", [])
    if not isinstance(outputs, list) or not all(name in known for name in outputs):
        raise PlanError("outputs-not-steps")
    try:
        text = canonical(raw)
    except InexactError as inexact:
        raise PlanError("float", given=inexact.given) from inexact
    return Plan(header, tuple(steps), tuple(outputs), text, _watches(raw.get("watches", []), known))


def _watches(raw: object, known: Mapping[str, Axes]) -> tuple[Watch, ...]:
    if not isinstance(raw, list):
        raise PlanError("not-a-list", name="watches")
    found = []
    for one in raw:
        if not isinstance(one, dict) or set(one) - {"watch", "name", "of", "labels"} or one.get("watch") not in WATCHES:
            raise PlanError("not-a-watch", given=one)
        name, of, labels = one.get("name"), one.get("of"), one.get("labels", [])
        if not isinstance(name, str) or not isinstance(of, list) or not all(step in known for step in of) or not of:
            raise PlanError("not-a-watch", given=one)
        if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
            raise PlanError("not-a-watch", given=one)
        if one["watch"] == "periods" and "period" not in known[of[0]]:
            raise PlanError("no-axis", of=of[0], axis="period")
        found.append(Watch(str(one["watch"]), name, tuple(of), tuple(labels)))
    return tuple(found)


def _object(source: str | Mapping[str, object]) -> Mapping[str, object]:
    if not isinstance(source, str):
        return source
    try:
        raw = json.loads(source)
    except ValueError as error:
        raise PlanError("not-json", reason=error) from error
    if not isinstance(raw, dict):
        raise PlanError("plan-not-an-object")
    return raw


def _read_step(entry: object, known: Mapping[str, Axes], header: Header) -> PlanStep:
    if not isinstance(entry, dict):
        raise PlanError("not-a-step", given=entry)
    name, op, line = entry.get("name"), entry.get("op"), entry.get("line") or 0
    if not isinstance(name, str) or not name or not isinstance(line, int):
        raise PlanError("step-unnamed", given=entry)
    if name in known:
        raise PlanError("step-twice").at(name, line)
    if not isinstance(op, str) or op not in OPS:
        raise PlanError("unknown-op", op=op, known=tuple(OPS)).at(name, line)
    spec = OPS[op]
    given = {key: value for key, value in entry.items() if key not in _STEP_KEYS}
    try:
        reader = ParameterReader(given, known, header).sub(given, spec.parameters)
        params = spec.read(reader)
        axes = spec.axes(params, known)
    except PlanError as error:
        raise error.at(name, line) from error
    return PlanStep(
        name=name,
        spec=spec,
        params=params,
        axes=axes,
        refs=tuple(dict.fromkeys(reader.refs)),
        raw=entry,
        line=line,
        source=str(entry.get("source") or ""),
    )
