"""The door of `examples.yml`: its text and the scheme in, the cases out, or every problem at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from analysis.evidence import Evidence
from analysis.saying import N_
from questionnaires.cases.evidence import CaseBallot, EvidenceReader
from questionnaires.cases.words import CASE, FILE, MISSING, NEEDS, TAKEN, CaseReader
from questionnaires.language import things
from questionnaires.language.nodes import Node, read
from questionnaires.language.problems import SchemeProblems
from questionnaires.language.reader import exact
from questionnaires.language.words import NO, YES
from questionnaires.model import RosterSubject, Scheme
from questionnaires.telling import said

EXAMPLES_FILE = "examples.yml"


@dataclass(frozen=True)
class Expected:
    """One value worked out by hand: where it stands, and the text as typed."""

    quantity: str
    labels: Mapping[str, str]
    text: str
    line: int

    @property
    def where(self) -> str:
        """The place as a person writes it."""
        return " @ ".join((self.quantity, *(label for axis, label in self.labels.items() if axis != "subject"))) + (
            f"（{self.labels['subject']}）" if "subject" in self.labels else ""
        )


@dataclass(frozen=True, kw_only=True)
class Case:
    """One hand-worked case. `swaps`: what to put in a rule's place when it is taken out. `verdicts`: ballot rule -> what the
    rule says of `sheet`: taken, refused or warned."""

    name: str
    line: int
    rules: tuple[str, ...]
    swaps: Mapping[str, Node]
    roster: tuple[RosterSubject, ...]
    evidence: Evidence
    expected: tuple[Expected, ...]
    sheet: CaseBallot | None
    verdicts: Mapping[str, str]
    working: str


def holds_cases(text: str) -> bool:
    """Whether a file is written as cases of this kind, whatever else is wrong with it."""
    return re.search(rf"^({'|'.join(FILE['cases'])})\s*:", text.lstrip("\ufeff"), re.MULTILINE) is not None


def read_cases(text: str, scheme: Scheme, origin: str) -> tuple[Case, ...]:
    """The cases in `text`, checked against the scheme they stand beside. Raises SchemeProblems with every problem."""
    root, problems = read(text, origin)
    reader = CaseReader(origin, problems)
    reader.languages = scheme.languages or reader.languages
    fields = reader.fields(root, tuple(FILE), tuple(FILE), where=said(N_("案例")), table=FILE)
    found = [_case(reader, scheme, node) for node in reader.entries(fields.get("cases"))]
    if problems:
        raise SchemeProblems(list(dict.fromkeys(problems)))
    return tuple(found)


def _case(reader: CaseReader, scheme: Scheme, node: Node) -> Case:
    fields = reader.fields(node, tuple(CASE), ("name", "rules", "subjects", "working"), where=said(N_("案例")), table=CASE)
    desk = EvidenceReader(reader, scheme)
    evidence = desk.read(fields, node)
    rules = tuple(reader.plain(entry) for entry in reader.entries(fields.get("rules")))
    swaps = {key.text: value for key, value in reader.pairs(fields.get("swaps"))}
    for key, _ in reader.pairs(fields.get("swaps")):
        if key.text not in rules:
            reader.bad(key, "case-swap-unused", name=key.text)
    expected = tuple(_expected(reader, scheme, desk.roster, fields.get("results")))
    sheet = desk.one_ballot(fields.known["one_ballot"]) if fields.get("one_ballot") else None
    limits = {rule.key: rule for rule in scheme.ballot_rules}
    verdicts = {
        reader.known(key, limits, things.BALLOT_RULE): _verdict(reader, value)
        for key, value in reader.pairs(fields.get("limits"))
    }
    if not expected and not (verdicts and fields.get("one_ballot")):
        reader.bad(node, "case-empty")
    return Case(
        name=reader.plain(fields.get("name")),
        line=node.line,
        rules=rules,
        swaps=swaps,
        roster=desk.roster,
        evidence=evidence,
        expected=expected,
        sheet=sheet,
        verdicts=verdicts,
        working=reader.plain(fields.get("working")),
    )


def _verdict(reader: CaseReader, node: Node) -> str:
    text = reader.plain(node)
    for key, words in TAKEN.items():
        if text in words:
            return key
    reader.known(node, [words[0] for words in TAKEN.values()], things.CHOICE)
    return ""


def _expected(reader: CaseReader, scheme: Scheme, roster: tuple[RosterSubject, ...], node: Node | None) -> list[Expected]:
    found: list[Expected] = []
    codes = [one.id for one in roster]
    for key, value in reader.pairs(node):
        name, *written = [part.strip() for part in key.text.split("@")]
        place = Node(kind="scalar", line=key.line, column=key.column, text=name)
        quantity = reader.known(place, scheme.quantities, things.CALCULATION)
        labels = _labels(reader, scheme, key, quantity, written) if quantity else None
        if labels is None:
            continue
        if "subject" in scheme.quantities[quantity].axes:
            if value.kind != "map":
                reader.bad(value, "case-labels", needs=said(NEEDS["subject"], name=key.text))
            for subject, given in reader.pairs(value) if value.kind == "map" else []:
                if known := reader.known(subject, codes, things.SUBJECT):
                    found.append(_one(reader, scheme, quantity, {"subject": known, **labels}, given))
        else:
            found.append(_one(reader, scheme, quantity, labels, value))
    return found


def _labels(reader: CaseReader, scheme: Scheme, key: Node, quantity: str, written: list[str]) -> dict[str, str] | None:
    """The labels behind “@”, each for the first axis that knows it; None with a problem when one fits no axis or is missing."""
    axes = [axis for axis in scheme.quantities[quantity].axes if axis != "subject"]
    known = {"group": {*scheme.groups, *scheme.sides}, "item": {*scheme.items, *scheme.indicators}}
    labels: dict[str, str] = {}
    for word in written:
        axis = next((a for a in axes if a not in labels and (a not in known or word in known[a])), None)
        if axis is None:
            names = sorted(set().union(*(known.get(a, set()) for a in axes)))
            reader.known(Node(kind="scalar", line=key.line, column=key.column, text=word), names, things.GROUP_OR_ITEM)
            return None
        labels[axis] = word
    if missing := [axis for axis in axes if axis not in labels]:
        reader.bad(key, "case-labels", needs=said(NEEDS[missing[0]], name=key.text))
        return None
    return {axis: labels[axis] for axis in axes}


def _one(reader: CaseReader, scheme: Scheme, quantity: str, labels: dict[str, str], node: Node) -> Expected:
    text = reader.plain(node)
    info = scheme.quantities[quantity]
    if info.labels:
        fits = text in info.labels
    else:
        fits = bool(text) if info.kind in {"grade", "text"} else exact(text) is not None or text in YES | NO
    if not fits and text not in MISSING:
        reader.bad(node, "case-value", text=text, name=quantity)
    return Expected(quantity, labels, text, node.line)
