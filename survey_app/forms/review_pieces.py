"""The review of a form with nothing wrong in it, put together from pieces that were rendered once.

Whoever sends without script sees their answers once more: a page of their own, yet nearly all of it is the same for everybody.
The template is rendered once with gaps, and what fills them is joined here, to the byte as the template would.

Lives here: the gaps and what fills them. May not live here: reviews with a warning, a name, a signature or free words: they are
rendered whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from markupsafe import escape

from survey_app.forms.ballot_form import FilledForm
from survey_app.forms.ballot_page import SubjectSection
from survey_app.i18n import counted
from survey_app.i18n import gettext as _

#: Stands around the name of a gap; no text that people read has it.
_EDGE = "\x00"
_OPEN_LAST = 1 << 30  # behind every mark, as in `ballot_page.by_grade`
_DD = re.compile(rf"(<dd[^>]*>){_EDGE}\d+{_EDGE}</dd>")
_LEFT_OPEN = re.compile(r'<dd[^>]* class="open">[^<]*</dd>')


class ReviewGaps(NamedTuple):
    """What the template prints where a voter's own will stand."""

    answers: str = f"{_EDGE}answers{_EDGE}"
    grades: str = f"{_EDGE}grades{_EDGE}"
    left_open: str = f"{_EDGE}left open{_EDGE}"
    marks: str = f"{_EDGE}marks{_EDGE}"
    secret: str = f"{_EDGE}secret{_EDGE}"
    submission: str = f"{_EDGE}submission{_EDGE}"


GAPS = ReviewGaps()
#: In the order in which the template has them.
_ORDER = (GAPS.answers, GAPS.grades, GAPS.left_open, GAPS.secret, GAPS.submission, GAPS.marks)


class ReviewPieces:
    """The pieces of one form's review, in the language spoken when they are made.

    `page`: the template with gaps. `answered`, `left_open`: its answers, with `signs_for` in them and with none at all.
    `labels`: what each code is called, by place.
    """

    def __init__(
        self,
        page: str,
        sections: Sequence[SubjectSection],
        *,
        answered: str,
        left_open: str,
        labels: Sequence[Mapping[int, str]],
    ) -> None:
        self._constant = []
        for gap in _ORDER:
            before, page = page.split(gap, 1)
            self._constant.append(before)
        self._constant.append(page)
        fields = [one for section in sections for one in section.fields]
        self._places = [one.place for one in fields]
        pieces = _DD.split(answered)
        self._around = pieces[::2]
        self._answers = [
            {0: nothing, **{code: f"{opening}{escape(label)}</dd>" for code, label in labels[one.place].items()}}
            for one, opening, nothing in zip(fields, pieces[1::2], _LEFT_OPEN.findall(left_open), strict=True)
        ]
        self._labels = labels
        self._items = _by_item(sections) if len(sections) > 1 else []
        self._line, self._comma, self._nothing = _("%(grade)s（%(count)s）：%(names)s"), _("、"), _("未填")
        self._title = escape(_("按等次再看一遍"))
        self._notes = [_note(left) for left in range(len(fields) + 1)]

    def page_of(self, filled: FilledForm, submission: str) -> str:
        """The page of this form."""
        marks = filled.marks
        shown = [self._around[0]]
        for place, choices, after in zip(self._places, self._answers, self._around[1:], strict=True):
            shown += (choices[marks[place]], after)
        own = (
            "".join(shown),
            self._grades(marks),
            self._notes[sum(not mark for mark in marks)],
            str(escape(filled.secret)),
            submission,
            "".join([f'<input type="hidden" name="m{at}" value="{mark}">' for at, mark in enumerate(marks) if mark]),
        )
        page = [self._constant[0]]
        for filling, after in zip(own, self._constant[1:], strict=True):
            page += (filling, after)
        return "".join(page)

    def _grades(self, marks: Sequence[int]) -> str:
        """The answers the other way round, item by item, best first, what was left open last."""
        if not self._items:
            return ""
        shown = [f'<details class="by-grade"><summary>{self._title}</summary><div class="grades">\n']
        for title, places in self._items:
            groups: dict[int, list[str]] = {}
            for place, name in places:
                groups.setdefault(marks[place] or _OPEN_LAST, []).append(name)
            shown.append(f"<section><h3>{title}</h3>")
            for mark in sorted(groups):
                names, place = groups[mark], places[0][0]
                grade = self._labels[place].get(mark) or self._nothing
                line = self._line % {"grade": grade, "count": len(names), "names": self._comma.join(names)}
                shown.append(f"<p>{escape(line)}</p>")
            shown.append("</section>\n")
        shown.append("</div></details>\n")
        return "".join(shown)


def signs_for(sections: Sequence[SubjectSection]) -> list[SubjectSection]:
    """The sections with a sign for every answer."""
    return _answering(sections, lambda place: f"{_EDGE}{place}{_EDGE}")


def _answering(sections: Sequence[SubjectSection], answer: Callable[[int], str]) -> list[SubjectSection]:
    return [
        replace(
            section,
            blocks=tuple(
                replace(block, fields=tuple(replace(one, answer=answer(one.place)) for one in block.fields))
                for block in section.blocks
            ),
        )
        for section in sections
    ]


def _by_item(sections: Sequence[SubjectSection]) -> list[tuple[str, list[tuple[int, str]]]]:
    """Each item's title, as HTML, with the places where it is asked and the names of whom."""
    items: dict[str, tuple[str, list[tuple[int, str]]]] = {}
    for section in sections:
        for one in section.fields:
            items.setdefault(one.item, (str(escape(one.text)), []))[1].append((one.place, section.name))
    return list(items.values())


def _note(left: int) -> str:
    if not left:
        return ""
    return f'<p class="notice">{escape(counted("有 %(count)s 项没有填，可以这样送出，也可以返回补填。", left))}</p>'
