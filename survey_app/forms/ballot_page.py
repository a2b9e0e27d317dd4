"""What the ballot's pages show, as plain values: subjects in sections, items as fields, rules for the coach.

Lives here: from a paper and what is filled in to what a template prints. May not live here: HTML, requests, the database.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Literal

from analysis.limits import LimitTable
from questionnaires.model import Choice, CommentQuestion, Item, Style
from questionnaires.styles import explain_limit
from survey_app.forms.ballot_form import RADIOS_MOST, FilledForm, by_number, plain_number
from survey_app.i18n import forms_of, say
from survey_app.i18n import gettext as _
from survey_app.services.casting.forms_at_hand import SubjectIntroduced
from survey_app.services.casting.rules import BallotPaper, label_of, range_of, unit_of

_OPEN = 1 << 30  # behind every mark
Widget = Literal["radios", "select", "number"]
#: In widths of a Chinese character: what stands around a choice's words; a phone's row, and in large type; the least of words.
_FRAME, _ROW, _ROW_LARGE, _TINY = 1.4, 18.0, 12.0, 2.5


@dataclass(frozen=True)
class Option:
    """One choice as shown; `code` "0" leaves a place open that need not be filled."""

    code: int
    label: str
    checked: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """One place of the ballot. `answer` is its mark in words for the review, "" when open."""

    place: int
    item: str
    text: str
    help: str
    widget: Widget
    options: tuple[Option, ...]
    required: bool
    mark: int
    answer: str
    typed: str
    error: str
    least: str = ""
    most: str = ""
    step: str = ""

    @property
    def room(self) -> str:
        """A class for choices that do not stand in one row: " long" of large type, " long pairs" of no phone's."""
        widths = [_ems(option.label) for option in self.options]
        row = sum(widths) + len(widths) * _FRAME
        if row <= _ROW_LARGE or max(widths) <= _TINY:
            return ""
        return " long" if row <= _ROW else " long pairs"


