"""Where a cell of evidence came from: facts as they were entered. Sentences are made of them where they are read (`wording`)."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.evidence import NOWHERE, Entered
from analysis.records import Record, plain


@dataclass(frozen=True, kw_only=True)
class Note:
    """One entry behind a cell. `said`: the sentence that a report of before already held, to be told as it stands."""

    on: str = ""
    decider: str = ""
    reason: str = ""
    amount: str = ""
    entered: Entered = NOWHERE
    said: str = ""


Notes = tuple[Note, ...]


def drop_empty(*found: Note) -> Notes:
    """Those that say anything."""
    return tuple(one for one in found if one != Note())


class NoteRecord(Record, frozen=True, omit_defaults=True):
    """A note as a report holds it; what is empty is left out."""

    on: str = ""
    decider: str = ""
    reason: str = ""
    amount: str = ""
    said: str = ""
    by: str = ""
    at: str = ""
    origin: dict[str, str] = {}  # noqa: RUF012 - msgspec gives every record a new one


def note_records(notes: Notes) -> tuple[NoteRecord, ...]:
    """Notes as a report holds them."""
    return tuple(
        NoteRecord(
            on=one.on,
            decider=one.decider,
            reason=one.reason,
            amount=one.amount,
            said=one.said,
            by=one.entered.by,
            at=one.entered.at,
            origin=dict(one.entered.origin),
        )
        for one in notes
    )


def notes_of(record: str | tuple[NoteRecord, ...]) -> Notes:
    """The notes a report holds, or the one sentence of an older report."""
    if isinstance(record, str):
        return (Note(said=record),)
    return tuple(
        Note(
            on=one.on,
            decider=one.decider,
            reason=one.reason,
            amount=one.amount,
            entered=Entered(one.by, one.at, tuple(sorted(one.origin.items()))),
            said=one.said,
        )
        for one in record
    )


def notes_out(notes: Notes) -> list[dict[str, object]]:
    """Notes as plain facts; what is empty is left out."""
    return list(plain(note_records(notes)))
