"""Who rates: the groups, what each is asked about whom, and with which weight its word counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from analysis.numerals import SCHEME, decimal, read
from questionnaires.editing.places import Written
from questionnaires.rules.combine import COMBINE_RULES
from survey_app.i18n import gettext as _
from survey_app.services.scheme_desk.asked import Way, walk_items
from survey_app.services.scheme_desk.fields import DeskPanel, DeskRow, field, name_of

#: Keywords of rules behind which stand names with weights.
WEIGHTS = {
    *(word for rule in COMBINE_RULES for one in rule.params if one.key == "weights" for word in one.words),
    *(word for rule in COMBINE_RULES if rule.main == "quantity: weight" for word in rule.words),
}


def walk_groups(root: Written) -> Iterator[tuple[Way, str, Written, int]]:
    """Every group and side: its way, its name, its place, how deep it lies."""
    groups = root.under("groups")
    if groups is not None:
        yield from _below(("@groups",), groups, 0)


def _below(way: Way, spot: Written, level: int) -> Iterator[tuple[Way, str, Written, int]]:
    for name, entry in spot.pairs:
        yield (*way, name.text), name.text, entry, level
        inner = entry.under("groups")
        if inner is not None:
            yield from _below((*way, name.text, "@groups"), inner, level + 1)


def group_options(root: Written) -> list[tuple[str, str]]:
    """Groups to choose among: name and what they are called."""
    return [(name, _title(spot) or name) for _way, name, spot, _level in walk_groups(root)]


def item_options(root: Written) -> list[tuple[str, str]]:
    """Items, indicators and lists to choose among."""
    found = [
        (name, _title(spot) or name)
        if spot.under("parts") is None
        else (name, _("%(title)s（整个指标）", title=_title(spot) or name))
        for _way, name, spot, _level in walk_items(root)
    ]
    lists = root.under("lists")
    return found + [(name.text, name.text) for name, _spot in (lists.pairs if lists else ())]


def _title(spot: Written) -> str:
    title = spot.under("title")
    return title.text if title is not None and title.kind == "scalar" else ""


def panels(root: Written) -> tuple[DeskPanel, ...]:
    """The form: groups, their weights with what they come to, who is asked what about whom."""
    rows = []
    for way, name, spot, level in walk_groups(root):
        fields = [field(root, (*way, "@title"), _("怎样称呼"))]
        if spot.under("groups") is None:
            fields += [
                field(root, (*way, "@signed"), _("署名"), kind="check"),
                field(root, (*way, "@own_unit"), _("只评本单位"), kind="check"),
                field(root, (*way, "@rated"), _("自己也被评"), kind="check"),
            ]
            comment = spot.under("comment")
            if comment is None or comment.kind == "scalar":
                fields.append(field(root, (*way, "@comment"), _("可写意见"), kind="check"))
        rows.append(DeskRow(title=name, fields=tuple(fields), gone=name_of(way), level=level))
    who = DeskPanel(
        key="groups",
        title=_("谁来评"),
        help=_("不署名的凭一次性凭条，谁也不知道是谁填的；署名的每人一个专属链接，办公室看得到。"),
        rows=tuple(rows),
        adds="group",
    )
    return who, *_weights(root), _forms(root)


def _weights(root: Written) -> Iterator[DeskPanel]:
    quantities = root.under("quantities")
    for name, rule in quantities.pairs if quantities else ():
        for key, table in rule.pairs:
            if key.text.casefold() not in WEIGHTS:
                continue
            tables: list[tuple[Way, Written, str]] = [(("@quantities", name.text, key.text), table, "")]
            if table.kind == "list":
                tables = [(("@quantities", name.text, key.text, at), one, f" · {at + 1}") for at, one in enumerate(table.entries)]
            for way, one, mark in tables:
                pairs = [(label.text, value) for label, value in one.pairs if read(value.text, SCHEME) is not None or value.empty]
                if pairs:
                    yield _weight_panel(root, way, pairs, _("“%(name)s”的权重", name=name.text) + mark)


def _weight_panel(root: Written, way: Way, pairs: Sequence[tuple[str, Written]], title: str) -> DeskPanel:
    rows = tuple(DeskRow(title=label, fields=(field(root, (*way, label), _("权重"), kind="number"),)) for label, _spot in pairs)
    total = sum((read(spot.text, SCHEME) or Fraction(0) for _label, spot in pairs), Fraction(0))
    told = _("合计 %(total)s；按比例折算，不必正好是 100。", total=decimal(total))
    return DeskPanel(key=f"weights-{name_of(way)}", title=title, rows=rows, total=told)


def _forms(root: Written) -> DeskPanel:
    forms, rows = root.under("forms"), []
    groups, items = group_options(root), item_options(root)
    for at, line in enumerate(forms.entries if forms else ()):
        way: Way = ("@forms", at)
        on = line.under("on")
        fields = [
            field(root, (*way, "@group"), _("谁填"), kind="many", options=groups),
            field(root, (*way, "@ask_items"), _("填什么"), kind="many", options=items),
        ]
        if on is not None and on.kind == "map":
            fields += [
                field(
                    root,
                    (*way, "@on", fact.text),
                    _("评哪些对象：%(fact)s", fact=fact.text),
                    kind="many",
                    options=_values(root, fact.text),
                )
                for fact, _spot in on.pairs
            ]
        rows.append(DeskRow(title=_("第 %(n)s 张表", n=at + 1), fields=tuple(fields), gone=name_of(way)))
    return DeskPanel(key="forms", title=_("谁评谁、填什么"), rows=tuple(rows), adds="form")


def _values(root: Written, fact: str) -> list[tuple[str, str]]:
    facts = root.under("facts")
    spot = facts.of(fact) if facts else None
    values = spot.under("values") if spot is not None and spot.kind == "map" else spot
    umbrellas = spot.under("umbrellas") if spot is not None and spot.kind == "map" else None
    known = [*(values.words() if values is not None else ()), *(name.text for name, _spot in (values.pairs if values else ()))]
    return [(one, one) for one in [*known, *(name.text for name, _spot in (umbrellas.pairs if umbrellas else ()))]]
