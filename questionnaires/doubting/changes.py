"""Other readings of a scheme file: everything that could as well have been meant, one thing changed at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from analysis.numerals import decimal
from analysis.saying import N_
from questionnaires.compiling.call import COMMON, RuleSpec
from questionnaires.doubting.writing import apart, band_changes, beside, formula_changes
from questionnaires.language.nodes import Node, tree_of
from questionnaires.language.reader import exact
from questionnaires.language.words import CHOICES, KEYWORDS
from questionnaires.rules.table import RULES
from questionnaires.sections.policy import POLICY, PRESETS

Path = tuple[int, ...]  # from the root: which pair of a mapping (its value), or which entry of a list

#: The kinds of change, and what each is about.
KINDS: Mapping[str, str] = {
    "strict": N_("恰好等于界线的算不算"),
    "line": N_("界线在哪里"),
    "joined": N_("两个条件都要，还是有一个就够"),
    "base": N_("占比的基数"),
    "missing": N_("缺的怎么办"),
    "rounding": N_("怎样取整"),
    "ties": N_("并列怎么办"),
    "order": N_("先后次序"),
    "weights": N_("权重归谁"),
    "pool": N_("跟谁比较"),
    "left_out": N_("算不算在内"),
    "bound": N_("有没有保底封顶"),
    "condition": N_("有没有这个条件"),
    "count": N_("数次数还是数额"),
    "how_many": N_("几个、几期"),
}
#: Settings whose answers are words of a family: keyword of a rule's table -> kind.
_SETTINGS = {
    "base": "base",
    "trim_base": "base",
    "missing": "missing",
    "mode": "rounding",
    "rounding": "rounding",
    "trim_rounding": "rounding",
    "ties": "ties",
    "tier_ties": "ties",
    "order": "order",
    "by_order": "order",
    "end": "order",
    "what": "count",
}
_FAMILIES = {
    "base": ("base",),
    "trim_base": ("base",),
    "missing": ("missing",),
    "mode": ("round",),
    "rounding": ("quota_rounding",),
    "trim_rounding": ("round",),
    "ties": ("ties",),
    "tier_ties": ("tier_ties",),
    "order": ("order",),
    "by_order": ("order",),
    "end": ("end", "recency_end"),
    "what": ("event_what",),
}
_REMOVED = {
    "floor": "bound",
    "cap": "bound",
    "when": "condition",
    "where": "condition",
    "only": "condition",
    "eligible": "condition",
}
_POLICY_KINDS = {
    "base": "base",
    "ties": "ties",
    "tier_ties": "ties",
    "empty_group": "missing",
    "empty_item": "missing",
    "missing_part": "missing",
    "quota_rounding": "rounding",
}
_COUNTS = {"k", "drop_low", "drop_high", "more_than"}
_SILENT = {word for key in (*COMMON, "source", "because", "note", "words") for word in KEYWORDS[key]}
_CASE = {"when": ("当", "when"), "take": ("取", "take"), "otherwise": ("其余", "otherwise")}


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """One other reading. `place`: names down to it; `written` and `instead`: the two readings. `edits`: what to put where."""

    kind: str
    place: str
    line: int
    column: int
    written: str
    instead: str
    edits: tuple[tuple[Path, Node | None], ...]

    def applied(self, root: Node) -> Node:
        """The file's tree with this change; the tree given stays as it is."""
        for path, node in self.edits:
            root = _edited(root, path, node)
        return root


def _edited(root: Node, path: Path, node: Node | None) -> Node:
    at, *rest = path
    copied = replace(root, pairs=[*root.pairs], entries=[*root.entries])
    below: list[tuple[Node, Node]] | list[Node] = copied.pairs if root.kind == "map" else copied.entries
    if not rest and node is None:
        del below[at]
    elif root.kind == "map":
        key, value = root.pairs[at]
        if rest == [-1]:  # the key itself
            copied.pairs[at] = (node or key, value)
        else:
            copied.pairs[at] = (key, _edited(value, tuple(rest), node) if rest else node or value)
    else:
        copied.entries[at] = _edited(root.entries[at], tuple(rest), node) if rest else node or root.entries[at]
    return copied


