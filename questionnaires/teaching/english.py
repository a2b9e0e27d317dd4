"""An example with its keywords in English: what the tables spell twice is respelled, the author's own names stay as they are.

Whoever writes in English would have to guess `to` for `精度` from an example that shows only the one spelling.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from questionnaires.language.nodes import Node, read
from questionnaires.language.words import CHOICES, KEYWORDS, NO, YES
from questionnaires.rules.table import RULES

#: Words that stand in no table of keywords: cases, what is left, and answers spelled by their readers.
_MORE: Mapping[str, str] = {"当": "when", "取": "take", "其余": "otherwise", "不计": "not counted", "值": "value"}
_ANYWHERE: Mapping[str, str] = dict(KEYWORDS[key] for key in ("source", "because", "note"))
_BANDS: tuple[tuple[str, str], ...] = (
    (r"超过 ?([\d.%]+) ?(?:至|到) ?不足 ?([\d.%]+)", r"over \1 to under \2"),
    (r"([\d.%]+) ?(?:至|到) ?不足 ?([\d.%]+)", r"from \1 to under \2"),
    (r"([\d.%]+) ?(?:至|到) ?([\d.%]+)", r"from \1 to \2"),
    (r"([\d.%]+) ?以上", r"from \1"),
    (r"超过 ?([\d.%]+)", r"over \1"),
    (r"不超过 ?([\d.%]+)", r"up to \1"),
    (r"(?:不足|低于) ?([\d.%]+)", r"under \1"),
    (r"至多 ?([\d.%]+)", r"at most \1"),
    (r"至少 ?([\d.%]+)", r"at least \1"),
    (r"约 ?([\d.%]+)", r"about \1"),
)


def in_english(example: str) -> str:
    """One quantity as a file writes it, `{平均分: 总体评价, 去高: 1}`, in English keywords on one line.

    Parameters
    ----------
    example
        A rule's example.
    """
    root, _ = read(f"例: {example}", "")
    return _told(root.pairs[0][1], {})


def _told(node: Node, table: Mapping[str, str]) -> str:
    if node.kind == "list":
        return "[" + ", ".join(_told(one, table) for one in node.entries) + "]"
    if node.kind == "map":
        own = _rule(key.text for key, _ in node.pairs) or table
        rest = {"其余": "rest"} if any(key.text == "名额" for key, _ in node.pairs) else {}
        return "{" + ", ".join(f"{_key(key, own)}: {_told(value, {**own, **rest})}" for key, value in node.pairs) + "}"
    word = _words(CHOICES.values()).get(node.text) or {**dict.fromkeys(YES, "true"), **dict.fromkeys(NO, "false")}.get(node.text)
    if node.quoted or (word is None and re.search(r"[,{}\[\]]", node.text)):
        return f"'{node.text}'"
    return word or (table if node.text == "其余" else {}).get(node.text) or _MORE.get(node.text) or _band(node.text)


def _key(key: Node, table: Mapping[str, str]) -> str:
    if key.quoted:
        return f"'{key.text}'"
    return table.get(key.text) or _MORE.get(key.text) or _band(key.text)


def _band(text: str) -> str:
    return next((re.sub(pattern, told, text) for pattern, told in _BANDS if re.fullmatch(pattern, text)), text)


def _rule(keys: Iterable[str]) -> Mapping[str, str]:
    """The keywords of the rule that a mapping names; nothing where it names none."""
    written = list(keys)
    for rule in RULES:
        words = {**_ANYWHERE, **dict(rule.table().values())}
        if rule.words[0] in written and all(key in words for key in written):
            return words
    return {}


def _words(families: Iterable[Mapping[str, tuple[str, str]]]) -> Mapping[str, str]:
    return {chinese: english for family in families for chinese, english in family.values()}
