"""One cell as text: which characters may stand in it, and how a spreadsheet's number is read.

Lives here: rules for a single cell. Pure. May not live here: files and sheets (`spreadsheets`).
"""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import Decimal

from survey_app.i18n import N_

MOST_CHARACTERS = 2_000
#: Digits a spreadsheet keeps of a number; later ones are noise of binary fractions, or were lost before the file was saved.
DIGITS = 15
#: Ideographs that normalising would exchange for another: in a name they are what the person writes.
_KEPT = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_JOINERS = "\u200c\u200d"


class UnfitCellError(Exception):
    """A cell that cannot be used: what is wrong (a translatable sentence with its parts) and what to do."""

    def __init__(self, sentence: str, remedy: str, **parts: object) -> None:
        super().__init__(sentence % parts if parts else sentence)
        self.sentence, self.remedy, self.parts = sentence, remedy, parts


def clean(text: str) -> str:
    """The cell's text on one line, without blanks around it, composed as NFC. Raises UnfitCellError.

    Control characters and marks that turn the reading direction are refused, not dropped: two names that look alike must
    not both get through, and nobody's name is changed behind his back. Joiners inside words of joining scripts stay.
    """
    if text.isascii() and text.isprintable():
        text = text.strip()
    else:
        text = re.sub(r"[\u00a0\t\r\n]+", " ", text).strip()
        text = "".join(part if _KEPT.match(part) else unicodedata.normalize("NFC", part) for part in _KEPT.split(text))
        for place, character in enumerate(text):
            if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and not _joins(text, place):
                raise UnfitCellError(
                    N_("有看不见的字符（%(code)s）。"), N_("请删去这一格，重新键入。"), code=f"U+{ord(character):04X}"
                )
    if len(text) > MOST_CHARACTERS:
        raise UnfitCellError(N_("文字太长（%(length)s 个字）。"), N_("一格最多 2000 个字。"), length=len(text))
    return text


def number_text(number: float) -> str:
    """A number of a spreadsheet as people read it there: 3.0 is 3, 87.35 is 87.35, 0.1 + 0.2 is 0.3. Raises UnfitCellError."""
    if not math.isfinite(number) or abs(number) >= 10**DIGITS:
        raise UnfitCellError(
            N_("这个数超过 %(digits)s 位，表格软件已经丢掉后面的数字。"), N_("请把这一列设为“文本”，再重新键入。"), digits=DIGITS
        )
    exact = Decimal(f"{number:.{DIGITS}g}")
    return str(int(exact)) if exact == exact.to_integral_value() else format(exact, "f")


def letters(column: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said or "A"


def _joins(text: str, place: int) -> bool:
    """Whether the character is a joiner inside a word of a script that has joiners (Arabic, Indic …)."""
    if text[place] not in _JOINERS or place in {0, len(text) - 1}:
        return False
    before = text[place - 1]
    return unicodedata.bidirectional(before) == "AL" or unicodedata.category(before) in {"Mn", "Mc"}
