"""What a ballot may hold, and what comes of the scores: limits, tiers, flags."""

from __future__ import annotations

from collections.abc import Iterator

from questionnaires.editing.places import Written
from questionnaires.language.words import CHOICES
from survey_app.i18n import N_
from survey_app.i18n import gettext as _
from survey_app.services.scheme_desk.asked import Way
from survey_app.services.scheme_desk.fields import DeskPanel, DeskRow, field, name_of
from survey_app.services.scheme_desk.raters import group_options, item_options

EFFECTS = {
    "refuse": N_("不能送出，改好再送"),
    "warn": N_("提醒，确认后可以送出"),
    "void": N_("照收，计票时整张作废"),
    "incomplete": N_("照收，记为不全"),
}
BASES = {"asked": N_("按应填的人数算"), "answered": N_("按已填的人数算")}
_BANDS, _QUOTAS, _TEST = {"各段", "bands"}, {"名额", "quotas"}, {"判断", "test"}


def effect_options() -> list[tuple[str, str]]:
    """What may happen to a ballot that breaks a limit, as the file says it and in plain words."""
    return [(CHOICES["effect"][key][0], _(words)) for key, words in EFFECTS.items()]


def base_options() -> list[tuple[str, str]]:
    """What a share is taken of."""
    return [("", _("写的是个数")), *((CHOICES["limit_base"][key][0], _(words)) for key, words in BASES.items())]


def panels(root: Written) -> tuple[DeskPanel, ...]:
    """The form: limits on a ballot, then tiers and flags."""
    return _limits(root), *_grades(root), _flags(root)


def grades_of(root: Written) -> list[str]:
    """Every answer of every scale, each once."""
    scales = root.under("scales")
    found = [
        answer.text for _name, spot in (scales.pairs if scales else ()) for answer, value in spot.pairs if value.text not in ("",)
    ]
    return list(dict.fromkeys(one for one in found if one not in {"从", "到", "间隔", "形式", "from", "to", "step", "kind"}))


def quantity_names(root: Written) -> list[str]:
    """The quantities of the file by name."""
    quantities = root.under("quantities")
    return [name.text for name, _spot in quantities.pairs] if quantities else []


def _limits(root: Written) -> DeskPanel:
    rules, rows = root.under("ballot_rules"), []
    groups, items = group_options(root), item_options(root)
    grades = [(one, one) for one in grades_of(root)]
    for name, _spot in rules.pairs if rules else ():
        way: Way = ("@ballot_rules", name.text)
        rows.append(
            DeskRow(
                title=name.text,
                fields=(
                    field(root, (*way, "@title"), _("提示里的一句话")),
                    field(root, (*way, "@group"), _("管谁的票"), kind="many", options=groups),
                    field(root, (*way, "@over"), _("数哪些内容"), kind="many", options=items),
                    field(root, (*way, "@grades"), _("数哪些等次"), kind="many", options=grades),
                    field(root, (*way, "@most"), _("至多")),
                    field(root, (*way, "@least"), _("至少")),
                    field(root, (*way, "@base"), _("比例怎么算"), kind="select", options=base_options()),
                    field(root, (*way, "@effect"), _("违反时"), kind="select", options=effect_options()),
                ),
                gone=name_of(way),
            )
        )
    return DeskPanel(
        key="limits",
        title=_("对一整张票的要求"),
        help=_("至多、至少写个数（2），或比例（20%）。不写的就是不限。"),
        rows=tuple(rows),
        adds="limit",
    )


def _grades(root: Written) -> Iterator[DeskPanel]:
    quantities = root.under("quantities")
    for name, rule in quantities.pairs if quantities else ():
        for key, table in rule.pairs:
            if key.text.casefold() not in (_BANDS | _QUOTAS) or table.kind != "map":
                continue
            way: Way = ("@quantities", name.text, key.text)
            label = _("得到") if key.text.casefold() in _BANDS else _("名额")
            rows = tuple(
                DeskRow(title=one.text, fields=(field(root, (*way, one.text), label),), gone=name_of((*way, one.text)))
                for one, value in table.pairs
                if value.kind == "scalar"
            )
            title = _("“%(name)s”怎么分等次", name=name.text)
            adds = "band" if key.text.casefold() in _BANDS else ""
            yield DeskPanel(key=f"tiers-{name.text}", title=title, rows=rows, adds=adds, about=name_of(way))
    yield DeskPanel(key="tiers", title=_("加一种等次"), help=_("按分数分：多少分以上得什么等次。"), adds="tiers")


def _flags(root: Written) -> DeskPanel:
    quantities, rows = root.under("quantities"), []
    for name, rule in quantities.pairs if quantities else ():
        key = next((key.text for key, _spot in rule.pairs if key.text.casefold() in _TEST), None)
        if key is not None:
            way: Way = ("@quantities", name.text)
            fields = (field(root, (*way, key), _("条件")), field(root, (*way, "@then"), _("后果")))
            rows.append(DeskRow(title=name.text, fields=fields, gone=name_of(way)))
    return DeskPanel(
        key="flags", title=_("提示"), help=_("条件成立的，结果页上标出来，例如：某率 >= 1/3。"), rows=tuple(rows), adds="flag"
    )
