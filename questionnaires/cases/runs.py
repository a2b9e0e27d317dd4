"""Counting a case: where it comes out differently from the calculation by hand, and the scheme with one rule taken out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from analysis import AnalysisError, evaluate
from analysis.limits import judge
from analysis.report import Report
from analysis.values import Missing, Value
from questionnaires.cases.cases import Case, Expected, read_cases
from questionnaires.cases.words import MISSING, TAKEN, problem_of_case
from questionnaires.language.nodes import Node, tree_of
from questionnaires.language.problems import Problem, SchemeProblems
from questionnaires.language.reader import exact
from questionnaires.language.words import KEYWORDS, NO, YES
from questionnaires.loader import load_tree
from questionnaires.model import Scheme
from questionnaires.rules.table import RULES
from questionnaires.styles import build_styles, form_of

CAPS = ("at_most", "at_least")
NEVER = "1 = 2"
KEPT = "原式"  # behind the name of a quantity whose place a neutral one has taken


@dataclass(frozen=True)
class CaseDifference:
    """One value of a case that is not what was worked out by hand."""

    case: str
    where: str
    expected: str
    actual: str
    line: int

    def problem(self, origin: str) -> Problem:
        """The difference as a problem of the file."""
        return problem_of_case(
            origin, self.line, 1, "case-differs", case=self.case, what=self.where, expected=self.expected, actual=self.actual
        )


def differences(case: Case, scheme: Scheme) -> tuple[CaseDifference, ...]:
    """Every value of the case that differs under this scheme. Raises AnalysisError where it cannot be counted."""
    found = (
        []
        if not case.expected
        else [
            CaseDifference(case.name, one.where, one.text, _written(value), one.line)
            for one, value in _values(evaluate(scheme.plan, case.evidence), case.expected)
            if not _same(one.text, value)
        ]
    )
    for rule, wanted in case.verdicts.items():
        verdict = verdict_of(case, scheme, rule)
        if verdict != wanted:
            found.append(CaseDifference(case.name, rule, TAKEN[wanted][0], TAKEN[verdict][0], case.line))
    return tuple(found)


def check_cases(text: str, scheme: Scheme, origin: str) -> int:
    """How many cases in `text` come out as worked by hand. Raises SchemeProblems with all that do not, or cannot be counted."""
    cases = read_cases(text, scheme, origin)
    found: list[Problem] = []
    for case in cases:
        try:
            found += [one.problem(origin) for one in differences(case, scheme)]
        except AnalysisError as error:
            found.append(problem_of_case(origin, case.line, 1, "case-stopped", case=case.name, what=error))
    if found:
        raise SchemeProblems(found)
    return len(cases)


def _values(report: Report, expected: Iterable[Expected]) -> Iterable[tuple[Expected, Value]]:
    for one in expected:
        yield one, report.value(one.quantity, **one.labels)


def _same(text: str, value: Value) -> bool:
    """Whether the value is the one typed, of its kind: a truth is no number, a missing one is no zero."""
    if isinstance(value, Missing):
        return text in MISSING
    if isinstance(value, bool):
        return text in (YES if value else NO)
    return exact(text) == value if isinstance(value, Fraction) else text == value


def _written(value: Value) -> str:
    if isinstance(value, Missing):
        return f"{MISSING[0]}（{value.reason}）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def verdict_of(case: Case, scheme: Scheme, rule: str) -> str:
    """What a ballot rule says of the case's one ballot: taken, refused or warned."""
    sheet = case.sheet
    if sheet is None:
        return "taken"
    style = next(
        one
        for one in build_styles(scheme, case.roster, [(sheet.group, sheet.unit, sheet.rater)], case.evidence.period)
        if (one.group, one.unit, one.excluded) == (sheet.group, sheet.unit, form_of(scheme.groups[sheet.group], sheet.rater))
    )
    verdicts = judge(style.limits, [sheet.marks.get(slot, 0) for slot in style.slots])
    broken = {one.effect for one in verdicts if one.rule == rule and one.broken}
    if broken & {"refuse", "void"}:
        return "refused"
    return "warned" if broken else "taken"


