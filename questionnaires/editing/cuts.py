"""Changes of a scheme's text: a value set, an entry added or taken out, as a cut of exactly these characters.

Every cut is checked: the text is read again, and what was to change did, or nothing is given back. Comments, blank lines, quotes,
the order of things and the author's line breaks stay, because they are never read into anything and written out again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

from questionnaires.editing.places import Path, UnplacedError, Written, at, place
from questionnaires.language.words import KEYWORDS
from questionnaires.sections.file_keys import FILE_KEYS

#: What is written into a text: a word or sentence, several, or names with such values.
Value = str | Sequence["Value"] | Mapping[str, "Value"]

_UNSAFE = re.compile(r"^[\s\-?:,\[\]{}#&*!|>'\"%@`=<~]|: |:$| #|[,\[\]{}\n\t\u0085\u2028\u2029]|\s$|[\x00-\x1f\x7f]")
_NUMBER = re.compile(r"-?[0-9][0-9.]*$")


def is_chinese(root: Written) -> bool:
    """Whether the file is written with the Chinese keywords."""
    chinese = {words[0] for words in KEYWORDS.values()}
    return sum(key.text in chinese for key, _ in root.pairs) * 2 >= len(root.pairs)


def spelled(root: Written, keyword: str, table: Mapping[str, tuple[str, str]] = KEYWORDS) -> str:
    """A keyword as this file spells its own."""
    return table[keyword][0 if is_chinese(root) else 1]


def key_in(root: Written, parent: Written, keyword: str, table: Mapping[str, tuple[str, str]] = KEYWORDS) -> str:
    """The keyword as it stands in this entry already, else as the file spells its own."""
    words = {word.casefold() for word in table[keyword]}
    return next(
        (name.text for name, _ in parent.pairs if name.text.casefold() in words and not name.quoted),
        spelled(root, keyword, table),
    )


def write(value: Value) -> str:
    """A value as it may stand anywhere in a file: on one line, quoted where it must be."""
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(name)}: {write(one)}".rstrip() for name, one in value.items()) + "}"
    return "[" + ", ".join(write(one) for one in value) + "]"


def _scalar(text: str) -> str:
    if not text:
        return ""
    if "\n" in text or any(ord(one) < 32 or one in "\x7f\x85\u2028\u2029" for one in text):
        return (
            json.dumps(text, ensure_ascii=False)
            .replace("\x7f", "\\x7f")
            .replace("\u2028", "\\u2028")
            .replace("\u2029", "\\u2029")
        )
    if _NUMBER.match(text) or not _UNSAFE.search(text):
        return text
    return "'" + text.replace("'", "''") + "'"


def change(text: str, path: Path, value: Value) -> str:
    """The text with another value at the end of the way.

    Parameters
    ----------
    text
        The scheme's text.
    path
        The way to the place: names as the file spells them, numbers in lists from 0.
    value
        What is to stand there.

    Returns
    -------
    str
        The text with that one cut; every other character is as it was written.

    Raises
    ------
    UnplacedError
        Where the way leads nowhere.
    """
    root = place(text)
    spot, written = at(root, path), write(value)
    start, end = spot.start, spot.end
    if spot.kind == "scalar" and "\n" in text[start:end]:
        end = start + len(text[start:end].rstrip("\n"))
    lead = "" if start and text[start - 1] in " {[\n" else " "
    if spot.kind != "scalar" and not spot.flow:  # a block becomes one line behind its name: from the colon on
        start = _behind_name(text, root, path, start)
        lead = " " if text[start - 1] == ":" else ""
    return _checked(text[:start] + lead * bool(written) + written + text[end:], path, value)


def add(text: str, path: Path, name: str, value: Value) -> str:
    """The text with one more name in the mapping at the end of the way.

    Parameters
    ----------
    text
        The scheme's text.
    path
        The way to the place: names as the file spells them, numbers in lists from 0.
    name, value
        What is added, at the mapping's end.

    Returns
    -------
    str
        The text with that one cut; every other character is as it was written.

    Raises
    ------
    UnplacedError
        Where the way leads to no mapping, or for a name that is there.
    """
    root = place(text)
    spot = at(root, path)
    if spot.kind == "map" and spot.of(name) is not None:
        raise UnplacedError(name)
    if spot.kind != "map":
        if not spot.empty:
            raise UnplacedError("not a mapping")
        return change(text, path, {name: value})
    line = f"{_scalar(name)}: {write(value)}".rstrip()
    return _checked(_put_in(text, spot, line, [pair[0].start for pair in spot.pairs]), (*path, name), value)


def append(text: str, path: Path, value: Value) -> str:
    """The text with one more entry in the list at the end of the way; one word there becomes a list of two."""
    spot = at(place(text), path)
    if spot.kind == "scalar":
        return change(text, path, [*spot.words(), value])
    if spot.kind != "list":
        raise UnplacedError("not a list")
    line = write(value) if spot.flow else f"- {write(value)}"
    new = _put_in(text, spot, line, [_dash(text, one) for one in spot.entries] if not spot.flow else [])
    return _checked(new, (*path, len(spot.entries)), value)


def remove(text: str, path: Path) -> str:
    """The text without what the way leads to; a mapping or list that is then empty stays as one in braces.

    Parameters
    ----------
    text
        The scheme's text.
    path
        The way to the place: names as the file spells them, numbers in lists from 0.

    Returns
    -------
    str
        The text with that one cut; every other character is as it was written.

    Raises
    ------
    UnplacedError
        Where the way leads nowhere.
    """
    root = place(text)
    above, gone = at(root, path[:-1]), at(root, path)
    if isinstance(path[-1], int):
        spans = [(one.start if above.flow else _dash(text, one), one.end) for one in above.entries]
        number = path[-1]
    else:
        spans = [(key.start, max(key.end, value.end)) for key, value in above.pairs]
        number = next(place for place, (_, value) in enumerate(above.pairs) if value is gone)
    if above.flow:
        new = _cut_flow(text, spans, number)
    elif len(spans) == 1:
        return change(text, path[:-1], {} if above.kind == "map" else [])
    else:
        new = _cut_block(text, spans, number)
    place(new)
    return new


def add_section(text: str, keyword: str) -> tuple[str, str]:
    """The text with this section of the file, made where it was missing, and the section's name as it is spelled there."""
    root = place(text)
    if root.under(keyword) is not None:
        return text, key_in(root, root, keyword)
    name = spelled(root, keyword)
    before = FILE_KEYS.names[: FILE_KEYS.names.index(keyword)]
    ends = [value.end for other in before if (value := root.under(other)) is not None]
    end = _line_end(text, max(ends, default=0)) if ends else 0
    line = f"{name}: {{}}"
    return (text[:end] + ("\n" if end else "") + line + ("\n" if not end else "") + text[end:]), name


