"""The policy block: what sources leave open, settled once for the whole file and printed with every result."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.saying import N_
from questionnaires.language import things
from questionnaires.language.nodes import Node
from questionnaires.language.reader import Fields, NodeReader
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.sections.draft import Draft
from questionnaires.sections.settled_keys import POLICY_KEYS
from questionnaires.telling import Keyword, Told, said

# keyword -> the family of words that may answer it
POLICY: Mapping[str, str] = {key.name: key.family for key in POLICY_KEYS.keys if key.family}

# One named block settles everything for a small scheme; what it says is printed in full, so nothing hides in the name.
PRESETS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "common": (
        "常用约定",
        "common policy",
        {
            "display": "四舍五入 2",
            "base": "有效票",
            "ties": "同名次",
            "tier_ties": "同取末位",
            "empty_group": "按其余折算",
            "empty_item": "按其余折算",
            "missing_part": "不评",
            "quota_rounding": "舍去",
            "limit_rounding": "不越限",
            "rule_order": "互不重叠",
        },
    ),
}


def read_policy(reader: NodeReader, draft: Draft, node: Node | None) -> None:
    """`policy: common policy`, or single settings, or a named block with exceptions (`as in: common policy`)."""
    if node is None:
        return
    draft.policy_read = True
    if node.kind == "scalar":
        _preset(reader, draft, node)
        return
    fields = reader.fields(node, POLICY_KEYS.names)
    if named := fields.get("preset"):
        _preset(reader, draft, named)
    _apply(reader, draft, fields)


def _preset(reader: NodeReader, draft: Draft, node: Node) -> None:
    text = reader.plain(node).casefold()
    for *names, settings in PRESETS.values():
        if text in names:
            pairs = [
                (
                    Node(kind="scalar", line=node.line, column=node.column, text=KEYWORDS[key][0]),
                    Node(kind="scalar", line=node.line, column=node.column, text=word),
                )
                for key, word in settings.items()
            ]
            _apply(
                reader,
                draft,
                reader.fields(Node(kind="map", line=node.line, column=node.column, pairs=pairs), POLICY_KEYS.names),
            )
            return
    known = [name for *names, _ in PRESETS.values() for name in names]
    reader.known(node, known, things.POLICY)


def _apply(reader: NodeReader, draft: Draft, fields: Fields) -> None:
    for key, family in POLICY.items():
        if value := fields.get(key):
            draft.policy[key] = reader.word(value, family)
            draft.policy_nodes[key] = value
    if value := fields.get("display"):
        mode, _, digits = reader.plain(value).rpartition(" ")
        rounding = reader.word(Node(kind="scalar", line=value.line, column=value.column, text=mode), "round")
        places = reader.count(Node(kind="scalar", line=value.line, column=value.column, text=digits))
        if rounding and places is not None:
            draft.display = (rounding, places)


def printed(draft: Draft) -> tuple[tuple[Keyword, Told], ...]:
    """The policy as it is printed with results: every setting and its answer."""
    lines: list[tuple[Keyword, Told]] = []
    if draft.display is not None:
        mode, digits = draft.display
        told = said(N_("{mode}，{digits} 位小数"), mode=Keyword(*CHOICES["round"][mode]), digits=digits)
        lines.append((Keyword(*KEYWORDS["display"]), told))
    lines += [
        (Keyword(*KEYWORDS[key]), Keyword(*CHOICES[family][draft.policy[key]]))
        for key, family in POLICY.items()
        if draft.policy.get(key)
    ]
    return tuple(lines)