def uncovered(scheme: Scheme, cases: Iterable[Case]) -> tuple[str, ...]:
    """The tiers and flags of the results that no case stands on."""
    named = {rule.split(".")[1] if "." in rule else rule for case in cases for rule in case.rules}
    shown = dict.fromkeys((*scheme.layout.tiers, *scheme.layout.flags))
    return tuple(name for name in shown if name not in named)


# --- taking a rule out
def take_out(scheme: Scheme, case: Case, rule: str, origin: str) -> Scheme:
    """The scheme with one rule of the case taken out: replaced as the case says, else by one that decides nothing.

    Raises SchemeProblems when the file has no such rule or does not load without it.
    """
    root = tree_of(scheme.text)
    path = rule.split(".") if "." in rule else [KEYWORDS["quantities"][0], rule]
    copied = replace(root, pairs=[*root.pairs])
    parent, place = _find(copied, path, case, rule, origin)
    swap = case.swaps.get(rule)
    if swap is not None:
        _put(parent, place, swap)
    elif path[0] in KEYWORDS["quantities"] and len(path) == 2:
        _neutral(scheme, parent, place, path[1])
    elif parent.kind == "map":
        del parent.pairs[place]
    else:
        del parent.entries[place]
    return load_tree(copied, [], scheme.text, origin)


def _find(root: Node, path: list[str], case: Case, rule: str, origin: str) -> tuple[Node, int]:
    """The mapping or list that holds the rule, and the place in it. Either language's keyword fits; lists count from 1.

    `root` is a copy of its own; every node on the way down becomes one, so that the tree it was copied from stays as it is.
    """
    node = root
    for depth, word in enumerate(path):
        words = {word, *(alike for words in (*KEYWORDS.values(), *_parameter_words()) if word in words for alike in words)}
        if node.kind == "list":
            place = int(word) - 1 if word.isdigit() and 0 < int(word) <= len(node.entries) else -1
        else:
            place = next((at for at, (key, _) in enumerate(node.pairs) if key.text in words), -1)
        if place < 0:
            raise SchemeProblems([problem_of_case(origin, case.line, 1, "case-no-rule", name=rule)])
        if depth == len(path) - 1:
            return node, place
        below = node.entries[place] if node.kind == "list" else node.pairs[place][1]
        below = replace(below, pairs=[*below.pairs], entries=[*below.entries])
        _put(node, place, below)
        node = below
    raise SchemeProblems([problem_of_case(origin, case.line, 1, "case-no-rule", name=rule)])


def _parameter_words() -> list[tuple[str, str]]:
    return [param.words for spec in RULES for param in spec.params]


def _put(parent: Node, place: int, value: Node) -> None:
    if parent.kind == "map":
        parent.pairs[place] = (parent.pairs[place][0], value)
    else:
        parent.entries[place] = value


def _neutral(scheme: Scheme, parent: Node, place: int, name: str) -> None:
    """A quantity that decides nothing stands in: a cap lets its first operand through, a truth is never true, a number is
    nought, a grade is missing. What was written stays under another name, so that axes and kind are kept."""
    key, body = parent.pairs[place]
    caps = {word for spec in RULES if spec.id in CAPS for word in spec.words}
    for word, operand in body.pairs:
        if word.text in caps:
            parent.pairs[place] = (key, operand)
            return
    kept = f"{name}{KEPT}"
    parent.pairs.append((Node(kind="scalar", line=key.line, column=key.column, text=kept), body))
    kind = scheme.quantities[name].kind
    if kind in {"grade", "text"}:
        only = next(spec for spec in RULES if spec.id == "only_for")
        pairs = [(only.words[0], kept), (only.params[0].words[0], NEVER)]
        stand_in = Node(
            kind="map", line=body.line, column=body.column, pairs=[(_scalar(word), _scalar(said)) for word, said in pairs]
        )
    else:
        stand_in = _scalar(f"{kept} 且 {NEVER}" if kind == "flag" else f"0 × {kept}")
    parent.pairs[place] = (key, stand_in)


def _scalar(text: str) -> Node:
    return Node(kind="scalar", line=0, column=0, text=text)