def _put_in(text: str, spot: Written, line: str, starts: Sequence[int]) -> str:
    """One more line at the end of a block, or one more entry before the closing bracket."""
    if spot.flow:
        inside = text[spot.start + 1 : spot.end - 1]
        kept = inside.rstrip()
        lead = kept.rstrip(",")
        joint = ", " if lead.strip() else ""
        return text[: spot.start + 1] + lead + joint + line + inside[len(kept) :] + text[spot.end - 1 :]
    first = starts[0]
    indent = " " * (first - (text.rfind("\n", 0, first) + 1))
    end = _line_end(text, spot.end)
    return text[:end] + "\n" + indent + line + text[end:]


def _cut_flow(text: str, spans: Sequence[tuple[int, int]], number: int) -> str:
    start, end = spans[number]
    if number:
        return text[: spans[number - 1][1]] + text[end:]
    if len(spans) > 1:
        return text[:start] + text[spans[1][0] :]
    return text[:start] + text[end:]


def _cut_block(text: str, spans: Sequence[tuple[int, int]], number: int) -> str:
    """Without these lines; of an entry's first name, behind whose dash the next one moves, without it alone."""
    start, end = spans[number]
    line = text.rfind("\n", 0, start) + 1
    if text[line:start].strip():
        return text[:start] + text[spans[number + 1][0] :]
    after = _line_end(text, end)
    return text[:line] + text[after + 1 :] if after < len(text) else text[: max(0, line - 1)]


def _line_end(text: str, start: int) -> int:
    """The end of the line on which something ends, a comment behind it included."""
    found = text.find("\n", max(start - 1, 0) if start and text[start - 1 : start] == "\n" else start)
    return len(text) if found < 0 else found


def _dash(text: str, entry: Written) -> int:
    return text.rfind("-", 0, entry.start)


def _behind_name(text: str, root: Written, path: Path, start: int) -> int:
    """From where a block begins back to the colon of its name; of an entry of a list, its own beginning."""
    if not path or isinstance(path[-1], int):
        return start
    name = next(key for key, _ in at(root, path[:-1]).pairs if key.text == path[-1])
    return text.index(":", name.end) + 1


def _checked(text: str, path: Path, value: Value) -> str:
    found = at(place(text), path)
    if _plain(found) != _plain_value(value):
        raise UnplacedError("/".join(map(str, path)))
    return text


def _plain(spot: Written) -> object:
    if spot.kind == "map":
        return {key.text: _plain(value) for key, value in spot.pairs}
    return [_plain(one) for one in spot.entries] if spot.kind == "list" else spot.text


def _plain_value(value: Value) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {name: _plain_value(one) for name, one in value.items()}
    return [_plain_value(one) for one in value]
