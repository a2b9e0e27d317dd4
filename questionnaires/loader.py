"""The door: a scheme file's text in, a frozen `Scheme` out, or every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from analysis import PlanError, parse_plan
from analysis.saying import N_
from questionnaires.compiling.compiler import Compiled, compile_quantities
from questionnaires.compiling.layout import read_layout
from questionnaires.language.nodes import Node, read
from questionnaires.language.problems import Problem, SchemeProblems
from questionnaires.language.reader import Fields, NodeReader
from questionnaires.language.words import KEYWORDS
from questionnaires.model import Scheme
from questionnaires.rules.table import RULES
from questionnaires.sections.asked import read_ballot_rules, read_forms, read_items, read_lists
from questionnaires.sections.declared import (
    read_components,
    read_decisions,
    read_earlier,
    read_events,
    read_facts,
    read_groups,
    read_scales,
)
from questionnaires.sections.draft import Draft
from questionnaires.sections.file_keys import FILE_KEYS
from questionnaires.sections.policy import printed, read_policy
from questionnaires.telling import said

SECTIONS, REQUIRED = FILE_KEYS.names, FILE_KEYS.needed
ASKED = ("scales", "groups", "items", "forms")  # what a ballot needs; a method of other evidence alone has none of the four


#: So many schemes are kept once they were read. They are frozen, and nothing else decides what a text means.
KEPT = 64


@lru_cache(maxsize=KEPT)
def load_scheme(text: str, origin: str) -> Scheme:
    """The scheme written in a text, read and checked and compiled; the same text gives the very same scheme again.

    Parameters
    ----------
    text
        The scheme file's content, YAML.
    origin
        The file's name, as problems tell it.

    Returns
    -------
    Scheme
        Frozen; its plan is canonical JSON.

    Raises
    ------
    SchemeProblems
        With every problem of the file at once, each with its place and remedy.
    """
    root, problems = read(text, origin)
    return load_tree(root, problems, text, origin)


def load_tree(root: Node, problems: list[Problem], text: str, origin: str) -> Scheme:
    """The scheme in a tree read already, perhaps with a rule changed; `text` is what was written. Raises as `load_scheme`."""
    reader = NodeReader(origin, problems)
    fields = reader.fields(root, SECTIONS, (*REQUIRED, *_asked(root)), where=said(N_("方案")))
    _languages(reader, fields)
    draft = Draft()
    read_policy(reader, draft, fields.get("policy"))
    read_facts(reader, draft, fields.get("facts"))
    read_scales(reader, draft, fields.get("scales"))
    read_groups(reader, draft, fields.get("groups"))
    read_items(reader, draft, fields.get("items"))
    read_lists(reader, draft, fields.get("lists"))
    read_forms(reader, draft, fields.get("forms"))
    read_ballot_rules(reader, draft, fields.get("ballot_rules"))
    read_components(reader, draft, fields.get("components"))
    read_events(reader, draft, fields.get("events"))
    read_earlier(reader, draft, fields.get("earlier"))
    read_decisions(reader, draft, fields.get("decisions"))
    compiled = compile_quantities(reader, draft, fields.get("quantities"), RULES)
    layout, compiled = read_layout(reader, draft, compiled, fields.get("results"))
    _runs(reader, root, compiled)
    key = reader.name(fields.known["scheme"]) if "scheme" in fields else ""
    version = reader.date(fields.get("version"))
    title = reader.text(fields.get("title"), key)
    notes = {name.text: reader.text(value) for name, value in reader.pairs(fields.get("notes"))}
    if problems:
        raise SchemeProblems(_without_echoes(problems))
    return Scheme(
        key=key,
        version=version,
        title=title,
        languages=reader.languages,
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        facts=tuple(draft.facts.values()),
        scales=draft.scales,
        items=draft.items,
        indicators=draft.indicators,
        groups=draft.groups,
        forms=tuple(draft.forms),
        ballot_rules=tuple(draft.ballot_rules),
        components=tuple(draft.components.values()),
        event_kinds=draft.events,
        quantities=compiled.infos,
        layout=layout,
        policy=printed(draft),
        plan=compiled.plan,
        notes=notes,
        sides=draft.sides,
        item_parents=draft.item_parents,
        grades=draft.grades,
        decisions=draft.decisions,
        decision_where=draft.decision_where,
        event_bounds=draft.event_bounds,
        earlier=tuple(dict.fromkeys(one.quantity for one in draft.earlier.values())),
        earlier_grades=_earlier_grades(draft),
        shapes=draft.shapes,
    )


def _runs(reader: NodeReader, root: Node, compiled: Compiled) -> None:
    """The count itself reads the plan before anyone votes: what it would refuse is a problem of the file now."""
    if reader.problems:
        return
    try:
        parse_plan(compiled.plan)
    except PlanError as error:
        place = Node(kind="scalar", line=error.line or root.line, column=1)
        reader.bad(place, "plan", what=error)


def _earlier_grades(draft: Draft) -> dict[str, tuple[str, ...]]:
    """What an earlier result may be, where the file says the same of it wherever it names it."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for one in draft.earlier.values():
        found.setdefault(one.quantity, set()).add(one.grades)
    return {quantity: next(iter(said)) for quantity, said in found.items() if len(said) == 1}


def _asked(root: Node) -> tuple[str, ...]:
    """The sections a ballot needs, or nothing when the file has none of them and lives from other evidence alone."""
    written = {key.text.casefold() for key, _ in root.pairs}

    def any_of(*keys: str) -> bool:
        return any(word.casefold() in written for key in keys for word in KEYWORDS[key])

    return () if any_of("components", "earlier", "events", "decisions") and not any_of(*ASKED) else ASKED


def _languages(reader: NodeReader, fields: Fields) -> None:
    """Languages and translations come first: every later text is read with them."""
    if node := fields.get("languages"):
        reader.languages = tuple(reader.plain(entry) for entry in reader.entries(node)) or reader.languages
    tables: dict[str, Mapping[str, str]] = {}
    for language, table in reader.pairs(fields.get("words")):
        tables[language.text] = {word.text: reader.plain(value) for word, value in reader.pairs(table)}
    reader.translations = tables


def _without_echoes(problems: list[Problem]) -> list[Problem]:
    """Each problem once; a full-width sign taken for a letter hides what stands behind it, so only such signs are told first."""
    wide = [one for one in problems if one.code == "full-width"]
    return _once(list(dict.fromkeys(wide or problems)))


def _once(problems: list[Problem]) -> list[Problem]:
    """One name misspelled at many places, or declared under another spelling, is one problem that names all its lines."""
    told: dict[tuple[str, str], list[Problem]] = {}
    for one in sorted(problems, key=Problem.order):
        place = "" if one.code == "unknown-name" else f"{one.line}:{one.column}:"
        told.setdefault((one.code, place + one.what()), []).append(one)
    return [replace(first, also=tuple(sorted({one.line for one in rest} - {first.line}))) for first, *rest in told.values()]
