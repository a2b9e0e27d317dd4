"""Reading what is asked of whom: items and indicators, item lists, forms, and whole-ballot rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, cast

from analysis.limits import Effect
from analysis.numerals import decimal
from analysis.saying import N_
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.periods import periods_meant
from questionnaires.language.reader import Fields, NodeReader
from questionnaires.language.words import CHOICES, NO, YES
from questionnaires.model import EACH_SUBJECT, Amount, BallotRule, BallotTest, FormLine, Item, Shape
from questionnaires.sections.asked_keys import BALLOT_RULE_KEYS, FORM_KEYS, ITEM_KEYS
from questionnaires.sections.declared import declare
from questionnaires.sections.draft import Draft, Where, read_where, scaled
from questionnaires.telling import Keyword, briefly, said, setting

POINT_LIMITS = ("sum_most", "sum_least", "mean_most", "mean_least")


@dataclass(frozen=True)
class _Inherited:
    """What an indicator hands down to the items in it."""

    parent: str = ""
    scale: str = ""
    full: Fraction | None = None
    where: Where | None = None
    groups: tuple[str, ...] = ()


def read_items(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """The tree of indicators and items; an entry with `parts:` is an indicator and hands its settings down."""
    _read_items(reader, draft, node, _Inherited())


def _read_items(reader: NodeReader, draft: Draft, node: Node | None, above: _Inherited) -> None:
    pairs = (
        [(n, Node(kind="scalar", line=n.line, column=n.column)) for n in node.entries]
        if node is not None and node.kind == "list"
        else reader.pairs(node)
    )
    for key, written in pairs:
        name, value = declare(reader, draft.nodes, key), written
        if value.kind == "list":  # `德: [政治立场, …]`: an indicator with plain parts
            fields = Fields(node=value, known={"parts": value})
        elif value.kind == "scalar" and not value.empty:  # `总体评价: 总体`: an item and its scale
            fields = Fields(node=value, known={"scale": value})
        else:
            fields = reader.fields(value, ITEM_KEYS.names)
        if above.parent:
            draft.item_parents[name] = above.parent
        passed = _Inherited(
            name,
            reader.known(fields.known["scale"], draft.scales, things.SCALE) if fields.get("scale") else above.scale,
            reader.number(fields.get("full")) if fields.get("full") else above.full,
            {**(above.where or {}), **read_where(reader, draft, fields.get("where"))},
            tuple(g for n in reader.entries(fields.get("asked_of")) for g in read_raters(reader, draft, n)) or above.groups,
        )
        title = reader.text(fields.get("title"), name)
        if fields.get("parts") is not None:
            draft.indicators[name] = title
            _read_items(reader, draft, fields.get("parts"), passed)
            continue
        _add_item(reader, draft, key, fields, passed=passed, parent=above.parent)


def _add_item(reader: NodeReader, draft: Draft, key: Node, fields: Fields, *, passed: _Inherited, parent: str) -> None:
    name, scale = passed.parent, passed.scale
    if not scale:
        reader.bad(key, "missing-key", key=Keyword("用选项", "scale"), where=f"“{name}”")
    elif passed.full is not None and scale in draft.scales:
        scale = _stretched(draft, scale, passed.full)
    ask = fields.get("ask") or fields.get("title")
    draft.items[name] = Item(
        key=name,
        text=reader.text(ask, name),
        scale=scale,
        parent=parent,
        help=reader.text(fields.get("help")) if fields.get("help") else None,
        required=reader.yes(fields.get("required"), otherwise=True),
    )
    draft.item_where[name] = passed.where or {}
    draft.item_groups[name] = passed.groups


def _stretched(draft: Draft, scale: str, full: Fraction) -> str:
    """The scale whose best value is `full`, made once and shared by all items that need it."""
    best = max((choice.value for choice in draft.scales[scale].choices if choice.value is not None), default=None)
    if best in {None, full}:
        return scale
    key = f"{scale}×{decimal(full)}"
    if key not in draft.scales:
        draft.scales[key] = scaled(draft.scales[scale], full, key)
        draft.grades[key] = draft.grades[scale]
    return key


def read_raters(reader: NodeReader, draft: Draft, node: Node) -> tuple[str, ...]:
    """The rater groups that a group's or side's name stands for; () with a problem when it is neither."""
    name = reader.plain(node)
    return draft.raters(name) or (
        (found,) if (found := reader.known(node, [*draft.groups, *draft.sides], things.RATER_GROUP)) else ()
    )


def read_asked(reader: NodeReader, draft: Draft, node: Node | None) -> tuple[str, ...]:
    """A list of items, indicators and named lists, opened up to items in the order written."""
    found: list[str] = []
    for entry in reader.entries(node):
        leaves = draft.leaves(reader.plain(entry))
        if not leaves:
            reader.known(entry, [*draft.items, *draft.indicators, *draft.lists], things.ITEM)
        found += leaves
    return tuple(dict.fromkeys(found))


def read_lists(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Named lists of items, for forms and rules: `short: [overall, moral, ability]`."""
    for key, value in reader.pairs(node):
        draft.lists[declare(reader, draft.nodes, key)] = read_asked(reader, draft, value)


