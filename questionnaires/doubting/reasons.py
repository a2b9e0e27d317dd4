"""Why a doubt may stand: `doubts.yml` beside a scheme, for readings that its source settles and no case can, or need not, tell.

reasons:
  - {at: 并列, written: 同名次, because: 原文……}
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.saying import N_
from questionnaires.doubting.changes import KINDS, FileChange
from questionnaires.language import things
from questionnaires.language.nodes import read
from questionnaires.language.problems import SchemeProblems
from questionnaires.language.reader import NodeReader
from questionnaires.telling import said

DOUBTS_FILE = "doubts.yml"
_FILE: Mapping[str, tuple[str, str]] = {"reasons": ("理由", "reasons")}
_REASON: Mapping[str, tuple[str, str]] = {
    "at": ("在", "at"),
    "about": ("关于", "about"),
    "written": ("写", "written"),
    "instead": ("不写", "instead"),
    "because": ("因为", "because"),
}


@dataclass(frozen=True, kw_only=True)
class DoubtReason:
    """Which readings it speaks of, by place and, where said, by kind and words; and why nothing need tell them."""

    at: str
    because: str
    line: int
    about: str = ""
    written: str = ""
    instead: str = ""

    def covers(self, change: FileChange) -> bool:
        """Whether it speaks of this reading."""
        return (
            self.at == change.place
            and self.about in ("", change.kind)
            and self.written in ("", change.written)
            and self.instead in ("", change.instead)
        )


def reasons_beside(folder: Path) -> tuple[DoubtReason, ...]:
    """The reasons beside a scheme. Raises SchemeProblems with every problem of the file.

    Parameters
    ----------
    folder
        Where the scheme file lies.
    """
    path = folder / DOUBTS_FILE
    if not path.is_file():
        return ()
    root, problems = read(path.read_text(encoding="utf-8-sig"), DOUBTS_FILE)
    reader = NodeReader(DOUBTS_FILE, problems)
    fields = reader.fields(root, tuple(_FILE), tuple(_FILE), where=said(N_("理由")), table=_FILE)
    found = []
    for node in reader.entries(fields.get("reasons")):
        given = reader.fields(node, tuple(_REASON), ("at", "because"), where=said(N_("理由")), table=_REASON)
        texts = {key: reader.plain(given.get(key)) for key in _REASON if given.get(key)}
        if about := given.get("about"):
            reader.known(about, tuple(KINDS), things.CHOICE)
        if "at" in texts and "because" in texts:
            found.append(DoubtReason(line=node.line, **texts))
    if problems:
        raise SchemeProblems(problems)
    return tuple(found)


def idle_reasons(reasons: Iterable[DoubtReason], changes: Iterable[FileChange]) -> list[DoubtReason]:
    """Reasons that speak of no doubt there is: the cases tell it by now, or it is written otherwise.

    Parameters
    ----------
    reasons
        The reasons of a file.
    changes
        The readings that are in doubt.
    """
    doubted = list(changes)
    return [one for one in reasons if not any(one.covers(change) for change in doubted)]
