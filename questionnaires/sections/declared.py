"""Reading what a scheme declares: roster facts, scales, rater groups, components, events, earlier results, decisions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Literal, cast

from analysis.numerals import decimal
from analysis.saying import N_
from questionnaires.language.nodes import Node
from questionnaires.language.reader import Fields, NodeReader
from questionnaires.model import Admission, Choice, CommentQuestion, ComponentField, Fact, Group, Oneself, Scale, Text
from questionnaires.sections.declared_keys import (
    CHOICE_KEYS,
    COMMENT_KEYS,
    FACT_KEYS,
    GROUP_KEYS,
    SCALE_KEYS,
)
from questionnaires.sections.draft import Draft, Earlier, read_values, read_where
from questionnaires.sections.evidence_keys import COMPONENT_KEYS, DECISION_KEYS, EARLIER_KEYS, EVENT_KEYS
from questionnaires.telling import Keyword, said

#: How a group is a sample. Unless the scheme says that those entitled are the whole public, and whoever answers a random part of
#: it, they are only those who were asked: ten answers of twelve invited are no sample of twelve, and silence no sampling error.
DRAWN, WHOLE = {"抽取", "drawn"}, {"全体", "of the whole"}
_INDICATIVE = {"zh": "（仅供参考）", "zh-Hans": "（仅供参考）", "zh-Hant": "（僅供參考）"}
NOT_COUNTED = {"不计", "not counted"}
MOST_CHOICES = 1000
COMMENT_USUAL, COMMENT_MOST = 200, 1000  # characters


def read_facts(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Roster columns: `position: {values: [team, principal]}`. Umbrella words name several values at once."""
    scopes: list[tuple[str, Node]] = []
    for key, value in reader.pairs(node):
        name = declare(reader, draft.values, key)
        if value.kind == "list":
            draft.facts[name] = Fact(
                key=name,
                title=reader.text(None, name),
                values={reader.grade(v): reader.text(None, reader.plain(v)) for v in value.entries},
            )
            continue
        fields = reader.fields(value, FACT_KEYS.names)
        values: dict[str, Text] = {}
        if (listed := fields.get("values")) is not None and listed.kind == "map":
            values = {reader.grade(k): reader.text(v, reader.plain(k)) for k, v in reader.pairs(listed)}
        else:
            values = {reader.grade(v): reader.text(None, reader.plain(v)) for v in reader.entries(listed)}
        draft.facts[name] = Fact(
            key=name,
            title=reader.text(fields.get("title"), name),
            values=values,
            relation=reader.yes(fields.get("relation")),
            of=cast("Literal['subject', 'unit']", reader.word(fields.get("of"), "fact_of", "subject")),
            required=reader.yes(fields.get("required"), otherwise=True),
            where={},
            number=reader.yes(fields.get("number")),
        )
        for word, members in reader.pairs(fields.get("umbrellas")):
            draft.umbrellas.setdefault(name, {})[reader.name(word)] = read_values(reader, draft, name, members)
        if scope := fields.get("where"):
            scopes.append((name, scope))
    for name, scope in scopes:
        draft.facts[name] = replace(draft.facts[name], where=read_where(reader, draft, scope))


def declare(reader: NodeReader, taken: dict[str, Node], key: Node) -> str:
    """Take a name; within what formulas can name, and within labels, each name has one meaning."""
    name = reader.name(key)
    if name in taken:
        reader.bad(key, "name-taken", name=name, first=taken[name].line)
    taken.setdefault(name, key)
    return name


