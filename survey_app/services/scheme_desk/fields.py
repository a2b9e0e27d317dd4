"""What a form of the scheme desk is made of: fields that stand for one place of the text each, in tables with a heading.

A field's name is the way to its place, so that what is sent is written there and nowhere else; a way that leads nowhere, or to a
place the form did not show, is not written. Pure: from a text to fields, from fields to a text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from questionnaires.editing.cuts import add, change, key_in, remove
from questionnaires.editing.places import Path, UnplacedError, Written, at, place
from questionnaires.language.words import CHOICES, KEYWORDS, NO, YES

#: The keyword that a short spelling of an entry stands for, by the section it is in: `廉洁: 总体` is `廉洁: {用选项: 总体}`.
SHORT = {"items": "scale", "policy": "preset", "scales": "points", "facts": "values"}
SEVERAL = "\n"  # between the values of one field that takes several


@dataclass(frozen=True, kw_only=True)
class DeskField:
    """One field. `kind`: text, number, select, check or many. `options`: value and title. `line`, `start`, `end`: its place."""

    name: str
    label: str
    kind: str = "text"
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()
    line: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, kw_only=True)
class DeskRow:
    """A line of a table: what it is about, its fields, and what a button takes out (an act's target), "" for no button."""

    title: str
    fields: tuple[DeskField, ...] = ()
    gone: str = ""
    level: int = 0


@dataclass(frozen=True, kw_only=True)
class DeskPanel:
    """A table of a form. `total`: what its numbers come to, told below it. `adds`: the act that adds a line."""

    key: str
    title: str
    help: str = ""
    rows: tuple[DeskRow, ...] = ()
    total: str = ""
    adds: str = ""
    about: str = ""


def name_of(steps: Iterable[str | int]) -> str:
    """The name of the field at the end of a way: "@" before a keyword of the language, "." before a number."""
    return "/".join(f".{step}" if isinstance(step, int) else quote(step, safe="@") for step in steps)


def steps_of(name: str) -> tuple[str | int, ...]:
    """The way that a field's name tells. Raises UnplacedError."""
    found: list[str | int] = []
    for part in name.split("/"):
        if part.startswith("."):
            if not part[1:].isdecimal() or len(part) > 6:
                raise UnplacedError(name)
            found.append(int(part[1:]))
        else:
            found.append(unquote(part))
    return tuple(found)


def way_of(root: Written, steps: Iterable[str | int], table: Mapping[str, tuple[str, str]] = KEYWORDS) -> Path:
    """The way as the file spells it. The last step may name what is not there yet. Raises UnplacedError."""
    here: Written | None = root
    way: list[str | int] = []
    for step in steps:
        if here is None:
            raise UnplacedError("/".join(map(str, way)))
        if isinstance(step, int):
            way.append(step)
            here = here.entries[step] if here.kind == "list" and step < len(here.entries) else None
            continue
        if step.startswith("@"):
            if step[1:] not in table:
                raise UnplacedError(step)
            step = key_in(root, here, step[1:], table)  # noqa: PLW2901 - the same step, as the file spells it
        way.append(step)
        here = here.of(step)
    return tuple(way)


def field(
    root: Written, steps: Sequence[str | int], label: str, *, kind: str = "text", options: Iterable[tuple[str, str]] = ()
) -> DeskField:
    """The field of a place, with what stands there; one whose place is not there yet is empty, on the line of what it is of."""
    value, spot = "", None
    try:
        above = at(root, way_of(root, steps[:-1]))
        last = steps[-1]
        if isinstance(last, str) and last.startswith("@") and above.kind != "map":
            spot = above if SHORT.get(str(steps[0])[1:]) == last[1:] else None
            value = above.text if spot is not None else ""
            spot = spot or above
        else:
            spot = at(root, way_of(root, steps))
            if spot.kind == "map" and kind == "text" and spot.pairs:  # a text in several languages: the first one is the author's
                return field(root, (*steps, spot.pairs[0][0].text), label)
            value = SEVERAL.join(spot.words()) if kind == "many" else spot.text
    except UnplacedError:
        spot = spot or _nearest(root, steps)
    if kind == "check":
        value = "是" if value.casefold() in YES else ""
    if kind == "select" and value:
        value = _one_spelling(value)
    line, start, end = (spot.line + 1, spot.column, spot.column + max(1, spot.end - spot.start)) if spot else (0, 0, 0)
    return DeskField(
        name=name_of(steps), label=label, kind=kind, value=value, options=tuple(options), line=line, start=start, end=end
    )


def _one_spelling(word: str) -> str:
    """A word of the language in the spelling that options have: the Chinese one."""
    folded = word.casefold()
    if folded in YES or folded in NO:
        return "是" if folded in YES else "否"
    return next((both[0] for family in CHOICES.values() for both in family.values() if folded == both[1]), word)


def _nearest(root: Written, steps: Sequence[str | int]) -> Written | None:
    for length in range(len(steps) - 1, 0, -1):
        try:
            return at(root, way_of(root, steps[:length]))
        except UnplacedError:
            continue
    return None


def fields_of(panels: Iterable[DeskPanel]) -> dict[str, DeskField]:
    """Every field of a form by its name."""
    return {one.name: one for panel in panels for row in panel.rows for one in row.fields}


def write_fields(text: str, changed: Mapping[str, DeskField]) -> str:
    """The text with these fields' values at their places. Raises UnplacedError where one leads nowhere."""
    for one in changed.values():
        text = _write(text, steps_of(one.name), one)
    return text


def _write(text: str, steps: Sequence[str | int], one: DeskField) -> str:
    root = place(text)
    way = way_of(root, steps)
    above = at(root, way[:-1])
    last = steps[-1]
    if isinstance(last, str) and last.startswith("@") and above.kind != "map":
        short = SHORT.get(str(steps[0])[1:], "")
        if short == last[1:] and one.value:
            return change(text, way[:-1], one.value)
        text = change(text, way[:-1], {key_in(root, above, short): above.text} if above.text and short else {})
        root = place(text)
    there = at(root, way[:-1]).of(str(way[-1])) if not isinstance(way[-1], int) else at(root, way)
    value: str | list[str] = (
        [part for part in one.value.split(SEVERAL) if part] if one.kind == "many" else " ".join(one.value.split())
    )
    if there is None:
        return add(text, way[:-1], str(way[-1]), value) if value else text
    if not value and isinstance(last, str) and last.startswith("@"):
        return remove(text, way)
    if isinstance(value, list) and len(value) == 1 and there.kind == "scalar":
        value = value[0]
    return change(text, way, value)
