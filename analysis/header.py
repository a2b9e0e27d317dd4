"""The head of a plan: groups, items, their trees, scales, and the names evidence may carry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from analysis.errors import PlanError
from analysis.values import number

CHOICE_KINDS = ("grade", "number", "unknown")


@dataclass(frozen=True)
class ChoiceCode:
    """One choice of a scale: `code` is the mark, `value` its points (None for "unknown")."""

    code: int
    key: str
    value: Fraction | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class Header:
    """What every step may rely on. The name lists are None where the plan leaves them open."""

    groups: tuple[str, ...]
    group_parents: Mapping[str, str]
    items: tuple[str, ...]
    item_parents: Mapping[str, str]
    scales: Mapping[str, tuple[ChoiceCode, ...]]
    item_scale: Mapping[str, str]
    names: Mapping[str, tuple[str, ...] | None]  # "components", "event_kinds", "facts", "past", "decisions"

    def choices(self, item: str) -> tuple[ChoiceCode, ...]:
        """The choices of an item. KeyError when the plan gives it no scale."""
        return self.scales[self.item_scale[item]]

    def parents(self, axis: str) -> Mapping[str, str]:
        """Child label to parent label, along "group" or "item"; nothing along other axes."""
        return {"group": self.group_parents, "item": self.item_parents}.get(axis, {})

    def labels(self, axis: str) -> tuple[str, ...]:
        """All labels of "group" or "item" in order: those listed, then inner nodes not listed, in text order."""
        listed = self.groups if axis == "group" else self.items
        inner = sorted(set(self.parents(axis).values()) - set(listed))
        return (*listed, *inner)

    def depth(self, axis: str, label: str) -> int:
        """How many ancestors a label has.

        Parameters
        ----------
        axis
            "group" or "item"; along other axes nothing has an ancestor.
        label
            The label.
        """
        parents, deep = self.parents(axis), 0
        while label in parents:
            label, deep = parents[label], deep + 1
        return deep


NAME_LISTS = ("components", "event_kinds", "facts", "past", "decisions")
HEADER_KEYS = ("groups", "group_parents", "items", "item_parents", "scales", "item_scale", *NAME_LISTS)


def read_header(raw: Mapping[str, object]) -> Header:
    """The header of a plan, from the plan's JSON object.

    Raises
    ------
    PlanError
        For anything malformed: an item whose scale is missing, a circle in a tree, two choices with one code.
    """
    scales = _mapping(raw, "scales")
    header = Header(
        groups=_texts(raw, "groups") or (),
        group_parents=_text_mapping(raw, "group_parents"),
        items=_texts(raw, "items") or (),
        item_parents=_text_mapping(raw, "item_parents"),
        scales={name: _scale(name, choices) for name, choices in scales.items()},
        item_scale=_text_mapping(raw, "item_scale"),
        names={name: _texts(raw, name) for name in NAME_LISTS},
    )
    for item, scale in header.item_scale.items():
        if scale not in header.scales:
            raise PlanError("no-such-scale", item=item, scale=scale)
    for axis in ("group", "item"):
        _check_tree(axis, header.parents(axis))
    return header


def _check_tree(axis: str, parents: Mapping[str, str]) -> None:
    for start in parents:
        seen, label = {start}, start
        while label in parents:
            label = parents[label]
            if label in seen:
                raise PlanError("tree-in-a-circle", axis=axis, label=label)
            seen.add(label)


def _mapping(raw: Mapping[str, object], name: str) -> dict[str, object]:
    value = raw.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise PlanError("not-an-object", name=name)
    return value


def _text_mapping(raw: Mapping[str, object], name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in _mapping(raw, name).items():
        if not isinstance(value, str):
            raise PlanError("not-mapped-to-text", name=name, key=key)
        found[key] = value
    return found


def _texts(raw: Mapping[str, object], name: str) -> tuple[str, ...] | None:
    value = raw.get(name)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value) or len(set(value)) != len(value):
        raise PlanError("texts-not-different", name=name)
    return tuple(value)


def _scale(name: str, raw: object) -> tuple[ChoiceCode, ...]:
    if not isinstance(raw, list):
        raise PlanError("scale-not-a-list", scale=name)
    choices = tuple(_choice(name, entry) for entry in raw)
    codes = [choice.code for choice in choices]
    if sorted(codes) != list(range(1, len(codes) + 1)):
        raise PlanError("scale-codes", scale=name, many=len(codes))
    if len({choice.key for choice in choices}) != len(choices):
        raise PlanError("scale-key-twice", scale=name)
    return choices


def _choice(scale: str, raw: object) -> ChoiceCode:
    if not isinstance(raw, dict) or set(raw) - {"code", "key", "value", "kind"}:
        raise PlanError("not-a-scale-choice", scale=scale, given=raw)
    code, key, kind = raw.get("code"), raw.get("key"), raw.get("kind", "grade")
    if not isinstance(code, int) or isinstance(code, bool) or not isinstance(key, str) or kind not in CHOICE_KINDS:
        raise PlanError("not-a-scale-choice", scale=scale, given=raw)
    if kind == "unknown":
        return ChoiceCode(code, key, None, kind)
    return ChoiceCode(code, key, number(raw.get("value")), kind)
