"""Single figures typed beside a folder's own tables: one row a figure, as the published methods have them. As cases.

`- {subject: E1, quantity: summary score, value: "400/3", shown: "133.3", from: source, how: …}`. `shown` is the figure as the
source prints it: the value must round to it.
"""

from __future__ import annotations

from fractions import Fraction

from analysis.saying import N_
from questionnaires.cases.cases import Case, Expected
from questionnaires.cases.words import CaseReader
from questionnaires.folder.reader import Folder
from questionnaires.language.nodes import Node, read
from questionnaires.language.problems import SchemeProblems
from questionnaires.language.reader import exact
from questionnaires.telling import said

ABOVE = "figures"  # the reader of files wants a mapping; the list is read as what stands under this
_AXES = ("subject", "group", "item", "period")
_KEYS = {key: (key, key) for key in (*_AXES, "quantity", "value", "shown", "from", "how")}


def read_figures(text: str, folder: Folder, origin: str) -> tuple[Case, ...]:
    """The figures of a file as one case over the folder's evidence. Raises SchemeProblems with every problem."""
    root, problems = read(f"{ABOVE}:\n{text}", origin)
    reader = CaseReader(origin, problems)
    rows = [node for _, rows in root.pairs for node in reader.entries(rows)]
    expected = [one for node in rows if (one := _figure(reader, node)) is not None]
    if problems:
        raise SchemeProblems(list(dict.fromkeys(problems)))
    return (
        Case(
            name=origin,
            line=1,
            rules=(),
            swaps={},
            roster=(),
            evidence=folder.evidence,
            expected=tuple(expected),
            sheet=None,
            verdicts={},
            working="",
        ),
    )


def _figure(reader: CaseReader, node: Node) -> Expected | None:
    fields = reader.fields(node, tuple(_KEYS), ("quantity", "value"), where=said(N_("案例")), table=_KEYS)
    if "quantity" not in fields or "value" not in fields:
        return None
    labels = {axis: reader.plain(fields.get(axis)) for axis in _AXES if fields.get(axis)}
    value, shown = reader.plain(fields.get("value")), reader.plain(fields.get("shown"))
    if shown and not _rounds_to(value, shown):
        reader.bad(fields.known["shown"], "case-shown", value=value, shown=shown)
    return Expected(reader.plain(fields.get("quantity")), labels, value, node.line - 1)


def _rounds_to(value: str, shown: str) -> bool:
    """Whether a value, however it is rounded, may be printed like this."""
    exactly, printed = exact(value), exact(shown)
    if exactly is None or printed is None:
        return value == shown
    digits = len(shown.strip("%％ ").partition(".")[2]) + (2 if shown.strip().endswith(("%", "％")) else 0)
    return abs(exactly - printed) < Fraction(1, 10**digits)