def changes_of(text: str) -> tuple[FileChange, ...]:
    """Every other reading of a scheme file, in the order of the file.

    Parameters
    ----------
    text
        A scheme file that loads without a problem.
    """
    root = tree_of(text)
    found: list[FileChange] = []
    for at, (key, value) in enumerate(root.pairs):
        if key.text in KEYWORDS["quantities"]:
            for inner, (name, body) in enumerate(value.pairs):
                found += _Quantity(name.text, (at, inner)).changes(body)
        elif key.text in KEYWORDS["policy"]:
            found += _policy(value, (at,))
        elif key.text in KEYWORDS["ballot_rules"]:
            for inner, (name, body) in enumerate(value.pairs):
                found += _ballot_rule(name.text, body, (at, inner))
    return tuple(_once(found))


def policy_changes(text: str) -> tuple[FileChange, ...]:
    """The other answers of every setting of the policy that a count rests on.

    Parameters
    ----------
    text
        A scheme file that loads without a problem.
    """
    root = tree_of(text)
    return tuple(
        change for at, (key, value) in enumerate(root.pairs) if key.text in KEYWORDS["policy"] for change in _policy(value, (at,))
    )


def _once(found: list[FileChange]) -> Iterator[FileChange]:
    seen: set[tuple[object, ...]] = set()
    for one in found:
        key = (one.place, one.kind, one.line, one.column, one.written, one.instead)
        if key not in seen:
            seen.add(key)
            yield one


def _scalar(text: str, like: Node) -> Node:
    return Node(kind="scalar", line=like.line, column=like.column, text=text)


def _others(text: str, *families: str) -> list[str]:
    """The other answers of a family, in the language in which this one is written."""
    for family in families:
        for words in CHOICES[family].values():
            if text.casefold() in {word.casefold() for word in words}:
                tongue = [word.casefold() for word in words].index(text.casefold())
                return [other[tongue] for other in CHOICES[family].values() if other is not words]
    return []


def _unwrapped(node: Node, path: Path) -> tuple[Node, Path]:
    """`{value: …, source: …}` is what stands behind `value`."""
    if node.kind == "map":
        for at, (key, value) in enumerate(node.pairs):
            if key.text in KEYWORDS["value"]:
                return value, (*path, at)
    return node, path


def _policy(node: Node, path: Path) -> Iterator[FileChange]:
    """The other answers of each setting of the policy; what a named block says is written out beside it."""
    if node.kind == "scalar":
        yield from _preset(node, node, path)
        return
    written = {word for key, _ in node.pairs for word in (key.text,)}
    for at, (key, value) in enumerate(node.pairs):
        if key.text in KEYWORDS["preset"]:
            yield from _preset(value, node, path, written)
            continue
        setting = next((one for one in _POLICY_KINDS if key.text in KEYWORDS[one]), "")
        given, place = _unwrapped(value, (*path, at))
        for other in _others(given.text, POLICY[setting]) if setting else []:
            yield FileChange(
                kind=_POLICY_KINDS[setting],
                place=key.text,
                line=given.line,
                column=given.column,
                written=given.text,
                instead=other,
                edits=((place, _scalar(other, given)),),
            )


def _preset(named: Node, whole: Node, path: Path, written: set[str] | None = None) -> Iterator[FileChange]:
    settings = next((rest for *names, rest in PRESETS.values() if named.text.casefold() in names), {})
    for setting, kind in _POLICY_KINDS.items():
        key, answer = KEYWORDS[setting][0], settings.get(setting, "")
        if not answer or (written or set()) & set(KEYWORDS[setting]):
            continue
        for other in _others(answer, POLICY[setting]):
            exception = (_scalar(key, named), _scalar(other, named))
            pairs = (
                [*whole.pairs, exception] if whole.kind == "map" else [(_scalar(KEYWORDS["preset"][0], named), named), exception]
            )
            yield FileChange(
                kind=kind,
                place=key,
                line=named.line,
                column=named.column,
                written=answer,
                instead=other,
                edits=((path, replace(whole, kind="map", text="", pairs=pairs)),),
            )