def read_scales(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Scales, best first: `{excellent: 100, good: 80}`, `{excellent: [100, 95], …}`, or numbers from .. to."""
    for key, value in reader.pairs(node):
        name = reader.name(key)
        if value.kind == "list":
            draft.scales[name] = scale = Scale(name, "grades", _words(reader, value))
            draft.grades[name] = {choice.key: (choice.key,) for choice in scale.choices}
            continue
        fields = reader.fields(value, SCALE_KEYS.names, open_ended=True)
        if any(word in fields for word in ("kind", "from", "to", "points")):
            draft.scales[name] = _numbers(reader, name, fields)
        else:
            choices, grades = _grades(reader, fields)
            draft.scales[name] = Scale(name, "grades", choices)
            draft.grades[name] = grades
            _falling(reader, key, draft.scales[name])
        draft.grades.setdefault(name, {choice.key: (choice.key,) for choice in draft.scales[name].choices})
        if not draft.scales[name].choices:
            reader.bad(value, "empty-list")


def _words(reader: NodeReader, node: Node) -> tuple[Choice, ...]:
    """Choices that are words without points, `[stay, move, {no opinion: not counted}]`: counted, and never added up."""
    choices: list[Choice] = []
    for entry in reader.entries(node):
        pairs = reader.pairs(entry) if entry.kind == "map" else [(entry, None)]
        for key, value in pairs:
            if value is not None and value.text.strip() not in NOT_COUNTED:
                reader.bad(value, "want-word", text=reader.plain(value), allowed=Keyword(*sorted(NOT_COUNTED, reverse=True)))
            word = reader.grade(key)
            title = reader.text(None, reader.plain(key))
            if word in {choice.key for choice in choices}:
                reader.bad(key, "duplicate-key", key=word)
                continue
            choices.append(Choice(len(choices) + 1, word, title, None, "grade" if value is None else "unknown"))
    if not any(choice.kind == "grade" for choice in choices):
        reader.bad(node, "empty-list")
    return tuple(choices)


def _grades(reader: NodeReader, fields: Fields) -> tuple[tuple[Choice, ...], dict[str, tuple[str, ...]]]:
    choices: list[Choice] = []
    grades: dict[str, tuple[str, ...]] = {}
    for key, value in fields.rest:
        grade, node, title = reader.grade(key), value, reader.text(None, reader.plain(key))
        if value.kind == "map":
            inner = reader.fields(value, CHOICE_KEYS.names)
            node = (
                inner.get("points")
                or inner.get("value")
                or Node(
                    kind="scalar", line=value.line, column=value.column, text="不计" if reader.yes(inner.get("unknown")) else ""
                )
            )
            title = reader.text(inner.get("title"), reader.plain(key))
        if node.kind == "scalar" and node.text.strip() in NOT_COUNTED:
            found = [Choice(len(choices) + 1, grade, title, None, "unknown")]
        else:
            points = [point for entry in reader.entries(node) if (point := reader.number(entry)) is not None]
            if not points and node.empty:
                reader.bad(key, "missing-key", key=Keyword("分值", "points"), where=f"“{grade}”")
            many = len(points) > 1
            found = [
                Choice(
                    len(choices) + 1 + at,
                    f"{grade} {decimal(point)}" if many else grade,
                    _with(title, point) if many else title,
                    point,
                )
                for at, point in enumerate(points)
            ]
        choices += found
        grades[grade] = tuple(choice.key for choice in found)
    return tuple(choices), grades


def _with(title: Text, point: Fraction) -> Text:
    return Text({language: f"{word} {decimal(point)}" for language, word in title.words.items()})


def _falling(reader: NodeReader, key: Node, scale: Scale) -> None:
    """Grades stand best first, and no two have the same points."""
    valued = [choice for choice in scale.choices if choice.value is not None]
    for better, worse in pairwise(valued):
        if better.value == worse.value:
            reader.bad(key, "scale-values", scale=scale.key, a=better.key, b=worse.key)
        elif better.value is not None and worse.value is not None and better.value < worse.value:
            reader.bad(key, "scale-order", scale=scale.key, a=better.key, b=worse.key)


def _numbers(reader: NodeReader, name: str, fields: Fields) -> Scale:
    kind = reader.word(fields.get("kind"), "scale_kind", "numbers")
    beside = [key for key, value in fields.rest if kind == "numbers" and value.text.strip() in NOT_COUNTED]
    for key, _ in fields.rest:
        if key not in beside:
            reader.unknown_key(key, SCALE_KEYS.names)
    values: list[Fraction] = []
    if listed := fields.get("points"):
        values = [value for entry in reader.entries(listed) if (value := reader.number(entry)) is not None]
    else:
        low = reader.number(fields.get("from")) if fields.get("from") else Fraction(1 if kind == "ranks" else 0)
        high, step = reader.number(fields.get("to")), reader.number(fields.get("step")) if fields.get("step") else Fraction(1)
        if high is None and "to" not in fields:
            reader.bad(fields.node, "missing-key", key=Keyword("到", "to"), where=f"“{name}”")
        if low is not None and high is not None and step:
            if step < 0 or high < low or (high - low) / step > MOST_CHOICES:
                reader.bad(
                    fields.node,
                    "rule-value",
                    name=name,
                    key=Keyword("间隔", "step"),
                    what=said(N_("“到”要大于“从”，选项不超过一千个")),
                )
            else:
                values = [low + step * at for at in range(int((high - low) / step) + 1)]
        if kind == "numbers":
            values.reverse()  # best first, as every scale
    label: Callable[[Fraction], str] = decimal
    choices = tuple(
        Choice(code, label(value), Text({reader.languages[0]: label(value)}), value, "number")
        for code, value in enumerate(values, 1)
    ) + tuple(
        Choice(len(values) + at, reader.grade(key), reader.text(None, reader.plain(key)), None, "unknown")
        for at, key in enumerate(beside, 1)
    )
    return Scale(name, cast("Literal['grades', 'numbers', 'ranks', 'points']", kind), choices)


def _indicative(title: Text) -> Text:
    """The title of a group that anybody in the hall may join several times: it says so wherever the group is named."""
    return Text({tag: word + _INDICATIVE.get(tag, " (indicative)") for tag, word in title.words.items()})


def read_groups(reader: NodeReader, draft: Draft, node: Node | None, parent: str = "") -> None:
    """Rater groups; an entry with `groups:` is a side made of further groups."""
    for key, value in reader.pairs(node):
        name = declare(reader, draft.nodes, key)
        fields = reader.fields(value, GROUP_KEYS.names)
        title = reader.text(fields.get("title"), name)
        if parent:
            draft.group_parents[name] = parent
        if below := fields.get("groups"):
            draft.sides[name] = title
            read_groups(reader, draft, below, name)
            continue
        signed, barred = reader.yes(fields.get("signed")), reader.yes(fields.get("barred"))
        oneself = cast("Oneself", reader.word(fields.get("oneself"), "oneself", "no"))
        if oneself == "only" and not signed:
            reader.bad(fields.known["oneself"], "self-unsigned", name=name)
        if barred and (oneself != "no" or reader.yes(fields.get("rated"))):
            reader.bad(fields.known["barred"], "barred-and-rated", name=name)
        admission = Admission(reader.word(fields.get("admission"), "admission", Admission.LINK if signed else Admission.SLIP))
        sampled, drawn = _sampled(reader, fields.get("sampled"))
        draft.groups[name] = Group(
            key=name,
            title=_indicative(title) if admission == Admission.CODE else title,
            signed=signed,
            admission=admission,
            own_unit=reader.yes(fields.get("own_unit")),
            sampled=sampled,
            rated=reader.yes(fields.get("rated")) or oneself != "no",
            parent=parent,
            drawn=drawn,
            comment=_comment(reader, fields.get("comment")),
            oneself=oneself,
            barred=barred,
        )


def _sampled(reader: NodeReader, node: Node | None) -> tuple[bool, bool]:
    """Whether a group is a sample, and whether those entitled are only the ones drawn for it."""
    word = reader.plain(node) if node is not None else ""
    if word in WHOLE:
        return True, False
    sampled = word in DRAWN or reader.yes(node)
    return sampled, sampled


def _comment(reader: NodeReader, node: Node | None) -> CommentQuestion | None:
    """Free words on a group's forms: `是`, or a question of one's own and how many characters."""
    if node is None or node.kind == "scalar":
        return CommentQuestion(COMMENT_USUAL) if reader.yes(node) else None
    fields = reader.fields(node, COMMENT_KEYS.names)
    most = reader.count(fields.get("characters"))
    if most is not None and not 1 <= most <= COMMENT_MOST:
        reader.bad(fields.known["characters"], "comment-length", found=most, most=COMMENT_MOST)
    ask = fields.get("ask")
    return CommentQuestion(most or COMMENT_USUAL, reader.text(ask) if ask else None)


def read_components(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Columns of the evidence sheet, names alone or with title, which subjects need it, range, and what an empty cell means."""
    for key, value in _named(reader, node):
        name = declare(reader, draft.values, key)
        fields = reader.fields(value, COMPONENT_KEYS.names)
        draft.sources[name] = fields.source
        draft.components[name] = one = ComponentField(
            key=name,
            title=reader.text(fields.get("title"), name),
            where=read_where(reader, draft, fields.get("where")),
            least=reader.number(fields.get("from")),
            most=reader.number(fields.get("to")),
            otherwise=reader.number(fields.get("if_empty")),
        )
        least, most = ("…" if end is None else decimal(end) for end in (one.least, one.most))
        if one.least is not None and one.most is not None and one.least > one.most:
            reader.bad(fields.known["from"], "range-order", name=name, least=least, most=most)
        elif one.otherwise is not None and not _within(one, one.otherwise):
            told = decimal(one.otherwise)
            reader.bad(fields.known["if_empty"], "if-empty-beyond", name=name, value=told, least=least, most=most)


def _within(one: ComponentField, value: Fraction) -> bool:
    return (one.least is None or value >= one.least) and (one.most is None or value <= one.most)


def read_events(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Kinds of events: a list of names, or names with their titles; and whether the bare name counts them or adds them up."""
    for key, value in _named(reader, node):
        fields = _fields(reader, value, EVENT_KEYS.names)
        name = declare(reader, draft.values, key)
        draft.sources[name] = fields.source if fields else ""
        draft.events[name] = reader.text(fields.get("title") if fields else value, reader.plain(key))
        draft.event_what[name] = reader.word(fields.get("count_by") if fields else None, "event_what", "count")
        if fields is not None and ("from" in fields or "to" in fields):
            _event_bounds(reader, draft, name, fields)


def _event_bounds(reader: NodeReader, draft: Draft, name: str, fields: Fields) -> None:
    """Between which numbers the amount of one event lies; only of a kind whose amounts are added up."""
    least, most = (reader.number(fields.get(end)) for end in ("from", "to"))
    if least is not None and most is not None and least > most:
        reader.bad(fields.known["from"], "range-order", name=name, least=decimal(least), most=decimal(most))
    if draft.event_what[name] != "amount":
        reader.bad(fields.node, "bounds-of-counted", name=name)
    draft.event_bounds[name] = ComponentField(key=name, title=draft.events[name], where={}, least=least, most=most)


def read_earlier(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Results of earlier periods: a number, a list of grades, or more: which quantity is taken, and of which periods."""
    for key, value in _named(reader, node):
        fields = _fields(reader, value, EARLIER_KEYS.names)
        name = declare(reader, draft.values, key)
        if fields is None:
            draft.earlier[name] = Earlier(name, tuple(reader.grade(entry) for entry in reader.entries(value)))
            continue
        draft.sources[name] = fields.source
        last, back = fields.get("last"), fields.get("back")
        for window in (last, back):
            if window is not None and not reader.count(window):
                reader.bad(window, "want-count", text=reader.plain(window))
        if len(windows := [key for key in ("last", "back", "periods") if key in fields]) > 1:
            reader.bad(fields.known[windows[1]], "two-windows", name=name)
        draft.earlier[name] = Earlier(
            reader.plain(fields.get("taken")) or name,
            tuple(reader.grade(entry) for entry in reader.entries(fields.get("grades"))),
            reader.count(last) or None,
            reader.count(back) or None,
            tuple(reader.plain(entry) for entry in reader.entries(fields.get("periods"))),
        )


def read_decisions(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """What people decide: a list of the choices they have, or `values:`, or numbers `from` .. `to`; and about whom."""
    for key, value in reader.pairs(node):
        fields = _fields(reader, value, DECISION_KEYS.names)
        name = declare(reader, draft.values, key)
        draft.sources[name] = fields.source if fields else ""
        if fields is not None and "where" in fields:
            draft.decision_where[name] = read_where(reader, draft, fields.get("where"))
        if fields is not None and "to" in fields:
            draft.decision_numbers.add(name)
            draft.decisions[name] = tuple(choice.key for choice in _numbers(reader, name, fields).choices)
            continue
        choices = reader.entries(fields.get("values") if fields else value)
        if not choices:
            reader.bad(value, "empty-list")
        draft.decisions[name] = tuple(reader.grade(entry) for entry in choices)


def _named(reader: NodeReader, node: Node | None) -> list[tuple[Node, Node]]:
    """Names with what stands behind them; a list is names alone."""
    if node is None or node.kind == "map":
        return reader.pairs(node)
    return [(entry, Node(kind="scalar", line=entry.line, column=entry.column)) for entry in reader.entries(node)]


def _fields(reader: NodeReader, value: Node, allowed: tuple[str, ...]) -> Fields | None:
    return reader.fields(value, allowed) if value.kind == "map" else None
