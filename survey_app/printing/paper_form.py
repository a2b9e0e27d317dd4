"""The form on paper: A4 pages to be filled with a pen, put into the box with a slip, and typed.

No sheet differs from another: it holds no secret and no number of its own. In each corner of each page stands a QR code,
`PY1:style:page:corner`, so that a camera can tell which form it sees, which page, and which way up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.forms.paper_form import PaperBlock, PaperLine
from survey_app.i18n import gettext as _
from survey_app.languages import SOURCE
from survey_app.printing import qr
from survey_app.printing.typesetting import Words, page_count, pdf

#: What a corner is called in its code: top or bottom, left or right of the sheet as it is read.
CORNERS = ("TL", "TR", "BL", "BR")
#: Millimetres: a column of boxes at its least, a character over it, what is beside the characters, all columns together at most.
_COLUMN, _CHARACTER, _BESIDE, _COLUMNS = 14, 4, 3, 105


@dataclass(frozen=True, kw_only=True)
class PaperForm:
    """What stands on a form. `rules`: the limits in words; `comment`: what is asked in free words and what becomes of them."""

    style: str
    title: str
    place: str
    asked: Sequence[tuple[str, str]]
    blocks: Sequence[PaperBlock]
    rules: Sequence[str] = ()
    notes: Sequence[str] = ()
    comment: tuple[str, str] | None = None
    exposed: bool = False


def corner_text(style: str, page: int, corner: str) -> str:
    """What the code in a corner says."""
    return f"PY1:{style}:{page}:{corner}"


def paper_form_pdf(form: PaperForm, *, language: str = SOURCE) -> bytes:
    """One copy of the form, on as many A4 pages as it takes."""
    content = _content(form)
    pages = page_count("paper_form", content, language=language)
    codes = [[qr.svg(corner_text(form.style, page, corner)) for corner in CORNERS] for page in range(1, pages + 1)]
    return pdf("paper_form", {**content, "codes": codes}, language=language)


def _content(form: PaperForm) -> dict[str, Words]:
    written = any(line.least for block in form.blocks for line in block.lines)
    return {
        "title": form.title,
        "place": form.place,
        "asked": [[name, said] for name, said in form.asked],
        "blocks": [_block(one) for one in form.blocks],
        "rules": list(form.rules),
        "notes": list(form.notes),
        "comment": list(form.comment) if form.comment else [],
        "codes": [],
        "words": {
            "document": _("纸质评议表"),
            "page": _("第 %(at)s 页，共 %(all)s 页", at="{at}", all="{all}"),
            "alt": _("定位码"),
            "how_title": _("怎么填"),
            "how": [
                _("用黑色笔在方框里打√，每一行只打一个；画横线的地方写数。")
                if written
                else _("用黑色笔在方框里打√，每一行只打一个。"),
                _("填错了，请换一张新表；一行里打了两处的，这张表可能不能计入。"),
                _("不写姓名，不做记号。"),
            ],
            "rules_title": _("限额"),
            "send_title": _("怎么交"),
            "send": [
                _("抽一张凭条，夹进这张表里，对折，投入票箱。没有凭条的表不能计入；一张凭条只计一次，已经用手机投过的，不要再交表。"),
                _("想以后查收到没有：先抄下凭条上的编号。录入以后，打开凭条上的网址输入编号，就看到回执码。"),
            ],
            "who": [
                _("这张表由两个人分别录入，互相看不到；两人录的不一样，由第三个人对着纸面定。录入以后和手机投的票分不出来。"),
                _("您这一类人少：您的答案可能被认出来。") if form.exposed else _("谁拿到哪一张凭条，没有登记，也没有人知道。"),
                _("录入的人会看到您的笔迹。怕被认出来，请用手机填。"),
            ],
            "fold": _("投箱之前：凭条夹在表里了吗？"),
        },
    }  # fmt: skip


def _block(block: PaperBlock) -> dict[str, Words]:
    heads = block.heads
    width = max((max(_COLUMN, _CHARACTER * len(one.label) + _BESIDE) for one in heads), default=0)
    columns = 0 < width * len(heads) <= _COLUMNS
    return {
        "title": block.title,
        "note": block.note,
        "heads": [{"label": one.label, "width": width} for one in heads] if columns else [],
        "lines": [_line(one) for one in block.lines],
    }


def _line(line: PaperLine) -> dict[str, Words]:
    return {
        "number": str(line.number),
        "text": line.text,
        "help": line.help,
        "boxes": [{"key": one.key, "label": one.label} for one in line.choices],
        "range": f"{line.least}–{line.most}" if line.least else "",
    }
