"""A workbook worked out anew by a reader of its own: what its formulas come to, whatever values are stored beside them.

Only the functions our workbooks write are known here, each as Excel documents it, in binary fractions as Excel computes; any
other is a KeyError.
"""

from __future__ import annotations

import io
import statistics
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import prod
from typing import Any

import openpyxl
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token
from openpyxl.worksheet.worksheet import Worksheet


class NotAvailable(Exception):  # noqa: N818  # Excel's own name for it: #N/A
    """The cell has no value."""


def _round(value: float, digits: float, how: str = ROUND_HALF_UP) -> float:
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-int(digits)), rounding=how))


def _match(value: object, among: Sequence[object], _exactly: float) -> int:
    return list(among).index(value) + 1


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "SUM": lambda *given: sum(given),
    "AVERAGE": lambda *given: sum(given) / len(given),
    "PRODUCT": lambda *given: prod(given),
    "MIN": min,
    "MAX": max,
    "ABS": abs,
    "MEDIAN": lambda *given: statistics.median(given),
    "COUNT": lambda *given: len(given),
    "AND": lambda *given: all(given),
    "OR": lambda *given: any(given),
    "NOT": lambda given: not given,
    "ROUND": _round,
    "ROUNDDOWN": lambda value, digits: _round(value, digits, "ROUND_DOWN"),
    "ROUNDUP": lambda value, digits: _round(value, digits, "ROUND_UP"),
    "MATCH": _match,
    "INDEX": lambda among, place: among[place - 1],
}
_INFIX = {"=": "==", "<>": "!=", "^": "**"}


class Book:
    """A workbook whose cells are worked out when asked for."""

    def __init__(self, content: bytes) -> None:
        self._book = openpyxl.load_workbook(io.BytesIO(content))
        self._stored = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
        self._found: dict[tuple[str, str], Any] = {}

    def sheet(self, name: str) -> Worksheet:
        """A sheet as it was read."""
        found = self._book[name]
        assert isinstance(found, Worksheet)
        return found

    def formulas(self) -> list[tuple[str, str]]:
        """Every cell with a formula: sheet and address."""
        return [
            (sheet.title, cell.coordinate)
            for sheet in self._book.worksheets
            for row in sheet.iter_rows()
            for cell in row
            if cell.data_type == "f"
        ]

    def stored(self, sheet: str, address: str) -> Any:
        """What stands in the file beside the formula."""
        return self._stored[sheet][address].value

    def put(self, sheet: str, address: str, value: float) -> None:
        """Type another number into a cell."""
        self._book[sheet][address].value = value
        self._found.clear()

    def value(self, sheet: str, address: str) -> Any:
        """What the cell comes to."""
        at = (sheet, address)
        if at not in self._found:
            cell = self._book[sheet][address]
            self._found[at] = self._work_out(sheet, str(cell.value)) if cell.data_type == "f" else cell.value or 0
        return self._found[at]

    def _work_out(self, sheet: str, formula: str) -> Any:
        names = {
            "cell": lambda where: self.value(*_where(sheet, where)),
            "lazy_if": _lazy_if,
            "missing": _missing,
            "f": _FUNCTIONS,
        }
        return eval(_python(Tokenizer(formula).items), {"__builtins__": {}, **names})  # noqa: S307  # of tokens, made below


def _lazy_if(condition: Callable[[], Any], then: Callable[[], Any], otherwise: Callable[[], Any]) -> Any:
    return then() if condition() else otherwise()


def _missing() -> Any:
    raise NotAvailable


def _where(sheet: str, reference: str) -> tuple[str, str]:
    name, _, address = reference.rpartition("!")
    return (name.strip("'") or sheet, address)


def _python(tokens: Sequence[Token]) -> str:
    """A formula as an expression of Python. Only what IF chooses is worked out."""
    found, inside = [], list[str]()
    for token in tokens:
        if token.subtype == "OPEN":
            inside.append(token.value)
            found.append(_opened(token.value))
        elif token.subtype == "CLOSE":
            found.append({"IF(": "))", "{": "]"}.get(inside.pop(), ")"))
        elif token.type == "SEP":
            found.append("),lambda:(" if inside[-1] == "IF(" else ",")
        elif token.type == "OPERAND":
            found.append(_operand(token))
        else:
            found.append(_INFIX.get(str(token.value), str(token.value)))
    return "".join(found)


def _opened(text: str) -> str:
    known = {"IF(": "lazy_if(lambda:(", "NA(": "missing(", "(": "(", "{": "["}
    return known[text] if text in known else f"f[{text.removesuffix('(')!r}]("


def _operand(token: Token) -> str:
    if token.subtype == "RANGE":
        return f"cell({token.value!r})"
    if token.subtype == "TEXT":
        return repr(token.value[1:-1].replace('""', '"'))
    return {"TRUE": "True", "FALSE": "False"}.get(str(token.value), str(token.value))
