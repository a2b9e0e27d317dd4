"""A form on paper: its lines as they are printed, and what a clerk types of a line.

Lives here: from a form at hand to numbered lines with boxes, and from what stands in a field back to a mark. Sheet and screen are
made of the same lines, so that line 7 of the sheet is line 7 of the screen. May not live here: type-setting, requests, rows.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from questionnaires.model import Choice
from survey_app.forms import ballot_page
from survey_app.forms.ballot_form import by_number, number_code, plain_number
from survey_app.forms.ballot_page import Field, FormFilling, SubjectSection
from survey_app.i18n import gettext as _
from survey_app.services.casting.forms_at_hand import FormAtHand
from survey_app.services.casting.rules import BallotPaper

#: What is typed for a line on which nothing is marked, and for "do not know" on a line that asks for a number.
BLANK: Final = "-"
UNKNOWN: Final = "*"
#: More characters than any number of a scale has.
LONGEST: Final = 12
#: More numbers than these are written on a line instead of ticked.
BOXES_MOST: Final = 11
_BLANKS = {"-", "−", "－", "—", "–", "_"}
_UNKNOWNS = {"*", "×", "＊"}


@dataclass(frozen=True)
class PaperChoice:
    """One box: what is typed for it, and what it stands for."""

    key: str
    label: str
    code: int


@dataclass(frozen=True, kw_only=True)
class PaperLine:
    """One line. `number` counts from 1 over the whole form. `least`, `most`: of a number that is written, "" elsewhere."""

    number: int
    place: int
    text: str
    help: str
    choices: tuple[PaperChoice, ...]
    least: str = ""
    most: str = ""
    required: bool = False


@dataclass(frozen=True)
class PaperBlock:
    """Lines under one heading; `note`: what else is said of it."""

    title: str
    note: str
    lines: tuple[PaperLine, ...]

    @property
    def heads(self) -> tuple[PaperChoice, ...]:
        """The choices, where every line has the same ones and they may stand over columns."""
        first = self.lines[0]
        same = all(line.choices == first.choices and not line.least for line in self.lines)
        return first.choices if same else ()


def blocks(here: FormAtHand, language: str) -> list[PaperBlock]:
    """The form's lines in the order in which they are printed: neighbours who are asked one and the same thing stand in a table
    under it, everybody else under their own name.
    """
    sections = ballot_page.sections(here.paper, here.subjects, FormFilling(), language)
    if len(sections) > 1 and all(len(section.fields) == 1 for section in sections):
        sections = sorted(sections, key=_first_asked(sections))
    made: list[PaperBlock] = []
    for items, group in groupby(sections, key=lambda section: tuple(one.item for one in section.fields)):
        neighbours, number = list(group), sum(len(block.lines) for block in made)
        if len(items) == 1 and len(neighbours) > 1:
            made.append(_under_item(here.paper, neighbours, number, language))
        else:
            for section in neighbours:
                made += _under_name(here.paper, section, sum(len(block.lines) for block in made), language)
    return made


def _first_asked(sections: Sequence[SubjectSection]) -> Callable[[SubjectSection], int]:
    """Where each section's one item comes first: all that are asked it go there, in their own order."""
    items = [section.fields[0].item for section in sections]
    return lambda section: items.index(section.fields[0].item)


def lines(here: FormAtHand, language: str) -> list[PaperLine]:
    """Every line in order. Kept with the form."""
    return here.once(("paper lines", language), lambda: [line for block in blocks(here, language) for line in block.lines])


def _under_item(paper: BallotPaper, sections: Sequence[SubjectSection], number: int, language: str) -> PaperBlock:
    printed = [
        _line(paper, section.fields[0], at, (section.name, _about(section)), language)
        for at, section in enumerate(sections, start=number + 1)
    ]
    first = sections[0].fields[0]
    return PaperBlock(first.text, first.help, tuple(printed))


def _under_name(paper: BallotPaper, section: SubjectSection, number: int, language: str) -> list[PaperBlock]:
    made: list[PaperBlock] = []
    for block in section.blocks:
        title = " — ".join(part for part in (section.name, block.title) if part)
        printed = [_line(paper, one, at, (one.text, one.help), language) for at, one in enumerate(block.fields, start=number + 1)]
        number += len(printed)
        whole = PaperBlock(title, "" if made else _about(section), tuple(printed))
        made += [_joined(made.pop(), whole)] if made and _go_together(made[-1], whole) else [whole]
    return made


