"""The lines of a form of paper as the typing page shows them and as they come back.

May not live here: whose turn it is and what follows (`services.paper`), how a line is read (`forms.paper_form`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import request

from survey_app.forms import paper_form
from survey_app.forms.paper_form import PaperLine
from survey_app.i18n import gettext as _
from survey_app.i18n import language
from survey_app.services.casting.forms_at_hand import FormAtHand
from survey_app.services.paper import typed_sheets
from survey_app.services.paper.transcribing import OpenedSheet
from survey_app.services.paper.typed_sheets import TypedSheet


@dataclass(frozen=True, kw_only=True)
class KeyedLine:
    """A line of the screen. `first`, `second`: what two read where they differ; `problem`: what is wrong with `keyed`."""

    line: PaperLine
    keyed: str
    problem: str = ""
    first: str = ""
    second: str = ""


def sent(here: FormAtHand, opened: OpenedSheet) -> list[KeyedLine]:
    """The lines with what was sent for them; of a sheet to be settled only those on which two read different marks."""
    spoken = language()
    found = []
    for line in shown(here, opened):
        raw = request.form.get(f"k{line.line.place}", "")
        text = "".join(one for one in raw if one.isprintable())[: 2 * paper_form.LONGEST]
        problem = paper_form.read_line(here.paper, line.line.place, text, spoken).problem
        found.append(replace(line, keyed=text, problem=problem))
    return found


def typed(here: FormAtHand, keyed: Sequence[KeyedLine], opened: OpenedSheet) -> TypedSheet:
    """What was sent, over what both agree on."""
    base = next((one.typed for one in opened.both if one.typed is not None), None)
    marks = list(base.marks) if base else [0] * len(here.paper.slots)
    texts = list(base.keyed) if base else [""] * len(here.paper.slots)
    for one in keyed:
        place = one.line.place
        marks[place] = paper_form.read_line(here.paper, place, one.keyed, language()).mark
        texts[place] = one.keyed[: paper_form.LONGEST]
    words = request.form.get("comment", "") if here.asked and (opened.turn < 3 or words_differ(opened)) else ""
    if base and not words and not words_differ(opened):
        words = base.comment
    own = opened.own
    return typed_sheets.typed(marks, texts, words[:6000], submission=own.submission if own else b"")


def shown(here: FormAtHand, opened: OpenedSheet) -> list[KeyedLine]:
    """The lines as they are shown when a sheet is opened."""
    lines = paper_form.lines(here, language())
    both = [one.typed for one in opened.both if one.typed is not None]
    own = opened.own
    if opened.turn < 3:
        return [KeyedLine(line=one, keyed=own.keyed[one.place] if own else "") for one in lines]
    if len(both) < 2:  # one of them set the sheet aside: every line is looked at
        begun = (
            own.keyed if own else [paper_form.key_of(here.paper, at, mark, language()) for at, mark in enumerate(both[0].marks)]
        )
        return [KeyedLine(line=one, keyed=begun[one.place]) for one in lines]
    return [
        KeyedLine(
            line=one,
            keyed=own.keyed[one.place] if own else "",
            first=paper_form.label_of(here.paper, one.place, both[0].marks[one.place], language()),
            second=paper_form.label_of(here.paper, one.place, both[1].marks[one.place], language()),
        )
        for one in lines
        if both[0].marks[one.place] != both[1].marks[one.place]
    ]


def words_differ(opened: OpenedSheet) -> bool:
    both = [one.typed for one in opened.both if one.typed is not None]
    return len(both) == 2 and typed_sheets.folded(both[0].comment) != typed_sheets.folded(both[1].comment)


def marked(keyed: Sequence[KeyedLine], slots: Sequence[int]) -> list[KeyedLine]:
    """The lines with those marked that a rule looks at."""
    told = _("这一行在那条规则里。")
    return [replace(one, problem=told if one.line.place in slots else "") for one in keyed]