def _ballot_rule(name: str, body: Node, path: Path) -> Iterator[FileChange]:
    """A rule of the form: what a share is of, and the least and most one off."""
    for at, (key, value) in enumerate(body.pairs):
        given, place = _unwrapped(value, (*path, at))
        others: list[tuple[str, str]] = []
        if key.text in KEYWORDS["base"]:
            others = [("base", other) for other in _others(given.text, "limit_base")]
        elif key.text in KEYWORDS["rounding"]:
            others = [("rounding", other) for other in _others(given.text, "limit_rounding")]
        elif key.text in (*KEYWORDS["most"], *KEYWORDS["least"], *KEYWORDS["never_below"]) and given.text.isdigit():
            others = [("line", other) for other in beside(given.text)]
        for kind, other in others:
            yield FileChange(
                kind=kind,
                place=f"{name}.{key.text}",
                line=given.line,
                column=given.column,
                written=given.text,
                instead=other,
                edits=((place, _scalar(other, given)),),
            )


class _Quantity:
    """The other readings of one quantity's definition."""

    def __init__(self, name: str, path: Path) -> None:
        self.name, self.path = name, path

    def changes(self, body: Node) -> Iterator[FileChange]:
        """All of them, in the order of the file."""
        yield from self._node(body, self.path)

    def _change(self, kind: str, node: Node, written: str, instead: str, *edits: tuple[Path, Node | None]) -> FileChange:
        return FileChange(
            kind=kind,
            place=self.name,
            line=node.line,
            column=node.column,
            written=written,
            instead=instead,
            edits=edits,
        )

    def _node(self, node: Node, path: Path) -> Iterator[FileChange]:
        node, path = _unwrapped(node, path)
        if node.kind == "scalar":
            for kind, other in formula_changes(node.text):
                yield self._change(kind, node, node.text, other, (path, replace(node, text=other)))
        elif node.kind == "map" and (spec := _spec(node)) is not None:
            table = {word.casefold(): key for key, words in spec.table().items() for word in words}
            for at, (key, value) in enumerate(node.pairs):
                meant = table.get(key.text.casefold(), "")
                if meant and key.text not in _SILENT:
                    yield from self._parameter(spec, meant, key, value, (*path, at))

    def _parameter(self, spec: RuleSpec, meant: str, key: Node, value: Node, path: Path) -> Iterator[FileChange]:
        given, place = _unwrapped(value, path)
        if meant in _SETTINGS and given.kind == "scalar":
            yield from self._answers(_SETTINGS[meant], key, given, place, _others(given.text, *_FAMILIES[meant]))
            return
        if meant in _REMOVED and not (spec.id == "only_for" and meant == "when"):
            yield self._change(_REMOVED[meant], key, f"{key.text}: {given.text}", "—", (path, None))
        if meant == "step" and spec.id == "rounded" and (number := exact(given.text)) is not None:
            yield from self._answers("rounding", key, given, place, [decimal(number * 10), decimal(number / 10)])
        elif meant in _COUNTS and given.text.isdigit():
            yield from self._answers("how_many", key, given, place, beside(given.text))
        else:
            yield from self._below(spec, meant, key, given, place)

    def _below(self, spec: RuleSpec, meant: str, key: Node, given: Node, place: Path) -> Iterator[FileChange]:
        """What stands under a parameter: names, bands, cases, weights, or a formula or rule of its own."""
        listed = given.kind == "list" and all(one.kind == "scalar" for one in given.entries)
        if meant == "pool":
            yield from self._names("pool", key, given, place, place)
        elif meant == "groups" or (meant == spec.id and listed):
            yield from self._names("left_out", key, given, place, None)
        elif meant == "rungs":
            yield from self._bands(given, place)
        elif meant == spec.id == "cases":
            yield from self._cases(given, place)
        elif meant in {"weights", "parts"} and given.kind != "scalar":
            yield from self._weights(given, place)
        elif given.kind == "scalar" or (given.kind == "map" and _spec(given) is not None):
            yield from self._node(given, place)

    def _answers(self, kind: str, key: Node, given: Node, place: Path, others: Iterable[str]) -> Iterator[FileChange]:
        for other in others:
            written, instead = f"{key.text}: {given.text}", f"{key.text}: {other}"
            yield self._change(kind, given, written, instead, (place, _scalar(other, given)))

    def _names(self, kind: str, key: Node, given: Node, place: Path, whole: Path | None) -> Iterator[FileChange]:
        """One name of a list left out; the whole list, when it has one."""
        names = [entry.text for entry in given.entries] if given.kind == "list" else [given.text]
        if given.kind == "list" and len(names) > 1:
            for at, name in enumerate(names):
                rest = "、".join(other for other in names if other != name)
                yield self._change(
                    kind, given.entries[at], f"{key.text}: {'、'.join(names)}", f"{key.text}: {rest}", ((*place, at), None)
                )
        elif whole is not None:
            yield self._change(kind, key, f"{key.text}: {names[0]}", "—", (whole, None))

    def _bands(self, given: Node, place: Path) -> Iterator[FileChange]:
        for at, (key, value) in enumerate(given.pairs):
            for kind, other in band_changes(key.text):
                yield self._change(kind, key, key.text, other, ((*place, at, -1), replace(key, text=other)))
            yield from self._node(value, (*place, at))

    def _cases(self, given: Node, place: Path) -> Iterator[FileChange]:
        whens = [at for at, entry in enumerate(given.entries) if any(key.text in _CASE["when"] for key, _ in entry.pairs)]
        for one, other in pairwise(whens):
            first, second = given.entries[one], given.entries[other]
            if apart(_when(first), _when(second)):
                continue  # both cannot hold, so that their order decides nothing
            yield self._change(
                "order",
                second,
                " → ".join((_when(first), _when(second))),
                " → ".join((_when(second), _when(first))),
                ((*place, one), second),
                ((*place, other), first),
            )
        for at, entry in enumerate(given.entries):
            for inner, (key, value) in enumerate(entry.pairs):
                if key.text in (*_CASE["when"], *_CASE["take"], *_CASE["otherwise"]):
                    yield from self._node(value, (*place, at, inner))

    def _weights(self, given: Node, place: Path) -> Iterator[FileChange]:
        """Two neighbouring weights exchanged, row by row."""
        rows = [(given, place)] if given.kind == "map" else [(row, (*place, at)) for at, row in enumerate(given.entries)]
        for row, path in rows:
            plain = [(at, key, *_unwrapped(value, (*path, at))) for at, (key, value) in enumerate(row.pairs)]
            numbers = [
                (key, node, path) for _, key, node, path in plain if exact(node.text) is not None and node.kind == "scalar"
            ]
            for (name, one, here), (other_name, other, there) in pairwise(numbers):
                if exact(one.text) != exact(other.text):
                    yield self._change(
                        "weights",
                        one,
                        f"{name.text}: {one.text}, {other_name.text}: {other.text}",
                        f"{name.text}: {other.text}, {other_name.text}: {one.text}",
                        (here, other),
                        (there, one),
                    )


def _when(entry: Node) -> str:
    return next((value.text for key, value in entry.pairs if key.text in _CASE["when"]), "")


def _spec(node: Node) -> RuleSpec | None:
    """The rule a mapping names, as the compiler finds it."""
    mains = {word.casefold(): rule for rule in RULES for word in rule.words}
    hits = [mains[key.text.casefold()] for key, _ in node.pairs if key.text.casefold() in mains]
    for spec in hits:
        own = {word.casefold() for words in spec.table().values() for word in words}
        if all(key.text.casefold() in own for key, _ in node.pairs if key.text.casefold() in mains):
            return spec
    return None
