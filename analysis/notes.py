"""Where a cell of evidence came from: facts as they were entered. Sentences are made of them where they are read (`wording`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from analysis.evidence import NOWHERE, Entered

_ENTERED = ("by", "at")


@dataclass(frozen=True)
class Note:
    """One entry behind a cell. `said`: the sentence that a report of before already held, to be told as it stands."""

    on: str = ""
    decider: str = ""
    reason: str = ""
    amount: str = ""
    entered: Entered = NOWHERE
    said: str = ""


Notes = tuple[Note, ...]


def noted(*found: Note) -> Notes:
    """Those that say anything."""
    return tuple(one for one in found if one != Note())


def notes_out(notes: Notes) -> list[dict[str, object]]:
    """Notes as plain facts; what is empty is left out."""
    return [_facts(one) for one in notes]


def notes_in(raw: object) -> Notes:
    """The notes `notes_out` wrote, or the one sentence of an older report. TypeError, KeyError for anything else."""
    if isinstance(raw, str):
        return (Note(said=raw),)
    if not isinstance(raw, list):
        raise TypeError("notes are a list")
    return tuple(_read(one) for one in raw)


def _facts(note: Note) -> dict[str, object]:
    texts = {one.name: getattr(note, one.name) for one in fields(note) if one.name != "entered"}
    texts |= {name: getattr(note.entered, name) for name in _ENTERED}
    facts: dict[str, object] = {name: text for name, text in texts.items() if text}
    return facts | ({"origin": dict(note.entered.origin)} if note.entered.origin else {})


def _read(raw: Mapping[str, object]) -> Note:
    texts = {name: str(value) for name, value in raw.items() if name != "origin"}
    origin = raw.get("origin", {})
    if not isinstance(origin, dict):
        raise TypeError("an origin is an object")
    entered = Entered(texts.pop("by", ""), texts.pop("at", ""), tuple(sorted(origin.items())))
    return Note(entered=entered, **texts)