@dataclass(frozen=True)
class Block:
    """Fields under one heading (an indicator), or under none."""

    title: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class SubjectSection:
    """One subject with everything asked about it."""

    number: int
    name: str
    duty: str
    unit: str
    blocks: tuple[Block, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Its places, whatever heading they stand under."""
        return tuple(one for block in self.blocks for one in block.fields)


@dataclass(frozen=True)
class FormProblem:
    """A sentence in the summary on top, linked to the element it is about."""

    target: str
    sentence: str


@dataclass(frozen=True)
class FormFilling:
    """What stands in the form right now, and what is wrong with it."""

    marks: Sequence[int] = ()
    typed: Mapping[int, str] = field(default_factory=dict)
    errors: Mapping[int, str] = field(default_factory=dict)

    @classmethod
    def of(cls, form: FilledForm, errors: Mapping[int, str] | None = None) -> FormFilling:
        """The filling of a posted form, with the sentences to show beside its places."""
        return cls(form.marks, form.typed, {**form.problems, **(errors or {})})


def sections(
    paper: BallotPaper, subjects: Mapping[str, SubjectIntroduced], filling: FormFilling, language: str
) -> list[SubjectSection]:
    """The paper's places by subject, in the order in which subjects first appear."""
    order: dict[str, list[int]] = {}
    for place, slot in enumerate(paper.slots):
        order.setdefault(slot.subject, []).append(place)
    made = []
    for number, (code, places) in enumerate(order.items(), start=1):
        line = subjects.get(code, SubjectIntroduced(code))
        blocks = [
            _block(title, tuple(_field(paper, place, filling, language) for place in group))
            for title, group in groupby(places, key=lambda place: _heading(paper, paper.slots[place].item, language))
        ]
        made.append(SubjectSection(number, line.name, line.duty, line.unit, tuple(blocks)))
    return made


def _ems(text: str) -> float:
    """About how wide the text is: a Chinese character is twice a letter."""
    return sum(1.0 if unicodedata.east_asian_width(one) in "WF" else 0.55 for one in text)


def _block(title: str, fields: tuple[Field, ...]) -> Block:
    """A heading that only repeats its one field says nothing; leave it out."""
    return Block("" if len(fields) == 1 and fields[0].text == title else title, fields)


@dataclass(frozen=True)
class GradeLine:
    """Who got one answer on one item."""

    answer: str
    names: tuple[str, ...]


def by_grade(sections: Sequence[SubjectSection]) -> list[tuple[str, list[GradeLine]]]:
    """The answers the other way round, item by item: who got which, best first, what was left open last."""
    items: dict[str, tuple[str, dict[tuple[int, str], list[str]]]] = {}
    for section in sections:
        for one in section.fields:
            _text, groups = items.setdefault(one.item, (one.text, {}))
            groups.setdefault((one.mark or _OPEN, one.answer), []).append(section.name)
    return [
        (text, [GradeLine(answer, tuple(names)) for (_mark, answer), names in sorted(groups.items())])
        for text, groups in items.values()
    ]


def coach(paper: BallotPaper, language: str) -> dict[str, object]:
    """What the script needs to judge the rules while filling: the tables as they are, with their words.

    `numbers` names the scale of each place that has a number field, `scales` the code of every number of such a scale.
    """
    texts = {rule.key: rule.text.in_(language) for rule in paper.scheme.ballot_rules}
    numbers = {
        place: paper.scheme.items[slot.item].scale for place, slot in enumerate(paper.slots) if by_number(paper.choices(place))
    }
    return {
        "numbers": numbers,
        "scales": {
            scale: {plain_number(one.value): one.code for one in paper.scheme.scales[scale].choices if one.value is not None}
            for scale in set(numbers.values())
        },
        "limits": [
            {
                "rule": table.rule,
                "kind": table.kind,
                "effect": table.effect,
                "slots": table.slots,
                "codes": table.codes,
                "bounds": table.bounds,
                "per": table.per_answered,
                "weights": table.weights,
                "unit": unit_of(paper, table),
                "range": range_of(paper, table) or "",
                "label": label_of(paper, table, language),
                "text": texts.get(table.rule, ""),
                "why": _why(paper, table, language),
            }
            for table in paper.limits
        ],
        "words": words(),
    }


def free_words(asked: CommentQuestion | None, language: str) -> dict[str, object] | None:
    """What is asked in free words, and how long the answer may be; None where nothing is asked."""
    if asked is None:
        return None
    own = asked.ask is not None
    return {"ask": asked.ask.in_(language) if asked.ask else _("您还有什么想说的？"), "own": own, "most": asked.most}


def _field(paper: BallotPaper, place: int, filling: FormFilling, language: str) -> Field:
    item = paper.scheme.items[paper.slots[place].item]
    choices = paper.choices(place)
    mark = filling.marks[place] if filling.marks else 0
    widget: Widget = "number" if by_number(choices) else "radios" if len(choices) <= RADIOS_MOST else "select"
    shown = [choice for choice in choices if widget != "number" or choice.kind == "unknown"]
    options = [Option(choice.code, choice.label.in_(language), choice.code == mark) for choice in shown]
    if widget == "radios" and not item.required:
        options.append(Option(0, _("不填"), bool(filling.marks) and mark == 0))
    chosen = next((choice for choice in choices if choice.code == mark), None)
    typed = filling.typed.get(place, "")
    if widget == "number" and not typed and chosen is not None and chosen.value is not None:
        typed = plain_number(chosen.value)
    least, most, step = _range(choices) if widget == "number" else ("", "", "")
    return Field(
        place=place,
        item=item.key,
        text=item.text.in_(language),
        help=_help(item, language),
        widget=widget,
        options=tuple(options),
        required=item.required,
        mark=mark,
        answer=chosen.label.in_(language) if chosen else "",
        typed=typed,
        error=filling.errors.get(place, ""),
        least=least,
        most=most,
        step=step,
    )


def _range(choices: Sequence[Choice]) -> tuple[str, str, str]:
    values = sorted(choice.value for choice in choices if choice.value is not None)
    return plain_number(values[0]), plain_number(values[-1]), plain_number(values[1] - values[0])


def _help(item: Item, language: str) -> str:
    return item.help.in_(language) if item.help else ""


def _heading(paper: BallotPaper, item: str, language: str) -> str:
    parent = paper.scheme.indicators.get(paper.scheme.items[item].parent)
    return parent.in_(language) if parent else ""


def _why(paper: BallotPaper, table: LimitTable, language: str) -> str:
    """The rule's sentence and its arithmetic on this form, rounding included."""
    rule = next((rule for rule in paper.scheme.ballot_rules if rule.key == table.rule), None)
    if rule is None:
        return ""
    style = Style("", "", "", paper.slots, (table,))
    return " ".join(part for part in (rule.text.in_(language), explain_limit(rule, style, language, say)) if part)


def words() -> dict[str, str | dict[str, str]]:
    """Sentences the script fills in; `%(x)s` stands for a number or a label. Those with several forms go by `count`."""
    return {
        "room": _("%(label)s：已给 %(found)s 个，还可给 %(left)s 个（最多 %(most)s 个）"),
        "full": _("%(label)s：已给 %(found)s 个，名额用完（最多 %(most)s 个）"),
        "over": _("%(label)s：已给 %(found)s 个，多了 %(change)s 个（最多 %(most)s 个）"),
        "under": _("%(label)s：已给 %(found)s 个，至少要给 %(least)s 个"),
        "enough": _("%(label)s：已给 %(found)s 个（至少 %(least)s 个，已够）"),
        "fix": forms_of("还没有送出，请改正 %(count)s 处："),
        "warn": _("可以照样送出，但要先确认您看到了这条提示。"),
        "void": _("按规则，这样的选票会作废，不计入结果。"),
        "incomplete": _("按规则，这样的选票算没有填完，不计入结果。"),
        "uniform": _("%(found)s 项全部选了同一个。"),
        "uniform_must": _("%(found)s 项全部选了同一个；请按各自的实际情况分别评价。"),
        "sum_left": _("已分 %(found)s，还可分 %(left)s（合计应为 %(most)s）"),
        "sum_over": _("已分 %(found)s，超过了合计 %(most)s。"),
        "sum_over_must": _("已分 %(found)s，超过了合计 %(most)s；请减下来。"),
        "range_kept": _("%(limit)s：现在合乎"),
        "range_broken": _("%(limit)s：现在不合"),
        "range_broken_must": _("%(limit)s：现在不合；请调整。"),
        "sum_done": _("已分 %(found)s，合计正好。"),
        "grade_line": _("%(grade)s（%(count)s）：%(names)s"),
        "and": _("、"),
        "distinct": _("有 %(found)s 个名次用重了；每个名次只用一次"),
        "answered": _("已填 %(done)s / %(all)s"),
        "open": _("未填"),
        "sending": _("正在送出……"),
        "unsent": _("尚未送出！网络不通，%(seconds)s 秒后自动再试（第 %(times)s 次）。请不要关闭本页，答案都在。"),
        "unsent_now": _("尚未送出！正在再试一次……"),
        "code_needed": _("请输入凭条或邀请函上印的编号（13 个字符）。"),
        "written": _("%(found)s / %(most)s 个字"),
        "too_long": _("意见最多 %(most)s 个字，现在是 %(found)s 个；请删短一些再送出。"),
        "wrote_nothing": _("没有写"),
        "open_here": forms_of("%(count)s 项未填"),
        "less": forms_of("减 %(count)s 档"),
        "more": forms_of("加 %(count)s 档"),
        "take_rank": _("排在这里：%(rank)s"),
        "drop_rank": _("取消这个名次"),
        "undone": _("已撤销：%(place)s"),
        "restored": _("已恢复上次没有送出的填写内容。"),
    }
