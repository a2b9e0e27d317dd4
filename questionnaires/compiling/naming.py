"""Names in which a word or sign of the formulas stands, found before any formula is read."""

from __future__ import annotations

from collections.abc import Collection

from questionnaires.compiling.expressions import is_phrase, parts_of
from questionnaires.language.nodes import Node
from questionnaires.language.reader import NodeReader
from questionnaires.sections.draft import Draft


def phrases_of(reader: NodeReader, draft: Draft, definitions: Collection[str], node: Node | None) -> tuple[str, ...]:
    """Names in which a word or sign of the formulas stands (`not competent`, `B+`), longest first.

    A name of a quantity, grade or value; or a text that cannot be a formula, because what it would be about is no quantity. A
    name that reads both ways is told: nobody could know which is meant.
    """
    known = {*definitions, *draft.values}
    grades = {grade for scale in draft.grades.values() for grade in scale}
    values = {value for fact in draft.facts.values() for value in fact.values}
    values |= {choice for choices in draft.decisions.values() for choice in choices}
    declared = {name for name in (*known, *grades, *values) if is_phrase(name)}
    written = {part.text for part in node.walk() if part.kind == "scalar" and is_phrase(part.text)} if node else set()
    for name in sorted(declared):
        parts = [part for part in parts_of(name) if part in known]
        if parts and parts != [name]:
            place = draft.values.get(name) or node
            reader.bad(place or Node(kind="scalar", line=1, column=1), "name-ambiguous", name=name, part=parts[0])
    meant = {text for text in written if not any(part in known for part in parts_of(text)) or text in declared}
    return tuple(sorted(declared | meant, key=lambda name: (-len(name), name)))