def read_forms(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """The table unit × position × rater group -> items. Items with an `only for` or `where` of their own narrow a line."""
    for entry in reader.entries(node):
        fields = reader.fields(entry, FORM_KEYS.names, FORM_KEYS.needed, where=said(N_("测评表的一行")))
        where, asked = read_where(reader, draft, fields.get("on")), read_asked(reader, draft, fields.get("ask_items"))
        groups = [group for name in reader.entries(fields.get("group")) for group in read_raters(reader, draft, name)]
        periods = _periods(reader, fields.get("periods"))
        if not groups or not fields.known.keys() >= set(FORM_KEYS.needed):
            reader.meant |= set(asked)  # the line is told to be wrong; what it asks is not forgotten
        for group in groups:
            _read_shape(reader, draft, group, fields)
            lines = [replace(line, periods=periods) for line in _narrowed(draft, group, where, asked)]
            draft.forms += lines
            if not lines and asked:
                reader.bad(entry, "form-empty")
    on_forms = {item for line in draft.forms for item in line.items}
    for name, key in draft.nodes.items():
        if name in reader.meant or name in reader.lost:
            continue  # a form names it, misspelled: that is told already
        if name in draft.items and name not in on_forms:
            reader.bad(key, "never-asked", name=name)
        if name in draft.groups and all(line.group != name for line in draft.forms):
            reader.bad(key, "group-never-asked", name=name)


def _periods(reader: NodeReader, node: Node | None) -> tuple[str, ...]:
    """The periods in which a line is asked; () for all."""
    found: list[str] = []
    for entry in reader.entries(node):
        meant = periods_meant(text := reader.plain(entry))
        if not meant or not text:
            reader.bad(entry, "form-periods", text=text)
        found += meant
    return tuple(dict.fromkeys(found))


def _read_shape(reader: NodeReader, draft: Draft, group: str, fields: Fields) -> None:
    """How the group's form is shown. All its lines come on one form, so they must not ask for two layouts."""
    shape = cast("Shape | Literal['']", reader.word(fields.get("shape"), "shape"))
    if shape and draft.shapes.setdefault(group, shape) != shape:
        names = CHOICES["shape"]
        new, old = Keyword(*names[shape]), Keyword(*names[draft.shapes[group]])
        reader.bad(fields.known["shape"], "two-layouts", name=group, new=new, old=old)


def _narrowed(draft: Draft, group: str, where: Where, asked: tuple[str, ...]) -> list[FormLine]:
    """One form line for each run of items that go to the same subjects, so that the order written is kept per subject."""
    lines: list[FormLine] = []
    for item in asked:
        if draft.item_groups[item] and group not in draft.item_groups[item]:
            continue
        own = draft.item_where[item]
        met = {
            fact: tuple(v for v in where.get(fact, own.get(fact, ())) if v in own.get(fact, where.get(fact, ())))
            for fact in {**where, **own}
        }
        if any(not values for values in met.values()):
            continue
        if lines and lines[-1].where == met:
            lines[-1] = FormLine(group, met, (*lines[-1].items, item))
        else:
            lines.append(FormLine(group, met, (item,)))
    return lines


def read_ballot_rules(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """Whole-ballot rules: `name: {group: staff, over: overall, grades: excellent, at most: 20%, effect: refuse}`."""
    for key, value in reader.pairs(node):
        name = reader.name(key)
        fields = reader.fields(value, BALLOT_RULE_KEYS.names, BALLOT_RULE_KEYS.needed, where=f"“{name}”")
        groups = tuple(g for n in reader.entries(fields.get("group")) for g in read_raters(reader, draft, n))
        items = read_asked(reader, draft, fields.get("over"))
        scales = {draft.items[item].scale for item in items} & draft.scales.keys()
        labels = {choice.key: choice.label for scale in scales for choice in draft.scales[scale].choices}
        words = (reader.plain(entry) for entry in reader.entries(fields.get("grades")))
        named = tuple(labels.get(word) or reader.text(None, word) for word in words)
        test = replace(_test(reader, draft, name, fields, items), grades=named)
        effect = cast("Effect", reader.word(fields.get("effect"), "effect", "warn"))
        draft.ballot_rules.append(
            BallotRule(
                key=name,
                text=reader.text(fields.get("title"), name),
                groups=groups,
                effect=effect,
                source=fields.source,
                line=key.line,
                test=test,
            )
        )


def _test(reader: NodeReader, draft: Draft, name: str, fields: Fields, items: tuple[str, ...]) -> BallotTest:
    where = read_where(reader, draft, fields.get("on"))
    each = tuple(found for node in reader.entries(fields.get("each")) if (found := _each(reader, draft, node)))
    choices = _choices(reader, draft, name, fields, items)
    if reader.yes(fields.get("different")):
        return BallotTest(kind="distinct", items=items, choices=choices, where=where, each=each)
    if (alike := fields.get("not_all")) and alike.text not in NO:
        return BallotTest(
            kind="uniform",
            items=items,
            choices=choices,
            where=where,
            least=Amount(count=reader.count(fields.get("from_count")) or 2),
            each=each,
        )
    if total := fields.get("sum"):
        _same_points(reader, draft, name, fields, items)
        amount = Amount(count=reader.count(total))
        return BallotTest(kind="sum", items=items, choices=choices, where=where, least=amount, most=amount, each=each)
    if any(key in fields for key in POINT_LIMITS):
        return replace(_points(reader, draft, name, fields, items), choices=choices, where=where, each=each)
    least, most = _amount(reader, fields.get("least")), _amount(reader, fields.get("most"))
    if least is None and most is None:
        reader.bad(fields.node, "limit-empty", name=name)
    elif (least and most and least.share is not None and most.share is not None and least.share > most.share) or (
        least and most and least.count is not None and most.count is not None and least.count > most.count
    ):
        reader.bad(fields.node, "limit-order", name=name)
    shares = any(amount is not None and amount.share is not None for amount in (least, most))
    rounding = _settled(reader, draft, name, fields, key="rounding", policy="limit_rounding") if shares else "inside"
    base = reader.word(fields.get("base"), "limit_base")
    if shares and not base and "base" not in fields:
        key = Keyword("基数", "base")
        reader.bad(fields.node, "open-here", name=name, key=key, example=setting(key, Keyword("应填项", "asked")))
    return BallotTest(
        kind="count",
        items=items,
        choices=choices,
        where=where,
        least=least,
        most=most,
        base=cast("Literal['asked', 'answered']", base or "asked"),
        round_most=rounding,
        round_least=rounding,
        never_below=reader.count(fields.get("never_below")) or 0,
        each=each,
    )


def _each(reader: NodeReader, draft: Draft, node: Node) -> str:
    """A fact, or the subject itself."""
    return EACH_SUBJECT if reader.plain(node) in CHOICES["axis"]["subject"] else reader.known(node, draft.facts, things.FACT)


def _points(reader: NodeReader, draft: Draft, name: str, fields: Fields, items: tuple[str, ...]) -> BallotTest:
    """Between which points the sum, or the mean, of a rater's marks must lie."""
    _same_points(reader, draft, name, fields, items)
    kinds = {key.partition("_")[0] for key in POINT_LIMITS if key in fields}
    kind: Literal["sum", "mean"] = "mean" if "mean" in kinds else "sum"
    least, most = (reader.number(fields.get(f"{kind}_{end}")) for end in ("least", "most"))
    if len(kinds) > 1:
        reader.bad(fields.node, "limit-two", name=name)
    elif least is not None and most is not None and least > most:
        reader.bad(fields.node, "limit-order", name=name)
    return BallotTest(kind=kind, items=items, least_points=least, most_points=most)


def _same_points(reader: NodeReader, draft: Draft, name: str, fields: Fields, items: tuple[str, ...]) -> None:
    """What is added up must be worth the same wherever it is ticked: the phone adds by the place of a choice."""
    scales = [draft.scales[draft.items[item].scale] for item in items if draft.items[item].scale in draft.scales]
    if wordy := next((scale for scale in scales if scale.wordy), None):
        grades = briefly(choice.key for choice in wordy.choices)
        reader.bad(
            fields.node, "no-points", name=name, item=next(i for i in items if draft.items[i].scale == wordy.key), grades=grades
        )
    elif len({tuple((choice.code, choice.value) for choice in scale.choices) for scale in scales}) > 1:
        reader.bad(fields.node, "rule-points", name=name)


def _choices(reader: NodeReader, draft: Draft, name: str, fields: Fields, items: tuple[str, ...]) -> tuple[str, ...]:
    """The choice keys the rule is about; a grade must stand at the same code on every scale concerned."""
    scales = list(dict.fromkeys(draft.items[item].scale for item in items if draft.items[item].scale in draft.scales))
    alike = fields.get("not_all")
    node = fields.get("grades") or (alike if alike and alike.text not in YES | NO else None)
    if node is None:
        return tuple(dict.fromkeys(choice.key for scale in scales for choice in draft.scales[scale].choices))
    found: list[str] = []
    for entry in reader.entries(node):
        grade = reader.plain(entry)
        meant = {scale: draft.choices_named(scale, grade) for scale in scales}
        if not any(meant.values()):
            reader.known(entry, [g for scale in scales for g in draft.grades[scale]], things.GRADE)
            continue
        places = {tuple(c.code for c in draft.scales[scale].choices if c.key in meant[scale]) for scale in scales}
        if len(places) > 1:
            reader.bad(entry, "rule-codes", name=name, grade=grade)
        found += [key for keys in meant.values() for key in keys]
    return tuple(dict.fromkeys(found))


def _amount(reader: NodeReader, node: Node | None) -> Amount | None:
    """`20%` or `1/3` is a share, `2` a count."""
    if node is None:
        return None
    text = reader.plain(node)
    if text.endswith("%") or "/" in text:
        share = reader.number(node)
        if share is not None and not 0 <= share <= 1:
            reader.bad(node, "want-share", text=text)
        return Amount(share=share)
    return Amount(count=reader.count(node))


def _settled(reader: NodeReader, draft: Draft, name: str, fields: Fields, *, key: str, policy: str) -> str:
    """A setting written here or in the policy block; a problem when both leave it open."""
    if key in fields:
        return reader.word(fields.get(key), policy, "inside")
    if policy in draft.policy:
        return draft.policy[policy]
    keyword = Keyword("限额舍入", "limit rounding")
    example = setting(keyword, Keyword("不越限", "inside the limit"))
    reader.bad(fields.node, "open-policy", name=name, key=keyword, example=example)
    return "inside"
