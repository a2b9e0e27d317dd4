"""What is asked: items and indicators, and the scales they are answered on."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from analysis.numerals import SCHEME, decimal, read
from questionnaires.authoring.outline import BEST, SCALES
from questionnaires.editing.places import Written
from survey_app.i18n import gettext as _
from survey_app.i18n import listed
from survey_app.services.scheme_desk.fields import DeskField, DeskPanel, DeskRow, field, name_of

Way = tuple[str | int, ...]
#: What may be written behind an answer in place of points.
UNCOUNTED = ("不计", "not counted")


def walk_items(root: Written) -> Iterator[tuple[Way, str, Written, int]]:
    """Every item and indicator: its way, its name, its place, how deep it lies."""
    items = root.under("items")
    if items is not None:
        yield from _below(("@items",), items, 0)


def _below(way: Way, spot: Written, level: int) -> Iterator[tuple[Way, str, Written, int]]:
    for name, entry in spot.pairs:
        yield (*way, name.text), name.text, entry, level
        parts = entry.under("parts")
        if parts is not None:
            yield from _below((*way, name.text, "@parts"), parts, level + 1)


def scale_names(root: Written) -> list[str]:
    """The scales of the file by name."""
    scales = root.under("scales")
    return [name.text for name, _spot in scales.pairs] if scales else []


def panels(root: Written) -> tuple[DeskPanel, ...]:
    """The form: items, then each scale."""
    scales = [(name, name) for name in scale_names(root)]
    rows, total, weighed = [], Fraction(0), False
    for way, name, spot, level in walk_items(root):
        if spot.under("parts") is not None:
            fields: tuple[DeskField, ...] = (field(root, (*way, "@title"), _("标题")),)
        else:
            fields = (
                field(root, (*way, "@title"), _("标题")),
                field(root, (*way, "@ask"), _("表上印的问题")),
                field(root, (*way, "@scale"), _("选项"), kind="select", options=[("", _("跟上级")), *scales]),
                field(root, (*way, "@full"), _("满分"), kind="number"),
                field(root, (*way, "@required"), _("必填"), kind="select", options=[("", _("必填")), ("否", _("可以不填"))]),
            )
            full = spot.under("full")
            points = read(full.text, SCHEME) if full is not None else None
            total, weighed = (total + points, True) if points is not None else (total, weighed)
        rows.append(DeskRow(title=name, fields=fields, gone=name_of(way), level=level))
    told = _("各项满分合计 %(total)s", total=decimal(total)) if weighed else ""
    items = DeskPanel(
        key="items",
        title=_("评什么"),
        help=_("左边是规则里用的名称；标题和问题是给填表人看的。满分不写的，按选项自己的分值。"),
        rows=tuple(rows),
        total=told,
        adds="item",
    )
    return items, *_scales(root)


def _scales(root: Written) -> Iterator[DeskPanel]:
    scales = root.under("scales")
    for name, spot in scales.pairs if scales else ():
        way: Way = ("@scales", name.text)
        rows = []
        for answer, value in spot.pairs:
            one: Way = (*way, answer.text)
            steps = (*one, "@points") if value.kind == "map" and value.under("points") is not None else one
            points = value.under("points")
            plain = value.kind == "scalar" or (points is not None and points.kind == "scalar")
            fields = (field(root, steps, _("分值，或“不计”")),) if plain else ()
            rows.append(DeskRow(title=answer.text, fields=fields, gone=name_of(one)))
        yield DeskPanel(
            key=f"scale-{name.text}",
            title=_("选项“%(name)s”", name=name.text),
            rows=tuple(rows),
            adds="choice",
            about=name_of(way),
        )
    yield DeskPanel(key="scales", title=_("加一套选项"), adds="scale")


def ready_scales() -> list[tuple[str, str]]:
    """The ready scales by name, with what they offer."""
    return [
        (name, listed(answers) if BEST.get(name) else _("打 %(low)s 到 %(high)s 分", low=answers["从"], high=answers["到"]))
        for name, answers in SCALES.items()
    ]