def _about(section: SubjectSection) -> str:
    return " · ".join(part for part in (section.unit, section.duty) if part)


def _go_together(above: PaperBlock, below: PaperBlock) -> bool:
    """Whether two blocks of one subject have one heading and the same boxes: a heading over each line would say nothing."""
    return above.title == below.title and bool(above.heads) and above.heads == below.heads


def _joined(above: PaperBlock, below: PaperBlock) -> PaperBlock:
    return PaperBlock(above.title, above.note, (*above.lines, *below.lines))


def _line(paper: BallotPaper, one: Field, number: int, told: tuple[str, str], language: str) -> PaperLine:
    offered = paper.choices(one.place)
    written = is_written(offered, language)
    values = sorted(choice.value for choice in offered if choice.value is not None)
    return PaperLine(
        number=number,
        place=one.place,
        text=told[0],
        help=told[1],
        choices=_boxes(offered, language),
        least=plain_number(values[0]) if written else "",
        most=plain_number(values[-1]) if written else "",
        required=one.required,
    )


def is_numeric(offered: Sequence[Choice], language: str) -> bool:
    """Whether the choices are called by their numbers, so that the number itself is typed and not which box it is."""
    known = [choice for choice in offered if choice.kind != "unknown"]
    if by_number(offered):
        return True
    return len(known) > 1 and all(
        choice.value is not None and choice.label.in_(language).strip() == plain_number(choice.value) for choice in known
    )


def is_written(offered: Sequence[Choice], language: str) -> bool:
    """Whether there are so many numbers that one is written on the sheet instead of ticked."""
    return is_numeric(offered, language) and len(offered) > BOXES_MOST


def _boxes(offered: Sequence[Choice], language: str) -> tuple[PaperChoice, ...]:
    if not is_numeric(offered, language):
        return tuple(PaperChoice(str(at), one.label.in_(language), one.code) for at, one in enumerate(offered, start=1))
    ticked = [one for one in offered if one.kind == "unknown" or not is_written(offered, language)]
    return tuple(
        PaperChoice(UNKNOWN if one.value is None else plain_number(one.value), one.label.in_(language), one.code)
        for one in ticked
    )


@dataclass(frozen=True)
class LineRead:
    """What was typed for a line: its mark, or what is wrong with it."""

    mark: int
    problem: str = ""


def read_line(paper: BallotPaper, place: int, typed: str, language: str) -> LineRead:
    """The mark of a line. An empty field is a problem: what is blank on the paper is typed as such."""
    offered = paper.choices(place)
    text = unicodedata.normalize("NFKC", typed).strip()
    if not text:
        return LineRead(0, _("这一行还没有录；纸上空着的，请录“-”。"))
    if len(text) > LONGEST:
        return LineRead(0, _("这一行录的太长；请对照纸面再看一遍。"))
    if text in _BLANKS:
        return LineRead(0)
    boxes = {box.key: box.code for box in _boxes(offered, language)}
    if text in _UNKNOWNS:
        text = UNKNOWN
    if text in boxes:
        return LineRead(boxes[text])
    if is_numeric(offered, language):
        return LineRead(*number_code(text, offered))
    return LineRead(
        0, _("“%(text)s”不在这一行上；请录打勾那一格里的数字，1 到 %(most)s，空着的录“-”。", text=text, most=len(offered))
    )


def key_of(paper: BallotPaper, place: int, mark: int, language: str) -> str:
    """What is typed for a mark: the other way round than `read_line`."""
    offered = paper.choices(place)
    found = {box.code: box.key for box in _boxes(offered, language)}
    if is_numeric(offered, language):
        found |= {one.code: plain_number(one.value) for one in offered if one.value is not None}
    return found.get(mark, BLANK)


def label_of(paper: BallotPaper, place: int, mark: int, language: str) -> str:
    """A mark in words, for whoever settles a difference."""
    found = next((one for one in paper.choices(place) if one.code == mark), None)
    return found.label.in_(language) if found else _("空着")
