"""Other ways to write a formula or a band: a border that belongs or not, a line one step away, `and` for `or`."""

from __future__ import annotations

import re
from collections.abc import Iterator

_STRICT = {">=": ">", "≥": ">", ">": ">=", "＞": "≥", "<=": "<", "≤": "<", "<": "<=", "＜": "≤"}
_COMPARISON = re.compile(r">=|<=|≥|≤|[＞＜]|(?<![<>!=])[<>](?![=>])")
_NUMBER = r"\d+(?:\.\d+)?"
_LINE = re.compile(rf"((?:>=|<=|[<>≥≤＞＜])\s*)({_NUMBER})(\s?[%％]|/\d+)?(?![\w.])")
_LINE_FIRST = re.compile(rf"(?<![\w.])({_NUMBER})(\s?[%％]|/\d+)?(\s*(?:>=|<=|[<>≥≤＞＜]))")
_JOINING = re.compile(r"(?<=[\s)）\"”])(且|或|and|or)(?=[\s(（\"“])")
_JOINED = {"且": "或", "或": "且", "and": "or", "or": "and"}
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|'[^']*'")
_EQUALS = re.compile(r"([^=<>≠≥≤且或非()（）]+?)\s*=\s*([^=<>≠≥≤且或非()（）]+)")
#: A band's ends, in either language: with the number inside, and without.
_ENDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"^({_NUMBER}(?:\s?[%％])?(?: ?分)?) ?以上$"), r"超过 \1"),
    (re.compile(rf"^超过 ?({_NUMBER}(?:\s?[%％])?(?: ?分)?)$"), r"\1 以上"),
    (re.compile(rf"^(?:不足|低于) ?({_NUMBER}(?:\s?[%％])?(?: ?分)?)$"), r"不超过 \1"),
    (re.compile(rf"^不超过 ?({_NUMBER}(?:\s?[%％])?(?: ?分)?)$"), r"不足 \1"),
    (re.compile(rf"^(?:from|at least) ({_NUMBER}(?:\s?[%％])?)$"), r"over \1"),
    (re.compile(rf"^over ({_NUMBER}(?:\s?[%％])?)$"), r"from \1"),
    (re.compile(rf"^under ({_NUMBER}(?:\s?[%％])?)$"), r"up to \1"),
    (re.compile(rf"^(?:up to|at most) ({_NUMBER}(?:\s?[%％])?)$"), r"under \1"),
)
_IN_BAND = re.compile(rf"({_NUMBER})(\s?[%％]|/\d+)?")


def formula_changes(text: str) -> Iterator[tuple[str, str]]:
    """Each other formula that differs in one thing: the kind of change, and the formula.

    Parameters
    ----------
    text
        A formula as it stands in a file; what is in quotes is a name and stays.
    """
    quoted = [hit.span() for hit in _QUOTED.finditer(text)]

    def bare(hit: re.Match[str]) -> bool:
        return not any(first <= hit.start() < last for first, last in quoted)

    for hit in filter(bare, _COMPARISON.finditer(text)):
        yield "strict", text[: hit.start()] + _STRICT[hit.group()] + text[hit.end() :]
    for pattern, at in ((_LINE, 2), (_LINE_FIRST, 1)):
        for hit in filter(bare, pattern.finditer(text)):
            for moved in beside(hit.group(at), hit.group(at + 1) or ""):
                yield "line", text[: hit.start(at)] + moved + text[hit.end(at + 1) if hit.group(at + 1) else hit.end(at) :]
    for hit in filter(bare, _JOINING.finditer(text)):
        yield "joined", text[: hit.start()] + _JOINED[hit.group()] + text[hit.end() :]


def band_changes(text: str) -> Iterator[tuple[str, str]]:
    """Each other way to write the range of a band: its end belongs or not, its lines one step away.

    Parameters
    ----------
    text
        The range as it stands before the colon, `90 以上`.
    """
    for pattern, instead in _ENDS:
        if pattern.match(text):
            yield "strict", pattern.sub(instead, text)
            break
    for hit in _IN_BAND.finditer(text):
        for moved in beside(hit.group(1), hit.group(2) or ""):
            yield "line", text[: hit.start()] + moved + text[hit.end() :]


def beside(number: str, unit: str = "") -> tuple[str, ...]:
    """A number one step below and above, the step being one of its last digit; a fraction has no step and stays.

    Parameters
    ----------
    number
        As written, `60`, `0.25`.
    unit
        What stands behind it: a percent sign, `/3`, or nothing.
    """
    if unit.startswith("/"):
        return ()
    digits = len(number.partition(".")[2])
    steps = int(number.replace(".", ""))

    return tuple(_written(of, digits) + unit for of in (steps - 1, steps + 1) if of >= 0)


def _written(of: int, digits: int) -> str:
    if not digits:
        return str(of)
    padded = f"{of:0{digits + 1}d}"
    return f"{padded[:-digits]}.{padded[-digits:]}"


def apart(one: str, other: str) -> bool:
    """Whether two conditions say that one and the same thing is this, and that it is that: both cannot hold.

    Parameters
    ----------
    one, other
        Formulas as they stand in a file.
    """
    halves = [_EQUALS.fullmatch(text.strip()) for text in (one, other)]
    if None in halves:
        return False
    (left, is_this), (same, is_that) = (hit.groups() for hit in halves if hit is not None)
    return bool(left == same and is_this != is_that)
