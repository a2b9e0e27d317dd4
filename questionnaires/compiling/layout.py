"""The section `results`: what pages show. It also decides what the plan puts out, and so which quantities nobody uses."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace

from analysis.canonical import canonical
from analysis.saying import N_
from questionnaires.compiling.compiler import Compiled
from questionnaires.compiling.quantity import KIND_WORDS
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import NodeReader
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.model import ResultLayout, SatisfactionQuestion
from questionnaires.sections.asked import read_raters
from questionnaires.sections.draft import Draft
from questionnaires.sections.settled_keys import QUESTION_KEYS, RESULT_KEYS
from questionnaires.telling import Keyword, briefly, said


def read_layout(reader: NodeReader, draft: Draft, compiled: Compiled, node: Node | None) -> tuple[ResultLayout, Compiled]:
    """The layout, and the compiled quantities with the plan's outputs filled in. Notes quantities that nothing uses."""
    fields = reader.fields(node or Node(kind="map", line=1, column=1), RESULT_KEYS.names)
    listed: dict[str, tuple[str, ...]] = {}
    for key in ("columns", "by_group", "by_item", "tiers", "flags"):
        listed[key] = tuple(
            name
            for entry in reader.entries(fields.get(key))
            if (name := reader.known(entry, compiled.definitions, things.QUANTITY))
        )
    for key, axis in (("by_group", "group"), ("by_item", "item")):
        for entry in reader.entries(fields.get(key)):
            found = compiled.quantities.get(entry.text)
            if found is not None and axis not in found.axes:
                heading = Keyword(*KEYWORDS[key])
                reader.bad(entry, "no-axis", name=entry.text, axis=Keyword(*CHOICES["axis"][axis]), heading=heading)
            elif found is not None and (left := [one for one in found.axes if one in {"rater", "rival"}]):
                reader.bad(entry, "left-over-axis", name=entry.text, axis=Keyword(*CHOICES["axis"][left[0]]))
    for entry in reader.entries(fields.get("columns")):
        found = compiled.quantities.get(entry.text)
        if found is not None and (left := [axis for axis in found.axes if axis != "subject"]):
            reader.bad(entry, "left-over-axis", name=entry.text, axis=Keyword(*CHOICES["axis"][left[0]]))
    for entry in reader.entries(fields.get("flags")):
        found = compiled.quantities.get(entry.text)
        if found is not None and found.kind != "truth":
            flags = Keyword(*KEYWORDS["flags"])
            reader.bad(entry, "wrong-kind", name=flags, want=KIND_WORDS["truth"], found=KIND_WORDS[found.kind])
    pools = tuple(
        name for entry in reader.entries(fields.get("pools")) if (name := reader.known(entry, draft.facts, things.FACT))
    )
    satisfaction = tuple(_question(reader, draft, compiled, entry) for entry in reader.entries(fields.get("satisfaction")))
    layout = ResultLayout(
        columns=listed["columns"],
        by_group=listed["by_group"],
        by_item=listed["by_item"],
        tiers=listed["tiers"],
        flags=listed["flags"],
        pools=pools,
        satisfaction=tuple(one for one in satisfaction if one is not None),
    )
    shown = list(
        dict.fromkeys(
            [*(name for names in listed.values() for name in names), *(one.index for one in layout.satisfaction if one.index)]
        )
    )
    if node is not None:
        _unused(reader, compiled, shown)
    plan = json.loads(compiled.plan)
    plan["outputs"] = [name for name in shown if name in compiled.quantities]
    return layout, replace(compiled, plan=canonical(plan), outputs=shown)


def _question(reader: NodeReader, draft: Draft, compiled: Compiled, node: Node) -> SatisfactionQuestion | None:
    """`{item: satisfied overall, satisfied: [very, fairly], groups: [residents], index: …}`."""
    fields = reader.fields(node, QUESTION_KEYS.names, QUESTION_KEYS.needed, where=said(N_("满意度")))
    item = reader.known(fields.known["item"], draft.items, things.ITEM) if "item" in fields else ""
    if not item or draft.items[item].scale not in draft.scales:
        return None
    scale = draft.scales[draft.items[item].scale]
    codes: list[int] = []
    for entry in reader.entries(fields.get("satisfied")):
        keys = draft.grades[scale.key].get(reader.plain(entry), ())
        if not keys:
            allowed = briefly(draft.grades[scale.key])
            reader.bad(entry, "grade-unknown", name=item, grade=reader.plain(entry), allowed=allowed)
        codes += [choice.code for choice in scale.choices if choice.key in keys]
    groups = [group for entry in reader.entries(fields.get("asked")) for group in read_raters(reader, draft, entry)]
    asked = [line.group for line in draft.forms if item in line.items]
    index = reader.known(fields.known["index"], compiled.definitions, things.QUANTITY) if "index" in fields else ""
    return SatisfactionQuestion(item, tuple(codes), tuple(dict.fromkeys(groups or asked)), index)


def _unused(reader: NodeReader, compiled: Compiled, shown: Sequence[str]) -> None:
    """Quantities that no shown quantity leads to. Names are looked for in the text, so a broken formula still uses them."""
    names = {name: re.compile(rf"(?<!\w){re.escape(name)}(?!\w)") for name in compiled.definitions}
    reached: set[str] = set()
    waiting = [*shown, *reader.meant]  # what a misspelling stood for is used
    while waiting:
        name = waiting.pop()
        if name in reached or name not in compiled.definitions:
            continue
        reached.add(name)
        text = "\n".join(part.text for part in compiled.definitions[name].walk() if part.kind == "scalar")
        waiting += [other for other, named in names.items() if other not in reached and other in text and named.search(text)]
    for name in compiled.definitions:
        if name not in reached and name not in reader.lost:
            reader.bad(compiled.names[name], "unused", name=name)
