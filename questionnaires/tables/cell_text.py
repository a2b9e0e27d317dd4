"""One cell as text: which characters may stand in it, and how a spreadsheet's number is read.

Lives here: rules for a single cell. Pure. May not live here: files and sheets, and words for people (the uploads' service).
"""

from __future__ import annotations

import math
import re
import unicodedata
from fractions import Fraction

from analysis.numerals import ends, fixed

MOST_CHARACTERS = 2_000
#: Digits a spreadsheet keeps of a number; later ones are noise of binary fractions, or were lost before the file was saved.
DIGITS = 15
#: What a spreadsheet shows in a cell whose formula came to nothing; saved as csv, it stands there as text.
ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!", "#BUSY!", "#FIELD!"})
#: Ideographs that normalising would exchange for another: in a name they are what the person writes.
_KEPT = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f]+)")
_JOINERS = "\u200c\u200d"


class UnfitCellError(Exception):
    """A cell that cannot be used. `reason`: unseen (`code` of the character), long (`length`), digits (so many are kept) or
    error (the `text` a formula came to)."""

    def __init__(self, reason: str, **parts: object) -> None:
        super().__init__(reason, parts)
        self.reason, self.parts = reason, parts


def clean(text: str) -> str:
    """The cell's text on one line, without blanks around it, composed as NFC. Raises UnfitCellError.

    Control characters and marks that turn the reading direction are refused, not dropped: two names that look alike must
    not both get through, and nobody's name is changed behind their back. Joiners inside words of joining scripts stay.
    """
    if text.isascii() and text.isprintable():
        text = text.strip()
    else:
        text = re.sub(r"[\u00a0\t\r\n]+", " ", text).strip()
        text = "".join(part if _KEPT.match(part) else unicodedata.normalize("NFC", part) for part in _KEPT.split(text))
        for place, character in enumerate(text):
            if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and not _joins(text, place):
                raise UnfitCellError("unseen", code=f"U+{ord(character):04X}")
    if len(text) > MOST_CHARACTERS:
        raise UnfitCellError("long", length=len(text))
    if text in ERRORS:
        raise UnfitCellError("error", text=text)
    return text


def number_text(number: float) -> str:
    """A number of a spreadsheet as people read it there: 3.0 is 3, 87.35 is 87.35, 0.1 + 0.2 is 0.3. Raises UnfitCellError.

    The file holds a binary double; exact is the decimal of 15 significant digits next to it. A spreadsheet keeps and shows no
    more ("Number precision: 15 digits", Excel specifications and limits), and IEEE 754 binary64 gives every decimal of at most
    15 digits back unharmed (DBL_DIG, C11 5.2.4.2.2). So what was typed is read as typed, and what was computed as it is seen:
    `=29*3.3` is stored as 95.69999999999999 and means 95.7. The shortest decimal that names the double would be the former.
    """
    if not math.isfinite(number) or abs(number) >= 10**DIGITS:
        raise UnfitCellError("digits", digits=DIGITS)
    exact = Fraction(f"{number:.{DIGITS}g}")
    return fixed(exact, ends(exact) or 0)


def letters(column: int) -> str:
    """A column's letters: 1 is A, 27 is AA."""
    said = ""
    while column:
        column, rest = divmod(column - 1, 26)
        said = chr(ord("A") + rest) + said
    return said or "A"


def column_number(said: str) -> int:
    """The column with these letters, small or large: A is 1, AA is 27."""
    number = 0
    for letter in said.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _joins(text: str, place: int) -> bool:
    """Whether the character is a joiner inside a word of a script that has joiners (Arabic, Indic …)."""
    if text[place] not in _JOINERS or place in {0, len(text) - 1}:
        return False
    before = text[place - 1]
    return unicodedata.bidirectional(before) == "AL" or unicodedata.category(before) in {"Mn", "Mc"}
